from odoo import api, fields, models
from odoo.exceptions import UserError

from ..notification import notification
from .sync_job import Operation


class SyncJob(models.Model):
    """Holding orders on their platform, and releasing them."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("hold_order", "Hold or release an order on the platform")], ondelete={"hold_order": "cascade"}
    )

    def _operation_settings(self):
        return {**super()._operation_settings(), "hold_order": Operation("interactive", 75)}

    def _run_hold_order(self, external_ids, hold):
        """Hold or release one order; the order here then shows what the platform says."""
        [external_id] = external_ids
        self._progress(total=1)
        self.backend_id._adapter()._hold_order(self.backend_id, external_id, hold=hold)
        document = self._read_order(external_id)
        if document:
            self._import_orders([document], source="hold")
        return (
            self.env._("The platform holds the order.") if hold else self.env._("The platform has released the order.")
        )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    integration_can_hold = fields.Boolean(compute="_compute_integration_can_hold")

    @api.depends(
        "integration_backend_id", "integration_external_id", "integration_cancelled_at", "integration_deleted_at"
    )
    def _compute_integration_can_hold(self):
        for order in self:
            order.integration_can_hold = not order.integration_cancelled_at and order._integration_can("orders_hold")

    # === ACTION METHODS === #

    def action_integration_platform_hold(self):
        return self._integration_platform_hold(hold=True)

    def action_integration_platform_release(self):
        return self._integration_platform_hold(hold=False)

    def _integration_platform_hold(self, *, hold):
        """Queue that the platform holds the order, or releases it."""
        self.ensure_one()
        self.check_access("write")
        if not self.integration_can_hold:
            raise UserError(
                self.env._("The platform of %s can't be asked to hold or release it now.", self.display_name)
            )
        backend = self.integration_backend_id.sudo()
        backend._enqueue(
            "hold_order",
            arguments={"external_ids": [self.integration_external_id], "hold": hold},
            external_id=self.integration_external_id,
            record=self,
            identity_key=f"hold_order:{backend.id}:{self.integration_external_id}:{int(hold)}",
        )
        return notification(self.env._("The platform is asked. What it answers appears on the order in a few seconds."))
