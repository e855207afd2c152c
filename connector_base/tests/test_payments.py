from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Payment

from .order_common import EngineCase, make_line, make_order, make_tax


def make_payment(external_id="T1", amount="12.00", kind="sale", status="success", **overrides):
    values = {
        "gateway": "card",
        "currency": "USD",
        "processed_at": datetime(2026, 3, 2, 12, tzinfo=timezone.utc),
        **overrides,
    }
    return Payment(external_id=external_id, kind=kind, status=status, amount=Decimal(amount), **values)


class PaymentCase(EngineCase):
    """A channel whose gateway `card` is booked in a bank journal, `cash` in a cash journal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.tax_policy = "create"
        cls.service = cls.env["product.product"].create(
            {"name": "Service", "default_code": "SERVICE", "type": "service", "invoice_policy": "order"}
        )
        cls.bank, cls.cash = cls.env["account.journal"].create(
            [
                {"name": "Card gateway", "type": "bank", "code": "CARD"},
                {"name": "Till", "type": "cash", "code": "TILL"},
            ]
        )
        cls.mapping, _cash = cls.env["integration.mapping"].create(
            [
                {
                    "backend_id": cls.backend.id,
                    "kind": "payment_method",
                    "external_value": gateway,
                    "journal_id": journal.id,
                }
                for gateway, journal in (("card", cls.bank), ("cash", cls.cash))
            ]
        )
        cls.payments = cls.env["integration.payment.importer"]

    def paid_order(self, *payments, invoice=True, external_id="1001", **overrides):
        """Return a confirmed order of 12.00 (tax 2.00) with these payments, invoiced unless told otherwise."""
        values = {"lines": (make_line(sku="SERVICE", taxes=[make_tax("2.00")]),), "payments": payments, **overrides}
        order = self.import_order(make_order(external_id, **values))
        order.action_confirm()
        if invoice:
            order._create_invoices().action_post()
        return order


@tagged("post_install", "-at_install")
class TestPayments(PaymentCase):
    def test_stored_once_and_updated(self):
        document = make_order(payments=(make_payment(status="pending"),))
        order = self.import_order(document)
        [payment] = order.integration_payment_ids
        self.assertEqual((payment.status, payment.booking), ("pending", "none"))
        later = replace(
            document,
            updated_at=document.updated_at.replace(day=3),
            payments=(make_payment(), make_payment("T2", "1.00", kind="refund")),
        )
        self.import_order(later)
        self.assertEqual(order.integration_payment_ids.mapped("status"), ["success", "success"])
        self.assertEqual(order.integration_payment_ids[0], payment)

    def test_no_payments_no_queries(self):
        draft = type("Draft", (), {"entry": type("Entry", (), {"document": make_order()})})
        with self.assertQueryCount(0):
            self.payments._store(self.backend, [draft])
            self.env["integration.refund.importer"]._store(self.backend, [draft])

    def test_figures(self):
        order = self.paid_order(
            make_payment("A1", "12.00", "authorization"),
            make_payment("C1", "5.00", "capture", parent_external_id="A1"),
            make_payment("A2", "3.00", "authorization"),
            make_payment("V2", "3.00", "void", parent_external_id="A2"),
            make_payment("F1", "12.00", "sale", "failure"),
            invoice=False,
        )
        self.assertEqual(
            (order.integration_authorized, order.integration_captured, order.integration_open), (7.0, 5.0, 7.0)
        )
        self.assertEqual(order.integration_payment_ids.mapped("booking").count("none"), 4)

    def test_paid(self):
        order = self.paid_order(make_payment("A1", kind="authorization"), make_payment(kind="capture"))
        self.assertEqual(self.payments._register_payments(order), {})
        booked = order.integration_payment_ids.payment_id
        self.assertEqual((booked.journal_id, booked.amount, booked.date), (self.bank, 12.0, date(2026, 3, 2)))
        self.assertEqual(booked.memo, "#1001 card T1")
        self.assertEqual(order.invoice_ids.amount_residual, 0.0)
        self.assertIn(order.invoice_ids.payment_state, ("paid", "in_payment"))
        self.assertEqual(self.payments._register_payments(order), {})
        self.assertEqual(order.integration_payment_ids.payment_id, booked)

    def test_paid_before_the_invoice(self):
        order = self.paid_order(make_payment(), invoice=False)
        self.payments._register_payments(order)
        [line] = self.payments._open_lines(order.integration_payment_ids.payment_id.move_id)
        self.assertEqual(line.amount_residual, -12.0)
        order._create_invoices().action_post()
        self.payments._register_payments(order)
        self.assertTrue(line.reconciled)
        self.assertEqual(order.invoice_ids.amount_residual, 0.0)

    def test_many_orders_at_once(self):
        """Two payments of one order, one overpaid with change, one in parts, in one call."""
        parts = self.paid_order(make_payment("P1", "5.00"), make_payment("P2", "7.00", gateway="cash"))
        change = self.paid_order(
            make_payment("P3", "20.00", gateway="cash"),
            make_payment("P4", "8.00", "change", gateway="cash"),
            external_id="1002",
        )
        overpaid = self.paid_order(make_payment("P5", "12.50"), external_id="1003")
        orders = parts + change + overpaid
        self.assertEqual(self.payments._register_payments(orders), {})
        self.assertEqual(orders.invoice_ids.mapped("amount_residual"), [0.0] * 3)
        bookings = orders.integration_payment_ids.payment_id
        self.assertEqual(set(bookings.mapped("journal_id")), {self.bank, self.cash})
        self.assertEqual(sum(self.payments._open_lines(bookings.move_id).mapped("amount_residual")), -0.5)

    def test_unmapped_gateway(self):
        """Nothing of the order is booked, its neighbour is; the gateway can be mapped, then all is booked."""
        order = self.paid_order(make_payment("P1", "5.00"), make_payment("P2", "7.00", gateway="voucher_x"))
        other = self.paid_order(make_payment("P3"), external_id="1002")
        reasons = self.payments._register_payments(order + other)
        self.assertEqual(list(reasons), [order])
        self.assertIn("voucher_x", reasons[order])
        self.assertFalse(order.integration_payment_ids.payment_id)
        self.assertTrue(other.integration_payment_ids.payment_id)
        mapping = self.env["integration.mapping"].search([("external_value", "=", "voucher_x")])
        self.assertEqual((mapping.kind, mapping.external_label, mapping.auto), ("payment_method", "Voucher x", True))
        mapping.journal_id = self.bank
        self.assertEqual(self.payments._register_payments(order), {})
        self.assertEqual(order.invoice_ids.amount_residual, 0.0)

    def test_what_odoo_refuses_stops_its_order_only(self):
        self.cash.inbound_payment_method_line_ids.unlink()
        bad = self.paid_order(make_payment("P1", gateway="cash"))
        good = self.paid_order(make_payment("P2"), external_id="1002")
        reasons = self.payments._register_payments(bad + good)
        self.assertEqual(list(reasons), [bad])
        self.assertFalse(bad.integration_payment_ids.payment_id)
        self.assertEqual(good.invoice_ids.amount_residual, 0.0)

    def test_foreign_currency(self):
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "EUR")])
        self.env["res.currency.rate"].create(
            [
                {"currency_id": currency.id, "name": day, "rate": rate, "company_id": self.company.id}
                for day, rate in (("2020-01-01", 0.92), ("2026-03-02", 0.95))
            ]
        )
        order = self.paid_order(make_payment(currency="EUR"), currency="EUR")
        self.assertEqual(self.payments._register_payments(order), {})
        booked = order.integration_payment_ids.payment_id
        self.assertEqual((booked.currency_id, booked.amount), (currency, 12.0))
        self.assertEqual(order.invoice_ids.amount_residual, 0.0)
        lines = (order.invoice_ids + booked.move_id).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.assertTrue(all(lines.mapped("reconciled")))

    def test_locked_period(self):
        order = self.paid_order(make_payment())
        self.company.fiscalyear_lock_date = "2026-03-31"
        self.assertEqual(self.payments._register_payments(order), {})
        booked = order.integration_payment_ids.payment_id
        self.assertEqual(booked.date, date(2026, 4, 1))
        self.assertIn("2026-03-02", booked.message_ids[0].body)
        self.assertEqual(order.invoice_ids.amount_residual, 0.0)

    def test_job_and_button(self):
        order = self.paid_order(make_payment())
        self.backend.state = "connected"
        order.action_integration_book_payments()
        job = self.env["sync.job"].search([("operation", "=", "book_payments")])
        self.assertEqual(job.arguments, {"order_ids": order.ids})
        self.assertEqual(job._run_book_payments(**job.arguments), "Everything is booked.")
        self.assertEqual((job.items_done, order.invoice_ids.amount_residual), (1, 0.0))
