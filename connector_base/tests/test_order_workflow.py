from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.connector_base.canonical.order import Payment

from .common import run_queue_job
from .order_common import PLACED
from .workflow_common import STEPS, WorkflowCase, later


@tagged("post_install", "-at_install")
class TestOrderWorkflow(WorkflowCase):
    def test_all_steps(self):
        rule = self.rule(*STEPS)
        order = self.bring(self.paid(fulfillment_status="fulfilled"))
        self.assertRecordValues(
            order,
            [
                {
                    "state": "sale",
                    "locked": True,
                    "invoice_status": "invoiced",
                    "delivery_status": "full",
                    "integration_workflow_rule_id": rule.id,
                    "integration_workflow_state": "done",
                    "integration_workflow_step": False,
                    "integration_workflow_error": False,
                    "integration_workflow_done": "confirm reserve deliver invoice post register_payment lock",
                }
            ],
        )
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertEqual(order.invoice_ids.amount_total, order.amount_total)
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(self.booked(order).amount, order.amount_total)
        self.assertIn(order.invoice_ids.payment_state, ("paid", "in_payment"))
        self.assertFalse(self.activities(order))

    def test_each_step_is_a_switch(self):
        self.rule("confirm", statuses=("pending",))
        self.rule("confirm", "invoice", statuses=("authorized",))
        confirmed, invoiced = self.bring(
            self.paid("1", financial_status="pending"), self.paid("2", financial_status="authorized")
        )
        self.assertEqual(confirmed.state, "sale")
        self.assertEqual(confirmed.picking_ids.state, "assigned")
        self.assertFalse(confirmed.invoice_ids)
        self.assertEqual(invoiced.invoice_ids.state, "draft")
        self.assertEqual(invoiced.integration_workflow_state, "done")
        self.assertFalse(self.booked(confirmed | invoiced))

    def test_off_or_without_rule_nothing_happens(self):
        self.rule("confirm", statuses=("pending",))
        order = self.bring(self.paid("1"))
        self.assertEqual(order.state, "draft")
        self.backend.workflow_active = False
        order = self.bring(self.paid("2", financial_status="pending"))
        self.assertEqual(order.state, "draft")
        self.assertFalse(self.jobs())
        with self.assertRaisesRegex(UserError, "switched off"):
            order.action_integration_continue_workflow()

    def test_first_rule_that_applies_counts(self):
        self.rule("lock", gateways="PayPal, Cash on Delivery", sequence=1, statuses=())
        self.rule("confirm", sequence=2)
        fulfilled = self.env.ref("connector_base.order_status_fulfillment_fulfilled")
        self.rule(sequence=0, statuses=(), fulfillment_status_ids=fulfilled.ids)
        by_card, by_cash, sent = self.bring(
            self.paid("1", gateways=("card",)),
            self.paid("2", gateways=("card", "cash on delivery")),
            self.paid("3", fulfillment_status="fulfilled"),
        )
        self.assertEqual(by_card.state, "sale")
        self.assertEqual((by_cash.state, by_cash.integration_workflow_state), ("draft", "waiting"))
        self.assertEqual((sent.state, sent.integration_workflow_state), ("draft", False))

    def test_a_page_costs_one_job_and_few_queries(self):
        self.rule("confirm")
        documents = [self.paid(str(number)) for number in range(20)]
        Order = type(self.env["integration.order.workflow"])
        counts = []

        def counted(service, backend, orders):
            before = self.env.cr.sql_log_count
            after_import(service, backend, orders)
            counts.append((len(orders), self.env.cr.sql_log_count - before))

        after_import = Order._after_import
        with patch.object(Order, "_after_import", counted):
            self.import_orders(*documents[:2])
            self.import_orders(*documents[2:])
            self.backend.workflow_active = False
            self.env.flush_all()
            self.import_orders(self.paid("30"))
        self.assertEqual(len(self.jobs()), 2)
        (few, _cold), (many, warm), (_one, off) = counts
        self.assertEqual((few, many, off), (2, 18, 0))
        self.assertLess(warm, 20)

    def test_pages_of_a_job(self):
        self.rule("confirm")
        self.import_orders(*(self.paid(str(number)) for number in range(5)))
        with patch("odoo.addons.connector_base.models.sync_job_workflow.PAGE", 2):
            self.run_jobs()
        job = self.jobs()
        self.assertEqual((len(job), job.items_total, job.items_done, job.items_failed), (1, 5, 5, 0))
        self.assertIn("5", job.result)
        orders = self.env["sale.order"].search([("integration_backend_id", "=", self.backend.id)])
        self.assertEqual(set(orders.mapped("state")), {"sale"})

    # === IT GOES ON === #

    def test_paid_later(self):
        self.rule("confirm", "invoice", sequence=2)
        self.rule("confirm", sequence=1, statuses=("pending",))
        document = self.paid(financial_status="pending")
        order = self.bring(document)
        self.assertEqual(order.integration_workflow_done, "confirm")
        self.bring(later(document, financial_status="paid"))
        self.assertEqual(order.integration_workflow_done, "confirm invoice")
        self.bring(later(document, minutes=2, financial_status="paid", note="x"))
        self.assertEqual(len(self.jobs()), 2, "nothing is left to do")
        self.assertEqual(len(order.invoice_ids), 1)

    def test_held_and_released(self):
        self.rule("confirm")
        order = self.bring(self.paid(total=Decimal("12.00")))
        self.assertTrue(order.integration_held)
        self.assertFalse(self.jobs())
        with self.assertRaisesRegex(UserError, "held"):
            order.action_integration_continue_workflow()
        order.action_integration_release()
        self.run_jobs()
        self.assertEqual(order.state, "sale")

    def test_never_twice(self):
        rule = self.rule("confirm", "invoice", "post")
        order = self.bring(self.paid())
        order.invoice_ids.button_draft()
        order.invoice_ids.button_cancel()
        order.action_integration_continue_workflow()
        self.run_jobs()
        self.assertEqual(len(order.invoice_ids), 1, "what the workflow did and staff undid, is theirs")
        rule.step_lock = True
        order.action_integration_continue_workflow()
        self.run_jobs()
        self.assertTrue(order.locked)
        self.assertEqual(len(order.invoice_ids), 1)

    def test_what_staff_did_is_not_done_again(self):
        self.rule("confirm", "invoice", "post")
        self.backend.workflow_active = False
        order = self.bring(self.paid())
        order.action_confirm()
        invoice = order._create_invoices()
        self.backend.workflow_active = True
        order.action_integration_continue_workflow()
        self.run_jobs()
        self.assertEqual(order.invoice_ids, invoice)
        self.assertEqual(invoice.state, "draft", "made by hand, posted by hand")
        self.assertEqual((order.integration_workflow_state, order.integration_workflow_step), ("waiting", "post"))

    # === FAILURES === #

    def test_a_bad_order_stops_alone(self):
        self.rule("confirm", "invoice", "post")
        documents = [self.paid(str(number)) for number in range(4)]
        self.import_orders(*documents)
        bad = self.order_of("2")
        bad.sudo().order_line.integration_unknown_product = True
        moves = type(self.env["account.move"])
        action_post = moves.action_post

        def refuse(invoices):
            if "#1" in invoices.mapped("ref"):
                raise UserError(self.env._("The moon is not full."))
            return action_post(invoices)

        with patch.object(moves, "action_post", refuse):
            self.run_jobs()
        orders = self.env["sale.order"].concat(*(self.order_of(str(number)) for number in range(4)))
        self.assertEqual(orders.mapped("integration_workflow_state"), ["done", "stopped", "stopped", "done"])
        self.assertEqual(orders.mapped("state"), ["sale", "sale", "draft", "sale"])
        stopped = orders[1]
        self.assertEqual(stopped.integration_workflow_step, "post")
        self.assertEqual(stopped.integration_workflow_error, "The moon is not full.")
        self.assertIn("continue the workflow", stopped.integration_workflow_remedy)
        self.assertEqual(stopped.integration_workflow_done, "confirm invoice")
        self.assertIn("The moon is not full.", self.activities(stopped).summary)
        self.assertEqual(self.activities(stopped).user_id, self.backend.user_id)
        failed = self.jobs().child_ids
        self.assertEqual(sorted(failed.mapped("external_id")), ["1", "2"])
        self.assertEqual(set(failed.mapped("state")), {"failed"})
        self.assertEqual((self.jobs().items_done, self.jobs().items_failed), (2, 2))

        stopped.action_integration_continue_workflow()
        self.run_jobs()
        self.assertEqual(stopped.integration_workflow_state, "done")
        self.assertEqual(len(stopped.invoice_ids), 1)
        self.assertFalse(self.activities(stopped))
        self.assertEqual(failed.filtered(lambda job: job.external_id == "1").state, "done")

    def test_stopped_again_is_told_once(self):
        self.rule("confirm")
        self.import_orders(self.paid())
        order = self.order_of("1001")
        order.sudo().order_line.integration_unknown_product = True
        self.run_jobs()
        self.assertEqual(len(self.activities(order)), 1)
        order.action_integration_continue_workflow()
        self.run_jobs()
        self.assertEqual(len(self.activities(order)), 1)
        failed = self.jobs().child_ids
        self.assertEqual(len(failed), 1)
        failed._delay()
        with self.assertRaisesRegex(Exception, "Blue mug"):
            run_queue_job(failed)

    def test_programming_error_stops_one_order(self):
        self.rule("confirm")
        launcher = type(self.env["integration.delivery.launcher"])
        launch = launcher._launch

        def stumble(service, orders):
            if "#1" in orders.mapped("client_order_ref"):
                raise KeyError("route")
            return launch(service, orders)

        with (
            patch.object(launcher, "_launch", stumble),
            mute_logger("odoo.addons.connector_base.engine.order_workflow"),
        ):
            good, bad = self.bring(self.paid("0"), self.paid("1"))
        self.assertEqual((good.state, bad.state), ("sale", "draft"), "confirmed and launched, or neither")
        self.assertIn("KeyError", bad.integration_workflow_error)
        self.assertEqual(self.jobs().child_ids.error_type, "bug")
        self.assertIn("stumble", self.jobs().child_ids.sudo().traceback)

    def test_rule_that_does_not_apply_any_more(self):
        self.rule("confirm", "deliver")
        document = self.paid()
        order = self.bring(document)
        self.assertEqual(order.integration_workflow_state, "waiting")
        self.bring(later(document, financial_status="refunded"))
        order.action_integration_continue_workflow()
        self.run_jobs()
        self.assertFalse(order.integration_workflow_state)

    def test_busy_orders_are_left_to_a_later_job(self):
        self.rule("confirm")
        self.import_orders(self.paid("1"), self.paid("2"))
        orders = type(self.env["sale.order"])
        other = self.order_of("2")
        with patch.object(orders, "try_lock_for_update", lambda records, **options: records - other):
            run_queue_job(self.jobs())
        self.assertEqual(self.order_of("1").state, "sale")
        self.assertEqual(other.state, "draft")
        self.run_jobs()
        self.assertEqual(other.state, "sale")
        self.assertEqual(len(self.jobs()), 2)

    # === MAILS, COMPANIES, SETTINGS === #

    def test_nobody_gets_a_mail(self):
        self.company.stock_move_email_validation = True
        self.rule(*STEPS)
        before = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        order = self.bring(self.paid(fulfillment_status="fulfilled"))
        self.assertEqual(order.integration_workflow_state, "done")
        self.assertFalse(self.env["mail.mail"].search([("id", ">", before)]))
        records = [
            ("sale.order", order.ids),
            ("account.move", order.invoice_ids.ids),
            ("stock.picking", order.picking_ids.ids),
        ]
        for model, ids in records:
            messages = self.env["mail.message"].search([("model", "=", model), ("res_id", "in", ids)])
            self.assertFalse(messages.filtered(lambda message: message.notified_partner_ids), model)

    def test_mails_where_the_channel_wants_them(self):
        self.backend.send_order_mails = True
        self.company.stock_move_email_validation = True
        self.rule("confirm", "deliver", deliver_when="always")
        order = self.bring(self.paid())
        for record in (order, order.picking_ids):
            self.assertIn(order.partner_id, record.message_ids.notified_partner_ids, record)

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        backend = self.env["integration.backend"].create(
            {"name": "There", "platform": "test", "company_id": company.id, "state": "connected"}
        )
        backend.workflow_active = True
        self.assertTrue(backend.workflow_rule_ids.step_confirm)
        result = self.import_orders(self.paid(), backend=backend)
        self.assertFalse(result.failed)
        job = self.env["sync.job"].search([("backend_id", "=", backend.id), ("operation", "=", "run_workflow")])
        run_queue_job(job)
        order = self.order_of("1001", backend)
        self.assertEqual((order.state, order.company_id), ("sale", company))
        self.assertEqual(order.picking_ids.company_id, company)

    def test_new_channel_has_a_rule_that_is_off(self):
        backend = self.env["integration.backend"].create({"name": "New", "platform": "test"})
        self.assertFalse(backend.workflow_active)
        self.assertRecordValues(
            backend.workflow_rule_ids,
            [{"step_confirm": True, "step_reserve": True, "step_invoice": False, "step_deliver": False}],
        )
        self.assertEqual(backend.workflow_rule_ids.financial_status_ids.mapped("code"), ["paid"])
        self.assertEqual(len(backend.copy().workflow_rule_ids), 1)

    def test_statuses_of_rules_are_those_of_orders(self):
        for kind in ("financial", "fulfillment"):
            statuses = self.env["integration.order.status"].search([("kind", "=", kind)])
            field = self.env["sale.order"]._fields[f"integration_{kind}_status"]
            self.assertEqual(
                [(status.code, status.name) for status in statuses], field._description_selection(self.env)
            )

    def test_post_needs_invoice(self):
        with self.assertRaises(ValidationError):
            self.rule("post")

    def test_runs_while_the_platform_is_out_of_reach(self):
        self.rule("confirm")
        self.import_orders(self.paid())
        self.backend.state = "disconnected"
        self.run_jobs()
        self.assertEqual(self.order_of("1001").state, "sale")

    def test_moment_of_the_payment(self):
        def payment(kind, hours, status="success"):
            return Payment(
                external_id=f"{kind}{hours}", kind=kind, status=status, gateway="card", amount=Decimal(10),
                currency="USD", processed_at=PLACED + timedelta(hours=hours),
            )  # fmt: skip

        payments = (
            payment("authorization", 9),
            payment("capture", 1),
            payment("capture", 2),
            payment("sale", 8, "error"),
        )
        order = self.import_order(self.paid(payments=payments))
        self.assertEqual(order.integration_paid_at, (PLACED + timedelta(hours=2)).replace(tzinfo=None))
