import json

from odoo.tests import HttpCase, tagged

from .common import StoreMixin, headers, webhook_order


@tagged("post_install", "-at_install")
class TestWebhookHttp(StoreMixin, HttpCase):
    """Shopify's calls at Odoo's door."""

    def setUp(self):
        super().setUp()
        self.backend = self.new_backend()
        self.backend.write({"state": "connected", "account_key": self.backend.shopify_domain})

    def post(self, payload, **details):
        body = json.dumps(payload).encode()
        path = f"/connector/webhook/shopify/{self.backend.webhook_token}"
        return self.url_open(path, data=body, headers=headers(body, **details)).status_code

    def events(self):
        return self.env["integration.webhook.event"].search([("backend_id", "=", self.backend.id)])

    def test_stored_once_per_delivery(self):
        for webhook_id in ("wh-1", "wh-1", "wh-2"):
            self.assertEqual(self.post(webhook_order(1001), webhook_id=webhook_id), 200)
        self.assertEqual(sorted(self.events().mapped("event_id")), ["wh-1", "wh-2"])

    def test_refused(self):
        self.assertEqual(self.post(webhook_order(1001), secret="shpss_other"), 401)
        self.assertEqual(self.post(webhook_order(1001), domain="other.myshopify.com"), 401)
        self.assertFalse(self.events())
