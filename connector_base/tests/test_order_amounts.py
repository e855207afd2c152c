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
        order.order_line.product_uom_qty = 2
        self.assertEqual((order.amount_untaxed, order.amount_total), (2000, 2400))
        order.order_line.product_uom_qty = 1
        self.assertEqual(order.amount_total, 1201)
        order.order_line.name = "Same amounts"
        self.assertEqual(order.amount_total, 1201)
        order.order_line.product_uom_qty = 1.4
        self.assertEqual((order.amount_untaxed, order.amount_total), (1400, 1680))
        order.order_line.product_uom_qty = 1
        self.assertEqual(order.amount_total, 1200)

    def test_invoiced_again_after_a_refund(self):
        """Two of three pieces invoiced, the first credited: the rest is what lacks to the whole, to the cent."""
        lines = (
            make_line(price="33.33", quantity="3", discount=Decimal("0.05"), sku="SERVICE", taxes=[make_tax("20.01")]),
            make_line("L2", price="10.00", quantity="3", discount=Decimal("0.01"), sku="SERVICE"),
        )
        [order] = self.import_all(self.numbered([make_order(lines=lines, currency="EUR")]))
        self.service.invoice_policy = "delivery"
        order.action_confirm()
        invoices = self.env["account.move"]
        for delivered in (1, 2):
            order.order_line.qty_delivered = delivered
            invoices += order._create_invoices()
        invoices.action_post()
        credit = invoices[0]._reverse_moves()
        credit.action_post()
        order.order_line.qty_delivered = 3
        invoices += order._create_invoices()
        invoices[-1].action_post()
        for name, expected in (("amount_total", 149.94), ("amount_tax", 20.01)):
            self.assertAlmostEqual(sum(invoices.mapped(name)) - credit[name], expected, 2)
        self.assert_company_amounts(invoices)

    def quantities(self, order, expected):
        """Change the quantity of all lines, and compare (quantity, untaxed amount, total) of the order."""
        prices = order.order_line.mapped("price_unit"), order.order_line.mapped("discount")
        for quantity, untaxed, total in expected:
            order.order_line.product_uom_qty = quantity
            self.assertEqual((order.amount_untaxed, order.amount_total), (untaxed, total), f"{quantity} pieces")
            self.assertEqual((order.order_line.mapped("price_unit"), order.order_line.mapped("discount")), prices)

    def test_quantity_changed_and_back(self):
        """The price stays; Odoo computes the taxes, and the given ones are back with the quantity. Confirmed or not."""
        self.service.list_price = 77.0
        taxed = make_line(
            price="10.00", quantity="2", discount=Decimal("4.00"), sku="SERVICE", taxes=[make_tax("3.22")]
        )
        expected = [(3, 24.0, 28.8), (0, 0.0, 0.0), (1, 8.0, 9.6), (2, 16.0, 19.22)]
        included = make_line(price="12.00", quantity="2", sku="SERVICE", taxes=[make_tax("4.02")])
        untaxed = make_line(price="3.33", quantity="2", sku="SERVICE")
        cases = [
            (make_order(lines=(taxed,)), expected),
            (make_order(lines=(included,), taxes_included=True), [(3, 30.0, 36.0), (0, 0.0, 0.0), (2, 19.98, 24.0)]),
            (make_order(lines=(untaxed,)), [(3, 9.99, 9.99), (0, 0.0, 0.0), (2, 6.66, 6.66)]),
            (make_order(lines=(taxed,), currency="EUR"), expected),
        ]
        documents = self.numbered([document for document, _expected in cases])
        for order, (_document, figures) in zip(self.import_all(documents), cases, strict=True):
            self.quantities(order, figures)
            order.action_confirm()
            self.quantities(order, figures)
            invoice = order._create_invoices()
            self.assertEqual(invoice.amount_total, figures[-1][2])

    def test_changed_quantity_leaves_the_other_lines_alone(self):
        """Odoo rounds taxes over the order: the computed line must not move a cent of the given ones."""
        self.company.tax_calculation_rounding_method = "round_globally"
        lines = [make_line(f"L{n}", price="3.33", sku="SERVICE", taxes=[make_tax("0.66")]) for n in range(6)]
        [order] = self.import_all(self.numbered([make_order(lines=tuple(lines))]))
        order.order_line[0].product_uom_qty = 2
        taxes = [round(line.price_tax, 2) for line in order.order_line]
        self.assertEqual(taxes, [1.33, 0.66, 0.66, 0.66, 0.66, 0.66])
        self.assertEqual(order.amount_tax, 4.63)

    def test_negative_total(self):
        """An order that is a credit as a whole becomes a credit note."""
        line = make_line(
            price="10.00", quantity="1", discount=Decimal("25.00"), sku="SERVICE", taxes=[make_tax("-3.01")]
        )
        [order] = self.import_all(self.numbered([make_order(lines=(line,))]))
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual((order.amount_untaxed, order.amount_total), (-15.0, -18.01))
        order.action_confirm()
        credit = order._create_invoices(final=True)
        credit.action_post()
        self.assertEqual((credit.move_type, credit.amount_untaxed, credit.amount_total), ("out_refund", 15.0, 18.01))

    def test_copy(self):
        line = make_line(price="10.00", quantity="2", sku="SERVICE", taxes=[make_tax("4.02")])
        [order] = self.import_all(self.numbered([make_order(lines=(line,))]))
        copy = order.copy()
        self.assertEqual(copy.amount_total, 24.02)
        self.assertFalse(copy.integration_backend_id or copy.integration_external_id or copy.client_order_ref)
        self.assertFalse(copy.order_line.integration_kind)
