from odoo import fields, models


class IntegrationBackend(models.Model):
    """How what a platform pays out is booked."""

    _inherit = "integration.backend"

    import_payouts = fields.Boolean(tracking=True, help="What the platform pays out to your bank is read once a day.")
    payout_booking = fields.Selection(
        [("off", "Only show them"), ("draft", "Prepare entries"), ("posted", "Post entries")],
        string="Payouts",
        required=True,
        default="draft",
        tracking=True,
        help="What becomes of a payout once it is paid: one balanced entry with the payments and refunds it settles, "
        "the platform's fees, and the money on its way to the bank.",
    )
    payout_journal_id = fields.Many2one("account.journal", check_company=True, domain="[('type', '=', 'general')]")
    payout_bank_account_id = fields.Many2one(
        "account.account",
        string="Money Under Way",
        check_company=True,
        help="What is paid out stands here until the bank statement shows it. Empty: the company's account for "
        "transfers between banks.",
    )
    payout_fee_account_id = fields.Many2one(
        "account.account",
        string="Fees",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost'))]",
    )
    payout_other_account_id = fields.Many2one(
        "account.account",
        string="Everything Else",
        check_company=True,
        help="Adjustments, disputes, and payments of orders that Odoo doesn't have.",
    )
    payout_reserve_account_id = fields.Many2one(
        "account.account",
        string="Reserves",
        check_company=True,
        help="What the platform holds back for a while. Empty: as everything else.",
    )
    payout_count = fields.Integer(compute="_compute_payout_count")

    def _compute_payout_count(self):
        counts = dict(
            self.env["integration.payout"]
            .sudo()
            ._read_group([("backend_id", "in", self.ids)], ["backend_id"], ["__count"])
        )
        for backend in self:
            backend.payout_count = counts.get(backend, 0)

    def _payout_bank_account(self):
        """Return the account of what is paid out and not yet on a bank statement; empty when there is none."""
        self.ensure_one()
        return self.payout_bank_account_id or self.company_id.transfer_account_id

    def action_open_payouts(self):
        return self._open("connector_base.integration_payout_action", [])
