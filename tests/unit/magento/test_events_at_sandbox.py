"""Events that the sandbox's shop sends, taken as the connector takes them; subscribing is held against the schema."""

import json
from types import SimpleNamespace

import pytest

from odoo.addons.connector_base.transport import Response, SignatureError, verify_rsa
from odoo.addons.connector_magento import const, events
from odoo.addons.connector_magento.client import MagentoClient

pytest.importorskip("sandbox.magento.eventing", reason="the sandbox sends no events yet")

from sandbox.factory import build
from tests.contract import magento_spec
from tests.sandbox.magento_lab import MagentoLab

DOMAIN = "events.magento.test"
ALL = [name for wanted in const.EVENTS.values() for name in wanted]


class LabSession:
    """Calls of the client, signed, to the sandbox in this process; those to other hosts are not signed."""

    budget, patience = None, 0.0

    def __init__(self, lab):
        self.lab = lab

    def request(self, method, url, *, operation, params=None, json=None):
        address = url.removeprefix("https://")
        headers = {"Authorization": self.lab.header(method, url)} if address.startswith(DOMAIN) else {}
        found = self.lab.client.open(f"/{address}", method=method, json=json, headers=headers)
        if self.lab.schema and "/V1/" in address:
            problems = self.lab.schema.problems_of_request(method, address.partition("/V1/")[2], json)
            assert not problems, problems
        return Response(status_code=found.status_code, headers=dict(found.headers), content=found.data, url=url)


@pytest.fixture
def shop(tmp_path):
    sandbox = build(tmp_path / "state")
    sandbox.services.clock.change(at="2026-11-20T12:00:00Z", freeze=True)
    lab = MagentoLab(sandbox, DOMAIN, magento_spec.official() if magento_spec.SPECIFICATION else None)
    settings = {"edition": "Enterprise", "modules": [const.EVENTS_MODULE]}
    assert lab.client.post("/_control/shops", json={"domain": DOMAIN, **settings}).status_code == 201
    deliveries = sandbox.services.deliveries

    def send(_method, uri, _headers, _body=None):
        """What Odoo answers to the challenge."""
        query = dict(part.split("=") for part in uri.partition("?")[2].split("&"))
        status, _type, answer = events.answer_challenge(query).reply
        return status, None, answer

    deliveries.send = send
    session = LabSession(lab)
    yield SimpleNamespace(lab=lab, session=session, client=MagentoClient(session, f"https://{DOMAIN}"))
    sandbox.close()


def subscribe(shop):
    known = {entry["name"]: entry for entry in shop.client.call("GET", "eventing/getEventSubscriptions")}
    return {events.ensure_subscription(shop.client, known.get(name), name, urgent=True) for name in ALL}


def queued(shop):
    """Return (headers, body) of each event that waits to be sent."""
    rows = shop.lab.sandbox.services.store.execute("SELECT headers, body FROM delivery ORDER BY id")
    return [({key.lower(): value for key, value in json.loads(headers).items()}, body) for headers, body in rows]


def test_subscribed_once(shop):
    assert const.EVENTS_MODULE in shop.client.modules()
    assert subscribe(shop) == {"created"}
    assert subscribe(shop) == {"registered"}


def test_what_arrives_is_taken(shop):
    subscribe(shop)
    address = "https://odoo.example.com/connector/webhook/magento/token"
    client_id = shop.lab.control("POST", "/event-registrations", {"url": address})["client_id"]
    mug = shop.lab.control("POST", "/products", {"title": "Mug", "price": "10", "sku": "MUG"})
    shop.lab.control("POST", "/stock", {"sku": "MUG", "quantity": 9})
    order = shop.lab.control("POST", "/orders", {"lines": [{"sku": "MUG", "quantity": 1}], "email": "a@example.com"})
    shop.lab.control("POST", f"/orders/{order['id']}/invoice", {})
    shop.lab.control("POST", f"/orders/{order['id']}/ship", {"number": "1Z1"})
    shop.lab.control("POST", f"/orders/{order['id']}/track", {"number": "1Z2"})
    shop.lab.control("POST", f"/orders/{order['id']}/refund", {})
    shop.lab.control("POST", f"/orders/{order['id']}/delete", {})
    shop.lab.control("DELETE", f"/products/{mug['id']}")
    told = {}
    for headers, body in queued(shop):
        paths = events.signatures(headers)
        pairs = [(events.read_key(shop.session, path), signature) for path, signature in paths.items()]
        verify_rsa(body, pairs)
        with pytest.raises(SignatureError):
            verify_rsa(body + b" ", pairs)
        [event] = events.parse(body)
        events.check_recipient([event], client_id)
        assert headers["content-type"].partition(";")[0] in const.EVENT_MEDIA_TYPES
        envelope = events.read_envelope(event)
        told.setdefault(envelope.topic, set()).add((envelope.resource, envelope.external_id))
    of_order = {("order", str(order["id"]))}
    assert told.pop("observer.catalog_product_save_commit_after") == {("product", str(mug["id"]))}
    assert told.pop("observer.catalog_product_delete_commit_after") == {("product", str(mug["id"]))}
    assert told.pop("observer.cataloginventory_stock_item_save_commit_after") == {("stock_level", str(mug["id"]))}
    assert set(told) == {*const.EVENTS["orders_in"], *const.EVENTS["shipments_in"]}
    assert all(about == of_order for about in told.values())


def test_a_key_that_is_not_there(shop):
    assert events.read_key(shop.session, "/prod/keys/pub-key-gone.pem") == ""
