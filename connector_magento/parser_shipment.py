"""Shipments -> canonical. Pure.

https://developer.adobe.com/commerce/webapi/rest/modules/sales/ (ShipmentInterface, ShipmentTrackInterface); the source
is of Inventory Management: https://developer.adobe.com/commerce/webapi/rest/inventory/
"""

from odoo.addons.connector_base.canonical import Shipment, ShipmentLine

from . import const
from .parser_items import OrderItems
from .parser_reader import read


def parse_shipment(payload, order):
    """Return the canonical Shipment of a shipment; its lines are those that `parse_order` makes of the order.

    :param dict payload: GET /V1/shipment/{id} or an item of GET /V1/shipments
    :param dict order: its order (GET /V1/orders/{id})
    :raise DataError: something needed is missing or not as documented; it names the place
    """
    return read_shipment(payload, OrderItems(read(order, "order")))


def read_shipment(payload, items):
    """Return the canonical Shipment of a shipment of an order with `items` (OrderItems)."""
    node = read(payload, "shipment")
    tracks = node.children("tracks")
    rows = [(row.required_identifier("order_item_id"), row.number("qty", None)) for row in node.children("items")]
    return Shipment(
        external_id=node.external_id,
        order_external_id=node.required_identifier("order_id"),
        lines=tuple(
            ShipmentLine(line_external_id=line_id, quantity=quantity) for line_id, quantity in items.units(rows).items()
        ),
        carrier=next(filter(None, map(_carrier, tracks)), ""),
        tracking=tuple(dict.fromkeys(number for track in tracks if (number := track.text("track_number")))),
        location_external_id=node.extension.text("source_code"),
        shipped_at=node.time("created_at"),
    )


def _carrier(track):
    """A carrier that the shop does not know has nothing but a title."""
    code, title = track.text("carrier_code"), track.text("title")
    return title or code if code in ("", const.CUSTOM_CARRIER) else code
