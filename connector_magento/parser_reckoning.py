"""What a credit memo would hold: reckoned here as Magento does, for its API has no preview. Pure.

Of what was invoiced of an item and not refunded yet, a memo takes the share of its units, rounded; the last units take
what is left. What goes back of shipping takes the same share of its discount and tax.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from odoo.addons.connector_base.canonical import RefundPayment, RefundPreview, quantize
from odoo.addons.connector_base.transport import DataError

from . import const
from .parser import OrderReader
from .parser_items import fixed_tax_amounts
from .parser_payment import invoice_payment_id, other_payments
from .parser_reader import ZERO, read
from .parser_refund import RefundReader


class Part(NamedTuple):
    net: Decimal
    tax: Decimal

    @property
    def gross(self):
        return self.net + self.tax


class Reckoning:
    """A refund of an order, reckoned.

    :param dict order: GET /V1/orders/{id}
    :param invoices: its invoices
    :param creditmemos: its credit memos
    :param RefundRequest request: what is to be given back; its `amount` does not count
    :param str currency: `order` or `base`: what our amounts are in
    :param Decimal share: what part of the shipping that is left goes back; None: what the request says
    :raise DataError: these units can't be given back
    """

    def __init__(self, order, invoices, creditmemos, request, *, currency="order", share=None):
        self._stated = (order, invoices, creditmemos, request)
        self.order = OrderReader(read(order, "order", base=currency == "base"), None)
        self.node = self.order.node
        self.invoices = [read(invoice, "invoice", base=self.node.base) for invoice in invoices]
        self.memos = [read(memo, "creditmemo", base=self.node.base) for memo in creditmemos]
        self.request = request
        self.lines = [self._line(line) for line in request.lines]
        self.shipping_left = self._shipping_left()
        self.share = self._share() if share is None else share
        self.shipping = self._shipping()

    # === WHAT GOES BACK === #

    @property
    def amount(self):
        """What is given back altogether, taxes included."""
        return sum((part.gross for part in self.lines), ZERO) + self.shipping.gross

    @property
    def maximum(self):
        """What of the payments is left, store credit and the like included."""
        paid = self.node.amount("total_paid") - self.node.amount("total_refunded")
        return max(paid + sum(self.others.values(), ZERO), ZERO)

    @property
    def others(self):
        """{gateway: what is left} of gift cards, store credit and reward points."""
        left = {paid.gateway: paid.amount for paid in other_payments(self.node, self.order.currency)}
        refunds = RefundReader(self.order, restock=False).refunds(memo.data for memo in self.memos) if left else ()
        for payment in (payment for refund in refunds for payment in refund.payments):
            if payment.gateway in left:
                left[payment.gateway] -= payment.amount
        return left

    def preview(self):
        """Return the `RefundPreview`."""
        return RefundPreview(
            currency=self.order.currency,
            subtotal=sum((self.order.shown(*part) for part in self.lines), ZERO),
            tax=sum((part.tax for part in (*self.lines, self.shipping)), ZERO),
            shipping=self.order.shown(*self.shipping),
            shipping_maximum=self.order.shown(*self.shipping_left),
            amount=min(self.amount, self.maximum),
            maximum=self.maximum,
            payments=tuple(payment for payment in self._payments() if payment.amount),
        )

    def _payments(self):
        """Yield where the money goes: Magento gives back store credit and the like first."""
        rest = min(self.amount, self.maximum)
        for gateway, left in self.others.items():
            part = min(left, rest)
            rest -= part
            yield RefundPayment(gateway=gateway, amount=part)
        invoice = self.invoice()
        yield RefundPayment(
            gateway=self.node.child_or_empty("payment").text("method"),
            amount=rest,
            parent_external_id=invoice_payment_id(invoice.external_id) if invoice else "",
        )

    def _line(self, line):
        item = self.order.items.node(line.line_external_id)
        if item is None or not self.order.items.is_line(line.line_external_id):
            raise _cannot("UNKNOWN", f"The order has no line {line.line_external_id} in Magento.")
        left = item.number("qty_invoiced") - item.number("qty_refunded")
        if line.quantity > left:
            raise _cannot("NOT_INVOICED", f"Of {item.text('name')}, {left.normalize():f} can be refunded in Magento.")
        if not line.quantity:
            return Part(ZERO, ZERO)

        def share(invoiced, refunded):
            rest = item.amount(invoiced) - item.amount(refunded)
            return self._rounded(rest / left * line.quantity) if line.quantity != left else rest

        compensation = "discount_tax_compensation"
        net = (
            share("row_invoiced", "amount_refunded")
            - share("discount_invoiced", "discount_refunded")
            + share(f"{compensation}_invoiced", f"{compensation}_refunded")
        )
        fixed = [fixed_tax_amounts(entry) for entry in item.embedded("weee_tax_applied")]
        units = line.quantity / item.number("qty_ordered") if item.number("qty_ordered") else ZERO
        return Part(
            net + sum((self._rounded(amount * units) for amount, _tax in fixed), ZERO),
            share("tax_invoiced", "tax_refunded") + sum((self._rounded(tax * units) for _amount, tax in fixed), ZERO),
        )

    @property
    def shipping_gross(self):
        """What `shipping` is before its discount, without tax: what Magento takes."""
        return self._rounded(self._shipping_gross_left() * self.share)

    def _shipping_gross_left(self):
        return max(self.node.amount("shipping_invoiced") - self.node.amount("shipping_refunded"), ZERO)

    def _shipping_left(self):
        """What of shipping was invoiced and not refunded, after its discount."""
        node, invoiced = self.node, self.node.amount("shipping_invoiced")
        gross, whole = self._shipping_gross_left(), node.amount("shipping_amount")
        if not whole or not gross:
            return Part(ZERO, ZERO)
        discount = node.amount("shipping_discount_amount") - node.amount("shipping_discount_tax_compensation_amount")
        tax = node.amount("shipping_tax_amount") * invoiced / whole - node.amount("shipping_tax_refunded")
        return Part(max(gross - self._rounded(discount * gross / whole), ZERO), max(self._rounded(tax), ZERO))

    def _share(self):
        wanted, most = self.request.shipping, self.order.shown(*self.shipping_left)
        if wanted > most:
            raise _cannot("SHIPPING", f"Of shipping, {most.normalize():f} can be refunded in Magento.")
        return wanted / most if most else ZERO

    def _shipping(self):
        left = self.shipping_left
        if self.share == 1:
            return left
        tax = self._rounded(left.tax * self.share)
        shown = self._rounded(self.order.shown(*left) * self.share)
        return Part(shown - tax if self.order.taxes_included else shown, tax)

    # === HOW === #

    def memo_noted(self, mark):
        """Return the id of the credit memo that has a comment with `mark`, None when there is none."""
        for memo in self.memos:
            if any(mark in comment.text("comment") for comment in memo.children("comments")):
                return memo.external_id
        return None

    def invoice(self):
        """Return the invoice (Reader) that has all the units, None where none has them all."""
        wanted = {line.line_external_id: line.quantity for line in self.request.lines}
        for invoice in self.invoices:
            left = _units(invoice)
            for memo in self.memos:
                if memo.identifier("invoice_id") == invoice.external_id:
                    for item_id, quantity in _units(memo).items():
                        left[item_id] = left.get(item_id, ZERO) - quantity
            if all(left.get(item_id, ZERO) >= quantity for item_id, quantity in wanted.items()):
                return invoice
        return None

    def in_base(self):
        """Return the same `Reckoning` in the base currency, which is what Magento takes amounts in."""
        if self.order.currency == self.order.base_currency:
            return self
        return Reckoning(*self._stated, currency="base", share=self.share)

    def amount_in_base(self, amount):
        """Return an amount of ours in the base currency."""
        if self.order.currency == self.order.base_currency:
            return amount
        rate = self.node.number("base_to_order_rate")
        if not rate:
            raise self.node.error("is missing", "base_to_order_rate")
        return quantize(amount / rate, self.order.base_currency)

    def _rounded(self, amount):
        # Magento rounds to two decimals, whatever the currency: Magento\Framework\Pricing\PriceCurrencyInterface
        return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _units(document):
    """Return {item id: quantity} of an invoice or a credit memo (Reader)."""
    return {row.required_identifier("order_item_id"): row.number("qty") for row in document.children("items")}


def _cannot(code, message):
    return DataError(message, code=code, remedy=const.REFUND_REMEDIES[code])
