from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from .common import run_queue_job
from .product_common import ProductCase, picture


@tagged("post_install", "-at_install")
class TestProductMarks(ProductCase):
    def setUp(self):
        super().setUp()
        self.shirt_binding, self.cup_binding = self.publish(self.shirt | self.cup)
        self.push()
        self.clear()

    def clear(self):
        self.precommit()
        self.env["integration.change"].search([]).unlink()

    def assertMarks(self, bindings):
        self.assertEqual(self.marked(), bindings)
        self.clear()

    def test_changes_that_are_told(self):
        variant = self.shirt.product_variant_ids[1]
        self.env["res.lang"]._activate_lang("fr_FR")
        tag = self.env["product.tag"].create({"name": "Gift"})
        image = None

        def further_image():
            nonlocal image
            image = (
                self.env["integration.product.pictures"]
                ._picture_model()
                .create({"product_tmpl_id": self.shirt.id, "image_1920": picture("red")})
            )

        for name, change in {
            "name": lambda: self.shirt.write({"name": "Polo"}),
            "translation": lambda: self.shirt.update_field_translations("name", {"fr_FR": "Chemise"}),
            "translated write": lambda: self.shirt.with_context(lang="fr_FR").write({"name": "Polo"}),
            "price": lambda: self.shirt.write({"list_price": 22}),
            "picture": lambda: self.shirt.write({"image_1920": picture("blue")}),
            "further picture": further_image,
            "its description": lambda: image.write({"name": "Behind"}),
            "picture gone": lambda: image[:1].unlink(),  # noqa: PLW0108
            "tag": lambda: self.shirt.write({"product_tag_ids": [Command.link(tag.id)]}),
            "name of a tag": lambda: tag.write({"name": "Present"}),
            "SKU": lambda: variant.write({"default_code": "X"}),
            "barcode": lambda: variant.write({"barcode": "4006381333931"}),
            "weight": lambda: variant.write({"weight": 1}),
            "cost": lambda: variant.write({"standard_price": 5}),
            "variant archived": lambda: variant.write({"active": False}),
            "variant picture": lambda: self.shirt.product_variant_ids[0].write({"image_1920": picture("green")}),
            "attribute": lambda: self.shirt.attribute_line_ids[0].attribute_id.write({"name": "Fit"}),
            "value": lambda: self.shirt.attribute_line_ids[0].value_ids[0].write({"name": "Small"}),
            "extra price": lambda: (
                self.shirt.attribute_line_ids[0].product_template_value_ids[0].write({"price_extra": 3})
            ),
            "new value": lambda: self.shirt.attribute_line_ids[0].write(
                {
                    "value_ids": [
                        Command.create({"name": "L", "attribute_id": self.shirt.attribute_line_ids[0].attribute_id.id})
                    ]
                }
            ),
            "variant deleted": self.shirt.product_variant_ids[-1].unlink,
            "wish": lambda: self.shirt_binding.write({"wanted": "draft"}),
            "archived": lambda: self.shirt.write({"active": False}),
        }.items():
            with self.subTest(name):
                change()
                self.assertMarks(self.shirt_binding)

    def test_changes_that_are_not_told(self):
        for name, change in {
            "other field": lambda: self.shirt.write({"description": "Internal", "sale_delay": 4}),
            "unbound product": lambda: self.env["product.template"].create({"name": "Plate"}).write({"name": "Dish"}),
            "came from there": lambda: self.shirt.with_context(integration_from_backend=self.backend.id).write(
                {"name": "Polo"}
            ),
        }.items():
            with self.subTest(name):
                change()
                self.assertMarks(self.bindings)

    def test_other_channels_hear_of_what_came_from_one(self):
        other = self.env["integration.backend"].create({"name": "Other shop", "platform": "test"})
        other.write({"state": "connected", "export_products": True})
        binding = self.bindings.create({"backend_id": other.id, "odoo_id": self.cup.id, "external_id": "9"})
        self.clear()
        self.cup.with_context(integration_from_backend=self.backend.id).name = "Mug"
        self.assertFalse(self.marked())
        self.assertEqual(self.env["integration.change"].search([]).mapped("res_id"), binding.ids)

    def test_nothing_happens_where_no_channel_is_told(self):
        self.backend.export_products = False
        self.env["integration.backend"]._product_exporters()  # known to the server from here on
        with patch.object(type(self.env["integration.change"]), "_note") as note:
            self.cup.name = "Mug"
            self.precommit()
        note.assert_not_called()

    def test_a_write_of_many_products_is_one_statement_more(self):
        templates = self.env["product.template"].create([{"name": f"Plate {number}"} for number in range(40)])
        bindings = self.publish(templates)
        self.clear()
        counts = []
        for backend_is_told in (False, True):
            self.backend.with_context(tracking_disable=True).export_products = backend_is_told
            templates.write({"hs_code": f"{backend_is_told}"})
            self.precommit()
            before = self.env.cr.sql_log_count
            for template in templates:
                template.write({"hs_code": f"69{backend_is_told}"})
            self.precommit()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[0] + 1)
        self.assertEqual(self.marked(), bindings)

    def test_mapped_fields(self):
        self.shirt.description_sale = "Wash cold."
        self.assertMarks(self.bindings)
        mapping = self.env["integration.mapping"].create(
            {
                "backend_id": self.backend.id,
                "kind": "attribute",
                "external_value": "custom.care",
                "odoo_field": "product.description_sale",
            }
        )
        self.assertMarks(self.shirt_binding | self.cup_binding)
        self.shirt.description_sale = "Wash hot."
        self.assertMarks(self.shirt_binding)
        mapping.unlink()
        self.assertMarks(self.shirt_binding | self.cup_binding)

    def test_settings_of_the_channel(self):
        both = self.shirt_binding | self.cup_binding
        for values in (
            {"compare_at": "list_price"},
            {"product_owner": "odoo"},
            {"product_removal": "delete"},
            {"pricelist_id": self.env["product.pricelist"].create({"name": "Shop"}).id},
        ):
            with self.subTest(values):
                self.backend.write(values)
                self.assertMarks(both)
        self.backend.write({"import_from": fields.Datetime.now()})
        self.assertMarks(self.bindings)

    def test_what_changed_while_the_channel_was_disconnected(self):
        self.backend.state = "disconnected"
        self.cup.name = "Mug"
        self.assertMarks(self.bindings)
        self.backend.state = "connected"
        self.adapter.calls.clear()
        self.push()
        self.assertEqual(self.adapter.pushed, [("Mug", ["basics"])])

    def test_switching_on_sends_nothing_that_is_there_already(self):
        self.backend.export_products = False
        plate = self.env["product.template"].create({"name": "Plate"})
        there = self.bindings.create({"backend_id": self.backend.id, "odoo_id": plate.id, "external_id": "77"})
        self.clear()
        self.backend.export_products = True
        [job] = self.env["sync.job"].search([("operation", "=", "agree_products")], limit=1)
        run_queue_job(job)
        self.adapter.calls.clear()
        self.exporter._mark(there)
        self.push()
        self.assertEqual(self.adapter.calls, [])
        self.adapter.shop["77"] = self.adapter.shop["P2"]
        plate.list_price = 3
        self.push()
        self.assertEqual(self.adapter.pushed, [("Plate", ["prices"])])

    # === PRICELISTS === #

    def test_rules_of_pricelists(self):
        base, used, unused = self.env["product.pricelist"].create([{"name": "Base"}, {"name": "Shop"}, {"name": "VIP"}])
        used.item_ids = [
            Command.create({"base": "pricelist", "base_pricelist_id": base.id, "compute_price": "formula"})
        ]
        self.backend.pricelist_id = used
        self.clear()
        category = self.env["product.category"].create({"name": "Clothes"})
        self.shirt.categ_id = self.env["product.category"].create({"name": "Shirts", "parent_id": category.id})
        self.clear()
        item = None

        def create():
            nonlocal item
            item = self.env["product.pricelist.item"].create(
                {"pricelist_id": base.id, "applied_on": "1_product", "product_tmpl_id": self.cup.id, "fixed_price": 5}
            )

        both = self.shirt_binding | self.cup_binding
        for name, change, marks in (
            ("of a product", create, self.cup_binding),
            ("price", lambda: item.write({"fixed_price": 4}), self.cup_binding),
            (
                "moved to another product",
                lambda: item.write({"product_tmpl_id": self.shirt.id}),
                both,
            ),
            ("gone", lambda: item[:1].unlink(), self.shirt_binding),  # noqa: PLW0108
            (
                "of a category",
                lambda: self.env["product.pricelist.item"].create(
                    {"pricelist_id": used.id, "applied_on": "2_product_category", "categ_id": category.id}
                ),
                self.shirt_binding,
            ),
            (
                "of a variant",
                lambda: self.env["product.pricelist.item"].create(
                    {
                        "pricelist_id": used.id,
                        "applied_on": "0_product_variant",
                        "product_id": self.shirt.product_variant_ids[0].id,
                    }
                ),
                self.shirt_binding,
            ),
            (
                "of everything",
                lambda: self.env["product.pricelist.item"].create({"pricelist_id": used.id, "fixed_price": 1}),
                both,
            ),
            (
                "of a pricelist that is not used",
                lambda: self.env["product.pricelist.item"].create({"pricelist_id": unused.id, "fixed_price": 1}),
                self.bindings,
            ),
        ):
            with self.subTest(name):
                change()
                self.assertMarks(marks)

    def test_rules_that_begin_and_end(self):
        now = fields.Datetime.now()
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Sale",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "1_product",
                            "product_tmpl_id": self.cup.id,
                            "fixed_price": 5,
                            "date_start": now - timedelta(hours=1),
                        }
                    ),
                    Command.create(
                        {
                            "applied_on": "1_product",
                            "product_tmpl_id": self.shirt.id,
                            "fixed_price": 5,
                            "date_end": now + timedelta(days=1),
                        }
                    ),
                ],
            }
        )
        self.backend.pricelist_id = pricelist
        self.backend.prices_checked_at = now - timedelta(hours=2)
        self.clear()
        self.env["integration.backend"]._cron_price_dates()
        self.assertMarks(self.cup_binding)
        self.env["integration.backend"]._cron_price_dates()
        self.assertMarks(self.bindings)
