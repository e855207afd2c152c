"""What goes wrong between us and the platform, and its webhooks."""

from unittest.mock import patch

from odoo.addons.connector_base.transport import (
    ConfigurationError,
    RateLimited,
    SignatureError,
    TransientError,
    WebhookRequest,
)

from .suite_base import LONG_AGO, SuiteBase, news


class TroubleTrials(SuiteBase):
    """Each trouble becomes the error that says what to do."""

    # === TROUBLE === #

    def assert_recovers(self, backend):
        """After the trouble the same call works."""
        self.account.no_faults()
        self.assertEqual(len(self.pages(backend)[0]), 1)

    def trouble(self, kind, error=TransientError, **details):
        """One order, one fault: a listing must raise `error`, and work afterwards. Returns what was raised."""
        backend = self.connect()
        self.account.place()
        self.account.fault(kind, match=self.account.orders_operation, **details)
        with self.assertRaises(error) as caught:
            backend._adapter()._fetch_orders(backend, LONG_AGO)
        self.assertIs(type(caught.exception), error)
        self.assertTrue(caught.exception.remedy)
        self.assert_recovers(backend)
        return caught.exception

    def test_throttled(self):
        # What the platform throttles is told to the shared budget; it would keep the second call waiting.
        with patch.object(type(self.env["integration.backend"]), "_lane", lambda backend: "interactive"):
            backend = self.connect()
            self.account.place()
            self.account.throttle(match=self.account.orders_operation, count=1)
            self.assertGreater(self.refused(backend).retry_after, 0)
            self.assertGreater(self.refused(backend).retry_after, 0, "nothing is sent until then")

    def refused(self, backend):
        """Return what refuses a listing. (`assertRaises` would roll back what the budget was told.)"""
        try:
            backend._adapter()._fetch_orders(backend, LONG_AGO)
        except RateLimited as error:
            return error
        return self.fail("it was not refused")

    def test_server_errors(self):
        for status in (500, 502, 503, 504):
            with self.subTest(status=status):
                self.account.no_faults()
                self.env["integration.backend"].search([("platform", "=", self.account.name)]).action_archive()
                self.account.delete_account()
                self.account.create_account()
                self.assertEqual(self.trouble("status", status=status).status, status)

    def test_too_many_calls(self):
        error = self.account_error(429, RateLimited)
        self.assertEqual(error.retry_after, 2.0)

    def test_closed_account(self):
        if not self.account.closed_statuses:
            self.skipTest(f"{self.account.name} has no status for it")
        for status in self.account.closed_statuses:
            with self.subTest(status=status):
                self.assertEqual(self.account_error(status, ConfigurationError).status, status)
                self.account.no_faults()
                self.env["integration.backend"].search([("platform", "=", self.account.name)]).action_archive()

    def account_error(self, status, kind):
        """Return the error that an HTTP status becomes."""
        backend = self.connect()
        self.account.fault("status", match=self.account.orders_operation, status=status)
        with self.assertRaises(kind) as caught:
            backend._adapter()._fetch_orders(backend, LONG_AGO)
        self.assertIs(type(caught.exception), kind)
        self.assertTrue(caught.exception.remedy)
        return caught.exception

    def test_no_answer_in_time(self):
        with self.hasty():
            self.trouble("hang", seconds=3)

    def test_connection_cut(self):
        self.trouble("reset")

    def test_truncated_answer(self):
        self.trouble("truncated")

    def test_web_page_instead_of_data(self):
        self.trouble("html")

    # === WEBHOOKS === #

    @news
    def test_webhooks(self):
        self.needs("webhooks")
        backend = self.connect()
        adapter, address = backend._adapter(), backend.sudo().webhook_url
        adapter._remove_webhooks(backend, address)
        created = adapter._ensure_webhooks(backend, address)
        self.assertTrue(created.created)
        self.assertEqual(created.failed, ())
        again = adapter._ensure_webhooks(backend, address)
        self.assertEqual((set(again.registered), again.created), (set(created.created), ()))
        external_id = self.account.place()
        request = self.webhook(self.mailbox.wait_for(1)[0])
        self.assertTrue(address.endswith(request.url))
        envelope, body = self.read(backend, request)[0]
        self.assertEqual((envelope.resource, envelope.external_id), ("order", external_id))
        self.assertTrue(envelope.event_id)
        document = adapter._parse_event(backend, envelope.topic, body)
        if document is not None:  # else it is read when it is its turn
            self.assertTrue(envelope.updated_at)
            self.env["integration.order.importer"]._import_page(backend, [document])
            self.assert_as_booked(backend)
        adapter._remove_webhooks(backend, address)
        self.assertTrue(adapter._ensure_webhooks(backend, address).created)

    @news
    def test_forged_webhooks(self):
        self.needs("webhooks")
        backend = self.connect()
        adapter = backend._adapter()
        adapter._ensure_webhooks(backend, backend.sudo().webhook_url)
        self.account.fault("webhook_bad_signature")
        self.account.place()
        forged = self.webhook(self.mailbox.wait_for(1)[0])
        with self.assertRaises(SignatureError):
            self.verify(backend, forged)
        self.account.no_faults()
        self.account.place()
        good = self.webhook(self.mailbox.wait_for(2)[-1])
        self.verify(backend, good)
        for altered in (good.body + b" ", b"", good.body[:-1]):
            with self.assertRaises(SignatureError):
                adapter._verify_webhook(
                    backend,
                    WebhookRequest(method="POST", url=good.url, headers=good.headers, query={}, body=altered),
                )
