from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.connector_base import encryption
from odoo.addons.connector_base.wizards import integration_key_rotation

from .common import SECRET, BackendCase


@tagged("post_install", "-at_install")
class TestKeyRotation(BackendCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_key = Fernet.generate_key().decode()
        cls.env["integration.credential"].search([]).write({"ciphertext": False})
        cls.backend._set_secret("token", SECRET)
        cls.backend._set_secret("webhook_secret", "old-secret-0123456789")
        cls.backend._set_secret("webhook_secret", "new-secret-0123456789")

    def wizard(self):
        return self.env["integration.key.rotation"].with_user(self.manager).create({})

    def test_all_credentials_get_the_first_key(self):
        self.use_keys(self.new_key, self.key)
        wizard = self.wizard()
        self.assertEqual(wizard.outdated_count, 2)
        with patch.object(integration_key_rotation, "BATCH_SIZE", 1):
            wizard.action_rotate()
        self.assertIn("anew: 2.", wizard.result)
        self.use_keys(self.new_key)
        self.assertEqual(self.backend._secret("token"), SECRET)
        self.assertEqual(self.backend._webhook_secrets(), ["new-secret-0123456789", "old-secret-0123456789"])

    def test_nothing_to_do(self):
        before = self.credential.sudo().ciphertext
        wizard = self.wizard()
        self.assertEqual(wizard.outdated_count, 0)
        wizard.action_rotate()
        self.assertIn("anew: 0.", wizard.result)
        self.assertEqual(self.credential.sudo().ciphertext, before)

    def test_shows_fingerprints_and_no_keys(self):
        self.use_keys(self.new_key, self.key)
        wizard = self.wizard()
        self.assertEqual(
            wizard.usage["keys"],
            [
                {"fingerprint": encryption.fingerprint(self.new_key), "count": 0},
                {"fingerprint": encryption.fingerprint(self.key), "count": 2},
            ],
        )
        shown = str(wizard.read())
        self.assertIn(encryption.fingerprint(self.key), shown)
        self.assertNotIn(self.key, shown)
        self.assertNotIn(self.new_key, shown)
        self.assertIn(encryption.NEW_KEY_COMMAND, shown)

    def test_unreadable_ones_are_named_and_left_alone(self):
        self.use_keys(self.new_key)
        self.backend._set_secret("token", SECRET)
        wizard = self.wizard()
        self.assertEqual(wizard.usage["lost_count"], 1)
        self.assertIn("Main Shop: Webhook Secret", str(wizard.summary))
        before = self.webhook_credential.sudo().ciphertext
        wizard.action_rotate()
        self.assertIn("1 can't be read", wizard.result)
        self.assertEqual(self.webhook_credential.sudo().ciphertext, before)

    def test_other_companies_are_counted_not_named(self):
        self.use_keys(self.new_key)
        wizard = self.env["integration.key.rotation"].with_user(self.stranger).create({})
        self.assertEqual(wizard.usage["lost_count"], 2)
        self.assertEqual(wizard.usage["lost"], [])

    def test_no_key(self):
        self.use_keys()
        wizard = self.wizard()
        self.assertIn("No encryption key", wizard.problem)
        self.assertFalse(wizard.summary)

    def test_only_managers(self):
        with self.assertRaises(AccessError):
            self.env["integration.key.rotation"].with_user(self.user).create({})

    def test_form(self):
        form = Form(self.env["integration.key.rotation"].with_user(self.manager))
        self.assertFalse(form.problem)
        self.assertEqual(form.outdated_count, 0)
