"""How a page of deliveries is launched (`integration.delivery.launcher`): only under its context key."""

from collections import Counter

from odoo import api, models

from ..engine.sequence_numbers import next_numbers

ORIGIN_NOTE = "mail.message_origin_link"


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _read_group(self, *args, **kwargs):
        """Ask the same question about rules once for a page: Odoo asks for every line."""
        page = self.env.context.get("integration_launch")
        if not page:
            return super()._read_group(*args, **kwargs)
        key = repr((self.env.uid, self.env.su, self.env.companies.ids, args, sorted(kwargs.items())))
        if key not in page.rules:
            page.rules[key] = super()._read_group(*args, **kwargs)
        return page.rules[key]


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        """Make the transfers of all orders in one create; what may join an existing one is left to Odoo."""
        if self.env.context.get("integration_launch"):
            self._integration_assign_pickings()
        return super()._action_confirm(merge=merge, merge_into=merge_into, create_proc=create_proc)

    def _integration_assign_pickings(self):
        """Give new transfers to those moves for which Odoo would make one, in Odoo's order."""
        moves = self.filtered(lambda move: move._integration_needs_picking())
        if not moves:
            return
        shared = self.search([("reference_ids", "in", moves.reference_ids.ids), ("picking_id", "!=", False)])
        moves = moves.filtered(lambda move: not move.reference_ids & shared.reference_ids)
        groups = list(moves.grouped(lambda move: move._key_assign_picking()).values())
        # Odoo searches by less than it groups by: of groups that are one to the search, the second joins the first
        searched = Counter(group[0]._integration_picking_search() for group in groups)
        groups = [group for group in groups if searched[group[0]._integration_picking_search()] == 1]
        values = [group._get_new_picking_values() for group in groups]
        self.env["stock.picking"]._integration_name(values)
        for group, picking in zip(groups, self.env["stock.picking"].create(values), strict=True):
            group.write({"picking_id": picking.id})
            group._assign_picking_post_process(new=True)

    def _integration_needs_picking(self):
        """Whether the move is a plain delivery from stock without a transfer; Odoo does the others after it."""
        return (
            self.state == "draft"
            and self.procure_method == "make_to_stock"
            and self.rule_id.procure_method == "make_to_stock"
            and not self.move_orig_ids
            and self.reference_ids
            and self._should_be_assigned()
            and self.product_uom.compare(self.product_uom_qty, 0.0) > 0
        )

    def _integration_picking_search(self):
        """Return what Odoo searches a transfer by."""
        return self.reference_ids, self.location_id, self.location_dest_id, self.picking_type_id

    def _trigger_scheduler(self):
        """Look for no reordering rules where the launch has seen that there are none."""
        if self.env.context.get("integration_no_reordering"):
            return None
        return super()._trigger_scheduler()


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def message_post_with_source(self, source_ref, **kwargs):
        """Leave out where a transfer came from: its source document says so."""
        if self.env.context.get("integration_launch") and source_ref == ORIGIN_NOTE:
            return self.env["mail.message"]
        return super().message_post_with_source(source_ref, **kwargs)

    def action_confirm(self):
        """Wait for the end of the page, where all its transfers are confirmed together."""
        page = self.env.context.get("integration_launch")
        if not page:
            return super().action_confirm()
        page.picking_ids += self.ids
        return True

    @api.model
    def _integration_name(self, vals_list):
        """Name new transfers, taking the numbers of each operation type in one query."""
        by_type = {}
        for values in vals_list:
            by_type.setdefault(values["picking_type_id"], []).append(values)
        for type_id, of_type in by_type.items():
            sequence = self.env["stock.picking.type"].browse(type_id).sudo().sequence_id
            if sequence:
                for values, name in zip(of_type, next_numbers(sequence, len(of_type)), strict=True):
                    values["name"] = name
