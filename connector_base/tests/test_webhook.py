import hashlib
import hmac
import http.client
import json
from unittest.mock import patch

import psycopg2

from odoo.tests import HttpCase, tagged

from ..models.integration_webhook_event import IntegrationWebhookEvent
from ..transport import DataError
from .common_jobs import SECRET, JobsMixin


@tagged("post_install", "-at_install")
class TestWebhook(JobsMixin, HttpCase):
    def setUp(self):
        super().setUp()
        self.path = f"/connector/webhook/fake/{self.backend.webhook_token}"

    def post(self, payload, delivery="d-1", path=None, headers=None, body=None):
        body = json.dumps(payload).encode() if body is None else body
        headers = {
            "Content-Type": "application/json",
            "X-Delivery": delivery,
            "X-Signature": hmac.new(SECRET, body, hashlib.sha256).hexdigest(),
            **(headers or {}),
        }
        return self.url_open(path or self.path, data=body, headers=headers)

    def events(self):
        return self.env["integration.webhook.event"].search([("backend_id", "=", self.backend.id)])

    def drains(self):
        return self.env["sync.job"].search([("backend_id", "=", self.backend.id), ("operation", "=", "drain_webhooks")])

    def refusals(self):
        self.env.invalidate_all()
        return {
            (refusal.backend_id, refusal.reason): refusal.count
            for refusal in self.env["integration.webhook.refusal"].search([])
        }

    def test_stored_once_and_one_drain(self):
        first = self.post({"id": "1", "minutes": 3})
        self.assertEqual((first.status_code, first.content), (200, b""))
        self.assertFalse(first.cookies, "no session for a machine")
        event = self.events()
        self.assertEqual((event.external_id, event.resource, event.state), ("1", "order", "new"))
        self.assertEqual(event._bodies()[event.id], b'{"id": "1", "minutes": 3}')
        self.assertEqual(self.post({"id": "1", "minutes": 3}).status_code, 200)
        self.assertEqual(len(self.events()), 1)
        self.assertEqual(self.post({"id": "2", "minutes": 3}, delivery="d-2").status_code, 200)
        self.assertEqual(len(self.events()), 2)
        self.assertEqual(len(self.drains()), 1)
        self.assertTrue(self.drains().eta)
        self.perform(self.drains())
        self.assertEqual(set(self.importer.applied), {"1", "2"})
        self.assertEqual(self.refusals(), {})

    def test_challenge_is_answered_and_not_stored(self):
        answer = self.url_open(f"{self.path}?challenge=abc")
        self.assertEqual((answer.status_code, answer.content), (200, b"abc"))
        self.assertFalse(self.events())

    def test_topic_nobody_follows_is_stored_without_body(self):
        self.assertEqual(self.post({"id": "1", "minutes": 3}, headers={"X-Resource": ""}).status_code, 200)
        event = self.events()
        self.assertEqual((event.state, event._bodies()[event.id]), ("ignored", b""))
        self.assertFalse(self.drains())

    def test_refused_calls_store_nothing_and_are_counted(self):
        payload = {"id": "1", "minutes": 3}
        token = self.backend.webhook_token
        for expected, counted, arguments in (
            (401, (self.backend, "signature"), {"headers": {"X-Signature": "0" * 64}}),
            (401, (self.backend, "signature"), {"headers": {"X-Signature": None}}),
            (404, (self.env["integration.backend"], "address"), {"path": "/connector/webhook/fake/nosuchtoken"}),
            (404, (self.env["integration.backend"], "address"), {"path": f"/connector/webhook/other/{token}"}),
            (415, (self.backend, "content_type"), {"headers": {"Content-Type": "application/x-www-form-urlencoded"}}),
            (415, (self.backend, "content_type"), {"headers": {"Content-Type": "text/plain"}}),
            (400, (self.backend, "malformed"), {"body": b"[not json"}),
        ):
            before = self.refusals().get(counted, 0)
            self.assertEqual(self.post(payload, **arguments).status_code, expected, arguments)
            self.assertEqual(self.refusals().get(counted), before + 1, arguments)
        self.assertFalse(self.events())
        self.assertFalse(self.drains())
        self.assertEqual(self.backend.webhooks_refused_count, 5)

    def test_method_the_platform_does_not_use(self):
        self.assertEqual(self.opener.delete(self.base_url() + self.path, timeout=12).status_code, 405)
        self.assertEqual(self.refusals(), {(self.backend, "method"): 1})

    def test_unconnected_backends_have_no_address(self):
        for values in ({"state": "draft"}, {"state": "disconnected"}, {"state": "connected", "active": False}):
            self.backend.write(values)
            self.env.flush_all()
            self.assertEqual(self.post({"id": "1", "minutes": 3}).status_code, 404, values)

    def test_backend_in_need_of_attention_stores_but_does_not_work(self):
        self.backend.state = "error"
        self.env.flush_all()
        self.assertEqual(self.post({"id": "1", "minutes": 3}).status_code, 200)
        self.assertEqual(len(self.events()), 1)
        self.assertFalse(self.drains())

    def test_too_large_is_refused_unread(self):
        self.env["ir.config_parameter"].set_param("connector_base.webhook_max_bytes", "1000")
        self.assertEqual(self.post({"id": "1", "minutes": 3, "pad": "x" * 900}).status_code, 200)
        self.assertEqual(self.post({"id": "1", "minutes": 3, "pad": "x" * 1100}, delivery="d-2").status_code, 413)
        # Announced, but never sent: whoever answers has not waited for it.
        with self.allow_requests():
            connection = http.client.HTTPConnection("127.0.0.1", self.http_port(), timeout=10)
            connection.putrequest("POST", self.path)
            connection.putheader("Content-Type", "application/json")
            connection.putheader("Content-Length", "500000000")
            connection.putheader("Cookie", "; ".join(f"{name}={value}" for name, value in self.opener.cookies.items()))
            connection.endheaders()
            self.assertEqual(connection.getresponse().status, 413)
            connection.close()
        self.assertEqual(len(self.events()), 1)
        self.assertEqual(self.refusals(), {(self.backend, "size"): 2})

    def test_too_large_without_announcing_it(self):
        self.env["ir.config_parameter"].set_param("connector_base.webhook_max_bytes", "1000")

        headers = {"Content-Type": "application/json", "X-Signature": ""}
        chunks = (b"x" * 100 for _number in range(20))
        self.assertEqual(self.url_open(self.path, data=chunks, headers=headers).status_code, 413)

    def test_the_same_delivery_at_the_same_moment(self):
        def lost_race(*_arguments):
            raise psycopg2.errors.SerializationFailure("could not serialize access due to concurrent update")

        with patch.object(IntegrationWebhookEvent, "_store", lost_race):
            self.assertEqual(self.post({"id": "1", "minutes": 3}).status_code, 200)
        self.assertEqual(len(self.drains()), 1)

    def test_several_events_in_one_call(self):
        payloads = [{"id": str(number), "minutes": 3} for number in range(3)]
        for _time in range(2):
            self.assertEqual(self.post(payloads).status_code, 200)
        events = self.events().sorted("event_id")
        self.assertEqual(events.mapped("event_id"), ["d-1-0", "d-1-1", "d-1-2"])
        self.assertEqual(events._bodies()[events[1].id], b'{"id": "1", "minutes": 3}')
        self.assertEqual(len(self.drains()), 1)
        self.perform(self.drains())
        self.assertEqual(set(self.importer.applied), {"0", "1", "2"})
        self.assertEqual(self.post([], delivery="d-2").status_code, 200)
        self.assertEqual(self.post([payloads[0], {"minutes": 3}], delivery="d-3").status_code, 400)
        self.assertEqual(len(self.events()), 3)

    def test_one_of_several_stored_at_the_same_moment(self):
        store = IntegrationWebhookEvent._store

        def lost_race(events, backend, envelope, body):
            if envelope.external_id == "1":
                raise psycopg2.errors.SerializationFailure("could not serialize access due to concurrent update")
            store(events, backend, envelope, body)

        with patch.object(IntegrationWebhookEvent, "_store", lost_race):
            self.assertEqual(self.post([{"id": str(number), "minutes": 3} for number in range(3)]).status_code, 200)
        self.assertEqual(set(self.events().mapped("external_id")), {"0", "2"})
        self.assertEqual(len(self.drains()), 1)

    def test_our_failure_asks_the_platform_to_send_again(self):
        with patch.object(self.adapter, "_read_webhook", side_effect=DataError("x")):
            self.assertEqual(self.post({"id": "1", "minutes": 3}).status_code, 400)
        broken = patch.object(type(self.backend), "_ensure_drain", side_effect=RuntimeError("broken"))
        with broken, self.assertLogs("odoo.http", "ERROR"):
            self.assertEqual(self.post({"id": "1", "minutes": 3}).status_code, 500)
        self.assertEqual(self.post({"id": "1", "minutes": 3}).status_code, 200)
        self.assertEqual((len(self.events()), len(self.drains())), (1, 1))
