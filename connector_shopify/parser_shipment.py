"""Fulfillments and what is to be fulfilled, as Shopify states them -> canonical shipments. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from odoo.addons.connector_base.canonical import Shipment, ShipmentLine

from . import const
from .reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class LineToSend:
    """Units of an order line in a fulfillment order; `gid` is its line there."""

    gid: str
    line_external_id: str
    remaining: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSend:
    """A fulfillment order: what one location is to send of an order.

    :param bool ready: it may be fulfilled now
    :param holds: why it may not, in Shopify's words
    """

    gid: str
    location_external_id: str
    ready: bool
    holds: tuple[str, ...]
    lines: tuple[LineToSend, ...]


def parse_fulfillments(order):
    """Return the `Shipment`s in a GraphQL order's `fulfillments`, without those that are not sent yet.

    :param Reader order: with its external id
    """
    return tuple(filter(None, (_fulfillment(node, order.external_id) for node in order.children("fulfillments"))))


def parse_webhook_fulfillments(order):
    """Return the `Shipment`s of a webhook's order, as `parse_fulfillments` does.

    https://shopify.dev/docs/api/admin-rest/latest/resources/fulfillment
    """
    found = (_webhook_fulfillment(node, order.external_id) for node in order.children("fulfillments"))
    return tuple(filter(None, found))


def parse_to_send(order):
    """Return the `ToSend`s of an order (query OrderShipments).

    :param Reader order:
    """
    return [_to_send(node) for node in order.required_child("fulfillmentOrders").children("nodes")]


def _fulfillment(node, order_id):
    status = const.SHIPMENT_STATUSES.get(node.required_text("status").lower())
    if not status:
        return None
    tracking, location = node.children("trackingInfo"), node.child("location")
    return Shipment(
        external_id=node.identifier("id"),
        order_external_id=order_id,
        lines=_lines(
            (line.required_child("lineItem").identifier("id"), line.count("quantity", 0))
            for line in node.required_child("fulfillmentLineItems").children("nodes")
        ),
        carrier=_first(entry.text("company") for entry in tracking),
        tracking=_known(entry.text("number") for entry in tracking),
        tracking_url=_first(entry.text("url") for entry in tracking),
        location_external_id=location.identifier("id") if location else "",
        status=status,
        shipped_at=node.time("createdAt"),
    )


def _webhook_fulfillment(node, order_id):
    status = const.SHIPMENT_STATUSES.get(node.text("status").lower())
    if not status:
        return None
    numbers = node.texts("tracking_numbers") or [node.text("tracking_number")]
    urls = node.texts("tracking_urls") or [node.text("tracking_url")]
    return Shipment(
        external_id=node.identifier("id"),
        order_external_id=order_id,
        lines=_lines((line.identifier("id"), line.count("quantity", 0)) for line in node.children("line_items")),
        carrier=node.text("tracking_company"),
        tracking=_known(numbers),
        tracking_url=_first(urls),
        location_external_id=node.identifier("location_id", ""),
        status=status,
        shipped_at=node.time("created_at"),
    )


def _lines(pairs):
    """The `ShipmentLine`s of (line id, quantity) pairs, one per line of the order."""
    quantities = {}
    for line_id, quantity in pairs:
        quantities[line_id] = quantities.get(line_id, 0) + quantity
    return tuple(
        ShipmentLine(line_external_id=line_id, quantity=Decimal(quantity))
        for line_id, quantity in quantities.items()
        if quantity
    )


def _to_send(node):
    location = node.required_child("assignedLocation").child("location")
    actions = {action.text("action") for action in node.children("supportedActions")}
    return ToSend(
        gid=node.required_text("id"),
        location_external_id=location.identifier("id") if location else "",
        ready=const.CREATE_FULFILLMENT in actions,
        holds=tuple(
            ": ".join(filter(None, (hold.text("displayReason"), hold.text("reasonNotes"))))
            for hold in node.children("fulfillmentHolds")
        ),
        lines=tuple(
            LineToSend(
                gid=line.required_text("id"),
                line_external_id=line.required_child("lineItem").identifier("id"),
                remaining=line.count("remainingQuantity"),
            )
            for line in node.required_child("lineItems").children("nodes")
        ),
    )


def _known(texts):
    return tuple(dict.fromkeys(filter(None, texts)))


def _first(texts):
    return next(filter(None, texts), "")


def read_order(node):
    """Return the Reader of an order that OrderShipments answered."""
    order = Reader(node, "order")
    order.external_id = order.identifier("id")
    return order
