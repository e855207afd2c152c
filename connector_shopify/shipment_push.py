"""Telling Shopify what was sent, once. No Odoo import.

`fulfillmentCreate` is not idempotent, so what Shopify knows of the order is read first: a fulfillment with the same
tracking numbers and none but units of this shipment is this shipment, told before its answer got lost. Without tracking
numbers it must also have been made since the goods left.
"""

from collections import Counter
from datetime import timedelta

from odoo.addons.connector_base.canonical import ShipmentResult
from odoo.addons.connector_base.transport import DataError

from . import const
from .parser_shipment import parse_fulfillments, parse_to_send, read_order
from .renderer_shipment import fulfillment_input


def push_shipments(client, shipments):
    """Yield a `ShipmentResult` for each of `shipments`, as soon as it is known.

    :raise TransportError: temporary ones and those of the configuration; what was yielded is done
    """
    told = {}
    for shipment in shipments:
        others = told.setdefault(shipment.order_external_id, set())
        done, error = [], None
        try:
            for external_id in _tell(client, shipment, others | set(shipment.others)):
                done.append(external_id)
        except DataError as refusal:
            refusal.remedy = refusal.remedy or const.SHIPMENT_REMEDY
            error = refusal
        others.update(done)
        yield ShipmentResult(key=shipment.key, external_ids=tuple(done), error=error)


def _tell(client, shipment, others):
    """Yield the ids of Shopify's fulfillments of `shipment`: those found, then those made for the rest.

    :raise DataError: not all of it can be fulfilled; nothing is made then
    """
    node = client.order_shipments(f"gid://shopify/Order/{shipment.order_external_id}")
    if node is None:
        raise _cannot("NOT_FOUND", "The order is not on Shopify any more.")
    order = read_order(node)
    wanted = Counter()
    for line in shipment.lines:
        if line.quantity % 1:
            raise _cannot(
                "FRACTION", f"Shopify takes whole units only, not {line.quantity} of line {line.line_external_id}."
            )
        wanted[line.line_external_id] += int(line.quantity)
    for known in parse_fulfillments(order):
        if known.external_id not in others and _is_part(known, shipment, wanted):
            wanted -= _units(known)
            yield known.external_id
    for taken in _taken(parse_to_send(order), wanted, shipment.location_external_id).values():
        yield client.fulfillment_create(fulfillment_input(shipment, taken)).rpartition("/")[2]


def _is_part(known, shipment, wanted):
    """Whether Shopify's fulfillment `known` is this shipment or a part of it."""
    units = _units(known)
    if known.status != "done" or not units or not units <= wanted or set(known.tracking) != set(shipment.tracking):
        return False
    if known.tracking or not shipment.shipped_at or not known.shipped_at:
        return True
    return known.shipped_at >= shipment.shipped_at - timedelta(seconds=const.CLOCK_MARGIN)


def _units(shipment):
    return Counter({line.line_external_id: int(line.quantity) for line in shipment.lines})


def _taken(to_send, wanted, location):
    """Return {location: {fulfillment order: {its line: quantity}}} for the units in `wanted`, from `location` first.

    :raise DataError: there are not as many that may be fulfilled now
    """
    ready = [entry for entry in to_send if entry.ready]
    ready.sort(key=lambda entry: entry.location_external_id != location)
    result = {}
    for line_id, quantity in wanted.items():
        left = quantity
        for entry in ready:
            for line in entry.lines:
                units = min(left, line.remaining)
                if line.line_external_id == line_id and units:
                    orders = result.setdefault(entry.location_external_id, {})
                    orders.setdefault(entry.gid, {})[line.gid] = units
                    left -= units
        if left:
            raise _why_not(to_send, line_id, left)
    return result


def _why_not(to_send, line_id, quantity):
    """Return the DataError that says why `quantity` more of a line can't be fulfilled."""
    waiting = [
        entry
        for entry in to_send
        if not entry.ready and any(line.line_external_id == line_id and line.remaining for line in entry.lines)
    ]
    holds = [reason for entry in waiting for reason in entry.holds]
    if holds:
        return _cannot("ON_HOLD", f"Shopify holds the order back: {'; '.join(holds)}.")
    if waiting:
        return _cannot("NOT_READY", f"Shopify does not let line {line_id} be fulfilled now.")
    return _cannot(
        "NOTHING_LEFT", f"Shopify has less left to fulfill of line {line_id} than was sent: {quantity} too many."
    )


def _cannot(code, message):
    return DataError(message, code=code, remedy=const.SHIPMENT_REMEDIES[code])
