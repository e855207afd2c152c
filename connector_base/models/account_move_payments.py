from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Refunds that waited for these invoices, and money paid back for these credit notes, can be booked now."""
        posted = super()._post(soft=soft)
        if self.env.context.get("integration_books_refunds"):
            return posted
        refunds = self.env["integration.refund"].sudo().search([("move_id", "in", posted.ids)])
        orders = posted.invoice_line_ids.sale_line_ids.order_id | refunds.order_id.with_env(self.env)
        orders.filtered("integration_backend_id")._integration_queue_refunds()
        return posted
