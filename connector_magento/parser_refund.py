"""Credit memos -> canonical refunds. Pure.

https://developer.adobe.com/commerce/webapi/rest/modules/sales/ (CreditmemoInterface). Rows add up like those of orders;
what is given back of shipping has no discount of its own: it is what the memo's sums have beyond those of its rows.
"""

from decimal import ROUND_HALF_UP, Decimal

from odoo.addons.connector_base.canonical import Payment, Refund, RefundAdjustment, RefundLine, RefundShipping

from . import tables
from .parser_items import amounts, fixed_tax_amounts, fixed_tax_id
from .parser_payment import invoice_payment_id
from .parser_reader import STORED, ZERO, read

CENT = Decimal("0.01")


class RefundReader:
    """Reads the credit memos of one order.

    :param OrderReader order: the order
    :param bool restock: whether goods that were sent and given back count as put into stock
    """

    def __init__(self, order, *, restock):
        self.order = order
        self.restock = restock
        self.quantities = {line.external_id: line.quantity for line in order.lines()}

    def refunds(self, creditmemos):
        """Return the Refunds of the order's credit memos, without canceled ones, and that of the units canceled."""
        return tuple(filter(None, (*map(self.refund, creditmemos), self.canceled_units())))

    def refund(self, payload):
        """Return the Refund of a credit memo; None for one that was canceled."""
        memo = read(payload, "creditmemo", base=self.order.node.base)
        status = tables.CREDITMEMO_STATUSES.get(memo.text("state", "2"), "error")
        if status == "failure":
            return None
        rows = [*self.rows(memo), *self.wrappings(memo)]
        shipping = self.shipping(memo)
        adjustments = [
            ("positive", memo.amount("adjustment_positive"), ""),
            ("negative", -memo.amount("adjustment_negative"), ""),
        ]
        if not any(amount for _name, amount, _reason in adjustments):
            adjustments = [("adjustment", memo.amount("adjustment"), "")]
        listed = sum((net + tax for *_of_row, net, tax in rows), ZERO) + sum(shipping, ZERO)
        listed += sum((amount for _name, amount, _reason in adjustments), ZERO)
        payments = tuple(self.payments(memo, status, listed))
        worth = sum((entry.amount for entry in payments), ZERO)
        adjustments.append(("rest", worth - listed, "Difference to the total of the credit memo"))
        return Refund(
            external_id=memo.external_id,
            created_at=memo.required_time("created_at"),
            lines=tuple(self.line(*row) for row in rows),
            shipping=(
                RefundShipping(
                    line_external_id=tables.SHIPPING_ID, subtotal=self.order.shown(*shipping), tax=shipping[1]
                ),
            )
            if any(shipping)
            else (),
            adjustments=tuple(
                RefundAdjustment(external_id=f"{memo.external_id}-{name}", subtotal=amount, tax=ZERO, reason=reason)
                for name, amount, reason in adjustments
                if amount
            ),
            payments=tuple(entry for entry in payments if entry.amount),
            note="\n".join(filter(None, (entry.text("comment") for entry in memo.children("comments")))),
        )

    def canceled_units(self):
        """Return the Refund of units that were canceled of an order that goes on, None when there are none.

        Magento cancels what is not invoiced: nothing is paid back of it. The order as a whole: `cancellation`.
        """
        order = self.order.node
        if order.text("state") == tables.CANCELED:
            return None
        lines = [line for sold in self.order.items.sold for line in self.canceled_of(sold)]
        if not lines:
            return None
        return Refund(
            external_id=f"canceled-{order.external_id}",
            created_at=order.required_time("updated_at"),
            lines=tuple(lines),
        )

    def canceled_of(self, sold):
        """Yield the RefundLines of the canceled units of an item, and of what was charged beside them."""
        node, units = sold.node, sold.node.number("qty_canceled")
        open_units = node.number("qty_ordered") - node.number("qty_invoiced")
        if not units or open_units < units:
            return
        net, tax = (
            whole - invoiced for whole, invoiced in zip(amounts(node), amounts(node, invoiced=True), strict=True)
        )
        if units < open_units:
            net, tax = ((part * units / open_units).quantize(CENT, ROUND_HALF_UP) for part in (net, tax))
        yield self.canceled_line(sold.line_id, units, net, tax)
        for index, entry in enumerate(node.embedded("weee_tax_applied")):
            fee_id, of_row = fixed_tax_id(sold.line_id, index), fixed_tax_amounts(entry)
            if fee_id in self.quantities:
                share = units / node.number("qty_ordered")
                # what is charged of it is rounded, what is canceled is the rest
                net, tax = (part - (part * (1 - share)).quantize(CENT, ROUND_HALF_UP) for part in of_row)
                yield self.canceled_line(fee_id, (self.quantities[fee_id] * share).quantize(STORED), net, tax)

    def canceled_line(self, line_id, quantity, net, tax):
        return RefundLine(
            line_external_id=line_id,
            quantity=quantity,
            subtotal=self.order.shown(net, tax),
            tax=tax,
            restock=True,
            cancelled=True,
        )

    def rows(self, memo):
        """Yield (line id, item of the order, quantity, amount without tax, tax) per row that is a line of the order."""
        for row in memo.children("items"):
            item_id = row.required_identifier("order_item_id")
            node, quantity = self.order.items.node(item_id), row.number("qty", None)
            if node is None:
                raise row.error("names an item that the order doesn't have", "order_item_id")
            if not self.order.items.is_line(item_id):
                continue
            net, tax = amounts(row)
            if quantity or net or tax:
                yield item_id, node, quantity, net, tax
            ordered = node.number("qty_ordered")
            for index, entry in enumerate(row.embedded("weee_tax_applied")):
                fee_id, (net, tax) = fixed_tax_id(item_id, index), fixed_tax_amounts(entry)
                if net and fee_id in self.quantities and ordered:
                    share = (self.quantities[fee_id] * quantity / ordered).quantize(STORED)
                    yield fee_id, None, share, net, tax

    def wrappings(self, memo):
        """Yield the same for gift wrapping."""
        for _title, key, tax_key, kind in tables.GIFT_WRAPPINGS:
            net = memo.extension.amount(key)
            if net and kind in self.quantities:
                yield kind, None, self.quantities[kind], net, memo.extension.amount(tax_key)

    def line(self, line_id, node, quantity, net, tax):
        """Return the RefundLine of a row; `node` None: a fee."""
        cancelled = node is not None and self.is_unsent(node, quantity)
        sent = node is not None and not node.flag("is_virtual")
        return RefundLine(
            line_external_id=line_id,
            quantity=quantity,
            subtotal=self.order.shown(net, tax),
            tax=tax,
            restock=cancelled or (self.restock and sent),
            cancelled=cancelled,
        )

    def is_unsent(self, node, quantity):
        """Whether units given back had not been sent: nothing was, or the order is done without them."""
        shipped = self.order.items.units_of_items("qty_shipped").get(node.identifier("item_id"), ZERO)
        done = self.order.node.text("state") in (tables.COMPLETE, tables.CLOSED)
        unsent = node.number("qty_ordered") - node.number("qty_canceled") - shipped
        return not node.flag("is_virtual") and quantity <= unsent and (done or not shipped)

    def shipping(self, memo):
        """Return (amount without tax, tax) that is given back of shipping."""
        gross, tax = memo.amount("shipping_amount"), memo.amount("shipping_tax_amount")
        if not gross:
            return ZERO, tax
        rows = [row for row in memo.children("items") if self.order.items.is_line(row.identifier("order_item_id"))]
        discounts = sum((row.amount("discount_amount") for row in rows), ZERO)
        compensations = sum((row.amount("discount_tax_compensation_amount") for row in rows), ZERO)
        discount = abs(memo.amount("discount_amount")) - discounts
        compensation = memo.amount("discount_tax_compensation_amount") - compensations
        # stated for itself, it may be part of the sum or not
        compensation = compensation or memo.amount("shipping_discount_tax_compensation_amount")
        return gross - discount + compensation, tax

    def payments(self, memo, status, listed):
        """Yield how the memo was paid back: by the order's method first, then to gift cards and store credit.

        Memos don't say what was given back in reward points: it is what their total lacks of what they list.

        :param Decimal listed: what the memo lists
        """
        gateway = self.order.node.child_or_empty("payment").text("method")
        invoice_id = memo.identifier("invoice_id")
        found = {gateway: memo.amount("grand_total", None)}
        for key, other in tables.OTHER_PAYMENTS.items():
            found[other] = memo.extension.amount(key, memo.amount(key))
        if not found[tables.REWARD_POINTS]:
            lacking = listed - sum(found.values(), ZERO)
            found[tables.REWARD_POINTS] = min(max(lacking, ZERO), self.order.node.extension.amount(tables.REWARDS))
        for index, (name, amount) in enumerate(found.items()):
            yield Payment(
                external_id=f"creditmemo-{memo.external_id}-{name}" if index else f"creditmemo-{memo.external_id}",
                kind="refund",
                status=status,
                gateway=name,
                amount=amount,
                currency=self.order.currency,
                processed_at=memo.required_time("created_at"),
                parent_external_id=invoice_payment_id(invoice_id) if invoice_id and not index else "",
            )
