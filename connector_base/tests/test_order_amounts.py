import itertools
import os
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .order_common import EngineCase, make_line, make_order, make_tax
from .order_strategies import DIGITS, order_documents

EXAMPLES = int(os.environ.get("ORDER_EXAMPLES", "4"))  # pages of up to 12 orders each


@tagged("post_install", "-at_install")
class TestOrderAmounts(EngineCase):
    """Order, invoice and full credit note equal the document to the minor unit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.tax_policy = "create"
        cls.service = cls.env["product.product"].create(
            {"name": "Service", "default_code": "SERVICE", "type": "service", "invoice_policy": "order"}
        )
        for code, rate in (("EUR", 0.92), ("JPY", 149.37), ("KWD", 0.307)):
            currency = cls.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
            cls.env["res.currency.rate"].create(
                {"currency_id": currency.id, "name": "2020-01-01", "rate": rate, "company_id": cls.company.id}
            )
        cls.numbers = itertools.count(1)

    def numbered(self, documents):
        return [replace(document, external_id=str(next(self.numbers))) for document in documents]

    def import_all(self, documents):
        result = self.import_orders(*documents)
        for _external_id, _name, error in result.failed:
            self.fail(getattr(error, "traceback", f"{error} {error.remedy}"))
        return [self.order_of(document.external_id) for document in documents]

    def expected_taxes(self, document):
        """Return {rate in percent: tax}, where the document states no tax of the whole order."""
        return {float(rate * 100): amount for rate, amount in document.tax_by_rate.items() if amount}

    def assert_amounts(self, record, document, label):
        digits = DIGITS[document.currency]
        total = document.total
        tax = document.tax_total or sum(document.tax_by_rate.values(), Decimal(0))
        self.assertAlmostEqual(record.amount_total, float(total), digits, f"{label} total: {document}")
        self.assertAlmostEqual(record.amount_tax, float(tax), digits, f"{label} tax: {document}")

    def tax_of_order(self, order):
        taxes = defaultdict(float)
        for line in order.order_line:
            for tax_id, amounts in ((line.extra_tax_data or {}).get("manual_tax_amounts") or {}).items():
                taxes[self.env["account.tax"].browse(int(tax_id)).amount] += amounts["tax_amount_currency"]
        return taxes

    def tax_of_move(self, move):
        taxes = defaultdict(float)
        for line in move.line_ids.filtered("tax_line_id"):
            taxes[line.tax_line_id.amount] += abs(line.amount_currency)
        return taxes

    def assert_taxes(self, found, document, label):
        if document.tax_total:
            return  # how the platform spreads its rounding over the rates isn't stated
        expected, digits = self.expected_taxes(document), DIGITS[document.currency]
        for rate in {*expected, *found}:
            self.assertAlmostEqual(found.get(rate, 0.0), float(expected.get(rate, 0)), digits, f"{label} {rate}%")

    def assert_company_amounts(self, moves, rate):
        """Every journal item in the company's currency is its amount at the rate, but for the rounding of lines."""
        for item in moves.line_ids:
            self.assertLess(abs(item.balance - item.amount_currency / rate), 0.06, f"{item.name} {item.balance}")

    def check_life(self, documents):
        """Import, confirm, invoice, credit `documents`, and compare each step."""
        orders = self.import_all(documents)
        for order, document in zip(orders, documents, strict=True):
            self.assertFalse(order.integration_hold_reason, f"{order.integration_hold_reason} {document}")
            self.assertEqual(order.currency_id.name, document.currency)
            self.assert_amounts(order, document, "order")
            self.assert_taxes(self.tax_of_order(order), document, "order")
            for line, part in zip(order.order_line, (*document.lines, *document.shipping_lines), strict=False):
                shown = line.price_total if document.taxes_included else line.price_subtotal
                digits = DIGITS[document.currency]
                self.assertAlmostEqual(shown, float(part.amount), digits, f"{part}")
                gross = line.price_unit * line.product_uom_qty
                self.assertAlmostEqual(gross - shown, float(part.discount), digits, f"discount of {part}")
        orders = self.env["sale.order"].union(*orders)
        known = [order.amount_total for order in orders]
        orders.order_line._compute_amount()
        orders._compute_amounts()
        self.assertEqual([order.amount_total for order in orders], known, "Odoo computes the same")
        orders.action_confirm()
        for order, document in zip(orders, documents, strict=True):
            invoice = order._create_invoices()
            self.assert_amounts(invoice, document, "invoice")
            self.assert_taxes(self.tax_of_move(invoice), document, "invoice")
            if document.total < 0:
                continue
            invoice.action_post()
            self.assert_amounts(invoice, document, "posted invoice")
            credit = invoice._reverse_moves()
            credit.action_post()
            self.assert_amounts(credit, document, "credit note")
            self.assert_taxes(self.tax_of_move(credit), document, "credit note")
            self.assert_company_amounts(invoice + credit, order.currency_rate)

    # no shrinking: an example is a page of orders, invoiced; the failing document is in the message
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],
    )
    @given(st.lists(order_documents(), min_size=1, max_size=12), st.sampled_from(["round_globally", "round_per_line"]))
    def test_generated_orders(self, documents, rounding):
        self.company.tax_calculation_rounding_method = rounding
        self.check_life(self.numbered(documents))

    def test_discount_of_a_line_without_taxes(self):
        """No percentage of two digits takes 2.23 off 136.50: price and discount are shown all the same."""
        line = make_line(price="136.50", discount=Decimal("2.23"), sku="SERVICE")
        documents = self.numbered([make_order(lines=(line,)), make_order(lines=(line,), taxes_included=True)])
        self.check_life(documents)
        lines = self.order_of(documents[0].external_id).order_line
        self.assertEqual((lines.price_unit, lines.price_subtotal, lines.price_total), (136.5, 134.27, 134.27))
        taxes = lines.tax_ids | self.order_of(documents[1].external_id).order_line.tax_ids
        self.assertEqual((len(taxes), taxes.amount, taxes.company_id), (1, 0.0, self.company))

    def test_partial_invoices_make_the_whole(self):
        """Three pieces invoiced in two steps: each gets its share of net and tax, together they are the order."""
        lines = (
            make_line(price="33.33", quantity="3", discount=Decimal("0.05"), sku="SERVICE", taxes=[make_tax("20.01")]),
            make_line("L2", price="10.00", quantity="7", discount=Decimal("0.01"), sku="SERVICE"),
        )
        documents = self.numbered([make_order(lines=lines), make_order(lines=lines, currency="EUR")])
        self.service.invoice_policy = "delivery"
        for order, document in zip(self.import_all(documents), documents, strict=True):
            order.action_confirm()
            for delivered in ((1, 3), (3, 7)):
                for line, quantity in zip(order.order_line, delivered, strict=True):
                    line.qty_delivered = quantity
                order._create_invoices()
            invoices = order.invoice_ids
            self.assertEqual(len(invoices), 2)
            self.assertAlmostEqual(sum(invoices.mapped("amount_total")), float(document.total), 2)
            self.assertAlmostEqual(sum(invoices.mapped("amount_tax")), 20.01, 2)
            invoices.action_post()
            self.assert_company_amounts(invoices, order.currency_rate)

    def test_fraction_in_a_currency_without_decimals(self):
        """Odoo compares quantities with the currency's rounding: 1.4 pieces must not keep the tax of 1."""
        line = make_line(price="1000", sku="SERVICE", taxes=[make_tax("201")])
        [order] = self.import_all(self.numbered([make_order(lines=(line,), currency="JPY")]))
        self.assertEqual(order.amount_total, 1201)
        order.order_line.name = "Same amounts"
        self.assertEqual(order.amount_total, 1201)
        order.order_line.product_uom_qty = 1.4
        self.assertEqual((order.amount_untaxed, order.amount_total), (1400, 1680))
        order.order_line.product_uom_qty = 1
        self.assertEqual(order.amount_total, 1200)

    def test_quantity_changed_and_back(self):
        line = make_line(price="10.00", quantity="2", sku="SERVICE", taxes=[make_tax("4.02")])
        [order] = self.import_all(self.numbered([make_order(lines=(line,))]))
        self.assertEqual(order.amount_total, 24.02)
        order.order_line.product_uom_qty = 3
        self.assertEqual(order.amount_total, 36.0)
        order.order_line.product_uom_qty = 2
        self.assertEqual(order.amount_total, 24.02)

    def test_copy(self):
        line = make_line(price="10.00", quantity="2", sku="SERVICE", taxes=[make_tax("4.02")])
        [order] = self.import_all(self.numbered([make_order(lines=(line,))]))
        copy = order.copy()
        self.assertEqual(copy.amount_total, 24.02)
        self.assertFalse(copy.integration_backend_id or copy.integration_external_id or copy.client_order_ref)
        self.assertFalse(copy.order_line.integration_kind)
