import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.queue_job.exception import RetryableJobError

from ..engine.clock import naive
from ..transport import ConfigurationError, DataError, WebhookEnvelope
from .common_jobs import T0, JobsMixin, order


@tagged("post_install", "-at_install")
class TestWebhookDrain(JobsMixin, TransactionCase):
    def event(self, external_id, minutes=0, resource="order", received=0, **payload):
        """Store an event as the route does; return it."""
        events = self.env["integration.webhook.event"]
        number = events.search_count([]) + 1
        envelope = WebhookEnvelope(
            event_id=f"delivery-{number}",
            topic="orders/updated",
            resource=resource,
            external_id=external_id,
            updated_at=T0 + timedelta(minutes=minutes),
        )
        body = json.dumps({"id": external_id, "minutes": minutes, **payload}).encode()
        events._store(self.backend, envelope, body)
        event = events.search([("event_id", "=", envelope.event_id), ("backend_id", "=", self.backend.id)])
        if received:
            self.env.cr.execute(
                "UPDATE integration_webhook_event SET received_at = received_at - %s * interval '1 s' WHERE id = %s",
                [received, event.id],
            )
            event.invalidate_recordset()
        return event

    def drain(self):
        self.backend._ensure_drain()
        job = self.env["sync.job"]._waiting(f"drain_webhooks:{self.backend.id}")
        self.perform(job)
        return job

    def waiting_drain(self):
        return self.env["sync.job"]._waiting(f"drain_webhooks:{self.backend.id}")

    def test_store_is_idempotent_per_delivery(self):
        event = self.event("1")
        envelope = WebhookEnvelope(event_id=event.event_id, topic="t", resource="order", external_id="2")
        self.env["integration.webhook.event"]._store(self.backend, envelope, b"{}")
        self.assertEqual(self.env["integration.webhook.event"].search_count([("backend_id", "=", self.backend.id)]), 1)
        other = self.backend.copy({"name": "Other shop"})
        self.env["integration.webhook.event"]._store(other, envelope, b"{}")
        self.assertEqual(self.env["integration.webhook.event"].search_count([("backend_id", "=", other.id)]), 1)

    def test_body_is_kept_byte_for_byte_and_shown_to_managers(self):
        body = '{"note": "Zoë \\u20ac", "b": 1}'.encode() + b"\xff\x00"
        envelope = WebhookEnvelope(event_id="raw", topic="t", resource="order", external_id="2")
        events = self.env["integration.webhook.event"]
        events._store(self.backend, envelope, body)
        event = events.search([("event_id", "=", "raw")])
        self.assertEqual(event._bodies()[event.id], body)
        self.assertIn("Zoë", event.body_text)
        user = new_test_user(self.env, "hook_user", groups="connector_base.group_integration_user")
        self.assertEqual(event.with_user(user).topic, "t")
        with self.assertRaises(AccessError):
            event.with_user(user).read(["body_text"])

    def test_newest_of_each_record_wins(self):
        old, new, other, newest_first, late = (
            self.event("1", 1),
            self.event("1", 2),
            self.event("2", 1),
            self.event("3", 9),
            self.event("3", 8),
        )
        job = self.drain()
        self.assertEqual((new | other | newest_first).mapped("state"), ["done"] * 3)
        self.assertEqual((old | late).mapped("state"), ["superseded"] * 2)
        self.assertEqual(self.importer.applied["1"].updated_at, T0 + timedelta(minutes=2))
        self.assertEqual(self.importer.applied["3"].updated_at, T0 + timedelta(minutes=9))
        self.assertEqual((job.items_total, job.items_done, job.items_failed), (5, 5, 0))
        self.assertEqual((old.sync_job_id, old.attempts), (job, 1))
        self.assertEqual([name for name, *_details in self.adapter.calls], [], "complete payloads need no call")

    def test_older_than_applied_is_ignored_and_says_so(self):
        sale = self.env["sale.order"].create({"partner_id": self.env.company.partner_id.id})
        self.env["integration.binding.order"].create(
            {
                "backend_id": self.backend.id,
                "external_id": "1",
                "odoo_id": sale.id,
                "remote_updated_at": naive(T0 + timedelta(minutes=5)),
            }
        )
        older = self.event("1", 4)
        self.drain()
        self.assertEqual(older.state, "ignored")
        self.assertIn("Older", older.reason)
        same = self.event("1", 5)
        self.drain()
        self.assertEqual(same.state, "done")

    def test_thin_events_are_read_in_one_call(self):
        self.adapter.orders = {"1": order("1", 3), "2": order("2", 3)}
        one, two, gone = self.event("1", thin=1), self.event("2", thin=1), self.event("3", thin=1)
        self.event("4")
        self.drain()
        self.assertEqual(self.adapter.calls, [("read", "1", "2", "3")])
        self.assertEqual((one | two).mapped("state"), ["done", "done"])
        self.assertEqual(gone.state, "ignored")
        self.assertEqual(set(self.importer.applied), {"1", "2", "4"})

    def test_poison_events_fail_alone_and_can_be_retried(self):
        self.importer.bad = {"5": DataError("No tax for 19 %", remedy="Map the tax")}
        poison, bug, bad, good = (
            self.event("1", poison=1),
            self.event("2", bug=1),
            self.event("5"),
            self.event("3"),
        )
        job = self.drain()
        self.assertEqual((poison | bug | bad).mapped("state"), ["failed"] * 3)
        self.assertEqual(good.state, "done")
        self.assertEqual((job.state, job.items_failed, job.items_done), ("done", 3, 1))
        children = {child.external_id: child for child in job.child_ids}
        self.assertEqual(set(children), {"1", "2", "5"})
        self.assertEqual(children["2"].error_type, "bug")
        self.assertIn("Bad amount", children["1"].last_error)
        # The retry reads the order from the platform.
        self.adapter.orders = {"1": order("1", 3)}
        children["1"].action_retry()
        self.perform(children["1"])
        self.assertIn("1", self.importer.applied)

    def test_refused_batch_is_read_one_by_one(self):
        self.adapter.orders = {"1": order("1"), "3": order("3")}
        self.adapter.unreadable = {"2"}
        one, two, three = (self.event(number, thin=1) for number in "123")
        self.drain()
        self.assertEqual((one | two | three).mapped("state"), ["done", "failed", "done"])

    def test_busy_records_stay_for_a_follow_up(self):
        self.importer.busy = {"1"}
        busy, free = self.event("1"), self.event("2")
        self.drain()
        self.assertEqual((busy.state, free.state), ("new", "done"))
        follow_up = self.waiting_drain()
        self.assertTrue(follow_up.eta)
        self.importer.busy = set()
        self.perform(follow_up)
        self.assertEqual((busy.state, busy.attempts), ("done", 2))

    def test_full_page_is_followed_by_the_next(self):
        module = "odoo.addons.connector_base.models.sync_job_drain.DRAIN_PAGE"
        for number in range(5):
            self.event(str(number))
        with patch(module, 2):
            self.drain()
            self.assertEqual(len(self.importer.applied), 2)
            while job := self.waiting_drain():
                self.perform(job)
        self.assertEqual(len(self.importer.applied), 5)

    def test_unknown_resource_is_ignored(self):
        event = self.event("1", resource="giraffe")
        self.drain()
        self.assertEqual(event.state, "ignored")

    def test_uninstalled_disconnects_only_if_the_platform_says_so_too(self):
        event = self.event("", resource="account")
        self.drain()
        self.assertEqual((event.state, self.backend.state), ("ignored", "connected"))
        self.adapter.error = ConfigurationError("Invalid API key")
        event = self.event("", resource="account")
        told = []
        with patch.object(type(self.backend), "_fail", lambda backend, error: told.append(error)):
            self.drain()
        self.assertEqual((event.state, self.backend.state), ("done", "disconnected"))
        self.assertEqual(told, [self.adapter.error])

    def test_events_of_a_broken_backend_wait(self):
        event = self.event("1", received=120)
        self.backend.state = "error"
        self.drain()
        self.assertEqual(event.state, "new")
        self.env["integration.webhook.event"]._cron_sweep()
        self.assertFalse(self.waiting_drain())
        self.backend.state = "connected"
        self.env["integration.webhook.event"]._cron_sweep()
        self.perform(self.waiting_drain())
        self.assertEqual(event.state, "done")

    def test_sweep_wakes_up_for_old_events_only(self):
        self.event("1")
        self.env["integration.webhook.event"]._cron_sweep()
        self.assertFalse(self.waiting_drain())
        self.event("2", received=61)
        self.env["integration.webhook.event"]._cron_sweep()
        self.assertTrue(self.waiting_drain())

    def test_one_drain_per_backend(self):
        self.event("1")
        self.backend._ensure_drain()
        job = self.waiting_drain()
        self.backend._ensure_drain()
        self.assertEqual(
            self.env["sync.job"].search_count(
                [("operation", "=", "drain_webhooks"), ("backend_id", "=", self.backend.id)]
            ),
            1,
        )
        with self.env.registry.cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(772, %s)", [self.backend.id])
            with self.assertRaises(RetryableJobError) as caught:
                self.perform(job)
        self.assertTrue(caught.exception.ignore_retry)
        self.assertEqual(caught.exception.seconds, 1)

    def test_process_again(self):
        user = new_test_user(self.env, "replay_user", groups="connector_base.group_integration_user")
        event = self.event("1", poison=1)
        self.drain()
        self.assertEqual(event.state, "failed")
        event.with_user(user).action_process_again()
        self.assertEqual(event.state, "new")
        self.assertTrue(self.waiting_drain())
        with self.assertRaises(UserError):
            event.with_user(user).action_process_again()

    def test_clean_up_keeps_what_waits(self):
        days = 31 * 86400
        kept, ended, fresh = self.event("1", received=days), self.event("2", received=days), self.event("3")
        (ended | fresh)._settle("done")
        self.env["integration.webhook.event"]._gc_events()
        self.assertEqual((kept | ended | fresh).exists(), kept | fresh)

    def test_check_of_the_subscriptions(self):
        with self.assertRaises(UserError):
            self.backend.action_check_webhooks()
        self.assertEqual(self.backend.webhook_state, "polling")
        self.assertIn("Polling only", self.backend.webhook_message)
        self.env["ir.config_parameter"].set_param("connector_base.public_url", "https://odoo.example.com/")
        self.backend.invalidate_recordset()
        self.assertEqual(self.backend.webhook_state, "unchecked")
        self.env["integration.backend"]._cron_check_webhooks()
        job = self.env["sync.job"]._waiting(f"check_webhooks:{self.backend.id}")
        self.perform(job)
        address = f"https://odoo.example.com/connector/webhook/fake/{self.backend.webhook_token}"
        self.assertEqual(self.adapter.calls, [("subscribe", address)])
        self.assertEqual(self.backend.webhook_state, "registered")
        self.assertAlmostEqual(self.backend.webhook_checked_at, fields.Datetime.now(), delta=timedelta(seconds=5))

    def test_local_addresses_are_not_reachable(self):
        parameters = self.env["ir.config_parameter"]
        for url, reachable in (
            ("https://shop.example.com", True),
            ("https://8.8.8.8", True),
            ("http://shop.example.com", False),
            ("https://localhost", False),
            ("https://odoo", False),
            ("https://192.168.1.5:8069", False),
            ("https://odoo.local", False),
            ("https://[::1]", False),
        ):
            parameters.set_param("connector_base.public_url", url)
            self.backend.invalidate_recordset()
            self.assertEqual(self.backend.webhooks_reachable, reachable, url)
