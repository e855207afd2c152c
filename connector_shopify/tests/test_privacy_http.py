import json

from odoo.tests import HttpCase, tagged

from .common import DOMAIN, StoreMixin, headers


@tagged("post_install", "-at_install")
class TestPrivacyHttp(StoreMixin, HttpCase):
    """Shopify's compliance webhooks: one address for all stores of an app."""

    def setUp(self):
        super().setUp()
        self.backend = self.new_backend()
        self.backend.write({"state": "disconnected", "account_key": DOMAIN})

    def post(self, topic, payload, *, platform="shopify", **details):
        body = json.dumps({"shop_id": 1, "shop_domain": DOMAIN, **payload}).encode()
        path = f"/connector/privacy/{platform}"
        return self.url_open(path, data=body, headers=headers(body, topic=topic, **details)).status_code

    def requests(self):
        return self.env["integration.privacy.request"].search([("platform", "=", "shopify")], order="id")

    def test_all_three(self):
        customer = {"id": 191167, "email": "john@example.com", "phone": "555-625-1199"}
        calls = (
            ("customers/data_request", {"customer": customer, "orders_requested": [299938], "data_request": {"id": 9}}),
            ("customers/redact", {"customer": customer, "orders_to_redact": [299938, 280263]}),
            ("shop/redact", {}),
        )
        for number, (topic, payload) in enumerate(calls):
            for _again in range(2):
                self.assertEqual(self.post(topic, payload, webhook_id=f"wh-{number}"), 200)
        found = self.requests()
        self.assertEqual(found.mapped("kind"), ["export", "erase_customer", "erase_account"])
        self.assertEqual(found.backend_id, self.backend)
        self.assertEqual(found.mapped("order_external_ids"), [["299938"], ["299938", "280263"], False])
        self.assertEqual(found.mapped("customer_external_id"), ["191167", "191167", ""])
        self.assertEqual(self.backend.privacy_url.rpartition("/connector/")[2], "privacy/shopify")

    def test_refused(self):
        self.assertEqual(self.post("shop/redact", {}, secret="shpss_other"), 401)
        self.assertEqual(self.post("orders/create", {}), 400)
        self.assertEqual(self.post("shop/redact", {}, platform="nothing"), 404)
        self.assertFalse(self.requests())

    def test_a_store_we_don_t_know_of_an_app_we_know(self):
        self.assertEqual(self.post("shop/redact", {}, domain="gone.myshopify.com"), 200)
        request = self.requests()
        self.assertEqual((request.account_key, request.backend_id.ids), ("gone.myshopify.com", []))
