import os
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..engine.clock import naive
from ..models import sync_job_import_period
from ..transport import DataError, TransientError
from .common import run_queue_job
from .complete_common import START, CompleteCase


@tagged("post_install", "-at_install")
class TestImportPeriod(CompleteCase):
    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(sync_job_import_period, "BATCH", 2))
        for number in range(8):
            self.place(str(number), number)

    def start(self, since=START, until=None):
        return self.backend._start_history(naive(since), until)

    def imported(self):
        bindings = self.env["integration.binding.order"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual(len(bindings), len(bindings.odoo_id))
        return set(bindings.mapped("external_id"))

    def reads(self):
        return [call[1:] for call in self.adapter.calls if call[0] == "read"]

    def test_all_of_the_period(self):
        job = self.start(START + timedelta(minutes=2), naive(START + timedelta(minutes=6)))
        self.run_all()
        self.assertEqual(self.imported(), {"2", "3", "4", "5"})
        self.assertEqual((job.state, job.items_done, job.items_total, job.progress), ("done", 4, 4, 100))
        self.assertEqual(job.result, "4 created")

    def test_an_order_that_the_list_states_nonsense_of_fails_alone(self):
        self.adapter.unlisted = {"3"}
        job = self.start()
        self.run_all()
        self.assertEqual(self.imported(), {"0", "1", "2", "4", "5", "6", "7"})
        self.assertEqual((job.items_done, job.items_failed), (7, 1))
        self.assertEqual((job.child_ids.external_id, job.child_ids.last_error), ("3", "Unreadable"))

    def test_twice_changes_nothing_and_reads_nothing(self):
        self.start()
        self.run_all()
        orders = {external_id: self.order_of(external_id) for external_id in self.imported()}
        self.adapter.calls.clear()
        again = self.start()
        self.run_all()
        self.assertEqual(again.result, "8 unchanged")
        self.assertEqual(self.reads(), [])
        self.assertEqual({external_id: self.order_of(external_id) for external_id in self.imported()}, orders)

    def test_changed_and_held_ones_are_read_again(self):
        self.start()
        self.run_all()
        self.place("3", 3, updated=100, note="new")
        self.order_of("5").integration_hold_reason = "Something was missing."
        self.adapter.calls.clear()
        job = self.start()
        self.run_all()
        self.assertEqual(self.reads(), [("3", "5")])
        self.assertEqual(job.items_done, 8)
        self.assertEqual(self.order_of("3").integration_note, "new")
        self.assertFalse(self.order_of("5").integration_hold_reason)

    def test_polling_begins_beside_it(self):
        before = fields.Datetime.now()
        self.start()
        cursor = self.backend._cursor("orders")
        self.assertLess(cursor.value, before)
        self.assertGreater(cursor.value, before - timedelta(minutes=6))
        self.assertFalse(cursor._running())
        cursor.value = naive(START)
        self.run_all()
        self.start()
        self.assertEqual(cursor.value, naive(START), "a later import leaves the polling alone")

    def test_pause_and_resume(self):
        job = self.start()
        run_queue_job(job)
        self.assertEqual(self.imported(), {"0", "1"})
        self.assertEqual((self.backend.period_import_id, self.backend.period_import_state), (job, "running"))
        self.assertEqual((self.backend.period_import_done, self.backend.period_import_total), (2, 8))
        self.backend.action_import_pause()
        self.assertFalse(self.waiting())
        self.backend.invalidate_recordset()
        self.assertEqual(self.backend.period_import_state, "paused")
        self.assertEqual(self.start(), job, "what is paused is not started a second time")
        self.adapter.calls.clear()
        self.backend.action_import_resume()
        self.run_all()
        self.assertEqual(self.imported(), set("01234567"))
        self.assertEqual(self.reads()[0], ("2",), "it goes on where it stood")
        self.assertEqual((job.state, job.items_done, job.items_total), ("done", 8, 8))
        self.backend.invalidate_recordset()
        self.assertFalse(self.backend.period_import_state)

    def test_pause_of_a_running_page(self):
        job = self.start()
        read = self.adapter._fetch_orders_by_id

        def pause_meanwhile(backend, external_ids):
            job.write({"paused": True, "stop_requested": True})
            return read(backend, external_ids)

        with patch.object(self.adapter, "_fetch_orders_by_id", pause_meanwhile):
            run_queue_job(job)
        self.assertEqual(self.imported(), {"0", "1"}, "the page is finished")
        self.assertEqual((job.state, self.backend.period_import_state), ("cancelled", "paused"))

    def test_cancel_for_good(self):
        job = self.start()
        run_queue_job(job)
        self.backend.action_import_abandon()
        self.backend.invalidate_recordset()
        self.assertEqual((job.state, self.backend.period_import_state), ("cancelled", False))
        self.assertEqual(self.imported(), {"0", "1"})
        with self.assertRaises(UserError):
            self.backend.action_import_resume()
        paused = self.start()
        self.assertNotEqual(paused, job)
        self.backend.invalidate_recordset()
        self.backend.action_import_pause()
        self.backend.invalidate_recordset()
        self.backend.action_import_abandon()
        self.backend.invalidate_recordset()
        self.assertFalse(self.backend.period_import_state)

    def test_a_failure_stays_on_the_channel_until_it_goes_on(self):
        job = self.start()
        self.adapter.error = TransientError("down")
        job.queue_job_id.write({"state": "failed"})
        self.backend.invalidate_recordset()
        self.assertEqual(self.backend.period_import_state, "failed")
        self.adapter.error = None
        self.backend.action_import_resume()
        self.run_all()
        self.assertEqual(len(self.imported()), 8)

    def test_orders_deleted_while_it_runs(self):
        job = self.start()
        run_queue_job(job)
        del self.adapter.orders["2"]
        del self.adapter.orders["4"]
        self.run_all()
        self.assertEqual(self.imported(), set("013567"))
        self.assertEqual(job.state, "done")

    def test_a_bad_order_fails_alone(self):
        self.adapter.unreadable = {"3"}
        job = self.start()
        self.run_all()
        self.assertEqual(self.imported(), set("0124567"))
        self.assertEqual((job.items_done, job.items_failed, job.child_ids.external_id), (7, 1, "3"))

    def test_what_a_listing_states_wrongly_is_said(self):
        listed = self.adapter._list_order_ids

        def list_ids(*arguments):
            page = listed(*arguments)
            failed = [stub for stub in page.documents if stub.external_id == "3"]
            return replace(
                page,
                documents=tuple(stub for stub in page.documents if stub not in failed),
                failed=tuple(DataError("No number", external_id=stub.external_id) for stub in failed),
            )

        with patch.object(self.adapter, "_list_order_ids", list_ids):
            job = self.start()
            run = self.backend._reconcile(naive(START), fields.Datetime.now())
            self.run_all()
        self.assertEqual((job.items_done, job.items_failed, run.sync_job_id.items_failed), (7, 1, 1))
        [failed] = self.env["sync.job"].search([("backend_id", "=", self.backend.id), ("state", "=", "failed")])
        self.assertEqual((failed.external_id, failed.last_error), ("3", "No number"))

    def test_disconnecting_pauses_and_connecting_resumes(self):
        job = self.start()
        run_queue_job(job)
        self.backend._stop_work()
        self.backend.invalidate_recordset()
        self.assertEqual(self.backend.period_import_state, "paused")
        self.backend._start_work(None)
        self.backend.invalidate_recordset()
        self.assertEqual(self.backend.period_import_state, "running")


@tagged("post_install", "-at_install")
class TestImportWizard(CompleteCase):
    def setUp(self):
        super().setUp()
        for number in range(5):
            self.place(str(number), number)

    def wizard(self, **values):
        wizard = self.env["integration.import"].browse(self.backend.action_import_orders()["res_id"])
        wizard.write({"since": naive(START), **values})
        return wizard

    def finding(self, wizard, title):
        return wizard.check_ids.filtered(lambda check: check.title == title)

    def test_counts_follow_the_period(self):
        self.env["integration.order.importer"]._import_page(self.backend, [self.adapter.orders["1"]])
        wizard = self.wizard()
        self.assertEqual((wizard.order_count, wizard.known_count), (5, 1))
        wizard.since = naive(START + timedelta(minutes=3))
        self.assertEqual((wizard.order_count, wizard.known_count), (2, 0))
        self.assertIn("a guess", wizard.time_estimate)
        with patch.object(self.adapter, "_count_order_ids", lambda *_a: None):
            wizard.invalidate_recordset()
            self.assertIn("doesn't say", wizard.count_text)

    def test_platform_out_of_reach(self):
        def fail(*_arguments):
            raise TransientError("no answer")

        with patch.object(self.adapter, "_count_order_ids", fail):
            self.assertIn("no answer", self.wizard().count_problem)

    def test_estimate_is_measured(self):
        job = self.backend._enqueue(
            "import_order_period", arguments={"since": None, "until": "2026-01-01T00:00:00+00:00"}
        )
        job.outcome_counts = {"created": 90, "updated": 10, "unchanged": 500}
        now = fields.Datetime.now()
        job.queue_job_id.write({"state": "done", "date_started": now - timedelta(seconds=50), "date_done": now})
        values = {"backend_id": self.backend.id, "operation": "Orders", "sync_job_ref": job.id, "cost": 400, "at": now}
        self.env["integration.api.call"].create(values)
        self.env["integration.rate.limit"].create(
            {
                "platform": "test",
                "account_key": self.backend._budget_key(),
                "api": "admin",
                "capacity": 100,
                "rate": 0.01,
                "tokens": 100,
                "updated": now,
            }
        )
        wizard = self.wizard()
        self.assertEqual(wizard._measured()[:2], (2.0, 4.0))
        self.assertIn("About 20 points", wizard.budget_estimate)
        self.assertIn("about 33 min", wizard.budget_estimate)
        self.assertTrue(wizard.time_estimate.startswith("about 33 min"), "the budget is what takes longest")

    def test_start(self):
        wizard = self.wizard()
        wizard.action_start()
        self.backend.invalidate_recordset()
        self.assertEqual(self.backend.period_import_state, "running")
        with self.assertRaises(UserError):
            self.wizard().action_start()
        self.run_all()
        self.assertEqual(self.env["integration.binding.order"].search_count([("backend_id", "=", self.backend.id)]), 5)

    def test_earlier_orders_move_the_start_of_the_import(self):
        self.backend.import_from = naive(START + timedelta(days=1))
        wizard = self.wizard()
        self.assertTrue(wizard.moves_start)
        wizard.action_start()
        self.assertEqual(self.backend.import_from, naive(START))
        self.run_all()
        self.assertTrue(self.order_of("0"))

    def test_wrong_period(self):
        with self.assertRaises(UserError):
            self.wizard(until=naive(START - timedelta(days=1))).action_start()

    def test_what_is_missing(self):
        self.backend.connection_report = {"currency": "XTS", "missing": ["The access scope read_orders is missing."]}
        self.env["integration.mapping"]._note_missing(self.backend, "tax", {"vat": "VAT 21 %"})
        self.env["account.tax"].search([]).active = False
        with patch.dict(os.environ, {"ODOO_INTEGRATION_KEYS": ""}):
            wizard = self.wizard()
        self.assertIn("XTS", self.finding(wizard, "Currency").detail)
        self.assertIn("read_orders", self.finding(wizard, "Access").detail)
        self.assertEqual(self.finding(wizard, "Sales taxes").severity, "error")
        self.assertTrue(self.finding(wizard, "Encryption key").detail)
        self.assertTrue(self.finding(wizard, "Job runner"))
        mapping = self.finding(wizard, "Mapping: Tax")
        self.assertEqual(self.env["integration.mapping"].search(mapping.action_open()["domain"]).external_value, "vat")
        severities = wizard.check_ids.mapped("severity")
        self.assertEqual(severities, sorted(severities, key=["error", "warning", "info"].index))
        for check in wizard.check_ids.filtered("action"):
            self.assertTrue(check.action_open()["type"].startswith("ir.actions"))

    def test_rate_of_the_stores_currency(self):
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "TND")])
        currency.rate_ids.unlink()
        self.backend.connection_report = {"currency": "TND"}
        self.assertTrue(self.finding(self.wizard(), "Exchange rate"))
        self.env["res.currency.rate"].create({"currency_id": currency.id, "name": "2020-01-01", "rate": 3})
        self.assertFalse(self.finding(self.wizard(), "Exchange rate"))

    def test_rights(self):
        user = new_test_user(self.env, "importer", "connector_base.group_integration_user")
        with self.assertRaises(AccessError):
            self.backend.with_user(user).action_import_orders()
        manager = new_test_user(self.env, "importmanager", "connector_base.group_integration_manager")
        action = self.backend.with_user(manager).action_import_orders()
        wizard = self.env["integration.import"].with_user(manager).browse(action["res_id"])
        self.assertEqual(wizard.backend_id, self.backend)
        wizard.action_start()

    def test_connecting_says_what_will_be_missing(self):
        self.env["account.tax"].search([]).active = False
        wizard = self.env["integration.connect"].new({"platform": "test", "tax_policy": "match"})
        self.assertIn("Sales taxes", wizard.preflight)
        self.assertIn("Job runner", wizard.preflight)
        wizard.tax_policy = "create"
        self.assertNotIn("Sales taxes", wizard.preflight)
