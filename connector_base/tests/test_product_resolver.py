from odoo.tests import tagged

from .order_common import EngineCase, make_line, make_order


@tagged("post_install", "-at_install")
class TestProductResolver(EngineCase):
    def product(self, **values):
        return self.env["product.product"].create({"name": "Cup", **values})

    def imported(self, external_id="1", **line):
        return self.import_order(make_order(external_id, lines=(make_line(**line),))).order_line

    def test_binding_before_sku(self):
        bound = self.product()
        self.env["integration.binding.variant"].create(
            {"backend_id": self.backend.id, "external_id": "V1", "odoo_id": bound.id}
        )
        self.assertEqual(self.imported(variant_external_id="V1").product_id, bound)
        self.assertEqual(self.imported("2", variant_external_id="V2").product_id, self.mug)

    def test_barcode(self):
        product = self.product(barcode="4006381333931")
        self.assertEqual(self.imported(sku="", barcode="4006381333931").product_id, product)
        self.assertEqual(self.imported("2", sku="NOBODY", barcode="4006381333931").product_id, product)

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.product(default_code="ELSE", company_id=company.id)
        self.assertTrue(self.imported(sku="ELSE").integration_unknown_product)

    def test_unit_and_lead_time(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.product(default_code="EGGS", uom_id=dozen.id, sale_delay=3)
        line = self.imported(sku="EGGS")
        self.assertEqual((line.product_uom_id, line.customer_lead), (dozen, 3.0))

    def test_placeholder(self):
        line = self.imported(sku="NOBODY")
        self.assertEqual(line.product_id.default_code, "CHANNEL-UNKNOWN")
        self.assertEqual(line.name, "Blue mug (SKU NOBODY)")
        self.assertTrue(line.integration_unknown_product)
        self.assertTrue(line.order_id.integration_unknown_products)
        self.assertIn(line.order_id, self.env["sale.order"].search([("integration_unknown_products", "=", True)]))
        self.assertEqual(line.order_id.amount_total, 10.0)
        self.assertFalse(line.order_id.integration_hold_reason)

    def test_created_once_and_bound(self):
        self.backend.unknown_product = "create"
        values = {"sku": "NEW", "variant_external_id": "V9", "title": "New mug"}
        lines = (make_line("L1", **values), make_line("L2", **values))
        self.import_orders(make_order("1", lines=lines), make_order("2", lines=lines))
        product = self.env["product.product"].search([("default_code", "=", "NEW")])
        self.assertRecordValues(product, [{"name": "New mug", "type": "consu", "list_price": 10.0}])
        self.assertEqual(self.order_of("2").order_line.product_id, product)
        binding = self.env["integration.binding.variant"].search([("external_id", "=", "V9")])
        self.assertEqual(binding.odoo_id, product)
        self.assertFalse(self.order_of("1").order_line[0].integration_unknown_product)

    def test_ambiguous(self):
        self.product(default_code="MUG-BLUE")
        line = self.imported()
        self.assertTrue(line.integration_unknown_product)
        self.backend.unknown_product = "create"
        self.assertTrue(self.imported("2").integration_unknown_product, "no third product with this SKU")
        self.backend.unknown_product = "fail"
        error = self.import_orders(make_order("3")).failed[0][2]
        self.assertIn("2 products have the code MUG-BLUE", error.message)
        self.assertTrue(error.remedy)

    def test_fail(self):
        self.backend.unknown_product = "fail"
        result = self.import_orders(make_order("1", lines=(make_line(sku="NOBODY"),)), make_order("2"))
        self.assertEqual(result.created, ["2"])
        external_id, name, error = result.failed[0]
        self.assertEqual((external_id, name, error.error_type), ("1", "#1", "data"))
        self.assertIn("NOBODY", error.message)
        self.assertFalse(self.order_of("1"))
