"""What all parts of the suite use: an account in the sandbox, a backend connected to it, jobs that run."""

import os
import tempfile
import time
from contextlib import contextmanager
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.tools import mute_logger

from odoo.addons.connector_base.tests.common import run_queue_job
from odoo.addons.connector_base.transport import Session, TransientError, WebhookRequest
from odoo.addons.queue_job.exception import FailedJobError, RetryableJobError
from odoo.addons.queue_job.job import Job

from .platform import Platform
from .stand_in import Mailbox, StandIn

LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)
MAX_PAGES = 50
MAX_CALLS = 500
WEBHOOK_SECONDS = 20
# Kind of record -> what is polled for it
POLLED = {"customer": "customers", "order": "orders", "product": "products"}


def news(trial):
    """Mark a trial in which Odoo hears of changes: it is for each way in which a platform may tell of them."""
    trial.of_news = True
    return trial


class Killed(BaseException):
    """The worker died. Nothing in the engine may catch it."""


class SuiteBase:
    """The helpers. Mix into a TransactionCase."""

    platform = Platform

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.mailbox = self.enterContext(Mailbox())
        self.stand_in = self.enterContext(StandIn(Path(folder), self.mailbox.url))
        variables = {
            "ODOO_INTEGRATION_KEYS": Fernet.generate_key().decode(),
            "ODOO_INTEGRATION_SANDBOX_URL": self.stand_in.url,
        }
        self.enterContext(patch.dict(os.environ, variables))
        self.account = self.platform(self.stand_in)
        self.enterContext(self.account.no_limit())
        self.account.create_account()
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "EUR")])
        currency.active = True
        if currency != self.env.company.currency_id:
            rate = {"currency_id": currency.id, "company_id": self.env.company.id, "name": "2020-01-01", "rate": 0.9}
            self.env["res.currency.rate"].create(rate)

    # === CONNECTING === #

    def connect(self, **vals):
        """Connect the account as a user would; return the backend, in a job's context."""
        wizard = self.env["integration.connect"].create(
            {"platform": self.account.name, **self.account.wizard_values(), **vals}
        )
        backend = self.env["integration.backend"].browse(wizard.action_connect()["res_id"])
        backend.write(
            {
                "tax_policy": "create",
                "unknown_product": "create",
                "import_from": LONG_AGO.replace(tzinfo=None),
                **self.account.settings(backend.sudo().webhook_url),
            }
        )
        return backend.with_context(integration_in_job=True, integration_lane="orders")

    def connect_with(self, *capabilities, stock_later=False, **vals):
        """Connect with the flows of `capabilities`, do what waits then, and forget the calls it took; return the
        backend as a user has it. Products come in from the start only where that is one of the flows.

        The test is skipped where the platform can't do one of them.

        :param bool stock_later: stock is not sent from the start
        """
        for capability in capabilities:
            self.needs(capability)
        backend = self.connect(**{"import_products": False, **vals}).with_context(integration_in_job=False)
        flows = [capability.split("_") for capability in capabilities if "_" in capability]
        switches = {f"{'import' if way == 'in' else 'export'}_{resource}": True for resource, way in flows}
        if stock_later:
            del switches["export_stock"]
        backend.write(
            {
                "product_unmatched": "create",
                "order_currency": "shop",
                **{name: value for name, value in switches.items() if name in backend._fields},
            }
        )
        self.run_jobs(backend)
        self.account.calls()
        return backend

    def can(self, capability):
        """Return whether the platform's adapter says that it can do something, and the account is set up for it."""
        adapter = self.env[f"integration.adapter.{self.account.name}"]
        return capability in adapter._capabilities() - self.account.not_set_up

    def needs(self, capability):
        """Skip the test where the platform can't do something."""
        if not self.can(capability):
            self.skipTest(f"{self.account.name} can't do {capability}")

    # === JOBS === #

    def commit(self):
        """Do what a commit does: changes are marked, and the pushes they need are queued."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.cr.postcommit.run()
        self.env.invalidate_all()

    def next_job(self, backend):
        """Return the job that the runner would start next, whatever time it waits for."""
        self.commit()
        jobs = self.env["sync.job"].search(
            [("backend_id", "=", backend.id), ("state", "=", "pending"), ("queue_job_id", "!=", False)]
        )
        return jobs.sorted(lambda job: (job.queue_job_id.priority, job.queue_job_id.id))[:1]

    def run_jobs(self, backend):
        """Run the waiting jobs of the backend until there are none, as the runner does."""
        for _job in range(MAX_PAGES):
            job = self.next_job(backend)
            if not job:
                return
            run_queue_job(job)
        self.fail(f"the jobs do not end: {job.operation}, {job.last_error or job.result}")

    def run_next(self, backend):
        """Run one job as the runner does; return what kept it from going well, if anything did."""
        job = self.next_job(backend)
        self.assertTrue(job, "no job waits")
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.addons.connector_base.engine.job_errors"):
                run_queue_job(job)
        except (RetryableJobError, Killed) as error:
            self._roll_back()
            return error
        except FailedJobError as error:
            self._roll_back()
            queued = Job.load(self.env, job.queue_job_id.uuid)
            details = {"exc_info": "Traceback ...", "exc_name": type(error).__name__, "exc_message": str(error)}
            queued.set_failed(**details)
            queued.store()
            queued.on_fail(details)
            self.commit()
            return error
        return None

    def run_until_stopped(self, backend):
        """Run jobs until one does not go well; return what it was."""
        for _job in range(MAX_PAGES):
            if error := self.run_next(backend):
                return error
        return self.fail("nothing went wrong")

    def _roll_back(self):
        """Forget what the rolled back transaction wanted done at its commit."""
        self.env.invalidate_all()
        self.env.cr.precommit.clear()
        self.env.cr.postcommit.clear()

    def wait_for_budget(self):
        """Let a minute pass for the limits on both sides. A limit that only Odoo keeps is wide from then on."""
        self.stand_in.control("clock", {"advance": 60})
        for limit in self.env["integration.rate.limit"].search([]):
            limit.capacity = max(limit.capacity, 1000)
            limit.tokens = limit.capacity
        self.env.flush_all()

    def run_until_killed(self, backend, operation, count=1):
        """Run jobs until a worker dies, as soon as the platform has carried out `operation` for the `count`th time."""
        request, seen = Session.request, []

        def answer(session, *args, **kwargs):
            result = request(session, *args, **kwargs)
            seen.append(kwargs["operation"])
            if kwargs["operation"] == operation and seen.count(operation) == count:
                raise Killed(operation)
            return result

        with patch.object(Session, "request", answer):
            while not isinstance(self.run_next(backend), Killed):
                self.assertLess(len(seen), MAX_CALLS, "nobody was killed")

    # === READING === #

    def pages(self, backend, since=LONG_AGO, between=lambda: None):
        """Return the pages of a listing; `between` is called after each one."""
        return self.listed(lambda token: backend._adapter()._fetch_orders(backend, since, token), between)

    def listed(self, fetch, between=lambda: None):
        """Return the pages that `fetch` gives for None and then for each page's token."""
        found, token = [], None
        for _page in range(MAX_PAGES):
            page = fetch(token)
            self.assertEqual(page.failed, ())
            found.append(page.documents)
            token = page.next_page
            if token is None:
                return found
            between()
        self.fail("the listing does not end")

    def documents(self, backend, since=LONG_AGO):
        """Return all orders of a listing, the last version of each, by external id."""
        return {document.external_id: document for page in self.pages(backend, since) for document in page}

    def orders(self, backend):
        """Return {external id: sales order} of what was imported."""
        orders = self.env["sale.order"].search([("integration_backend_id", "=", backend.id)])
        by_id = {order.integration_external_id: order for order in orders}
        self.assertEqual(len(orders), len(by_id), "an order was imported twice")
        return by_id

    def failures(self, backend):
        """Return the failed jobs: the error inbox."""
        return self.env["sync.job"].search([("backend_id", "=", backend.id), ("state", "=", "failed")])

    def assert_no_failures(self, backend):
        self.assertEqual(self.failures(backend).mapped(lambda job: (job.operation, job.last_error)), [])

    def assert_as_booked(self, backend):
        """Every order of the account is in Odoo, and its figures are those of the account's own books."""
        books, orders = self.account.books(), self.orders(backend)
        self.assertEqual(set(orders), set(books))
        for external_id, booked in books.items():
            order = orders[external_id]
            self.assertFalse(order.integration_hold_reason, order.integration_hold_reason)
            found = {
                "currency": order.currency_id.name,
                "total": round(Decimal(str(order.amount_total)), 3),
                "tax": round(Decimal(str(order.amount_tax)), 3),
            }
            self.assertEqual(found, {key: booked[key] for key in found}, external_id)

    # === NEWS AND TIME === #

    def hear(self, backend, resource):
        """Let Odoo know what changed there: by webhook, or where there are none by asking for it; run what waits."""
        if self.can("webhooks"):
            self.store(backend, self.arrived(backend, resource))
        else:
            backend._start_import(POLLED[resource])
        self.run_jobs(backend)

    @contextmanager
    def hasty(self):
        """In this block calls time out within a second."""
        with patch.dict(Session.__init__.__kwdefaults__, {"timeout": (2, 1)}):
            yield

    def webhook(self, call):
        """Return a received call as the controller would hand it to the adapter."""
        path, headers, body = call
        return WebhookRequest(method="POST", url=path, headers=headers, query={}, body=body)

    def verify(self, backend, request):
        """Verify a received call. What could not be checked yet is, as when it comes again after the jobs for that."""
        adapter = backend._adapter()
        try:
            adapter._verify_webhook(backend, request)
        except TransientError:
            wanted = [
                ("backend_id", "=", backend.id),
                ("operation", "=", "read_webhook_keys"),
                ("state", "=", "pending"),
            ]
            run_queue_job(self.env["sync.job"].search(wanted))
            adapter._verify_webhook(backend, request)

    def read(self, backend, request):
        """Return the events of a received call, as [(envelope, body)], checked."""
        self.verify(backend, request)
        adapter = backend._adapter()
        return [(adapter._read_webhook(backend, part), part.body) for part in adapter._split_webhook(request)]

    def arrived(self, backend, resource):
        """Return the webhooks about `resource` that came since the last look, as (envelope, body), checked."""
        found = []
        deadline = time.monotonic() + WEBHOOK_SECONDS
        while self.account.undelivered():
            self.assertLess(time.monotonic(), deadline, "webhooks are still to come")
            time.sleep(0.02)
        for call in self.mailbox.take():
            events = self.read(backend, self.webhook(call))
            found += [(envelope, body) for envelope, body in events if envelope.resource == resource]
        self.assertTrue(found, f"no webhook about {resource} came")
        return found

    def store(self, backend, received):
        """Store webhooks, (envelope, body), as the controller does."""
        for envelope, body in received:
            self.env["integration.webhook.event"]._store(backend, envelope, body)
        self.commit()
        backend._ensure_drain()
