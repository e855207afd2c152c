"""What the tests of the order workflow share."""

from dataclasses import replace
from datetime import timedelta

from odoo import Command

from .common import run_queue_job
from .order_common import EngineCase, make_line, make_order
from .test_payments import make_payment

STEPS = ("confirm", "reserve", "invoice", "post", "register_payment", "deliver", "lock")


def later(document, minutes=1, **changes):
    return replace(document, updated_at=document.updated_at + timedelta(minutes=minutes), **changes)


class WorkflowCase(EngineCase):
    """A sales channel with its workflow on, a mug of which ten are in stock, a journal for `card`, and no rule."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.write({"state": "connected", "workflow_active": True, "workflow_rule_ids": [Command.clear()]})
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.mug.write({"is_storable": True, "invoice_policy": "order", "taxes_id": False})
        cls.stock(cls.mug, 10)
        cls.env["integration.mapping"].create(
            {
                "backend_id": cls.backend.id,
                "kind": "payment_method",
                "external_value": "card",
                "journal_id": cls.env["account.journal"].create({"name": "Card", "type": "bank", "code": "CARD"}).id,
            }
        )

    @classmethod
    def stock(cls, product, quantity):
        cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, quantity)

    def rule(self, *steps, statuses=("paid",), **values):
        codes = self.env["integration.order.status"].search([("code", "in", statuses), ("kind", "=", "financial")])
        return self.env["integration.workflow.rule"].create(
            {
                "name": " ".join(steps) or "Nothing",
                "backend_id": self.backend.id,
                "financial_status_ids": [Command.set(codes.ids)],
                **{f"step_{step}": True for step in steps},
                **values,
            }
        )

    def jobs(self):
        domain = [("operation", "=", "run_workflow"), ("parent_id", "=", False), ("backend_id", "=", self.backend.id)]
        return self.env["sync.job"].search(domain, order="id")

    def run_jobs(self):
        """Run the workflow jobs that wait."""
        while waiting := self.jobs().filtered(lambda job: job.state == "pending"):
            run_queue_job(waiting[0])

    def paid(self, number="1001", **values):
        values.setdefault("lines", (make_line(external_id=f"{number}-1"),))
        document = make_order(number, **{"financial_status": "paid", **values})
        if "payments" in values or document.financial_status != "paid":
            return document
        return self.with_payment(document)

    def with_payment(self, document, gateway="card"):
        """Return the document, paid by one transaction."""
        payment = make_payment(f"T{document.external_id}", str(document.total), gateway=gateway)
        return replace(document, financial_status="paid", payments=(payment,))

    def booked(self, order):
        """Return the Odoo payments of the order's transactions."""
        return order.integration_payment_ids.payment_id

    def bring(self, *documents):
        """Import documents and run the workflow; return their orders."""
        result = self.import_orders(*documents)
        self.assertFalse(result.failed)
        self.run_jobs()
        orders = self.env["sale.order"]
        for document in documents:
            orders |= self.order_of(document.external_id)
        return orders

    def activities(self, order):
        kind = self.env.ref("connector_base.mail_activity_type_workflow")
        return self.env["mail.activity"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id), ("activity_type_id", "=", kind.id)]
        )
