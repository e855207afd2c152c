from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..engine.clock import aware
from ..engine.preflight import SEVERITIES
from ..notification import notification
from ..transport import TransportError

# Orders a second before any import has been measured
ASSUMED_RATE = 10.0
MEASURED_DAYS = 30
MEASURED_ORDERS = 20


class IntegrationImport(models.TransientModel):
    """Starts the import of a period: says how many orders there are, how long it will take, and what is missing."""

    _name = "integration.import"
    _description = "Import Orders"

    backend_id = fields.Many2one(
        "integration.backend", "Sales Channel", required=True, readonly=True, ondelete="cascade"
    )
    resource = fields.Selection([("orders", "Orders")], "What", required=True, default="orders")
    since = fields.Datetime("Placed Since", required=True)
    until = fields.Datetime(help="Empty: until now. What comes later is brought by webhooks and polling.")
    visible_days = fields.Integer(readonly=True)

    count_text = fields.Char("How Many", compute="_compute_count")
    order_count = fields.Integer("Orders on the Platform", compute="_compute_count")
    known_count = fields.Integer("Already in Odoo", compute="_compute_count")
    count_problem = fields.Char(compute="_compute_count")
    time_estimate = fields.Char("Estimated Time", compute="_compute_count")
    budget_estimate = fields.Char("API Budget", compute="_compute_count")
    moves_start = fields.Boolean(compute="_compute_moves_start")
    running_state = fields.Selection(related="backend_id.period_import_state")
    check_ids = fields.One2many("integration.import.check", "wizard_id", "What Is Missing", readonly=True)
    error_count = fields.Integer(compute="_compute_error_count")

    def _open(self):
        """Look for what is missing, and return the action that shows the wizard."""
        self.ensure_one()
        findings = self.env["integration.preflight"]._findings(self.backend_id.company_id, self.backend_id)
        self.check_ids.unlink()
        self.check_ids = [fields.Command.create(finding._asdict()) for finding in findings]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Orders"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.depends("check_ids.severity")
    def _compute_error_count(self):
        for wizard in self:
            wizard.error_count = len(wizard.check_ids.filtered(lambda check: check.severity == "error"))

    @api.depends("since", "backend_id.import_from")
    def _compute_moves_start(self):
        for wizard in self:
            start = wizard.backend_id.import_from
            wizard.moves_start = bool(start and wizard.since and wizard.since < start)

    # === HOW MANY, HOW LONG === #

    @api.depends("backend_id", "since", "until")
    def _compute_count(self):
        for wizard in self:
            wizard.update(
                {
                    "count_text": False,
                    "order_count": 0,
                    "known_count": 0,
                    "count_problem": False,
                    "time_estimate": False,
                    "budget_estimate": False,
                }
            )
            if wizard.since and wizard.backend_id.state == "connected":
                wizard._count()

    def _count(self):
        backend, until = self.backend_id, self.until or fields.Datetime.now()
        try:
            count = backend._adapter()._count_order_ids(backend, aware(self.since), aware(until))
        except TransportError as error:
            self.count_problem = backend._user_message(error)
            return
        if count is None:
            self.count_text = self.env._("The platform doesn't say how many there are.")
            return
        known = self.env["integration.binding.order"].search_count(
            [
                ("backend_id", "=", backend.id),
                ("remote_created_at", ">=", self.since),
                ("remote_created_at", "<", until),
            ]
        )
        self.order_count, self.known_count = count, known
        self.count_text = self.env._(
            "%(count)s on the platform, %(known)s of them in Odoo",
            count=formatLang(self.env, count, digits=0),
            known=formatLang(self.env, known, digits=0),
        )
        if backend.only_scopes:
            self.count_text = self.env._("%s. Those of other parts of the account are left out.", self.count_text)
        self._estimate(max(0, count - known))

    def _estimate(self, count):
        """Fill in the estimates for `count` new orders from what imports took lately."""
        rate, cost, basis = self._measured()
        seconds = count / rate
        budget = (
            self.env["integration.rate.limit"]
            .sudo()
            .search(
                [("platform", "=", self.backend_id.platform), ("account_key", "=", self.backend_id._budget_key())],
                order="rate",
                limit=1,
            )
        )
        if cost and budget:
            granted = count * cost / budget.rate
            seconds = max(seconds, granted)
            self.budget_estimate = self.env._(
                "About %(points)s points; the platform grants %(rate)s a second, so it takes %(time)s at least. "
                "Changes of orders go first.",
                points=formatLang(self.env, count * cost, digits=0),
                rate=f"{budget.rate:g}",
                time=self._duration(granted),
            )
        elif budget:
            self.budget_estimate = self.env._(
                "The platform grants %(rate)s points a second. What an order costs is known after the first import.",
                rate=f"{budget.rate:g}",
            )
        self.time_estimate = self.env._("%(time)s (%(basis)s)", time=self._duration(seconds), basis=basis)

    def _measured(self):
        """Return orders per second, points per order (0: unknown), and where both come from.

        From the channel's imports of the last days, as they ran: with waiting in the queue and for the platform. Of
        API calls, only those made for these imports count.
        """
        jobs = (
            self.env["sync.job"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", self.backend_id.id),
                    ("operation", "in", ("import_order_period", "import_orders", "import_order_ids")),
                    ("state", "=", "done"),
                    ("create_date", ">", f"-{MEASURED_DAYS}d"),
                ],
                order="id desc",
                limit=50,
            )
        )
        orders = {job: sum((job.outcome_counts or {}).get(kind, 0) for kind in ("created", "updated")) for job in jobs}
        jobs = jobs.filtered(lambda job: orders[job] and job.duration)
        total, seconds = sum(orders[job] for job in jobs), sum(jobs.mapped("duration"))
        if total < MEASURED_ORDERS or not seconds:
            return (
                ASSUMED_RATE,
                0.0,
                self.env._("a guess: %s orders a second until one import is measured", f"{ASSUMED_RATE:g}"),
            )
        cost = (
            self.env["integration.api.call"]
            .sudo()
            ._read_group([("sync_job_ref", "in", jobs.ids)], [], ["cost:sum"])[0][0]
        )
        rate = total / seconds
        basis = self.env._(
            "%(rate)s orders a second, measured on the last %(count)s imported", rate=f"{rate:.1f}", count=total
        )
        return rate, (cost or 0.0) / total, basis

    def _duration(self, seconds):
        if seconds < 60:
            return self.env._("less than a minute")
        if seconds < 7200:
            return self.env._("about %s min", round(seconds / 60))
        return self.env._("about %s h", round(seconds / 3600, 1))

    # === ACTION METHODS === #

    def action_check_again(self):
        """Look for what is missing again."""
        return self._open()

    def action_start(self):
        """Queue the import."""
        self.ensure_one()
        backend = self.backend_id
        backend.check_access("write")
        if backend.state != "connected":
            raise UserError(self.env._("“%s” is not connected. Connect it first.", backend.name))
        if self.until and self.until <= self.since:
            raise UserError(self.env._("The period ends before it begins: correct its dates."))
        if backend.period_import_state in ("running", "stopping", "paused"):
            raise UserError(
                self.env._(
                    "An import of “%s” is under way already. Wait for it, or cancel it on the channel's page.",
                    backend.name,
                )
            )
        if self.moves_start:
            backend.import_from = self.since
        backend._start_history(self.since, self.until)
        message = self.env._("The import has begun. Its progress is shown on the channel's page.")
        return notification(message, kind="success", following=backend._get_records_action())


class IntegrationImportCheck(models.TransientModel):
    """One thing that an import needs and that is missing."""

    _name = "integration.import.check"
    _description = "What an Import Lacks"
    _order = "id"

    wizard_id = fields.Many2one("integration.import", required=True, ondelete="cascade", index=True)
    severity = fields.Selection(SEVERITIES, readonly=True)
    title = fields.Char("What", readonly=True)
    detail = fields.Text("Why It Matters", readonly=True)
    action = fields.Char(readonly=True)

    def action_open(self):
        """Open the place where it can be solved."""
        self.ensure_one()
        backend = self.wizard_id.backend_id
        return self.env["integration.preflight"]._open(self.action, backend.company_id, backend)
