"""What answers hold: fields that nobody knows, none where one was, any writing of the world, a lot of everything."""

import json

from sandbox.framework.faults import NEWS, changed

from .suite_base import news
from .suite_products_in import ProductInTrials
from .suite_products_out import PICTURE

# Four bytes, joined ones, right to left with its marks, a combining accent, no space at all, other line ends
TEXT = "Zoe\u0308 👩‍👩‍👧 \u202bعبد الله\u202c 漢字\u200b \u2028ß"
CONTROLS = "a\x07b\x0b\x1fc\x7f"
# What a path, a query or a search would take for its own
SKU = "A/B %2F?#&'\"\\ü😀,(1)"
MANY_LINES = 500


class ContentTrials(ProductInTrials):
    """Whatever documents hold, they come in whole, or are named."""

    # === FIELDS === #

    @news
    def test_unknown_fields(self):
        """Everything works as before when each object of each answer says more than it used to."""
        self.account.fault("unknown_fields")
        external_id = self.account.place_product(title="Shirt", price="19.90", sku="SH", options={"Size": ["S", "M"]})
        self.account.add_picture(external_id, "front")
        placed = self.account.place()
        can_push = ("products_out",) if self.can("products_out") else ()
        backend = self.connect_with("products_in", *can_push, import_products=True)
        self.assert_as_booked(backend)
        self.assert_same_products(backend)
        if can_push:
            self.templates(backend)[external_id].list_price = 21.0
            self.run_jobs(backend)
        self.assert_same_products(backend)
        if self.can("webhooks"):
            self.account.touch(placed)
            for envelope, body in self.arrived(backend, "order"):
                more = json.dumps(changed(json.loads(body), lambda found: {**NEWS, **found})).encode()
                parse = backend._adapter()._parse_event
                self.assertEqual(parse(backend, envelope.topic, more), parse(backend, envelope.topic, body))
        self.assert_no_failures(backend)

    def test_fields_without_a_value(self):
        """What an order may lack may lack in any order: it comes in without it."""
        backend = self.connect(import_products=False)
        placed = self.account.place()
        fetch = backend._adapter()._fetch_orders_by_id
        for fault in ({}, {"leave_out": True}) if self.account.leaves_out else ({},):
            for name in self.account.optional_fields:
                with self.subTest(field=name, **fault):
                    self.account.fault("null_fields", fields=[name], **fault)
                    (document,) = fetch(backend, [placed])
                    self.assertEqual((document.external_id, document.difference), (placed, 0))
                    self.account.no_faults()
            self.wait_for_budget()
        self.account.fault("null_fields", fields=list(self.account.optional_fields))
        self.run_jobs(backend)
        order = self.orders(backend)[placed]
        if not order.integration_hold_reason:  # which taxes they are may be unknown by now
            self.assertEqual(order.amount_total, float(self.account.books()[placed]["total"]))

    def test_product_fields_without_a_value(self):
        """The same of products; and what is not stated overwrites nothing."""
        external_id = self.account.place_product(title="Lamp", price="30.00", sku="LAMP")
        self.account.add_picture(external_id, "front")
        backend = self.connect_with("products_in", import_products=True)
        template = self.templates(backend)[external_id]
        fetch = backend._adapter()._fetch_products_by_id
        for fault in ({}, {"leave_out": True}) if self.account.leaves_out else ({},):
            for name in self.account.optional_product_fields:
                with self.subTest(field=name, **fault):
                    self.account.fault("null_fields", fields=[name], **fault)
                    (document,) = fetch(backend, [external_id])
                    self.assertEqual((document.external_id, document.title), (external_id, "Lamp"))
                    self.account.no_faults()
        self.stand_in.control("clock", {"advance": 7200})
        self.account.change_product(external_id, title="Lamp II")
        self.account.fault("null_fields", fields=list(self.account.optional_product_fields))
        self.import_products(backend)
        self.assertEqual((template.name, template.list_price), ("Lamp II", 30.0))
        self.assert_no_failures(backend)

    # === WRITING === #

    def test_any_writing(self):
        note = f"{TEXT} \x00{CONTROLS}"
        external_id = self.account.place_product(title=TEXT, price="5.00", sku=SKU)
        self.account.add_picture(external_id, "front", name=f"{TEXT[:8]} à la carte.png")
        spec = self.account.written_order(TEXT, note)
        lines = [{**spec["lines"][0], "title": f"{TEXT} \x00", "sku": SKU}]
        placed = self.account.place(**{**spec, "lines": lines})
        backend = self.connect_with("products_in", import_products=True)
        self.assert_no_failures(backend)
        self.assert_same_products(backend)
        self.assert_as_booked(backend)
        order = self.orders(backend)[placed]
        self.assertEqual(order.order_line[0].product_id, self.templates(backend)[external_id].product_variant_id)
        self.assertIn(TEXT, order.partner_id.name)
        self.assertEqual((order.partner_shipping_id.city, order.partner_shipping_id.street), (TEXT, TEXT))
        self.assertIn(TEXT, order.integration_note)
        self.assertNotIn("\x00", order.integration_note)

    def test_any_writing_goes_out(self):
        backend = self.connect_with("products_out")
        template = self.env["product.template"].create(
            {"name": TEXT, "default_code": SKU, "list_price": 7.0, "image_1920": PICTURE}
        )
        self.env["integration.product.publisher"]._publish(
            backend, template, {"wanted": "published", "channels": None, "categories": None}
        )
        self.run_jobs(backend)
        self.assert_no_failures(backend)
        template.list_price = 8.0
        self.run_jobs(backend)
        self.assert_no_failures(backend)
        self.assert_same_products(backend)
        [product] = self.account.products().values()
        self.assertEqual((product["title"], product["variants"][SKU]["price"], product["pictures"]), (TEXT, 8, 1))
        self.account.calls()
        self.env["integration.product.exporter"]._mark(template.integration_binding_ids)
        self.run_jobs(backend)
        self.assertEqual(self.account.calls(), [], "what was told is what is there")

    # === A LOT === #

    def test_huge_values(self):
        spec = self.account.written_order("Zoé", "long " * 2000)
        sku = "S" * self.account.longest_sku
        huge = [
            {"title": "T" * 255, "sku": sku, "price": "9999999.99", "quantity": 1},
            {"title": "Screw", "sku": "SCREW", "price": "0.01", "quantity": 1_000_000},
            {"title": "Plant", "sku": "PLANT", "price": "123456.78", "quantity": 999},
        ]
        lines = [{"title": f"Line {number}", "sku": f"L{number}", "price": "1.10"} for number in range(MANY_LINES)]
        placed = self.account.place(**{**spec, "lines": huge})
        long = self.account.place(**{**spec, "lines": lines})
        backend = self.connect(import_products=False)
        self.run_jobs(backend)
        self.assert_no_failures(backend)
        self.assert_as_booked(backend)
        orders = self.orders(backend)
        self.assertEqual(orders[placed].integration_note.strip(), ("long " * 2000).strip())
        self.assertIn(sku, orders[placed].order_line.product_id.mapped("default_code"))
        self.assertIn(1_000_000, orders[placed].order_line.mapped("product_uom_qty"))
        goods = orders[long].order_line.filtered(lambda line: (line.product_id.default_code or "").startswith("L"))
        self.assertEqual(len(goods), MANY_LINES)
