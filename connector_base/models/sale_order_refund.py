from odoo import api, fields, models


class SaleOrder(models.Model):
    """Refunds of an order that are asked for from Odoo."""

    _inherit = "sale.order"

    integration_can_refund = fields.Boolean(compute="_compute_integration_can_refund")

    @api.depends("integration_backend_id", "integration_external_id", "integration_deleted_at")
    def _compute_integration_can_refund(self):
        for order in self:
            order.integration_can_refund = order._integration_can("refunds_out")

    def _integration_can(self, capability):
        """Whether the order's platform can be asked for something about it now."""
        backend = self.integration_backend_id.sudo()
        return bool(
            self.integration_external_id
            and not self.integration_deleted_at
            and backend.state == "connected"
            and capability in backend._adapter()._capabilities()
        )

    def action_integration_refund(self):
        """Ask what is to be refunded on the platform."""
        self.ensure_one()
        return self.env["integration.refund.request"]._open(self)
