import json
from datetime import datetime, timezone

from odoo.tests import tagged

from odoo.addons.connector_base.transport import DataError, SignatureError, WebhookRequest
from odoo.addons.connector_shopify import const

from .common import CLIENT_SECRET, ShopifyCase, headers, webhook_order

ADDRESS = "https://odoo.example.com/connector/webhook/shopify/token-1"


def request(payload=None, *, body=None, changes=None, **details):
    """A webhook call as the controller hands it on."""
    body = json.dumps(webhook_order(1001) if payload is None else payload).encode() if body is None else body
    names = {name.lower(): value for name, value in {**headers(body, **details), **(changes or {})}.items()}
    return WebhookRequest(
        method="POST",
        url=ADDRESS,
        headers={name: value for name, value in names.items() if value is not None},
        query={},
        body=body,
    )


@tagged("post_install", "-at_install")
class TestWebhook(ShopifyCase):
    # === SIGNATURE === #

    def test_signed_call_is_accepted(self):
        self.adapter._verify_webhook(self.backend, request())
        self.adapter._verify_webhook(self.backend, request(body=b"\xff not even JSON"))

    def test_calls_that_are_refused(self):
        good = request()
        for bad in (
            request(secret="shpss_other"),
            request(changes={"X-Shopify-Hmac-Sha256": None}),
            request(changes={"X-Shopify-Hmac-Sha256": ""}),
            request(domain="other-shop.myshopify.com"),
            request(changes={"X-Shopify-Shop-Domain": None}),
            WebhookRequest(method="POST", url=ADDRESS, headers=good.headers, query={}, body=good.body + b" "),
        ):
            with self.assertRaises(SignatureError):
                self.adapter._verify_webhook(self.backend, bad)

    def test_no_secret_fails_closed(self):
        self.backend.credential_ids.filtered(lambda credential: credential.key == "client_secret").unlink()
        with self.assertRaises(SignatureError):
            self.adapter._verify_webhook(self.backend, request(secret=""))

    def test_the_secret_before_is_accepted_for_a_while(self):
        self.backend._set_secret("client_secret", "shpss_new")
        self.adapter._verify_webhook(self.backend, request(secret=CLIENT_SECRET))
        self.adapter._verify_webhook(self.backend, request(secret="shpss_new"))

    # === ENVELOPE === #

    def test_envelope(self):
        envelope = self.adapter._read_webhook(self.backend, request(topic="orders/updated", webhook_id="wh-9"))
        self.assertEqual((envelope.event_id, envelope.correlation_id), ("wh-9", "ev-1"))
        self.assertEqual((envelope.topic, envelope.resource, envelope.external_id), ("orders/updated", "order", "1001"))
        self.assertEqual(envelope.updated_at, datetime(2026, 11, 20, 10, tzinfo=timezone.utc))
        self.assertIsNone(envelope.reply)

    def test_time_of_a_payload_without_one(self):
        envelope = self.adapter._read_webhook(self.backend, request({"id": 5}, topic="orders/delete"))
        self.assertEqual(envelope.updated_at, datetime(2026, 11, 20, 10, 0, 1, tzinfo=timezone.utc))

    def test_uninstalled(self):
        envelope = self.adapter._read_webhook(self.backend, request({"id": 64, "name": "One"}, topic="app/uninstalled"))
        self.assertEqual((envelope.resource, envelope.external_id), ("account", ""))

    def test_other_topics_are_ignored(self):
        envelope = self.adapter._read_webhook(self.backend, request({"id": 7}, topic="themes/update"))
        self.assertEqual(envelope.resource, "")

    def test_products_and_collections(self):
        body = {"id": 7, "updated_at": "2026-11-20T13:00:00+01:00"}
        for topic, resource in (("products/update", "product"), ("collections/create", "category")):
            envelope = self.adapter._read_webhook(self.backend, request(body, topic=topic))
            self.assertEqual((envelope.resource, envelope.external_id), (resource, "7"))
            self.assertEqual(envelope.updated_at.isoformat(), "2026-11-20T12:00:00+00:00")
        deleted = self.adapter._read_webhook(self.backend, request({"id": 7}, topic="products/delete"))
        self.assertEqual((deleted.resource, deleted.external_id), ("product", "7"))
        topics = {topic for flow in (const.TOPICS, *const.FLOW_TOPICS.values()) for topic in flow.values()}
        told = {topic for topic in topics if self.adapter._tells_deletion(topic)}
        self.assertEqual(told, {"orders/delete", "products/delete", "collections/delete"})

    def test_what_is_no_webhook(self):
        for bad in (
            request(changes={"X-Shopify-Topic": None}),
            request(changes={"X-Shopify-Webhook-Id": None}),
            request(body=b"{"),
            request(body=b"[" * 100_000),
            request([]),
            request({"name": "no id"}),
            request(changes={"X-Shopify-Triggered-At": "yesterday"}),
        ):
            with self.assertRaises(DataError):
                self.adapter._read_webhook(self.backend, bad)

    # === BODY === #

    def test_whole_body_is_taken(self):
        body = json.dumps(webhook_order(1001)).encode()
        document = self.adapter._parse_event(self.backend, "orders/create", body)
        self.assertEqual((document.name, document.difference), ("#1001", 0))

    def test_cut_body_is_read_again(self):
        payload = webhook_order(1001)
        del payload["line_items"]
        body = json.dumps(payload).encode()
        self.assertIsNone(self.adapter._parse_event(self.backend, "orders/create", body))

    def test_body_that_is_none(self):
        for body in (b"", b"{", b"[]", b"NaN"):
            with self.assertRaises(DataError):
                self.adapter._parse_event(self.backend, "orders/create", body)

    # === SUBSCRIPTIONS === #

    def topics(self, address=ADDRESS):
        return sorted(entry["topic"] for entry in self.store.subscriptions if entry["uri"] == address)

    def test_created_once(self):
        report = self.adapter._ensure_webhooks(self.backend, ADDRESS)
        self.assertEqual(set(report.created), set(const.TOPICS.values()))
        self.assertEqual(self.topics(), sorted(const.TOPICS))
        again = self.adapter._ensure_webhooks(self.backend, ADDRESS)
        self.assertEqual((set(again.registered), again.created), (set(const.TOPICS.values()), ()))
        self.assertEqual(len(self.store.subscriptions), len(const.TOPICS))

    def test_what_is_kept_in_step_is_subscribed_to(self):
        self.backend.write({"export_stock": True, "import_customers": True})
        self.adapter._ensure_webhooks(self.backend, ADDRESS)
        wanted = {*const.TOPICS, *const.FLOW_TOPICS["stock_out"], *const.FLOW_TOPICS["customers_in"]}
        self.assertEqual(self.topics(), sorted(wanted))
        self.backend.export_stock = False
        report = self.adapter._ensure_webhooks(self.backend, ADDRESS)
        self.assertEqual(len(report.removed), len(const.FLOW_TOPICS["stock_out"]))
        self.assertEqual(self.topics(), sorted({*const.TOPICS, *const.FLOW_TOPICS["customers_in"]}))

    def test_repaired(self):
        self.adapter._ensure_webhooks(self.backend, ADDRESS)
        first, second, third, *_others = self.store.subscriptions
        first["uri"] = "https://old.example.com/connector/webhook/shopify/token-1"
        second["includeFields"] = ["id"]
        third["format"] = "XML"
        report = self.adapter._ensure_webhooks(self.backend, ADDRESS)
        self.assertEqual(len(report.repaired), 3)
        self.assertEqual(self.topics(), sorted(const.TOPICS))
        self.assertEqual((second["includeFields"], third["format"]), ([], "JSON"))

    def test_surplus_is_removed(self):
        self.store.subscribe("ORDERS_CREATE", ADDRESS, filter="total:>10")
        self.store.subscribe("ORDERS_CREATE", ADDRESS)
        self.store.subscribe("THEMES_UPDATE", ADDRESS)
        report = self.adapter._ensure_webhooks(self.backend, ADDRESS)
        self.assertEqual(sorted(report.removed), ["THEMES_UPDATE", "orders/create"])
        self.assertEqual(report.registered, ("orders/create",))
        self.assertEqual(self.topics(), sorted(const.TOPICS))

    def test_those_of_another_odoo_are_left_alone(self):
        other = "https://odoo.example.com/connector/webhook/shopify/token-2"
        self.store.subscribe("ORDERS_CREATE", other)
        self.adapter._ensure_webhooks(self.backend, ADDRESS)
        self.assertEqual(self.topics(other), ["ORDERS_CREATE"])
        self.adapter._remove_webhooks(self.backend, ADDRESS)
        self.assertEqual([entry["uri"] for entry in self.store.subscriptions], [other])
        self.adapter._remove_webhooks(self.backend, ADDRESS)

    def test_a_refused_topic_does_not_stop_the_others(self):
        self.store.user_errors["ORDERS_PAID"] = [{"field": ["topic"], "message": "Missing access scope"}]
        report = self.adapter._ensure_webhooks(self.backend, ADDRESS)
        ((topic, reason),) = report.failed
        self.assertEqual(topic, "orders/paid")
        self.assertIn("Missing access scope", reason)
        self.assertEqual(len(report.created), len(const.TOPICS) - 1)
