import math
from collections import defaultdict

from odoo import api, models


class IntegrationStockQuantities(models.AbstractModel):
    """What a platform has sold and not sent yet, where its own quantities hold that until it is sent.

    Such a platform takes it off what it is told. So it is told what can be sold, plus what its own orders wait for:
    then what it offers in the end is what can be sold.
    """

    _inherit = "integration.stock.quantities"

    @api.model
    def _waiting_there(self, backend, products, places):
        """Return {(product id, place id): whole units} that the platform sets aside for its own orders.

        That is what was ordered, less what it knows to be sent or took back unsent; of what is on hand (`stock_basis`),
        only what has left already and it doesn't know of. A few queries; none where no place holds orders.

        :param places: `integration.location` of `backend` that hold orders
        """
        if not places or not products:
            return {}
        near = self._place_of_warehouses(backend, places)
        lines = self.env["sale.order.line"].search_fetch(
            [
                ("product_id", "in", products.ids),
                ("state", "in", ("draft", "sent", "sale")),
                ("warehouse_id", "in", list(near)),
                ("order_id.integration_backend_id", "=", backend.id),
                ("order_id.integration_fulfillment_status", "!=", "fulfilled"),
                ("order_id.integration_cancelled_at", "=", False),
                ("integration_external_id", "!=", False),
            ],
            [
                "product_id",
                "product_uom_id",
                "product_uom_qty",
                "warehouse_id",
                "integration_external_id",
            ],
        )
        on_hand = backend.stock_basis == "on_hand"
        sent = self._sent_there(lines.order_id)
        dropped = {} if on_hand else self._dropped_there(lines.order_id)
        waiting = defaultdict(float)
        for line in lines:
            key = line.order_id.id, line.integration_external_id
            gone = line.qty_delivered if on_hand else line.product_uom_qty - dropped.get(key, 0.0)
            left = gone - float(sent.get(key, 0))
            units = line.product_uom_id._compute_quantity(max(left, 0.0), line.product_id.uom_id, round=False)
            waiting[line.product_id.id, near[line.warehouse_id.id]] += units
        return {key: math.floor(round(units, 6)) for key, units in waiting.items()}

    @api.model
    def _place_of_warehouses(self, backend, places):
        """Return {warehouse id: id of the one place that its orders count at}.

        The platform sets units aside once, whichever of several places they leave in the end. It is told that they
        left the place that stands for the warehouse, of several the oldest (`integration.shipment.exporter._places`).
        """
        near = self._places_of_warehouses(backend, places)
        named = {place.id: place.warehouse_id.id for place in places}
        return {
            warehouse: min(ids, key=lambda place: (named[place] != warehouse, place)) for warehouse, ids in near.items()
        }

    @api.model
    def _sent_there(self, orders):
        """Return {(order id, platform's line id): units} that the platform knows to be sent."""
        shipments = self.env["integration.binding.shipment"].search_fetch(
            [("order_id", "in", orders.ids), ("remote_status", "!=", "cancelled")], ["order_id", "lines"]
        )
        found = defaultdict(float)
        for order, of_order in shipments.grouped("order_id").items():
            for line, quantity in of_order._quantities().items():
                found[order.id, line] += float(quantity)
        return found

    @api.model
    def _dropped_there(self, orders):
        """Return {(order id, platform's line id): units} that the platform canceled or refunded before they left."""
        parts = self.env["integration.refund.line"].search_fetch(
            [("refund_id.order_id", "in", orders.ids), ("kind", "=", "line"), ("cancelled", "=", True)],
            ["refund_id", "line_external_id", "quantity"],
        )
        found = defaultdict(float)
        for part in parts:
            found[part.refund_id.order_id.id, part.line_external_id] += part.quantity
        return found
