from datetime import date, datetime, timezone
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from odoo.addons.connector_base.canonical import UNSET

from .order_common import make_line, make_tax
from .workflow_common import WorkflowCase

NEW_YEAR = datetime(2026, 1, 1, 4, 30, tzinfo=timezone.utc)  # still the old year in New York


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 12:00:00")
class TestAccountingDates(WorkflowCase):
    def setUp(self):
        super().setUp()
        self.backend.tax_policy = "create"
        self.backend.accounting_tz = "America/New_York"
        self.rule("confirm", "invoice", "post")

    def invoice(self, number="1001", taxed=True, **values):
        taxes = [make_tax("2.00")] if taxed else []
        line = make_line(external_id=f"{number}-1", taxes=taxes)
        order = self.bring(self.paid(number, **{"created_at": NEW_YEAR, "lines": (line,), **values}))
        return order.invoice_ids if order.invoice_ids else order

    def test_day_of_the_order_where_the_company_is(self):
        invoice = self.invoice()
        self.assertEqual((invoice.invoice_date, invoice.date), (date(2025, 12, 31), date(2025, 12, 31)))
        self.assertEqual(invoice.state, "posted")
        self.assertIn("2025", invoice.name)
        self.assertFalse(invoice.integration_date_note)
        self.backend.accounting_tz = "Europe/Rome"
        self.assertEqual(self.invoice("2").date, date(2026, 1, 1))

    def test_day_of_the_payment(self):
        self.backend.invoice_date_source = "payment"
        unsaid = self.invoice("1", payments=UNSET)
        self.assertEqual(unsaid.date, date(2025, 12, 31), "not said: the order's")
        document = self.paid("2", created_at=NEW_YEAR)
        self.import_orders(document)
        self.order_of("2").integration_paid_at = datetime(2026, 2, 3, 3, 0)
        self.run_jobs()
        self.assertEqual(self.order_of("2").invoice_ids.invoice_date, date(2026, 2, 2))

    def test_day_it_is_made(self):
        self.backend.invoice_date_source = "today"
        self.assertEqual(self.invoice().date, date(2026, 6, 15))

    def test_never_in_the_future(self):
        self.assertEqual(self.invoice(created_at=datetime(2026, 7, 1, tzinfo=timezone.utc)).date, date(2026, 6, 15))

    def closed(self, lock):
        """Close January by `lock`; return what became of an order of December."""
        self.company[lock] = date(2026, 1, 31)
        invoice = self.invoice()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual((invoice.invoice_date, invoice.date), (date(2025, 12, 31), date(2026, 2, 1)))
        self.assertEqual(set(invoice.line_ids.mapped("date")), {date(2026, 2, 1)})
        self.assertIn("02/01/2026", invoice.integration_date_note)
        self.assertIn("12/31/2025", invoice.integration_date_note)
        self.assertEqual(invoice.amount_total, 12.0)

    def test_fiscal_year_lock(self):
        self.closed("fiscalyear_lock_date")

    def test_sales_lock(self):
        self.closed("sale_lock_date")

    def test_hard_lock(self):
        self.closed("hard_lock_date")

    def test_tax_lock(self):
        self.closed("tax_lock_date")
        untaxed = self.invoice("2", taxed=False)
        self.assertEqual(untaxed.date, date(2025, 12, 31), "the tax return doesn't concern it")

    def test_purchase_lock_does_not_concern_sales(self):
        self.company.purchase_lock_date = date(2026, 1, 31)
        self.assertEqual(self.invoice().date, date(2025, 12, 31))

    def test_the_latest_of_several_locks(self):
        self.company.write({"fiscalyear_lock_date": date(2025, 12, 31), "tax_lock_date": date(2026, 3, 31)})
        invoice = self.invoice()
        self.assertEqual(invoice.date, date(2026, 4, 1))

    def test_closed_up_to_today(self):
        self.company.sale_lock_date = date(2026, 6, 30)
        order = self.invoice()
        self.assertEqual(order._name, "sale.order", "no invoice")
        self.assertEqual((order.integration_workflow_state, order.integration_workflow_step), ("stopped", "invoice"))
        self.assertIn("07/01/2026", order.integration_workflow_error)
        self.assertIn("Open the period", order.integration_workflow_remedy)
        self.company.sale_lock_date = date(2026, 5, 31)
        order.action_integration_continue_workflow()
        self.run_jobs()
        self.assertEqual(order.invoice_ids.date, date(2026, 6, 1))

    def test_closed_between_making_and_posting(self):
        document = self.paid("9", created_at=NEW_YEAR)
        self.import_orders(document)
        order = self.order_of("9")
        invoices = type(self.env["integration.workflow.steps"])
        with patch.object(invoices, "_do_post", side_effect=RuntimeError("not now"), create=False):
            self.run_jobs_quietly()
        self.assertEqual(order.invoice_ids.state, "draft")
        self.company.sale_lock_date = date(2026, 1, 31)
        order.action_integration_continue_workflow()
        self.run_jobs()
        invoice = order.invoice_ids
        self.assertEqual((invoice.state, invoice.date), ("posted", date(2026, 2, 1)))
        self.assertTrue(invoice.integration_date_note)

    def run_jobs_quietly(self):
        with self.assertLogs("odoo.addons.connector_base.engine.order_workflow", "ERROR"):
            self.run_jobs()
