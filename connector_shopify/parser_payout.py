"""Payouts of Shopify Payments to canonical documents. No Odoo import."""

from odoo.addons.connector_base.canonical import Payout, PayoutEntry

from . import const
from .reader import Reader


def parse_payout(node):
    """Return the `Payout` of what GraphQL states of a payout and its `transactions`.

    :raise DataError: it is not as documented
    """
    reader = Reader(node, "payout", external_id=str(node.get("id") or "").rpartition("/")[2])
    net = reader.required_child("net")
    amount = net.amount("amount")
    status = reader.required_text("status")
    if status not in const.PAYOUT_STATUSES:
        raise reader.error(f"is the unknown status {status}", "status")
    withdrawn = reader.text("transactionType") == "WITHDRAWAL"
    entries = (_parse_entry(transaction, reader) for transaction in node["transactions"])
    return Payout(
        external_id=reader.identifier("id"),
        reference=reader.text("externalTraceId") or reader.identifier("id"),
        issued_at=reader.required_time("issuedAt"),
        status=const.PAYOUT_STATUSES[status],
        currency=net.required_text("currencyCode"),
        amount=-abs(amount) if withdrawn else amount,
        entries=tuple(entry for entry in entries if entry),
    )


def _parse_entry(node, payout):
    """Return the `PayoutEntry` of a balance transaction, None for one of a test order.

    What is kept is told by what is left: `fee` is the difference of amount and net.
    """
    reader = Reader(node, "transaction", external_id=payout.external_id)
    if reader.flag("test", default=False):
        return None
    kind = reader.required_text("type")
    amount = reader.required_child("amount").amount("amount")
    order = reader.child("associatedOrder")
    return PayoutEntry(
        external_id=reader.identifier("id"),
        kind=_kind(kind),
        title=" ".join(filter(None, [kind.replace("_", " ").capitalize(), reader.text("adjustmentReason")])),
        amount=amount,
        fee=amount - reader.required_child("net").amount("amount"),
        order_external_id=order.identifier("id", default="") if order else "",
        payment_external_id=reader.text("sourceOrderTransactionId"),
        processed_at=reader.required_time("transactionDate"),
    )


def _kind(kind):
    if kind in const.PAYOUT_ENTRY_KINDS:
        return const.PAYOUT_ENTRY_KINDS[kind]
    return next((name for word, name in const.PAYOUT_ENTRY_WORDS if word in kind), "other")
