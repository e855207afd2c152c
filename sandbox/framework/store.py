"""The stand-in's memory: documents in SQLite, kept in RAM too, written through before an answer leaves.

A document is a plain dict that nobody changes after it was put: whoever changes something puts a new dict. Readers
therefore need no lock. Counters only grow, also when a shop is removed, so that an id is never given twice.
"""

import fcntl
import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS doc (
    shop TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (shop, kind, id)
);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS blob (digest TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS setting (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT, shop TEXT NOT NULL, subject TEXT NOT NULL, topic TEXT NOT NULL,
    subscription TEXT NOT NULL, uri TEXT NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL, created REAL NOT NULL,
    due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'waiting',
    answers TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS delivery_subject ON delivery (shop, subject);
"""


Watcher = Callable[[str, str, dict | None, dict | None], None]


class Busy(RuntimeError):
    """Another process already serves from this data folder."""


class Store:
    """Documents by (shop, kind, id), counters and settings in ``folder``/sandbox.sqlite3; one process at a time."""

    def __init__(self, folder):
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._lockfile = open(folder / "sandbox.lock", "a+")  # noqa: SIM115 - held as long as the store lives
        try:
            fcntl.flock(self._lockfile, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lockfile.close()
            raise Busy(f"{folder} is in use by another sandbox: stop it, or give another --data folder") from error
        self._lockfile.truncate(0)
        self._lockfile.write(str(os.getpid()))
        self._lockfile.flush()
        self.lock = threading.RLock()
        self._db = sqlite3.connect(folder / "sandbox.sqlite3", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)
        self._docs: dict[tuple[str, str], dict] = {}
        for shop, kind, key, body in self._db.execute("SELECT shop, kind, id, body FROM doc ORDER BY rowid"):
            self._docs.setdefault((shop, kind), {})[self._key(key)] = json.loads(body)
        self._versions: dict[tuple[str, str], int] = {}
        self._indexes: dict[str, dict[str, Callable[[dict], Iterable]]] = {}
        self._found: dict[tuple[str, str, str], dict] = {}
        self._depth = 0
        self._overlay: dict[tuple, dict | None] = {}
        self._watchers: list[Watcher] = []

    @staticmethod
    def _key(text: str):
        return int(text) if text.isdigit() else text

    def close(self):
        with self.lock:
            self._db.close()
            self._lockfile.close()

    @contextmanager
    def transaction(self):
        """Everything put inside becomes visible and durable together, or not at all. May be nested."""
        with self.lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                    self._overlay.clear()
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")
                self._publish()

    def _publish(self):
        overlay, self._overlay = self._overlay, {}
        changed: dict[tuple[str, str], dict] = {}
        for (shop, kind, key), body in overlay.items():
            self._reindex(shop, kind, key, body)
            docs = changed.get((shop, kind))
            if docs is None:
                docs = changed[shop, kind] = dict(self._docs.get((shop, kind), ()))
            if body is None:
                docs.pop(key, None)
            else:
                docs[key] = body
        for where, docs in changed.items():
            self._docs[where] = docs
            self._versions[where] = self._versions.get(where, 0) + 1

    # --- finding by content ----------------------------------------------------------------------------------------
    def index(self, kind: str, name: str, values: Callable[[dict], Iterable]):
        """Let documents of a kind be found by the values that ``values`` gives of one."""
        self._indexes.setdefault(kind, {})[name] = values

    def find(self, shop: str, kind: str, name: str, value) -> list[dict]:
        """The documents that have a value in an index, in a transaction as it sees them; in order of their keys."""
        values = self._indexes[kind][name]
        with self.lock:
            known = self._found.get((shop, kind, name))
            if known is None:
                known = self._found[shop, kind, name] = {}
                for key, body in self._docs.get((shop, kind), {}).items():
                    for entry in values(body):
                        known.setdefault(entry, set()).add(key)
            keys = set(known.get(value, ()))
            keys.update(place[2] for place in self._overlay if place[:2] == (shop, kind))
            bodies = (self.get(shop, kind, key) for key in sorted(keys))
            return [body for body in bodies if body is not None and value in values(body)]

    def _reindex(self, shop: str, kind: str, key, body: dict | None):
        before = self._docs.get((shop, kind), {}).get(key)
        for name, values in self._indexes.get(kind, {}).items():
            known = self._found.get((shop, kind, name))
            if known is None:
                continue
            for entry in values(before) if before else ():
                known.get(entry, set()).discard(key)
            for entry in values(body) if body else ():
                known.setdefault(entry, set()).add(key)

    def execute(self, sql: str, parameters=()):
        """Rows of one statement on the delivery table; committed at once outside a transaction."""
        with self.lock:
            return self._db.execute(sql, parameters).fetchall()

    def insert(self, sql: str, parameters=()) -> int:
        """Row id of one inserted row."""
        with self.lock:
            return self._db.execute(sql, parameters).lastrowid

    # --- documents -------------------------------------------------------------------------------------------------
    def get(self, shop: str, kind: str, key):
        """The document or None; inside a transaction what the transaction put."""
        if self._overlay and (shop, kind, key) in self._overlay:
            with self.lock:
                if (shop, kind, key) in self._overlay:
                    return self._overlay[shop, kind, key]
        return self._docs.get((shop, kind), {}).get(key)

    def all(self, shop: str, kind: str) -> list[dict]:
        """Every committed document of a kind, in the order they were first put."""
        return list(self._docs.get((shop, kind), {}).values())

    def shops(self) -> list[str]:
        """Every shop that has documents, sorted."""
        return sorted({shop for (shop, _), docs in self._docs.items() if docs})

    def count(self, shop: str, kind: str) -> int:
        return len(self._docs.get((shop, kind), ()))

    def version(self, shop: str, kind: str) -> int:
        """Grows with every change of the kind: a key for caches."""
        return self._versions.get((shop, kind), 0)

    def put(self, shop: str, kind: str, key, body: dict):
        self.put_many(shop, kind, [(key, body)])

    def put_many(self, shop: str, kind: str, rows):
        with self.transaction():
            rows = list(rows)
            before = [self.get(shop, kind, key) for key, _body in rows] if self._watchers else []
            self._db.executemany(
                "INSERT INTO doc (shop, kind, id, body) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (shop, kind, id) DO UPDATE SET body = excluded.body",
                [(shop, kind, str(key), json.dumps(body, separators=(",", ":"))) for key, body in rows],
            )
            self._overlay.update({(shop, kind, key): body for key, body in rows})
            for old, (_key, body) in zip(before, rows, strict=False):
                self._tell(shop, kind, old, body)

    def delete(self, shop: str, kind: str, key):
        with self.transaction():
            before = self.get(shop, kind, key)
            self._db.execute("DELETE FROM doc WHERE shop = ? AND kind = ? AND id = ?", (shop, kind, str(key)))
            self._overlay[shop, kind, key] = None
            self._tell(shop, kind, before, None)

    def watch(self, watcher: Watcher):
        """Call ``watcher(shop, kind, before, after)`` within the transaction of each change; None: there is none."""
        self._watchers.append(watcher)

    def _tell(self, shop: str, kind: str, before: dict | None, after: dict | None):
        for watcher in self._watchers:
            watcher(shop, kind, before, after)

    def delete_shop(self, shop: str):
        """Forget every document and delivery of a shop; its counters stay."""
        with self.transaction():
            self._db.execute("DELETE FROM doc WHERE shop = ?", (shop,))
            self._db.execute("DELETE FROM delivery WHERE shop = ?", (shop,))
            for (owner, kind), docs in self._docs.items():
                if owner == shop:
                    self._overlay.update({(shop, kind, key): None for key in docs})

    # --- contents --------------------------------------------------------------------------------------------------
    def put_blob(self, content: bytes) -> str:
        """Keep bytes for good, equal ones once; the digest they are found by."""
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        with self.transaction():
            self._db.execute("INSERT OR IGNORE INTO blob (digest, content) VALUES (?, ?)", (digest, content))
        return digest

    def blob(self, digest: str) -> bytes:
        """The bytes of a digest; raises KeyError."""
        rows = self.execute("SELECT content FROM blob WHERE digest = ?", (digest,))
        if not rows:
            raise KeyError(digest)
        return rows[0][0]

    # --- counters and settings -------------------------------------------------------------------------------------
    def next_ids(self, name: str, count: int = 1, start: int = 1, step: int = 1) -> list[int]:
        """``count`` fresh numbers of a counter, each given once for ever."""
        with self.transaction():
            row = self._db.execute("SELECT value FROM counter WHERE name = ?", (name,)).fetchone()
            first = row[0] if row else start
            self._db.execute(
                "INSERT INTO counter (name, value) VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, first + count * step),
            )
        return list(range(first, first + count * step, step))

    def setting(self, key: str):
        with self.lock:
            row = self._db.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def set_setting(self, key: str, value):
        with self.transaction():
            self._db.execute(
                "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, json.dumps(value)),
            )
