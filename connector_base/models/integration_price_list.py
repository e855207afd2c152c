from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class IntegrationPriceList(models.Model):
    """A price list of a sales channel, for a market or some customers, and the pricelist that gives its prices."""

    _name = "integration.price.list"
    _description = "Sales Channel Price List"
    _inherit = "integration.binding"
    _rec_name = "name"
    _order = "backend_id, name, id"

    _resource = "price_list"

    name = fields.Char(required=True, readonly=True)
    active = fields.Boolean(default=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
        help="Products for which it has a rule cost here what it says; the others what they cost elsewhere. "
        "In another currency its prices are converted.",
    )
    compare_pricelist_id = fields.Many2one(
        "product.pricelist",
        "Before Reduction",
        check_company=True,
        ondelete="set null",
        help="Its prices are shown as those before the reduction, where they are higher.",
    )
    item_ids = fields.One2many("integration.price.list.item", "price_list_id", "Prices Sent", readonly=True)
    item_count = fields.Integer("Prices", compute="_compute_item_count")

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This price list is known already on this sales channel."
    )

    @api.depends("item_ids")
    def _compute_item_count(self):
        counts = dict(
            self.env["integration.price.list.item"]._read_group(
                [("price_list_id", "in", self.ids)], ["price_list_id"], ["__count"]
            )
        )
        for price_list in self:
            price_list.item_count = counts.get(price_list, 0)

    @api.constrains("pricelist_id", "compare_pricelist_id")
    def _check_compare(self):
        if any(one.pricelist_id and one.pricelist_id == one.compare_pricelist_id for one in self):
            raise ValidationError(self.env._("Prices before and after the reduction can't be of one pricelist."))

    def write(self, vals):
        """Another pricelist gives other prices."""
        result = super().write(vals)
        if {"pricelist_id", "compare_pricelist_id", "active"} & vals.keys():
            self.backend_id._note_all_prices()
        return result


class IntegrationPriceListItem(models.Model):
    """What a variant costs in a price list of the platform, as it was told last."""

    _name = "integration.price.list.item"
    _description = "Price Sent"
    _order = "price_list_id, variant_binding_id"
    _rec_name = "variant_binding_id"

    price_list_id = fields.Many2one(
        "integration.price.list", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="price_list_id.company_id")
    currency_id = fields.Many2one(related="price_list_id.currency_id")
    variant_binding_id = fields.Many2one(
        "integration.binding.variant",
        "Variant on the Channel",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    product_id = fields.Many2one(related="variant_binding_id.odoo_id")
    amount = fields.Monetary("Price", readonly=True)
    compare_at_amount = fields.Monetary("Before Reduction", readonly=True)
    pushed_at = fields.Datetime("Sent", readonly=True)

    _list_variant_uniq = models.Constraint(
        "UNIQUE(price_list_id, variant_binding_id)", "A price list has one price per variant."
    )


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    price_list_ids = fields.One2many(
        "integration.price.list",
        "backend_id",
        "Price Lists",
        copy=False,
        groups="connector_base.group_integration_user",
    )

    def write(self, vals):
        """Whoever begins to send prices sends them all."""
        result = super().write(vals)
        if vals.get("export_prices"):
            self._note_all_prices()
        return result

    def _note_all_prices(self):
        """Mark all variants of these channels, so that what differs is sent."""
        self.env["integration.price.exporter"]._note(SQL("b.backend_id = ANY(%s)", self.ids))

    def action_refresh_price_lists(self):
        """Read which price lists the platform has."""
        self.ensure_one()
        self.check_access("write")
        with self._user_errors():
            lists = self._adapter()._fetch_price_lists(self)
        others = set(self.scope_ids.mapped("external_id")) - set(self._connected_scopes().mapped("external_id"))
        found = {one.external_id: one for one in lists if one.scope_external_id not in others}
        lists = self.env["integration.price.list"].with_context(active_test=False)
        known = lists.search([("backend_id", "=", self.id)])
        currencies = self.env["integration.payment.importer"]._currencies({one.currency for one in found.values()})
        for price_list in known:
            stated = found.pop(price_list.external_id, None)
            if not stated:
                price_list.active = False
            else:
                price_list.write({"name": stated.name, "active": True, "currency_id": currencies[stated.currency].id})
        lists.create(
            [
                {
                    "backend_id": self.id,
                    "external_id": one.external_id,
                    "name": one.name,
                    "currency_id": currencies[one.currency].id,
                }
                for one in found.values()
            ]
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _cron_price_list_dates(self):
        """Once a day: rules of pricelists begin and end."""
        self.search([("export_prices", "=", True), ("state", "=", "connected")])._note_all_prices()
