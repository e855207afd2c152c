"""The chaos platform: an HTTP server in the test's own process that holds orders and can misbehave."""

import hashlib
import hmac
import http.client
import json
import threading
import time
from base64 import b64encode
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SECRET = "chaos-webhook-secret"
T0 = datetime(2026, 1, 1, tzinfo=timezone.utc)
PAGE = 50


class Shop:
    """Orders with versions; each update is one second later than the one before, whatever the clock says."""

    def __init__(self, currency="USD"):
        self.currency = currency
        self.orders = {}
        self.marks = defaultdict(list)
        self.outages = {}
        self.asked = Counter()
        self._gates = {}
        self._lock = threading.Lock()
        self._clock = 0
        self._deliveries = 0

    def update(self, order_id, **extra):
        """Make the next version of an order; return the payload a webhook carries."""
        with self._lock:
            self._clock += 1
            version = self.orders.get(order_id, {"version": 0})["version"] + 1
            self.orders[order_id] = {
                "id": order_id,
                "version": version,
                "updated_at": (T0 + timedelta(seconds=self._clock)).isoformat(),
                "currency": self.currency,
            }
            return {**self.orders[order_id], **extra}

    def hold(self, key):
        """Keep callers of a path, or those who tell a mark, waiting until `release`; return what tells of the first."""
        gate = self._gates[key] = threading.Event(), threading.Event()
        return gate[0]

    def release(self, key):
        """Answer those who wait, and hold nobody any more."""
        self._gates.pop(key)[1].set()

    def answer(self, path, query):
        """Return (status, document) of one API call."""
        status, document = self._look_up(path, query)
        if gate := self._gates.get(query.get("mark", path)):
            reached, opened = gate
            reached.set()
            opened.wait()
        return status, document

    def _look_up(self, path, query):
        with self._lock:
            self.asked[path, query.get("page", query.get("ids", ""))] += 1
            if self.outages.get(path, 0) > 0:
                self.outages[path] -= 1
                return 503, {"error": "down for a moment"}
            calls = {"/mark": self._mark, "/by_id": self._by_id, "/count": self._count, "/orders": self._list}
            return (200, calls[path](query)) if path in calls else (401, {"error": "invalid token"})

    def _mark(self, query):
        self.marks[query["mark"]].append(time.monotonic())
        return {}

    def _by_id(self, query):
        return {"orders": [self.orders[key] for key in query["ids"].split(",") if key in self.orders]}

    def _since(self, query):
        since = query.get("since", "")
        return [order for order in self.orders.values() if order["updated_at"] >= since]

    def _count(self, query):
        return {"count": len(self._since(query))}

    def _list(self, query):
        """Pages by the position in time, as platforms do: what is updated meanwhile moves to the end."""
        after = query.get("page", "")
        found = sorted(self._since(query), key=lambda order: order["updated_at"])
        found = [order for order in found if order["updated_at"] > after]
        return {"orders": found[:PAGE], "next": found[PAGE - 1]["updated_at"] if len(found) > PAGE else None}

    @contextmanager
    def serving(self):
        """Serve on a free port; yield the address."""
        shop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                status, document = shop.answer(parts.path, query)
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()

    def delivery(self, payload):
        """Return the (headers, body) of a webhook with `payload`, under a new delivery id."""
        with self._lock:
            self._deliveries += 1
            delivery = f"delivery-{self._deliveries}"
        body = json.dumps(payload).encode()
        signature = b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
        return {"Content-Type": "application/json", "X-Delivery": delivery, "X-Signature": signature}, body


class Sender:
    """Sends webhooks as platforms do: keep-alive, and again until the answer is 200."""

    def __init__(self, addresses, path, patience=90):
        self.addresses = addresses
        self.path = path
        self.patience = patience
        self.repeats = 0

    def send(self, deliveries):
        """Deliver all, spread over the addresses in turn.

        :raise AssertionError: one was not taken in time
        """
        connections = {}
        try:
            for number, (headers, body) in enumerate(deliveries):
                deadline = time.monotonic() + self.patience
                attempt = number
                while not self._post(connections, self.addresses[attempt % len(self.addresses)], headers, body):
                    assert time.monotonic() < deadline, f"not taken within {self.patience} s: {headers['X-Delivery']}"
                    self.repeats += 1
                    attempt += 1
                    time.sleep(0.1)
        finally:
            for connection in connections.values():
                connection.close()

    def _post(self, connections, address, headers, body):
        host = urlsplit(address).netloc
        connection = connections.setdefault(host, http.client.HTTPConnection(host, timeout=30))
        try:
            connection.request("POST", self.path, body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connections.pop(host).close()
            return False
        return answer.status == 200

    def send_by(self, clients, deliveries):
        """Deliver by so many clients at once; return the seconds it took."""
        failures = []

        def run(part):
            try:
                self.send(part)
            except AssertionError as error:
                failures.append(error)

        started = time.monotonic()
        threads = [threading.Thread(target=run, args=(deliveries[number::clients],)) for number in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures, failures
        return time.monotonic() - started
