import operator as operators
from collections import Counter

from odoo import fields, models
from odoo.fields import Domain

COMPARISONS = {
    "in": lambda count, values: count in values,
    "not in": lambda count, values: count not in values,
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}
PLACED = Domain("integration_backend_id", "!=", False) & Domain("state", "!=", "cancel")


class ResPartner(models.Model):
    _inherit = "res.partner"

    integration_order_count = fields.Integer(
        string="Channel Orders",
        compute="_compute_integration_order_count",
        search="_search_integration_order_count",
        groups="sales_team.group_sale_salesman",
        help="Orders of this customer and its contacts on sales channels, without cancelled ones.",
    )

    def _compute_integration_order_count(self):
        family = self.with_context(active_test=False).search_fetch([("id", "child_of", self.ids)], ["parent_id"])
        counts = self._integration_order_counts(Domain("partner_id", "in", family.ids))
        for partner in self:
            partner.integration_order_count = counts[partner.id]

    def _search_integration_order_count(self, operator, value):
        if operator not in COMPARISONS:
            return NotImplemented
        compare = COMPARISONS[operator]
        counts = self._integration_order_counts(Domain.TRUE)
        wanted = [partner_id for partner_id, count in counts.items() if compare(count, value)]
        if compare(0, value):  # who has none is in no count
            return Domain("id", "not in", list(counts.keys() - set(wanted)))
        return Domain("id", "in", wanted)

    def _integration_order_counts(self, domain):
        """Return {partner id: orders of it and its contacts on sales channels} of the orders in `domain`."""
        counts = Counter()
        for partner, count in self.env["sale.order"]._read_group(PLACED & domain, ["partner_id"], ["__count"]):
            while partner:
                counts[partner.id] += count
                partner = partner.parent_id  # noqa: PLW2901
        return counts

    def action_integration_orders(self):
        """Open the customer's orders on sales channels, channel by channel."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("connector_base.sale_order_action")
        family = self.with_context(active_test=False).search([("id", "child_of", self.ids)])
        action["domain"] = list(PLACED & Domain("partner_id", "in", family.ids))
        action["context"] = {"create": False, "group_by": "integration_backend_id"}
        return action
