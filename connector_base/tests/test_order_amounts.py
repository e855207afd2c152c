import itertools
from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from .order_accuracy import AccuracyCase
from .order_common import make_line, make_order, make_tax


@tagged("post_install", "-at_install")
class TestOrderAmounts(AccuracyCase):
    """What happens to given amounts later: partial invoices, changed quantities, copies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = itertools.count(1)

    def numbered(self, documents):
        return [replace(document, external_id=str(next(self.numbers))) for document in documents]

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
            self.assert_company_amounts(invoices)

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
