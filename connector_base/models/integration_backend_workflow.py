from odoo import Command, api, fields, models

from odoo.addons.base.models.res_partner import _tz_get


class IntegrationBackend(models.Model):
    """What happens by itself to the orders of a sales channel after they were imported.

    Off when a channel is connected: its first orders stay quotations until somebody has seen that products, taxes and
    customers come in as they should. A rule stands there to be switched on.
    """

    _inherit = "integration.backend"

    workflow_active = fields.Boolean(
        "Run the Workflow",
        copy=False,
        tracking=True,
        help="Off: orders come in as quotations and wait for you. On: the first rule below that applies to an order "
        "says what happens to it, seconds after it is imported or changed on the platform.",
    )
    workflow_rule_ids = fields.One2many("integration.workflow.rule", "backend_id", "Workflow Rules", copy=True)
    invoice_date_source = fields.Selection(
        [
            ("order", "The day of the order"),
            ("payment", "The day of the payment"),
            ("today", "The day it is made"),
        ],
        string="Invoices Are Dated",
        required=True,
        default="order",
        tracking=True,
        help="The date of invoices that the workflow makes. By the day of the order, Odoo's revenue of a month is the "
        "platform's. A day in a closed period stays on the invoice, but it is booked on the first open day.",
    )
    accounting_tz = fields.Selection(
        _tz_get,
        string="Time Zone of Dates",
        required=True,
        default=lambda self: self.env.company.partner_id.tz or self.env.user.tz or "UTC",
        help="Which day an order belongs to, is decided in this time zone.",
    )
    workflow_stopped_count = fields.Integer("Workflow Stopped", compute="_compute_workflow_stopped_count")

    def _compute_workflow_stopped_count(self):
        counts = dict(
            self.env["sale.order"]
            .sudo()
            ._read_group(
                [("integration_backend_id", "in", self.ids), ("integration_workflow_state", "=", "stopped")],
                ["integration_backend_id"],
                ["__count"],
            )
        )
        for backend in self:
            backend.workflow_stopped_count = counts.get(backend, 0)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [
                vals if "workflow_rule_ids" in vals else {**vals, "workflow_rule_ids": self._proposed_rules()}
                for vals in vals_list
            ]
        )

    @api.model
    def _proposed_rules(self):
        """Return commands for the rule that a new channel shows: what can be undone without a credit note."""
        paid = self.env.ref("connector_base.order_status_financial_paid")
        return [
            Command.create(
                {
                    "name": self.env._("Paid: confirm and reserve"),
                    "financial_status_ids": [Command.set(paid.ids)],
                    "step_confirm": True,
                    "step_reserve": True,
                }
            )
        ]

    # === ACTION METHODS === #

    def action_preview_workflow(self):
        """Show what the workflow would do to the latest orders."""
        self.ensure_one()
        return self.env["integration.workflow.preview"]._open(self)

    def action_view_workflow_stopped(self):
        """Show the orders whose workflow stopped."""
        self.ensure_one()
        return {
            **self.action_view_orders(),
            "name": self.env._("Workflow Stopped"),
            "domain": [("integration_backend_id", "=", self.id), ("integration_workflow_state", "=", "stopped")],
        }
