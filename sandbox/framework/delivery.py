"""Webhook delivery: a persisted queue, sent by threads, retried on the stand-in's clock.

A platform enqueues a delivery inside the transaction of the change it tells about; a killed process therefore sends
after its restart what it had not sent before.
"""

import http.client
import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from .clock import Clock
from .faults import WEBHOOK_KINDS, Faults
from .store import Store

CONNECT_TIMEOUT, TOTAL_TIMEOUT = 1.0, 5.0
#: Seconds before each retry: eight within four hours, growing.
RETRY_DELAYS = (10, 30, 90, 270, 600, 1500, 3600, 8300)
MAX_ANSWERS = 20
#: Deliveries kept for the pages; older ones that are done are forgotten.
KEPT = 20_000


@dataclass(frozen=True)
class Manners:
    """How a platform delivers: ``owns(shop)`` says which shops are its own.

    ``report(shop, subscription)`` is called when a delivery was given up after all its retries and nothing else reached
    that subscription meanwhile; ``resign`` gives headers a wrong signature; ``retries(status)`` says whether an answer
    lets the platform try again, None being no answer.
    """

    owns: Callable[[str], bool]
    report: Callable[[str, str], None]
    resign: Callable[[str, dict, bytes], dict]
    retries: Callable[[int | None], bool] = lambda _status: True


class Deliveries:
    """Queue and sender; each platform adds its manners."""

    def __init__(self, store: Store, clock: Clock, faults: Faults, deliver_to: str | None = None, workers: int = 4):
        self._store, self._clock, self._faults = store, clock, faults
        self.deliver_to = deliver_to or store.setting("deliver_to")
        self._manners: list[Manners] = []
        self._wake = threading.Condition()
        self._awake = self._stopping = False
        store.execute("UPDATE delivery SET state = 'waiting' WHERE state = 'sending'")
        self._threads = [threading.Thread(target=self._run, name=f"deliver-{n}", daemon=True) for n in range(workers)]

    def add(self, manners: Manners):
        self._manners.append(manners)

    def _manners_of(self, shop: str) -> Manners:
        return next(manners for manners in self._manners if manners.owns(shop))

    def start(self):
        for thread in self._threads:
            thread.start()

    def stop(self):
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(TOTAL_TIMEOUT + 1)

    def set_target(self, url: str | None):
        """Send every delivery to this scheme and host instead of the subscription's own; the path stays."""
        self.deliver_to = url or None
        self._store.set_setting("deliver_to", self.deliver_to)

    def enqueue(self, shop: str, *, subject: str, topic: str, subscription: str, uri: str, headers: dict, body: bytes):
        """Queue one delivery, minding the faults that concern webhooks."""
        now = self._clock.now()
        fault = self._faults.take(shop, (topic,), WEBHOOK_KINDS) or {"kind": None}
        kind, due, state, copies = fault["kind"], now, "waiting", 1
        if kind == "webhook_drop":
            state = "dropped"
        elif kind == "webhook_delay":
            due = now + float(fault.get("seconds", 60))
        elif kind == "webhook_duplicate":
            copies = 2
        elif kind == "webhook_reorder":
            state = f"held:{int(fault.get('after', 1))}"
        elif kind == "webhook_bad_signature":
            headers = self._manners_of(shop).resign(shop, headers, body)
        with self._store.transaction():
            self._let_go(shop)
            for _ in range(copies):
                number = self._store.insert(
                    "INSERT INTO delivery (shop, subject, topic, subscription, uri, headers, body, created, due, "
                    "state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (shop, subject, topic, subscription, uri, json.dumps(headers), body, now, due, state),
                )
                if number % 1000 == 0:
                    self._store.execute(
                        "DELETE FROM delivery WHERE id <= ? AND state IN ('delivered', 'failed', 'dropped')",
                        (number - KEPT,),
                    )
        self.wake()

    def _let_go(self, shop: str):
        """Count down the deliveries that are held back; free those whose turn has come, after the present ones."""
        rows = self._store.execute("SELECT id, state FROM delivery WHERE shop = ? AND state LIKE 'held:%'", (shop,))
        for number, state in rows:
            left = int(state.partition(":")[2]) - 1
            if left > 0:
                self._store.execute("UPDATE delivery SET state = ? WHERE id = ?", (f"held:{left}", number))
            else:
                self._store.execute(
                    "UPDATE delivery SET state = 'waiting', due = ? WHERE id = ?", (self._clock.now() + 0.5, number)
                )

    def release(self, shop: str):
        """Send what a reorder fault still holds back, newest first."""
        self._store.execute(
            "UPDATE delivery SET state = 'waiting', due = ? - id * 1e-9 WHERE shop = ? AND state LIKE 'held:%'",
            (self._clock.now(), shop),
        )
        self.wake()

    def wake(self):
        with self._wake:
            self._awake = True
            self._wake.notify_all()

    def pending(self, shop: str | None = None) -> int:
        """Deliveries that still have a try to come."""
        sql = "SELECT count(*) FROM delivery WHERE (state IN ('waiting', 'sending') OR state LIKE 'held:%')"
        rows = self._store.execute(f"{sql} AND shop = ?", (shop,)) if shop else self._store.execute(sql)
        return rows[0][0]

    def listing(self, shop: str, subject: str | None = None, limit: int = 200) -> list[dict]:
        """Newest deliveries of a shop or of one subject, with what was answered."""
        names = ("id", "subject", "topic", "subscription", "uri", "headers", "created", "due", "attempts", "state")
        where, parameters = "WHERE shop = ?", [shop]
        if subject is not None:
            where += " AND subject = ?"
            parameters.append(subject)
        sql = f"SELECT {', '.join(names)}, answers FROM delivery {where} ORDER BY id DESC LIMIT ?"
        rows = self._store.execute(sql, (*parameters, limit))
        listed = []
        for row in rows:
            entry = dict(zip(names, row[:-1], strict=True), answers=json.loads(row[-1]))
            entry["headers"] = json.loads(entry["headers"])
            listed.append(entry)
        return listed

    # --- sending ---------------------------------------------------------------------------------------------------
    def _run(self):
        while True:
            with self._wake:
                if self._stopping:
                    return
                if not self._awake:
                    self._wake.wait(0.25)
                self._awake = False
            # The queue is read without holding the condition: whoever enqueues holds the store while waking us.
            while not self._stopping and (row := self._claim()):
                self._send(row)

    def _claim(self):
        """Take the delivery that is due first; no other thread gets it."""
        rows = self._store.execute(
            "UPDATE delivery SET state = 'sending' WHERE id = (SELECT id FROM delivery WHERE state = 'waiting' "
            "AND due <= ? ORDER BY due, id LIMIT 1) "
            "RETURNING id, shop, subscription, uri, headers, body, attempts, answers",
            (self._clock.now(),),
        )
        return rows[0] if rows else None

    def _send(self, row):
        number, shop, subscription, uri, headers, body, attempts, answers = row
        started = time.monotonic()
        code, detail, _answer = self.send("POST", uri, json.loads(headers), body)
        answer = {"at": self._clock.iso(), "status": code, "ms": round((time.monotonic() - started) * 1000)}
        if detail:
            answer["detail"] = detail
        answers = [*json.loads(answers), answer][-MAX_ANSWERS:]
        attempts += 1
        done = code is not None and 200 <= code < 300
        final = not done and not self._manners_of(shop).retries(code)
        gave_up = not done and (final or attempts > len(RETRY_DELAYS))
        state = "delivered" if done else "failed" if gave_up else "waiting"
        due = self._clock.now()
        if state == "waiting":
            due += RETRY_DELAYS[attempts - 1] * self._clock.retry_scale
        self._store.execute(
            "UPDATE delivery SET state = ?, attempts = ?, due = ?, answers = ? WHERE id = ? AND state = 'sending'",
            (state, attempts, due, json.dumps(answers), number),
        )
        if gave_up and not final:
            successes = self._store.execute(
                "SELECT count(*) FROM delivery WHERE shop = ? AND subscription = ? AND state = 'delivered' AND due > "
                "(SELECT created FROM delivery WHERE id = ?)",
                (shop, subscription, number),
            )
            if not successes[0][0]:
                self._manners_of(shop).report(shop, subscription)

    def send(self, method: str, uri: str, headers: dict, body: bytes | None = None):
        """(status, None, the answer's first bytes) or (None, what went wrong, b"")."""
        parts = urlsplit(uri)
        target = urlsplit(self.deliver_to) if self.deliver_to else parts
        secure = target.scheme == "https"
        try:
            if secure:
                context = ssl.create_default_context()
                connection = http.client.HTTPSConnection(target.netloc, timeout=CONNECT_TIMEOUT, context=context)
            else:
                connection = http.client.HTTPConnection(target.netloc, timeout=CONNECT_TIMEOUT)
            try:
                deadline = time.monotonic() + TOTAL_TIMEOUT
                connection.connect()
                connection.sock.settimeout(max(deadline - time.monotonic(), 0.1))
                path = parts.path + (f"?{parts.query}" if parts.query else "")
                connection.request(method, path or "/", body, {**headers, "Host": parts.netloc})
                connection.sock.settimeout(max(deadline - time.monotonic(), 0.1))
                answer = connection.getresponse()
                return answer.status, None, answer.read(4096)
            finally:
                connection.close()
        except (OSError, http.client.HTTPException) as error:
            return None, f"{type(error).__name__}: {error}", b""
