from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.clock import aware
from .integration_backend_connection import HISTORY_DAYS


class IntegrationBackend(models.Model):
    """Importing the orders of a period: the first import, and any later one that a user asks for."""

    _inherit = "integration.backend"

    period_import_id = fields.Many2one(
        "sync.job",
        "Import Under Way",
        compute="_compute_period_import_id",
        groups="connector_base.group_integration_user",
    )
    period_import_state = fields.Selection(
        [("running", "Running"), ("stopping", "Stopping"), ("paused", "Paused"), ("failed", "Failed")],
        "Import",
        compute="_compute_period_import_id",
        groups="connector_base.group_integration_user",
    )
    period_import_progress = fields.Float(
        "Import Progress", compute="_compute_period_import_id", groups="connector_base.group_integration_user"
    )
    period_import_done = fields.Integer(
        "Orders Read", compute="_compute_period_import_id", groups="connector_base.group_integration_user"
    )
    period_import_total = fields.Integer(
        "Orders to Read", compute="_compute_period_import_id", groups="connector_base.group_integration_user"
    )

    def _compute_period_import_id(self):
        """The newest import of a period, unless it is done or was cancelled for good."""
        newest = dict(
            self.env["sync.job"]._read_group(
                [("backend_id", "in", self.ids), ("operation", "=", "import_order_period")], ["backend_id"], ["id:max"]
            )
        )
        for backend in self:
            job = self.env["sync.job"].browse(newest.get(backend) or ())
            state = backend._period_import_state(job)
            backend.period_import_id = job if state else False
            backend.period_import_state = state
            backend.period_import_progress = backend.period_import_id.progress
            backend.period_import_done = backend.period_import_id.items_done
            backend.period_import_total = backend.period_import_id.items_total

    @api.model
    def _period_import_state(self, job):
        """Return where the import stands as people see it; False when there is nothing (more) to see."""
        if job.state in ("pending", "processing"):
            return "stopping" if job.stop_requested else "running"
        if job.state == "cancelled" and job.paused:
            return "paused"
        return "failed" if job.state == "failed" else False

    # === START === #

    def _start_history(self, since, until=None):
        """Queue the import of the orders placed from `since` on (naive UTC, None: ever); return its `sync.job`.

        What is under way or paused already is returned instead. The polling of changes goes on beside it, from now on
        when it has not begun: what changes meanwhile is not missed, and a pause here doesn't stop it.

        :param datetime until: naive UTC; now when not given
        """
        self.ensure_one()
        cursor = self._cursor("orders")
        cursor._lock_start()
        backend = self.sudo()
        backend.invalidate_recordset(["period_import_id", "period_import_state"])
        if backend.period_import_state in ("running", "stopping", "paused"):
            return backend.period_import_id.with_env(self.env)
        now, overlap = fields.Datetime.now(), self.env["sync.job"]._overlap()
        if not cursor.value:
            cursor.value = now - overlap
        return self._enqueue(
            "import_order_period",
            arguments={
                "since": aware(since).isoformat() if since else None,
                # the platform's clock may be ahead
                "until": aware(until or now + overlap).isoformat(),
            },
        )

    def _start_work(self, since):
        """Override of `integration.backend`: who connects again finds the import that disconnecting stopped."""
        if not since and self.sudo().period_import_state == "paused":
            self.sudo().period_import_id.action_retry()
        return super()._start_work(since)

    def _stop_jobs(self):
        """Override of `integration.backend`: the import of a period goes on when the channel is connected again."""
        for backend in self.sudo():
            if backend.period_import_state == "running":
                backend.period_import_id.paused = True
        return super()._stop_jobs()

    # === ACTION METHODS === #

    def action_import_orders(self):
        """Open the wizard that imports the orders of a period."""
        self.ensure_one()
        self.check_access("write")
        if "orders_in" not in self._adapter()._capabilities():
            raise UserError(self.env._("%s gives no orders.", self.name))
        report = self.connection_report or {}
        since = self.import_from or fields.Datetime.now() - timedelta(days=HISTORY_DAYS)
        wizard = self.env["integration.import"].create(
            {"backend_id": self.id, "since": since, "visible_days": report.get("visible_days") or 0}
        )
        return wizard._open()

    def _period_import(self):
        """Return the import that the buttons are about.

        :raise UserError: there is none (any more)
        """
        self.ensure_one()
        self.check_access("read")
        if not self.period_import_id:
            raise UserError(self.env._("No import of a period is under way on “%s” any more.", self.name))
        return self.period_import_id

    def action_import_pause(self):
        return self._period_import().action_pause()

    def action_import_resume(self):
        return self._period_import().action_retry()

    def action_import_abandon(self):
        return self._period_import().action_abandon()

    def action_import_open(self):
        """Open the job of the import."""
        return self._period_import()._get_records_action()
