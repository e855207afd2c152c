"""Marks articles whose stock may have changed: what was touched is collected, and marked in one statement."""

from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

QUANT_FIELDS = frozenset({"quantity", "reserved_quantity", "location_id", "product_id"})
MOVE_FIELDS = frozenset(
    {"state", "product_uom_qty", "product_uom", "product_id", "location_id", "location_dest_id", "location_final_id"}
)
LINE_FIELDS = frozenset({"product_uom_qty", "product_uom_id", "product_id"})
ORDER_FIELDS = frozenset({"state", "warehouse_id", "integration_fulfillment_status", "integration_cancelled_at"})
PRECOMMIT_KEY = "integration_stock"


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _integration_stock_touched(self):
        """Let the sales channels that sell these articles hear of their stock; what is told is found out later.

        Where no channel is told of stock, nothing is done. Work on behalf of one backend (context
        `integration_from_backend`) tells all others, and itself where what its platform was known to have is no longer
        so, nobody tells of it, and it isn't noted by who does this (context `integration_stock_noted`).
        """
        if not self or not self.env["integration.backend"]._any_sends_stock():
            return
        hooks = self.env.cr.precommit
        if PRECOMMIT_KEY not in hooks.data:
            touched = hooks.data[PRECOMMIT_KEY] = defaultdict(set)
            changes = self.env(su=True)["integration.change"]
            hooks.add(lambda: changes._note_articles(touched))
        context = self.env.context
        origin = context.get("integration_from_backend") or 0, bool(context.get("integration_stock_noted"))
        hooks.data[PRECOMMIT_KEY][origin].update(self._ids)


class IntegrationChange(models.Model):
    _inherit = "integration.change"

    @api.model
    def _note_articles(self, touched):
        """Mark the variants on sales channels of articles, those whose stock follows from theirs too.

        :param dict touched: {(backend id on whose behalf they were touched or 0, whether it knows): product ids}
        """
        products, origins, knowing = [], [], []
        for (origin, noted), product_ids in touched.items():
            found = self._affected_articles(product_ids)
            products += found
            origins += [origin] * len(found)
            hears = bool(origin) and self.env["integration.backend"].browse(origin)._hears_of_stock()
            knowing += [noted or hears] * len(found)
        self._note(
            "stock",
            SQL(
                """
                SELECT b.backend_id, b.id
                  FROM unnest(%s::int[], %s::int[], %s::bool[]) AS touched(product_id, origin_id, knows)
                  JOIN integration_binding_variant b ON b.odoo_id = touched.product_id
                  JOIN integration_backend s ON s.id = b.backend_id
                 WHERE s.export_stock AND s.active AND s.state IN ('connected', 'error')
                   AND (s.id <> touched.origin_id
                        OR NOT touched.knows
                           AND EXISTS (SELECT 1 FROM integration_stock_level l WHERE l.binding_id = b.id AND l.known))
                """,
                products,
                origins,
                knowing,
            ),
        )

    @api.model
    def _affected_articles(self, product_ids):
        """Return the ids of the articles whose stock depends on that of `product_ids`."""
        return list(product_ids)


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        quants.product_id._integration_stock_touched()
        return quants

    def write(self, vals):
        result = super().write(vals)
        if not QUANT_FIELDS.isdisjoint(vals):
            self.product_id._integration_stock_touched()
        return result

    def unlink(self):
        self.product_id._integration_stock_touched()
        return super().unlink()


class StockMove(models.Model):
    """Moves that are planned count for the forecast, and for what orders wait for."""

    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves.product_id._integration_stock_touched()
        return moves

    def write(self, vals):
        result = super().write(vals)
        if not MOVE_FIELDS.isdisjoint(vals):
            self.product_id._integration_stock_touched()
        return result

    def unlink(self):
        self.product_id._integration_stock_touched()
        return super().unlink()


class SaleOrderLine(models.Model):
    """Quotations of imported orders hold what they sell."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._integration_hold_stock()
        return lines

    def write(self, vals):
        due = not LINE_FIELDS.isdisjoint(vals)
        if due:
            self._integration_hold_stock()  # what they sold before is free again
        result = super().write(vals)
        if due:
            self._integration_hold_stock()
        return result

    def unlink(self):
        self._integration_hold_stock()
        return super().unlink()

    def _integration_hold_stock(self):
        if self.env["integration.backend"]._any_sends_stock():
            self.filtered("order_id.integration_backend_id").product_id._integration_stock_touched()


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        result = super().write(vals)
        if not ORDER_FIELDS.isdisjoint(vals):
            self.order_line._integration_hold_stock()
        return result
