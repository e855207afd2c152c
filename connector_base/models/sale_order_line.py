from odoo import fields, models

from ..engine.order_values import scaled_tax_data, share_of, sum_of_tax_data

LINE_KINDS = [
    ("product", "Product"),
    ("gift_card", "Gift card"),
    ("shipping", "Shipping"),
    ("tip", "Tip"),
    ("duty", "Duty"),
    ("fee", "Fee"),
    ("rounding", "Rounding difference"),
]
# name on the line -> name in `extra_tax_data`
AMOUNT_FIELDS = {"product_uom_qty": "quantity", "price_unit": "price_unit", "discount": "discount"}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    integration_external_id = fields.Char(string="Platform Line ID", readonly=True, copy=False)
    integration_kind = fields.Selection(LINE_KINDS, string="Platform Line Kind", readonly=True, copy=False)
    integration_unknown_product = fields.Boolean(
        string="Unknown Product",
        readonly=True,
        copy=False,
        help="No product of this database has the line's SKU or barcode: a placeholder stands for it.",
    )

    # === COMPUTE METHODS: PRICE AND TAXES ARE THE PLATFORM'S === #

    def _not_imported(self):
        return self.filtered(lambda line: not line.integration_kind)

    def _compute_tax_ids(self):
        """Keep the platform's taxes when the product is changed."""
        return super(SaleOrderLine, self._not_imported())._compute_tax_ids()

    def _reset_price_unit(self):
        """Keep the platform's price, whatever product."""
        if self.integration_kind:
            return None
        return super()._reset_price_unit()

    def _compute_discount(self):
        """Keep the platform's discount: a change of quantity would take the price list's."""
        return super(SaleOrderLine, self._not_imported())._compute_discount()

    # === CRUD METHODS === #

    def _add_precomputed_values(self, vals_list):
        """Fill in what an import knows, so that it isn't computed; see `integration.order.writer`."""
        if known := self.env.context.get("integration_known_lines"):
            known.fill(vals_list)
        return super()._add_precomputed_values(vals_list)

    def write(self, vals):
        """Drop given tax amounts where Odoo would keep them after a change; a chosen product is no unknown one.

        Odoo compares quantities, prices and discounts with the currency's rounding: in a currency without decimals,
        1.4 pieces pass for 1.
        """
        if "product_id" in vals:
            vals = {"integration_unknown_product": False, **vals}
        if "extra_tax_data" in vals or not any(name in vals for name in AMOUNT_FIELDS):
            return super().write(vals)
        stale = self.filtered(lambda line: line._given_amounts_go_stale(vals))
        super(SaleOrderLine, self - stale).write(vals)
        for line in stale:
            key = {"computation_key": line.extra_tax_data["computation_key"]}
            super(SaleOrderLine, line).write({**vals, "extra_tax_data": key})
        return True

    def _given_amounts_go_stale(self, vals):
        """Whether the line will differ from what its amounts were given for by so little that Odoo doesn't notice."""
        given = self.extra_tax_data or {}
        if "manual_tax_amounts" not in given or not self.integration_kind:
            return False
        for name, known in AMOUNT_FIELDS.items():
            value = vals.get(name, self[name])
            if value != given[known] and not self.currency_id.compare_amounts(value, given[known]):
                return True
        return False

    def _prepare_invoice_line(self, **optional_values):
        """Give partial invoices their share of the platform's amounts: all of them together make the whole."""
        values = super()._prepare_invoice_line(**optional_values)
        quantity, total = values.get("quantity"), self.product_uom_qty
        partial = quantity != total or self.invoice_lines
        if self.integration_kind and quantity and total and partial and not self.is_downpayment:
            values.update(self._share_values(values, quantity, total))
        return values

    def _share_values(self, values, quantity, total):
        """Return what differs from `values` on an invoice of `quantity` pieces of `total`."""
        digits = self.currency_id.decimal_places
        data = values.get("extra_tax_data") or {}
        signed = self._integration_invoiced()
        if data.get("manual_tax_amounts"):
            known = [(sign, line.extra_tax_data) for sign, line in signed]
            return {
                "extra_tax_data": scaled_tax_data(
                    data,
                    self._integration_invoiced_before(),
                    quantity,
                    total,
                    currency_digits=digits,
                    company_digits=self.company_id.currency_id.decimal_places,
                    given=sum_of_tax_data(known) if all(_holds_amounts(line) for _sign, line in signed) else None,
                )
            }
        if self.tax_ids:
            return {}
        # Odoo ignores given amounts on lines without taxes: the price must give the share
        given = sum(sign * line.price_subtotal for sign, line in signed)
        before = self._integration_invoiced_before()
        share = share_of(self.price_subtotal, before, quantity, total, digits=digits, given=given)
        return {"price_unit": share / quantity, "discount": 0.0}

    def _integration_invoiced(self):
        """Return pairs of (1, invoice line) and (-1, credit note line) of what was invoiced so far.

        Credit notes of the platform's refunds are left out: what they took back is not invoiced again.
        """
        refunds = self.integration_refund_line_ids.refund_id.move_id
        lines = self.invoice_lines.filtered(lambda line: line.parent_state != "cancel" and line.move_id not in refunds)
        return [(-1 if line.move_id.move_type == "out_refund" else 1, line) for line in lines]


def _holds_amounts(invoice_line):
    """Whether the given amounts of an invoice line are those it shows: its quantity wasn't changed."""
    data = invoice_line.extra_tax_data or {}
    return bool(data.get("manual_tax_amounts")) and data["quantity"] == invoice_line.quantity
