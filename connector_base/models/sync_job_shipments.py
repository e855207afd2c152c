from odoo import fields, models

from ..engine.job_errors import backoff
from .sync_job import Operation

# First key of the advisory lock that lets one push of shipments work per backend; the second is the backend's id.
PUSH_LOCK = 774
PUSH_PAGE = 50


class SyncJob(models.Model):
    """Telling platforms what was sent, and booking what they tell."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("push_shipments", "Tell the platform of shipments"), ("book_shipments", "Book shipments")],
        ondelete={"push_shipments": "cascade", "book_shipments": "cascade"},
    )

    def _operation_settings(self):
        settings = super()._operation_settings()
        return {
            **settings,
            "push_shipments": Operation("orders", 55),
            # after the imports and what the workflow does with them
            "book_shipments": settings["import_orders"]._replace(priority=30),
        }

    def _check_connected(self):
        """Booking asks no platform."""
        return None if self.operation == "book_shipments" else super()._check_connected()

    def _run_push_shipments(self, external_ids=()):
        """Tell the platform of up to a page of the transfers that are marked.

        What it answered is kept also when it can't be reached any more; the others are marked again and told later.

        :param list external_ids: in place of what is marked: orders, the retry of what could not be told of them
        """
        backend, changes = self.backend_id, self.env["integration.change"]
        self._work_alone(PUSH_LOCK, "Another push of this sales channel is at work.")
        if external_ids:
            pickings = self._untold(external_ids)
        else:
            pickings = self.env["stock.picking"].browse(changes._take(backend, "shipment", PUSH_PAGE)).exists()
        if not pickings:
            return self.env._("Nothing to tell.")
        if not backend._syncs("shipments_out"):
            pickings.integration_shipment_state = False
            return self.env._("Nothing done: this sales channel is not told of shipments.")
        if len(pickings) == PUSH_PAGE:
            backend._ensure_waiting("push_shipments")
        pushed = self.env["integration.shipment.exporter"]._push(backend, pickings)
        if pushed.left:
            pushed.left._integration_mark_shipped({(backend.id, picking.id) for picking in pushed.left})
            backend._ensure_waiting("push_shipments", eta=backoff(0, getattr(pushed.error, "retry_after", None)))
        return self._pushed(pickings - pushed.left, pushed)

    def _untold(self, order_external_ids):
        orders = self.env["sale.order"].search(
            [
                ("integration_backend_id", "=", self.backend_id.id),
                ("integration_external_id", "in", list(order_external_ids)),
            ]
        )
        return orders.order_line.move_ids.picking_id.filtered(
            lambda picking: picking.integration_shipment_state in ("waiting", "failed")
        )

    def _pushed(self, pickings, pushed):
        """Count what was told, and keep what could not be told as failed documents: a retry is of the whole order."""
        failed = [parcel for parcel in pushed.parcels if parcel.error]
        for parcel in failed:
            self._fail_document(
                parcel.order.integration_external_id,
                parcel.error,
                record=parcel.picking,
                document_name=f"{parcel.order.client_order_ref or parcel.order.name}, {parcel.picking.name}",
                operation="push_shipments",
            )
        bad = {parcel.order for parcel in failed}
        well = {
            parcel.order.integration_external_id
            for parcel in pushed.parcels
            if parcel.order not in bad and "failed" not in parcel.order.picking_ids.mapped("integration_shipment_state")
        }
        if well:
            self._resolve_documents(well, operation="push_shipments")
        bad_pickings = {parcel.picking for parcel in failed}
        self._progress(done=len(pickings) - len(bad_pickings), failed=len(bad_pickings), total=len(pickings))
        same = [parcel for parcel in pushed.parcels if parcel.external_ids is None and not parcel.error]
        counts = (
            (self.env._("Told: %s"), sum(bool(parcel.external_ids) for parcel in pushed.parcels)),
            (self.env._("nothing new: %s"), len(same)),
            (self.env._("refused: %s"), len(failed)),
            (self.env._("left for later: %s"), len(pushed.left)),
        )
        return ", ".join(text % count for text, count in counts if count)

    def _run_book_shipments(self, order_ids):
        """Book what was sent outside of Odoo of these orders.

        :param list order_ids: ids of sale orders
        :return: what could not be booked
        """
        orders = self.env["sale.order"].browse(order_ids).exists()
        reasons = self.env["integration.shipment.booker"]._book(self.backend_id, orders)
        self._progress(total=len(orders), done=len(orders))
        return self._reasons_text(reasons)

    def _reasons_text(self, reasons):
        if not reasons:
            return self.env._("Everything is booked.")
        return "\n".join(sorted(f"{order.name}: {reason}" for order, reason in reasons.items()))

    def _on_queue_failure(self, exc_info, exc_name, exc_message):
        """Say on the transfers too why the retry of an order could not tell of them."""
        result = super()._on_queue_failure(exc_info, exc_name, exc_message)
        if self.operation == "push_shipments" and self.external_id:
            self._untold([self.external_id])._integration_shipment_failed(self.last_error, self.remedy)
        return result
