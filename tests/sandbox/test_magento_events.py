"""Events of Adobe Commerce: subscribed in the shop, registered with Adobe, signed, and sent until they are taken."""

import base64
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

ORDERS = "observer.sales_order_save_commit_after"
PRODUCTS = "observer.catalog_product_save_commit_after"
DELETED = "observer.catalog_product_delete_commit_after"
STOCK = "observer.cataloginventory_stock_item_save_commit_after"
TRACKS = "observer.sales_order_shipment_track_save_commit_after"


class Consumer:
    """An address that Adobe sends to: answers its challenge, unless `echo` is unset, then `status` to what it gets."""

    def __init__(self):
        self.echo, self.status, self.tried, self.calls = True, 200, [], []
        consumer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                challenge = parse_qs(urlsplit(self.path).query)["challenge"][0]
                consumer.tried.append(challenge)
                self._answer(200, challenge.encode() if consumer.echo else b"hello")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                consumer.calls.append(({key.lower(): value for key, value in self.headers.items()}, body))
                self._answer(consumer.status)

            def _answer(self, status, body=b""):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/connector/webhook/magento/token"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def consumer():
    consumer = Consumer()
    yield consumer
    consumer.close()


@pytest.fixture
def commerce(magento):
    """A shop of Adobe Commerce with the module, whose deliveries are sent."""
    magento.control("POST", "", {"edition": "Enterprise", "modules": ["Magento_AdobeCommerceEventsClient"]})
    magento.sandbox.start()
    return magento


def subscribe(lab, *names, fields=("entity_id",)):
    for name in names:
        event = {"name": name, "fields": [{"name": field} for field in fields]}
        lab.call("POST", "eventing/eventSubscribe", {"event": event})


def arrived(lab, consumer):
    """Return [(headers, event)] of all that was sent, once nothing is left to send."""
    for _step in range(500):
        if not lab.sandbox.services.deliveries.pending(lab.domain):
            break
        lab.sandbox.services.clock.change(advance=0.02)
        lab.sandbox.services.deliveries.wake()
    calls, consumer.calls = consumer.calls, []
    return [(headers, json.loads(body)) for headers, body in calls]


def test_a_shop_without_the_module_has_no_eventing(magento):
    magento.call("GET", "eventing/getEventSubscriptions", status=404)
    magento.call("POST", "eventing/eventSubscribe", {"event": {"name": ORDERS, "fields": []}}, status=404)


def test_subscriptions(commerce):
    subscribe(commerce, ORDERS)
    [known] = commerce.get("eventing/getEventSubscriptions")
    assert (known["name"], known["fields"][0]["name"], known["destination"]) == (ORDERS, "entity_id", "default")
    more = {"event": {"fields": [{"name": "increment_id"}], "priority": True}}
    commerce.call("PUT", f"eventing/eventSubscribe/{ORDERS}", more)
    [known] = commerce.get("eventing/getEventSubscriptions")
    assert ([field["name"] for field in known["fields"]], known["priority"]) == (["entity_id", "increment_id"], True)
    for event in ({"name": "observer.nonsense", "fields": [{"name": "id"}]}, {"name": PRODUCTS, "fields": []}):
        commerce.call("POST", "eventing/eventSubscribe", {"event": event}, status=400)
    commerce.call("POST", "eventing/eventSubscribe", {"event": {"name": ORDERS, "fields": [{"name": "x"}]}}, status=400)
    commerce.call("POST", f"eventing/eventUnsubscribe/{ORDERS}")
    assert commerce.get("eventing/getEventSubscriptions") == []


def test_an_address_is_tried_first(commerce, consumer):
    consumer.echo = False
    commerce.control("POST", "/event-registrations", {"url": consumer.url}, status=400)
    consumer.echo = True
    entry = commerce.control("POST", "/event-registrations", {"url": consumer.url, "client_id": "c1"}, status=201)
    assert (entry["client_id"], entry["state"], len(set(consumer.tried))) == ("c1", "active", 2)


def test_events_are_signed_and_say_whose_they_are(commerce, consumer):
    registration = commerce.control("POST", "/event-registrations", {"url": consumer.url}, status=201)
    subscribe(commerce, PRODUCTS, fields=("entity_id", "sku"))
    made = commerce.control("POST", "/products", {"title": "Mug", "price": "10", "sku": "MUG"})
    headers, event = arrived(commerce, consumer)[-1]
    body = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
    assert event["type"] == f"com.adobe.commerce.{PRODUCTS}" == headers["x-adobe-event-code"]
    assert event["data"]["value"] == {"entity_id": str(made["id"]), "sku": "MUG"}
    assert event["data"]["_metadata"]["websiteId"] == "1"
    assert event["recipientclientid"] == registration["client_id"]
    assert event["eventid"] == headers["x-adobe-event-id"]
    assert headers["content-type"].startswith("application/cloudevents+json")
    for number in "12":
        page = commerce.client.get(f"/static.adobeioevents.com{headers[f'x-adobe-public-key{number}-path']}")
        signature = base64.b64decode(headers[f"x-adobe-digital-signature-{number}"])
        key = load_pem_public_key(page.data)
        key.verify(signature, body, PKCS1v15(), SHA256())
        with pytest.raises(InvalidSignature):
            key.verify(signature, body + b" ", PKCS1v15(), SHA256())
    assert commerce.client.get("/static.adobeioevents.com/prod/keys/pub-key-none.pem").status_code == 403


def test_what_happens_is_told(commerce, consumer):
    commerce.control("POST", "/event-registrations", {"url": consumer.url}, status=201)
    subscribe(commerce, ORDERS, PRODUCTS, DELETED)
    subscribe(commerce, STOCK, fields=("product_id", "qty"))
    subscribe(commerce, TRACKS, fields=("order_id",))
    made = commerce.control("POST", "/products", {"title": "Mug", "price": "10", "sku": "MUG"})
    commerce.control("POST", "/stock", {"sku": "MUG", "quantity": 7})
    told = [event["data"]["value"] for _headers, event in arrived(commerce, consumer)]
    assert {"product_id": made["id"], "qty": 7} in told
    order = commerce.control("POST", "/orders", {"lines": [{"sku": "MUG", "quantity": 1}], "email": "a@example.com"})
    commerce.control("POST", f"/orders/{order['id']}/ship", {"number": "1Z1"})
    told = {
        (e["type"].rpartition(".")[2], e["data"]["value"].get("entity_id")) for _h, e in arrived(commerce, consumer)
    }
    assert ("sales_order_save_commit_after", str(order["id"])) in told
    commerce.control("POST", f"/orders/{order['id']}/track", {"number": "1Z2"})
    told = {e["type"].rpartition(".")[2]: e["data"]["value"] for _h, e in arrived(commerce, consumer)}
    assert told["sales_order_shipment_track_save_commit_after"] == {"order_id": order["id"]}
    commerce.control("DELETE", f"/products/{made['id']}")
    [(_headers, event)] = arrived(commerce, consumer)
    assert (event["type"].rpartition(".")[2], event["data"]["value"]) == (
        "catalog_product_delete_commit_after",
        {"entity_id": str(made["id"])},
    )


def test_nothing_is_told_of_what_nobody_subscribed_to(commerce, consumer):
    commerce.control("POST", "/event-registrations", {"url": consumer.url}, status=201)
    commerce.control("POST", "/products", {"title": "Mug", "price": "10", "sku": "MUG"})
    assert arrived(commerce, consumer) == []


@pytest.mark.parametrize(("status", "tries"), [(503, 2), (429, 2), (401, 1), (400, 1)])
def test_only_some_answers_are_tried_again(commerce, consumer, status, tries):
    commerce.control("POST", "/event-registrations", {"url": consumer.url}, status=201)
    subscribe(commerce, DELETED, STOCK)
    made = commerce.control("POST", "/products", {"title": "Mug", "price": "10", "sku": "MUG"})
    arrived(commerce, consumer)
    consumer.status = status
    commerce.control("DELETE", f"/products/{made['id']}")
    clock, seen = commerce.sandbox.services.clock, []
    for _step in range(100):
        clock.change(advance=1)
        commerce.sandbox.services.deliveries.wake()
        seen = commerce.sandbox.services.deliveries.listing(commerce.domain, limit=1)[0]["answers"]
        if seen and (len(seen) == tries or status < 429):
            break
        time.sleep(0.02)
    assert [answer["status"] for answer in seen] == [status] * tries


def test_new_keys(commerce):
    before = commerce.control("GET", "/event-keys")["paths"]
    after = commerce.control("POST", "/event-keys")["paths"]
    assert len(after) == 2
    assert not set(before) & set(after)
    assert commerce.client.get(f"/static.adobeioevents.com{before[0]}").status_code == 403
