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


class AccountMove(models.Model):
    _inherit = "account.move"

    integration_can_refund = fields.Boolean(compute="_compute_integration_can_refund")
    integration_refund_request_ids = fields.One2many("integration.refund.request", "move_id", readonly=True)

    @api.depends("move_type", "state", "invoice_line_ids.sale_line_ids")
    def _compute_integration_can_refund(self):
        for move in self:
            move.integration_can_refund = (
                move.move_type == "out_refund"
                and move.state != "cancel"
                and move._integration_order()._integration_can("refunds_out")
                and not move.sudo().integration_refund_request_ids.filtered(
                    lambda item: item.state in ("asked", "done")
                )
                and not self.env["integration.refund"].sudo().search_count([("move_id", "=", move.id)], limit=1)
            )

    def _integration_order(self):
        """Return the one platform order that the document is of, empty if it is of several."""
        orders = self.sudo().invoice_line_ids.sale_line_ids.order_id
        return orders if len(orders) == 1 else orders.browse()

    def action_integration_refund(self):
        """Ask the platform to refund what this credit note takes back."""
        self.ensure_one()
        return self.env["integration.refund.request"]._open(self._integration_order().with_env(self.env), self)


class IntegrationRefund(models.Model):
    _inherit = "integration.refund"

    @api.model_create_multi
    def create(self, vals_list):
        """Refunds that were asked for from Odoo are booked by the credit note they were asked for."""
        refunds = super().create(vals_list)
        requests = self.env["integration.refund.request"].search(
            [("external_id", "in", refunds.mapped("external_id")), ("state", "=", "done")]
        )
        requests._link()
        return refunds
