import functools
import os
from configparser import ConfigParser
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config, format_datetime

from ..engine.api_budget import PgBudget
from ..engine.api_call_log import ApiCallLog
from ..transport import RateLimited, Session, TransientError, TransportError

# Seconds a person waits for the platform's budget before being told when to come back.
PATIENCE = 3.0


def server_option(name):
    """Return an option of this server: environment variable ODOO_INTEGRATION_<NAME>, else section [integration].

    The section stands in odoo.conf; `odoo.tools.config` reads [options] only. `encryption_keys` is called
    ODOO_INTEGRATION_KEYS in the environment. Empty text when it is set nowhere.
    """
    variable = "KEYS" if name == "encryption_keys" else name.upper()
    value = os.environ.get(f"ODOO_INTEGRATION_{variable}")
    if value is None and config["config"] and os.path.exists(config["config"]):
        value = _section(config["config"], os.stat(config["config"]).st_mtime_ns).get(name)
    return (value or "").strip()


@functools.lru_cache(maxsize=1)
def _section(path, _changed_at):
    """Return section [integration] of the file; read again when it was changed: each webhook asks for a key."""
    parser = ConfigParser(interpolation=None)
    parser.read(path)
    return dict(parser["integration"]) if parser.has_section("integration") else {}


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    debug_until = fields.Datetime(
        string="Record Bodies Until",
        copy=False,
        tracking=True,
        help="Until then the API calls keep what was sent and received, without secrets, for a day. "
        "It helps to understand a failure; it also keeps personal data of customers.",
    )
    api_call_count = fields.Integer(compute="_compute_api_counts", string="API Calls (24 h)")
    api_error_count = fields.Integer(compute="_compute_api_counts", string="Failed API Calls (24 h)")
    budget_left = fields.Float(
        compute="_compute_budget_left",
        string="API Budget Left (%)",
        help="What the tightest of the platform's budgets has left at this moment.",
    )

    def _compute_api_counts(self):
        """Count the calls of the last 24 full hours and the current one."""
        counts = self.env["integration.api.usage"]._read_group(
            [("backend_id", "in", self.ids), ("hour", ">=", fields.Datetime.now() - timedelta(hours=25))],
            ["backend_id"],
            ["calls:sum", "errors:sum"],
        )
        by_backend = {backend.id: (calls, errors) for backend, calls, errors in counts}
        for backend in self:
            backend.api_call_count, backend.api_error_count = by_backend.get(backend.id, (0, 0))

    @api.depends("platform", "account_key")
    def _compute_budget_left(self):
        budgets = self.env["integration.rate.limit"].search(
            [("account_key", "in", [backend._budget_key() for backend in self])]
        )
        for backend in self:
            own = budgets.filtered(
                lambda budget, backend=backend: (
                    (budget.platform, budget.account_key) == (backend.platform, backend._budget_key())
                )
            )
            backend.budget_left = min(own.mapped("available_percent"), default=100.0)

    def unlink(self):
        """Override of `odoo` to forget the calls too: no foreign key does it."""
        for model in ("integration.api.call", "integration.api.usage"):
            self.env[model].sudo().search([("backend_id", "in", self.ids)]).unlink()
        return super().unlink()

    # === ACTIONS === #

    def action_view_api_calls(self):
        """Open the API calls of this backend."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("connector_base.action_integration_api_call")
        return {**action, "domain": [("backend_id", "=", self.id)], "context": {}}

    def action_view_api_errors(self):
        """Open the failed API calls of this backend."""
        return {**self.action_view_api_calls(), "context": {"search_default_failed": 1}}

    def action_view_api_usage(self):
        """Open the hourly figures of this backend."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("connector_base.action_integration_api_usage")
        return {**action, "domain": [("backend_id", "=", self.id)], "context": {}}

    # === TALKING TO THE PLATFORM === #

    def _session(self, auth=None, *, verify=True):
        """Return the `transport.Session` for all calls of this backend.

        Context: `integration_lane` names the share of the budget that is used (default: interactive);
        `integration_in_job` forbids to sleep; `integration_job_id` is the sync job the calls are recorded for.

        :param auth: puts the credentials on each request, see `transport.Session`
        :param bool verify: False: take any certificate; only where the merchant has chosen so
        """
        self.ensure_one()
        return Session(
            auth=auth,
            recorder=ApiCallLog(self),
            budget=PgBudget(
                self.env.registry,
                self.platform,
                self._budget_key(),
                self._lane(),
                self._adapter()._default_budget,
            ),
            patience=0.0 if self.env.context.get("integration_in_job") else PATIENCE,
            slots=self._call_slots(),
            redirect=server_option("sandbox_url"),
            verify=verify,
        )

    def _lane(self):
        return self.env.context.get("integration_lane") or "interactive"

    def _budget_key(self):
        """Return the key of the account's budget: backends of one account share it."""
        return self.account_key or f"#{self.id}"

    @contextmanager
    def _user_errors(self):
        """Turn the errors of transport into messages for the person who pressed the button.

        :raise UserError: what happened, why, and what to do
        """
        try:
            yield
        except TransportError as error:
            raise UserError(self._user_message(error)) from error

    def _user_message(self, error):
        """Return what a `TransportError` says to a user, in paragraphs."""
        name = self.display_name
        if isinstance(error, RateLimited):
            until = fields.Datetime.now() + timedelta(seconds=max(error.retry_after or 60.0, 1.0))
            lines = [
                self.env._("%(name)s: the platform takes no more calls from this account for the moment.", name=name),
                self.env._(
                    "Please try again after %(time)s. Waiting jobs go on by themselves.",
                    time=format_datetime(self.env, until, dt_format="medium"),
                ),
            ]
        elif isinstance(error, TransientError):
            lines = [
                self.env._("%(name)s can't be reached at the moment: %(message)s", name=name, message=error.message),
                self.env._("Please try again in a few minutes. Waiting jobs go on by themselves."),
            ]
        else:
            lines = [
                self.env._("%(name)s: %(message)s", name=name, message=error.message),
                error.remedy,
            ]
        if error.request_id:
            lines.append(self.env._("Request ID for the platform's support: %(id)s", id=error.request_id))
        return "\n\n".join(line for line in lines if line)
