"""What can happen to an order after it was placed. Each function takes a document and gives a changed copy.

They add transactions, refunds and fulfilments and stamp ``updated_at``; storing and telling subscribers is done in
``events``. All raise ``Invalid`` with the reason when the order's state does not allow it.
"""

import copy

from . import fulfilling, pricing, status
from .money import to_minor
from .placing import build_line
from .shop import Shop
from .status import Invalid

CANCEL_REASONS = ("CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "OTHER", "STAFF")


def changed(order: dict, now: str) -> dict:
    """A copy to work on, stamped; time never runs backwards for a record."""
    order = copy.deepcopy(order)
    order["updated_at"] = max(now, order["updated_at"])
    return order


def transact(shop: Shop, order: dict, kind: str, amount: int, now: str, *, parent: int | None = None,
             status: str = "SUCCESS") -> int:  # fmt: skip
    """Add one transaction in place; its id."""
    number = shop.id("OrderTransaction")
    order["transactions"].append(
        {
            "id": number, "kind": kind, "status": status, "gateway": order["gateway"], "amount": amount,
            "created_at": now, "parent_id": parent, "test": order["test"],
        }
    )  # fmt: skip
    return number


def pay(shop: Shop, order: dict, now: str, amount: str | None = None) -> dict:
    """Capture what is authorized, else sell: all that is outstanding or ``amount``."""
    if order["cancelled_at"]:
        raise Invalid("a cancelled order cannot be paid")
    order = changed(order, now)
    due = status.outstanding(order)
    minor = to_minor(amount, order["currency"]) if amount is not None else due
    if minor <= 0 or minor > due:
        raise Invalid(f"nothing to pay, or more than is outstanding ({due} minor units)")
    authorizations = [t["id"] for t in order["transactions"] if t["kind"] == "AUTHORIZATION"]
    authorization = authorizations[0] if status.authorized(order) else None
    transact(shop, order, "CAPTURE" if authorization else "SALE", minor, now, parent=authorization)
    return order


def authorize(shop: Shop, order: dict, now: str) -> dict:
    order = changed(order, now)
    transact(shop, order, "AUTHORIZATION", order["totals"]["total"], now)
    return order


def decline(shop: Shop, order: dict, now: str) -> dict:
    """The customer tries to pay what is outstanding, and the gateway refuses."""
    order = changed(order, now)
    transact(shop, order, "SALE", status.outstanding(order), now, status="FAILURE")
    return order


def void(shop: Shop, order: dict, now: str) -> dict:
    """Give up what is authorized and not captured."""
    if not status.authorized(order):
        raise Invalid("nothing is authorized")
    order = changed(order, now)
    parent = next(t["id"] for t in order["transactions"] if t["kind"] == "AUTHORIZATION")
    transact(shop, order, "VOID", status.authorized(order), now, parent=parent)
    return order


def refund(shop: Shop, order: dict, now: str, *, lines=None, shipping=False, amount=None, full=False, note=None,
           restock="RETURN", pay_back=True, payments=None) -> dict:  # fmt: skip
    """Give back units (``[{line_id, quantity, restock, location_id}]``), shipping and/or an ``amount``; ``full`` = all.

    ``shipping``: True = all that is left of it, or an amount without its taxes unless prices hold them. ``payments``:
    ``[(id of the payment, minor units)]`` that are given back, instead of an ``amount``.
    """
    order = changed(order, now)
    if full:
        left = [(line, line["quantity"] - status.returned(order, line["id"])) for line in order["lines"]]
        units = [(line, quantity, (restock, None)) for line, quantity in left]
        shipping = True
    else:
        units = [
            (_line(order, e["line_id"]), int(e["quantity"]), (e.get("restock") or restock, e.get("location_id")))
            for e in lines or ()
        ]
    entries = [_returned_units(shop, order, line, quantity, how) for line, quantity, how in units if quantity]
    carriage = [
        {"id": shop.id("RefundShippingLine"), **part}
        for part in returned_shipping(order, None if shipping is True else to_minor(shipping, order["currency"]))
    ] if shipping else []  # fmt: skip
    worth, stated = worth_of(order, (*entries, *carriage)), amount is not None or bool(payments)
    available = status.captured(order) - status.refunded(order)
    if payments is not None:
        given = sum(minor for _, minor in payments)
    else:
        given = min(worth, available) if amount is None else to_minor(amount, order["currency"])
        paid = (t["id"] for t in order["transactions"] if t["kind"] in ("SALE", "CAPTURE") and t["status"] == "SUCCESS")
        payments = [(next(paid, None), given)] if pay_back else []
    if given > available:
        raise Invalid("more than was received cannot be refunded")
    record = {
        "id": shop.id("Refund"), "created_at": now, "note": note, "restock": restock != "NO_RESTOCK",
        "lines": entries, "shipping": carriage, "adjustments": [], "transactions": [],
    }  # fmt: skip
    if stated and given != worth:
        record["adjustments"].append({"id": shop.id("OrderAdjustment"), "amount": worth - given, "tax": 0})
    for parent, minor in payments:
        if minor:
            record["transactions"].append(transact(shop, order, "REFUND", minor, now, parent=parent))
    if not (entries or carriage or record["transactions"]):
        raise Invalid("nothing to refund")
    order["refunds"].append(record)
    below = status.current(order)["total"]
    if below < 0:
        # Earlier goodwill was part of what comes back now: an order is never worth less than nothing.
        record["adjustments"].append({"id": shop.id("OrderAdjustment"), "amount": -below, "tax": 0})
    fulfilling.settle(shop, order, now)
    return order


def worth_of(order: dict, parts) -> int:
    """What returned units and shipping come to, taxes and all."""
    worth = sum(part["subtotal"] for part in parts)
    return worth if order["taxes_included"] else worth + sum(sum(part["taxes"]) for part in parts)


def _line(order: dict, line_id) -> dict:
    for line in order["lines"]:
        if line["id"] == int(line_id):
            return line
    raise Invalid(f"no line {line_id}")


def _returned_units(shop: Shop, order: dict, line: dict, quantity: int, how: tuple) -> dict:
    """What comes back of a line, and how many of it were not sent yet: returns are of sent units first.

    ``how``: (restock type, location id or None = where they were to be or were sent from).
    """
    restock, place = how
    before, waiting = status.returned(order, line["id"]), status.to_fulfill(order, line)
    if quantity < 1 or before + quantity > line["quantity"]:
        raise Invalid("more units than the line still holds")
    subtotal, taxes = pricing.part_of(line, before, quantity)
    still_out = line["quantity"] - before - waiting
    removed = max(quantity - still_out, 0) if restock == "RETURN" else min(quantity, waiting)
    return {
        "id": shop.id("RefundLineItem"), "line_id": line["id"], "quantity": quantity, "restock_type": restock,
        "removed": removed, "location_id": place or fulfilling.location_of(order, line["id"]),
        "subtotal": subtotal, "taxes": taxes,
    }  # fmt: skip


def returned_shipping(order: dict, amount: int | None = None) -> list[dict]:
    """Shipping that goes back, per line: all that is left, or ``amount`` minor units of it. Raises Invalid."""
    given: dict[int, list[dict]] = {}
    for record in order["refunds"]:
        for entry in record["shipping"]:
            given.setdefault(entry["line_id"], []).append(entry)
    parts = []
    for line in order["shipping"]:
        before, price = given.get(line["id"], []), pricing.net(line)
        left = price - sum(entry["subtotal"] for entry in before)
        part = left if amount is None else min(left, amount)
        if part <= 0:
            continue
        rest = [t["amount"] - sum(e["taxes"][n] for e in before) for n, t in enumerate(line["taxes"])]
        share = pricing.Fraction(part, left)
        parts.append({"line_id": line["id"], "subtotal": part, "taxes": [pricing.half_up(tax * share) for tax in rest]})
        amount = None if amount is None else amount - part
    if amount:
        raise Invalid("more shipping than is left cannot be refunded")
    return parts


def cancel(shop: Shop, order: dict, now: str, reason: str = "CUSTOMER", note: str | None = None, *,
           restock: bool = True, pay_back: bool = True) -> dict:  # fmt: skip
    """Cancel: units go back to stock and what was paid is refunded, if so wanted; what was authorized is voided."""
    if order["cancelled_at"]:
        raise Invalid("the order is cancelled already")
    if reason not in CANCEL_REASONS:
        raise Invalid(f"reason must be one of {', '.join(CANCEL_REASONS)}")
    if any(line["fulfilled"] for line in order["lines"]):
        raise Invalid("an order that was shipped cannot be cancelled: refund it")
    order = changed(order, now)
    if status.authorized(order):
        order = void(shop, order, now)
    if any(status.returned(order, line["id"]) < line["quantity"] for line in order["lines"]):
        order = refund(shop, order, now, full=True, restock="CANCEL" if restock else "NO_RESTOCK",
                       note=note or "Order canceled", pay_back=pay_back)  # fmt: skip
    order.update(cancelled_at=now, cancel_reason=reason, closed_at=now, staff_note=note)
    return order


def archive(_shop: Shop, order: dict, now: str) -> dict:
    """Put the order away; cancelled and paid, shipped orders are so by themselves."""
    if order["closed_at"]:
        raise Invalid("the order is archived already")
    order = changed(order, now)
    order["closed_at"] = now
    return order


def unarchive(_shop: Shop, order: dict, now: str) -> dict:
    if not order["closed_at"]:
        raise Invalid("the order is not archived")
    order = changed(order, now)
    order["closed_at"] = None
    return order


def edit(shop: Shop, order: dict, now: str, *, quantities=None, add=None) -> dict:
    """Edit the order: ``quantities`` {line id: new current quantity}, ``add`` lines as in ``placing.place``.

    More units raise the line's quantity. Fewer are recorded as removed, by a refund without payment, so that
    ``quantity`` still counts them and ``currentQuantity`` does not: this is how the platform shows an edit.
    """
    if order["cancelled_at"]:
        raise Invalid("a cancelled order cannot be edited")
    if not quantities and not add:
        raise Invalid("nothing to edit")
    order = changed(order, now)
    removed = []
    for line_id, quantity in (quantities or {}).items():
        line, wanted = _line(order, line_id), int(quantity)
        present = line["quantity"] - status.returned(order, line["id"])
        if wanted < line["fulfilled"]:
            raise Invalid("units that were shipped cannot be removed")
        if wanted > present:
            if order["refunds"]:
                raise Invalid("after a refund or removal, units can only be removed")
            line["quantity"] += wanted - present
        elif wanted < present:
            removed.append({"line_id": line["id"], "quantity": present - wanted})
    if add and order["refunds"]:
        raise Invalid("after a refund or removal, units can only be removed")
    fresh = [build_line(shop, wanted, {}, order["currency"], order["rate"]) for wanted in add or ()]
    for line, number in zip(fresh, shop.ids("LineItem", len(fresh)) if fresh else [], strict=True):
        line["id"] = number
    order["lines"] += fresh
    pricing.price(order)
    fulfilling.settle(shop, order, now)
    if removed:
        order = refund(shop, order, now, lines=removed, restock="NO_RESTOCK", pay_back=False)
    order["edited"] = True
    return order


def fulfill(shop: Shop, order: dict, now: str, *, lines=None, company="UPS", number=None, location_id=None) -> dict:
    """Send units (``[{line_id, quantity}]``, default all that are left) with a tracking number.

    They are taken from the order's fulfillment orders, one shipment per location; ``location_id``: only of that one.
    """
    if order["cancelled_at"]:
        raise Invalid("a cancelled order cannot be fulfilled")
    order = changed(order, now)
    fulfilling.settle(shop, order, now)
    if lines is None:
        units = [(line, status.to_fulfill(order, line)) for line in order["lines"]]
    else:
        units = [(_line(order, entry["line_id"]), int(entry["quantity"])) for entry in lines]
    units = [(line, quantity) for line, quantity in units if quantity]
    if not units:
        raise Invalid("nothing left to fulfill")
    for line, quantity in units:
        if not 0 < quantity <= status.to_fulfill(order, line):
            raise Invalid("more units than are left to fulfill")
    tracking = [{"company": company, "number": number, "url": None}]
    for picked in fulfilling.pick(order, units, location_id):
        fulfilling.ship(shop, order, now, picked, tracking, invent=True)
    return order


# --- what a merchant does to shipments and to what is to be sent ---------------------------------------------------
def _fulfillment(order: dict, number) -> dict:
    for record in order["fulfillments"]:
        if number is None or record["id"] == int(number):
            return record
    raise Invalid(f"no fulfillment {number or ''}")


def track(_shop: Shop, order: dict, now: str, *, tracking: list[dict], fulfillment_id=None) -> dict:
    """Replace the tracking (``[{company, number, url}]``) of a fulfillment, of the first one unless told."""
    order = changed(order, now)
    record = _fulfillment(order, fulfillment_id)
    record.update(tracking=[fulfilling.tracked(entry) for entry in tracking], updated_at=now)
    return order


def unfulfill(shop: Shop, order: dict, now: str, *, fulfillment_id=None) -> dict:
    """Take a fulfillment back, the first one unless told: its units are to be sent again."""
    order = changed(order, now)
    fulfilling.cancel(shop, order, now, _fulfillment(order, fulfillment_id))
    return order


def hold(shop: Shop, order: dict, now: str, *, reason: str = "OTHER", note: str | None = None) -> dict:
    """Hold back everything that is to be sent."""
    order = changed(order, now)
    opened = [place for place in order["fulfillment_orders"] if place["status"] in ("OPEN", "IN_PROGRESS")]
    if not opened:
        raise Invalid("nothing is to be sent")
    for place in opened:
        fulfilling.hold(shop, place, now, {"reason": reason, "notes": note, "handle": "", "by_app": False})
    return order


def release(_shop: Shop, order: dict, now: str) -> dict:
    """Let everything that is held back be sent."""
    order = changed(order, now)
    held = [place for place in order["fulfillment_orders"] if place["status"] == "ON_HOLD"]
    if not held:
        raise Invalid("nothing is held back")
    for place in held:
        fulfilling.release(place, now)
    return order
