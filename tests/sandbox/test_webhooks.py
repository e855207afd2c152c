"""Subscriptions and deliveries: signatures, topics, retries, faults."""

import base64
import hashlib
import hmac
import json
import time

import pytest

from sandbox.framework.delivery import RETRY_DELAYS
from tests.sandbox.conftest import SUBSCRIBE, URI


def signed(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def settle(lab, seconds=10):
    """Wait until nothing is waiting to be sent."""
    deadline = time.monotonic() + seconds
    while lab.sandbox.services.deliveries.pending() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not lab.sandbox.services.deliveries.pending()


def until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


def test_a_delivery_is_signed_and_names_everything(lab, receiver, subscribe):
    subscribe("ORDERS_CREATE")
    order = lab.place(email="zoë@example.com", note="Grüße")
    path, headers, body = receiver.wait(1)[0]
    assert path == "/connector/webhook/shopify/token"
    assert headers["host"] == "odoo.example.com"
    assert headers["content-type"] == "application/json"
    assert headers["x-shopify-topic"] == "orders/create"
    assert headers["x-shopify-shop-domain"] == lab.domain
    assert headers["x-shopify-api-version"] == "2026-10"
    assert headers["x-shopify-triggered-at"].startswith("2026-11-20T12:00:00")
    assert headers["x-shopify-webhook-id"] != headers["x-shopify-event-id"]
    assert headers["x-shopify-hmac-sha256"] == signed(lab.shop["client_secret"], body)
    payload = json.loads(body)
    assert payload["admin_graphql_api_id"] == order["gid"]
    assert payload["note"] == "Grüße"
    assert payload["updated_at"] == "2026-11-20T05:00:00-07:00"


def test_topics_of_an_orders_life(lab, receiver, subscribe):
    subscribe(
        "ORDERS_CREATE", "ORDERS_UPDATED", "ORDERS_PAID", "ORDERS_CANCELLED", "ORDERS_FULFILLED", "ORDERS_DELETE",
        "ORDERS_PARTIALLY_FULFILLED", "ORDERS_EDITED", "REFUNDS_CREATE",
    )  # fmt: skip

    def told() -> list[str]:
        settle(lab)
        topics = sorted(receiver.topics())
        receiver.calls.clear()
        return topics

    order = lab.place(lines=[{"title": "A", "price": "5", "quantity": 3}, {"title": "B", "price": "2"}])
    assert told() == ["orders/create"]
    lab.act(order, "pay")
    assert told() == ["orders/paid", "orders/updated"]
    first = order["lines"][0]["id"]
    lab.act(order, "edit", quantities={first: 2})
    settle(lab)
    edit = next(json.loads(b) for _, h, b in receiver.calls if h["x-shopify-topic"] == "orders/edited")["order_edit"]
    assert edit["order_id"] == order["id"]
    assert edit["line_items"] == {"additions": [], "removals": [{"id": first, "delta": 1}]}
    assert told() == ["orders/edited", "orders/updated", "refunds/create"]
    lab.act(order, "fulfill", lines=[{"line_id": first, "quantity": 1}])
    assert told() == ["orders/partially_fulfilled", "orders/updated"]
    lab.act(order, "fulfill")
    assert told() == ["orders/fulfilled", "orders/updated"]
    lab.act(order, "refund", full=True)
    assert told() == ["orders/updated", "refunds/create"]
    lab.act(order, "touch", note="seen")
    assert told() == ["orders/updated"]
    lab.act(order, "delete")
    assert told() == ["orders/delete"]
    paid = lab.place(financial="paid")
    assert told() == ["orders/create", "orders/paid"]
    lab.act(paid, "cancel")
    assert told() == ["orders/cancelled", "orders/updated", "refunds/create"]


def test_one_event_shares_its_id_and_each_delivery_has_its_own(lab, receiver, subscribe):
    subscribe("ORDERS_CREATE", "ORDERS_PAID")
    subscribe("ORDERS_CREATE", uri="https://elsewhere.example.com/hook")
    lab.place(financial="paid")
    calls = receiver.wait(3)
    assert len({headers["x-shopify-event-id"] for _, headers, _ in calls}) == 1
    assert len({headers["x-shopify-webhook-id"] for _, headers, _ in calls}) == 3


def test_a_refused_delivery_is_repeated_with_the_same_id_and_body(lab, receiver, subscribe):
    subscribe("ORDERS_CREATE")
    receiver.answer = lambda: 503 if len(receiver.calls) < 3 else 200
    order = lab.place()
    for attempt in (1, 2):
        until(lambda n=attempt: lab.control("GET", "/deliveries")["deliveries"][0]["attempts"] == n)
        assert len(receiver.calls) == attempt
        lab.act(order, "touch", note=f"changed {attempt}")
        lab.sandbox.services.clock.change(advance=RETRY_DELAYS[attempt - 1] + 1)
        lab.sandbox.services.deliveries.wake()
        receiver.wait(attempt + 1)
    settle(lab)
    assert len({body for _, _, body in receiver.calls}) == 1
    assert len({headers["x-shopify-webhook-id"] for _, headers, _ in receiver.calls}) == 1
    entry = lab.control("GET", "/deliveries")["deliveries"][0]
    assert (entry["state"], entry["attempts"]) == ("delivered", 3)
    assert [answer["status"] for answer in entry["answers"]] == [503, 503, 200]


def test_eight_retries_within_four_hours_then_the_subscription_is_gone(lab, receiver, subscribe):
    assert len(RETRY_DELAYS) == 8
    assert 3.9 * 3600 <= sum(RETRY_DELAYS) <= 4 * 3600 + 60
    assert list(RETRY_DELAYS) == sorted(RETRY_DELAYS)
    subscribe("ORDERS_CREATE", "ORDERS_UPDATED")
    lab.sandbox.services.clock.change(retry_scale=0)
    receiver.answer = 500
    lab.place()
    receiver.wait(9)
    settle(lab)
    assert len(receiver.calls) == 9
    until(lambda: len(lab.control("GET", "/subscriptions")["subscriptions"]) == 1)
    assert lab.control("GET", "/subscriptions")["subscriptions"][0]["topic"] == "ORDERS_UPDATED"


def test_a_subscription_that_works_again_meanwhile_stays(lab, receiver, subscribe):
    subscribe("ORDERS_CREATE")
    lab.sandbox.services.clock.change(retry_scale=0.0001, freeze=False)
    receiver.answer = lambda: 500 if b'"note":"doomed"' in receiver.calls[-1][2] else 200
    lab.place(note="doomed")
    receiver.wait(1)
    lab.place(note="fine")
    settle(lab, 60)
    states = {d["state"] for d in lab.control("GET", "/deliveries")["deliveries"]}
    assert states == {"delivered", "failed"}
    assert len(lab.control("GET", "/subscriptions")["subscriptions"]) == 1


def test_nobody_listening_counts_as_a_failure(lab, receiver, subscribe):
    subscribe("ORDERS_CREATE")
    lab.sandbox.services.deliveries.set_target("http://127.0.0.1:9")
    lab.place()
    until(lambda: lab.control("GET", "/deliveries")["deliveries"][0]["attempts"] == 1)
    answer = lab.control("GET", "/deliveries")["deliveries"][0]["answers"][0]
    assert answer["status"] is None
    assert "ConnectionRefusedError" in answer["detail"]


def test_after_a_rotation_the_old_secret_signs_for_an_hour(lab, receiver, subscribe):
    subscribe("ORDERS_CREATE")
    old = lab.shop["client_secret"]
    lab.control("POST", "/rotate-secret", {})
    lab.place()
    _, headers, body = receiver.wait(1)[0]
    assert headers["x-shopify-hmac-sha256"] == signed(old, body)
    lab.sandbox.services.clock.change(advance=3601)
    lab.place()
    _, headers, body = receiver.wait(2)[1]
    assert headers["x-shopify-hmac-sha256"] == signed(lab.shop["client_secret"], body)


def fault(lab, kind, **details):
    response = lab.client.post("/_control/faults", json={"kind": kind, **details})
    assert response.status_code == 201, response.text
    return response.json


def test_faults_of_webhooks(lab, receiver, subscribe):
    subscribe("ORDERS_CREATE")
    fault(lab, "webhook_duplicate", count=1, match="orders/create")
    lab.place()
    calls = receiver.wait(2)
    assert calls[0][1]["x-shopify-webhook-id"] == calls[1][1]["x-shopify-webhook-id"]
    assert calls[0][2] == calls[1][2]
    receiver.calls.clear()
    fault(lab, "webhook_bad_signature", count=1)
    lab.place()
    _, headers, body = receiver.wait(1)[0]
    assert headers["x-shopify-hmac-sha256"] != signed(lab.shop["client_secret"], body)
    receiver.calls.clear()
    fault(lab, "webhook_drop", count=1)
    lab.place()
    settle(lab)
    assert not receiver.calls
    assert lab.control("GET", "/deliveries")["deliveries"][0]["state"] == "dropped"
    fault(lab, "webhook_delay", count=1, seconds=30)
    lab.place()
    time.sleep(0.4)
    assert not receiver.calls
    lab.sandbox.services.clock.change(advance=31)
    receiver.wait(1)


def test_reordered_webhooks(lab, receiver, subscribe):
    subscribe("ORDERS_CREATE")
    lab.sandbox.services.clock.change(freeze=False)
    fault(lab, "webhook_reorder", count=1, after=2)
    placed = [lab.place()["id"] for _ in range(3)]
    receiver.wait(3)
    assert [json.loads(body)["id"] for _, _, body in receiver.calls][-1] == placed[0]
    fault(lab, "webhook_reorder", count=1)
    late = lab.place()["id"]
    time.sleep(0.3)
    assert len(receiver.calls) == 3
    lab.client.post("/_control/deliveries", json={"release": lab.domain})
    assert json.loads(receiver.wait(4)[3][2])["id"] == late


def test_subscriptions_through_the_api(lab):
    def create(**variables):
        return lab.gql(SUBSCRIBE, variables)["data"]["webhookSubscriptionCreate"]

    made = create(topic="ORDERS_CREATE", uri=URI)["webhookSubscription"]
    assert (made["topic"], made["uri"]) == ("ORDERS_CREATE", URI)
    again = create(topic="ORDERS_CREATE", uri=URI)
    assert again["webhookSubscription"] is None
    assert again["userErrors"] == [
        {"field": ["webhookSubscription", "callbackUrl"], "message": "Address for this topic has already been taken"}
    ]
    assert create(topic="ORDERS_PAID", uri=URI)["webhookSubscription"]
    assert "not supported" in create(topic="ORDERS_PAID", uri="http://odoo.example.com/x")["userErrors"][0]["message"]
    assert create(topic="ORDERS_PAID", uri="http://127.0.0.1:8069/x")["webhookSubscription"]
    assert create(topic="ORDERS_UPDATED", uri="")["userErrors"][0]["message"] == "Address can't be blank"
    listing = """query($t: [WebhookSubscriptionTopic!]) { webhookSubscriptions(first: 10, topics: $t) {
      nodes { id topic uri format includeFields apiVersion { handle } } } }"""
    assert len(lab.gql(listing)["data"]["webhookSubscriptions"]["nodes"]) == 3
    assert len(lab.gql(listing, {"t": ["ORDERS_PAID"]})["data"]["webhookSubscriptions"]["nodes"]) == 2
    change = """mutation($id: ID!, $uri: String!) { webhookSubscriptionUpdate(id: $id, webhookSubscription: {uri: $uri,
      includeFields: ["id"]}) { webhookSubscription { uri includeFields } userErrors { message } } }"""
    changed = lab.gql(change, {"id": made["id"], "uri": "https://new.example.com/"})["data"]
    assert changed["webhookSubscriptionUpdate"]["webhookSubscription"] == {
        "uri": "https://new.example.com/",
        "includeFields": ["id"],
    }
    delete = """mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId
      userErrors { field message } } }"""
    gone = lab.gql(delete, {"id": made["id"]})["data"]["webhookSubscriptionDelete"]
    assert gone == {"deletedWebhookSubscriptionId": made["id"], "userErrors": []}
    gone = lab.gql(delete, {"id": made["id"]})["data"]["webhookSubscriptionDelete"]
    assert gone["userErrors"] == [{"field": ["id"], "message": "Webhook subscription does not exist"}]
    lab.control("PATCH", "", {"scopes": ["read_products"]})
    assert create(topic="ORDERS_CANCELLED", uri=URI)["userErrors"][0]["field"] == ["topic"]


def test_uninstalling_tells_and_locks_out(lab, receiver, subscribe):
    subscribe("APP_UNINSTALLED", "ORDERS_CREATE")
    token = lab.shop["admin_token"]
    lab.control("POST", "/uninstall")
    _, headers, body = receiver.wait(1)[0]
    assert headers["x-shopify-topic"] == "app/uninstalled"
    assert headers["x-shopify-hmac-sha256"] == signed(lab.shop["client_secret"], body)
    assert json.loads(body)["myshopify_domain"] == lab.domain
    assert lab.raw("{ shop { id } }", token=token).status_code == 401
    assert lab.control("GET", "/subscriptions")["subscriptions"] == []


@pytest.mark.parametrize("kind", ["nonsense", "status"])
def test_a_fault_must_make_sense(lab, kind):
    assert lab.client.post("/_control/faults", json={"kind": kind}).status_code == 400
