import ipaddress
import secrets
from urllib.parse import urlsplit

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

from ..engine.clock import naive
from ..transport.errors import DataError

WEBHOOK_PATH = "/connector/webhook"


class IntegrationBackend(models.Model):
    """What runs by itself for a sales channel: jobs, webhooks, polling."""

    _inherit = "integration.backend"

    webhook_token = fields.Char(
        copy=False,
        readonly=True,
        default=lambda self: secrets.token_urlsafe(24),
        groups="connector_base.group_integration_manager",
    )
    webhook_url = fields.Char(
        "Webhook Address",
        compute="_compute_webhook_url",
        groups="connector_base.group_integration_manager",
        help="Where the platform sends its events. Registered by itself; treat it like a password.",
    )
    webhooks_reachable = fields.Boolean(compute="_compute_webhooks_reachable")
    webhook_state = fields.Selection(
        [
            ("unchecked", "Not checked yet"),
            ("registered", "Registered"),
            ("partial", "Some were refused"),
            ("polling", "Polling only"),
        ],
        compute="_compute_webhook_state",
    )
    webhook_message = fields.Char(compute="_compute_webhook_state")
    webhook_check_state = fields.Selection(
        [("registered", "Registered"), ("partial", "Some were refused")], readonly=True, copy=False
    )
    webhook_check_message = fields.Char(readonly=True, copy=False)
    webhook_checked_at = fields.Datetime("Webhooks Checked", readonly=True, copy=False)
    cursor_ids = fields.One2many(
        "integration.cursor",
        "backend_id",
        "Polling",
        copy=False,
        groups="connector_base.group_integration_user",
    )

    jobs_waiting_count = fields.Integer("Jobs Under Way", compute="_compute_job_counts")
    jobs_failed_count = fields.Integer("Failed Jobs", compute="_compute_job_counts")
    events_waiting_count = fields.Integer("Events Waiting", compute="_compute_event_counts")
    events_failed_count = fields.Integer("Failed Events", compute="_compute_event_counts")
    webhooks_refused_count = fields.Integer(
        "Calls Refused", compute="_compute_event_counts", help="Webhook calls refused in the last 7 days."
    )

    _webhook_token_uniq = models.UniqueIndex("(webhook_token)", "This webhook address is taken.")

    # === ADDRESS === #

    @api.model
    def _public_url(self):
        """Return the address under which the internet reaches this Odoo, without trailing slash."""
        parameters = self.env["ir.config_parameter"].sudo()
        url = parameters.get_param("connector_base.public_url") or parameters.get_param("web.base.url") or ""
        return url.rstrip("/")

    @api.depends("webhook_token", "platform")
    def _compute_webhook_url(self):
        base = self._public_url()
        for backend in self:
            token = backend.sudo().webhook_token
            backend.webhook_url = f"{base}{WEBHOOK_PATH}/{backend.platform}/{token}" if token else False

    def _compute_webhooks_reachable(self):
        # The sandbox runs beside us and reaches any address.
        public = is_public(self._public_url())
        for backend in self:
            backend.webhooks_reachable = public or backend.is_sandbox

    def _takes_webhooks(self):
        """Whether the platform can tell us of changes: it does so with these settings, and reaches this server."""
        self.ensure_one()
        return bool(self.platform) and self.webhooks_reachable and self._syncs("webhooks")

    def _is_told(self):
        """Whether the platform does tell us of changes, as far as we know: then polling is only the safety net."""
        return self._takes_webhooks()

    def _polling_only_reason(self):
        """Return what staff read where the platform doesn't tell us of changes."""
        if self.platform and not self._syncs("webhooks"):
            return self.env._("Polling only: the platform doesn't tell of changes, or not with these settings.")
        return self.env._(
            "Polling only: the platform can't call %(url)s, which is no public https address. Set the system parameter "
            "connector_base.public_url (or web.base.url) to one to get changes within seconds.",
            url=self._public_url() or self.env._("(no address)"),
        )

    @api.depends("platform", "webhooks_reachable", "webhook_check_state", "webhook_check_message")
    def _compute_webhook_state(self):
        for backend in self:
            if backend._takes_webhooks():
                backend.webhook_state = backend.webhook_check_state or "unchecked"
                backend.webhook_message = backend.webhook_check_message
            else:
                backend.webhook_state = "polling"
                backend.webhook_message = backend._polling_only_reason()

    def _set_webhook_state(self, state, message):
        """Keep what a check of the subscriptions found."""
        self.sudo().write(
            {
                "webhook_check_state": state,
                "webhook_check_message": message,
                "webhook_checked_at": fields.Datetime.now(),
            }
        )

    def _disconnected_by_platform(self, error):
        """The merchant removed our app: stop, and tell the responsible user once."""
        self._fail(error)
        self._stop_jobs()
        self.write({"state": "disconnected", "state_message": self.env._("Disconnected on the platform: %s", error)})

    # === JOBS === #

    def _enqueue(
        self,
        operation,
        *,
        arguments=None,
        priority=None,
        external_id="",
        record=None,
        name="",
        eta=None,
        identity_key=None,
    ):
        """Queue sync work for this backend; return its `sync.job`.

        :param str operation: a value of `sync.job.operation`
        :param dict arguments: ids only, passed to `_run_<operation>`; no data, no secrets
        :param int priority: 0 to 100, higher first; the operation's own when not given
        :param record: the Odoo record the job is about, if one
        :param eta: seconds from now, or a naive UTC datetime, before which it is not started
        :param str identity_key: return the job that waits under this key, instead of a second one
        """
        self.ensure_one()
        values = {"arguments": arguments, "priority": priority, "external_id": external_id, "name": name}
        values = {field: value for field, value in values.items() if value not in (None, "")}
        if record:
            values.update(res_model=record._name, record_id=record.id)
        jobs = self.env["sync.job"].sudo()
        return jobs._enqueue(self, operation, values, eta=eta, identity_key=identity_key).with_env(self.env)

    def _ensure_drain(self, eta=None):
        """Make sure that a drain of this backend's events waits to be started; see `_ensure_waiting`."""
        self._ensure_waiting("drain_webhooks", eta=eta)

    def _ensure_waiting(self, operation, eta=None):
        """Make sure that a job of `operation`, which takes no arguments, waits to be started.

        Race-free only when what it is to see was committed before the transaction of this look began: a job that has
        not started then sees it. Two looks at once may both queue one, which costs a job with nothing to do.
        """
        self.ensure_one()
        key = f"{operation}:{self.id}"
        # Raw SQL on queue_job's own partial index: this look is made for every webhook and every pushed change.
        self.env.cr.execute(
            "SELECT 1 FROM queue_job WHERE identity_key = %s AND state IN ('pending', 'enqueued', 'wait_dependencies')"
            " LIMIT 1",
            [key],
        )
        if not self.env.cr.rowcount:
            self._enqueue(operation, identity_key=key, eta=eta)

    # === POLLING === #

    def _cursor(self, resource):
        """Return the cursor of `resource`, made when it is missing."""
        self.ensure_one()
        cursors = self.env["integration.cursor"].sudo()
        cursor = cursors.search([("backend_id", "=", self.id), ("resource", "=", resource)])
        if cursor:
            return cursor
        try:
            return cursors.create(
                {"backend_id": self.id, "resource": resource, "interval_minutes": cursors._interval(resource)}
            )
        except UniqueViolation as error:
            raise ConcurrencyError("another transaction made the cursor") from error

    def _start_import(self, resource, since=None):
        """Queue the import of what was updated since `since` (aware or naive UTC); return its `sync.job`.

        While one is under way that one is returned: it is not disturbed.
        """
        cursor = self._cursor(resource)
        cursor._lock_start()
        if not cursor._running():  # an import that writes on the cursor must not lose a race against who only asks
            cursor.fingerprint = False  # somebody wants to have it read
        if since and since.tzinfo:
            since = naive(since)
        return cursor._start(since).with_env(self.env)

    def _look_for_orders(self):
        """Read the orders now, where nobody tells of them: some may say what became of goods."""
        cursor = self._cursor("orders")
        if self._is_told() or cursor.paused or cursor._running():
            return
        for free in cursor.try_lock_for_update(allow_referencing=True):
            free._start()

    def _imported_resources(self):
        """Return the resources that are polled: those the platform has and people want."""
        resources = self.env["integration.cursor"]._fields["resource"].get_values(self.env)
        return [resource for resource in resources if self._syncs(f"{resource}_in")]

    def _read_orders(self, external_ids):
        """Read orders in one call; when the platform or the parser refuses the batch, one by one.

        :return: the canonical orders, and {external id: DataError} of those that can't be read
        """
        self.ensure_one()
        try:
            return list(self._adapter()._fetch_orders_by_id(self, external_ids)), {}
        except DataError as error:
            if len(external_ids) == 1:
                return [], {external_ids[0]: error}
        documents, errors = [], {}
        for external_id in external_ids:
            found, failed = self._read_orders([external_id])
            documents += found
            errors.update(failed)
        return documents, errors

    def action_sync_now(self):
        """Ask the platform for changes now, and process the events that wait."""
        self.ensure_one()
        self.check_access("read")
        if self.state != "connected":
            raise UserError(
                self.env._("“%s” is not connected. Connect it first, or solve what its page says.", self.name)
            )
        jobs = self.env["sync.job"]
        for resource in self._imported_resources():
            jobs |= self._start_import(resource)
        self._ensure_drain()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imports Under Way"),
            "res_model": "sync.job",
            "domain": [("id", "in", jobs.ids)],
            "views": [(False, "list"), (False, "form")],
        }

    # === WEBHOOK SUBSCRIPTIONS === #

    def action_check_webhooks(self):
        """Queue a check (and repair) of the platform's webhook subscriptions."""
        for backend in self:
            backend.check_access("read")
            if not backend._takes_webhooks():
                raise UserError(backend._polling_only_reason())
            backend._enqueue("check_webhooks", identity_key=f"check_webhooks:{backend.id}")
        return self._notification(
            "info",
            self.env._("The webhooks are being checked"),
            self.env._("What was found stands here in a few seconds: reload the page."),
        )

    @api.model
    def _cron_check_webhooks(self):
        """Once a day: platforms drop subscriptions after failed deliveries."""
        for backend in self.search([("state", "=", "connected")]):
            if backend._takes_webhooks():
                backend._enqueue("check_webhooks", identity_key=f"check_webhooks:{backend.id}")

    # === NUMBERS AND WHAT THEY COUNT === #

    def _compute_job_counts(self):
        counts = {
            (backend.id, state): count
            for backend, state, count in self.env["sync.job"]._read_group(
                [("backend_id", "in", self.ids), ("state", "in", ("pending", "processing", "failed"))],
                ["backend_id", "state"],
                ["__count"],
            )
        }
        for backend in self:
            backend.jobs_waiting_count = counts.get((backend.id, "pending"), 0) + counts.get(
                (backend.id, "processing"), 0
            )
            backend.jobs_failed_count = counts.get((backend.id, "failed"), 0)

    def _compute_event_counts(self):
        events = {
            (backend.id, state): count
            for backend, state, count in self.env["integration.webhook.event"]
            .sudo()
            ._read_group(
                [("backend_id", "in", self.ids), ("state", "in", ("new", "failed"))],
                ["backend_id", "state"],
                ["__count"],
            )
        }
        refusals = dict(
            self.env["integration.webhook.refusal"]
            .sudo()
            ._read_group([("backend_id", "in", self.ids), ("day", ">", "-7d")], ["backend_id"], ["count:sum"])
        )
        for backend in self:
            backend.events_waiting_count = events.get((backend.id, "new"), 0)
            backend.events_failed_count = events.get((backend.id, "failed"), 0)
            backend.webhooks_refused_count = refusals.get(backend, 0)

    def _open(self, xmlid, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "domain": [("backend_id", "in", self.ids), *domain], "context": {}}

    def action_open_jobs_waiting(self):
        return self._open("connector_base.action_sync_job", [("state", "in", ("pending", "processing"))])

    def action_open_jobs_failed(self):
        return self._open("connector_base.action_sync_job", [("state", "=", "failed")])

    def action_open_events(self):
        return self._open("connector_base.action_integration_webhook_event", [("state", "=", "new")])

    def action_open_refusals(self):
        return self._open("connector_base.action_integration_webhook_refusal", [])


def is_public(url):
    """Say whether the internet can reach `url`: https, and no local name or private address."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or "." not in host or host.endswith((".local", ".localhost", ".internal", ".test")):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True  # a name
