from dataclasses import replace
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.connector_base.transport import DataError, WebhookEnvelope

from .common import BackendCase
from .order_common import PLACED, make_order


@tagged("post_install", "-at_install")
class TestOrderCancel(BackendCase):
    """Cancelling on the platform from Odoo, and orders the platform has no longer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["product.product"].create({"name": "Mug", "default_code": "MUG-BLUE", "type": "consu"})
        cls.backend.state = "connected"

    def setUp(self):
        super().setUp()
        self.documents = {"1001": make_order(financial_status="paid")}
        self.cancelled, self.refusal, self.days = [], None, None
        adapter = type(self.env["integration.adapter.fake"])
        capabilities = adapter._capabilities
        for name, method in (
            ("_capabilities", lambda adapter: capabilities(adapter) | {"orders_cancel"}),
            (
                "_fetch_orders_by_id",
                lambda adapter, backend, ids: [self.documents[i] for i in ids if i in self.documents],
            ),
            ("_cancel_order", lambda adapter, backend, external_id, **how: self.cancel_there(external_id, how)),
            ("_visible_days", lambda adapter: self.days),
            ("_tells_deletion", lambda adapter, topic: topic == "orders/delete"),
            ("_parse_event", lambda adapter, backend, topic, body: None),
        ):
            self.startPatcher(patch.object(adapter, name, method, create=True))
        self.env["integration.order.importer"]._import_page(self.backend, list(self.documents.values()))
        self.order = self.env["sale.order"].search([("integration_backend_id", "=", self.backend.id)])

    def cancel_there(self, external_id, how):
        self.cancelled.append((external_id, how))
        if self.refusal:
            raise self.refusal
        known = self.documents[external_id]
        self.documents[external_id] = replace(
            known, cancelled_at=PLACED, updated_at=known.updated_at.replace(hour=11), cancel_reason=how["reason"]
        )

    def ask(self, **values):
        """Fill in the wizard and send it off; return the job."""
        action = self.order.action_integration_cancel()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create(values)
        wizard.action_cancel_there()
        return self.jobs()

    def jobs(self):
        return self.env["sync.job"].search([("operation", "=", "cancel_order")])

    def run_job(self, job):
        return job._run_cancel_order(**job.arguments)

    def test_cancelled_there_and_here(self):
        self.order.action_confirm()
        self.backend.confirmed_order_edits = "hold"  # whoever asks for it here wants it here
        job = self.ask(reason="fraud", notify=True)
        self.assertEqual((job.external_id, job.record_id), ("1001", self.order.id))
        self.assertTrue(self.order.integration_cancel_requested_at)
        self.assertEqual(self.order.state, "sale", "until the platform has done it")
        self.run_job(job)
        how = {"reason": "fraud", "restock": True, "refund": True, "notify": True}
        self.assertEqual(self.cancelled, [("1001", how)])
        self.assertEqual(self.order.state, "cancel")
        self.assertEqual(set(self.order.picking_ids.mapped("state")), {"cancel"})
        self.assertFalse(self.order.integration_hold_reason)

    def test_run_twice_cancels_once(self):
        job = self.ask()
        self.run_job(job)
        self.assertIn("already", self.run_job(job))
        self.assertEqual(len(self.cancelled), 1)

    def test_lost_answer(self):
        """The platform did it, but says no to what looks like a second time."""
        job = self.ask()

        def refuse(_adapter, _backend, external_id, **how):
            self.cancel_there(external_id, how)
            raise DataError("It is cancelled already.")

        with patch.object(type(self.env["integration.adapter.fake"]), "_cancel_order", refuse):
            self.run_job(job)
        self.assertEqual(self.order.state, "cancel")

    def test_no_echo(self):
        """The cancellation coming back, by webhook and by poll, finds nothing left to do."""
        self.run_job(self.ask())
        messages = self.order.message_ids
        result = self.env["integration.order.importer"]._import_page(self.backend, [self.documents["1001"]])
        self.assertEqual(result.unchanged, ["1001"])
        noted = replace(self.documents["1001"], note="x", updated_at=PLACED.replace(hour=12))
        self.env["integration.order.importer"]._import_page(self.backend, [noted])
        self.assertEqual((self.order.state, self.order.message_ids), ("cancel", messages))
        self.assertEqual(len(self.cancelled), 1)

    def test_cancelled_here_first(self):
        self.order._action_cancel()
        self.assertTrue(self.order.integration_can_cancel)
        self.run_job(self.ask())
        self.assertEqual(len(self.cancelled), 1)
        self.assertEqual(self.order.state, "cancel")

    def test_asked_twice_while_it_waits(self):
        self.ask()
        self.assertEqual(len(self.ask()), 1)

    def test_refused(self):
        self.refusal = DataError("It is shipped.", remedy="Refund it instead.")
        job = self.ask()
        try:
            self.run_job(job)
        except DataError as error:
            job._on_queue_failure("traceback", "DataError", str(error))
        self.assertEqual((job.last_error, job.remedy), ("It is shipped.", "Refund it instead."))
        self.assertEqual(self.order.state, "draft")
        self.assertFalse(self.order.integration_cancel_requested_at)
        for text in ("It is shipped.", "Refund it instead."):
            self.assertIn(text, self.order.message_ids[0].body)

    def test_takes_effect_later(self):
        job = self.ask()
        with patch.object(type(self.env["integration.adapter.fake"]), "_cancel_order", lambda *args, **how: None):
            self.run_job(job)
        self.assertEqual(self.order.state, "draft")
        again = self.env["sync.job"].search([("operation", "=", "import_order_ids")])
        self.assertEqual(again.arguments, {"external_ids": ["1001"]})
        self.assertTrue(again.eta)

    def test_preview(self):
        self.order.action_confirm()
        view = "connector_base.integration_order_cancel_view_form"
        with Form(self.env["integration.order.cancel"].with_context(default_order_id=self.order.id), view) as form:
            self.assertIn("given back", form.preview_text)
            self.assertIn(self.order.picking_ids.name, form.preview_text)
            form.refund = False
            form.restock = False
            self.assertIn("money is kept", form.preview_text)
            self.assertIn("Stock there stays", form.preview_text)
            self.assertFalse(form.warning)
        self.order.integration_fulfillment_status = "fulfilled"
        wizard = self.env["integration.order.cancel"].create({"order_id": self.order.id})
        self.assertIn("may refuse", wizard.warning)

    def test_only_where_the_platform_can(self):
        self.assertTrue(self.order.integration_can_cancel)
        self.backend.state = "disconnected"
        self.order.invalidate_recordset(["integration_can_cancel"])
        self.assertFalse(self.order.integration_can_cancel)
        with self.assertRaises(UserError):
            self.ask()

    def test_salespeople_may(self):
        self.order.user_id = self.salesman
        self.order.action_confirm()
        wizard = self.env["integration.order.cancel"].with_user(self.salesman).create({"order_id": self.order.id})
        self.assertIn(self.order.picking_ids.name, wizard.preview_text)
        wizard.action_cancel_there()
        self.assertEqual(len(self.jobs()), 1)

    # === DELETED THERE === #

    def drain(self, topic):
        self.env["integration.webhook.event"]._store(
            self.backend,
            WebhookEnvelope(event_id=topic, topic=topic, resource="order", external_id="1001", updated_at=None),
            b"{}",
        )
        event = self.env["integration.webhook.event"].search([("event_id", "=", topic)])
        job = self.backend._enqueue("drain_webhooks")
        job._run_drain_webhooks()
        return event

    def test_deleted_by_webhook(self):
        self.documents.clear()
        self.days = 0  # even if the platform shows no orders by their age
        event = self.drain("orders/delete")
        self.assertEqual((event.state, self.order.state), ("done", "cancel"))
        self.assertTrue(self.order.integration_deleted_at)

    def test_deletion_that_was_taken_back(self):
        event = self.drain("orders/delete")
        self.assertEqual((event.state, self.order.state), ("done", "draft"))
        self.assertFalse(self.order.integration_deleted_at)

    def test_not_found_when_read_again(self):
        self.documents.clear()
        job = self.backend._enqueue("import_order_ids", arguments={"external_ids": ["1001"]})
        job._run_import_order_ids(["1001"])
        self.assertTrue(self.order.integration_deleted_at)
        self.assertEqual(self.order.state, "cancel")

    def test_too_old_to_be_shown(self):
        self.documents.clear()
        self.days = 60
        self.order.date_order = "2020-01-01"
        job = self.backend._enqueue("import_order_ids", arguments={"external_ids": ["1001"]})
        job._run_import_order_ids(["1001"])
        self.assertFalse(self.order.integration_deleted_at)
        self.assertEqual(self.drain("orders/updated").state, "ignored")
        self.assertEqual(self.order.state, "draft")
