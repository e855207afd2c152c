"""Canonical refund requests -> what `suggestedRefund` and `refundCreate` take. Pure."""

import hashlib
import json

from odoo.addons.connector_base.canonical import mark
from odoo.addons.connector_base.transport import DataError

from . import const


def attempt_key(request, values):
    """Return the idempotency key of a `RefundInput`: used with another content Shopify would refuse it."""
    return hashlib.sha256(json.dumps([request.key, values], sort_keys=True).encode()).hexdigest()


def lines_input(request, locations=None):
    """Return the `RefundLineItemInput`s of a `RefundRequest`.

    :param dict locations: {line: location}, global ids: where units go that no location is said of
    :raise DataError: a part of a unit is to be refunded
    """
    return [_line(line, locations or {}) for line in request.lines]


def refund_input(request, suggestion):
    """Return the `RefundInput` of a `RefundRequest`.

    :param suggestion: `parser_refund.Suggestion`: which payments there are to be paid back
    :raise DataError: more is to be paid back than was paid
    """
    order = f"gid://shopify/Order/{request.order_external_id}"
    values = {
        "orderId": order,
        "currency": suggestion.customer_currency,
        "note": f"{request.note} {mark(request.key)}".strip(),
        "notify": request.notify,
        "refundLineItems": lines_input(request, suggestion.restock_locations()),
        "transactions": [
            {
                "orderId": order,
                "kind": "REFUND",
                "gateway": entry.required_text("gateway"),
                "amount": str(amount),
                "parentId": parent.required_text("id") if (parent := entry.child("parentTransaction")) else None,
            }
            for entry, amount in _shared(request, suggestion)
        ],
    }
    if request.shipping:
        values["shipping"] = {"amount": str(suggestion.in_customers(request.shipping))}
    return values


def _line(line, locations):
    gid = f"gid://shopify/LineItem/{line.line_external_id}"
    if line.quantity % 1:
        raise DataError(
            f"Shopify refunds whole units only, not {line.quantity} of line {line.line_external_id}.",
            remedy="Enter a whole quantity; for a part of a unit lower the amount that is paid back instead.",
        )
    values = {"lineItemId": gid, "quantity": int(line.quantity), "restockType": "NO_RESTOCK"}
    if line.cancelled:  # units that were not sent are always put back
        values["restockType"] = "CANCEL"
    elif line.restock:
        values["restockType"] = "RETURN"
    if values["restockType"] != "NO_RESTOCK":
        location = line.location_external_id and f"gid://shopify/Location/{line.location_external_id}"
        values |= {"locationId": location} if (location := location or locations.get(gid)) else {}
    return values


def _shared(request, suggestion):
    """Return [(transaction, what goes back by it)]: as suggested, then up to what each may give back."""
    payments = suggestion.payments()
    if request.amount is None:
        return [(entry, suggested) for entry, suggested, _most in payments if suggested]
    left = suggestion.in_customers(request.amount)
    parts = []
    for _entry, suggested, _most in payments:
        parts.append(min(suggested, left))
        left -= parts[-1]
    for index, (_entry, _suggested, most) in enumerate(payments):
        more = min(max(most - parts[index], 0), left)
        parts[index] += more
        left -= more
    if left > 0:
        raise DataError(
            f"{request.amount} is more than can be paid back of this order.",
            code="TOO_MUCH",
            remedy=const.REFUND_REMEDIES["TOO_MUCH"],
        )
    return [(entry, part) for (entry, _suggested, _most), part in zip(payments, parts, strict=True) if part]
