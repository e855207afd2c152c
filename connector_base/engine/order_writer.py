from odoo import api, models
from odoo.tools import SQL


class IntegrationOrderWriter(models.AbstractModel):
    """Writes drafts of orders: all heads in one create, all lines in another."""

    _name = "integration.order.writer"
    _description = "Order Writer"

    @api.model
    def _create(self, drafts):
        """Create the orders of `drafts` and set their `order`."""
        if not drafts:
            return
        names = self._next_names(drafts[0].head["company_id"], len(drafts))
        heads = []
        for draft, name in zip(drafts, names, strict=True):
            heads.append({**draft.head, **draft.parties, **draft.mirror, **self._hold_values(draft), "name": name})
        orders = self.env["sale.order"].create(heads)
        for draft, order in zip(drafts, orders, strict=True):
            draft.order = order
        self._create_lines(drafts)

    @api.model
    def _create_lines(self, drafts):
        constants = self._line_constants()
        self.env["sale.order.line"].with_context(sale_no_log_for_new_lines=True).create(
            [{**constants, **line, "order_id": draft.order.id} for draft in drafts for line in draft.lines]
        )

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
    def _next_names(self, company_id, count):
        """Return `count` order numbers of the company's sequence, in one query where the sequence allows it."""
        Sequence = self.env["ir.sequence"].sudo().with_company(company_id)
        sequence = Sequence.search(
            [("code", "=", "sale.order"), ("company_id", "in", [company_id, False])], order="company_id", limit=1
        )
        if not sequence or sequence.implementation != "standard" or sequence.use_date_range:
            return [Sequence.next_by_code("sale.order") or self.env._("New") for _number in range(count)]
        # as `ir.sequence` does for one number
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{sequence.id:03d}", count)
        )
        return [sequence.get_next_char(number) for (number,) in rows]

    @api.model
    def _check_amounts(self, drafts):
        """Compare what Odoo has stored with the drafts, in one query; an order that differs is held."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT o.id, o.amount_untaxed, o.amount_total,
                          array_agg(l.price_subtotal ORDER BY l.sequence), array_agg(l.price_total ORDER BY l.sequence)
                     FROM sale_order o LEFT JOIN sale_order_line l ON l.order_id = o.id AND l.integration_kind IS NOT NULL
                    WHERE o.id = ANY(%s) GROUP BY o.id""",
                [draft.order.id for draft in drafts],
            )
        )
        found = {order_id: figures for order_id, *figures in rows}
        for draft in drafts:
            untaxed, total, subtotals, totals = found[draft.order.id]
            lines = list(zip(subtotals, totals, strict=True)) if draft.lines else []
            if (untaxed, total) == (draft.untaxed, draft.total) and lines == draft.shown:
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
