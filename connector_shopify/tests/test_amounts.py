from odoo.tests import tagged

from odoo.addons.connector_shopify import parser

from .common import ShopifyCase, bag, connection, graphql_order


@tagged("post_install", "-at_install")
class TestAmounts(ShopifyCase):
    """Kinds of lines and discounts that Shopify has, from its answer to the sales order's figures."""

    def setUp(self):
        super().setUp()
        self.backend.tax_policy = "create"

    def line(self, number, price, **changes):
        [mug] = graphql_order(1)["lineItems"]["nodes"]
        changes = {"sku": f"SKU-{number}", "taxLines": [], "product": None, "variant": None, **changes}
        return {**mug, "id": f"gid://shopify/LineItem/{number}", "originalUnitPriceSet": bag(price), **changes}

    def tax(self, amount, title="State Tax", rate=0.1):
        return {"title": title, "rate": rate, "priceSet": bag(amount)}

    def off(self, amount):
        return {"allocatedAmountSet": bag(amount)}

    def assert_imported(self, lines, total, *, untaxed=None, kinds=None, **changes):
        """Import one order of `lines`; it isn't held and shows `total`, `untaxed` and the `kinds` of its lines."""
        payload = graphql_order(1001, lineItems=connection(lines), totalPriceSet=bag(total), **changes)
        document = parser.parse_order(payload)
        result = self.env["integration.order.importer"]._import_page(self.backend, [document])
        self.assertEqual((result.failed, result.held), ([], []))
        order = self.env["sale.order"].search([("integration_backend_id", "=", self.backend.id)])
        self.assertEqual(order.amount_total, float(total))
        if untaxed:
            self.assertEqual(order.amount_untaxed, untaxed)
        if kinds:
            self.assertEqual(order.order_line.mapped("integration_kind"), kinds)
        return order

    def test_gift_card_tip_duty_and_fee(self):
        mug = self.line(1, "20.00", taxLines=[self.tax("2.00")], duties=[self.charge("1", "3.00", self.tax("0.30"))])
        card = self.line(2, "50.00", isGiftCard=True, requiresShipping=False)
        tip = self.line(3, "4.00", name="Tip", requiresShipping=False)
        fee = {**self.charge("9", "1.50", self.tax("0.15")), "name": "Handling"}
        self.assert_imported(
            [mug, card, tip],
            "80.95",
            untaxed=78.5,
            kinds=["product", "duty", "gift_card", "tip", "fee"],
            additionalFees=[fee],
            totalTipReceivedSet=bag("4.00"),
        )

    def charge(self, number, price, tax):
        return {"id": f"gid://shopify/Duty/{number}", "price": bag(price), "taxLines": [tax]}

    def test_buy_one_get_one_and_an_order_discount(self):
        """Two for one, and 3.33 off the order shared over the lines; 8.875 % in two taxes of one name each."""
        taxes = [self.tax("1.33", "State", 0.08), self.tax("0.15", "City", 0.00875)]
        pair = self.line(
            1, "20.00", quantity=2, discountAllocations=[self.off("20.00"), self.off("3.33")], taxLines=taxes
        )
        order = self.assert_imported([pair], "18.15", untaxed=16.67)
        self.assertEqual((order.order_line.product_uom_qty, order.order_line.price_unit), (2.0, 20.0))

    def test_taxes_of_one_rate(self):
        taxes = [self.tax("0.20", "County", 0.01), self.tax("0.21", "City", 0.01)]
        order = self.assert_imported([self.line(1, "20.00", taxLines=taxes)], "20.41", untaxed=20.0)
        self.assertEqual(len(order.order_line.tax_ids), 2)

    def test_custom_line_and_free_bundle(self):
        parts = [self.line(1, "0.00"), self.line(2, "12.00"), self.line(3, "5.55", sku="", name="Engraving")]
        order = self.assert_imported(parts, "17.55", kinds=["product"] * 3)
        self.assertTrue(all(order.order_line.mapped("integration_unknown_product")))

    def test_nothing_to_pay(self):
        self.assert_imported([self.line(1, "20.00", discountAllocations=[self.off("20.00")])], "0.00")

    def test_what_does_not_add_up_is_held(self):
        document = parser.parse_order(graphql_order(1001, totalPriceSet=bag("23.00")))
        result = self.env["integration.order.importer"]._import_page(self.backend, [document])
        [(_external_id, reason)] = result.held
        self.assertIn("23.00 differs by 1.00 USD", reason)
