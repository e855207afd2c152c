from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        """Let workflows go on that wait for goods to be delivered: what is invoiced by delivery, for instance."""
        result = super()._action_done()
        if not self.env.context.get("integration_in_workflow"):
            self.sudo().sale_id.filtered(
                lambda order: order.integration_workflow_state == "waiting"
            )._integration_queue_workflow()
        return result

    def _send_confirmation_email(self):
        """Deliveries of a workflow call no carrier (the goods are on their way, and a rollback keeps no label); who is
        mailed says the sales channel."""
        pickings = self
        if self.env.context.get("integration_in_workflow"):
            pickings = self.filtered(
                lambda picking: (
                    picking.sale_id.integration_backend_id.send_order_mails
                    and picking.carrier_id.integration_level != "rate_and_ship"
                )
            )
        return super(StockPicking, pickings)._send_confirmation_email()
