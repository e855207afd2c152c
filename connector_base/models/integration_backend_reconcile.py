from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .integration_reconciliation import RECENT_MINUTES


class IntegrationBackend(models.Model):
    """Whether Odoo has what the store has."""

    _inherit = "integration.backend"

    reconcile_daily = fields.Boolean(
        "Compare Daily",
        default=True,
        help="Once a day the store's orders are compared with those in Odoo, and what is missing is imported.",
    )
    reconcile_days = fields.Integer(
        "Days to Compare", default=7, required=True, help="The daily comparison looks at the orders of so many days."
    )
    reconciliation_id = fields.Many2one(
        "integration.reconciliation",
        "Last Comparison",
        compute="_compute_reconciliation_id",
        groups="connector_base.group_integration_user",
    )
    reconciliation_summary = fields.Char(
        "Store and Odoo", compute="_compute_reconciliation_id", groups="connector_base.group_integration_user"
    )
    reconciliation_balanced = fields.Boolean(
        compute="_compute_reconciliation_id", groups="connector_base.group_integration_user"
    )
    reconciliation_date = fields.Datetime(
        "Compared", compute="_compute_reconciliation_id", groups="connector_base.group_integration_user"
    )
    reconciliation_running = fields.Boolean(
        compute="_compute_reconciliation_id", groups="connector_base.group_integration_user"
    )

    _reconcile_days_positive = models.Constraint("CHECK(reconcile_days > 0)", "At least one day is compared.")

    def _compute_reconciliation_id(self):
        runs = self.env["integration.reconciliation"]
        finished = dict(
            runs._read_group([("backend_id", "in", self.ids), ("date_done", "!=", False)], ["backend_id"], ["id:max"])
        )
        newest = dict(runs._read_group([("backend_id", "in", self.ids)], ["backend_id"], ["id:max"]))
        for backend in self:
            backend.reconciliation_id = runs.browse(finished.get(backend) or ())
            backend.reconciliation_summary = backend.reconciliation_id.summary
            backend.reconciliation_balanced = backend.reconciliation_id.balanced
            backend.reconciliation_date = backend.reconciliation_id.date_done
            job = runs.browse(newest.get(backend) or ()).sync_job_id
            backend.reconciliation_running = job.state in ("pending", "processing")

    def _reconcile(self, date_from, date_to):
        """Queue the comparison of the orders placed from `date_from` to before `date_to` (naive UTC); return it.

        A comparison of this channel that is under way is returned instead. What is younger than `RECENT_MINUTES` is
        left out: it may be on its way.
        """
        self.ensure_one()
        runs = self.env["integration.reconciliation"].sudo()
        under_way = runs.search([("backend_id", "=", self.id), ("date_done", "=", False)], limit=1)
        if under_way.sync_job_id.state in ("pending", "processing"):
            return under_way.with_env(self.env)
        latest = fields.Datetime.now() - timedelta(minutes=RECENT_MINUTES)
        date_to = min(date_to, latest).replace(microsecond=0)
        visible_days = (self.sudo().connection_report or {}).get("visible_days")
        if visible_days:
            # what the platform doesn't show any more would look deleted
            date_from = max(date_from, fields.Datetime.now() - timedelta(days=visible_days - 1))
        if date_from >= date_to:
            raise UserError(
                self.env._(
                    "There is nothing to compare in this period: the last %(minutes)s minutes are left out, and the "
                    "platform must show orders of that age. Choose a longer period.",
                    minutes=RECENT_MINUTES,
                )
            )
        run = runs.create({"backend_id": self.id, "date_from": date_from.replace(microsecond=0), "date_to": date_to})
        run.sync_job_id = self._enqueue("reconcile_orders", arguments={"reconciliation_id": run.id}, record=run)
        return run.with_env(self.env)

    @api.model
    def _cron_reconcile(self):
        """Once a day: compare the last days' orders of every connected channel."""
        now = fields.Datetime.now()
        for backend in self.search([("state", "=", "connected"), ("reconcile_daily", "=", True)]):
            if "orders_in" in backend._adapter()._capabilities():
                backend._reconcile(now - timedelta(days=backend.reconcile_days), now)

    def action_reconcile(self):
        """Ask for the period to compare."""
        self.ensure_one()
        self.check_access("read")
        wizard = self.env["integration.reconcile"].with_context(default_backend_id=self.id).create({})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare Store and Odoo"),
            "res_model": "integration.reconcile",
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_open_reconciliation(self):
        """Open the last comparison."""
        self.ensure_one()
        return self.reconciliation_id._get_records_action()

    def action_open_reconciliations(self):
        return self._open("connector_base.action_integration_reconciliation", [])
