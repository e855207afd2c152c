"""Events as Adobe documents them, see `events`: whose they are, what signed them, what they are about."""

import json
from dataclasses import replace

import pytest

from odoo.addons.connector_base.transport import DataError, SignatureError, WebhookRequest
from odoo.addons.connector_magento import const, events

KEYS = {
    "x-adobe-public-key1-path": "/prod/keys/pub-key-lyTiz3gQe4.pem",
    "x-adobe-digital-signature-1": "c2lnbmF0dXJlIDE=",
    "x-adobe-public-key2-path": "/prod/keys/pub-key-kruhWwu4Or.pem",
    "x-adobe-digital-signature-2": "c2lnbmF0dXJlIDI=",
}


def event(name="observer.sales_order_save_commit_after", **value):
    return {
        "specversion": "1.0",
        "id": "5c37b224-349e-4cc2-a621-a7ab419654e4",
        "source": "urn:uuid:420ba332-4e1c-4373-8e23-81175c9e79fd",
        "type": f"com.adobe.commerce.{name}",
        "datacontenttype": "application/json",
        "time": "2026-11-20T12:51:03.902Z",
        "eventid": "dafb64a8-7823-4be0-8291-cf46baf66ede",
        "recipientclientid": "531f2f763b2f4c34b03001d8bf2bd4df",
        "data": {
            "key": "b2d1addf-50af-4ae9-8d29-26a786d5161f",
            "value": value,
            "source": "evergreen.evergreen_staging",
            "_metadata": {"commerceEdition": "Adobe Commerce + B2B", "storeId": "1", "websiteId": "1"},
        },
    }


@pytest.mark.parametrize(
    ("name", "value", "resource", "external_id"),
    [
        ("observer.sales_order_save_commit_after", {"entity_id": "12"}, "order", "12"),
        ("observer.sales_order_save_commit_after", {"id": 12}, "order", "12"),
        ("observer.sales_order_creditmemo_save_commit_after", {"order_id": 12, "entity_id": 3}, "order", "12"),
        ("observer.sales_order_shipment_track_save_commit_after", {"order_id": "12"}, "order", "12"),
        ("observer.catalog_product_save_commit_after", {"entity_id": "3", "sku": "test2"}, "product", "3"),
        ("observer.catalog_product_delete_commit_after", {"entity_id": "3"}, "product", "3"),
        ("observer.sales_order_delete_commit_after", {"entity_id": "12"}, "order", "12"),
        ("observer.cataloginventory_stock_item_save_commit_after", {"product_id": 1, "qty": 1}, "stock_level", "1"),
        ("observer.customer_save_commit_after", {"entity_id": "5"}, "customer", "5"),
        ("observer.customer_login", {"id": "5"}, "", ""),
        ("observer.sales_order_save_commit_after", {}, "order", ""),
        ("observer.sales_order_save_commit_after", {"entity_id": "0"}, "order", ""),
        ("observer.sales_order_save_commit_after", {"entity_id": ["12"]}, "order", ""),
        ("observer.sales_order_save_commit_after", {"entity_id": "12 OR 1"}, "order", ""),
    ],
)
def test_what_an_event_is_about(name, value, resource, external_id):
    envelope = events.read_envelope(event(name, **value))
    assert (envelope.topic, envelope.resource, envelope.external_id) == (name, resource, external_id)
    assert envelope.event_id == "dafb64a8-7823-4be0-8291-cf46baf66ede"
    assert envelope.correlation_id == "b2d1addf-50af-4ae9-8d29-26a786d5161f"
    assert envelope.updated_at is None, "what the shop had in mind when it saved is not what it saved"


def renamed(given):
    """Return an event with the names of Adobe's own as they were until the end of 2025."""
    return {const.EVENT_OLD_NAMES.get(name, name): value for name, value in given.items()}


def test_names_of_before():
    given = renamed(event(entity_id=1))
    assert events.read_envelope(given).event_id == "dafb64a8-7823-4be0-8291-cf46baf66ede"
    events.check_recipient([given], "531f2f763b2f4c34b03001d8bf2bd4df")
    with pytest.raises(SignatureError):
        events.check_recipient([given], "other")


@pytest.mark.parametrize("lack", ["eventid", "type", "data"])
def test_no_event_of_commerce(lack):
    wrong = event(entity_id=1)
    wrong[lack] = None
    wrong["id"] = None
    with pytest.raises(DataError):
        events.read_envelope(wrong)


def test_both_signatures_are_taken():
    assert events.signatures(KEYS) == {
        "/prod/keys/pub-key-lyTiz3gQe4.pem": "c2lnbmF0dXJlIDE=",
        "/prod/keys/pub-key-kruhWwu4Or.pem": "c2lnbmF0dXJlIDI=",
    }


@pytest.mark.parametrize(
    "path",
    [
        "",
        "https://evil.example/prod/keys/pub-key-1.pem",
        "//evil.example/prod/keys/pub-key-1.pem",
        "@evil.example/prod/keys/pub-key-1.pem",
        "/prod/keys/../../pub-key-1.pem",
        "/prod/keys/pub-key-1.pem?x",
        "/prod/keys/pub-key-1.pem\n",
    ],
)
def test_keys_lie_in_their_place_only(path):
    with pytest.raises(SignatureError):
        events.signatures({**KEYS, "x-adobe-public-key1-path": path, "x-adobe-digital-signature-2": ""})


def test_whose_it_is():
    given = event(entity_id=1)
    mine = "531f2f763b2f4c34b03001d8bf2bd4df"
    events.check_recipient([given, given], mine)
    for wrong, client in ((given, "other"), (given, ""), (given, False), ({}, "x"), ({"recipientclientid": 1}, "1")):
        with pytest.raises(SignatureError):
            events.check_recipient([wrong], client)
    with pytest.raises(SignatureError):
        events.check_recipient([given, {**given, "recipientclientid": "other"}], mine)
    with pytest.raises(SignatureError):
        events.check_recipient(events.parse(b'{"recipientclientid": "\\ud800"}'), "client")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"1", b"[1]", b'[{"type": "x"}, null]'])
def test_what_is_no_event(body):
    with pytest.raises(DataError):
        events.parse(body)


def test_a_batch_is_taken_apart():
    several = [event(entity_id=1), {**event(entity_id=2), "eventid": "e2"}]
    request = WebhookRequest(method="POST", url="/x", headers={}, query={}, body=json.dumps(several).encode())
    parts = events.split(request)
    assert [events.parse(part.body) for part in parts] == [[each] for each in several]
    assert events.split(replace(request, body=b"[]")) == []
    for single in (b"", json.dumps(several[0], indent=1).encode()):
        assert events.split(replace(request, body=single)) == (replace(request, body=single),)


def test_the_challenge_comes_back():
    challenge = "8ec8d794-e0ab-42df-9017-e3dada8e84f7"
    assert events.answer_challenge({"challenge": challenge}).reply == (200, "text/plain", challenge.encode())
    for query in ({}, {"challenge": ""}, {"challenge": "<script>"}, {"challenge": "x" * 129}):
        with pytest.raises(DataError):
            events.answer_challenge(query)


class Client:
    """A client that keeps what it is told to call."""

    def __init__(self):
        self.calls = []

    def call(self, method, path, *ids, json=None):
        self.calls.append((method, path.format(*ids), json["event"]))


@pytest.mark.parametrize(
    ("fields", "done", "method"),
    [
        (None, "created", "POST"),
        (["sku"], "repaired", "PUT"),
        (["entity_id", "id", "sku"], "registered", None),
        (["*"], "registered", None),
    ],
)
def test_subscriptions(fields, done, method):
    name, client = "observer.catalog_product_save_commit_after", Client()
    known = None if fields is None else {"name": name, "fields": [{"name": field} for field in fields]}
    assert events.ensure_subscription(client, known, name, urgent=True) == done
    assert [call[0] for call in client.calls] == ([method] if method else [])
    for _method, _path, told in client.calls:
        assert told["fields"] == [{"name": "entity_id"}, {"name": "id"}]


def test_every_event_names_a_record():
    for wanted in const.EVENTS.values():
        for name, (resource, keys) in wanted.items():
            assert name.startswith("observer.")
            assert name.endswith("_commit_after")
            assert resource
            assert keys
