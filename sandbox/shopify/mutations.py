"""Mutations on orders: what an app may do to them."""

import uuid

from ..framework.clock import iso
from . import actions, events, status
from .access import require
from .placing import Invalid
from .shop import parse_gid


def order_cancel(_root, info, *, orderId, reason, restock, refundMethod=None, notifyCustomer=False, staffNote=None):
    """Cancel an order for good. The answer is a job that the app may ask about; the order is cancelled by then.

    Refused: unknown orders, cancelled ones, and those of which something was sent. Authorizations are always voided.
    """
    context = info.context
    require(info, "write_orders", "orderCancel")
    shop, found = context.shop, parse_gid(orderId, "Order")
    with shop.store.transaction():
        before = shop.store.get(shop.domain, "order", found[1]) if found else None
        if before is None or not context.sees(before):
            return _refused("NOT_FOUND", "orderId", "Order does not exist")
        if before["cancelled_at"]:
            return _refused("INVALID", "orderId", "Cannot cancel an order that has already been canceled")
        if status.fulfillment(before) != "UNFULFILLED":
            return _refused("INVALID", "orderId", "Cannot cancel an order that has fulfillments")
        try:
            after = actions.cancel(
                shop, before, iso(shop.clock.now()), reason, staffNote,
                restock=restock, pay_back=bool((refundMethod or {}).get("originalPaymentMethodsRefund")),
            )  # fmt: skip
        except Invalid as error:
            return _refused("INVALID", "orderId", str(error))
        events.save(shop, context.deliveries, before, after)
    job = {"id": f"gid://shopify/Job/{uuid.uuid4()}", "done": False}
    return {"job": job, "orderCancelUserErrors": []}


def _refused(code: str, field: str, message: str) -> dict:
    return {"job": None, "orderCancelUserErrors": [{"code": code, "field": [field], "message": message}]}


MUTATION = {"orderCancel": order_cancel}
