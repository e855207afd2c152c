"""A platform on this machine that answers as badly as real ones do, and the plain ports the session talks to."""

import http.server
import io
import socket
import struct
import threading

import pytest


class Platform:
    """Routes are functions of the handler; each request's headers and body are kept in `requests`."""

    def __init__(self):
        self.routes = {}
        self.requests = []
        platform = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                platform.requests.append(
                    {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body}
                )
                platform.routes[self.path.partition("?")[0]](self)

            do_GET = do_POST = do_PUT = do_HEAD = handle_one

            def answer(self, status=200, body=b"{}", **headers):
                """Send a whole answer; header names are written with underscores."""
                self.send_response(status)
                headers = {name.replace("_", "-"): value for name, value in headers.items()}
                for name, value in {"Content-Type": "application/json", "Content-Length": len(body), **headers}.items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(body)

            def reset(self):
                """Close the connection with a RST in the middle of things."""
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.wfile.flush()
                self.connection.close()
                self.close_connection = True
                self.wfile = self.rfile = io.BytesIO()

            def log_message(self, *args):
                """Override of http.server to say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *args: None
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def route(self, path, function=None, **answer):
        self.routes[path] = function or (lambda handler: handler.answer(**answer))
        return self.url + path

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Recorder:
    def __init__(self, debug=False):
        self.debug = debug
        self.calls = []

    def record(self, call):
        self.calls.append(call)


class MemoryBudget:
    """`ports.Budget` that grants from a list of waits: 0.0 grants."""

    def __init__(self, *waits):
        self.waits = list(waits)
        self.acquired = []
        self.fed = []

    def acquire(self, api, cost):
        self.acquired.append((api, cost))
        return self.waits.pop(0) if self.waits else 0.0

    def feed(self, api, **said):
        self.fed.append((api, said))


@pytest.fixture
def platform():
    platform = Platform()
    yield platform
    platform.stop()


@pytest.fixture
def recorder():
    return Recorder()


def make_session(recorder, seconds):
    # Here: named on the command line, this file is loaded before Odoo knows where our addons are.
    from odoo.addons.connector_base.transport import Session  # noqa: PLC0415

    return Session(recorder=recorder, timeout=(seconds, seconds))


@pytest.fixture
def session(recorder):
    return make_session(recorder, 5)


@pytest.fixture
def hasty(recorder):
    """A session that waits half a second."""
    return make_session(recorder, 0.5)


@pytest.fixture
def budget():
    return MemoryBudget()
