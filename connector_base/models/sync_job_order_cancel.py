from markupsafe import Markup

from odoo import fields, models

from ..transport.errors import DataError
from .sync_job import Operation


class SyncJob(models.Model):
    """Cancelling an order on its platform."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("cancel_order", "Cancel an order on the platform")], ondelete={"cancel_order": "cascade"}
    )

    def _operation_settings(self):
        return {**super()._operation_settings(), "cancel_order": Operation("interactive", 80)}

    def _run_cancel_order(self, external_ids, reason, restock, refund, notify):
        """Cancel one order. Run again after an unknown outcome, it does nothing to an order that is cancelled by now.

        The order here follows what the platform says afterwards, as with a cancellation made there.
        """
        [external_id] = external_ids
        self._progress(total=1)
        document = self._read_order(external_id)
        if document is None:
            self.env["integration.order.updater"]._note_missing(self.backend_id, external_ids)
            self._progress(done=1)
            return self.env._("Nothing done: the order is not on the platform (any more).")
        if document.cancelled_at:
            self._import_orders([document], source="cancel")
            return self.env._("Nothing done: the platform had cancelled the order already.")
        adapter = self.backend_id._adapter()
        try:
            adapter._cancel_order(
                self.backend_id, external_id, reason=reason, restock=restock, refund=refund, notify=notify
            )
        except DataError:
            # refused as done already, when an earlier try came through and its answer got lost
            document = self._read_order(external_id)
            if not (document and document.cancelled_at):
                raise
        else:
            document = self._read_order(external_id)
        if document and document.cancelled_at:
            self._import_orders([document], source="cancel")
            return self.env._("The platform has cancelled the order.")
        self._progress(done=1)
        self.backend_id._enqueue("import_order_ids", arguments={"external_ids": external_ids}, eta=15)
        return self.env._("The platform is cancelling the order; it is read again in a moment.")

    def _read_order(self, external_id):
        """Return the canonical order, None if the platform has it not."""
        documents, errors = self.backend_id._read_orders([external_id])
        if errors:
            raise errors[external_id]
        return documents[0] if documents else None

    def _on_queue_failure(self, exc_info, exc_name, exc_message):
        """Say on the order too that it could not be cancelled on its platform: somebody waits for it."""
        result = super()._on_queue_failure(exc_info, exc_name, exc_message)
        if self.operation == "cancel_order" and self.res_model == "sale.order":
            order = self.env["sale.order"].browse(self.record_id).exists()
            if order:
                order.integration_cancel_requested_at = False
                title = self.env._("The order could not be cancelled on its platform: %s", self.last_error or "")
                order.message_post(body=Markup("<p>%s</p><p>%s</p>") % (title, self.remedy or ""))
        return result
