"""Takes note of every call to a platform, whatever becomes of the work around it."""

import logging
from collections import defaultdict

import psycopg2

from odoo import fields
from odoo.tools import SQL

from ..database import autocommit_cursor

_logger = logging.getLogger(__name__)

BUFFER_KEY = "connector_base.api_calls"
# A long transaction writes in between, so that neither memory nor the loss on a kill -9 grows with it.
BUFFER_SIZE = 100

_COLUMNS = (
    "at",
    "backend_id",
    "company_id",
    "platform",
    "operation",
    "method",
    "url",
    "status",
    "failed",
    "throttled",
    "duration_ms",
    "bytes_sent",
    "bytes_received",
    "cost",
    "request_id",
    "error",
    "lane",
    "sync_job_ref",
    "request_body",
    "response_body",
)


class ApiCallLog:
    """`transport.ports.CallRecorder` that survives whatever becomes of the transaction.

    Calls are kept with the cursor and written by another one when the transaction has ended, committed or rolled
    back: no lock is held then, nothing slows the call down, and a batch costs one round trip. A killed process loses
    what it had not written yet, `BUFFER_SIZE` calls at most.
    """

    def __init__(self, backend):
        context = backend.env.context
        self.cr = backend.env.cr
        self.registry = backend.env.registry
        self.debug = bool(backend.debug_until and backend.debug_until > fields.Datetime.now())
        self.common = {
            "backend_id": backend.id,
            "company_id": backend.company_id.id,
            "platform": backend.platform,
            "lane": backend._lane(),
            "sync_job_ref": context.get("integration_job_id") or None,
        }

    def record(self, call):
        """Take note of a `CallRecord`."""
        buffer = self.cr.cache.get(BUFFER_KEY)
        if buffer is None:
            buffer = self._open_buffer()
        row = {
            **self.common,
            "at": call.at.replace(tzinfo=None),
            "operation": call.operation,
            "method": call.method,
            "url": call.url,
            "status": call.status,
            "failed": bool(call.error) or call.status is None or call.status >= 400,
            "throttled": call.throttled,
            "duration_ms": round(call.duration_ms, 1),
            "bytes_sent": call.bytes_sent,
            "bytes_received": call.bytes_received,
            "cost": call.cost,
            "request_id": call.request_id or None,
            "error": call.error or None,
            "request_body": call.request_body,
            "response_body": call.response_body,
        }
        buffer.append({name: _clean(value) if isinstance(value, str) else value for name, value in row.items()})
        if len(buffer) >= BUFFER_SIZE:
            _write(self.registry, buffer)

    def _open_buffer(self):
        """Return the buffer of this transaction, which is written when it ends."""
        cr, registry = self.cr, self.registry
        buffer = cr.cache[BUFFER_KEY] = []

        def flush():
            cr.cache.pop(BUFFER_KEY, None)
            _write(registry, buffer)

        cr.postcommit.add(flush)
        cr.postrollback.add(flush)
        return buffer


def _clean(text):
    """Return `text` without what PostgreSQL can't store: NUL, and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _write(registry, buffer):
    """Write the calls of `buffer` with their hourly sums, and empty it. Never raises a database's error.

    The work whose calls these are has ended, well or badly; failing to note them must not change that.
    """
    if not buffer:
        return
    rows, buffer[:] = list(buffer), []
    try:
        with autocommit_cursor(registry, lock_timeout="2s") as cr:
            # One message, thus one round trip and one transaction.
            cr.execute(SQL("%s; %s", _insert_calls(rows), _upsert_usage(rows)), log_exceptions=False)
    except psycopg2.Error:
        _logger.exception("%s API calls could not be recorded", len(rows))


def _insert_calls(rows):
    # LEFT JOIN: a backend created in a transaction that was rolled back is gone, its calls are not.
    return SQL(
        """
        INSERT INTO integration_api_call (%(columns)s)
        SELECT v.at, b.id, %(rest)s
          FROM (VALUES %(rows)s) AS v (%(columns)s)
          LEFT JOIN integration_backend AS b ON b.id = v.backend_id
         ORDER BY v.at
        """,
        columns=_identifiers(_COLUMNS),
        rest=SQL(", ").join(SQL.identifier("v", name) for name in _COLUMNS[2:]),
        rows=_values(_COLUMNS, rows),
    )


# PostgreSQL can't guess the type of a column of NULLs in VALUES.
_CASTS = {
    "at": "::timestamp",
    "hour": "::timestamp",
    "backend_id": "::int4",
    "company_id": "::int4",
    "status": "::int4",
    "sync_job_ref": "::int4",
}

_USAGE_KEY = ("backend_id", "operation", "hour")
_USAGE_SUMS = ("calls", "errors", "throttled", "bytes_sent", "bytes_received", "cost", "duration_ms")


def _upsert_usage(rows):
    usage = defaultdict(lambda: dict.fromkeys((*_USAGE_SUMS, "duration_max"), 0))
    for row in rows:
        hour = row["at"].replace(minute=0, second=0, microsecond=0)
        total = usage[row["backend_id"], row["operation"], hour]
        total["company_id"], total["platform"] = row["company_id"], row["platform"]
        total["calls"] += 1
        total["errors"] += row["failed"]
        total["throttled"] += row["throttled"]
        for name in ("bytes_sent", "bytes_received", "cost", "duration_ms"):
            total[name] += row[name]
        total["duration_max"] = max(total["duration_max"], row["duration_ms"])
    columns = (*_USAGE_KEY, "company_id", "platform", *_USAGE_SUMS, "duration_max")
    # Sorted: two flushes lock the rows in the same order, so they can't deadlock.
    values = [dict(zip(_USAGE_KEY, key, strict=True), **usage[key]) for key in sorted(usage)]
    return SQL(
        """
        INSERT INTO integration_api_usage AS u (%(columns)s)
        SELECT v.*
          FROM (VALUES %(rows)s) AS v (%(columns)s)
          JOIN integration_backend AS b ON b.id = v.backend_id
         ORDER BY v.backend_id, v.operation, v.hour
            ON CONFLICT (backend_id, operation, hour) DO UPDATE
           SET %(sums)s, duration_max = GREATEST(u.duration_max, excluded.duration_max)
        """,
        columns=_identifiers(columns),
        rows=_values(columns, values),
        sums=SQL(", ").join(
            SQL("%(name)s = u.%(name)s + excluded.%(name)s", name=SQL.identifier(name)) for name in _USAGE_SUMS
        ),
    )


def _identifiers(names):
    return SQL(", ").join(map(SQL.identifier, names))


def _values(columns, rows):
    """Return the rows of a VALUES list; one flat text, for a nested one costs ten times as much to put together."""
    row = ", ".join("%s" + _CASTS.get(name, "") for name in columns)
    return SQL(", ".join([f"({row})"] * len(rows)), *(values[name] for values in rows for name in columns))
