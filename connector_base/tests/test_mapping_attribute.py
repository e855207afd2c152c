from datetime import date

from odoo.tests import tagged

from odoo.addons.connector_base.transport import DataError

from .common import BackendCase


@tagged("post_install", "-at_install")
class TestMappingAttribute(BackendCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["product.template"].create(
            {"name": "Mug", "description_sale": "Holds tea.", "volume": 0.35, "sale_delay": 3}
        )

    def map(self, key, odoo_field):
        return self.env["integration.mapping"].create(
            {
                "backend_id": self.backend.id,
                "kind": "attribute",
                "external_value": key,
                "odoo_field": odoo_field,
            }
        )

    def custom_field(self, model, name, ttype, **values):
        self.env["ir.model.fields"].create(
            {"model_id": self.env["ir.model"]._get_id(model), "name": name, "ttype": ttype, **values}
        )

    def test_choice_names_model_and_field(self):
        choices = dict(self.env["integration.mapping"]._selection_odoo_field())
        self.assertEqual(choices["product.description_sale"], "Product: Sales Description (description_sale)")
        self.assertIn("product.categ_id", choices)
        self.assertNotIn("variant.description_sale", choices)
        self.assertFalse([name for name in choices if name.endswith((".name", ".list_price", ".barcode"))])

    def test_attributes_of_a_backend(self):
        mapping = self.map("custom.care", "product.description_sale")
        unmapped = self.map("custom.unknown", False)
        self.assertTrue(mapping.is_mapped)
        self.assertFalse(unmapped.is_mapped)
        self.assertEqual(self.env["integration.mapping"]._attributes(self.backend), mapping)
        self.assertEqual(mapping._attribute_target(), ("product.template", "description_sale"))

    def test_a_field_that_is_gone(self):
        mapping = self.map("custom.care", "product.description_sale")
        # What an addon that was uninstalled leaves behind; the ORM refuses to write it.
        self.env.cr.execute("UPDATE integration_mapping SET odoo_field = 'product.gone' WHERE id = %s", [mapping.id])
        mapping.invalidate_recordset()
        self.assertFalse(self.env["integration.mapping"]._attributes(self.backend))

    def test_values_there_and_back(self):
        self.custom_field("product.template", "x_season", "selection", selection="[('ss', 'Summer'), ('aw', 'Winter')]")
        self.custom_field("product.template", "x_fragile", "boolean")
        self.custom_field("product.template", "x_launch", "date")
        self.template.write({"x_season": "aw", "x_fragile": True, "x_launch": date(2026, 10, 1)})
        self.template.categ_id = self.env["product.category"].create({"name": "100% Mugs_"})
        expected = {
            "product.description_sale": "Holds tea.",
            "product.volume": "0.35",
            "product.sale_delay": "3",
            "product.x_season": "Winter",
            "product.x_fragile": "true",
            "product.x_launch": "2026-10-01",
            "product.categ_id": "100% Mugs_",
        }
        empty = self.env["product.template"].create({"name": "Plate"})
        for odoo_field, text in expected.items():
            with self.subTest(odoo_field):
                mapping = self.map(odoo_field, odoo_field)
                self.assertEqual(mapping._attribute_text(self.template), text)
                name = mapping._attribute_target()[1]
                empty[name] = mapping._attribute_value(text)
                self.assertEqual(empty[name], self.template[name])

    def test_nothing(self):
        mapping = self.map("custom.care", "product.description_sale")
        self.template.description_sale = False
        self.assertEqual(mapping._attribute_text(self.template), "")
        self.assertIs(mapping._attribute_value(" "), False)
        self.assertFalse(self.map("product_type", "product.categ_id")._attribute_value(""))

    def test_values_that_do_not_fit(self):
        for odoo_field, text in [
            ("product.volume", "much"),
            ("product.categ_id", "No Such Category"),
            ("product.service_tracking", "maybe"),
        ]:
            with self.subTest(odoo_field), self.assertRaisesRegex(DataError, text) as caught:
                self.map(odoo_field, odoo_field)._attribute_value(text)
            self.assertIn("Mappings", caught.exception.remedy)
