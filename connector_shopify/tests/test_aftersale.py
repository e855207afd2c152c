"""Refunds and notes through the adapter."""

from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import OrderChange, RefundRequest, RefundRequestLine
from odoo.addons.connector_base.transport import DataError

from .common import ShopifyCase


def bag(usd):
    """Money at two USD a EUR."""
    return {
        "shopMoney": {"amount": usd, "currencyCode": "USD"},
        "presentmentMoney": {"amount": str(Decimal(usd) / 2), "currencyCode": "EUR"},
    }


@tagged("post_install", "-at_install")
class TestAftersale(ShopifyCase):
    def setUp(self):
        super().setUp()
        self.refunds, self.refused = [], []
        self.store._SuggestedRefund = self._suggest
        self.store._RefundCreate = self._refund
        for name in ("OrderUpdate", "TagsAdd", "TagsRemove"):
            setattr(self.store, f"_{name}", self._answer(f"{name[0].lower()}{name[1:]}"))

    def _answer(self, field):
        return lambda **_variables: {field: {"userErrors": self.refused}}

    def _suggest(self, id, lines, shipping):
        usd = 20 * sum(line["quantity"] for line in lines) + 2 * Decimal(shipping or 0)
        payment = {
            "gateway": "bogus",
            "amountSet": bag(str(usd)),
            "maximumRefundableSet": bag("100"),
            "parentTransaction": {"id": "gid://shopify/OrderTransaction/1"},
        }
        suggested = {
            "amountSet": bag(str(usd)),
            "subtotalSet": bag(str(usd)),
            "totalTaxSet": bag("0"),
            "maximumRefundableSet": bag("100"),
            "shipping": {"amountSet": bag(str(2 * Decimal(shipping or 0))), "maximumRefundableSet": bag("10")},
            "refundLineItems": [],
            "suggestedTransactions": [payment],
        }
        order = {"id": id, "currencyCode": "USD", "presentmentCurrencyCode": "EUR"}
        return {"order": {**order, "refunds": self.refunds, "suggestedRefund": suggested}}

    def _refund(self, input, key):
        if self.refused:
            return {"refundCreate": {"refund": None, "userErrors": self.refused}}
        self.refunds.append({"id": f"gid://shopify/Refund/{len(self.refunds) + 1}", "note": input["note"]})
        return {"refundCreate": {"refund": {"id": self.refunds[-1]["id"]}, "userErrors": []}}

    def request(self, **changes):
        line = RefundRequestLine(line_external_id="11", quantity=Decimal(2))
        return RefundRequest(**{"order_external_id": "1", "lines": (line,), "key": "k", **changes})

    def test_preview(self):
        self.assertLessEqual({"refunds_out", "orders_update", "order_tags_out"}, self.adapter._capabilities())
        preview = self.adapter._preview_refund(self.backend, self.request(shipping=Decimal("3")))
        self.assertEqual((preview.currency, preview.amount, preview.shipping), ("EUR", 23, 3))
        self.assertEqual(self.store.count("SuggestedRefund"), 1)

    def test_preview_in_the_shops_currency(self):
        self.backend.order_currency = "shop"
        preview = self.adapter._preview_refund(self.backend, self.request(shipping=Decimal("6")))
        self.assertEqual((preview.currency, preview.amount, preview.shipping), ("USD", 46, 6))
        asked = [variables["shipping"] for name, variables in self.store.calls if name == "SuggestedRefund"]
        self.assertEqual(asked, [None, "3.00"])

    def test_a_refund_is_made_once(self):
        self.assertEqual(self.adapter._refund_order(self.backend, self.request()), "1")
        self.assertEqual(self.adapter._refund_order(self.backend, self.request()), "1")
        self.assertEqual(self.store.count("RefundCreate"), 1)
        self.assertEqual(self.adapter._refund_order(self.backend, self.request(key="l")), "2")

    def test_a_refusal_says_what_to_do(self):
        self.refused = [{"field": ["transactions"], "message": "Too old"}]
        with self.assertRaisesRegex(DataError, "Too old") as caught:
            self.adapter._refund_order(self.backend, self.request())
        self.assertTrue(caught.exception.remedy)

    def test_notes_and_tags(self):
        change = OrderChange(order_external_id="1", note="Ring", tags_added=("a",), tags_removed=("b",))
        self.adapter._update_order(self.backend, change)
        names = [name for name, _variables in self.store.calls if name != "AccessToken"]
        self.assertEqual(names, ["OrderUpdate", "TagsAdd", "TagsRemove"])
        self.adapter._update_order(self.backend, OrderChange(order_external_id="1", tags_added=("a",)))
        self.assertEqual(self.store.count("OrderUpdate"), 1)
        self.refused = [{"field": ["id"], "message": "Order not found"}]
        with self.assertRaisesRegex(DataError, "not found") as caught:
            self.adapter._update_order(self.backend, change)
        self.assertTrue(caught.exception.remedy)
