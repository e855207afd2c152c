"""A platform of our own for tests: connector_base names no real one."""

import os
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import Command, fields, models
from odoo.tests import TransactionCase

from odoo.addons.connector_base.transport import ConnectionReport, WebhookReport
from odoo.addons.queue_job.job import Job

SECRET = "swordfish-7f3a9c01d2e4b586-fin1"


def run_queue_job(job):
    """Run the queue job of a sync job to its end, as the runner's controller does."""
    queued = Job.load(job.env, job.queue_job_id.uuid)
    queued.set_started()
    queued.store()
    queued.perform()
    queued.set_done()
    queued.store()
    job.env.flush_all()
    job.env.invalidate_all()


class FakeState:
    """What the fake platform answers, and what it was asked."""

    def __init__(self):
        self.report = ConnectionReport(
            account_name="Fake Shop",
            account_key="fake-shop.example",
            facts=(("Plan", "Basic"),),
            currency="EUR",
        )
        self.error = None
        self.calls = []


def install_fake_platform(test_class):
    """Add platform `fake` to the registry for the time of `test_class`; return its `FakeState`."""
    from odoo.orm.model_classes import add_to_registry  # noqa: PLC0415

    state = FakeState()

    class FakeAdapter(models.AbstractModel):
        _module = None
        _name = "integration.adapter.fake"
        _inherit = "integration.adapter"
        _description = "Fake Adapter"

        def _capabilities(self):
            return frozenset({"orders_in", "webhooks"})

        def _credential_keys(self):
            return {"token": ("Access Token", False), "webhook_secret": ("Webhook Secret", True)}

        def _default_budget(self):
            return {"api": (100, 10)}

        def _check_connection(self, backend):
            state.calls.append(("check", backend._secret("token")))
            if state.error:
                raise state.error
            return state.report

        def _order_url(self, backend, external_id):
            return f"https://fake-shop.example/orders/{external_id}"

        def _record_url(self, backend, resource, external_id, *, parent_external_id=""):
            if resource == "variant":
                return f"https://fake-shop.example/products/{parent_external_id}/variants/{external_id}"
            return super()._record_url(backend, resource, external_id, parent_external_id=parent_external_id)

        def _ensure_webhooks(self, backend, address):
            state.calls.append(("ensure_webhooks", address))
            return WebhookReport()

        def _remove_webhooks(self, backend, address):
            state.calls.append(("remove_webhooks", address))
            if state.error:
                raise state.error

    class FakeBackend(models.Model):
        _module = None
        _name = "integration.backend"
        _inherit = ["integration.backend"]

        platform = fields.Selection(selection_add=[("fake", "Fake Platform")], ondelete={"fake": "cascade"})

    class FakeConnect(models.TransientModel):
        _module = None
        _name = "integration.connect"
        _inherit = ["integration.connect"]

        fake_token = fields.Char(compute="_compute_secrets", inverse="_inverse_secrets")
        fake_webhook_secret = fields.Char(compute="_compute_secrets", inverse="_inverse_secrets")

        def _fake_connection_values(self):
            return {}, {"token": self.fake_token, "webhook_secret": self.fake_webhook_secret}

    registry = test_class.registry
    changed = ["integration.backend", "integration.connect"]
    bases = {name: registry[name]._base_classes__ for name in changed}

    def uninstall():
        for name in changed:
            registry[name]._base_classes__ = bases[name]
        del registry.models["integration.adapter.fake"]
        registry["integration.adapter"]._inherit_children.discard("integration.adapter.fake")
        registry._setup_models__(test_class.env.cr, changed)

    test_class.addClassCleanup(uninstall)
    for model in (FakeAdapter, FakeBackend, FakeConnect):
        add_to_registry(registry, model)
    registry._setup_models__(test_class.env.cr, [*changed, "integration.adapter.fake"])
    return state


class BackendCase(TransactionCase):
    """A backend of the fake platform, an encryption key, users with different rights, a second company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = Fernet.generate_key().decode()
        cls.enterClassContext(patch.dict(os.environ, {"ODOO_INTEGRATION_KEYS": cls.key}))
        cls.fake = install_fake_platform(cls)
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True, no_reset_password=True))
        cls.company = cls.env.company
        cls.other_company = cls.env["res.company"].create({"name": "Other Company"})
        cls.manager, cls.user, cls.salesman, cls.employee, cls.stranger = cls.env["res.users"].create(
            [
                cls.user_values("manager", "connector_base.group_integration_manager", "base.group_partner_manager"),
                cls.user_values("user", "connector_base.group_integration_user"),
                cls.user_values("salesman", "sales_team.group_sale_salesman"),
                cls.user_values("employee", "base.group_user"),
                {
                    **cls.user_values(
                        "stranger", "connector_base.group_integration_manager", "sales_team.group_sale_manager"
                    ),
                    "company_id": cls.other_company.id,
                    "company_ids": [Command.set(cls.other_company.ids)],
                },
            ]
        )
        cls.backend = cls.env["integration.backend"].create(
            {"name": "Main Shop", "platform": "fake", "user_id": cls.manager.id}
        )
        cls.credential = cls.backend.credential_ids.filtered(lambda credential: credential.key == "token")
        cls.webhook_credential = cls.backend.credential_ids - cls.credential

    @classmethod
    def user_values(cls, name, *groups):
        """Return the values of a user who never logs in: passwords take long to hash."""
        return {
            "name": name,
            "login": f"integration_{name}",
            "email": f"{name}@example.com",
            "group_ids": [Command.set([cls.env.ref(group).id for group in groups])],
        }

    def setUp(self):
        super().setUp()
        self.fake.__init__()

    def use_keys(self, *keys):
        """Configure `keys` as the server's encryption keys for the rest of the test."""
        patcher = patch.dict(os.environ, {"ODOO_INTEGRATION_KEYS": ",".join(keys)})
        patcher.start()
        self.addCleanup(patcher.stop)
