"""The sandbox inside this process: served on a free port by a thread, controlled by direct calls."""

import json
import threading
from pathlib import Path

from werkzeug.test import Client

from sandbox.factory import build
from sandbox.framework.server import Server
from sandbox.shopify.shop import Shop


class StandIn:
    """Use as a context manager; `url` is what a server's option `sandbox_url` would be."""

    def __init__(self, folder: Path, deliver_to: str | None = None):
        self.app = build(folder, deliver_to)
        self._client = Client(self.app)
        self._server = Server(("127.0.0.1", 0), self.app)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
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
        return Shop(self.app.services.store, self.app.services.clock, domain)
