from odoo import api, models

from .clock import naive


class IntegrationShipmentImporter(models.AbstractModel):
    """Keeps what platforms tell of shipments with their orders; `integration.shipment.booker` books it."""

    _name = "integration.shipment.importer"
    _description = "Shipment Importer"

    @api.model
    def _store(self, backend, drafts):
        """Keep the shipments that the documents of `drafts` state; one query, and nothing where none is stated.

        Known ones are followed: cancelled there, other tracking numbers. New ones are booked by a job of their own;
        those of quotations when they are confirmed. Odoo's own coming back are known by their ids.
        """
        if not (backend.import_shipments or backend.export_shipments):
            return
        stated = {
            shipment.external_id: (draft, shipment)
            for draft in drafts
            for shipment in draft.entry.document.shipments or ()
        }
        if not stated:
            return
        Binding = self.env["integration.binding.shipment"]
        known = Binding.search_fetch([("backend_id", "=", backend.id), ("external_id", "in", list(stated))])
        for binding in known:
            _draft, shipment = stated.pop(binding.external_id)
            self._follow(binding, shipment)
        if not backend.import_shipments:
            return
        new = [(draft, shipment) for draft, shipment in stated.values() if shipment.status != "cancelled"]
        created = Binding.create([self._values(backend, draft, shipment) for draft, shipment in new])
        backend._queue_bookings(created.order_id.filtered(lambda order: order.state == "sale"))

    @api.model
    def _values(self, backend, draft, shipment):
        return {
            "backend_id": backend.id,
            "external_id": shipment.external_id,
            "order_id": draft.order.id,
            "order_external_id": draft.entry.external_id,
            "direction": "in",
            "lines": [[line.line_external_id, str(line.quantity), line.lot] for line in shipment.lines],
            "shipped_at": naive(shipment.shipped_at),
            "location_external_id": shipment.location_external_id or False,
            "state": "waiting",
            **self._told(shipment),
        }

    @api.model
    def _told(self, shipment):
        return {
            "tracking": ", ".join(shipment.tracking) or False,
            "carrier": shipment.carrier or False,
            "remote_status": shipment.status,
        }

    @api.model
    def _follow(self, binding, shipment):
        """Bring what changed of a known shipment, and its tracking numbers to its transfer.

        Of what Odoo told, the platform may change the spelling: that is left, but for numbers that Odoo doesn't have.
        """
        told = self._told(shipment)
        if binding.direction == "out":
            del told["carrier"]
            if binding.tracking:
                del told["tracking"]
        changed = {name: value for name, value in told.items() if (binding[name] or False) != (value or False)}
        if not changed:
            return
        binding.write(changed)
        if changed.get("remote_status") == "cancelled":
            if binding.state != "done":
                binding._forget_problem()
            binding._tell_cancelled()
        elif "tracking" in changed and binding.odoo_id:
            shipments = binding.odoo_id.integration_shipment_ids
            binding.odoo_id.with_context(integration_from_backend=binding.backend_id.id).carrier_tracking_ref = (
                shipments._tracking_numbers() or False
            )
