from datetime import date
from decimal import Decimal

from odoo.tests import Form, tagged

from .order_common import make_line
from .workflow_common import STEPS, WorkflowCase


@tagged("post_install", "-at_install")
class TestWorkflowPreview(WorkflowCase):
    def look(self, *documents, orders=None):
        """Return {name of the order on the platform: preview line}."""
        self.import_orders(*documents)
        action = orders.action_integration_preview_workflow() if orders else self.backend.action_preview_workflow()
        preview = self.env["integration.workflow.preview"].browse(action["res_id"])
        return {line.reference: line for line in preview.line_ids}

    def test_nothing_is_changed(self):
        self.rule(*STEPS)
        line = self.look(self.paid(fulfillment_status="fulfilled", gateways=("card",)))["#1001"]
        self.assertEqual(line.verdict, "runs")
        self.assertFalse(line.obstacles)
        self.assertEqual(
            line.steps,
            "Confirm, Reserve stock, Invoice dated 03/01/2026, Post the invoice, Register the payment, Deliver, Lock",
        )
        order = line.order_id
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.integration_workflow_state or order.integration_workflow_rule_id or order.invoice_ids)

    def test_says_what_would_happen(self):
        """What is foreseen is what happens."""
        self.rule("confirm", "invoice", "deliver", "register_payment", invoice_basis="paid")
        self.rule("confirm", "deliver", statuses=("pending",), deliver_when="always")
        documents = (
            self.paid("1", fulfillment_status="fulfilled"),
            self.paid("2", fulfillment_status="unfulfilled"),
            self.paid("3", financial_status="pending", lines=(make_line("L3", quantity="12"),)),
            self.paid("4", financial_status="voided"),
            self.paid("5", lines=(make_line("L5", sku="NOBODY"),)),
            self.paid("6", total=Decimal("12.00")),
        )
        lines = self.look(*documents)
        verdicts = {name: line.verdict for name, line in lines.items()}
        expected = {"#1": "runs", "#2": "waits", "#3": "stops", "#4": "nothing", "#5": "stops", "#6": "stops"}
        self.assertEqual(verdicts, expected)
        self.assertIn("fulfilled", lines["#2"].obstacles)
        self.assertIn("Missing: 2 Units Mug", lines["#3"].obstacles.replace("[MUG-BLUE] ", ""))
        self.assertIn("No rule applies", lines["#4"].obstacles)
        self.assertIn("doesn't know", lines["#5"].obstacles)
        self.assertIn("12.0", lines["#6"].obstacles)
        self.assertIn("Release", lines["#6"].obstacles.replace("release", "Release"))
        self.run_jobs()
        states = {name: line.order_id.integration_workflow_state for name, line in lines.items()}
        happened = {"#1": "done", "#2": "waiting", "#3": "stopped", "#4": False, "#5": "stopped", "#6": False}
        self.assertEqual(states, happened)

    def test_what_is_missing_in_accounting(self):
        self.rule("confirm", "invoice", "post", "register_payment")
        self.company.fiscalyear_lock_date = date(2099, 12, 31)
        line = self.look(self.paid(gateways=("Card", "Gift Card")))["#1001"]
        self.assertEqual(line.verdict, "stops")
        self.assertIn("01/01/2100", line.obstacles)
        self.assertIn("payment method: card, gift card", line.obstacles)
        self.env["account.journal"].search([("type", "=", "sale")]).active = False
        line = self.look(orders=line.order_id)["#1001"]
        self.assertIn("chart of accounts", line.obstacles)

    def test_after_some_steps(self):
        rule = self.rule("confirm", "invoice")
        order = self.bring(self.paid())
        line = self.look(orders=order)["#1001"]
        self.assertEqual((line.verdict, line.steps), ("nothing", ""))
        rule.step_post = True
        line = self.look(orders=order)["#1001"]
        self.assertEqual((line.verdict, line.steps), ("runs", "Post the invoice"))

    def test_by_salespeople(self):
        self.rule("confirm")
        self.import_orders(self.paid("1"), self.paid("2"), self.paid("3"))
        user = self.env["res.users"].create(
            {
                "name": "Sam",
                "login": "integration_sam",
                "group_ids": [self.env.ref("sales_team.group_sale_salesman_all_leads").id],
            }
        )
        action = self.backend.with_user(user).action_preview_workflow()
        preview = self.env["integration.workflow.preview"].with_user(user).browse(action["res_id"])
        with Form(preview) as form:
            self.assertEqual(len(form.line_ids), 3)
            form.count = 2
        preview.action_look()
        self.assertEqual(preview.line_ids.mapped("reference"), ["#3", "#2"])
