"""Events of Adobe Commerce at Odoo's door: the challenge, the keys that sign them, what they bring."""

import base64
import json
from io import BytesIO
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.connector_base.tests.common import run_queue_job

from .orders_common import MagentoOrdersCase, magento_order

CLIENT = "531f2f763b2f4c34b03001d8bf2bd4df"
ORDERS = "observer.sales_order_save_commit_after"
CREDIT_MEMOS = "observer.sales_order_creditmemo_save_commit_after"
KEY_PATH = "/prod/keys/pub-key-{}.pem"


class EventsCase(MagentoOrdersCase):
    """A shop of Adobe Commerce that sends events, and Adobe's host of keys."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _number in range(2)]
        cls.pages, cls.key_calls = {}, []

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Override of `odoo` to answer for Adobe's host of keys too."""
        parts = urlsplit(r.url)
        if parts.hostname != "static.adobeioevents.com":
            return super()._request_handler(s, r, **kw)
        cls.key_calls.append(r)
        response = requests.Response()
        response.status_code = 200 if parts.path in cls.pages else 403
        response._content = cls.pages.get(parts.path, "").encode()
        response.raw = BytesIO(response._content)
        response.request, response.url = r, r.url
        return response

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("connector_base.public_url", "https://odoo.example.com")
        self.pages.clear()
        self.key_calls.clear()
        for number, key in enumerate(self.keys, start=1):
            pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            self.pages[KEY_PATH.format(number)] = pem.decode()
        self.backend.magento_events_client = f" {CLIENT}\n"
        self.shop.answers["modules"] = ["Magento_Store", "Magento_AdobeCommerceEventsClient"]
        self.shop.answers["eventing/getEventSubscriptions"] = []

    def jobs(self, operation):
        return self.env["sync.job"].search(
            [("backend_id", "=", self.backend.id), ("operation", "=", operation), ("state", "=", "pending")]
        )

    def signed(self, event, keys=None):
        """Return (body, headers) of an event as Adobe sends it."""
        body = json.dumps(event).encode()
        headers = {"Content-Type": "application/cloudevents+json; charset=UTF-8"}
        for number, key in enumerate(keys or self.keys, start=1):
            headers[f"x-adobe-public-key{number}-path"] = KEY_PATH.format(number)
            signature = base64.b64encode(key.sign(body, PKCS1v15(), SHA256())).decode()
            headers[f"x-adobe-digital-signature-{number}"] = signature
        return body, headers

    def event(self, name=ORDERS, event_id="e1", client=CLIENT, **value):
        return {
            "specversion": "1.0",
            "id": f"cloud-{event_id}",
            "source": "urn:uuid:420ba332-4e1c-4373-8e23-81175c9e79fd",
            "type": f"com.adobe.commerce.{name}",
            "eventid": event_id,
            "recipientclientid": client,
            "data": {"key": "k1", "value": value, "_metadata": {"storeId": "1", "websiteId": "1"}},
        }

    def events(self):
        return self.env["integration.webhook.event"].search([("backend_id", "=", self.backend.id)])


@tagged("post_install", "-at_install")
class TestEventsHttp(EventsCase, HttpCase):
    def post(self, body, headers):
        path = f"/connector/webhook/magento/{self.backend.webhook_token}"
        return self.url_open(path, data=body, headers=headers).status_code

    def read_keys(self):
        for job in self.jobs("read_webhook_keys"):
            run_queue_job(job)

    def test_the_challenge(self):
        path = f"/connector/webhook/magento/{self.backend.webhook_token}"
        answer = self.url_open(f"{path}?challenge=8ec8d794-e0ab-42df-9017-e3dada8e84f7")
        self.assertEqual((answer.status_code, answer.text), (200, "8ec8d794-e0ab-42df-9017-e3dada8e84f7"))
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain"))
        self.assertEqual(self.url_open(f"{path}?challenge=<b>").status_code, 400)
        self.assertEqual(self.url_open(path).status_code, 400)
        self.assertFalse(self.events())

    def test_an_order_comes_in(self):
        """The first call finds no key: it is sent again. The order is what the shop's API says it is."""
        self.add("orders", magento_order(12))
        body, headers = self.signed(self.event(entity_id="12", grand_total=1))
        self.assertEqual(self.post(body, headers), 503)
        self.assertFalse(self.events())
        self.assertFalse(self.key_calls, "nothing is asked within the call")
        self.read_keys()
        self.assertEqual(len(self.key_calls), 2)
        self.assertFalse(any("Authorization" in call.headers for call in self.key_calls))
        for _time in range(2):
            self.assertEqual(self.post(body, headers), 200)
        self.assertEqual(len(self.events()), 1)
        for job in self.jobs("drain_webhooks"):
            run_queue_job(job)
        self.assertEqual(self.events().state, "done")
        order = self.env["sale.order"].search([("magento_order_id", "=", "12")])
        self.assertEqual(order.amount_total, 49)

    def test_a_batch(self):
        for number in (12, 13):
            self.add("orders", magento_order(number))
        batch = [self.event(event_id=f"e{number}", entity_id=str(number)) for number in (12, 13)]
        body, headers = self.signed(batch)
        headers["Content-Type"] = "application/cloudevents-batch+json"
        self.assertEqual(self.post(body, headers), 503)
        self.read_keys()
        for _time in range(2):
            self.assertEqual(self.post(body, headers), 200)
        self.assertEqual(set(self.events().mapped("external_id")), {"12", "13"})
        self.assertEqual(len(self.events()), 2)
        for job in self.jobs("drain_webhooks"):
            run_queue_job(job)
        self.assertEqual(set(self.events().mapped("state")), {"done"})

    def test_names_that_adobe_used_before(self):
        event = self.event(entity_id="12")
        before = {"eventid": "event_id", "recipientclientid": "recipient_client_id"}
        body, headers = self.signed({before.get(name, name): value for name, value in event.items()})
        self.post(body, headers)
        self.read_keys()
        self.assertEqual(self.post(body, headers), 200)
        self.assertEqual(self.events().event_id, "e1")

    def test_refused(self):
        body, headers = self.signed(self.event(entity_id="12"))
        self.post(body, headers)
        self.read_keys()
        self.assertEqual(self.post(body + b" ", headers), 401)
        self.assertEqual(self.post(*self.signed(self.event(entity_id="12", client="other"))), 401)
        self.assertEqual(self.post(*self.signed(self.event(entity_id="12"), keys=self.keys[::-1])), 401)
        batch = [self.event(entity_id="12"), self.event(event_id="e2", entity_id="13", client="other")]
        self.assertEqual(self.post(*self.signed(batch)), 401)
        unsigned = {name: value for name, value in headers.items() if not name.startswith("x-adobe")}
        self.assertEqual(self.post(body, unsigned), 401)
        elsewhere = dict(headers, **{f"x-adobe-public-key{n}-path": "//evil.example/k.pem" for n in (1, 2)})
        self.assertEqual(self.post(body, elsewhere), 401)
        self.assertEqual(self.post(body, dict(headers, **{"Content-Type": "text/xml"})), 415)
        self.backend.magento_events_client = False
        self.assertEqual(self.post(body, headers), 401)
        self.assertFalse(self.events())
        self.assertFalse(self.jobs("read_webhook_keys"))

    def test_keys_that_adobe_has_not(self):
        self.pages.clear()
        body, headers = self.signed(self.event(entity_id="12"))
        self.assertEqual(self.post(body, headers), 503)
        self.read_keys()
        self.assertEqual(self.post(body, headers), 401)
        self.assertFalse(self.jobs("read_webhook_keys"), "not asked for at every call")


@tagged("post_install", "-at_install")
class TestEventsSettings(EventsCase):
    def test_subscriptions(self):
        self.assertTrue(self.jobs("check_webhooks"), "wanted from now on")
        known = {"name": ORDERS, "fields": [{"name": "increment_id"}], "rules": []}
        self.shop.answers["eventing/getEventSubscriptions"] = [known, {"name": "observer.other", "fields": []}]
        self.shop.refused["eventing/eventSubscribe"] = "Cannot find event %1"
        for switch in ("import_products", "export_stock", "import_shipments", "import_customers"):
            self.backend[switch] = False
        report = self.adapter._ensure_webhooks(self.backend, "https://odoo.example.com")
        self.assertEqual(report.repaired, (ORDERS,))
        deletions = "observer.sales_order_delete_commit_after"
        self.assertEqual(
            [name for name, _reason in report.failed], [f"Import Orders, {name}" for name in (CREDIT_MEMOS, deletions)]
        )
        self.assertFalse(self.backend.magento_subscriptions, "it was there before")
        self.shop.refused.clear()
        self.backend.import_products = True
        report = self.adapter._ensure_webhooks(self.backend, "https://odoo.example.com")
        self.assertIn("observer.catalog_product_delete_commit_after", report.created)
        self.assertFalse(report.removed, "others may read what we don't")
        self.assertEqual(set(self.backend.magento_subscriptions), set(report.created))
        told = {body["event"]["name"]: body["event"] for method, _path, body in self.shop.written if method == "POST"}
        self.assertTrue(told[CREDIT_MEMOS]["priority"])
        self.assertFalse(told["observer.catalog_product_save_commit_after"]["priority"])

    def taken_away(self):
        return [
            path.rpartition("/")[2]
            for _method, path, _body in self.shop.written
            if path.startswith("eventing/eventUnsub")
        ]

    def test_disconnecting_takes_away_what_we_subscribed_to(self):
        self.backend.magento_subscriptions = [CREDIT_MEMOS, ORDERS]
        self.backend.action_disconnect()
        self.assertEqual(self.taken_away(), [CREDIT_MEMOS, ORDERS])
        self.assertFalse(self.backend.magento_subscriptions)

    def test_another_channel_of_the_shop_takes_over(self):
        self.backend.magento_subscriptions = [ORDERS]
        self.backend.write({"only_scopes": True, "account_key": "shop.example.com"})
        other = self.backend.copy({"name": "Other", "magento_events_client": CLIENT, "only_scopes": True})
        other.write({"state": "connected", "account_key": self.backend.account_key})
        self.backend.action_disconnect()
        self.assertEqual(self.taken_away(), [])
        self.assertFalse(self.backend.magento_subscriptions)
        self.assertEqual(other.magento_subscriptions, [ORDERS])

    def test_a_shop_without_the_module(self):
        self.shop.answers["modules"] = ["Magento_Store"]
        run_queue_job(self.jobs("check_webhooks"))
        self.assertEqual(self.backend.webhook_state, "partial")
        self.assertIn("has no module", self.backend.webhook_message)
        self.assertFalse(self.told())

    def test_without_a_registration_the_shop_is_asked(self):
        self.assertTrue(self.backend._takes_webhooks())
        self.assertEqual(self.backend.magento_events_client, CLIENT)
        self.backend.magento_events_client = False
        self.assertFalse(self.backend._takes_webhooks())
        self.assertEqual(self.backend.webhook_state, "polling")
        with self.assertRaises(UserError):
            self.backend.action_check_webhooks()

    def test_polling_slows_down_where_events_come(self):
        cursor = self.backend._cursor("orders")
        cursor.pace_minutes = 2
        self.assertFalse(self.backend._is_told())
        self.assertIn("No event came", self.backend.webhook_message)
        self.assertEqual(cursor._minutes(), 2)
        values = {"backend_id": self.backend.id, "topic": ORDERS, "state": "done"}
        now = fields.Datetime.now()
        old = fields.Datetime.subtract(now, days=2)
        self.env["integration.webhook.event"].create({**values, "event_id": "e0", "received_at": old})
        self.assertFalse(self.backend._is_told(), "none came of late: Adobe may have stopped")
        self.env["integration.webhook.event"].create({**values, "event_id": "e1", "received_at": now})
        self.assertTrue(self.backend._is_told())
        self.env.invalidate_all()
        self.assertFalse(self.backend.webhook_message)
        self.assertEqual(cursor._minutes(), cursor.interval_minutes)
