from datetime import timedelta

from odoo import api, fields, models

from ..engine.clock import aware, naive


class IntegrationCursor(models.Model):
    """How far an incremental import has read, and when it reads again."""

    _name = "integration.cursor"
    _description = "Incremental Import Cursor"
    _order = "backend_id, resource"
    _rec_name = "resource"

    backend_id = fields.Many2one(
        "integration.backend", "Sales Channel", required=True, readonly=True, ondelete="cascade", index=True
    )
    platform = fields.Selection(related="backend_id.platform")
    company_id = fields.Many2one(related="backend_id.company_id")
    resource = fields.Selection([("orders", "Orders")], required=True, readonly=True)
    value = fields.Datetime(
        "Read Until", readonly=True, help="What was updated on the platform before this time is imported."
    )
    interval_minutes = fields.Integer(
        "Every (minutes)",
        required=True,
        default=10,
        help="How often the platform is asked for changes. Webhooks bring them within seconds; this is the safety net.",
    )
    paused = fields.Boolean(help="Don't ask the platform by itself. Webhooks and 'Sync now' go on working.")
    next_run = fields.Datetime("Next", readonly=True)
    last_run = fields.Datetime("Last", readonly=True)
    last_result = fields.Char(readonly=True)
    sync_job_id = fields.Many2one(
        "sync.job", "Last Import", readonly=True, ondelete="set null", index="btree_not_null", copy=False
    )
    sync_job_state = fields.Selection(related="sync_job_id.state", string="State")
    sync_job_progress = fields.Float(related="sync_job_id.progress", string="Progress")

    _backend_resource_uniq = models.Constraint("UNIQUE(backend_id, resource)", "A backend has one cursor per resource.")
    _interval_positive = models.Constraint("CHECK(interval_minutes > 0)", "The interval is at least one minute.")

    @api.model
    def _interval(self, resource):
        """Return how many minutes pass between two imports of `resource` unless somebody wants it otherwise."""
        return 10

    def _running(self):
        """Return the import that is under way or waits to go on, if any."""
        self.ensure_one()
        return self.sync_job_id.filtered(lambda job: job.state in ("pending", "processing"))

    def _lock_start(self):
        """Wait for whoever starts an import right now: then this transaction fails to serialize and runs again."""
        self.ensure_one()
        self.env.cr.execute(
            "SELECT 1 FROM integration_cursor WHERE id = %s FOR NO KEY UPDATE", [self.id], log_exceptions=False
        )

    def _start(self, since=None):
        """Start a chain of page jobs that imports what was updated since `since`; return it, or the running one.

        :param datetime since: naive UTC; the cursor's own value (minus nothing: it lags already) when not given
        """
        self.ensure_one()
        running = self._running()
        if running:
            return running
        since = since or self.value
        job = self.backend_id._enqueue(
            f"import_{self.resource}", arguments={"since": aware(since).isoformat() if since else None}
        )
        now = fields.Datetime.now()
        self.write({"sync_job_id": job.id, "last_run": now, "next_run": now + timedelta(minutes=self._minutes())})
        return job

    def _take(self, job):
        """Let `job` work on this cursor unless another import does; say whether it may."""
        if self.sync_job_id != job:
            if self._running():
                return False
            self.sync_job_id = job
        return True

    def _advance(self, documents, started_at):
        """Move forward to the newest update among `documents`, minus the overlap; never back, never past the start.

        :param datetime started_at: when the chain began, aware UTC
        """
        if not documents:
            return
        newest = min(max(document.updated_at for document in documents), started_at)
        value = naive(newest - self.env["sync.job"]._overlap())
        if not self.value or value > self.value:
            self.value = value

    @api.model
    def _cron_poll(self):
        """Start the imports that are due. Cursors that a running import or another server holds wait a minute."""
        for backend in self.env["integration.backend"].search([("state", "=", "connected")]):
            for resource in backend._imported_resources():
                backend._cursor(resource)
        due = self.search(
            [
                ("paused", "=", False),
                ("backend_id.active", "=", True),
                ("backend_id.state", "=", "connected"),
                "|",
                ("next_run", "=", False),
                ("next_run", "<=", fields.Datetime.now()),
            ]
        )
        wanted = due.filtered(lambda cursor: cursor.backend_id._syncs(f"{cursor.resource}_in"))
        idle = wanted.filtered(lambda cursor: not cursor._running())
        for cursor in idle.try_lock_for_update(allow_referencing=True):
            cursor._start()

    def action_run_now(self):
        """Start the import without waiting for its time."""
        self.ensure_one()
        return self.backend_id.action_sync_now()
