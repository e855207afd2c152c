"""The sandbox inside this process: served on a free port by a thread, controlled by direct calls."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from werkzeug.test import Client

from sandbox.factory import build
from sandbox.framework.server import Server


class StandIn:
    """Use as a context manager; `url` is what a server's option `sandbox_url` would be.

    :param folder: where it keeps its state
    :param deliver_to: where all webhooks go; None: nowhere, they stay queued
    """

    def __init__(self, folder: Path, deliver_to: str | None = None):
        self.app = build(folder, deliver_to)
        self._delivers = deliver_to is not None
        self._client = Client(self.app)
        self._server = Server(("127.0.0.1", 0), self.app)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        if self._delivers:
            self.app.start()
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *exc):
        self._server.shutdown()
        self._server.server_close()
        self.app.close()

    def control(self, path, payload=None, *, method=None):
        """Call the control API: GET, or POST when there is a payload; return the decoded answer.

        :raise AssertionError: it refuses
        """
        answer = self._client.open(
            f"/_control/{path}", method=method or ("GET" if payload is None else "POST"), json=payload
        )
        assert answer.status_code < 300, f"{path}: {answer.get_data(as_text=True)}"
        return json.loads(answer.get_data())

    def shop(self, domain):
        """Return the sandbox's own view of a shop."""
        return self.app.platform_of(domain).controls.shop(domain)


class Mailbox:
    """Receives webhooks instead of Odoo, and says back what a platform asks that tries the address.

    `calls` are (path, headers in lower case, body). Use as a context manager.
    """

    def __init__(self):
        self.calls = []
        self._taken = 0
        self._arrived = threading.Condition()
        mailbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with mailbox._arrived:
                    mailbox.calls.append((self.path, headers, body))
                    mailbox._arrived.notify_all()
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self):
                [answer] = parse_qs(urlsplit(self.path).query).get("challenge", [""])
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *args):
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *exc):
        self._server.shutdown()
        self._server.server_close()

    def wait_for(self, count, seconds=20):
        """Return the calls once there are `count` of them.

        :raise AssertionError: fewer came in time
        """
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.calls) >= count, seconds), f"{len(self.calls)} of {count}"
            return list(self.calls)

    def take(self):
        """Return the calls that came since this was asked last."""
        with self._arrived:
            new, self._taken = self.calls[self._taken :], len(self.calls)
            return new
