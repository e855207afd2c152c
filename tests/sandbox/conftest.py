"""A sandbox in this process, called through its WSGI interface, and one in a process of its own."""

import contextlib
import gc
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from werkzeug.test import Client

from sandbox.factory import build
from sandbox.shopify.seed import DEMO_DOMAIN
from tests.contract import magento_spec
from tests.sandbox.magento_lab import MagentoLab

ROOT = Path(__file__).parents[2]


class Lab:
    """A sandbox and one of its shops, with short hands for its APIs."""

    def __init__(self, sandbox, domain: str):
        self.sandbox, self.domain = sandbox, domain
        self.client = Client(sandbox)

    @property
    def shop(self) -> dict:
        return self.control("GET", "")

    def control(self, method: str, path: str, body=None, *, status=None):
        """A control call below the shop; its JSON."""
        response = self.client.open(f"/_control/shops/{self.domain}{path}", method=method, json=body)
        if status is not None:
            assert response.status_code == status, response.text
        else:
            assert response.status_code < 300, response.text
        return response.json

    def raw(self, query: str, variables=None, *, token=None, version="2026-10", **extra):
        """The HTTP response of one GraphQL call."""
        return self.client.post(
            f"/{self.domain}/admin/api/{version}/graphql.json",
            json={"query": query, "variables": variables or {}, **extra},
            headers={"X-Shopify-Access-Token": token or self.shop["admin_token"]},
        )

    def gql(self, query: str, variables=None, **options) -> dict:
        """The JSON of one GraphQL call that must not fail."""
        body = self.raw(query, variables, **options).json
        assert "errors" not in body, body["errors"]
        return body

    def place(self, **spec) -> dict:
        spec.setdefault("lines", [{"title": "Thing", "price": "10.00", "quantity": 1}])
        return self.control("POST", "/orders", spec)

    def act(self, order: dict, action: str, **wanted) -> dict:
        return self.control("POST", f"/orders/{order['id']}/{action}", wanted)

    def stored(self, order: dict) -> dict:
        return self.sandbox.services.store.get(self.domain, "order", order["id"])


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The seeded demonstration shop with a bucket that never empties. Tests must not change it."""
    sandbox = build(tmp_path_factory.mktemp("demo"), seed=True)
    lab = Lab(sandbox, DEMO_DOMAIN)
    lab.control("PATCH", "", {"bucket_size": 10**9})
    gc.collect()
    gc.freeze()
    yield lab
    gc.unfreeze()
    sandbox.close()


@pytest.fixture
def lab(tmp_path):
    """An empty shop of its own, on a frozen clock."""
    sandbox = build(tmp_path / "state")
    sandbox.services.clock.change(at="2026-11-20T12:00:00Z", freeze=True)
    lab = Lab(sandbox, "lab.myshopify.com")
    response = lab.client.post("/_control/shops", json={"domain": lab.domain})
    assert response.status_code == 201, response.text
    yield lab
    sandbox.close()


@pytest.fixture
def magento(tmp_path):
    """An empty Magento shop of its own, on a frozen clock."""
    sandbox = build(tmp_path / "magento")
    sandbox.services.clock.change(at="2026-11-20T12:00:00Z", freeze=True)
    sandbox.services.later.pace = 0
    lab = MagentoLab(sandbox, "lab.magento.test", magento_spec.official() if magento_spec.SPECIFICATION else None)
    response = lab.client.post("/_control/shops", json={"domain": lab.domain})
    assert response.status_code == 201, response.text
    yield lab
    sandbox.close()


class Receiver:
    """An HTTP server that keeps what is posted to it; ``answer`` is the status it gives, or a callable giving it."""

    def __init__(self):
        self.calls: list[tuple[str, dict, bytes]] = []
        self.answer = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.calls.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                status = receiver.answer() if callable(receiver.answer) else receiver.answer
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def wait(self, count: int, seconds: float = 10) -> list:
        deadline = time.monotonic() + seconds
        while len(self.calls) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.calls) >= count, f"{len(self.calls)} of {count} arrived"
        return self.calls

    def topics(self) -> list[str]:
        return [headers["x-shopify-topic"] for _, headers, _ in self.calls]

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


SUBSCRIBE = """mutation($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: {uri: $uri}) {
    webhookSubscription { id topic uri } userErrors { field message } } }"""
URI = "https://odoo.example.com/connector/webhook/shopify/token"


@pytest.fixture
def subscribe(lab, receiver):
    """Subscribe the lab's app to topics, delivered to the receiver."""

    def subscribe(*topics: str, uri: str = URI):
        for topic in topics:
            answer = lab.gql(SUBSCRIBE, {"topic": topic, "uri": uri})
            assert not answer["data"]["webhookSubscriptionCreate"]["userErrors"]

    lab.sandbox.services.deliveries.set_target(receiver.url)
    lab.sandbox.start()
    return subscribe


class Process:
    """``python -m sandbox`` on a data folder."""

    def __init__(self, folder: Path, *arguments: str):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "sandbox", "--port", str(self.port), "--data", str(folder), *arguments]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert "http://" in self._process.stdout.readline()

    def call(self, method: str, path: str, body=None, headers=None, timeout=20):
        """(status, parsed JSON or bytes)."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers or {}, method=method)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                status, raw = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, raw = error.code, error.read()
        with contextlib.suppress(ValueError):
            return status, json.loads(raw)
        return status, raw

    def kill(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def stop(self) -> int:
        self._process.terminate()
        status = self._process.wait(10)
        self._process.stdout.close()
        return status


@pytest.fixture
def process():
    """Start sandboxes in processes of their own; all are ended afterwards."""
    started = []

    def start(folder: Path, *arguments: str) -> Process:
        started.append(Process(folder, *arguments))
        return started[-1]

    yield start
    for entry in started:
        if entry._process.poll() is None:
            entry.kill()
