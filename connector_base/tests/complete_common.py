"""A channel whose platform lives in memory and whose orders are imported by the real engine."""

from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo.tests import TransactionCase

from ..engine.clock import naive
from .common import run_queue_job
from .common_jobs import FakeAdapter
from .order_common import add_test_platform, make_order

# Whole seconds, some days ago: comparisons leave out what is younger than minutes
START = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(days=3)


class Adapter(FakeAdapter):
    """The platform in memory, with what the engine asks of an adapter when it imports."""

    page_size = 3

    def _order_url(self, backend, external_id):
        return f"https://platform.example/orders/{external_id}"

    def _record_url(self, backend, resource, external_id, *, parent_external_id=""):
        return f"https://platform.example/{resource}s/{external_id}"

    def _order_mirror_values(self, document):
        return {}

    def _remove_webhooks(self, backend, address):
        self._call("unsubscribe", address)


class CompleteCase(TransactionCase):
    """`place` puts orders on the platform, `run` works off the jobs as the runner does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adapter = Adapter()
        for patcher in add_test_platform(cls.registry, cls.adapter):
            patcher.start()
            cls.addClassCleanup(patcher.stop)
        cls.backend = cls.env["integration.backend"].create({"name": "Test shop", "platform": "test"})
        cls.backend.write({"state": "connected", "import_from": naive(START - timedelta(days=300))})
        cls.currency = cls.env.company.currency_id.name

    def setUp(self):
        super().setUp()
        self.adapter.__init__()
        # only what is committed is seen by a connection of its own
        self.startPatcher(
            patch("odoo.addons.connector_base.engine.order_importer.appeared_meanwhile", lambda *_a: set())
        )

    def place(self, external_id, minutes=0, updated=None, **values):
        """Put an order on the platform, placed so many minutes after `START`."""
        placed = START + timedelta(minutes=minutes)
        changed = placed if updated is None else START + timedelta(minutes=updated)
        values = {"currency": self.currency, **values}
        document = make_order(external_id, created_at=placed, updated_at=changed, **values)
        self.adapter.orders[external_id] = document
        return document

    def order_of(self, external_id):
        domain = [("backend_id", "=", self.backend.id), ("external_id", "=", external_id)]
        return self.env["integration.binding.order"].search(domain).odoo_id

    def waiting(self):
        domain = [("backend_id", "=", self.backend.id), ("state", "=", "pending"), ("queue_job_id", "!=", False)]
        return self.env["sync.job"].search(domain)

    def run_all(self):
        """Run the waiting jobs until there are none."""
        for _job in range(100):
            self.env.invalidate_all()
            if not (jobs := self.waiting()):
                return
            run_queue_job(jobs[0])
        self.fail("the jobs do not end")
