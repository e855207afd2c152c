from odoo import api, fields, models

STATUSES = [
    ("scheduled", "Scheduled"),
    ("in_transit", "In transit"),
    ("paid", "Paid"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
]
ENTRY_KINDS = [
    ("charge", "Payment"),
    ("refund", "Refund"),
    ("dispute", "Dispute"),
    ("adjustment", "Adjustment"),
    ("reserve", "Reserve"),
    ("fee", "Fee"),
    ("other", "Other"),
]


class IntegrationPayout(models.Model):
    """What a platform has paid out to the bank, and the entry that books it; see `integration.payout.importer`."""

    _name = "integration.payout"
    _description = "Payout"
    _rec_name = "reference"
    _order = "issued_at desc, id desc"
    _check_company_auto = True

    backend_id = fields.Many2one(
        "integration.backend", string="Sales Channel", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    external_id = fields.Char(string="Payout ID", required=True, readonly=True)
    reference = fields.Char(required=True, readonly=True)
    issued_at = fields.Datetime(string="Date", readonly=True)
    status = fields.Selection(STATUSES, required=True, readonly=True, string="On the Platform")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="What goes to the bank; negative: what is taken from it.")
    fees = fields.Monetary(readonly=True, help="What the platform keeps for itself.")
    line_ids = fields.One2many("integration.payout.line", "payout_id", readonly=True)
    line_count = fields.Integer("Movements", compute="_compute_line_count")
    digest = fields.Char(readonly=True)
    move_id = fields.Many2one(
        "account.move",
        string="Entry",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        check_company=True,
    )
    problem = fields.Text(readonly=True)
    remedy = fields.Text(string="What To Do", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Not booked"),
            ("problem", "Needs attention"),
            ("draft", "Entry to post"),
            ("done", "Booked"),
            ("none", "Nothing to book"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
    )

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This payout is known already on this sales channel."
    )

    @api.depends("problem", "status", "move_id.state")
    def _compute_state(self):
        for payout in self:
            entry = payout.move_id.state
            if payout.problem:
                payout.state = "problem"
            elif entry == "posted":
                payout.state = "done"
            elif entry == "draft":
                payout.state = "draft"
            else:
                payout.state = "none" if payout.status in ("failed", "cancelled") else "waiting"

    @api.depends("line_ids")
    def _compute_line_count(self):
        counts = dict(
            self.env["integration.payout.line"]._read_group([("payout_id", "in", self.ids)], ["payout_id"], ["__count"])
        )
        for payout in self:
            payout.line_count = counts.get(payout, 0)

    def action_book(self):
        """Book these payouts now; what can't be booked says why on the payout."""
        self.check_access("write")
        self.env["integration.payout.importer"]._book(self, manual=True)
        return True

    def action_open_entry(self):
        """Open the entry that books the payout."""
        self.ensure_one()
        return self.move_id._get_records_action()


class IntegrationPayoutLine(models.Model):
    """One movement of the balance that a payout settles."""

    _name = "integration.payout.line"
    _description = "Payout Movement"
    _rec_name = "title"
    _order = "payout_id, processed_at, id"

    payout_id = fields.Many2one("integration.payout", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="payout_id.company_id")
    currency_id = fields.Many2one(related="payout_id.currency_id")
    external_id = fields.Char(string="Movement ID", required=True, readonly=True)
    kind = fields.Selection(ENTRY_KINDS, required=True, readonly=True)
    title = fields.Char(string="Platform's Word", readonly=True)
    processed_at = fields.Datetime(string="Date", readonly=True)
    amount = fields.Monetary(readonly=True, help="Positive: what you get, before fees.")
    fee = fields.Monetary(readonly=True)
    net = fields.Monetary(readonly=True)
    order_external_id = fields.Char(string="Platform Order ID", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="set null", index="btree_not_null")
    payment_external_id = fields.Char(string="Transaction ID", readonly=True)
    payment_id = fields.Many2one("integration.payment", readonly=True, ondelete="set null", index="btree_not_null")
