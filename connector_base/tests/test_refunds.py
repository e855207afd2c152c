import itertools
import os
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Refund, RefundAdjustment, RefundLine, RefundShipping

from .order_common import make_line, make_order, make_shipping, make_tax
from .order_strategies import DIGITS
from .refund_strategies import refunded_orders
from .test_payments import PaymentCase, make_payment

EXAMPLES = int(os.environ.get("REFUND_EXAMPLES", "2"))  # pages of up to 6 orders each
REFUNDED = datetime(2026, 3, 5, 12, tzinfo=timezone.utc)


def make_refund(external_id="R1", lines=(), paid="0", **overrides):
    """Return a refund of `lines` (line id, quantity, subtotal, tax), `paid` back by card."""
    payments = (make_payment(f"{external_id}-P", paid, "refund"),) if Decimal(paid) else ()
    return Refund(
        external_id=external_id,
        created_at=overrides.pop("created_at", REFUNDED),
        lines=tuple(
            RefundLine(
                line_external_id=line_id,
                quantity=Decimal(quantity),
                subtotal=Decimal(subtotal),
                tax=Decimal(tax),
                restock=False,
            )
            for line_id, quantity, subtotal, tax in lines
        ),
        payments=payments,
        **overrides,
    )


@tagged("post_install", "-at_install")
class TestRefunds(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.refund_booking = "posted"
        cls.refunds = cls.env["integration.refund.importer"]
        for code, rate in (("EUR", 0.92), ("JPY", 149.37), ("KWD", 0.307)):
            currency = cls.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
            cls.env["res.currency.rate"].create(
                {"currency_id": currency.id, "name": "2020-01-01", "rate": rate, "company_id": cls.company.id}
            )
        cls.numbers = itertools.count(5000)

    def three(self):
        """Return lines of 3 x 10.00 with 6.01 of tax and 5.00 + 1.00 of shipping: 42.01."""
        return {
            "lines": (make_line(price="10.00", quantity="3", sku="SERVICE", taxes=[make_tax("6.01")]),),
            "shipping_lines": (make_shipping(taxes=[make_tax("1.00")]),),
        }

    def three_mugs(self, *refunds, invoice=True, paid=True, **overrides):
        """Return an order of 42.01, see `three`, with these refunds."""
        values = {**self.three(), "refunds": refunds, **overrides}
        order = self.paid_order(make_payment(amount="42.01") if paid else None, invoice=False, **values)
        if invoice:
            order._create_invoices().action_post()
        if paid:
            self.payments._register_payments(order)
        return order

    def paid_order(self, *payments, **values):
        return super().paid_order(*filter(None, payments), **values)

    def assert_even(self, order):
        """Nothing is open: every receivable line of the order's invoices, credit notes and payments is reconciled."""
        moves = order.invoice_ids + order.integration_payment_ids.payment_id.move_id
        left = self.payments._open_lines(moves)
        self.assertFalse(left, left.mapped("name"))
        self.assertEqual(set(order.invoice_ids.mapped("amount_residual")) or {0.0}, {0.0})

    def test_partial_refund(self):
        order = self.three_mugs(make_refund(lines=[("L1", "1", "10.00", "2.00")], paid="12.00", note="Broken"))
        self.assertEqual(self.refunds._process(order.integration_refund_ids), {})
        refund = order.integration_refund_ids
        credit = refund.move_id
        self.assertEqual((credit.state, credit.amount_total, credit.amount_tax), ("posted", 12.0, 2.0))
        self.assertEqual(credit.reversed_entry_id, order.invoice_ids - credit)
        self.assertEqual(credit.invoice_line_ids.sale_line_ids, order.order_line[0])
        self.assertEqual((refund.state, refund.amount), ("done", 12.0))
        self.assertEqual(refund.payment_ids.payment_id.payment_type, "outbound")
        self.assertEqual(refund.payment_ids.payment_id.journal_id, self.bank)
        self.assert_even(order)
        self.assertEqual((order.integration_refunded, order.integration_open), (12.0, 0.0))
        self.assertEqual((order.order_line[0].qty_to_invoice, order.invoice_status), (0.0, "invoiced"))

    def test_nothing_twice(self):
        refund = make_refund(lines=[("L1", "1", "10.00", "2.00")], paid="12.00")
        order = self.three_mugs(refund)
        for _again in range(2):
            self.refunds._process(order.integration_refund_ids)
        document = make_order(
            **self.three(),
            refunds=(refund,),
            note="touched",
        )
        self.import_order(document)
        self.refunds._process(order.integration_refund_ids)
        self.assertEqual(len(order.integration_refund_ids), 1)
        self.assertEqual(len(order.invoice_ids), 2)
        self.assertEqual(len(order.integration_payment_ids.payment_id), 2)

    def test_shipping_and_adjustments(self):
        """Shipping with its tax, a fee held back and goodwill beyond: the total is the platform's."""
        held_back = RefundAdjustment(external_id="A1", subtotal=Decimal("-1.50"), tax=Decimal(0), reason="restocking")
        shipping = RefundShipping(line_external_id="S1", subtotal=Decimal("5.00"), tax=Decimal("1.00"))
        order = self.three_mugs(
            make_refund("R1", [("L1", "1", "10.00", "2.00")], "16.50", shipping=(shipping,), adjustments=(held_back,)),
            make_refund("R2", paid="3.33"),
            make_refund(
                "R3",
                paid="1.20",
                adjustments=(RefundAdjustment(external_id="A2", subtotal=Decimal(1), tax=Decimal("0.2")),),
            ),
        )
        self.assertEqual(self.refunds._process(order.integration_refund_ids), {})
        first, second, third = order.integration_refund_ids.sorted("external_id").move_id
        self.assertEqual((first.amount_total, first.amount_tax), (16.5, 3.0))
        self.assertIn("restocking", " ".join(first.invoice_line_ids.mapped("name")))
        self.assertEqual((second.amount_total, second.amount_tax), (3.33, 0.0))
        self.assertEqual((third.amount_total, third.amount_tax), (1.2, 0.2))
        self.assert_even(order)

    def test_tax_included_and_two_taxes(self):
        """Two taxes of a line are given back to the cent over three refunds, whatever the platform's parts."""
        line = make_line(
            price="10.00",
            quantity="3",
            sku="SERVICE",
            taxes=[make_tax("3.00"), make_tax("1.01", rate="0.07", title="Local")],
        )
        parts = [("10.00", "1.33"), ("10.00", "1.35"), ("10.00", "1.33")]
        order = self.three_mugs(
            *(make_refund(f"R{n}", [("L1", "1", *part)], part[0]) for n, part in enumerate(parts)),
            lines=(line,),
            shipping_lines=(make_shipping(),),
            taxes_included=True,
            paid=False,
            payments=(make_payment(amount="35.00"),),
        )
        self.payments._register_payments(order)
        self.assertEqual(self.refunds._process(order.integration_refund_ids), {})
        taxes = order.integration_refund_ids.move_id.line_ids.filtered("tax_line_id")
        by_rate = {
            tax.amount: sum(taxes.filtered(lambda item, tax=tax: item.tax_line_id == tax).mapped("balance"))
            for tax in taxes.tax_line_id
        }
        self.assertEqual({rate: round(amount, 2) for rate, amount in by_rate.items()}, {20.0: 3.0, 7.0: 1.01})
        self.assert_even(order)

    def test_before_the_invoice(self):
        """The refund waits for the invoice; then both stand in the books."""
        order = self.three_mugs(make_refund(lines=[("L1", "1", "10.00", "2.00")], paid="12.00"), invoice=False)
        refund = order.integration_refund_ids
        self.assertIn("no posted invoice", self.refunds._process(refund)[refund])
        self.assertEqual((refund.state, refund.problem), ("waiting", False))
        order._create_invoices().action_post()
        self.payments._register_payments(order)
        self.assertEqual(self.refunds._process(refund), {})
        self.assert_even(order)
        self.assertAlmostEqual(sum(order.invoice_ids.mapped("amount_total_signed")), 30.01)

    def test_all_back_before_the_invoice(self):
        """An order given back as a whole before it was invoiced: no invoice, no credit note, the money is even."""
        shipping = RefundShipping(line_external_id="", subtotal=Decimal("5.00"), tax=Decimal("1.00"))
        order = self.three_mugs(
            make_refund(lines=[("L1", "3", "30.00", "6.01")], paid="42.01", shipping=(shipping,)), invoice=False
        )
        self.assertEqual(self.refunds._process(order.integration_refund_ids), {})
        self.assertEqual((order.integration_refund_ids.state, order.invoice_status), ("done", "no"))
        self.assertFalse(order.invoice_ids)
        self.assert_even(order)

    def test_unpaid_order_cancelled(self):
        """Nothing was paid: the credit note settles the invoice."""
        order = self.three_mugs(make_refund(lines=[("L1", "3", "30.00", "6.01")]), paid=False, shipping_lines=())
        self.assertEqual(self.refunds._process(order.integration_refund_ids), {})
        self.payments._register_payments(order)
        self.assertEqual(order.integration_refund_ids.move_id.amount_total, 36.01)
        self.assert_even(order)

    def test_draft_and_off(self):
        refund = make_refund(lines=[("L1", "1", "10.00", "2.00")], paid="12.00")
        self.backend.refund_booking = "off"
        order = self.three_mugs(refund)
        record = order.integration_refund_ids
        self.assertEqual((self.refunds._process(record), record.move_id.id), ({}, False))
        self.backend.refund_booking = "draft"
        self.refunds._process(record)
        self.assertEqual((record.state, record.move_id.state), ("draft", "draft"))
        self.assertFalse(record.payment_ids.payment_id)
        record.move_id.action_post()
        self.assertEqual((self.refunds._process(record), record.state), ({}, "done"))
        self.assertFalse(record.payment_ids.payment_id, "staff book the money")
        self.assertEqual(self.refunds._process(record, manual=True), {})
        self.assert_even(order)

    def run_queued(self):
        """Run the jobs that book refunds by themselves; return how many there were."""
        jobs = self.env["sync.job"].search([("operation", "=", "book_refunds"), ("state", "=", "pending")])
        for job in jobs:
            job._run_book_refunds(**job.arguments)
            job.queue_job_id.button_done()
        return len(jobs)

    def test_booked_by_themselves(self):
        """A refund is booked when it comes in; one that comes before the invoice, when that is posted."""
        first = make_refund("R1", [("L1", "1", "10.00", "2.00")], "12.00")
        order = self.three_mugs(first, invoice=False)
        self.assertEqual(self.run_queued(), 0, "it has to wait")
        self.assertFalse(order.integration_refund_ids.move_id)
        order._create_invoices().action_post()
        self.assertEqual(self.run_queued(), 1)
        self.assertEqual(order.integration_refund_ids.state, "done")
        self.assertEqual(self.run_queued(), 0, "the credit note that it posted is not a new reason")
        document = make_order(
            **self.three(),
            payments=(make_payment(amount="42.01"),),
            refunds=(first, make_refund("R2", [("L1", "1", "10.00", "2.00")], "12.00")),
        )
        self.import_order(document)
        self.assertEqual(self.run_queued(), 1)
        self.assertEqual(order.integration_refund_ids.mapped("state"), ["done", "done"])
        self.payments._register_payments(order)
        self.assert_even(order)
        self.import_order(replace(document, note="touched"))
        self.assertEqual(self.run_queued(), 0)

    def test_given_back_before_any_invoice(self):
        """What was paid and what was paid back are both booked, and settle each other."""
        whole = make_refund("R1", [("L1", "3", "30.00", "6.01")], "42.01")
        order = self.paid_order(make_payment(amount="42.01"), invoice=False, refunds=(whole,), **self.three())
        self.assertTrue(self.run_queued())
        self.assertEqual(order.integration_refund_ids.state, "done")
        self.assertFalse(order.invoice_ids)
        self.assertEqual(len(order.integration_payment_ids.payment_id), 2)
        self.assert_even(order)

    def test_what_cannot_be_booked(self):
        order = self.three_mugs(make_refund("R1", [("GONE", "1", "10.00", "2.00")], "12.00"))
        record = order.integration_refund_ids
        self.assertIn("GONE", self.refunds._process(record)[record])
        self.assertEqual(record.state, "problem")
        self.assertTrue(record.remedy)
        record.action_settle()
        self.assertEqual((record.state, record.problem), ("done", False))

    def test_what_odoo_refuses(self):
        order = self.three_mugs(make_refund(lines=[("L1", "1", "10.00", "2.00")], paid="12.00"))
        record = order.integration_refund_ids
        with patch.object(self.registry["account.move"], "action_post", side_effect=UserError("Closed period")):
            self.assertEqual(self.refunds._process(record), {record: "Closed period"})
        self.assertEqual((record.state, record.move_id.state), ("problem", "draft"))
        self.assertEqual((self.refunds._process(record), record.state), ({}, "done"))

    def test_unmapped_gateway(self):
        refund = make_refund(lines=[("L1", "1", "10.00", "2.00")])
        back = make_payment("RP", "12.00", "refund", gateway="wallet")
        order = self.three_mugs(replace(refund, payments=(back,)))
        record = order.integration_refund_ids
        self.assertIn("wallet", self.refunds._process(record)[record])
        self.assertEqual((record.state, record.move_id.state), ("problem", "posted"))
        mapping = self.env["integration.mapping"].search([("external_value", "=", "wallet")])
        mapping.journal_id = self.bank
        self.assertEqual((self.refunds._process(record), record.state), ({}, "done"))
        self.assert_even(order)

    def test_sold_by_delivery(self):
        """Of goods sold by delivery, what is credited is neither invoiced again nor missing."""
        self.service.invoice_policy = "delivery"
        order = self.three_mugs(make_refund(lines=[("L1", "1", "10.00", "2.00")], paid="12.00"), invoice=False)
        order.order_line[0].qty_delivered = 2
        order._create_invoices().action_post()
        self.payments._register_payments(order)
        self.assertEqual(self.refunds._process(order.integration_refund_ids), {})
        self.assertEqual(order.order_line[0].qty_to_invoice, 0.0)
        order.order_line[0].qty_delivered = 3
        self.assertEqual(order.order_line[0].qty_to_invoice, 1.0)
        order._create_invoices().action_post()
        self.payments._register_payments(order)
        self.assert_even(order)

    # no shrinking: an example is a page of orders, invoiced; the failing document is in the message
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],
    )
    @given(st.lists(refunded_orders(), min_size=1, max_size=6), st.sampled_from(["round_globally", "round_per_line"]))
    def test_generated_refunds(self, generated, rounding):
        """Refunds until all is given back: credit notes are the platform's, per tax, and nothing stays open."""
        self.company.tax_calculation_rounding_method = rounding
        documents = [self.numbered(document) for document in generated]
        result = self.import_orders(*documents)
        self.assertFalse(result.failed)
        orders = self.env["sale.order"]
        for document in documents:
            orders += self.order_of(document.external_id)
        self.assertFalse(any(orders.mapped("integration_hold_reason")))
        orders.action_confirm()
        for order in orders:
            order._create_invoices()
        orders.invoice_ids.action_post()
        self.assertEqual(self.payments._register_payments(orders), {})
        reasons = self.refunds._process(orders.integration_refund_ids)
        self.assertFalse(reasons, reasons)
        for order, document in zip(orders, documents, strict=True):
            digits = DIGITS[document.currency]
            invoice = order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
            credits = order.invoice_ids - invoice
            paid_back = sum(payment.amount for refund in document.refunds for payment in refund.payments)
            self.assertAlmostEqual(sum(credits.mapped("amount_total")), float(paid_back), digits, str(document))
            self.assertAlmostEqual(sum(credits.mapped("amount_total")), float(document.total), digits, str(document))
            taxes = {}
            for item in order.invoice_ids.line_ids.filtered("tax_line_id"):
                taxes[item.tax_line_id] = taxes.get(item.tax_line_id, 0.0) + item.amount_currency
            for tax, left in taxes.items():
                self.assertAlmostEqual(left, 0.0, digits, f"{tax.name} {document}")
            self.assert_even(order)
            self.assertFalse(any(order.order_line.mapped("qty_to_invoice")), str(document))

    def numbered(self, document):
        """Return `document` under ids of its own; refunds an hour apart."""
        number = next(self.numbers)
        refunds = tuple(
            replace(
                refund,
                external_id=f"{number}-{refund.external_id}",
                created_at=REFUNDED + timedelta(hours=index),
                payments=tuple(
                    replace(payment, external_id=f"{number}-{payment.external_id}") for payment in refund.payments
                ),
            )
            for index, refund in enumerate(document.refunds)
        )
        payments = tuple(
            replace(payment, external_id=f"{number}-{payment.external_id}") for payment in document.payments
        )
        return replace(document, external_id=str(number), payments=payments, refunds=refunds)
