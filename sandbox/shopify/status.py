"""What an order's state amounts to: payments, what is left after returns, statuses. Pure functions, minor units."""

from . import pricing

#: States of a fulfillment order in which something may still be sent.
OPEN_FULFILLMENT = ("OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED")


class Invalid(ValueError):
    """What was asked for cannot be done; the text says why."""


def _sum(order: dict, *kinds: str) -> int:
    return sum(t["amount"] for t in order["transactions"] if t["kind"] in kinds and t["status"] == "SUCCESS")


def captured(order: dict) -> int:
    return _sum(order, "SALE", "CAPTURE")


def refunded(order: dict) -> int:
    return _sum(order, "REFUND")


def authorized(order: dict) -> int:
    """Authorized and neither captured nor voided yet."""
    if any(t["kind"] == "VOID" for t in order["transactions"]):
        return 0
    return max(_sum(order, "AUTHORIZATION") - _sum(order, "CAPTURE"), 0)


def returned(order: dict, line_id: int) -> int:
    """Units of a line that were refunded or removed."""
    return sum(e["quantity"] for r in order["refunds"] for e in r["lines"] if e["line_id"] == line_id)


def current(order: dict) -> dict:
    """Totals after returns and removals; ``shipping`` net of its discount and of what was refunded of it."""
    totals = order["totals"]
    lines = [entry for refund in order["refunds"] for entry in refund["lines"]]
    shipping = [entry for refund in order["refunds"] for entry in refund["shipping"]]
    tips = {line["id"] for line in order["lines"] if line["tip"]}
    goods = sum(entry["subtotal"] for entry in lines if entry["line_id"] not in tips)
    tip = sum(entry["subtotal"] for entry in lines if entry["line_id"] in tips)
    shipped = sum(entry["subtotal"] for entry in shipping)
    tax = sum(sum(entry["taxes"]) for entry in (*lines, *shipping))
    adjusted = sum(entry["amount"] for refund in order["refunds"] for entry in refund["adjustments"])
    less = goods + tip + shipped + (0 if order["taxes_included"] else tax)
    by_id = {line["id"]: line for line in order["lines"]}
    discount = totals["discount"]
    for line_id in {entry["line_id"] for entry in lines}:
        line, units = by_id[line_id], returned(order, line_id)
        whole = sum(a["amount"] for a in line["allocations"])
        discount -= pricing.half_up(pricing.Fraction(whole * units, line["quantity"]))
    return {
        "subtotal": totals["subtotal"] - goods,
        "shipping": totals["shipping_net"] - shipped,
        "tax": totals["tax"] - tax,
        "tip": totals["tip"] - tip,
        "discount": discount,
        "total": totals["total"] - less + adjusted,
    }


def current_tax_lines(order: dict) -> list[dict]:
    """Taxes by title and rate after returns."""
    lines = {line["id"]: line for line in (*order["lines"], *order["shipping"])}
    summed = {(t["title"], t["rate"]): dict(t) for t in pricing.tax_lines(lines.values())}
    for refund in order["refunds"]:
        for entry in (*refund["lines"], *refund["shipping"]):
            for tax, amount in zip(lines[entry["line_id"]]["taxes"], entry["taxes"], strict=True):
                summed[tax["title"], tax["rate"]]["amount"] -= amount
    return list(summed.values())


def outstanding(order: dict) -> int:
    """What is still to be paid (positive) or to be given back (negative)."""
    if order["cancelled_at"] and not captured(order):
        return 0
    return current(order)["total"] - captured(order) + refunded(order)


def financial(order: dict) -> str:
    paid, given_back = captured(order), refunded(order)
    if given_back:
        return "REFUNDED" if given_back >= paid else "PARTIALLY_REFUNDED"
    if order["cancelled_at"] and not paid:
        return "VOIDED"
    if paid >= current(order)["total"]:
        return "PAID"
    if paid:
        return "PARTIALLY_PAID"
    return "AUTHORIZED" if authorized(order) else "PENDING"


def removed(order: dict, line_id: int) -> int:
    """Units of a line that were refunded or removed before they were sent."""
    entries = (e for r in order["refunds"] for e in r["lines"] if e["line_id"] == line_id)
    return sum(entry.get("removed", entry["quantity"]) for entry in entries)


def to_fulfill(order: dict, line: dict) -> int:
    """Units of a line that still have to be sent."""
    if line["tip"]:
        return 0
    return max(line["quantity"] - removed(order, line["id"]) - line["fulfilled"], 0)


def display_fulfillment(order: dict) -> str:
    """As shown to people: an order of which everything that is left to send is held is on hold."""
    state = fulfillment(order)
    waiting = [e["status"] for e in order.get("fulfillment_orders") or () if e["status"] in OPEN_FULFILLMENT]
    return "ON_HOLD" if state == "UNFULFILLED" and waiting and set(waiting) == {"ON_HOLD"} else state


def fulfillment(order: dict) -> str:
    sent = any(line["fulfilled"] for line in order["lines"])
    if any(to_fulfill(order, line) for line in order["lines"]):
        return "PARTIALLY_FULFILLED" if sent else "UNFULFILLED"
    return "FULFILLED" if sent else "UNFULFILLED"
