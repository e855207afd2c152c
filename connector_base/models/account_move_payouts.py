from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Entries of payouts settle the payments they name."""
        posted = super()._post(soft=soft)
        entries = posted.filtered(lambda move: move.move_type == "entry")
        payouts = entries and self.env["integration.payout"].sudo().search([("move_id", "in", entries.ids)])
        if payouts:
            self.env["integration.payout.importer"].sudo()._reconcile(payouts)
        return posted
