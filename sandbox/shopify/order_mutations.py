"""Mutations on orders that change what is known of them: note, tags, addresses, archived, paid."""

from . import actions, customers, events, graph_order, status
from .access import require
from .refunds import find
from .status import Invalid

_PLAIN = {"email": "email", "note": "note", "phone": "phone", "poNumber": "po_number"}


def _change(name: str, work):
    """A resolver of a mutation with an ``input`` that names an order; ``work(shop, order, input, now)`` changes it."""

    def resolve(_root, info, *, input):
        require(info, "write_orders", name)
        shop = info.context.shop
        with shop.store.transaction():
            before = find(info, input["id"])
            if before is None:
                return {"order": None, "userErrors": [{"field": ["id"], "message": "Order does not exist"}]}
            try:
                after = work(shop, before, input, shop.clock.iso())
            except Invalid as error:
                return {"order": None, "userErrors": [{"field": ["id"], "message": str(error)}]}
            if after is not before:
                events.save(shop, info.context.deliveries, before, after)
        return {"order": graph_order.order_node(shop, after), "userErrors": []}

    return resolve


def _update(shop, order: dict, given: dict, now: str) -> dict:
    """What is not given stays; nothing changed = the order itself."""
    after = actions.changed(order, now)
    after.update({ours: given[theirs] for theirs, ours in _PLAIN.items() if theirs in given})
    if "tags" in given:
        after["tags"] = sorted({tag.strip() for tag in given["tags"] or () if tag.strip()})
    if "customAttributes" in given:
        after["attributes"] = [[pair["key"], pair["value"]] for pair in given["customAttributes"] or ()]
    if given.get("shippingAddress"):
        old = order["delivery"]
        after["delivery"] = customers.address(shop, given["shippingAddress"], old)
    same = {**after, "updated_at": order["updated_at"]} == order
    return order if same else after


def _pay(shop, order: dict, _given: dict, now: str) -> dict:
    if status.outstanding(order) <= 0:
        raise Invalid("Order cannot be marked as paid.")
    return actions.pay(shop, order, now)


def _close(shop, order: dict, _given: dict, now: str) -> dict:
    return order if order["closed_at"] else actions.archive(shop, order, now)


def _open(shop, order: dict, _given: dict, now: str) -> dict:
    return actions.unarchive(shop, order, now) if order["closed_at"] else order


MUTATION = {
    "orderUpdate": _change("orderUpdate", _update),
    "orderMarkAsPaid": _change("orderMarkAsPaid", _pay),
    "orderClose": _change("orderClose", _close),
    "orderOpen": _change("orderOpen", _open),
}
