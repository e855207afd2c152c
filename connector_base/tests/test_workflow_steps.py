from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import UNSET

from .order_common import PLACED, make_line, make_tax
from .workflow_common import WorkflowCase, later


@tagged("post_install", "-at_install")
class TestWorkflowSteps(WorkflowCase):
    # === PAYMENT === #

    def test_payment_that_cannot_be_registered(self):
        self.rule("confirm", "invoice", "post", "register_payment", "lock")
        voucher = self.with_payment(self.paid("2", financial_status="pending"), gateway="voucher")
        self.import_orders(self.paid("1"), voucher)
        bad = self.order_of("2")
        self.run_jobs()
        self.assertEqual(self.order_of("1").integration_workflow_state, "done")
        self.assertEqual(
            (bad.integration_workflow_state, bad.integration_workflow_step), ("stopped", "register_payment")
        )
        self.assertIn("No journal is chosen for the payment gateway voucher", bad.integration_workflow_error)
        self.assertFalse(bad.locked)

    def test_payment_waits_for_the_capture(self):
        self.rule("confirm", "invoice", "post", "register_payment", statuses=("authorized", "paid"))
        document = self.paid(financial_status="authorized")
        order = self.bring(document)
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertEqual(
            (order.integration_workflow_state, order.integration_workflow_step), ("waiting", "register_payment")
        )
        self.bring(later(document, financial_status="paid", payments=UNSET))
        self.assertIn("not said yet how", order.integration_workflow_error)
        asked = self.env["sync.job"].search([("operation", "=", "import_order_ids")])
        self.assertEqual(asked.arguments, {"external_ids": [document.external_id]})
        self.assertFalse(self.booked(order))
        self.bring(self.with_payment(later(document, minutes=2)))
        self.assertEqual(self.booked(order).amount, order.amount_total)
        self.assertEqual(order.integration_workflow_state, "done")
        self.bring(later(document, minutes=3, financial_status="paid", note="x", payments=UNSET))
        self.assertEqual(len(self.env["sync.job"].search([("operation", "=", "import_order_ids")])), 1)

    # === WHAT IS INVOICED === #

    def test_invoice_once_paid(self):
        self.rule("confirm", "invoice", statuses=(), invoice_basis="paid")
        document = self.paid(financial_status="pending")
        order = self.bring(document)
        self.assertFalse(order.invoice_ids)
        self.assertEqual((order.integration_workflow_state, order.integration_workflow_step), ("waiting", "invoice"))
        self.bring(later(document, financial_status="paid"))
        self.assertEqual(order.invoice_ids.amount_total, 10.0)

    def test_invoice_of_what_was_ordered(self):
        self.mug.invoice_policy = "delivery"
        self.rule("confirm", "invoice", "post", invoice_basis="ordered")
        order = self.bring(self.paid(lines=(make_line(quantity="3"),)))
        self.assertEqual(order.invoice_ids.amount_total, 30.0)
        self.assertEqual(order.integration_workflow_state, "done")

    def test_invoice_follows_the_deliveries(self):
        self.mug.invoice_policy = "delivery"
        self.rule("confirm", "invoice", "post", "lock")
        order = self.bring(self.paid(lines=(make_line(quantity="3"),)))
        self.assertFalse(order.invoice_ids)
        self.assertEqual((order.integration_workflow_state, order.integration_workflow_step), ("waiting", "invoice"))
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.run_jobs()
        self.assertEqual(order.invoice_ids.mapped("amount_total"), [10.0])
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertEqual(order.integration_workflow_state, "waiting")
        self.assertFalse(order.locked)
        picking.backorder_ids.move_ids.picked = True
        picking.backorder_ids.button_validate()
        self.run_jobs()
        self.assertEqual(sorted(order.invoice_ids.mapped("amount_total")), [10.0, 20.0])
        self.assertEqual(order.integration_workflow_state, "done")
        self.assertTrue(order.locked)

    def test_total_of_the_platform_is_invoiced(self):
        self.backend.tax_policy = "create"
        self.rule("confirm", "invoice", "post")
        lines = (make_line(price="33.33", quantity="3", discount=Decimal("1.00"), taxes=[make_tax("19.80")]),)
        order = self.bring(self.paid(lines=lines))
        self.assertEqual((order.invoice_ids.amount_untaxed, order.invoice_ids.amount_total), (98.99, 118.79))

    def test_company_without_accounting(self):
        self.rule("confirm", "invoice")
        self.env["account.journal"].search([("type", "=", "sale")]).active = False
        order = self.bring(self.paid())
        self.assertEqual(order.state, "sale")
        self.assertEqual((order.integration_workflow_state, order.integration_workflow_step), ("stopped", "invoice"))
        self.assertIn("chart of accounts", order.integration_workflow_remedy)

    # === DELIVERY === #

    def test_delivered_when_fulfilled(self):
        self.rule("confirm", "deliver")
        document = self.paid(fulfillment_status="unfulfilled")
        order = self.bring(document)
        self.assertEqual(order.picking_ids.state, "assigned")
        self.assertEqual((order.integration_workflow_state, order.integration_workflow_step), ("waiting", "deliver"))
        self.bring(later(document, fulfillment_status="fulfilled"))
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(order.integration_workflow_state, "done")

    def test_not_in_stock(self):
        self.rule("confirm", "deliver", deliver_when="always")
        short, whole = self.bring(
            self.paid("1", lines=(make_line(quantity="12"),)), self.paid("2", lines=(make_line("L2"),))
        )
        self.assertEqual((short.integration_workflow_state, short.integration_workflow_step), ("stopped", "deliver"))
        self.assertIn("Mug", short.integration_workflow_error)
        self.assertNotIn("done", short.picking_ids.mapped("state"))
        self.stock(self.mug, 20)
        self.assertNotEqual(whole.integration_workflow_state, False)
        (short | whole).action_integration_continue_workflow()
        self.run_jobs()
        self.assertEqual(short.picking_ids.state, "done")
        self.assertEqual(short.order_line.qty_delivered, 12.0)
        self.assertFalse(short.picking_ids.backorder_ids)

    def test_no_delivery_is_planned_in_the_past(self):
        self.rule("confirm")
        order = self.bring(self.paid())
        self.assertEqual(order.date_order, PLACED.replace(tzinfo=None))
        self.assertGreaterEqual(order.picking_ids.scheduled_date, self.env.cr.now().replace(microsecond=0))

    def test_pick_and_ship(self):
        self.warehouse.delivery_steps = "pick_ship"
        self.rule("confirm", "deliver", deliver_when="always")
        order = self.bring(self.paid())
        self.assertEqual(order.delivery_status, "full")
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done"})
        self.assertEqual(len(order.picking_ids), 2)

    def test_somebody_has_begun_to_pick(self):
        self.rule("confirm", statuses=("pending",))
        self.rule("deliver", deliver_when="always")
        other = self.env["product.product"].create({"name": "Red", "default_code": "MUG-RED", "is_storable": True})
        self.stock(other, 5)
        document = self.paid(financial_status="pending", lines=(make_line(), make_line("L2", sku="MUG-RED")))
        order = self.bring(document)
        order.picking_ids.move_ids[0].picked = True
        self.bring(later(document, financial_status="paid"))
        self.assertIn("begun to pick", order.integration_workflow_error)
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_reserve_where_the_operation_type_does_not(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        self.rule("confirm", statuses=("pending",))
        self.rule("confirm", "reserve")
        left, reserved = self.bring(self.paid("1", financial_status="pending"), self.paid("2"))
        self.assertEqual(left.picking_ids.state, "confirmed")
        self.assertEqual(reserved.picking_ids.state, "assigned")

    def test_locked_by_the_companys_setting(self):
        self.env.ref("base.group_user")._apply_group(self.env.ref("sale.group_auto_done_setting"))
        self.rule("confirm")
        order = self.bring(self.paid())
        self.assertTrue(order.locked)
        self.assertEqual(order.picking_ids.state, "assigned")
