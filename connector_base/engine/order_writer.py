import logging

from odoo import api, models
from odoo.tools import SQL, str2bool

from .known_values import KnownValues
from .sequence_numbers import next_numbers

_logger = logging.getLogger(__name__)

FAST_PARAMETER = "connector_base.fast_order_creation"
SAMPLE = 50  # one order in so many is computed by Odoo as well, and compared

# The modules whose ways of computing quotations the import knows. A field that any other module computes is left to it.
TRUSTED_MODULES = {"sale", "sale_stock", "connector_base"}
ORDER_AMOUNTS = ("amount_untaxed", "amount_tax", "amount_total")
LINE_AMOUNTS = ("price_subtotal", "price_tax", "price_total", "price_reduce_taxexcl", "price_reduce_taxinc")
# What the amounts depend on besides their own compute methods
AMOUNT_METHODS = {
    "sale.order": ("_get_priced_lines", "_add_base_lines_for_early_payment_discount"),
    "sale.order.line": ("_prepare_base_line_for_taxes_computation",),
}


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
        unnamed = [draft for draft in drafts if "name" not in draft.head]
        for draft, name in zip(unnamed, self._next_names(len(unnamed)) if unnamed else [], strict=True):
            draft.head["name"] = name
        heads = [{**draft.head, **draft.parties, **draft.mirror, **self._hold_values(draft)} for draft in drafts]
        if self._is_fast():
            self._create_known(drafts, heads)
        else:
            self._set_orders(drafts, self.env["sale.order"].create(heads))
            self._create_lines(drafts)

    @api.model
    def _create_known(self, drafts, heads):
        """Create quotations with the amounts they must show."""
        Order = self.env["sale.order"]
        names = [*ORDER_AMOUNTS, "integration_state", *self._trusted("sale.order", ("invoice_status",))]
        known = KnownValues(("name",))
        platform = self.env["integration.backend"].browse(heads[0]["integration_backend_id"]).platform
        for draft, head in zip(drafts, heads, strict=True):
            facts = {
                "currency_id": draft.terms.currency_id,
                "currency_rate": draft.terms.rate,
                "integration_platform": platform,
            }
            known.add(head, facts)
            head.update(
                amount_untaxed=float(draft.untaxed),
                amount_tax=float(draft.total - draft.untaxed),
                amount_total=float(draft.total),
                integration_state=self._state(draft),
            )
            if "invoice_status" in names:
                head["invoice_status"] = "no"
        orders = Order.with_context(integration_known_orders=known).create(heads).with_env(self.env)
        self._set_orders(drafts, orders)
        fields = [Order._fields[name] for name in names]
        with self.env.protecting(fields, orders):
            for field in fields:
                self.env.remove_to_compute(field, orders)
            lines, line_names = self._create_known_lines(drafts)
            self.env.flush_all()
        self._check_sample([(orders, [*names, "currency_rate"]), (lines, line_names)])

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
        """Create the lines of new quotations with the amounts they must show; return them and the fields given."""
        Line = self.env["sale.order.line"]
        # stored only after creation by Odoo: whatever it computes for a quotation is this
        later = {
            "qty_invoiced": 0.0,
            "qty_to_invoice": 0.0,
            "invoice_status": "no",
            "untaxed_amount_invoiced": 0.0,
            "untaxed_amount_to_invoice": 0.0,
        }
        later = {name: later[name] for name in self._trusted("sale.order.line", later)}
        given = set(self._trusted("sale.order.line", (*LINE_AMOUNTS, "qty_delivered_method")))
        has_warehouse = bool(self._trusted("sale.order.line", ("warehouse_id",)))
        known = KnownValues(("order_id", "sequence"))
        constants = {**self._line_constants(), **later, "qty_delivered": 0.0}
        values = []
        for draft in drafts:
            constants["order_id"] = draft.order.id
            if has_warehouse:
                constants["warehouse_id"] = draft.head["warehouse_id"]
            related = {
                "company_id": draft.head["company_id"],
                "currency_id": draft.terms.currency_id,
                "order_partner_id": draft.parties["partner_id"],
                "salesman_id": draft.parties["user_id"],
                "state": draft.head["state"],
            }
            for line, shown, product_type in zip(draft.lines, draft.shown, draft.types, strict=True):
                vals = {**constants, **line}
                facts = self._line_facts(vals["product_uom_qty"], shown, product_type)
                known.add(vals, {**related, **{name: facts[name] for name in given}})
                values.append(vals)
        lines = Line.with_context(integration_known_lines=known).create(values).with_env(self.env)
        names = [*later, *(["warehouse_id"] if has_warehouse else [])]
        for name in names:
            self.env.remove_to_compute(Line._fields[name], lines)
        return lines, [*names, *given]

    @api.model
    def _line_facts(self, quantity, shown, product_type):
        subtotal, total = map(float, shown)
        return {
            "price_subtotal": subtotal,
            "price_total": total,
            "price_tax": total - subtotal,
            "price_reduce_taxexcl": subtotal / quantity if quantity else 0.0,
            "price_reduce_taxinc": total / quantity if quantity else 0.0,
            "qty_delivered_method": "stock_move" if product_type == "consu" else "manual",
        }

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
    def _state(self, draft):
        """Return what `integration_state` computes for the order of `draft`."""
        if draft.head["state"] == "cancel":
            return "ok"
        if draft.holds:
            return "held"
        return "attention" if any(line["integration_unknown_product"] for line in draft.lines) else "ok"

    @api.model
    def _next_names(self, count):
        """Return `count` order numbers of the company's sequence, in one query where the sequence allows it."""
        sequence = (
            self.env["ir.sequence"]
            .sudo()
            .search(
                [("code", "=", "sale.order"), ("company_id", "in", [self.env.company.id, False])],
                order="company_id",
                limit=1,
            )
        )
        if not sequence:
            return [self.env._("New")] * count
        return next_numbers(sequence, count)

    # === WHETHER KNOWN IS WHAT ODOO COMPUTES === #

    @api.model
    def _is_fast(self):
        """Whether amounts may be given to the creates: not switched off, and no other addon has a say in them."""
        parameter = self.env["ir.config_parameter"].sudo().get_param(FAST_PARAMETER, "True")
        return (
            str2bool(parameter, False)
            and len(self._trusted("sale.order", (*ORDER_AMOUNTS, "currency_id", "currency_rate")))
            == len(ORDER_AMOUNTS) + 2
            and len(self._trusted("sale.order.line", LINE_AMOUNTS)) == len(LINE_AMOUNTS)
            and all(
                self._defining_modules(model, method) <= TRUSTED_MODULES
                for model, methods in AMOUNT_METHODS.items()
                for method in methods
            )
        )

    @api.model
    def _trusted(self, model, names):
        """Return those of the fields `names` that are computed by known modules only."""
        fields = self.env[model]._fields
        return [name for name in names if self._defining_modules(model, fields[name].compute) <= TRUSTED_MODULES]

    @api.model
    def _defining_modules(self, model, method):
        return {cls._module for cls in type(self.env[model]).mro() if method in vars(cls)}

    @api.model
    def _check_sample(self, given):
        """Let Odoo compute a sample of new orders; on a difference it computes the whole page, and all later ones.

        :param given: (records, names of the fields whose values were given), orders first
        """
        orders = given[0][0]
        sample = orders.filtered(lambda order: order.id % SAMPLE == 0)
        if not sample:
            return
        lines, names = given[1]
        checked = [(sample, given[0][1]), (lines.filtered(lambda line: line.order_id in sample), names)]
        before = self._read(checked)
        self._recompute(checked)
        if before == self._read(checked):
            return
        _logger.warning(
            "Odoo computes other values than the import for %s: fast order creation is switched off "
            "(system parameter %s)",
            ", ".join(sample.mapped("name")),
            FAST_PARAMETER,
        )
        self.env["ir.config_parameter"].sudo().set_param(FAST_PARAMETER, "False")
        self._recompute(given)

    @api.model
    def _read(self, checked):
        """Return the values of (records, field names) as the database holds them."""
        self.env.flush_all()
        for records, names in checked:
            records.invalidate_recordset(names, flush=False)
        return [records.read(names, load=False) for records, names in checked]

    @api.model
    def _recompute(self, checked):
        for records, names in checked:
            for name in names:
                self.env.add_to_compute(records._fields[name], records)

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
