from odoo import api, fields, models


class IntegrationRefund(models.Model):
    """One refund of an order as the platform states it, and the credit note that books it.

    See `integration.refund.importer` for how it is booked. Amounts are in the order's currency.
    """

    _name = "integration.refund"
    _description = "Platform Refund"
    _rec_name = "external_id"
    _order = "refunded_at desc, id desc"
    _check_company_auto = True

    backend_id = fields.Many2one(
        "integration.backend", string="Sales Channel", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True, check_company=True
    )
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    external_id = fields.Char(string="Refund ID", required=True, readonly=True)
    refunded_at = fields.Datetime(string="Date", readonly=True)
    note = fields.Char(string="Reason", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="What the order is worth less, taxes included.")
    line_ids = fields.One2many("integration.refund.line", "refund_id", readonly=True)
    payment_ids = fields.One2many("integration.payment", "refund_id", string="Paid Back", readonly=True)
    move_id = fields.Many2one(
        "account.move",
        string="Credit Note",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
    )
    settled = fields.Boolean(
        string="Settled Without Credit Note",
        readonly=True,
        help="The order was refunded before it was invoiced, or staff credited it themselves.",
    )
    picking_ids = fields.Many2many("stock.picking", string="Returns", readonly=True)
    goods_done = fields.Boolean(
        string="Goods Dealt With", readonly=True, help="Deliveries were reduced and returns prepared, once."
    )
    problem = fields.Text(readonly=True)
    remedy = fields.Text(string="What To Do", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Not booked"),
            ("draft", "Credit note to confirm"),
            ("problem", "Needs attention"),
            ("done", "Done"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
    )

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This refund is known already on this sales channel."
    )

    @api.depends("settled", "problem", "move_id.state")
    def _compute_state(self):
        for refund in self:
            credit = refund.move_id.state
            if refund.problem:
                refund.state = "problem"
            elif refund.settled or credit == "posted":
                refund.state = "done"
            else:
                refund.state = "draft" if credit == "draft" else "waiting"

    def action_process(self):
        """Book these refunds now; what can't be booked says why on the refund."""
        self.check_access("write")
        self.env["integration.refund.importer"]._process(self, manual=True)
        return True

    def action_settle(self):
        """Note that staff credited the refund themselves: no credit note will be made."""
        self.filtered(lambda refund: not refund.move_id).write({"settled": True, "problem": False, "remedy": False})
        return True

    def action_open_credit_note(self):
        self.ensure_one()
        return self.move_id._get_records_action()


class IntegrationRefundLine(models.Model):
    """What of a refund falls to one line of the order, or to none (an adjustment)."""

    _name = "integration.refund.line"
    _description = "Platform Refund Line"
    _order = "refund_id, id"

    refund_id = fields.Many2one("integration.refund", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="refund_id.company_id")
    currency_id = fields.Many2one(related="refund_id.currency_id")
    kind = fields.Selection(
        [("line", "Line"), ("shipping", "Shipping"), ("adjustment", "Adjustment")], required=True, readonly=True
    )
    line_external_id = fields.Char(string="Platform Line ID", readonly=True)
    order_line_id = fields.Many2one("sale.order.line", readonly=True, ondelete="set null", index="btree_not_null")
    name = fields.Char(string="Description", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    net = fields.Monetary(string="Without Taxes", readonly=True)
    tax = fields.Monetary(readonly=True)
    restock = fields.Boolean(string="Back to Stock", readonly=True)
    cancelled = fields.Boolean(string="Not Sent Yet", readonly=True, help="The platform had not sent it when refunded.")
    undelivered = fields.Float(
        string="Taken off Deliveries", digits="Product Unit", readonly=True, help="Quantity that is not sent any more."
    )
