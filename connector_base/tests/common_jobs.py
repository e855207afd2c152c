"""A platform that lives in memory, for the tests of jobs, webhooks and cursors."""

import hashlib
import hmac
import json
import os
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from unittest.mock import patch

from odoo.addons.queue_job.job import Job

from ..canonical import UNSET, Order, OrderStub
from ..engine.result import ImportResult
from ..transport import DataError, Page, SignatureError, WebhookEnvelope, WebhookReport
from .common import run_queue_job

SECRET = b"a webhook secret"
T0 = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


def order(external_id, minutes=0, placed=0):
    """Return the canonical order `external_id`, placed and updated so many minutes after T0."""
    return Order(
        external_id=external_id,
        name=f"#{external_id}",
        created_at=T0 + timedelta(minutes=placed),
        updated_at=T0 + timedelta(minutes=minutes),
        currency="USD",
        taxes_included=False,
        lines=(),
        total=Decimal(0),
    )


class FakeAdapter:
    """Speaks the fake platform: `orders` is what the shop holds, `calls` what it was asked."""

    page_size = 2

    def __init__(self):
        self.orders = {}
        self.calls = []
        self.error = None
        self.unreadable = set()
        self.lists_scopes = True
        self.unlisted = set()  # ids of orders whose stubs make no sense

    def _call(self, name, *details):
        self.calls.append((name, *details))
        if self.error:
            raise self.error

    def _capabilities(self):
        return frozenset({"orders_in", "webhooks"})

    def _credential_keys(self):
        return {}

    def _check_connection(self, backend):
        self._call("check")

    def _visible_days(self):
        return None

    def _tells_deletion(self, topic):
        return False

    def _stocked(self, backend, bindings):
        return bindings

    def _probe(self, backend, resource, since):
        return None

    def _count_orders(self, backend, since):
        return len(self._since(since))

    def _since(self, since):
        found = [document for document in self.orders.values() if not since or document.updated_at >= since]
        return sorted(found, key=lambda document: document.updated_at)

    def _fetch_orders(self, backend, since, page=None):
        self._call("list", since, page)
        start = int(page or 0)
        found = self._since(since)
        end = start + self.page_size
        return Page(
            documents=tuple(document for document in found[start:end] if document.external_id not in self.unreadable),
            next_page=str(end) if end < len(found) else None,
            failed=tuple(
                DataError("Unreadable", external_id=document.external_id, scope_external_id=document.scope_external_id)
                for document in found[start:end]
                if document.external_id in self.unreadable
            ),
        )

    def _placed(self, since, until):
        found = [document for document in self.orders.values() if document.created_at < until]
        found = [document for document in found if not since or document.created_at >= since]
        return sorted(found, key=lambda document: (document.created_at, document.external_id))

    def _place(self, document):
        return f"{document.created_at.isoformat()} {document.external_id}"

    def _list_order_ids(self, backend, since, until, page=None):
        """As `_list_order_ids` of a real adapter; a page begins behind the last order of the one before."""
        self._call("list_ids", since, until, page)
        found = [document for document in self._placed(since, until) if self._place(document) > (page or "")]
        shown = found[: self.page_size]
        stubs = [
            OrderStub(
                external_id=document.external_id,
                name=document.name,
                created_at=document.created_at,
                updated_at=document.updated_at,
                scope_external_id=document.scope_external_id if self.lists_scopes else UNSET,
            )
            for document in shown
            if document.external_id not in self.unlisted
        ]
        failed = tuple(
            DataError("Unreadable", external_id=document.external_id)
            for document in shown
            if document.external_id in self.unlisted
        )
        more = len(found) > len(shown)
        return Page(documents=tuple(stubs), failed=failed, next_page=self._place(shown[-1]) if more else None)

    def _count_order_ids(self, backend, since, until):
        return len(self._placed(since, until))

    def _fetch_orders_by_id(self, backend, external_ids):
        self._call("read", *external_ids)
        if unreadable := self.unreadable.intersection(external_ids):
            scope = getattr(self.orders.get(min(unreadable)), "scope_external_id", None)
            raise DataError("Unreadable", scope_external_id=scope)
        return [self.orders[external_id] for external_id in external_ids if external_id in self.orders]

    def _webhook_methods(self):
        return ("GET", "POST")

    def _webhook_content_types(self):
        return ("application/json",)

    def _verify_webhook(self, backend, request):
        if request.method == "GET":
            return
        expected = hmac.new(SECRET, request.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, request.headers.get("x-signature", "")):
            raise SignatureError("The signature is wrong.")

    def _split_webhook(self, request):
        """Several events come as a list, each under its number."""
        if not request.body.startswith(b"["):
            return (request,)
        try:
            payloads = json.loads(request.body)
        except ValueError as error:
            raise DataError(f"Not what the platform sends: {error!r}") from error
        delivery = request.headers["x-delivery"]
        return [
            replace(
                request, headers={**request.headers, "x-delivery": f"{delivery}-{n}"}, body=json.dumps(each).encode()
            )
            for n, each in enumerate(payloads)
        ]

    def _read_webhook(self, backend, request):
        if request.method == "GET":
            return WebhookEnvelope(
                event_id="", topic="", resource="", reply=(200, "text/plain", request.query["challenge"].encode())
            )
        try:
            payload = json.loads(request.body)
            return WebhookEnvelope(
                event_id=request.headers["x-delivery"],
                topic=request.headers.get("x-topic", "orders/updated"),
                resource=request.headers.get("x-resource", "order"),
                external_id=payload["id"],
                updated_at=T0 + timedelta(minutes=payload["minutes"]),
            )
        except (ValueError, KeyError) as error:
            raise DataError(f"Not what the platform sends: {error!r}") from error

    def _parse_event(self, backend, topic, body):
        payload = json.loads(body)
        if "poison" in payload:
            raise DataError(f"Bad amount in order {payload['id']}")
        if "bug" in payload:
            raise KeyError("line_items")
        return None if "thin" in payload else order(payload["id"], payload["minutes"])

    def _ensure_webhooks(self, backend, address):
        self._call("subscribe", address)
        return WebhookReport(registered=("orders/updated",))


class FakeImporter:
    """Applies documents to a dict; can be told what is bad, what breaks it and what another transaction holds."""

    def __init__(self):
        self.applied = {}
        self.pages = []
        self.bad = {}
        self.busy = set()
        self.error = None

    def _import_page(self, backend, documents, *, job=None, source=""):
        self.pages.append([document.external_id for document in documents])
        if self.error:
            raise self.error
        result = ImportResult()
        for document in documents:
            external_id = document.external_id
            if external_id in self.busy:
                result.busy.append(external_id)
            elif external_id in self.bad:
                error = self.bad[external_id]
                job._fail_document(external_id, error, document_name=document.name)
                result.failed.append((external_id, document.name, error))
            else:
                (result.updated if external_id in self.applied else result.created).append(external_id)
                self.applied[external_id] = document
        job._resolve_documents(result.settled)
        return result


class JobsMixin:
    """A connected backend of the fake platform. Mix into a TransactionCase or HttpCase."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        platform = cls.env["integration.backend"]._fields["platform"]
        for attribute, value in (
            ("selection", [*platform.selection, ("fake", "Fake")]),
            ("_selection", {**platform._selection, "fake": "Fake"}),
        ):
            cls.startClassPatcher(patch.object(platform, attribute, value))
        cls.adapter_class = FakeAdapter
        backends = type(cls.env["integration.backend"])
        cls.startClassPatcher(patch.object(backends, "_adapter", lambda backend: cls.adapter))
        cls.startClassPatcher(patch.dict(os.environ, {"ODOO_INTEGRATION_SANDBOX_URL": ""}))
        cls.startClassPatcher(patch.object(type(cls.env["sync.job"]), "_importer", lambda job: cls.importer))
        cls.adapter = FakeAdapter()
        cls.importer = FakeImporter()
        cls.backend = cls.env["integration.backend"].create({"name": "Fake shop", "platform": "fake"})
        cls.backend.state = "connected"
        cls.cursor = cls.backend._cursor("orders")

    def setUp(self):
        super().setUp()
        type(self).adapter = FakeAdapter()
        type(self).importer = FakeImporter()

    def perform(self, job):
        """Run the queue job of a sync job to its end; return it."""
        record = job.queue_job_id
        run_queue_job(job)
        return record

    def perform_chain(self, job):
        """Run a chain to its end; return the number of pages."""
        pages = 0
        while job.state == "pending":
            self.perform(job)
            pages += 1
        return pages

    def fail_job(self, job, error):
        """Let the queue job of `job` fail with `error`, as the runner's controller does."""
        queued = Job.load(self.env, job.queue_job_id.uuid)
        try:
            raise error
        except type(error):
            queued.set_failed(exc_info="Traceback ...", exc_name=type(error).__name__, exc_message=str(error))
            queued.store()
            queued.on_fail({"exc_info": "Traceback ...", "exc_name": "", "exc_message": str(error)})
