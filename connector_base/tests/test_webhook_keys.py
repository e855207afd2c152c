"""Public keys that a platform signs its calls with: read by a job, trusted for a day."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import HttpCase, TransactionCase, tagged

from ..transport import SignatureError, TransientError
from .common_jobs import JobsMixin


class KeysMixin(JobsMixin):
    def setUp(self):
        super().setUp()
        self.shown = {"key-1": "PEM 1", "key-2": "PEM 2"}
        self.adapter._fetch_webhook_keys = self.fetch
        self.asked = []

    def fetch(self, backend, names):
        self.asked.append(tuple(names))
        return {name: self.shown[name] for name in names if name in self.shown}

    def reads(self):
        return self.env["sync.job"].search(
            [("backend_id", "=", self.backend.id), ("operation", "=", "read_webhook_keys"), ("state", "=", "pending")]
        )


@tagged("post_install", "-at_install")
class TestWebhookKeys(KeysMixin, TransactionCase):
    def ask(self, *names):
        """Return the known keys, or the error; what was queued stays, as it does after a refused call."""
        try:
            return self.backend._webhook_public_keys(names)
        except (SignatureError, TransientError) as error:
            return type(error)

    def know(self, *names):
        self.assertEqual(self.ask(*names), TransientError)
        self.perform(self.reads())

    def test_read_once_by_a_job(self):
        for _time in range(3):
            self.assertEqual(self.ask("key-2", "key-1"), TransientError)
        self.assertEqual(len(self.reads()), 1)
        self.assertFalse(self.asked, "the call itself asks for nothing")
        self.perform(self.reads())
        self.assertEqual(self.asked, [("key-1", "key-2")])
        self.assertEqual(self.ask("key-1", "key-2"), self.shown)
        self.assertFalse(self.reads())

    def test_trusted_for_a_day_and_read_again_before(self):
        start = datetime(2026, 11, 20, 12)
        with freeze_time(start):
            self.know("key-1")
        with freeze_time(start + timedelta(hours=11)):
            self.ask("key-1")
            self.assertFalse(self.reads())
        with freeze_time(start + timedelta(hours=13)):
            self.assertEqual(self.ask("key-1"), {"key-1": "PEM 1"})
            self.assertTrue(self.reads())
        with freeze_time(start + timedelta(hours=25)):
            self.assertEqual(self.ask("key-1"), TransientError)

    def test_a_key_taken_back(self):
        self.know("key-1")
        self.shown.clear()
        job = self.backend._enqueue("read_webhook_keys", arguments={"names": ["key-1"]})
        self.perform(job)
        self.assertEqual(self.ask("key-1"), SignatureError)

    def test_one_of_two_is_known(self):
        self.know("key-1")
        self.assertEqual(self.ask("key-1", "key-new"), {"key-1": "PEM 1"})
        self.assertEqual(self.reads().arguments, {"names": ["key-1", "key-new"]})

    def test_few_are_kept(self):
        for number in range(20):
            self.backend._keep_keys({f"key-{number}": "PEM"})
        self.assertLessEqual(len(self.backend._kept_keys()), 8)

    def test_nobody_reads_them_over_rpc(self):
        backends = self.env["integration.backend"].with_user(self.env.ref("base.user_admin"))
        self.assertNotIn("webhook_keys", backends.fields_get())


@tagged("post_install", "-at_install")
class TestNotYetHttp(KeysMixin, HttpCase):
    def test_sent_again(self):
        """What can't be checked yet is neither stored nor refused for good, and the job is there afterwards."""

        def verify(backend, request):
            backend._webhook_public_keys(["key-1"])

        self.adapter._verify_webhook = verify
        path = f"/connector/webhook/fake/{self.backend.webhook_token}"
        answer = self.url_open(path, data=b"{}", headers={"Content-Type": "application/json"})
        self.assertEqual(answer.status_code, 503)
        self.assertEqual(len(self.reads()), 1)
        self.assertFalse(self.env["integration.webhook.event"].search([("backend_id", "=", self.backend.id)]))
        refusal = self.env["integration.webhook.refusal"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual((refusal.reason, refusal.count), ("later", 1))
