"""Canonical shipments -> what `order/{id}/ship`, `order/{id}/invoice` and `shipment/track` take. Pure.

https://developer.adobe.com/commerce/webapi/rest/modules/sales/ (ShipOrderInterface, InvoiceOrderInterface)
"""

from odoo.addons.connector_base.canonical import mark
from odoo.addons.connector_base.transport import DataError

from . import const
from .parser_reader import ZERO


def tracks(shipment):
    """Return the tracks of a `Shipment`, one per number: Magento knows a carrier of one only."""
    code = shipment.carrier.strip().lower()
    known = const.CARRIERS.get(code)
    return [
        {
            "track_number": number,
            "title": known or shipment.carrier.strip() or const.CUSTOM_CARRIER,
            "carrier_code": code if known else const.CUSTOM_CARRIER,
        }
        for number in shipment.tracking
    ]


def shipment_body(shipment, units, *, source_code=""):
    """Return the body that tells of a `Shipment`.

    :param dict units: {id of an item: quantity}
    :param str source_code: where the goods left; "" where the shop keeps no stock by source, or Odoo doesn't know it
    """
    body = {
        "items": items(units),
        "tracks": tracks(shipment),
        "notify": shipment.notify,
        "appendComment": False,
        "comment": {"comment": mark(shipment.key), "is_visible_on_front": 0},
    }
    if source_code:
        body["arguments"] = {"extension_attributes": {"source_code": source_code}}
    return body


def items(units):
    """Return how items are named with their quantities.

    :param dict units: {id of an item: quantity}
    """
    return [{"order_item_id": int(item_id), "qty": float(quantity)} for item_id, quantity in units.items()]


def units_to_send(order, shipment, separately):
    """Return {id of an item: quantity} of what Magento is told of the lines of a `Shipment`.

    What has no delivery is left out. Bundles are sent as one or part by part, as their product says; a part of one that
    is sent as one can't be told of by itself.

    :param OrderItems order: the items of the order
    :param separately: a function of a bundle's id, whether its parts are sent each for itself
    :raise DataError: a line is unknown, or only a part of a bundle was sent
    """
    units, bundles = {}, {}
    for line in shipment.lines:
        node = order.node(line.line_external_id)
        if node is None or not order.is_line(line.line_external_id):
            raise _cannot("UNKNOWN", f"The order has no line {line.line_external_id} in Magento.")
        package = order.package(line.line_external_id)
        if package and not separately(package[0]):
            bundles.setdefault(package[0], {})[line.line_external_id] = line.quantity
        elif not package and order.parts(line.line_external_id) and separately(line.line_external_id):
            for part in order.parts(line.line_external_id):
                if not order.node(part).flag("is_virtual"):
                    units[part] = line.quantity * order.package(part)[1]
        elif not node.flag("is_virtual"):
            units[line.line_external_id] = units.get(line.line_external_id, ZERO) + line.quantity
    for bundle, sent in bundles.items():
        units[bundle] = _bundles(order, bundle, sent)
    return units


def _bundles(order, bundle, sent):
    """Return how many bundles were sent, whole."""
    counts = set()
    for part in order.parts(bundle):
        if not order.node(part).flag("is_virtual"):
            ratio = order.package(part)[1]
            counts.add(sent.get(part, ZERO) / ratio if ratio else ZERO)
    if len(counts) != 1 or (count := counts.pop()) % 1:
        name = order.node(bundle).text("name")
        raise _cannot("NOT_WHOLE", f"Magento sends the bundle {name} as one: a part of it can't be told of by itself.")
    return count


def _cannot(code, message):
    return DataError(message, code=code, remedy=const.SHIPMENT_REMEDIES[code])
