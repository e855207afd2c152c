"""What it takes to compare orders, invoices and credit notes with documents, to the minor unit."""

from collections import defaultdict
from decimal import Decimal

from .order_common import EngineCase
from .order_strategies import DIGITS

ZERO = Decimal(0)


class AccuracyCase(EngineCase):
    """A backend that creates taxes, a service to sell, rates of four currencies; comparisons."""

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

    def import_all(self, documents):
        """Import `documents` as one page; return their orders, in order. None may fail."""
        result = self.import_orders(*documents)
        for _external_id, _name, error in result.failed:
            self.fail(getattr(error, "traceback", f"{error} {error.remedy}"))
        bindings = self.env["integration.binding.order"].search(
            [
                ("backend_id", "=", self.backend.id),
                ("external_id", "in", [document.external_id for document in documents]),
            ]
        )
        orders = {binding.external_id: binding.odoo_id for binding in bindings}
        return [orders[document.external_id] for document in documents]

    # === WHAT ODOO SAYS === #

    def order_taxes(self, order):
        """Return {rate in percent: amount} of the taxes written on the lines."""
        taxes = defaultdict(float)
        for line in order.order_line:
            for tax_id, amounts in ((line.extra_tax_data or {}).get("manual_tax_amounts") or {}).items():
                taxes[self.env["account.tax"].browse(int(tax_id)).amount] += amounts["tax_amount_currency"]
        return taxes

    def move_taxes(self, moves):
        """Return {rate in percent: amount} of the tax items of invoices; those of credit notes as positive."""
        taxes = defaultdict(float)
        for line in moves.line_ids.filtered("tax_line_id"):
            taxes[line.tax_line_id.amount] += line.amount_currency * line.move_id.direction_sign
        return taxes

    # === COMPARISON === #

    def assert_figures(self, record, document, taxes, label):
        """Untaxed amount, taxes as a whole and per rate, and total of an order or invoice are the document's."""
        digits = DIGITS[document.currency]
        by_rate = defaultdict(Decimal)
        for rate, amount in document.tax_by_rate.items():
            by_rate[float(rate * 100)] += amount
        tax = document.tax_total or sum(by_rate.values(), ZERO)
        extra = sum(line.price_subtotal for line in self.rounding_lines(record))
        figures = {
            "total": (record.amount_total, document.total),
            "tax": (record.amount_tax, tax),
            "subtotal": (record.amount_untaxed - extra, document.total - tax - Decimal(str(extra))),
        }
        if not document.tax_total:  # else how the platform spreads its rounding over the rates isn't stated
            for rate in {*by_rate, *taxes}:
                figures[f"{rate} %"] = taxes.get(rate, 0.0), by_rate.get(rate, ZERO)
        for name, (found, expected) in figures.items():
            self.assertAlmostEqual(found, float(expected), digits, f"{label}: {name} of {document}")

    def rounding_lines(self, record):
        if record._name == "sale.order":
            return record.order_line.filtered(lambda line: line.integration_kind == "rounding")
        return record.invoice_line_ids.filtered(
            lambda line: line.product_id == self.env.ref("connector_base.product_rounding")
        )

    def assert_lines(self, order, document):
        """Each line shows price, quantity, discount and amount as the customer saw them."""
        digits = DIGITS[document.currency]
        quantum = Decimal(1).scaleb(-digits)
        parts = (*document.lines, *document.shipping_lines)
        lines = order.order_line.filtered(lambda line: line.integration_kind != "rounding")
        self.assertEqual(len(lines), len(parts))
        for line, part in zip(lines, parts, strict=True):
            quantity = getattr(part, "quantity", Decimal(1))
            if part.amount % quantum:
                continue  # finer than the currency
            inside = sum((tax.amount for tax in part.taxes if document.includes(tax)), ZERO)
            around = sum((tax.amount for tax in part.taxes if not document.includes(tax)), ZERO)
            if not document.tax_total and not any(tax.amount % quantum for tax in part.taxes):
                self.assertAlmostEqual(line.price_subtotal, float(part.amount - inside), digits, f"{part}")
                self.assertAlmostEqual(line.price_total, float(part.amount + around), digits, f"{part}")
            if quantity:
                self.assertEqual(line.product_uom_qty, float(quantity))
                gross = line.price_unit * line.product_uom_qty
                self.assertAlmostEqual(gross - float(part.discount), float(part.amount), digits, f"{part}")
                self.assertAlmostEqual(
                    gross * (1 - line.discount / 100), float(part.amount), delta=float(part.amount) / 1e4 + 0.01
                )

    def assert_company_amounts(self, moves):
        """Every journal item in the company's currency is its amount at the rate, but for the rounding of lines."""
        for item in moves.line_ids:
            expected = item.amount_currency / item.move_id.invoice_currency_rate
            self.assertLess(abs(item.balance - expected), 0.08, f"{item.name} {item.balance}")

    def invoiced(self, orders):
        """Confirm and invoice `orders` in one batch, post; return {order: invoice}."""
        orders.action_confirm()
        invoices = orders._create_invoices(grouped=True)
        invoices.action_post()
        return {invoice.line_ids.sale_line_ids.order_id: invoice for invoice in invoices}

    def check_life(self, documents):
        """Import, confirm, invoice and credit `documents`, and compare each step."""
        orders = self.import_all(documents)
        for order, document in zip(orders, documents, strict=True):
            self.assertFalse(order.integration_hold_reason, f"{order.integration_hold_reason} {document}")
            self.assertEqual(order.currency_id.name, document.currency)
            self.assert_figures(order, document, self.order_taxes(order), "order")
            self.assert_lines(order, document)
        every = self.env["sale.order"].union(*orders)
        known = every.mapped("amount_total"), every.order_line.mapped("price_total")
        every.order_line._compute_amount()
        every._compute_amounts()
        computed = every.mapped("amount_total"), every.order_line.mapped("price_total")
        self.assertEqual(computed, known, "Odoo computes the same")

        invoices = self.invoiced(every)
        credits = self.env["account.move"].union(*invoices.values())._reverse_moves()
        credits.action_post()
        credit_of = {credit.reversed_entry_id: credit for credit in credits}
        for order, document in zip(orders, documents, strict=True):
            invoice = invoices.get(order)
            if invoice is None:
                self.assertFalse(any(line.quantity for line in document.lines) or document.total, document)
                continue
            self.assert_figures(invoice, document, self.move_taxes(invoice), "invoice")
            credit = credit_of[invoice]
            self.assert_figures(credit, document, self.move_taxes(credit), "credit note")
            self.assert_company_amounts(invoice + credit)
