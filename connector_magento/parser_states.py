"""What Magento's states and quantities say of an order's payment and delivery. Pure.

https://experienceleague.adobe.com/en/docs/commerce-admin/stores-sales/order-management/orders/order-status
"""

from odoo.addons.connector_base.canonical import UNSET

from . import tables
from .parser_reader import ZERO


def financial_status(order):
    """Return the canonical status of what was paid and given back of an order (Reader).

    The state says little about money: what counts are the amounts.
    """
    total, paid = order.amount("grand_total"), order.amount("total_paid")
    refunded, state = order.amount("total_refunded"), order.text("state")
    if refunded > 0:
        return "refunded" if refunded >= max(paid, total) else "partially_refunded"
    if state == tables.CANCELED or (state == tables.CLOSED and total > 0):
        return "voided" if state == tables.CANCELED else "refunded"
    if paid > 0:
        return "paid" if paid >= total else "partially_paid"
    if total <= 0 and state:  # paid by other means altogether, or free
        return "paid"
    if order.child_or_empty("payment").amount("amount_authorized") > 0:
        return "authorized"
    return "pending" if state else UNSET


def fulfillment_status(order, items):
    """Return the canonical status of what was sent of an order (Reader); UNSET where it states nothing about it."""
    state = order.text("state")
    if state == tables.HOLDED:
        return "on_hold"
    if state == tables.COMPLETE:
        return "fulfilled"
    if not state:
        return UNSET
    shipped, given_back = items.units_of_items("qty_shipped"), items.units_of_items("qty_refunded")
    if not shipped:
        return "unfulfilled"
    left = ZERO
    for sold in items.sold:
        if not sold.article.flag("is_virtual"):
            gone = max(shipped.get(sold.line_id, ZERO), given_back.get(sold.line_id, ZERO))
            left += max(sold.node.number("qty_ordered") - sold.node.number("qty_canceled") - gone, ZERO)
    return "partial" if left else "fulfilled"


def cancellation(order):
    """Return the fields of a canonical Order about its being canceled.

    An order that was paid is canceled by giving all of it back: it is closed, and nothing of it can be sent any more.
    One that was edited is canceled and replaced by another one. Payloads name no time for it: it is that of the status'
    last entry in the history, else of the last change.
    """
    state = order.text("state")
    if state != tables.CANCELED and not (state == tables.CLOSED and _is_unsent(order)):
        return {"cancelled_at": None if order.has("state") else UNSET}
    entries = [entry for entry in order.children("status_histories") if entry.text("status") == order.text("status")]
    times = [moment for entry in entries if (moment := entry.time("created_at"))]
    return {
        "cancelled_at": max(times) if times else order.required_time("updated_at"),
        "cancel_reason": "staff" if order.identifier("relation_child_id") else "other",
    }


def _is_unsent(order):
    """Whether there was something to send, and nothing of it was."""
    goods = [item for item in order.children("items") if not item.flag("is_virtual")]
    return bool(goods) and not any(item.number("qty_shipped") for item in goods)
