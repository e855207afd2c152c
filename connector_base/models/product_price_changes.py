"""Prices of pricelists: what changes in a rule, or by the clock, is marked for the channels whose prices it makes."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._integration_note_prices()
        return items

    def write(self, vals):
        # both what the rules were for and what they are for now
        self._integration_note_prices()
        result = super().write(vals)
        self._integration_note_prices()
        return result

    def unlink(self):
        self._integration_note_prices()
        return super().unlink()

    def _integration_note_prices(self):
        """Mark the products whose prices these rules make, on the channels that use their pricelists."""
        exporter = self.env["integration.product.exporter"]
        backend_ids = exporter._listeners()
        if not (self and backend_ids):
            return
        for backend in self.env["integration.backend"].sudo().browse(backend_ids):
            used = backend._product_pricelists()
            items = self.filtered(lambda item, used=used: item.pricelist_id in used)
            if items:
                self.env["integration.change"]._note("product", items._integration_rows(backend))

    def _integration_rows(self, backend):
        """Return SQL of (backend id, product binding id) of the products of `backend` that these rules are for."""
        bound = SQL(
            "SELECT b.backend_id, b.id FROM integration_binding_product b"
            " JOIN product_template t ON t.id = b.odoo_id WHERE b.backend_id = %s",
            backend.id,
        )
        if any(item.applied_on == "3_global" for item in self):
            return bound
        categories = self.filtered(lambda item: item.applied_on == "2_product_category").categ_id
        below = self.env["product.category"].search([("id", "child_of", categories.ids)]) if categories else categories
        products = self.filtered(lambda item: item.applied_on == "1_product").product_tmpl_id
        variants = self.filtered(lambda item: item.applied_on == "0_product_variant").product_id
        return SQL(
            "%s AND (t.categ_id = ANY(%s) OR t.id = ANY(%s))",
            bound,
            below.ids,
            (products | variants.product_tmpl_id).ids,
        )


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    prices_checked_at = fields.Datetime(
        readonly=True, copy=False, help="Up to when beginnings and ends of pricelist rules were looked at."
    )

    def _product_pricelists(self):
        """Return the pricelists that make the prices sent, and those they are based on."""
        self.ensure_one()
        found = self.pricelist_id
        if self.compare_at == "pricelist":
            found |= self.compare_at_pricelist_id
        fresh = found
        while fresh:
            rules = self.env["product.pricelist.item"].search_fetch(
                [("pricelist_id", "in", fresh.ids), ("base", "=", "pricelist")], ["base_pricelist_id"]
            )
            fresh = rules.base_pricelist_id - found
            found |= fresh
        return found

    @api.model
    def _cron_price_dates(self):
        """Mark products whose rules have begun or ended since the last time."""
        now = fields.Datetime.now()
        for backend in self.browse(self._product_exporters()):
            pricelists = backend._product_pricelists()
            if not pricelists:
                continue
            since = backend.prices_checked_at or backend.create_date
            passed = Domain.OR(
                Domain(name, ">", since) & Domain(name, "<=", now) for name in ("date_start", "date_end")
            )
            rules = self.env["product.pricelist.item"].search(Domain("pricelist_id", "in", pricelists.ids) & passed)
            if rules:
                self.env["integration.change"]._note("product", rules._integration_rows(backend))
                backend.prices_checked_at = now
