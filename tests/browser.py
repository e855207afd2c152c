"""A headless Chromium, driven by its DevTools protocol: enough to look at Odoo's screens as a person would."""

import base64
import contextlib
import itertools
import json
import resource
import subprocess
import time
import urllib.request
from pathlib import Path

import websocket

from scripts.rpc import Rpc
from scripts.state import clean_environment

START_SECONDS = 30


class BrowserError(AssertionError):
    """The page did not do what was asked of it."""


def lift_memory_limit() -> None:
    """Undo, in the new process, the limit on address space that Odoo puts on its own (so on the tests') process.

    A browser reserves far more than it uses, and would end at its start.
    """
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.getrlimit(resource.RLIMIT_AS)[1]))


class Browser:
    """One page of a browser with a profile of its own."""

    def __init__(self, program: str, folder: Path, *, width: int = 1366, height: int = 900):
        """Start the browser.

        :param folder: its profile; a new, empty one
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.console: list[str] = []  # what the page logged as an error, uncaught exceptions included
        self._ids = itertools.count(1)
        self._process = subprocess.Popen(
            [
                program,
                "--headless=new",
                "--no-sandbox",  # Chromium refuses its sandbox as root, and pages here are our own
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-extensions",
                "--no-first-run",
                "--no-proxy-server",
                "--remote-debugging-port=0",
                "--remote-allow-origins=*",
                f"--user-data-dir={folder}",
                f"--window-size={width},{height}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=clean_environment(),
            preexec_fn=lift_memory_limit,  # noqa: PLW1509  one system call, no lock
        )
        try:
            self._socket = websocket.create_connection(self._page(folder), timeout=60, enable_multithread=False)
        except BaseException:
            self.close()
            raise
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def _page(self, folder: Path) -> str:
        """Return the address of the first page's debugging socket, once the browser has written its port."""
        marker, deadline = folder / "DevToolsActivePort", time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError, IndexError, StopIteration):
                port = marker.read_text().splitlines()[0]
                opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                with opener.open(f"http://127.0.0.1:{port}/json/list", timeout=5) as answer:
                    return next(page["webSocketDebuggerUrl"] for page in json.load(answer) if page["type"] == "page")
            time.sleep(0.1)
        raise BrowserError("the browser did not start")

    def close(self) -> None:
        """End the browser."""
        self._process.kill()
        self._process.wait()

    def send(self, method: str, **params) -> dict:
        """Send a DevTools command and return its result; events that arrive meanwhile are noted."""
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise BrowserError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._note(message)

    def _note(self, event: dict) -> None:
        params = event.get("params", {})
        if event["method"] == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.console.append(details.get("exception", {}).get("description") or details["text"])
        elif event["method"] == "Runtime.consoleAPICalled" and params["type"] == "error":
            parts = (str(arg.get("value", arg.get("description", ""))) for arg in params["args"])
            self.console.append(" ".join(parts))
        elif event["method"] == "Log.entryAdded" and params["entry"]["level"] == "error":
            entry = params["entry"]
            self.console.append(f"{entry['text']} {entry.get('url', '')}")

    def evaluate(self, expression: str):
        """Return the value of a JavaScript expression (promises are awaited); it must be JSON-like."""
        result = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise BrowserError(details.get("exception", {}).get("description") or details["text"])
        return result["result"].get("value")

    def goto(self, address: str) -> None:
        """Open a page and wait until it is loaded (what scripts do after that: `wait_for`)."""
        self.evaluate("window.isLeft = true")  # the page before may still be there when the browser answers
        self.send("Page.navigate", url=address)
        self.wait_for("!window.isLeft && document.readyState === 'complete' && location.href !== 'about:blank'")

    def wait_for(self, condition: str, seconds: float = 30) -> None:
        """Wait until a JavaScript condition is true.

        :raises BrowserError: it did not become true in time; the message holds the page's errors
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(BrowserError):  # the page may be between two documents
                if self.evaluate(f"!!({condition})"):
                    return
            time.sleep(0.1)
        raise BrowserError(f"not within {seconds:.0f} s: {condition}; console: {self.console}")

    def click(self, selector: str) -> None:
        """Wait for an element, bring it into view and click it."""
        quoted = json.dumps(selector)
        self.wait_for(f"document.querySelector({quoted})")
        self.evaluate(
            f"(e => {{ e.scrollIntoView({{block: 'center'}}); e.click(); }})(document.querySelector({quoted}))"
        )

    def login(self, rpc: Rpc, *, dark: bool = False) -> None:
        """Take over a session of Odoo, in its light or dark colours."""
        for cookie in rpc.cookies:
            self.send("Network.setCookie", name=cookie.name, value=cookie.value, url=rpc.address)
        self.send("Network.setCookie", name="color_scheme", value="dark" if dark else "light", url=rpc.address)

    def screenshot(self, path: Path) -> Path:
        """Write a picture (PNG) of what the window shows."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"]))
        return path
