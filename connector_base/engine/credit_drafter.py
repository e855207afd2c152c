from decimal import Decimal

from odoo import api, models
from odoo.fields import Command

from .order_values import given_amounts
from .refund_values import Leaf, tax_shares

ZERO = Decimal(0)


class IntegrationCreditDrafter(models.AbstractModel):
    """Turns a platform's refund into the values of a credit note with the platform's own amounts and taxes."""

    _name = "integration.credit.drafter"
    _description = "Credit Note Drafter"

    @api.model
    def _values(self, refund, invoice):
        """Return the values of the credit note of `refund`, which takes back (part of) `invoice`."""
        order = refund.order_id
        return {
            "move_type": "out_refund",
            "partner_id": invoice.partner_id.id,
            "partner_shipping_id": invoice.partner_shipping_id.id,
            "company_id": refund.company_id.id,
            "journal_id": invoice.journal_id.id,
            "currency_id": refund.currency_id.id,
            "fiscal_position_id": invoice.fiscal_position_id.id,
            "invoice_date": self.env["integration.accounting.dates"]._day(refund.backend_id, refund.refunded_at),
            "invoice_payment_term_id": False,
            "invoice_user_id": invoice.invoice_user_id.id,
            "team_id": invoice.team_id.id,
            "invoice_origin": order.name,
            "reversed_entry_id": invoice.id,
            "ref": self.env._(
                "Refund %(refund)s of %(order)s",
                refund=refund.external_id,
                order=order.client_order_ref or order.name,
            ),
            "invoice_line_ids": [Command.create(self._line_values(line, invoice)) for line in refund.line_ids],
        }

    @api.model
    def _problem(self, refund):
        """Return (problem, remedy) when the refund's lines can't be credited, else None."""
        for line in refund.line_ids:
            if line.kind == "line" and not line.order_line_id:
                return (
                    self.env._("The refund is of a line that the order doesn't have here: %s.", line.line_external_id),
                    self.env._("Compare the order with the platform, correct it, then book the refund again."),
                )
            if line.tax and not any(leaf.weight for leaf in self._leaves(self._model_line(line))):
                return (
                    self.env._("The platform gave back taxes (%s) of a line that has none here.", line.tax),
                    self.env._("Credit the order yourself and mark the refund as settled."),
                )
        return None

    @api.model
    def _model_line(self, line):
        """Return the order line whose taxes a refund line has: its own; without one, that with most tax if any is due.

        An adjustment's tax is of no line: it is booked on the taxes of the order's line with most tax.
        """
        if line.order_line_id or not line.tax:
            return line.order_line_id
        lines = line.refund_id.order_id.order_line.filtered("tax_ids")
        return max(lines, key=lambda item: abs(item.price_tax), default=lines)

    @api.model
    def _line_values(self, line, invoice):
        order_line = line.order_line_id
        model = self._model_line(line)
        digits = line.currency_id.decimal_places
        net, tax = (Decimal(str(round(amount, digits))) for amount in (line.net, line.tax))
        invoiced = (order_line.invoice_lines or invoice.invoice_line_ids).filtered(
            lambda item: item.parent_state == "posted" and item.display_type == "product"
        )[:1]
        values = {
            "product_id": order_line.product_id.id,
            "product_uom_id": order_line.product_uom_id.id,
            "name": line.name or order_line.name,
            "account_id": invoiced.account_id.id,
            "analytic_distribution": invoiced.analytic_distribution,
            "quantity": line.quantity or 1.0,
            "discount": 0.0,
            "tax_ids": [Command.set(model.tax_ids.ids)],
            "sale_line_ids": [Command.set(order_line.ids)],
        }
        leaves = self._leaves(model)
        included = bool(leaves) and all(tax.price_include for tax in model.tax_ids.flatten_taxes_hierarchy())
        values["price_unit"] = float(net + tax if included else net) / values["quantity"]
        if not leaves:
            # rounded for itself: rounding over all lines would move a cent to or from its neighbours
            values["extra_tax_data"] = {"computation_key": f"refund,{line.id}"}
            return values
        values["extra_tax_data"] = {
            **{name: values[name] for name in ("quantity", "price_unit", "discount")},
            "currency_id": line.currency_id.id,
            **given_amounts(
                zip(leaves, self._shares(line, leaves, tax, digits), strict=True),
                net,
                rate=line.refund_id.order_id.currency_rate or 1.0,
                company_digits=line.company_id.currency_id.decimal_places,
            ),
        }
        return values

    @api.model
    def _shares(self, line, leaves, tax, digits):
        """Return what of `tax` falls to each of `leaves`, with regard to what earlier refunds gave back."""
        weights = [leaf.weight for leaf in leaves]
        if not any(weights):
            return [ZERO] * len(weights)
        earlier = line.order_line_id.integration_refund_line_ids.filtered(
            lambda other: other.refund_id.move_id and other.refund_id != line.refund_id
        )
        before = Decimal(str(round(sum(earlier.mapped("tax")), digits)))
        return tax_shares(before, tax, weights, digits)

    @api.model
    def _leaves(self, order_line):
        """Return the taxes of `order_line`, weighted by the platform's amounts where it has them, else by rate."""
        taxes = order_line.tax_ids.flatten_taxes_hierarchy()
        given = (order_line.extra_tax_data or {}).get("manual_tax_amounts") or {}
        known = all(str(tax.id) in given for tax in taxes)
        return [
            Leaf(
                tax.id,
                abs(Decimal(str(given[str(tax.id)]["tax_amount_currency"] if known else tax.amount))),
                tax.include_base_amount,
                tax.is_base_affected,
            )
            for tax in taxes
        ]
