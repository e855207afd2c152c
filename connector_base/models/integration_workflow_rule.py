from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.words import words

# In the order of their fields on the form; `integration.order.workflow` says in which order they are run.
STEPS = [
    ("confirm", "Confirm"),
    ("reserve", "Reserve stock"),
    ("invoice", "Invoice"),
    ("post", "Post the invoice"),
    ("register_payment", "Register the payment"),
    ("deliver", "Deliver"),
    ("lock", "Lock"),
]


class IntegrationWorkflowRule(models.Model):
    """What happens by itself to imported orders of a sales channel that meet a condition.

    The first rule that applies to an order is the one that counts; without one, nothing happens.
    """

    _name = "integration.workflow.rule"
    _description = "Order Workflow Rule"
    _order = "backend_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    backend_id = fields.Many2one(
        "integration.backend", string="Sales Channel", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)

    # === CONDITION === #

    gateways = fields.Char(
        string="Payment Methods",
        help="The platform's names of payment methods, separated by commas; capitals don't matter. "
        "An order paid by any of them meets the condition. Empty: any.",
    )
    financial_status_ids = fields.Many2many(
        "integration.order.status",
        "integration_workflow_rule_financial_rel",
        string="Payment Status",
        domain="[('kind', '=', 'financial')]",
        help="The order's payment status on the platform is one of these. Empty: any.",
    )
    fulfillment_status_ids = fields.Many2many(
        "integration.order.status",
        "integration_workflow_rule_fulfillment_rel",
        domain="[('kind', '=', 'fulfillment')]",
        help="The order's fulfillment status on the platform is one of these. Empty: any.",
    )

    # === STEPS === #

    step_confirm = fields.Boolean("Confirm", help="Confirm the quotation and make its deliveries.")
    step_reserve = fields.Boolean(
        "Reserve", help="Reserve stock also where the operation type leaves that to the warehouse's people."
    )
    step_invoice = fields.Boolean("Invoice", help="Make the invoice, as a draft.")
    invoice_basis = fields.Selection(
        [
            ("policy", "As the products say"),
            ("ordered", "All that was ordered"),
            ("paid", "All, once it is paid"),
        ],
        string="Invoice What",
        required=True,
        default="policy",
        help="As the products say: ordered or delivered quantities, by each product's invoicing policy; what is "
        "invoiced by delivery follows when it is delivered.",
    )
    step_post = fields.Boolean("Post", help="Post the invoices this workflow made.")
    step_register_payment = fields.Boolean(
        "Payment", help="Register what was captured on the platform and reconcile it with the invoice."
    )
    step_deliver = fields.Boolean(
        "Deliver", help="Validate the deliveries when everything is in stock. No carrier is called, no label is bought."
    )
    deliver_when = fields.Selection(
        [("fulfilled", "Once fulfilled on the platform"), ("always", "At once")],
        required=True,
        default="fulfilled",
    )
    step_lock = fields.Boolean("Lock", help="Lock the order when all other steps of the rule are done.")

    @api.constrains("step_invoice", "step_post")
    def _check_post_needs_invoice(self):
        for rule in self:
            if rule.step_post and not rule.step_invoice:
                raise ValidationError(
                    self.env._(
                        "“%s” posts invoices but makes none. Switch Invoice on too: only invoices that the workflow "
                        "made are posted by it.",
                        rule.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _steps(self):
        """Return the codes of the steps that are switched on."""
        self.ensure_one()
        return [step for step, _label in STEPS if self[f"step_{step}"]]

    def _applies(self, order):
        """Say whether `order` meets the condition."""
        self.ensure_one()
        statuses = (
            (self.financial_status_ids, order.integration_financial_status),
            (self.fulfillment_status_ids, order.integration_fulfillment_status),
        )
        if any(wanted and status not in wanted.mapped("code") for wanted, status in statuses):
            return False
        wanted = words(self.gateways)
        return not wanted or not set(wanted).isdisjoint(words(order.integration_gateway))

    def _first_for(self, orders):
        """Return {order: the first of these rules that applies}; orders without one are left out."""
        found = {}
        for order in orders:
            if rule := next((rule for rule in self if rule._applies(order)), None):
                found[order] = rule
        return found
