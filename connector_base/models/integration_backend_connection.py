from dataclasses import asdict
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..notification import SOFT_RELOAD, notification
from ..transport import ConfigurationError, TransportError
from .integration_backend_transport import server_option

# How far back the first import goes when nobody says otherwise
HISTORY_DAYS = 90
ACTIVITY_TYPE = "connector_base.mail_activity_type_connection"


class IntegrationBackend(models.Model):
    """Connection life cycle: draft -> connected <-> error, disconnected and back to connected."""

    _inherit = "integration.backend"

    state = fields.Selection(
        [
            ("draft", "Not connected"),
            ("connected", "Connected"),
            ("error", "Needs attention"),
            ("disconnected", "Disconnected"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    state_message = fields.Text(readonly=True, copy=False, help="What is wrong, and what to do.")
    account_key = fields.Char(
        string="Account", readonly=True, copy=False, help="What the platform calls the connected account."
    )
    connection_report = fields.Json(readonly=True, copy=False, groups="connector_base.group_integration_user")
    connection_summary = fields.Html(
        compute="_compute_connection_summary", sanitize=False, groups="connector_base.group_integration_user"
    )
    is_sandbox = fields.Boolean(compute="_compute_is_sandbox")
    last_check = fields.Datetime(string="Last Tested", readonly=True, copy=False)

    _account_uniq = models.UniqueIndex(
        "(platform, account_key) WHERE active IS TRUE AND state IN ('connected', 'error') AND only_scopes IS NOT TRUE",
        "This account is already connected.",
    )

    # === COMPUTE METHODS === #

    @api.depends("connection_report")
    def _compute_connection_summary(self):
        for backend in self:
            report = backend.connection_report
            backend.connection_summary = (
                self.env["ir.qweb"]._render("connector_base.connection_summary", {"report": report})
                if report
                else False
            )

    def _compute_is_sandbox(self):
        self.is_sandbox = bool(server_option("sandbox_url"))

    # === ACTION METHODS === #

    def action_test_connection(self):
        """Ask the platform who we are and what we may do; keep what it says on the backend."""
        self.ensure_one()
        self.check_access("write")
        try:
            report = self._check_account()
        except ConfigurationError as error:
            self.write({"last_check": fields.Datetime.now(), "state_message": self._error_text(error)})
            self._fail(error)
            return self._notification("danger", self.env._("The connection doesn't work"), self._error_text(error))
        except TransportError as error:
            return self._notification("warning", self.env._("No answer now"), self._user_message(error))
        if self.state == "draft":
            self.state_message = False
        self._recover()
        if report.missing:
            return self._notification(
                "warning",
                self.env._("%(account)s answers, but something is missing", account=report.account_name),
                " ".join(report.missing),
            )
        return self._notification(
            "success", self.env._("The connection works"), self.env._("Account: %(name)s", name=report.account_name)
        )

    def action_connect(self):
        """Test the credentials, take possession of the account, and start the first import.

        :raise UserError: refused; nothing is changed then
        """
        self.ensure_one()
        self.check_access("write")
        if self.state in ("connected", "error"):
            raise UserError(self.env._("%(backend)s is connected already.", backend=self.name))
        if not self.active:
            raise UserError(self.env._("%(backend)s is archived: restore it first.", backend=self.name))
        with self._user_errors():
            report = self._check_account()
        self._check_account_is_free(report.account_key)
        first_time = not self.account_key
        history = timedelta(days=min(HISTORY_DAYS, report.history_days or HISTORY_DAYS))
        since = self.import_from or fields.Datetime.now() - history
        self.write(
            {"state": "connected", "state_message": False, "account_key": report.account_key, "import_from": since}
        )
        self._start_work(since if first_time else None)
        return self._notification(
            "success",
            self.env._("Connected to %(account)s", account=report.account_name),
            " ".join(report.missing),
        )

    def action_disconnect(self):
        """Stop all work. Orders, bindings, settings and credentials stay: connecting again goes on from here."""
        self.check_access("write")
        for backend in self:
            backend._stop_work()
            backend.sudo().activity_unlink([ACTIVITY_TYPE])
            backend.write({"state": "disconnected", "state_message": False})

    def action_archive(self):
        self.filtered(lambda backend: backend.state in ("connected", "error")).action_disconnect()
        return super().action_archive()

    # === BUSINESS METHODS === #

    def _fail(self, error):
        """Note that the connection needs attention, and tell the responsible user once.

        Nothing happens while not connected, or when this very error is known already.

        :param ConfigurationError error: why work can't go on
        """
        self.ensure_one()
        backend = self.sudo()
        text = self._error_text(error)
        if backend.state not in ("connected", "error") or (backend.state == "error" and backend.state_message == text):
            return
        backend.write({"state": "error", "state_message": text})
        # two workers that fail at the same moment collide here, not in two activities
        backend.flush_recordset(["state", "state_message"])
        backend._tell_responsible(text)

    def _recover(self):
        """Note that the connection works, after it did not."""
        for backend in self.sudo().filtered(lambda backend: backend.state == "error"):
            backend.write({"state": "connected", "state_message": False})
            backend.activity_feedback([ACTIVITY_TYPE], feedback=self.env._("The connection works again."))

    def _check_account(self):
        """Return the platform's `ConnectionReport` and keep it.

        :raise TransportError: the platform refuses, or doesn't answer
        :raise ConfigurationError: the credentials belong to another account than the one connected before
        """
        self._ensure_credentials()
        report = self._adapter()._check_connection(self)
        if self.account_key and report.account_key != self.account_key:
            raise ConfigurationError(
                f"These credentials belong to another account: {report.account_name} ({report.account_key}).",
                remedy=f"The orders and products here are those of {self.account_key}: enter that account's "
                "credentials, or connect the other account as a channel of its own.",
            )
        self.write({"last_check": fields.Datetime.now(), "connection_report": asdict(report)})
        return report

    def _check_account_is_free(self, account_key):
        """Raise a UserError where another channel has the account; share it where all are for some parts of it."""
        others = self.sudo().search(self._sharer_domain(account_key))
        if others and all(others.mapped("only_scopes")):
            self.only_scopes = True
            return
        if not others:
            return
        others = others[:1]
        if "scopes" in self._adapter()._capabilities():
            raise UserError(
                self.env._(
                    "The account %(account)s is connected already. Disconnect that channel first, or let both share "
                    "the account: choose on its page, under Parts, “Only chosen parts” and the parts it is for. "
                    "Then connect this one.",
                    account=account_key,
                )
            )
        if others.sudo(False).has_access("read"):
            raise UserError(
                self.env._(
                    "The account %(account)s is connected already, as “%(backend)s”. Disconnect that one first, "
                    "or go on working with it.",
                    account=account_key,
                    backend=others.name,
                )
            )
        raise UserError(
            self.env._(
                "The account %(account)s is connected already, in another company. Ask its administrator to "
                "disconnect it there first.",
                account=account_key,
            )
        )

    def _start_work(self, since):
        """Register webhooks where the platform can reach us, and import.

        :param since: naive UTC datetime of the first import; None to go on where the last one ended
        """
        capabilities = self._adapter()._capabilities()
        if self._takes_webhooks():
            self.action_check_webhooks()
        if not since:
            self.action_sync_now()
            return
        if "orders_in" in capabilities:
            self._start_history(since)
        for resource in self._imported_resources():
            if resource != "orders":  # their history comes first, their changes are polled
                self._start_import(resource)
        if self._syncs("stock_out") or self._syncs("shipments_out"):
            self._read_locations_soon()

    def _stop_work(self):
        """Cancel what waits, and remove the platform's webhook subscriptions as far as it lets us."""
        self._stop_jobs()
        adapter = self._adapter()
        if "webhooks" not in adapter._capabilities():
            return
        try:
            adapter._remove_webhooks(self, self.sudo().webhook_url)
        except TransportError as error:
            self._message_log(
                body=self.env._(
                    "The webhooks could not be removed on the platform: %(error)s Its calls are refused from now on.",
                    error=error.message,
                )
            )

    def _stop_jobs(self):
        """Cancel what waits; what can go on does so when the channel is connected again."""
        unfinished = [("backend_id", "=", self.id), ("state", "in", ("pending", "processing"))]
        self.env["sync.job"].sudo().search(unfinished)._interrupt()

    def _tell_responsible(self, text):
        user = self.user_id or self.create_uid
        backend = self.with_context(lang=user.lang)
        note = Markup("<p>%s</p>") % Markup("<br/>").join(text.splitlines())
        activities = backend.activity_search([ACTIVITY_TYPE])
        if activities:
            activities.write({"note": note, "user_id": user.id})
        else:
            backend.activity_schedule(
                ACTIVITY_TYPE,
                summary=backend.env._("%(backend)s needs attention", backend=self.name),
                note=note,
                user_id=user.id,
            )

    def _error_text(self, error):
        return "\n".join(filter(None, (error.message, error.remedy)))

    def _notification(self, kind, title, message):
        sticky = kind in ("danger", "warning")
        return notification(message, kind=kind, title=title, sticky=sticky, following=SOFT_RELOAD)
