"""Polling a platform that tells of nothing by itself: how often, and what for."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import TransactionCase, tagged

from ..transport import DataError
from .common_jobs import JobsMixin, order


@tagged("post_install", "-at_install")
class TestCursorPace(JobsMixin, TransactionCase):
    def setUp(self):
        super().setUp()
        self.adapter.orders = {"1": order("1", 10)}
        self.webhooks = False
        self.tells = True
        self.adapter._capabilities = lambda: frozenset({"orders_in", *(["webhooks"] if self.webhooks else [])})
        self.adapter._probe = self.probe
        self.probes = 0

    def probe(self, backend, resource, since):
        self.probes += 1
        found = [(one.external_id, one.updated_at.isoformat()) for one in self.adapter._since(since)]
        return f"{resource} {sorted(found)}" if self.tells else None

    def poll(self):
        """Let the next poll happen; return how many pages it read."""
        self.cursor.next_run = fields.Datetime.now() - timedelta(seconds=1)
        self.env["integration.cursor"]._cron_poll()
        job, before = self.cursor.sync_job_id, len(self.importer.pages)
        self.perform_chain(job)
        self.assertEqual(job.state, "done")
        return len(self.importer.pages) - before

    def minutes(self):
        """Return in how many minutes the next poll is."""
        return round((self.cursor.next_run - fields.Datetime.now()).total_seconds() / 60)

    def test_nothing_is_read_while_nothing_changes(self):
        self.assertEqual(self.poll(), 1)
        self.assertEqual(self.poll(), 1, "the cursor has moved since")
        self.assertEqual([self.poll() for _time in range(3)], [0, 0, 0])
        self.assertIn("Nothing has changed", self.cursor.last_result)
        self.adapter.orders["2"] = order("2", 11)
        self.assertEqual(self.poll(), 1)
        self.assertIn("2", self.importer.applied)
        self.assertEqual([self.poll(), self.poll()], [1, 0])

    def test_a_change_of_what_is_known_is_seen(self):
        """As many orders as before, one of them changed."""
        self.poll()
        self.poll()
        self.assertEqual(self.poll(), 0)
        self.adapter.orders["1"] = order("1", 12)
        self.assertEqual(self.poll(), 1)

    def test_a_platform_that_does_not_tell_is_read(self):
        self.tells = False
        self.assertEqual([self.poll() for _time in range(3)], [1, 1, 1])
        self.assertFalse(self.cursor.fingerprint)

    def test_what_failed_is_read_again(self):
        self.importer.bad = {"1": DataError("No such currency")}
        self.assertEqual([self.poll() for _time in range(4)], [1, 1, 1, 1])
        self.importer.bad = {}
        self.poll()
        self.assertEqual(self.poll(), 0)

    def test_many_pages_that_have_not_changed_are_not_read_again(self):
        """What was changed all at once, as by a bulk edit, stays within the cursor's overlap."""
        self.adapter.orders = {str(number): order(str(number), 10) for number in range(5)}
        self.assertEqual([self.poll() for _time in range(3)], [3, 3, 0])
        self.adapter.orders["4"] = order("4", 11)
        self.assertEqual(self.poll(), 3)

    def test_what_changes_while_pages_are_read_is_read_next_time(self):
        self.adapter.orders = {str(number): order(str(number), 10) for number in range(5)}
        self.poll()
        fetch = self.adapter._fetch_orders

        def fetch_while_it_changes(backend, since, page=None):
            self.adapter.orders["5"] = order("5", 10)
            return fetch(backend, since, page)

        with patch.object(self.adapter, "_fetch_orders", fetch_while_it_changes):
            self.assertEqual(self.poll(), 3)
        self.assertEqual([self.poll(), self.poll()], [3, 0])

    def test_a_person_who_asks_has_it_read(self):
        self.poll()
        self.poll()
        self.assertEqual(self.poll(), 0)
        job, before = self.backend._start_import("orders"), len(self.importer.pages)
        self.perform_chain(job)
        self.assertEqual(len(self.importer.pages) - before, 1)

    def test_the_first_import_is_not_asked_about(self):
        self.poll()
        self.assertEqual(self.probes, 0)

    def test_slower_while_quiet_and_fast_when_something_comes(self):
        self.cursor.write({"interval_minutes": 10, "busy_minutes": 1})
        self.poll()
        self.assertEqual(self.minutes(), 1)
        paces = []
        for _time in range(6):
            self.poll()
            paces.append(self.minutes())
        self.assertEqual(paces, [1, 2, 4, 8, 10, 10])
        self.adapter.orders["2"] = order("2", 20)
        self.poll()
        self.assertEqual(self.minutes(), 1)

    def test_within_the_bounds(self):
        self.cursor.write({"interval_minutes": 3, "busy_minutes": 5})
        self.poll()
        self.assertEqual(self.minutes(), 3)
        self.poll()
        self.assertEqual(self.minutes(), 3)

    def test_with_webhooks_the_interval_is_the_safety_net(self):
        self.webhooks = True
        self.env["ir.config_parameter"].set_param("connector_base.public_url", "https://odoo.example.com")
        self.backend.invalidate_recordset(["webhooks_reachable", "webhook_state"])
        self.cursor.write({"interval_minutes": 10, "busy_minutes": 1})
        self.poll()
        self.assertEqual(self.minutes(), 10)
        self.env["ir.config_parameter"].set_param("connector_base.public_url", "http://localhost")
        self.backend.invalidate_recordset(["webhooks_reachable", "webhook_state"])
        self.adapter.orders["2"] = order("2", 20)
        self.poll()
        self.assertEqual(self.minutes(), 1)
