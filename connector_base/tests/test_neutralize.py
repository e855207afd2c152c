from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .common import SECRET, BackendCase


@tagged("post_install", "-at_install")
class TestNeutralize(BackendCase):
    def neutralize(self):
        self.env.flush_all()
        [queries] = get_neutralization_queries(["connector_base"])
        self.env.cr.execute(queries)
        self.env.invalidate_all()

    def test_a_copied_database_talks_to_no_platform(self):
        self.backend._set_secret("webhook_secret", "old-secret-0123456789")
        self.backend._set_secret("webhook_secret", SECRET)
        self.backend.write({"state": "connected", "account_key": "fake-shop.example"})
        draft = self.backend.copy()
        wizard = self.env["integration.connect"].create({"platform": "fake", "fake_token": SECRET})
        token = self.backend.webhook_token
        job = self.backend.with_delay()._recover()
        self.neutralize()
        self.assertEqual(self.backend.state, "disconnected")
        self.assertFalse(self.backend.active)
        self.assertEqual(self.backend._webhook_secrets(), [])
        self.assertFalse(self.webhook_credential.sudo().previous_ciphertext)
        self.assertFalse(self.webhook_credential.hint)
        self.assertEqual(draft.state, "draft")
        self.assertFalse(wizard.sudo().secrets)
        self.assertNotEqual(self.backend.webhook_token, token)
        self.assertGreaterEqual(len(self.backend.webhook_token), 32)
        self.assertNotEqual(self.backend.webhook_token, draft.webhook_token)
        self.assertEqual(job.db_record().state, "cancelled")
        self.assertTrue(job.db_record().date_cancelled)
