from odoo import api, fields, models
from odoo.exceptions import UserError

from ..notification import notification
from .integration_workflow_rule import STEPS


class SaleOrder(models.Model):
    """How far the workflow of its sales channel has brought an imported order."""

    _inherit = "sale.order"

    integration_paid_at = fields.Datetime("Paid on the Platform On", readonly=True, copy=False)
    integration_workflow_rule_id = fields.Many2one(
        "integration.workflow.rule", "Workflow Rule", readonly=True, copy=False, index="btree_not_null"
    )
    integration_workflow_state = fields.Selection(
        [("waiting", "Waiting"), ("stopped", "Stopped"), ("done", "Done")],
        string="Workflow",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    integration_workflow_step = fields.Selection(STEPS, "Workflow Is At", readonly=True, copy=False)
    integration_workflow_error = fields.Text("Workflow Note", readonly=True, copy=False)
    integration_workflow_remedy = fields.Text("To Go On", readonly=True, copy=False)
    integration_workflow_done = fields.Char(
        readonly=True, copy=False, help="Codes of the steps that are done, separated by spaces: none is done twice."
    )
    integration_workflow_steps_done = fields.Char("Steps Done", compute="_compute_integration_workflow_steps_done")
    integration_workflow_at = fields.Datetime("Workflow Last Ran", readonly=True, copy=False)

    @api.depends("integration_workflow_done")
    def _compute_integration_workflow_steps_done(self):
        labels = dict(self._fields["integration_workflow_step"]._description_selection(self.env))
        for order in self:
            done = (order.integration_workflow_done or "").split()
            order.integration_workflow_steps_done = ", ".join(labels[step] for step in done)

    # === BUSINESS METHODS === #

    def _prepare_invoice(self):
        """Give invoices of a workflow their dates."""
        values = super()._prepare_invoice()
        values.update(self.env.context.get("integration_invoice_values", {}).get(self.id, {}))
        return values

    def _integration_queue_workflow(self):
        """Queue the workflow for those of these orders whose sales channel has it switched on; return the jobs."""
        jobs = self.env["sync.job"]
        for backend, orders in self.sudo().grouped("integration_backend_id").items():
            if backend.workflow_active:
                jobs |= backend._enqueue("run_workflow", arguments={"order_ids": orders.ids})
        return jobs

    # === ACTION METHODS === #

    def action_integration_release(self):
        """Let the workflow go on with what was held."""
        held = self.filtered("integration_held")
        result = super().action_integration_release()
        held.filtered(lambda order: not order.integration_held)._integration_queue_workflow()
        return result

    def action_integration_continue_workflow(self):
        """Run the workflow again from where it stopped."""
        orders = self.filtered("integration_backend_id")
        orders.check_access("write")
        if held := orders.filtered("integration_held"):
            raise UserError(
                self.env._("%s is held. Check it again or release it: the workflow then goes on.", held[0].display_name)
            )
        if not orders._integration_queue_workflow():
            raise UserError(
                self.env._(
                    "The workflow of this sales channel is switched off. Its page, tab Workflow, has the switch."
                )
            )
        return notification(self.env._("The workflow goes on. Reload the page in a few seconds."))

    def action_integration_preview_workflow(self):
        """Show what the workflow would do to these orders."""
        backend = self.integration_backend_id[:1]
        if not backend:
            raise UserError(self.env._("%s comes from no sales channel.", self[:1].display_name))
        return self.env["integration.workflow.preview"]._open(backend, self)
