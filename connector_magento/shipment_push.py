"""Telling Magento what was sent, once. No Odoo import.

Making a shipment is not idempotent, so what Magento knows of the orders is read first: a shipment whose comment holds
the mark of this one, or with its units and tracking numbers, is this one, told before its answer got lost. Without
tracking numbers it must also have been made since the goods left.
"""

from collections import defaultdict
from datetime import timedelta

from odoo.addons.connector_base.canonical import ShipmentResult, mark
from odoo.addons.connector_base.transport import DataError, TransientError

from . import const, sales, tables
from .errors import crash_over_one
from .parser_items import OrderItems
from .parser_reader import ZERO, read
from .parser_shipment import read_shipment
from .renderer_shipment import items, shipment_body, tracks, units_to_send

TRACK_KEYS = ("track_number", "title", "carrier_code")


def push_shipments(client, shipments, *, invoice=False):
    """Yield a `ShipmentResult` for each of `shipments`, as soon as it is known.

    :param bool invoice: whether what is sent and not invoiced yet is invoiced, its payment captured, before
    :raise TransportError: temporary ones and those of the configuration; what was yielded is done. Those about one
        shipment when all others are done.
    """
    crash = None
    ids = list(dict.fromkeys(shipment.order_external_id for shipment in shipments))
    orders = {str(order.get("entity_id")): order for order in sales.read_by_id(client, "orders", ids)}
    known = defaultdict(list)
    for found in sales.read_all(client, "shipments", ("order_id", "in", ids)) if ids else ():
        known[str(found.get("order_id"))].append(found)
    sender, told, begun = _Sender(client, invoice), defaultdict(set), set()
    for shipment in shipments:
        others = told[shipment.order_external_id]
        if invoice and shipment.order_external_id in begun:  # the one before has invoiced something
            orders.update(_order(client, shipment.order_external_id))
        begun.add(shipment.order_external_id)
        try:
            external_ids = sender.tell(
                shipment,
                orders.get(shipment.order_external_id),
                known[shipment.order_external_id],
                others | set(shipment.others),
            )
        except DataError as error:
            error.remedy = const.SHIPMENT_REMEDY if error.status else error.remedy
            yield ShipmentResult(key=shipment.key, error=error)
        except TransientError as error:
            crash = crash_over_one(error)
        else:
            others.update(external_ids)
            yield ShipmentResult(key=shipment.key, external_ids=external_ids)
    if crash:
        raise crash


def _order(client, order_id):
    """Return {id of the order: payload}, empty when it is not there."""
    return {str(order["entity_id"]): order for order in sales.read_by_id(client, "orders", [order_id])}


class _Sender:
    """Tells of shipments. What it found out of the shop and its bundles serves for all of them."""

    def __init__(self, client, invoice):
        self.client = client
        self.invoice = invoice
        self.modules = None
        self.separate = {}

    def tell(self, shipment, payload, known, others):
        """Return the ids of Magento's shipment of `shipment`: the one that is found, else the one made.

        :raise DataError: refused, or not to be told
        """
        if payload is None:
            raise _cannot("NOT_FOUND", "The order is not in Magento (any more).")
        order = read(payload, "order")
        order_items = OrderItems(order)
        if found := _find(shipment, order_items, known, others):
            return (found,)
        if order.text("state") == tables.HOLDED:
            raise _cannot("ON_HOLD", "Magento holds the order.")
        units = units_to_send(order_items, shipment, lambda bundle: self.sent_separately(order_items, bundle))
        if not units:  # nothing that has a delivery in Magento
            return ()
        if self.invoice:
            self.invoice_units(order, order_items, shipment)
        source = shipment.location_external_id if shipment.location_external_id and self.by_source() else ""
        body = shipment_body(shipment, units, source_code=source)
        return (str(self.client.call("POST", "order/{}/ship", order.external_id, json=body)),)

    def by_source(self):
        """Whether the shop keeps its stock by source."""
        if self.modules is None:
            self.modules = self.client.modules()
        return const.MSI_MODULE in self.modules

    def sent_separately(self, order_items, bundle):
        """Whether the parts of a bundle are sent each for itself: its product says so, if it is still there."""
        product_id = order_items.node(bundle).identifier("product_id")
        if product_id not in self.separate:
            found = sales.read_by_id(self.client, "products", [product_id]) if product_id else []
            attributes = found[0].get("custom_attributes") or [] if found else []
            values = {entry.get("attribute_code"): str(entry.get("value")) for entry in attributes}
            self.separate[product_id] = values.get(const.SHIPMENT_TYPE) == const.SEPARATELY
        return self.separate[product_id]

    def invoice_units(self, order, order_items, shipment):
        """Invoice what of the lines of `shipment` is not, with what is never sent; capture its payment.

        What was invoiced counts for what was sent first: nobody pays for goods that are still here.
        """
        due, sent = {}, order_items.units_of_items("qty_shipped")
        for line in shipment.lines:
            sent[line.line_external_id] = sent.get(line.line_external_id, ZERO) + line.quantity
        for sold in order_items.sold:
            node = sold.node
            open_units = node.number("qty_ordered") - node.number("qty_canceled") - node.number("qty_invoiced")
            never_sent = sold.article.flag("is_virtual")
            unpaid = sent.get(sold.line_id, ZERO) - node.number("qty_invoiced")
            quantity = open_units if never_sent else min(unpaid, open_units)
            if quantity > 0:
                due[sold.line_id] = quantity
        if due:
            body = {"capture": True, "items": items(due), "notify": False}
            self.client.call("POST", "order/{}/invoice", order.external_id, json=body)


def push_tracking(client, external_ids, shipment):
    """Make the tracks of Magento's shipments those of `shipment`: new ones are added before others are taken away.

    :raise DataError: refused
    """
    wanted = tracks(shipment)
    for found in sales.read_by_id(client, "shipments", external_ids):
        node = read(found, "shipment")
        present = {tuple(track.text(key) for key in TRACK_KEYS): track for track in node.children("tracks")}
        changed = False
        for track in wanted:
            if present.pop(tuple(track[key] for key in TRACK_KEYS), None) is None:
                ids = {"order_id": int(node.required_identifier("order_id")), "parent_id": int(node.external_id)}
                entity = {**ids, **track, "weight": 0, "qty": 1, "description": ""}
                client.call("POST", "shipment/track", json={"entity": entity})
                changed = True
        for track in present.values():
            client.call("DELETE", "shipment/track/{}", track.required_identifier("entity_id"))
        if changed and shipment.notify:
            client.call("POST", "shipment/{}/emails", node.external_id)


def _find(shipment, order_items, known, others):
    """Return the id of the shipment among `known` (payloads) that is `shipment`, None if none is."""
    noted = mark(shipment.key)
    alike = None
    for payload in known:
        comments = read(payload, "shipment").children("comments")
        if any(noted in comment.text("comment") for comment in comments):
            return str(payload["entity_id"])
        found = read_shipment(payload, order_items)
        if not alike and found.external_id not in others and _is_alike(found, shipment):
            alike = found.external_id
    return alike


def _is_alike(found, shipment):
    units, wanted = ({line.line_external_id: line.quantity for line in one.lines} for one in (found, shipment))
    if units != wanted or set(found.tracking) != set(shipment.tracking):
        return False
    if found.tracking or not shipment.shipped_at or not found.shipped_at:
        return True
    return found.shipped_at >= shipment.shipped_at - timedelta(seconds=const.CLOCK_MARGIN)


def _cannot(code, message):
    return DataError(message, code=code, remedy=const.SHIPMENT_REMEDIES[code])
