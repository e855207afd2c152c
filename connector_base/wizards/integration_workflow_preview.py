from odoo import Command, api, fields, models

MOST = 200  # orders


class IntegrationWorkflowPreview(models.TransientModel):
    """Shows what the workflow would do to orders, and what is in its way. Changes nothing."""

    _name = "integration.workflow.preview"
    _description = "Workflow Preview"

    backend_id = fields.Many2one("integration.backend", string="Sales Channel", required=True, readonly=True)
    workflow_active = fields.Boolean(related="backend_id.workflow_active")
    order_ids = fields.Many2many("sale.order", readonly=True, help="Empty: the latest orders of the channel.")
    count = fields.Integer("Latest Orders", default=20, help="How many orders are looked at, 200 at most.")
    line_ids = fields.One2many("integration.workflow.preview.line", "preview_id", readonly=True)

    @api.model
    def _open(self, backend, orders=None):
        """Return the action that shows a new preview of `orders`, else of the latest ones of `backend`."""
        preview = self.create({"backend_id": backend.id, "order_ids": orders and [Command.set(orders.ids)]})
        preview._look()
        return preview._action()

    def _action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Workflow Preview"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _look(self):
        self.ensure_one()
        orders = self.order_ids or self.env["sale.order"].search(
            [("integration_backend_id", "=", self.backend_id.id)],
            order="date_order desc, id desc",
            limit=max(1, min(self.count, MOST)),
        )
        forecasts = self.env["integration.workflow.forecast"]._forecasts(self.backend_id, orders)
        commands = [
            Command.create(
                {
                    "order_id": forecast.order.id,
                    "rule_id": forecast.rule.id,
                    "steps": forecast.steps,
                    "obstacles": "\n".join(forecast.obstacles),
                    "verdict": forecast.verdict,
                }
            )
            for forecast in forecasts
        ]
        self.line_ids = [Command.clear(), *commands]

    def action_look(self):
        """Look again, at as many orders as were asked for."""
        self._look()
        return self._action()


class IntegrationWorkflowPreviewLine(models.TransientModel):
    _name = "integration.workflow.preview.line"
    _description = "Workflow Preview of an Order"

    preview_id = fields.Many2one("integration.workflow.preview", required=True, ondelete="cascade", index=True)
    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    reference = fields.Char(related="order_id.client_order_ref", string="Order There")
    rule_id = fields.Many2one("integration.workflow.rule", ondelete="set null")
    steps = fields.Char("Would Do")
    obstacles = fields.Text("In the Way")
    verdict = fields.Selection(
        [("nothing", "Nothing to do"), ("runs", "Runs"), ("waits", "Waits"), ("stops", "Stops")],
        string="Result",
        required=True,
    )
