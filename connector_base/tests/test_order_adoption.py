from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from .order_common import EngineCase, make_line, make_order
from .test_order_edits import later


@tagged("post_install", "-at_install")
class TestOrderAdoption(EngineCase):
    """Orders that another connector brought in are taken over, not doubled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.adopt_orders = True
        cls.ada = cls.env["res.partner"].create({"name": "Ada L.", "email": "Ada@Example.com"})
        cls.mug.write({"taxes_id": False, "list_price": 10.0})

    def earlier(self, price=10.0, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.ada.id,
                "client_order_ref": "#1001",
                "order_line": [(0, 0, {"product_id": self.mug.id, "price_unit": price})],
                **values,
            }
        )

    def test_adopted(self):
        order = self.earlier()
        order.action_confirm()
        lines, deliveries = order.order_line, order.picking_ids
        document = make_order(financial_status="paid", note="Ring twice")
        result = self.import_orders(document)
        self.assertEqual((result.created, result.updated), ([], ["1001"]))
        self.assertEqual(self.order_of("1001"), order)
        self.assertTrue(order.integration_adopted)
        self.assertEqual((order.integration_backend_id, order.integration_external_id), (self.backend, "1001"))
        self.assertEqual((order.integration_financial_status, order.integration_note), ("paid", "Ring twice"))
        self.assertTrue(order.integration_url)
        self.assertEqual((order.order_line, order.picking_ids, order.state), (lines, deliveries, "sale"))
        self.assertIn("Adopted", " ".join(order.message_ids.mapped("body")))
        self.assertEqual(self.import_orders(document).unchanged, ["1001"])
        self.assertEqual(len(self.ada.sale_order_ids), 1)

    def test_found_by_source_and_by_name(self):
        by_origin = self.earlier(client_order_ref=False, origin="#1001")
        by_name = self.earlier(client_order_ref=False, name="#1002")
        self.import_orders(make_order(), make_order("1002"))
        self.assertEqual((self.order_of("1001"), self.order_of("1002")), (by_origin, by_name))

    def test_found_by_the_bound_customer(self):
        self.import_order(make_order("7"))
        partner = self.order_of("7").partner_id
        partner.email = "moved@example.com"
        order = self.earlier(partner_id=partner.id)
        self.import_orders(make_order(email=""))
        self.assertEqual(self.order_of("1001"), order)

    def test_off(self):
        self.backend.adopt_orders = False
        order = self.earlier()
        self.assertEqual(self.import_orders(make_order()).created, ["1001"])
        self.assertNotEqual(self.order_of("1001"), order)

    def test_other_customer(self):
        self.earlier(partner_id=self.env["res.partner"].create({"name": "Bob", "email": "bob@example.com"}).id)
        self.assertEqual(self.import_orders(make_order()).created, ["1001"])

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.earlier(
            company_id=company.id,
            warehouse_id=self.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1).id,
        )
        self.assertEqual(self.import_orders(make_order()).created, ["1001"])

    def test_other_total(self):
        order = self.earlier(price=11.0)
        result = self.import_orders(make_order())
        [(external_id, _name, error)] = result.failed
        self.assertEqual(external_id, "1001")
        for text in (order.name, "11.0", "10.00"):
            self.assertIn(text, error.message)
        self.assertFalse(self.order_of("1001"))
        order.order_line.price_unit = 10.0
        self.import_orders(make_order())
        self.assertEqual(self.order_of("1001"), order)

    def test_several(self):
        orders = self.earlier() + self.earlier()
        [(_external_id, _name, error)] = self.import_orders(make_order()).failed
        for order in orders:
            self.assertIn(order.name, error.message)
        self.assertFalse(self.order_of("1001"))

    def test_one_order_for_two_documents(self):
        order = self.earlier()
        result = self.import_orders(make_order(), replace(make_order("2"), name="#1001"))
        self.assertEqual((result.updated, result.created), (["1001"], ["2"]))
        self.assertEqual(self.order_of("1001"), order)

    def test_later_edits_leave_the_lines(self):
        for confirmed in (False, True):
            with self.subTest(confirmed=confirmed):
                number = "2002" if confirmed else "2001"
                order = self.earlier(client_order_ref=f"#{number}")
                if confirmed:
                    order.action_confirm()
                document = make_order(number)
                self.import_order(document)
                edited = later(document, lines=(make_line(quantity="3"),))
                self.import_order(edited)
                self.assertEqual((order.amount_total, len(order.order_line)), (10.0, 1))
                self.assertIn("30.00 USD", order.integration_hold_reason)
                order.order_line.product_uom_qty = 3
                self.import_order(edited)
                self.assertFalse(order.integration_hold_reason)

    def test_cost(self):
        """One look-up for a page, none when it is off."""
        documents = [make_order(str(number), total=Decimal(10)) for number in range(3000, 3010)]
        for adopts in (False, True):
            self.backend.adopt_orders = adopts
            found = []
            search = type(self.env["sale.order"]).search_fetch

            def counted(orders, *args, found=found, search=search, **kwargs):
                found.append(args)
                return search(orders, *args, **kwargs)

            self.patch(type(self.env["sale.order"]), "search_fetch", counted)
            self.import_orders(*documents)
            self.assertEqual(len(found), int(adopts))
            documents = [replace(document, external_id=f"{document.external_id}0") for document in documents]
