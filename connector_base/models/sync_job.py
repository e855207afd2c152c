from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.job_errors import Busy, translate_errors
from ..transport.errors import ConfigurationError

STATES = [
    ("pending", "Pending"),
    ("processing", "Processing"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
]
STATE_OF_QUEUE_STATE = {
    "wait_dependencies": "pending",
    "pending": "pending",
    "enqueued": "pending",
    "started": "processing",
    "done": "done",
    "failed": "failed",
    "cancelled": "cancelled",
}
ERROR_TYPES = [
    ("configuration", "Configuration"),
    ("data", "Data"),
    ("transient", "Temporary"),
    ("rate_limited", "Rate limit"),
    ("signature", "Signature"),
    ("bug", "Programming error"),
]


class Operation(NamedTuple):
    """How an operation is run: lane of the rate budget, default priority (0-100, higher first), queue channel."""

    lane: str
    priority: int
    channel: str = "root.integration"


class SyncJob(models.Model):
    """One unit of sync work with a business meaning: what and why. How it is run says its `queue.job`.

    The state is read from the queue job and stored nowhere else, so the two can't disagree. A long import is one sync
    job whose `queue_job_id` moves from page to page. A document that failed within a page is a child of its own,
    without a queue job (its state is `outcome`) until somebody retries it.

    An operation is a value of `operation` plus a method `_run_<operation>(self, **arguments)`, called inside the queue
    job; what it returns is shown as the result. It may call `_progress`, `_chain` and `_fail_document`.
    """

    _name = "sync.job"
    _description = "Sync Job"
    _order = "priority desc, create_date"

    name = fields.Char(required=True, readonly=True, help="What the job does.")
    backend_id = fields.Many2one(
        "integration.backend", string="Sales Channel", required=True, readonly=True, ondelete="cascade", index=True
    )
    platform = fields.Selection(related="backend_id.platform", store=True)
    company_id = fields.Many2one(related="backend_id.company_id", store=True, index=True)
    operation = fields.Selection(
        [
            ("import_orders", "Import orders"),
            ("import_order_ids", "Import single orders"),
            ("drain_webhooks", "Process webhook events"),
            ("check_webhooks", "Check webhook subscriptions"),
        ],
        required=True,
        readonly=True,
    )
    arguments = fields.Json(readonly=True, help="Identifiers the job works on; no data and no secrets.")
    priority = fields.Integer(readonly=True, aggregator=False, help="From 0 to 100; higher runs first.")
    res_model = fields.Char("Record Model", readonly=True)
    record_id = fields.Many2oneReference("Record ID", model_field="res_model", readonly=True)
    external_id = fields.Char("External ID", readonly=True, help="The document's id on the platform.")
    document_name = fields.Char("Document", readonly=True, help="The document's name on the platform.")
    parent_id = fields.Many2one("sync.job", "Found by", readonly=True, ondelete="set null", index="btree_not_null")
    child_ids = fields.One2many("sync.job", "parent_id", "Failed Documents", readonly=True)
    child_count = fields.Integer(compute="_compute_child_count")

    queue_job_id = fields.Many2one("queue.job", ondelete="cascade", index=True, copy=False, readonly=True)
    queue_state = fields.Selection(related="queue_job_id.state", string="Queue State")
    outcome = fields.Selection(
        STATES[2:], readonly=True, copy=False, help="What became of a failed document that has no queue job of its own."
    )
    state = fields.Selection(STATES, compute="_compute_state", search="_search_state")
    eta = fields.Datetime(
        related="queue_job_id.eta", string="Not Before", help="A pending job with a time here is postponed until then."
    )
    result = fields.Text(related="queue_job_id.result")
    stop_requested = fields.Boolean(readonly=True, copy=False, help="The job stops after the page it is working on.")

    items_total = fields.Integer("Items", readonly=True, aggregator="sum")
    items_done = fields.Integer(readonly=True, aggregator="sum")
    items_failed = fields.Integer(readonly=True, aggregator="sum")
    progress = fields.Float(compute="_compute_progress", help="Percentage of the items that are done or failed.")

    chain_started = fields.Datetime(readonly=True, copy=False)
    date_started = fields.Datetime("Started", compute="_compute_dates")
    date_done = fields.Datetime(related="queue_job_id.date_done", string="Finished")
    duration = fields.Float("Duration (s)", compute="_compute_dates", help="Seconds from start to end.")

    _backend_document_idx = models.Index("(backend_id, external_id) WHERE external_id IS NOT NULL")

    # === STATE: READ FROM THE QUEUE JOB === #

    @api.depends("queue_state", "outcome")
    def _compute_state(self):
        for job in self:
            job.state = STATE_OF_QUEUE_STATE[job.queue_state] if job.queue_state else job.outcome

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        queue_states = [queue_state for queue_state, state in STATE_OF_QUEUE_STATE.items() if state in value]
        return Domain("queue_state", "in", queue_states) | (
            Domain("queue_job_id", "=", False) & Domain("outcome", "in", list(value))
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let the computed `state` be sorted and grouped by, as its two sources can be."""
        if field_expr != "state":
            return super()._field_to_sql(alias, field_expr, query)
        queue_state = super()._field_to_sql(alias, "queue_state", query)
        outcome = super()._field_to_sql(alias, "outcome", query)
        return SQL(
            "CASE WHEN %(queue_state)s IN ('wait_dependencies', 'pending', 'enqueued') THEN 'pending'"
            " WHEN %(queue_state)s = 'started' THEN 'processing' ELSE COALESCE(%(queue_state)s, %(outcome)s) END",
            queue_state=queue_state,
            outcome=outcome,
        )

    @api.depends("child_ids")
    def _compute_child_count(self):
        counts = dict(self._read_group([("parent_id", "in", self.ids)], ["parent_id"], ["__count"]))
        for job in self:
            job.child_count = counts.get(job, 0)

    @api.depends("items_total", "items_done", "items_failed", "queue_state")
    def _compute_progress(self):
        for job in self:
            if job.items_total:
                job.progress = min(100.0, 100.0 * (job.items_done + job.items_failed) / job.items_total)
            else:
                job.progress = 100.0 if job.state == "done" else 0.0

    @api.depends("chain_started", "queue_job_id.date_started", "queue_job_id.date_done")
    def _compute_dates(self):
        for job in self:
            queue_job = job.queue_job_id.sudo()
            job.date_started = job.chain_started or queue_job.date_started
            ended = queue_job.date_done and job.date_started
            job.duration = (queue_job.date_done - job.date_started).total_seconds() if ended else 0.0

    # === ENQUEUE === #

    def _operation_settings(self):
        """Return {operation: Operation}. Addons that add an operation add its settings."""
        return {
            "drain_webhooks": Operation("webhooks", 70, "root.integration_webhooks"),
            "import_order_ids": Operation("orders", 60),
            "check_webhooks": Operation("interactive", 50),
            "import_orders": Operation("orders", 40),
        }

    @api.model
    def _queue_priority(self, priority):
        """Convert our priority (higher first) to queue_job's (lower first). The one place that does."""
        return max(0, 100 - priority)

    @api.model
    def _waiting(self, identity_key):
        """Return the sync job that waits to be started under `identity_key`, if any."""
        return self.search(
            [
                ("queue_job_id.identity_key", "=", identity_key),
                ("queue_state", "in", ("pending", "enqueued", "wait_dependencies")),
            ],
            limit=1,
        )

    @api.model
    def _enqueue(self, backend, operation, values, *, eta=None, identity_key=None):
        """Create the job and its queue job; with an `identity_key`, return the one that still waits to be started.

        :param dict values: field values that differ from the operation's defaults
        :param eta: seconds from now, or a naive UTC datetime, before which the job is not started
        """
        if identity_key and (waiting := self._waiting(identity_key)):
            return waiting
        labels = dict(self._fields["operation"]._description_selection(self.env))
        job = self.create(
            {
                "name": labels[operation],
                "backend_id": backend.id,
                "operation": operation,
                "priority": self._operation_settings()[operation].priority,
                **values,
            }
        )
        job._delay(eta=eta, identity_key=identity_key)
        return job

    def _as_worker(self):
        """Return the job as workers run it: rights, company and language don't depend on who clicked."""
        self.ensure_one()
        context = {"lang": self.backend_id.user_id.lang or self.env.lang}
        return self.with_env(self.env(user=SUPERUSER_ID, context=context)).with_company(self.company_id)

    def _delay(self, eta=None, identity_key=None):
        """Give the job a new queue job, to which its pointer moves."""
        # max_retries=0 (no limit): queue_job also counts kills of workers; when to give up is decided in job_errors.
        delayed = (
            self._as_worker()
            .with_delay(
                priority=self._queue_priority(self.priority),
                eta=eta,
                max_retries=0,
                description=f"{self.backend_id.name}: {self.name}",
                channel=self._operation_settings()[self.operation].channel,
                identity_key=identity_key,
            )
            ._execute()
        )
        # None: queue_job was told by context or environment to run jobs at once.
        self.queue_job_id = delayed.db_record() if delayed else False

    # === RUN === #

    def _execute(self):
        """Do the operation. Called by queue_job only."""
        if not self.exists():
            return self.env._("Nothing done: the sync job was deleted meanwhile.")
        uuid = self.env.context.get("job_uuid")
        if uuid and self.queue_job_id.uuid != uuid:
            return self.env._("Nothing done: the sync job has moved on to a later queue job.")
        lane = self._operation_settings()[self.operation].lane
        job = self.with_context(integration_in_job=True, integration_lane=lane, integration_job_id=self.id)
        with translate_errors(job):
            job._check_connected()
            result = getattr(job, f"_run_{self.operation}")(**(self.arguments or {}))
            job._clear_failure()
            # Here, so that errors of pending writes are translated too.
            self.env.flush_all()
        return result

    def _check_connected(self):
        if self.backend_id.state not in ("connected", "error"):
            raise ConfigurationError(
                self.env._("%s is not connected.", self.backend_id.name),
                remedy=self.env._("Connect it again, then retry."),
            )

    def _work_alone(self, lock, message):
        """Let no other transaction do this work for the sales channel before this one has ended.

        :param int lock: first key of the advisory lock; the second is the backend's id
        :raise Busy: another one does it
        """
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [lock, self.backend_id.id])
        if not self.env.cr.fetchone()[0]:
            raise Busy(message)

    def _progress(self, done=0, total=None, failed=0):
        """Add `done` and `failed` items to the job's counts; `total`, when given, replaces the number expected."""
        values = {"items_done": self.items_done + done, "items_failed": self.items_failed + failed}
        values["items_total"] = max(
            self.items_total if total is None else total, values["items_done"] + values["items_failed"]
        )
        self.write(values)

    def _chain(self, arguments, eta=None, identity_key=None):
        """Go on with `arguments` (the next page) in a new queue job, in the same transaction as this page's work.

        :param str identity_key: under which the next page waits; no other job may be waiting under it
        """
        if not self.chain_started:
            self.chain_started = self.queue_job_id.date_started or fields.Datetime.now()
        self.arguments = arguments
        self._delay(eta=eta, identity_key=identity_key)
        if self.stop_requested:
            self.stop_requested = False
            self.queue_job_id.button_cancelled()
