from odoo import api, fields, models


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
