from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.queue_job.job import Job

from ..transport import DataError
from .common_jobs import JobsMixin, order


@tagged("post_install", "-at_install")
class TestSyncJob(JobsMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "sync_user", groups="connector_base.group_integration_user")
        cls.salesman = new_test_user(cls.env, "sync_sales", groups="sales_team.group_sale_salesman")

    def _in_state(self, queue_state):
        job = self.backend._enqueue("import_orders")
        # As queue_job's runner does: behind the ORM's back.
        self.env.cr.execute("UPDATE queue_job SET state = %s WHERE id = %s", [queue_state, job.queue_job_id.id])
        self.env.invalidate_all()
        return job

    def test_state_is_the_queue_jobs(self):
        expected = {
            "wait_dependencies": "pending",
            "pending": "pending",
            "enqueued": "pending",
            "started": "processing",
            "done": "done",
            "failed": "failed",
            "cancelled": "cancelled",
        }
        jobs = {queue_state: self._in_state(queue_state) for queue_state in expected}
        everything = self.env["sync.job"].concat(*jobs.values())
        for queue_state, state in expected.items():
            self.assertEqual(jobs[queue_state].state, state)
            found = everything.search([("state", "=", state), ("id", "in", everything.ids)])
            self.assertIn(jobs[queue_state], found)
            self.assertEqual(set(found.mapped("state")), {state})
        others = everything.search([("state", "not in", ("pending", "done")), ("id", "in", everything.ids)])
        self.assertEqual(others, jobs["started"] | jobs["failed"] | jobs["cancelled"])

    def test_state_groups_and_sorts_for_users_without_queue_access(self):
        for queue_state in ("pending", "enqueued", "started", "failed", "done"):
            self._in_state(queue_state)
        child = self._in_state("done")._fail_document("9", DataError("Bad"))
        jobs = self.env["sync.job"].with_user(self.user)
        domain = [("backend_id", "=", self.backend.id)]
        self.assertFalse(self.env["queue.job"].with_user(self.user).has_access("read"))
        groups = dict(jobs._read_group(domain, ["state"], ["__count"]))
        self.assertEqual(groups, {"pending": 2, "processing": 1, "done": 2, "failed": 2})
        formatted = jobs.web_read_group(domain, ["state"], ["__count"])
        self.assertEqual({group["state"]: group["__count"] for group in formatted["groups"]}, groups)
        states = jobs.search(domain, order="state, id").mapped("state")
        self.assertEqual(states, sorted(states))
        read = jobs.web_search_read(
            domain, {"state": {}, "progress": {}, "duration": {}, "eta": {}}, order="state desc"
        )
        self.assertEqual(len(read["records"]), 7)
        description = jobs.fields_get(["state"], ["sortable", "groupable", "searchable"])["state"]
        self.assertEqual(description, {"sortable": True, "groupable": True, "searchable": True})
        self.assertEqual(child.state, "failed")

    def test_state_follows_queue_jobs_own_buttons(self):
        job = self.backend._enqueue("import_orders")
        record = job.queue_job_id
        for button, state in (
            ("button_cancelled", "cancelled"),
            ("requeue", "pending"),
            ("button_done", "done"),
            ("requeue", "pending"),
        ):
            getattr(record, button)()
            self.assertEqual(job.state, state)
            self.assertEqual(job.search([("id", "=", job.id), ("state", "=", state)]), job)

    def test_order_and_priority(self):
        low = self.backend._enqueue("import_orders", priority=5)
        high = self.backend._enqueue("import_orders", priority=95)
        usual = self.backend._enqueue("import_orders")
        jobs = low | high | usual
        self.assertEqual(jobs.search([("id", "in", jobs.ids)]).mapped("priority"), [95, 40, 5])
        self.assertEqual(high.queue_job_id.priority, 5)
        self.assertGreater(low.queue_job_id.priority, usual.queue_job_id.priority)

    def test_identity_key_returns_the_waiting_job(self):
        first = self.backend._enqueue("import_orders", identity_key="one")
        self.assertEqual(self.backend._enqueue("import_orders", identity_key="one"), first)
        self.perform(first)
        second = self.backend._enqueue("import_orders", identity_key="one")
        self.assertNotEqual(second, first)
        self.assertNotEqual(second.queue_job_id, first.queue_job_id)

    def test_jobs_run_as_superuser_of_the_backends_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.user.company_ids |= company
        self.backend.company_id = company
        job = self.backend.with_user(self.user).with_context(lang=None, secret="x")._enqueue("import_orders")
        self.assertEqual(job.env.user, self.user)
        record = job.sudo().queue_job_id
        self.assertEqual(record.company_id, company)
        worker = Job.load(self.env, record.uuid).recordset
        self.assertTrue(worker.env.su)
        self.assertEqual(worker.env.company, company)
        self.assertNotIn("secret", worker.env.context)

    def test_chain_moves_the_pointer_and_passed_pages_are_inert(self):
        self.adapter.orders = {str(number): order(str(number), number) for number in range(5)}
        job = self.backend._start_import("orders")
        first = self.perform(job)
        started = first.date_started
        self.assertNotEqual(job.queue_job_id, first)
        self.assertEqual((job.state, job.items_total, job.items_done), ("pending", 5, 2))
        self.assertEqual(job.progress, 40)
        pages = len(self.importer.pages)
        first.requeue()
        passed = Job.load(self.env, first.uuid)
        self.assertIn("moved on", passed.perform())
        self.assertEqual(len(self.importer.pages), pages)
        self.assertEqual(self.perform_chain(job), 2)
        self.assertEqual((job.state, job.items_done, job.progress), ("done", 5, 100))
        self.assertEqual(job.date_started, started)
        self.assertGreaterEqual(job.duration, 0)
        # What a passed page leaves behind goes with queue_job's clean-up, and takes nothing along.
        first.unlink()
        self.assertTrue(job.exists())
        job.queue_job_id.unlink()
        self.assertFalse(job.exists())

    def test_cancelling_a_running_chain_stops_it_after_its_page(self):
        self.adapter.orders = {str(number): order(str(number), number) for number in range(6)}
        job = self.backend._start_import("orders")
        self.env.cr.execute("UPDATE queue_job SET state = 'started' WHERE id = %s", [job.queue_job_id.id])
        self.env.invalidate_all()
        job.with_user(self.user).action_cancel()
        self.perform(job)
        self.assertEqual(job.state, "cancelled")
        self.assertEqual(len(self.importer.applied), 2)
        job.with_user(self.user).action_retry()
        self.perform_chain(job)
        self.assertEqual(job.state, "done")
        self.assertEqual(len(self.importer.applied), 6)

    def test_failed_document_is_a_job_without_queue_job_until_retried(self):
        self.adapter.orders = {"1": order("1"), "2": order("2")}
        self.importer.bad = {"2": DataError("SKU 'A-17' is unknown", remedy="Create the product.")}
        job = self.backend._start_import("orders")
        self.perform(job)
        self.assertEqual((job.state, job.items_done, job.items_failed), ("done", 1, 1))
        child = job.child_ids
        self.assertEqual(child.state, "failed")
        self.assertFalse(child.queue_job_id)
        self.assertEqual((child.external_id, child.document_name, child.remedy), ("2", "#2", "Create the product."))
        child.with_user(self.user).action_retry()
        self.assertEqual(child.state, "pending")
        # It fails again: now the failure is the child's own.
        with self.assertRaisesRegex(Exception, "A-17"):
            self.perform(child)
        self.fail_job(child, self.importer.bad["2"])
        self.assertEqual(child.state, "failed")
        self.assertFalse(child.child_ids)
        self.importer.bad = {}
        child.action_retry()
        self.perform(child)
        self.assertEqual(child.state, "done")
        self.assertFalse(child.last_error)

    def test_document_that_fails_again_has_one_job_and_success_resolves_it(self):
        parent, later = self.backend._enqueue("import_orders"), self.backend._enqueue("import_orders")
        child = parent._fail_document("7", DataError("first"))
        self.assertEqual(later._fail_document("7", DataError("second")), child)
        self.assertEqual((child.last_error, child.parent_id), ("second", later))
        retried = parent._fail_document("8", DataError("third"))
        retried.action_retry()
        self.fail_job(retried, DataError("third"))
        later._resolve_documents(["7", "8", "9"])
        self.assertEqual((child | retried).mapped("state"), ["done", "done"])

    def test_document_waiting_for_its_retry_is_not_failed_twice(self):
        parent = self.backend._enqueue("import_orders")
        child = parent._fail_document("7", DataError("first"))
        child.action_retry()
        self.assertEqual(parent._fail_document("7", DataError("second")), child)
        self.assertEqual((child.state, child.last_error), ("pending", "first"))

    def test_error_inbox_has_one_row_per_cause(self):
        parent = self.backend._enqueue("import_orders")
        for number in range(3):
            parent._fail_document(
                str(number), DataError(f"SKU 'X-{number}' of order #{number} is unknown", remedy="Map it")
            )
        parent._fail_document("9", DataError("No tax for 19 %"))
        self.env.flush_all()
        causes = self.env["sync.job.cause"].with_user(self.user).search([("backend_id", "=", self.backend.id)])
        self.assertEqual(causes.mapped("job_count"), [3, 1])
        self.assertEqual(causes[0].remedy, "Map it")
        self.assertEqual(causes[0].cause_key, "data: SKU '…' of order #… is unknown")
        causes[0].action_retry_all()
        self.env.flush_all()
        causes.invalidate_model()
        self.assertEqual(causes.search([("backend_id", "=", self.backend.id)]).mapped("job_count"), [1])

    def test_cancel_dismisses_failed_documents(self):
        child = self.backend._enqueue("import_orders")._fail_document("7", DataError("first"))
        child.with_user(self.user).action_cancel()
        self.assertEqual(child.state, "cancelled")
        with self.assertRaises(UserError):
            child.action_cancel()

    def test_only_integration_users_may_retry(self):
        child = self.backend._enqueue("import_orders")._fail_document("7", DataError("first"))
        for button in ("action_retry", "action_cancel"):
            with self.assertRaises(AccessError):
                getattr(child.with_user(self.salesman), button)()
        with self.assertRaises(UserError):
            self.backend._enqueue("import_orders").with_user(self.user).action_retry()

    def test_traceback_is_for_managers(self):
        child = self.backend._enqueue("import_orders")._fail_document("7", KeyError("x"))
        self.assertEqual(child.error_type, "bug")
        self.assertIn("KeyError", child.traceback)
        with self.assertRaises(AccessError):
            child.with_user(self.user).read(["traceback"])

    def test_open_record(self):
        job = self.backend._enqueue("import_order_ids", record=self.env.company.partner_id)
        self.assertEqual(job.with_user(self.user).action_open_record()["res_id"], self.env.company.partner_id.id)
        with self.assertRaises(UserError):
            self.backend._enqueue("import_orders").action_open_record()

    def test_views_open_for_everybody_who_may(self):
        manager = new_test_user(self.env, "sync_manager", groups="connector_base.group_integration_manager")
        self.backend._enqueue("import_orders")._fail_document("7", DataError("first"))
        self.env.flush_all()
        for user in (self.user, manager):
            for model in (
                "sync.job",
                "sync.job.cause",
                "integration.webhook.event",
                "integration.webhook.refusal",
                "integration.cursor",
                "integration.backend",
            ):
                records = self.env[model].with_user(user)
                views = records.get_views([(False, "list"), (False, "form"), (False, "search")])
                shown = {name: {} for name in views["models"][model]["fields"]}
                records.web_search_read([], shown, limit=5)
