"""Costs of imported products: Odoo keeps their history."""

from decimal import Decimal

from .product_in_common import ProductCase, make_product, make_variant


class TestProductCost(ProductCase):
    def import_with(self, cost):
        document = make_product("1", variants=[make_variant("1-V", tracked=True, cost=Decimal(cost))])
        return self.import_product(document).product_variant_ids

    def test_history(self):
        product = self.import_with("4.20")
        self.assertEqual(self.import_with("5.00"), product)
        self.assertEqual(product.standard_price, 5.0)
        history = self.env["product.value"].search([("product_id", "=", product.id)], order="id")
        self.assertEqual(history.mapped("value"), [4.2, 5.0])
