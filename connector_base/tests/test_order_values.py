from dataclasses import replace
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.order_values import (
    Precision,
    ResolvedTax,
    TaxLeaf,
    Terms,
    line_values,
    plan_amounts,
    scaled_tax_data,
)
from .order_common import make_line, make_order, make_tax
from .order_strategies import DIGITS, order_documents

TERMS = Terms(1, 1.0, Precision(2, 2, 2, 2))


@tagged("post_install", "-at_install")
class TestOrderValues(BaseCase):
    """The arithmetic between a document and what is written; what Odoo makes of it is in test_order_amounts."""

    @settings(deadline=None)
    @given(order_documents(without=["finer_than_the_currency"]))
    def test_plan_adds_up(self, document):
        amounts = plan_amounts(document, DIGITS[document.currency])
        self.assertFalse(amounts.unexplained)
        self.assertFalse(amounts.rounding, "a consistent document needs no rounding line")
        self.assertEqual(sum(line.total for line in amounts.lines), document.total)
        taxes = sum(amount for line in amounts.lines for amount in line.taxes)
        self.assertEqual(taxes, document.tax_total or sum(document.tax_by_rate.values()))
        for part, line in zip((*document.lines, *document.shipping_lines), amounts.lines, strict=True):
            inside = sum(amount for tax, amount in zip(part.taxes, line.taxes, strict=True) if document.includes(tax))
            self.assertEqual(line.net + inside, line.shown)

    @settings(deadline=None)
    @given(order_documents(without=["finer_than_the_currency"]), st.integers(-8, 8))
    def test_rounding_is_limited(self, document, units):
        """A total off by at most one minor unit per tax line gets a rounding line, by more it is unexplained."""
        digits = DIGITS[document.currency]
        document = replace(document, tax_total=sum(document.tax_by_rate.values(), Decimal(0)))
        document = replace(document, total=document.total - document.difference)
        off = units * Decimal(1).scaleb(-digits)
        amounts = plan_amounts(replace(document, total=document.total + off), digits)
        count = sum(len(part.taxes) for part in (*document.lines, *document.shipping_lines))
        if abs(units) <= count:
            self.assertEqual((amounts.rounding, amounts.unexplained), (off, 0))
        else:
            self.assertEqual((amounts.rounding, amounts.unexplained), (0, off))
        self.assertEqual(sum(line.total for line in amounts.lines) + off, document.total + off)

    def test_tax_total_that_disagrees_with_the_total_is_not_believed(self):
        line = make_line(taxes=[make_tax("2.00")])
        document = make_order(lines=(line,), tax_total=Decimal("2.01"), total=Decimal("12.00"))
        amounts = plan_amounts(document, 2)
        self.assertEqual((amounts.lines[0].taxes, amounts.rounding), ([Decimal("2.00")], 0))

    def values(self, part, taxes=(), terms=TERMS, untaxed=None):
        document = make_order(lines=(part,))
        [amounts] = plan_amounts(document, terms.precision.currency).lines
        price = {"quantity": part.quantity, "unit_price": part.unit_price}
        return line_values(part, amounts, taxes, untaxed=untaxed, terms=terms, key=1, **price)

    def test_display_is_kept_where_it_is_exact(self):
        values, shown = self.values(make_line(price="10.00", quantity="3", discount=Decimal("3.00")))
        self.assertEqual((values["price_unit"], values["discount"], values["extra_tax_data"]), (10.0, 10.0, False))
        self.assertEqual(shown, (Decimal("27.00"), Decimal("27.00")))

    def test_untaxed_line_with_an_odd_discount(self):
        """No percentage of two digits takes 0.01 off 300.00: a tax of 0 % carries the amount, else the price does."""
        line = make_line(price="100.00", quantity="3", discount=Decimal("0.01"))
        values, shown = self.values(line, untaxed=ResolvedTax(9, (TaxLeaf(9, Decimal(0)),)))
        self.assertEqual((values["price_unit"], values["tax_ids"]), (100.0, [(6, 0, [9])]))
        self.assertEqual(values["extra_tax_data"]["manual_total_excluded_currency"], 299.99)
        self.assertEqual(shown, (Decimal("299.99"), Decimal("299.99")))
        values, shown = self.values(line)
        self.assertAlmostEqual(values["price_unit"] * 3, 299.99, 6)
        self.assertEqual((values["tax_ids"], shown), ([(6, 0, [])], (Decimal("299.99"), Decimal("299.99"))))
        self.assertEqual(values["discount"], 0.0)

    def test_untaxed_line_is_rounded_for_itself(self):
        values, _shown = self.values(make_line(price="9.99", discount=Decimal("3.33")))
        self.assertEqual(values["discount"], 33.33)
        self.assertEqual(values["extra_tax_data"], {"computation_key": "line,1"})

    def test_free_line(self):
        values, shown = self.values(make_line(price="0.00"))
        self.assertEqual((values["price_unit"], values["discount"], shown), (0.0, 0.0, (0, 0)))
        values, shown = self.values(make_line(quantity="0", price="5.00"))
        self.assertEqual((values["product_uom_qty"], shown), (0.0, (0, 0)))

    def test_all_four_amounts_per_tax(self):
        taxes = [ResolvedTax(7, (TaxLeaf(7, Decimal(20)),)), ResolvedTax(8, (TaxLeaf(8, Decimal(5)),))]
        part = make_line(price="10.00", taxes=[make_tax("2.00"), make_tax("0.50", "0.05")])
        values, shown = self.values(part, taxes, Terms(1, 0.5, Precision(2, 2, 2, 2)))
        self.assertEqual(shown, (Decimal("10.00"), Decimal("12.50")))
        self.assertEqual(
            values["extra_tax_data"],
            {
                "computation_key": "line,1",
                "currency_id": 1,
                "price_unit": 10.0,
                "discount": 0.0,
                "quantity": 1.0,
                "rate": 0.5,
                "manual_total_excluded_currency": 10.0,
                "manual_total_excluded": 20.0,
                "manual_tax_amounts": {
                    "7": {
                        "tax_amount_currency": 2.0,
                        "tax_amount": 4.0,
                        "base_amount_currency": 10.0,
                        "base_amount": 20.0,
                    },
                    "8": {
                        "tax_amount_currency": 0.5,
                        "tax_amount": 1.0,
                        "base_amount_currency": 10.0,
                        "base_amount": 20.0,
                    },
                },
            },
        )

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.integers(0, 10**6), st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(0, 3))
    def test_partial_amounts_make_the_whole(self, units, quantities, digits):
        total = sum(quantities)
        amount = round(units / 10**digits, digits)
        amounts = {"tax_amount_currency": amount, "tax_amount": amount}
        data = {
            "manual_total_excluded_currency": amount,
            "manual_total_excluded": amount,
            "manual_tax_amounts": {"7": amounts},
        }
        done, parts = 0, []
        for quantity in quantities:
            parts.append(scaled_tax_data(data, done, quantity, total, currency_digits=digits, company_digits=digits))
            done += quantity
        self.assertAlmostEqual(sum(part["manual_total_excluded_currency"] for part in parts), amount, 9)
        self.assertAlmostEqual(sum(part["manual_tax_amounts"]["7"]["tax_amount"] for part in parts), amount, 9)
        self.assertEqual(
            scaled_tax_data(data, 0, total, total, currency_digits=digits, company_digits=digits),
            {**data, "quantity": total},
        )
