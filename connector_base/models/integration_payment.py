from odoo import api, fields, models

from ..engine.payment_importer import CAPTURES, OUTGOING

KINDS = [
    ("authorization", "Authorization"),
    ("capture", "Capture"),
    ("sale", "Sale"),
    ("void", "Void"),
    ("refund", "Refund"),
    ("change", "Change given"),
]
STATUSES = [("success", "Succeeded"), ("pending", "Pending"), ("failure", "Failed"), ("error", "Error")]


class IntegrationPayment(models.Model):
    """One transaction of an order as the platform states it, and the Odoo payment that books it.

    Authorizations, voids and what failed are shown only; see `integration.payment.importer` for what is booked.
    """

    _name = "integration.payment"
    _description = "Platform Payment"
    _rec_name = "external_id"
    _order = "processed_at, id"
    _check_company_auto = True

    backend_id = fields.Many2one(
        "integration.backend", string="Sales Channel", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True, check_company=True
    )
    external_id = fields.Char(string="Transaction ID", required=True, readonly=True)
    parent_external_id = fields.Char(
        string="Follows", readonly=True, help="The transaction this one captures, voids or gives back."
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    status = fields.Selection(STATUSES, required=True, readonly=True)
    gateway = fields.Char(readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    processed_at = fields.Datetime(string="Date", readonly=True)
    refund_id = fields.Many2one("integration.refund", readonly=True, ondelete="set null", index="btree_not_null")
    payment_id = fields.Many2one(
        "account.payment",
        string="Booked As",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
    )
    booking = fields.Selection(
        [("none", "Nothing to book"), ("due", "To book"), ("booked", "Booked")],
        compute="_compute_booking",
        help="Authorizations, voids and transactions that did not succeed move no money: nothing is booked.",
    )

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This transaction is known already on this sales channel."
    )

    @api.depends("kind", "status", "amount", "payment_id")
    def _compute_booking(self):
        for payment in self:
            moves_money = payment.status == "success" and payment.kind in (*CAPTURES, *OUTGOING) and payment.amount
            payment.booking = "booked" if payment.payment_id else "due" if moves_money else "none"

    def action_open_booking(self):
        """Open the Odoo payment of this transaction."""
        self.ensure_one()
        return self.payment_id._get_records_action()
