from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import Form, tagged

from odoo.addons.connector_base.models.integration_backend_connection import HISTORY_DAYS
from odoo.addons.connector_base.transport import ConfigurationError
from odoo.addons.connector_base.wizards.integration_connect import MASK

from .common import SECRET, BackendCase

WEBHOOK_SECRET = "webhook-secret-0123456789"


@tagged("post_install", "-at_install")
class TestConnectWizard(BackendCase):
    def setUp(self):
        super().setUp()
        Backend = type(self.backend)
        for name in ("_start_history", "action_sync_now", "action_check_webhooks"):
            patcher = patch.object(Backend, name)
            patcher.start()
            self.addCleanup(patcher.stop)

    def wizard(self, **vals):
        vals = {"platform": "fake", "fake_token": SECRET, "fake_webhook_secret": WEBHOOK_SECRET, **vals}
        return self.env["integration.connect"].with_user(self.manager).create(vals)

    def backends(self):
        return self.env["integration.backend"].search([("platform", "=", "fake")]) - self.backend

    def test_connect(self):
        action = self.wizard(name="My Shop").action_connect()
        backend = self.backends()
        self.assertEqual((action["res_model"], action["res_id"]), ("integration.backend", backend.id))
        self.assertEqual((backend.name, backend.state), ("My Shop", "connected"))
        self.assertEqual(backend.company_id, self.company)
        self.assertEqual(backend.user_id, self.manager)
        self.assertEqual(backend._secret("token"), SECRET)
        self.assertEqual(backend._webhook_secrets(), [WEBHOOK_SECRET])

    def test_choices_of_the_first_import(self):
        since = fields.Datetime.to_datetime("2025-03-01 00:00:00")
        self.wizard(import_from=since, unknown_product="create", tax_policy="create").action_connect()
        backend = self.backends()
        self.assertEqual(
            (backend.import_from, backend.unknown_product, backend.tax_policy), (since, "create", "create")
        )

    def test_choices_left_alone(self):
        self.wizard().action_connect()
        backend = self.backends()
        self.assertEqual((backend.unknown_product, backend.tax_policy), ("placeholder", "match"))
        self.assertAlmostEqual(
            backend.import_from, fields.Datetime.now() - timedelta(days=HISTORY_DAYS), delta=timedelta(minutes=1)
        )

    def test_named_after_the_account(self):
        self.wizard().action_connect()
        self.assertEqual(self.backends().name, "Fake Shop")

    def test_optional_secret_left_out(self):
        self.wizard(fake_webhook_secret=False).action_connect()
        self.assertEqual(self.backends()._webhook_secrets(), [])

    def test_refused_leaves_nothing_behind(self):
        wizard = self.wizard()
        self.fake.error = ConfigurationError("The platform refuses the token.", remedy="Enter a new one.")
        with self.assertRaisesRegex(UserError, "The platform refuses the token"), self.env.cr.savepoint():
            wizard.action_connect()
        self.assertFalse(self.backends())
        self.fake.error = None
        wizard.action_connect()
        self.assertEqual(self.backends().state, "connected")

    def test_connected_account_is_refused(self):
        self.wizard().action_connect()
        with self.assertRaisesRegex(UserError, "connected already, as “Fake Shop”"), self.env.cr.savepoint():
            self.wizard().action_connect()
        self.fake.report = replace(self.fake.report, account_key="second.example")
        self.wizard().action_connect()
        self.assertEqual(len(self.backends()), 2)

    def test_secrets_are_masked_and_encrypted(self):
        spec = {"fake_token": {}, "fake_webhook_secret": {}, "platform": {}}
        answer = call_kw(
            self.env(user=self.manager)["integration.connect"],
            "web_save",
            [[], {"platform": "fake", "fake_token": SECRET}, spec],
            {},
        )[0]
        self.assertEqual(answer["fake_token"], MASK)
        self.assertFalse(answer["fake_webhook_secret"])
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(c)::text FROM integration_connect c WHERE id = %s", [answer["id"]])
        row = self.env.cr.fetchone()[0]
        self.assertNotIn(SECRET, row)
        self.assertIn("gAAAA", row)

    def test_saving_the_mask_changes_nothing(self):
        wizard = self.wizard()
        wizard.write({"fake_token": MASK, "name": "Again"})
        self.assertEqual(wizard._entered_secrets()["fake_token"], SECRET)
        wizard.write({"fake_token": MASK + "another-token-012345"})
        self.assertEqual(
            wizard._entered_secrets(), {"fake_token": "another-token-012345", "fake_webhook_secret": WEBHOOK_SECRET}
        )

    def test_secrets_are_forgotten_when_connected(self):
        wizard = self.wizard()
        wizard.action_connect()
        self.assertFalse(wizard.sudo().secrets)

    def test_nobody_reads_the_secrets(self):
        wizard = self.wizard()
        with self.assertRaises(AccessError):
            call_kw(self.env(user=self.manager)["integration.connect"], "read", [wizard.ids, ["secrets"]], {})
        self.assertNotIn(SECRET, str(wizard.read()))

    def test_no_key(self):
        self.use_keys()
        with self.assertRaisesRegex(UserError, "No encryption key"):
            self.wizard()

    def test_only_managers(self):
        for user in (self.user, self.salesman):
            with self.assertRaises(AccessError):
                self.env["integration.connect"].with_user(user).create({"platform": "fake"})

    def test_form(self):
        form = Form(self.env["integration.connect"].with_user(self.manager))
        form.platform = "fake"
        self.assertFalse(form.encryption_problem)
        self.assertEqual(form.save().company_id, self.company)
