from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..engine.clock import aware, naive
from ..transport import ConfigurationError, DataError, TransientError
from .common_jobs import T0, JobsMixin, order


@tagged("post_install", "-at_install")
class TestCursor(JobsMixin, TransactionCase):
    def setUp(self):
        super().setUp()
        self.adapter.orders = {str(number): order(str(number), number * 10) for number in range(5)}

    def test_cursor_follows_the_pages_with_overlap(self):
        job = self.backend._start_import("orders")
        self.perform(job)
        self.assertEqual(self.cursor.value, naive(T0 + timedelta(minutes=10 - 5)))
        self.perform_chain(job)
        self.assertEqual(self.cursor.value, naive(T0 + timedelta(minutes=40 - 5)))
        self.assertIn("Orders read: 5", self.cursor.last_result)
        # The next one reads from there: the newest again, for the overlap's sake.
        self.perform_chain(self.backend._start_import("orders"))
        self.assertEqual(self.importer.pages[-1], ["4"])
        self.assertEqual(self.adapter.calls[-1], ("list", aware(self.cursor.value), None))

    def test_overlap_is_a_setting(self):
        self.env["ir.config_parameter"].set_param("connector_base.cursor_overlap_minutes", "30")
        self.perform_chain(self.backend._start_import("orders"))
        self.assertEqual(self.cursor.value, naive(T0 + timedelta(minutes=40 - 30)))

    def test_cursor_never_passes_the_start_of_the_chain(self):
        """A platform whose clock is ahead must not make us miss what it updates meanwhile."""
        self.adapter.orders["x"] = order("x", 60 * 24 * 365 * 50)
        before = fields.Datetime.now()
        self.perform_chain(self.backend._start_import("orders"))
        self.assertLessEqual(self.cursor.value, fields.Datetime.now() - timedelta(minutes=5))
        self.assertGreaterEqual(self.cursor.value, before - timedelta(minutes=6))

    def test_cursor_never_goes_back(self):
        self.cursor.value = naive(T0 + timedelta(minutes=100))
        self.perform_chain(self.backend._start_import("orders", since=T0))
        self.assertEqual(len(self.importer.applied), 5)
        self.assertEqual(self.cursor.value, naive(T0 + timedelta(minutes=100)))

    def test_empty_shop_leaves_the_cursor(self):
        self.adapter.orders = {}
        job = self.backend._start_import("orders", since=T0)
        self.perform_chain(job)
        self.assertFalse(self.cursor.value)
        self.assertEqual((job.state, job.progress), ("done", 100))

    def test_since_is_passed_as_aware_utc(self):
        self.perform_chain(self.backend._start_import("orders", since=T0 + timedelta(minutes=25)))
        self.assertEqual(self.adapter.calls[0], ("list", T0 + timedelta(minutes=25), None))
        self.assertEqual(set(self.importer.applied), {"3", "4"})

    def test_one_import_at_a_time(self):
        first = self.backend._start_import("orders")
        self.assertEqual(self.backend._start_import("orders"), first)
        self.perform(first)
        self.env["integration.cursor"]._cron_poll()
        self.assertEqual(self.cursor.sync_job_id, first)
        # A chain that was started past the cursor does nothing while another one runs.
        other = self.backend._enqueue("import_orders")
        pages = len(self.importer.pages)
        self.assertIn("under way", self.perform(other).result)
        self.assertEqual(len(self.importer.pages), pages)
        self.perform_chain(first)
        self.assertNotEqual(self.backend._start_import("orders"), first)

    def test_failed_chain_does_not_stop_polling(self):
        job = self.backend._start_import("orders")
        self.fail_job(job, TransientError("gave up"))
        self.cursor.next_run = fields.Datetime.now() - timedelta(seconds=1)
        self.env["integration.cursor"]._cron_poll()
        self.assertNotEqual(self.cursor.sync_job_id, job)
        self.perform_chain(self.cursor.sync_job_id)
        self.assertEqual(len(self.importer.applied), 5)

    def test_poll_is_for_due_cursors_of_connected_backends(self):
        poll = self.env["integration.cursor"]._cron_poll

        def started():
            self.cursor.write({"sync_job_id": False, "next_run": fields.Datetime.now() - timedelta(seconds=1)})
            poll()
            return bool(self.cursor.sync_job_id)

        self.assertTrue(started())
        self.assertAlmostEqual(
            self.cursor.next_run, fields.Datetime.now() + timedelta(minutes=10), delta=timedelta(seconds=5)
        )
        self.cursor.sync_job_id = False
        poll()
        self.assertFalse(self.cursor.sync_job_id, "not due yet")
        self.cursor.paused = True
        self.assertFalse(started())
        self.cursor.paused = False
        for state in ("draft", "error", "disconnected"):
            self.backend.state = state
            self.assertFalse(started(), state)
        self.backend.state = "connected"
        self.backend.active = False
        self.assertFalse(started())

    def test_busy_orders_get_a_job_of_their_own(self):
        self.importer.busy = {"1"}
        self.perform_chain(self.backend._start_import("orders"))
        left = self.env["sync.job"].search(
            [("backend_id", "=", self.backend.id), ("operation", "=", "import_order_ids")]
        )
        self.assertEqual(left.arguments, {"external_ids": ["1"]})
        self.assertTrue(left.eta)
        self.importer.busy = set()
        self.perform(left)
        self.assertEqual(len(self.importer.applied), 5)

    def test_unreadable_orders_fail_alone(self):
        self.adapter.unreadable = {"1", "4"}
        job = self.backend._start_import("orders")
        self.perform_chain(job)
        self.assertEqual((job.state, job.items_done, job.items_failed), ("done", 3, 2))
        self.assertEqual(set(job.child_ids.mapped("external_id")), {"1", "4"})
        again = self.backend._enqueue("import_order_ids", arguments={"external_ids": ["0", "1", "2"]})
        self.perform(again)
        self.assertEqual((again.items_done, again.items_failed), (2, 1))
        child = again.child_ids
        self.assertEqual(child.external_id, "1")
        self.adapter.unreadable = set()
        child.action_retry()
        self.perform(child)
        self.assertEqual(child.state, "done")

    def test_result_sums_over_the_pages(self):
        self.adapter.unreadable = {"1"}
        self.importer.bad = {"2": DataError("No such currency")}
        self.importer.applied = {"3": None}
        job = self.backend._start_import("orders")
        self.assertEqual(self.perform(job).result, "1 created, 1 failed")
        self.assertEqual(self.perform_chain(job), 2)
        self.assertEqual(job.result, "2 created, 1 updated, 2 failed")
        self.adapter.unreadable, self.importer.bad = set(), {}
        job.child_ids.action_retry()
        for child in job.child_ids:
            self.assertEqual(self.perform(child).result, "1 created")
        again = self.backend._start_import("orders", since=T0 + timedelta(minutes=1000))
        self.assertEqual(self.perform(again).result, "Nothing to do")

    def test_orders_gone_from_the_platform_end_well(self):
        job = self.backend._enqueue("import_order_ids", arguments={"external_ids": ["1", "gone"]})
        self.assertIn("gone", self.perform(job).result)
        self.assertEqual((job.items_done, job.items_total, job.state), (2, 2, "done"))

    def test_sync_now(self):
        user = new_test_user(self.env, "sync_now", groups="connector_base.group_integration_user")
        self.backend.with_user(user).action_sync_now()
        self.assertEqual(self.cursor.sync_job_id.state, "pending")
        self.assertTrue(self.env["sync.job"]._waiting(f"drain_webhooks:{self.backend.id}"))
        self.backend.state = "error"
        with self.assertRaises(UserError):
            self.backend.with_user(user).action_sync_now()

    def test_configuration_error_stops_the_chain_where_it_stood(self):
        job = self.backend._start_import("orders")
        self.perform(job)
        self.adapter.error = ConfigurationError("Token revoked", remedy="Connect again")
        with self.assertRaisesRegex(Exception, "Token revoked"):
            self.perform(job)
        self.assertEqual(self.cursor.value, naive(T0 + timedelta(minutes=10 - 5)))
        self.assertEqual(job.arguments["page"], "2")

    def test_interval_is_positive(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.cursor.interval_minutes = 0
            self.env.flush_all()
