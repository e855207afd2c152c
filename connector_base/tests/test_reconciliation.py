from dataclasses import replace
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..engine.clock import aware, naive
from .common import run_queue_job
from .complete_common import START, CompleteCase


@tagged("post_install", "-at_install")
class TestReconciliation(CompleteCase):
    def reconcile(self, days=30):
        """Compare the last days and do what follows; return the comparison."""
        now = fields.Datetime.now()
        run = self.backend._reconcile(now - timedelta(days=days), now)
        self.run_all()
        self.assertEqual(run.sync_job_state, "done", run.sync_job_id.last_error)
        return run

    def import_all(self):
        documents = list(self.adapter.orders.values())
        self.env["integration.order.importer"]._import_page(self.backend, documents)

    def test_nothing_differs(self):
        for number in range(7):
            self.place(str(number), number)
        self.import_all()
        run = self.reconcile()
        self.assertEqual((run.platform_count, run.store_count, run.odoo_count), (7, 7, 7))
        self.assertEqual(run.summary, "Store 7 = Odoo 7")
        self.assertTrue(run.balanced)
        self.assertEqual(self.backend.reconciliation_summary, "Store 7 = Odoo 7")
        self.assertTrue(self.backend.reconciliation_balanced)
        self.assertEqual((run.sync_job_id.items_done, run.sync_job_id.items_total), (7, 7))
        self.assertEqual(len(self.env["sale.order"].search(run.action_open_orders()["domain"])), 7)
        self.assertFalse([call for call in self.adapter.calls if call[0] == "read"], "ids were enough")

    def test_what_makes_no_sense_is_not_compared(self):
        self.place("1", 0)
        self.import_all()
        self.adapter.unlisted = {"1"}
        now = fields.Datetime.now()
        run = self.backend._reconcile(now - timedelta(days=30), now)
        run_queue_job(run.sync_job_id)
        self.assertFalse(run.line_ids, "neither missing nor gone")
        self.assertEqual(run.sync_job_id.child_ids.mapped("external_id"), ["1"])

    def test_missing_ones_are_imported(self):
        for number in range(8):
            self.place(str(number), number)
        self.import_all()
        for number in (0, 4, 7):
            order = self.order_of(str(number))
            order._action_cancel()
            order.unlink()
        now = fields.Datetime.now()
        run = self.backend._reconcile(now - timedelta(days=30), now)
        while run.sync_job_id in self.waiting():
            run_queue_job(run.sync_job_id)
        self.assertEqual((run.missing_count, run.odoo_count), (3, 5))
        self.assertEqual(run.summary, "Store 8 ≠ Odoo 5; missing: 3")
        self.assertFalse(run.balanced)
        self.assertEqual(self.env[run.line_ids._name].search(run.action_open_missing()["domain"]), run.line_ids)
        self.run_all()
        run.invalidate_recordset()
        self.assertEqual(run.summary, "Store 8 = Odoo 8; healed: 3")
        self.assertTrue(run.balanced)
        self.assertTrue(self.order_of("4"))
        self.assertEqual(
            run.line_ids.mapped("healed_order_id"), self.order_of("0") | self.order_of("4") | self.order_of("7")
        )

    def test_outdated_ones_are_brought_up_to_date(self):
        self.place("1", 0)
        self.place("2", 1)
        self.import_all()
        self.place("2", 1, updated=60, note="Ring twice")
        run = self.reconcile()
        self.assertEqual(run.summary, "Store 2 = Odoo 2; healed: 1")
        self.assertEqual(run.line_ids.kind, "outdated")
        self.assertEqual(self.order_of("2").integration_note, "Ring twice")

    def test_what_changed_just_now_is_on_its_way(self):
        document = self.place("1")
        self.import_all()
        self.adapter.orders["1"] = replace(document, updated_at=aware(fields.Datetime.now()))
        run = self.reconcile()
        self.assertEqual((run.summary, len(run.line_ids)), ("Store 1 = Odoo 1", 0))

    def test_gone_ones_are_deleted_there(self):
        for number in range(7):
            self.place(str(number), number // 3)  # several in one second, over the borders of pages
        self.import_all()
        for gone in ("0", "3", "6"):
            del self.adapter.orders[gone]
        run = self.reconcile()
        self.assertEqual((run.gone_count, run.store_count, run.odoo_count), (3, 4, 7))
        self.assertEqual(set(run.line_ids.mapped("external_id")), {"0", "3", "6"})
        self.assertEqual(run.summary, "Store 4 ≠ Odoo 7; gone from the platform: 3")
        self.assertFalse(run.balanced)
        for number in range(7):
            order = self.order_of(str(number))
            self.assertEqual(order.state == "cancel", str(number) in {"0", "3", "6"}, "a quotation goes with its order")
            self.assertEqual(bool(order.integration_deleted_at), order.state == "cancel")

    def test_equal_times_over_the_border_of_pages_are_not_gone(self):
        for number in range(10):
            self.place(str(number), 5)
        self.import_all()
        self.assertEqual(self.reconcile().summary, "Store 10 = Odoo 10")

    def test_a_listing_that_lags_is_not_believed(self):
        for number in range(3):
            self.place(str(number), number)
        self.import_all()
        listed = self.adapter._placed
        self.adapter._placed = lambda *period: [document for document in listed(*period) if document.external_id != "1"]
        self.addCleanup(delattr, self.adapter, "_placed")
        self.assertEqual(self.reconcile().summary, "Store 3 = Odoo 3")

    def test_skipped_ones_are_said(self):
        self.place("1")
        self.place("test", 1, test=True)
        self.place("old", -60 * 24 * 2)
        self.backend.import_from = naive(START)
        run = self.reconcile()
        self.assertEqual((run.store_count, run.skipped_count, run.odoo_count), (1, 2, 1))
        self.assertEqual(run.summary, "Store 1 = Odoo 1; healed: 1; skipped by rules: 2")
        reasons = {line.external_id: line.reason for line in run.line_ids if line.kind == "skipped"}
        self.assertIn("test order", reasons["test"])
        self.assertIn("start of the import", reasons["old"])
        self.assertTrue(run.balanced)

    def test_what_cannot_be_read_stays_missing(self):
        self.place("1")
        self.place("2", 1)
        self.adapter.unreadable = {"2"}
        run = self.reconcile()
        self.assertEqual(run.missing_count, 1)
        line = run.line_ids.filtered(lambda line: line.external_id == "2")
        self.assertIn("Unreadable", line.reason)
        self.assertFalse(run.balanced)
        self.assertEqual(line.action_open_order()["url"], "https://platform.example/orders/2")

    def test_another_backend_and_another_period_do_not_count(self):
        self.place("1")
        self.place("ancient", -60 * 24 * 40)
        self.import_all()
        del self.adapter.orders["ancient"]
        self.assertEqual(self.reconcile(days=7).summary, "Store 1 = Odoo 1")

    def test_interrupted_it_goes_on_where_it_stood(self):
        for number in range(7):
            self.place(str(number), number)
        self.import_all()
        now = fields.Datetime.now()
        run = self.backend._reconcile(now - timedelta(days=30), now)
        run_queue_job(run.sync_job_id)
        self.assertEqual(run.summary, "Not finished")
        run.sync_job_id.action_cancel()
        self.assertFalse(self.waiting())
        run.sync_job_id.action_retry()
        self.run_all()
        self.assertEqual(run.summary, "Store 7 = Odoo 7")

    def test_one_at_a_time(self):
        now = fields.Datetime.now()
        run = self.backend._reconcile(now - timedelta(days=1), now)
        self.assertEqual(self.backend._reconcile(now - timedelta(days=9), now), run)
        self.assertTrue(self.backend.reconciliation_running)

    def test_period_is_what_the_platform_shows(self):
        self.backend.connection_report = {"visible_days": 60}
        now = fields.Datetime.now()
        run = self.backend._reconcile(now - timedelta(days=900), now)
        self.assertGreater(run.date_from, now - timedelta(days=60))
        self.assertLess(run.date_to, now - timedelta(minutes=14))
        with self.assertRaises(UserError):
            self.env["integration.backend"].create({"name": "Other", "platform": "test"})._reconcile(now, now)

    def test_daily(self):
        self.place("1")
        self.backend.reconcile_days = 5
        other = self.backend.copy({"name": "Not connected"})
        quiet = self.backend.copy({"name": "Quiet", "reconcile_daily": False})
        quiet.state = "connected"
        self.env["integration.backend"]._cron_reconcile()
        runs = self.env["integration.reconciliation"].search([("backend_id", "in", (self.backend | other | quiet).ids)])
        self.assertEqual(runs.backend_id, self.backend)
        self.assertEqual((runs.date_to - runs.date_from).days, 4)
        self.run_all()
        self.assertEqual(runs.summary, "Store 1 = Odoo 1; healed: 1")

    def test_wizard_and_rights(self):
        user = new_test_user(self.env, "reconciler", "connector_base.group_integration_user")
        action = self.backend.with_user(user).action_reconcile()
        wizard = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        self.assertEqual((fields.Datetime.now() - wizard.date_from).days, 7)
        run = self.env["integration.reconciliation"].browse(wizard.action_compare()["res_id"])
        self.assertEqual(run.backend_id, self.backend)
        clerk = new_test_user(self.env, "clerk", "base.group_user")
        with self.assertRaises(AccessError):
            self.backend.with_user(clerk).action_reconcile()

    def test_old_comparisons_are_forgotten(self):
        now = fields.Datetime.now()
        run = self.backend._reconcile(now - timedelta(days=1), now)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE integration_reconciliation SET create_date = create_date - interval '61 days' WHERE id = %s",
            [run.id],
        )
        self.env["integration.reconciliation"]._gc_reconciliations()
        self.assertFalse(run.exists())
        self.run_all()  # its job says so
