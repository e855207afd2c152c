"""Mutations on fulfillment orders and fulfillments: what an app that ships may do. None of them is idempotent."""

from . import actions, events, fulfilling, graph_fulfillment, graph_order
from .access import require
from .graph_fulfillment import WRITE, find
from .shop import parse_gid
from .status import Invalid


def _problem(message: str, *field: str, code: str | None = None) -> dict:
    return {"field": list(field) or None, "message": message, "code": code}


def _save(info, before: dict, after: dict) -> dict:
    return events.save(info.context.shop, info.context.deliveries, before, after)


def _tracking(given: dict | None) -> list[dict]:
    """Entries of a tracking input: one per number; an address belongs to the number at its place."""
    given = given or {}
    numbers = ([given["number"]] if given.get("number") else []) + list(given.get("numbers") or ())
    urls = ([given["url"]] if given.get("url") else []) + list(given.get("urls") or ())
    count = max(len(numbers), len(urls), 1 if given.get("company") else 0)
    pad = [None] * count
    return [
        fulfilling.tracked({"company": given.get("company"), "number": number, "url": url})
        for number, url in list(zip(numbers + pad, urls + pad, strict=False))[:count]
    ]


def create(_root, info, *, fulfillment, message=None):
    """Ship what is left of fulfillment orders, or some of it; all of one order and one location."""
    require(info, WRITE, "fulfillmentCreate")
    context = info.context
    with context.shop.store.transaction():
        try:
            before, picked = _picked(info, fulfillment["lineItemsByFulfillmentOrder"])
        except Invalid as error:
            return {"fulfillment": None, "userErrors": [_problem(str(error), "fulfillment")]}
        now = context.shop.clock.iso()
        after = actions.changed(before, now)
        units = [
            (place, next(e for e in place["lines"] if e["id"] == line_id), quantity)
            for place_id, line_id, quantity in picked
            for place in [fulfilling.find(after, place_id)]
        ]
        record = fulfilling.ship(context.shop, after, now, units, _tracking(fulfillment.get("trackingInfo")))
        record["notified"] = bool(fulfillment.get("notifyCustomer"))
        _save(info, before, after)
    return _shipped(context.shop, after, record)


def _shipped(shop, order: dict, record: dict) -> dict:
    node = graph_fulfillment.fulfillment_node(shop, order, record, graph_order.Bags(order))
    return {"fulfillment": node, "userErrors": []}


def _picked(info, wanted: list[dict]) -> tuple[dict, list[tuple[int, int, int]]]:
    """(order, (fulfillment order, its line, quantity) ids of what is to be shipped); raises Invalid."""
    picked, orders, places = [], [], []
    for entry in wanted:
        order, place = find(info, "FulfillmentOrder", entry["fulfillmentOrderId"])
        if place is None:
            raise Invalid("Fulfillment order does not exist.")
        orders.append(order)
        places.append(place)
        if "CREATE_FULFILLMENT" not in graph_fulfillment.actions_of(place):
            state = place["status"].lower()
            raise Invalid(f"Fulfillment order {place['id']} has an unfulfillable status= {state}.")
        lines = {line["id"]: line for line in place["lines"]}
        asked = entry.get("fulfillmentOrderLineItems")
        chosen = {line_id: line["remaining"] for line_id, line in lines.items()} if not asked else {}
        for line in asked or ():
            found = parse_gid(line["id"], "FulfillmentOrderLineItem")
            if not found or found[1] not in lines:
                raise Invalid("Fulfillment order line item does not exist.")
            chosen[found[1]] = chosen.get(found[1], 0) + line["quantity"]
        for line_id, quantity in chosen.items():
            if asked and not 0 < quantity <= lines[line_id]["remaining"]:
                raise Invalid("Invalid fulfillment order line item quantity requested.")
            if quantity:
                picked.append((place["id"], line_id, quantity))
    if len({order["id"] for order in orders}) > 1:
        raise Invalid("All fulfillment orders must belong to the same order.")
    if len({place["location_id"] for place in places}) > 1:
        raise Invalid("All fulfillment orders must be assigned to the same location.")
    if not picked:
        raise Invalid("At least one fulfillment order line item must be fulfilled.")
    return orders[0], picked


def update_tracking(_root, info, *, fulfillmentId, trackingInfoInput, notifyCustomer=None):
    """Replace a shipment's tracking."""
    require(info, WRITE, "fulfillmentTrackingInfoUpdate")
    shop = info.context.shop
    with shop.store.transaction():
        before, known = find(info, "Fulfillment", fulfillmentId)
        if known is None:
            return {"fulfillment": None, "userErrors": [_problem("Fulfillment does not exist.", "fulfillmentId")]}
        if known.get("status") == "CANCELLED":
            text = "Fulfillment is cancelled and can not be updated."
            return {"fulfillment": None, "userErrors": [_problem(text, "fulfillmentId")]}
        after = actions.changed(before, shop.clock.iso())
        record = next(entry for entry in after["fulfillments"] if entry["id"] == known["id"])
        record.update(tracking=_tracking(trackingInfoInput), updated_at=shop.clock.iso())
        _save(info, before, after)
    return _shipped(shop, after, record)


def cancel(_root, info, *, id):
    """Take a shipment back; its units are to be sent again."""
    require(info, WRITE, "fulfillmentCancel")
    shop = info.context.shop
    with shop.store.transaction():
        before, known = find(info, "Fulfillment", id)
        if known is None:
            return {"fulfillment": None, "userErrors": [_problem("Fulfillment does not exist.", "id")]}
        now = shop.clock.iso()
        after = actions.changed(before, now)
        record = next(entry for entry in after["fulfillments"] if entry["id"] == known["id"])
        try:
            fulfilling.cancel(shop, after, now, record)
        except Invalid as error:
            return {"fulfillment": None, "userErrors": [_problem(str(error), "id")]}
        _save(info, before, after)
    return _shipped(shop, after, record)


# --- fulfillment orders --------------------------------------------------------------------------------------------
def _work(info, text: str, scope_for: str):
    """(order as it is, a copy to change, the fulfillment order in the copy, now); Nones if there is none."""
    require(info, WRITE, scope_for)
    before, known = find(info, "FulfillmentOrder", text)
    if known is None:
        return None, None, None, None
    now = info.context.shop.clock.iso()
    after = actions.changed(before, now)
    return before, after, fulfilling.find(after, known["id"]), now


def _units(entries: list[dict] | None) -> dict[int, int]:
    found = {}
    for entry in entries or ():
        number = parse_gid(entry["id"], "FulfillmentOrderLineItem")
        found[number[1] if number else 0] = entry["quantity"]
    return found


def _is_part(place: dict, units: dict[int, int]) -> bool:
    """Do the units leave something behind? Raises Invalid for units that are not there."""
    left = {entry["id"]: entry["remaining"] for entry in place["lines"]}
    if any(not 0 < quantity <= left.get(line_id, 0) for line_id, quantity in units.items()):
        raise Invalid("The line item quantity is invalid.")
    return bool(units) and sum(units.values()) < sum(left.values())


def hold(_root, info, *, id, fulfillmentHold):
    shop = info.context.shop
    payload = {"fulfillmentHold": None, "fulfillmentOrder": None, "remainingFulfillmentOrder": None, "userErrors": []}

    def refused(code: str, message: str, *field: str) -> dict:
        return {**payload, "userErrors": [_problem(message, *field, code=code)]}

    with shop.store.transaction():
        before, after, place, now = _work(info, id, "fulfillmentOrderHold")
        if place is None:
            return refused("FULFILLMENT_ORDER_NOT_FOUND", "The fulfillment order could not be found.", "id")
        if "HOLD" not in graph_fulfillment.actions_of(place):
            return refused("TAKEN", "The fulfillment order cannot be placed on hold.", "id")
        handle = fulfillmentHold.get("handle") or ""
        if any(entry["handle"] == handle for entry in place["holds"]):
            text = "The handle provided for the fulfillment hold is already in use by this app for another hold."
            return refused("DUPLICATE_FULFILLMENT_HOLD_HANDLE", text, "fulfillmentHold", "handle")
        units, rest = _units(fulfillmentHold.get("fulfillmentOrderLineItems")), None
        try:
            if _is_part(place, units):
                rest, place = place, fulfilling.split(shop, after, now, place, units)
        except Invalid as error:
            where = ("fulfillmentHold", "fulfillmentOrderLineItems")
            return refused("INVALID_LINE_ITEM_QUANTITY", str(error), *where)
        why = {"reason": fulfillmentHold["reason"], "notes": fulfillmentHold.get("reasonNotes"), "handle": handle}
        entry = fulfilling.hold(shop, place, now, {**why, "by_app": True})
        _save(info, before, after)
    return {
        **payload,
        "fulfillmentHold": graph_fulfillment.hold_node(entry),
        "fulfillmentOrder": graph_fulfillment.order_node(shop, after, place),
        "remainingFulfillmentOrder": graph_fulfillment.order_node(shop, after, rest) if rest else None,
    }


def release_hold(_root, info, *, id, holdIds=None, externalId=None):
    shop = info.context.shop
    with shop.store.transaction():
        before, after, place, now = _work(info, id, "fulfillmentOrderReleaseHold")
        if place is None:
            text = "The fulfillment order could not be found."
            problem = _problem(text, "id", code="FULFILLMENT_ORDER_NOT_FOUND")
            return {"fulfillmentOrder": None, "userErrors": [problem]}
        found = [parse_gid(text, "FulfillmentHold") for text in holdIds or ()]
        fulfilling.release(place, now, {entry[1] for entry in found if entry} if holdIds else None)
        _save(info, before, after)
    return {"fulfillmentOrder": graph_fulfillment.order_node(shop, after, place), "userErrors": []}


def move(_root, info, *, id, newLocationId, fulfillmentOrderLineItems=None):
    """Send from another location: all that is left, or some of it."""
    shop = info.context.shop

    def refused(message: str, *field: str) -> dict:
        return {
            "movedFulfillmentOrder": None, "originalFulfillmentOrder": None, "remainingFulfillmentOrder": None,
            "userErrors": [_problem(message, *field)],
        }  # fmt: skip

    with shop.store.transaction():
        before, after, place, now = _work(info, id, "fulfillmentOrderMove")
        target = parse_gid(newLocationId, "Location")
        where = shop.store.get(shop.domain, "location", target[1]) if target else None
        if place is None:
            return refused("Fulfillment order does not exist.", "id")
        if where is None or not where.get("active", True):
            return refused("Location not found.", "newLocationId")
        if "MOVE" not in graph_fulfillment.actions_of(place) or place["location_id"] == where["id"]:
            return refused("Cannot change location of the fulfillment order.", "id")
        moved, rest = place, None
        try:
            units = _units(fulfillmentOrderLineItems)
            if _is_part(place, units):
                rest, moved = place, fulfilling.split(shop, after, now, place, units)
        except Invalid as error:
            return refused(str(error), "fulfillmentOrderLineItems")
        moved.update(location_id=where["id"], updated_at=now)
        _save(info, before, after)
    nodes = {
        name: graph_fulfillment.order_node(shop, after, record) if record else None
        for name, record in (("movedFulfillmentOrder", moved), ("remainingFulfillmentOrder", rest))
    }
    original = graph_fulfillment.order_node(shop, after, place)
    return {**nodes, "originalFulfillmentOrder": original, "userErrors": []}


class _Refused(Exception):
    """Undo everything; the payload says why."""

    def __init__(self, code: str, index: int, message: str):
        super().__init__(message)
        field = ("fulfillmentOrderSplits", str(index), "fulfillmentOrderLineItems")
        self.payload = {"fulfillmentOrderSplits": None, "userErrors": [_problem(message, *field, code=code)]}


def split(_root, info, *, fulfillmentOrderSplits):
    """Divide fulfillment orders: all of them or none."""
    try:
        with info.context.shop.store.transaction():
            results = [_split(info, index, wanted) for index, wanted in enumerate(fulfillmentOrderSplits)]
    except _Refused as refused:
        return refused.payload
    return {"fulfillmentOrderSplits": results, "userErrors": []}


def _split(info, index: int, wanted: dict) -> dict:
    shop = info.context.shop
    before, after, place, now = _work(info, wanted["fulfillmentOrderId"], "fulfillmentOrderSplit")
    if place is None:
        raise _Refused("FULFILLMENT_ORDER_NOT_FOUND", index, "The fulfillment order could not be found.")
    units = _units(wanted["fulfillmentOrderLineItems"])
    if not units:
        raise _Refused("NO_LINE_ITEMS_PROVIDED_TO_SPLIT", index, "No line items were provided to split.")
    try:
        part = _is_part(place, units)
    except Invalid as error:
        raise _Refused("INVALID_LINE_ITEM_QUANTITY", index, str(error)) from error
    if not part or "SPLIT" not in graph_fulfillment.actions_of(place):
        raise _Refused("GREATER_THAN", index, "The fulfillment order cannot be split.")
    fresh = fulfilling.split(shop, after, now, place, units)
    _save(info, before, after)
    return {
        "fulfillmentOrder": graph_fulfillment.order_node(shop, after, place),
        "remainingFulfillmentOrder": graph_fulfillment.order_node(shop, after, fresh),
        "replacementFulfillmentOrder": None,
    }


MUTATION = {
    "fulfillmentCreate": create,
    "fulfillmentTrackingInfoUpdate": update_tracking,
    "fulfillmentCancel": cancel,
    "fulfillmentOrderHold": hold,
    "fulfillmentOrderReleaseHold": release_hold,
    "fulfillmentOrderMove": move,
    "fulfillmentOrderSplit": split,
}
