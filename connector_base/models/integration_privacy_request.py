import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError

_logger = logging.getLogger(__name__)

PRIVACY_PATH = "/connector/privacy"
ACTIVITY_TYPE = "connector_base.mail_activity_type_privacy"
# How many days there are to answer: https://gdpr-info.eu/art-12-gdpr/ (one month)
DAYS = 30


class IntegrationPrivacyRequest(models.Model):
    """What privacy law made a platform ask of us, and what was done: nobody deletes it.

    Done by `integration.privacy.officer`. Of the customer this keeps the platform's ids only, once it is done.
    """

    _name = "integration.privacy.request"
    _description = "Privacy Request"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "account_key"

    kind = fields.Selection(
        [
            ("export", "Tell what is known of a customer"),
            ("erase_customer", "Erase a customer"),
            ("erase_account", "Erase the data of an account"),
        ],
        string="What Is Asked",
        required=True,
        readonly=True,
    )
    backend_id = fields.Many2one(
        "integration.backend", string="Sales Channel", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    platform = fields.Char(required=True, readonly=True)
    account_key = fields.Char(string="Account", required=True, readonly=True)
    event_id = fields.Char(string="Delivery ID", required=True, readonly=True)
    customer_external_id = fields.Char(string="Platform Customer ID", readonly=True)
    email = fields.Char(readonly=True, help="Forgotten when the customer is erased.")
    order_external_ids = fields.Json(string="Platform Order IDs", readonly=True)
    received_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    due_date = fields.Date(
        readonly=True,
        default=lambda self: fields.Date.today() + timedelta(days=DAYS),
        help="Until then it must be done.",
    )
    done_at = fields.Datetime(readonly=True)
    state = fields.Selection(
        [("new", "New"), ("waiting", "Can't be done yet"), ("done", "Done")],
        required=True,
        readonly=True,
        default="new",
        tracking=True,
    )
    result = fields.Text(readonly=True, help="What was done, or why it can't be done yet.")
    partner_ids = fields.Many2many("res.partner", string="Contacts", readonly=True, context={"active_test": False})
    attachment_id = fields.Many2one("ir.attachment", string="File for the Customer", readonly=True, ondelete="set null")

    _event_uniq = models.UniqueIndex("(platform, event_id, COALESCE(backend_id, 0))", "This request is kept already.")
    _open_idx = models.Index("(id) WHERE state != 'done'")

    # === INBOX === #

    @api.model
    def _store(self, platform, call):
        """Keep a `PrivacyCall` for each sales channel of its account, and have it done right after this transaction.

        Channels that are disconnected or archived count too: they still hold data. One call is kept once.
        """
        backends = (
            self.env["integration.backend"]
            .with_context(active_test=False)
            .search([("platform", "=", platform), ("account_key", "=", call.account_key)])
        )
        known = self.search([("platform", "=", platform), ("event_id", "=", call.event_id)])
        values = {
            "kind": call.kind,
            "platform": platform,
            "account_key": call.account_key,
            "event_id": call.event_id,
            "customer_external_id": call.customer_external_id,
            "email": call.email,
            "order_external_ids": list(call.order_external_ids),
        }
        owners = [
            {"backend_id": backend.id, "company_id": backend.company_id.id} for backend in backends - known.backend_id
        ]
        if not backends and not known:
            owners = [{}]
        requests = self.create([{**values, **owner} for owner in owners])
        if requests:
            self.env.ref("connector_base.cron_process_privacy_requests")._trigger()
        return requests

    # === WORK === #

    @api.model
    def _cron_process(self):
        """Do what is open; what can't be done yet is tried again each day."""
        self.search([("state", "!=", "done")], order="id")._process()

    def _process(self):
        """Do what is asked. What fails says so, and is tried again."""
        officer = self.env["integration.privacy.officer"]
        for request in self:
            try:
                with self.env.cr.savepoint():
                    done, text = getattr(officer, f"_do_{request.kind}")(request)
                    request._settle(done, text)
            except psycopg2.OperationalError:
                raise
            except Exception as error:  # one request must not hold up the others, which have their date too
                _logger.exception("privacy request %s failed", request.id)
                request._settle(False, self.env._("It failed: %s. Look at the server's log.", error))

    def _settle(self, done, text):
        self.write({"state": "done" if done else "waiting", "result": text})
        if done:
            values = {"done_at": fields.Datetime.now()}
            if self.kind == "erase_customer":
                values.update(email=False)
            self.write(values)
            self.activity_feedback([ACTIVITY_TYPE], feedback=text)
        else:
            self._tell_responsible(text)

    def _tell_responsible(self, text):
        """Have somebody look at it until its date, once."""
        user = self.backend_id.user_id or self.backend_id.create_uid or self.env.ref("base.user_admin")
        if not self.activity_search([ACTIVITY_TYPE]):
            self.activity_schedule(
                ACTIVITY_TYPE, date_deadline=self.due_date, summary=self._label(), note=text, user_id=user.id
            )

    def _label(self):
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    # === PEOPLE === #

    def action_process(self):
        """Try again now."""
        self._check_manager()
        self.sudo().filtered(lambda request: request.state != "done")._process()

    def action_settle(self):
        """Note that staff did by hand what is asked."""
        self._check_manager()
        for request in self.sudo().filtered(lambda request: request.state != "done"):
            text = self.env._("Done by hand by %(user)s.", user=self.env.user.name)
            request._settle(True, "\n".join(filter(None, (text, request.result))))

    def action_download(self):
        """Download the file for the customer."""
        self.ensure_one()
        self._check_manager()
        url = f"/web/content/{self.attachment_id.id}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group("connector_base.group_integration_manager"):
            raise AccessError(self.env._("Only managers of the Integrations app may answer privacy requests."))


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    privacy_url = fields.Char(
        "Privacy Address",
        compute="_compute_privacy_url",
        help="Enter it in the app's settings on the platform: there it asks by law for customers' data to be told or "
        "erased. One address for all stores of an app.",
    )

    @api.depends("platform")
    def _compute_privacy_url(self):
        base = self._public_url()
        for backend in self:
            able = backend.platform and "privacy" in backend._adapter()._capabilities()
            backend.privacy_url = f"{base}{PRIVACY_PATH}/{backend.platform}" if able else False
