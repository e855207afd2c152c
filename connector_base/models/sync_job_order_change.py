from odoo import fields, models

from .sync_job import Operation


class SyncJob(models.Model):
    """Sending tags and notes of orders back to their platform."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("update_order", "Send tags and notes of an order")], ondelete={"update_order": "cascade"}
    )

    def _operation_settings(self):
        return {**super()._operation_settings(), "update_order": Operation("orders", 55)}

    def _run_update_order(self, external_ids):
        """Send what staff noted on one order. Sent again after an unknown outcome, it changes nothing."""
        order = self.env["sale.order"].search(
            [
                ("integration_backend_id", "=", self.backend_id.id),
                ("integration_external_id", "in", list(external_ids)),
            ]
        )
        change = order and order._integration_change()
        self._progress(total=1, done=1)
        if not change:
            return self.env._("Nothing to send.")
        owns_note = self.backend_id._adapter()._update_order(self.backend_id, change)
        order._integration_changed(change, owns_note)
        return self.env._("The platform has what staff noted on the order.")
