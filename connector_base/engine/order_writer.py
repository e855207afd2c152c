import logging

from odoo import api, models
from odoo.tools import SQL, str2bool

from .known_values import KnownValues

_logger = logging.getLogger(__name__)

FAST_PARAMETER = "connector_base.fast_order_creation"
SAMPLE = 50  # one order in so many is computed by Odoo as well, and compared

# Stored fields whose values an import knows, and the modules whose methods compute them as the import does. A method
# of any other module means that somebody wants something else: then Odoo computes.
ORDER_METHODS = {
    "_compute_amounts": {"sale"},
    "_compute_currency_id": {"sale"},
    "_compute_currency_rate": {"sale"},
    "_compute_invoice_status": {"sale"},
}
LINE_METHODS = {
    "_compute_amount": {"sale"},
    "_compute_price_reduce_taxexcl": {"sale"},
    "_compute_price_reduce_taxinc": {"sale"},
    "_compute_qty_delivered_method": {"sale", "sale_stock"},
    "_compute_qty_invoiced": {"sale"},
    "_compute_qty_to_invoice": {"sale"},
    "_compute_invoice_status": {"sale"},
    "_compute_untaxed_amount_invoiced": {"sale"},
    "_compute_untaxed_amount_to_invoice": {"sale"},
    "_compute_warehouse_id": {"sale_stock"},
    "_prepare_base_line_for_taxes_computation": {"sale"},
}
# Not precomputed: given to create, they would be computed again after it
ORDER_FIELDS = ("amount_untaxed", "amount_tax", "amount_total", "invoice_status")
LINE_FIELDS = (
    "qty_invoiced",
    "qty_to_invoice",
    "invoice_status",
    "untaxed_amount_invoiced",
    "untaxed_amount_to_invoice",
    "warehouse_id",
)
CHECKED_LINE_FIELDS = ("price_subtotal", "price_tax", "price_total", "qty_delivered_method", *LINE_FIELDS)


class IntegrationOrderWriter(models.AbstractModel):
    """Writes drafts of orders: all heads in one create, all lines in another.

    What is known beforehand - the platform's amounts, and what any new quotation starts with - is given to the creates
    instead of being computed record by record; a sample is computed by Odoo as well. Where another addon computes these
    fields, or the sample differs, or the system parameter `connector_base.fast_order_creation` is False, Odoo computes.
    """

    _name = "integration.order.writer"
    _description = "Order Writer"

    @api.model
    def _create(self, drafts):
        """Create the orders of `drafts` and set their `order`."""
        if not drafts:
            return
        fast = self._is_fast()
        Order = self.env["sale.order"]
        known = KnownValues(("name",))
        heads = []
        for draft, name in zip(drafts, self._next_names(len(drafts)), strict=True):
            head = {**draft.head, **draft.parties, **draft.mirror, **self._hold_values(draft), "name": name}
            if fast:
                head.update(
                    amount_untaxed=float(draft.untaxed),
                    amount_tax=float(draft.total - draft.untaxed),
                    amount_total=float(draft.total),
                    invoice_status="no",
                )
                known.add(head, {"currency_id": draft.currency_id, "currency_rate": draft.rate})
            heads.append(head)
        if not fast:
            self._set_orders(drafts, Order.create(heads))
            self._create_lines(drafts)
            return
        orders = Order.with_context(integration_known_orders=known).create(heads).with_context(self.env.context)
        self._set_orders(drafts, orders)
        fields = [orders._fields[name] for name in ORDER_FIELDS]
        with self.env.protecting(fields, orders):
            for field in fields:
                self.env.remove_to_compute(field, orders)
            lines = self._create_known_lines(drafts)
            self.env.flush_all()
        self._check_sample(orders, lines)

    @api.model
    def _set_orders(self, drafts, orders):
        for draft, order in zip(drafts, orders, strict=True):
            draft.order = order

    @api.model
    def _create_lines(self, drafts):
        """Create the lines of `drafts`; Odoo computes their amounts."""
        constants = self._line_constants()
        return self.env["sale.order.line"].create(
            [{**constants, **line, "order_id": draft.order.id} for draft in drafts for line in draft.lines]
        )

    @api.model
    def _create_known_lines(self, drafts):
        """Create the lines of new quotations with the amounts they must show."""
        Line = self.env["sale.order.line"]
        known = KnownValues(("order_id", "sequence"))
        constants = {
            **self._line_constants(),
            "qty_delivered": 0.0,
            "qty_invoiced": 0.0,
            "qty_to_invoice": 0.0,
            "invoice_status": "no",
            "untaxed_amount_invoiced": 0.0,
            "untaxed_amount_to_invoice": 0.0,
        }
        values = []
        for draft in drafts:
            constants["order_id"] = draft.order.id
            constants["warehouse_id"] = draft.head["warehouse_id"]
            order_values = {
                "company_id": draft.head["company_id"],
                "currency_id": draft.currency_id,
                "order_partner_id": draft.parties["partner_id"],
                "salesman_id": draft.parties["user_id"],
                "state": draft.head["state"],
            }
            for line, (subtotal, total), product_type in zip(draft.lines, draft.shown, draft.types, strict=True):
                line = {**constants, **line}
                quantity, subtotal, total = line["product_uom_qty"], float(subtotal), float(total)
                known.add(
                    line,
                    {
                        **order_values,
                        "price_subtotal": subtotal,
                        "price_total": total,
                        "price_tax": total - subtotal,
                        "price_reduce_taxexcl": subtotal / quantity if quantity else 0.0,
                        "price_reduce_taxinc": total / quantity if quantity else 0.0,
                        "qty_delivered_method": "stock_move" if product_type == "consu" else "manual",
                    },
                )
                values.append(line)
        lines = Line.with_context(integration_known_lines=known).create(values).with_context(self.env.context)
        for name in LINE_FIELDS:
            self.env.remove_to_compute(lines._fields[name], lines)
        return lines

    @api.model
    def _line_constants(self):
        """Return values all lines share. Without distribution models there is nothing to look up line by line."""
        if self.env["account.analytic.distribution.model"].search_count([], limit=1):
            return {}
        return {"analytic_distribution": False}

    @api.model
    def _hold_values(self, draft):
        return {
            "integration_hold_reason": "\n".join(reason for reason, _remedy in draft.holds) or False,
            "integration_hold_remedy": "\n".join(dict.fromkeys(remedy for _reason, remedy in draft.holds)) or False,
        }

    @api.model
    def _next_names(self, count):
        """Return `count` order numbers of the company's sequence, in one query where the sequence allows it."""
        Sequence = self.env["ir.sequence"].sudo()
        sequence = Sequence.search(
            [("code", "=", "sale.order"), ("company_id", "in", [self.env.company.id, False])],
            order="company_id",
            limit=1,
        )
        if not sequence or sequence.implementation != "standard" or sequence.use_date_range:
            return [Sequence.next_by_code("sale.order") or self.env._("New") for _number in range(count)]
        # as `ir.sequence` does for one number
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{sequence.id:03d}", count)
        )
        return [sequence.get_next_char(number) for (number,) in rows]

    # === WHETHER KNOWN IS WHAT ODOO COMPUTES === #

    @api.model
    def _is_fast(self):
        parameter = self.env["ir.config_parameter"].sudo().get_param(FAST_PARAMETER, "True")
        return str2bool(parameter, False) and all(
            self._defining_modules(model, method) <= modules
            for model, methods in (("sale.order", ORDER_METHODS), ("sale.order.line", LINE_METHODS))
            for method, modules in methods.items()
        )

    @api.model
    def _defining_modules(self, model, method):
        return {cls._module for cls in type(self.env[model]).mro() if method in vars(cls)}

    @api.model
    def _check_sample(self, orders, lines):
        """Let Odoo compute a sample of new orders; on a difference it computes the whole page, and all later ones."""
        sample = orders.filtered(lambda order: order.id % SAMPLE == 0)
        if not sample:
            return
        checked = [
            (sample, [*ORDER_FIELDS, "currency_rate"]),
            (lines.filtered(lambda line: line.order_id in sample), CHECKED_LINE_FIELDS),
        ]
        known = [[records.mapped(name) for name in names] for records, names in checked]
        self._recompute(checked)
        if known == [[records.mapped(name) for name in names] for records, names in checked]:
            return
        _logger.warning(
            "Odoo computes other values than the import for %s: fast order creation is switched off "
            "(system parameter %s)",
            ", ".join(sample.mapped("name")),
            FAST_PARAMETER,
        )
        self.env["ir.config_parameter"].sudo().set_param(FAST_PARAMETER, "False")
        self._recompute([(orders, [*ORDER_FIELDS, "currency_rate"]), (lines, CHECKED_LINE_FIELDS)])

    @api.model
    def _recompute(self, checked):
        for records, names in checked:
            for name in names:
                self.env.add_to_compute(records._fields[name], records)
        self.env.flush_all()

    @api.model
    def _check_amounts(self, drafts):
        """Compare what Odoo has stored with the drafts, in one query; an order that differs is held."""
        if not drafts:
            return
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT o.id, o.amount_untaxed, o.amount_total,
                          array_agg(l.price_subtotal ORDER BY l.sequence), array_agg(l.price_total ORDER BY l.sequence)
                     FROM sale_order o
                     LEFT JOIN sale_order_line l ON l.order_id = o.id AND l.integration_kind IS NOT NULL
                    WHERE o.id = ANY(%s) GROUP BY o.id""",
                [draft.order.id for draft in drafts],
            )
        )
        found = {order_id: figures for order_id, *figures in rows}
        for draft in drafts:
            untaxed, total, subtotals, totals = found[draft.order.id]
            lines = list(zip(subtotals, totals, strict=True)) if draft.lines else []
            shown = [(float(subtotal), float(line_total)) for subtotal, line_total in draft.shown]
            # Odoo reads numeric columns as floats: the same decimal text gives the same float
            if (untaxed, total) == (float(draft.untaxed), float(draft.total)) and lines == shown:
                continue
            draft.holds.append(
                (
                    self.env._(
                        "Odoo computes %(odoo)s in total (%(odoo_untaxed)s without taxes), the platform says %(total)s "
                        "(%(untaxed)s).",
                        odoo=total,
                        odoo_untaxed=untaxed,
                        total=draft.total,
                        untaxed=draft.untaxed,
                    ),
                    self.env._("Compare the lines with the platform, correct them and release the order."),
                )
            )
            draft.order.write(self._hold_values(draft))
