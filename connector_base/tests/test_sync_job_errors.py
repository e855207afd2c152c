from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from ..engine import job_errors
from ..engine.job_errors import Busy, SyncJobFailed, backoff, describe, translate_errors
from ..transport import ConfigurationError, DataError, PermissionMissing, RateLimited, TransientError
from .common_jobs import JobsMixin


@tagged("post_install", "-at_install")
class TestSyncJobErrors(JobsMixin, TransactionCase):
    def setUp(self):
        super().setUp()
        self.job = self.backend._enqueue("import_orders")

    def _postponed(self, error):
        with self.assertRaises(RetryableJobError) as caught, translate_errors(self.job):
            raise error
        self.assertTrue(caught.exception.ignore_retry)
        return caught.exception

    def _after_rollback(self):
        """Do what happens after the rollback of the try, here without one."""
        self.env.cr.postrollback.run()
        self.env.invalidate_all()

    def test_work_that_others_do_is_tried_again_and_counts_as_no_try(self):
        with self.enter_registry_test_mode():
            error = self._postponed(Busy("Another push is at work."))
            self.assertEqual((str(error), error.seconds), ("Another push is at work.", 1))
            self._after_rollback()
            self.assertFalse(self.job.retry_count)

    def test_temporary_errors_postpone_and_are_noted(self):
        with self.enter_registry_test_mode():
            self.assertGreaterEqual(self._postponed(TransientError("Bad gateway", retry_after=40)).seconds, 40)
            self._after_rollback()
            self.assertEqual((self.job.retry_count, self.job.last_error), (1, "Bad gateway"))
            since = self.job.postponed_since
            self.assertTrue(since)
            self.assertGreaterEqual(self._postponed(RateLimited("Slow down", retry_after=2)).seconds, 2)
            self._after_rollback()
            self.assertEqual((self.job.retry_count, self.job.postponed_since), (2, since))
            self.assertEqual(self.job.error_type, "rate_limited")
        self.perform(self.job)
        self.assertFalse(self.job.retry_count or self.job.last_error or self.job.postponed_since)

    def test_backoff_grows_and_is_bounded(self):
        for attempts in range(40):
            longest = min(job_errors.BACKOFF_LONGEST, job_errors.BACKOFF_FIRST * 2**attempts)
            for _draw in range(20):
                self.assertTrue(longest / 2 <= backoff(attempts) <= longest)
        self.assertGreater(len({backoff(5) for _draw in range(50)}), 5, "no jitter")
        self.assertGreaterEqual(backoff(0, 0), 1)

    def test_gives_up_after_hours_of_temporary_errors(self):
        self.env["ir.config_parameter"].set_param("connector_base.give_up_hours", "2")
        self.job.postponed_since = fields.Datetime.now() - timedelta(hours=1, minutes=59)
        self._postponed(TransientError("Bad gateway"))
        self.job.postponed_since = fields.Datetime.now() - timedelta(hours=2, minutes=1)
        gave_up = self.assertRaisesRegex(SyncJobFailed, "Gave up after 2 hours.*Bad gateway")
        with gave_up as caught, translate_errors(self.job):
            raise TransientError("Bad gateway")
        failure = describe(caught.exception)
        self.assertEqual(failure.error_type, "transient")
        self.assertIn("Gave up", failure.message)

    @mute_logger("odoo.sql_db")
    def test_lost_races_are_run_again_at_once(self):
        for error in (
            psycopg2.errors.SerializationFailure("could not serialize"),
            psycopg2.errors.DeadlockDetected("deadlock"),
        ):
            self.assertIn(self._postponed(error).seconds, (1, 2))
        values = {"backend_id": self.backend.id, "resource": "orders"}
        with self.assertRaises(RetryableJobError), translate_errors(self.job), self.env.cr.savepoint():
            self.env["integration.cursor"].create(values)
        self.job.retry_count = job_errors.MAX_LOST_RACES
        failed = self.assertRaisesRegex(SyncJobFailed, "again and again")
        with failed, translate_errors(self.job), self.env.cr.savepoint():
            self.env["integration.cursor"].create(values)

    @mute_logger("odoo.sql_db")
    def test_other_unique_violations_are_no_race(self):
        login = self.env.user.login
        with self.assertRaises(psycopg2.errors.UniqueViolation), translate_errors(self.job), self.env.cr.savepoint():
            self.env.cr.execute(
                "INSERT INTO res_users (login, partner_id, company_id, notification_type)"
                " SELECT %s, partner_id, company_id, 'email' FROM res_users WHERE login = %s",
                [login, login],
            )

    def test_failures_say_type_remedy_and_tell_the_backend(self):
        told = []
        with patch.object(type(self.backend), "_fail", lambda backend, error: told.append(error)):
            for error, error_type in (
                (DataError("Bad order", remedy="Fix it"), "data"),
                (ConfigurationError("Token revoked", remedy="Connect again"), "configuration"),
            ):
                job = self.backend._enqueue("import_orders")
                with self.assertRaises(SyncJobFailed) as caught, translate_errors(job):
                    raise error
                self.fail_job(job, caught.exception)
                self.assertEqual((job.state, job.error_type), ("failed", error_type))
                self.assertEqual((job.last_error, job.remedy), (error.message, error.remedy))
        self.assertEqual([error.message for error in told], ["Token revoked"])

    def test_a_missing_permission_stops_only_what_needs_it(self):
        told = []
        self.patch(type(self.backend), "_fail", lambda backend, error: told.append(error.message))
        for operation in ("import_orders", "check_webhooks"):
            job = self.backend._enqueue(operation)
            with self.assertRaises(SyncJobFailed) as caught, translate_errors(job):
                raise PermissionMissing(operation, remedy="Allow it")
            self.fail_job(job, caught.exception)
            self.assertEqual((job.state, job.error_type, job.remedy), ("failed", "configuration", "Allow it"))
        self.assertEqual(told, ["import_orders"])

    def test_nothing_is_done_for_a_disconnected_backend(self):
        self.backend.state = "disconnected"
        with self.assertRaisesRegex(SyncJobFailed, "not connected"):
            self.perform(self.job)
        self.assertFalse(self.adapter.calls)

    def test_programming_errors_stay_themselves(self):
        with self.assertRaises(ZeroDivisionError) as caught, translate_errors(self.job):
            raise ZeroDivisionError("division by zero")
        self.fail_job(self.job, caught.exception)
        self.assertEqual((self.job.error_type, self.job.state), ("bug", "failed"))
        self.assertEqual(self.job.last_error, "ZeroDivisionError: division by zero")
        self.assertEqual(self.job.traceback, "Traceback ...")

    def test_one_cause_for_what_differs_in_values_only(self):
        for one, other in (
            ("Order 1001 has tax 19.0 %", "Order 2 has tax 7 %"),
            ('No product "A" here', 'No product "B-2" here'),
            ("Line gid://shop/Line/12 is bad", "Line gid://shop/Line/9 is bad"),
            ("SKU SUN-2 is unknown", "SKU RUG-0454-RE-L is unknown"),
        ):
            self.assertEqual(describe(DataError(one)).cause, describe(DataError(other)).cause)
        self.assertNotEqual(describe(DataError("No tax")).cause, describe(DataError("No carrier")).cause)
        self.assertNotEqual(describe(DataError("No tax")).cause, describe(ConfigurationError("No tax")).cause)
