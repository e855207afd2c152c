from decimal import Decimal

from odoo.tests import tagged

from .order_common import EngineCase, make_line, make_order, make_shipping, make_tax


@tagged("post_install", "-at_install")
class TestOrderImport(EngineCase):
    def test_plain_order(self):
        order = self.import_order(make_order())
        self.assertEqual(order.amount_total, 10.0)
        self.assertEqual(order.order_line.product_id, self.mug)
        self.assertEqual(order.client_order_ref, "#1001")
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.partner_id.email, "ada@example.com")
        self.assertEqual(order.partner_id.state_id.code, "IL")
        self.assertEqual(order.partner_shipping_id, order.partner_id)
        again = self.import_orders(make_order())
        self.assertEqual(again.unchanged, ["1001"])

    def test_taxed_order(self):
        self.backend.tax_policy = "create"
        order = self.import_order(
            make_order(
                lines=(make_line(price="9.99", quantity="3", discount=Decimal("1.01"), taxes=[make_tax("5.79")]),),
                shipping_lines=(make_shipping(taxes=[make_tax("1.00")]),),
            )
        )
        self.assertEqual(order.amount_untaxed, 33.96)
        self.assertEqual(order.amount_tax, 6.79)
        self.assertEqual(order.amount_total, 40.75)
