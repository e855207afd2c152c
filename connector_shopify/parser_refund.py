"""What Shopify reckons for a refund (query SuggestedRefund) -> canonical. Pure."""

from odoo.addons.connector_base.canonical import RefundPayment, RefundPreview, quantize

from .reader import Reader


class Suggestion:
    """Shopify's suggested refund of an order, its amounts in our currency and in the customer's.

    :param dict node: the order
    :param str currency: `presentment` (what the customer paid in) or `shop`: what our amounts are in
    """

    def __init__(self, node, currency):
        self.order = Reader(node, "order")
        self.order.external_id = self.order.identifier("id")
        self.node = self.order.required_child("suggestedRefund")
        self._key = f"{currency}Money"
        self.customer_currency = self.order.required_text("presentmentCurrencyCode")
        self.currency = (
            self.customer_currency if currency == "presentment" else self.order.required_text("currencyCode")
        )

    def preview(self):
        """Return the `RefundPreview`, in our currency."""
        shipping = self.node.required_child("shipping")
        return RefundPreview(
            currency=self.currency,
            subtotal=self._ours(self.node, "subtotalSet"),
            tax=self._ours(self.node, "totalTaxSet"),
            shipping=self._ours(shipping, "amountSet"),
            shipping_maximum=self._ours(shipping, "maximumRefundableSet"),
            amount=self._ours(self.node, "amountSet"),
            maximum=self._ours(self.node, "maximumRefundableSet"),
            payments=tuple(
                RefundPayment(
                    gateway=entry.text("gateway"),
                    amount=self._ours(entry, "amountSet"),
                    parent_external_id=parent.identifier("id") if (parent := entry.child("parentTransaction")) else "",
                )
                for entry in self.node.children("suggestedTransactions")
            ),
        )

    def payments(self):
        """Return [(transaction, what is suggested, the most that may go back)] in the customer's currency."""
        found = []
        for entry in self.node.children("suggestedTransactions"):
            suggested = self._theirs(entry, "amountSet")
            states_most = entry.has("maximumRefundableSet")
            most = self._theirs(entry, "maximumRefundableSet") if states_most else suggested
            found.append((entry, suggested, most))
        return found

    def in_customers(self, amount):
        """Return an amount of ours in the customer's currency, by the rate of the order."""
        if self.currency == self.customer_currency:
            return amount
        for node, key in (
            (self.node, "amountSet"),
            (self.node, "maximumRefundableSet"),
            (self.node.required_child("shipping"), "maximumRefundableSet"),
        ):
            if ours := self._ours(node, key):
                return quantize(amount * self._theirs(node, key) / ours, self.customer_currency)
        return amount

    def refund_noted(self, mark):
        """Return the external id of the refund whose note holds `mark`, None when there is none."""
        for refund in self.order.children("refunds"):
            if mark in refund.text("note"):
                return refund.identifier("id")
        return None

    def restock_locations(self):
        """Return {line: location}, by global ids: where Shopify would put units back."""
        return {
            line.required_child("lineItem").required_text("id"): location.required_text("id")
            for line in self.node.children("refundLineItems")
            if (location := line.child("location"))
        }

    def _ours(self, node, key):
        return node.required_child(key).required_child(self._key).amount("amount")

    def _theirs(self, node, key):
        return node.required_child(key).required_child("presentmentMoney").amount("amount")
