from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..canonical import ListedPrice, PriceList


class IntegrationPriceExporter(models.AbstractModel):
    """Keeps the price lists of a platform as Odoo's pricelists have them: what differs from what was sent is sent."""

    _name = "integration.price.exporter"
    _description = "Price Exporter"

    # === WHAT CHANGED === #

    @api.model
    def _note(self, condition):
        """Mark the variants of channels that send prices for which `condition` holds.

        :param SQL condition: on b (variant binding), p (product.product) and l (price list)
        """
        for model in (
            "integration.binding.variant",
            "integration.price.list",
            "integration.backend",
            "product.product",
        ):
            self.env[model].flush_model()
        self.env["integration.change"].sudo()._note(
            "price",
            SQL(
                "SELECT b.backend_id, b.id FROM integration_binding_variant b"
                " JOIN product_product p ON p.id = b.odoo_id"
                " JOIN integration_backend c ON c.id = b.backend_id AND c.export_prices AND c.active"
                " JOIN integration_price_list l ON l.backend_id = c.id"
                " WHERE b.external_id IS NOT NULL AND (%s)",
                condition,
            ),
        )

    @api.model
    def _note_products(self, products):
        """Mark variants whose own price or cost changed: any rule may build on it."""
        if products and self._is_used():
            self._note(SQL("p.id = ANY(%s)", products.ids))

    @api.model
    def _note_pricelists(self, pricelists):
        """Mark what pricelists, and those that build on them, give prices for."""
        if not pricelists or not self._is_used():
            return
        items = self.env["product.pricelist.item"].sudo()
        found = pricelists
        while found:
            found = items.search([("base_pricelist_id", "in", found.ids)]).pricelist_id - pricelists
            pricelists |= found
        self._note(SQL("l.pricelist_id = ANY(%(ids)s) OR l.compare_pricelist_id = ANY(%(ids)s)", ids=pricelists.ids))

    @api.model
    def _is_used(self):
        return bool(self.env["integration.backend"].sudo().search_count([("export_prices", "=", True)], limit=1))

    # === WHAT IS SENT === #

    @api.model
    def _wanted(self, price_list, bindings):
        """Return {variant binding: `ListedPrice`} of what the list shall say; no amount where no rule applies."""
        bindings = bindings.with_company(price_list.company_id)
        price_list = price_list.with_env(bindings.env)
        prices = self._prices(price_list.pricelist_id, price_list.currency_id, bindings.odoo_id)
        before = self._prices(price_list.compare_pricelist_id, price_list.currency_id, bindings.odoo_id)
        wanted = {}
        for binding in bindings:
            amount, compare_at = prices.get(binding.odoo_id.id), before.get(binding.odoo_id.id)
            wanted[binding] = ListedPrice(
                variant_external_id=binding.external_id,
                amount=amount,
                compare_at_amount=compare_at if amount is not None and compare_at and compare_at > amount else None,
            )
        return wanted

    @api.model
    def _prices(self, pricelist, currency, products):
        """Return {product id: exact price in `currency`} of those for which the pricelist has a rule."""
        if not pricelist:
            return {}
        found = self.env["integration.product.prices"]._computed(pricelist, currency, products)
        places = currency.decimal_places
        return {
            product_id: Decimal(f"{currency.round(price):.{places}f}")
            for product_id, (price, rule_id) in found.items()
            if rule_id
        }

    @api.model
    def _differing(self, price_list, bindings):
        """Return {variant binding: `ListedPrice`} of what differs from what was sent last."""
        items = self.env["integration.price.list.item"].search_fetch(
            [("price_list_id", "=", price_list.id), ("variant_binding_id", "in", bindings.ids)],
            ["variant_binding_id", "amount", "compare_at_amount"],
        )
        sent = {item.variant_binding_id: item for item in items}
        currency, differing = price_list.currency_id, {}
        for binding, price in self._wanted(price_list, bindings).items():
            item = sent.get(binding)
            if price.amount is None:
                if item:
                    differing[binding] = price
                continue
            pairs = ((price.amount, item and item.amount), (price.compare_at_amount, item and item.compare_at_amount))
            if not item or any(currency.compare_amounts(float(new or 0), old) for new, old in pairs):
                differing[binding] = price
        return differing

    @api.model
    def _note_sent(self, price_list, prices):
        """Remember what the platform was told.

        :param dict prices: {variant binding: `ListedPrice`}
        """
        Item = self.env["integration.price.list.item"]
        bindings = Item.variant_binding_id.browse([binding.id for binding in prices])
        known = Item.search([("price_list_id", "=", price_list.id), ("variant_binding_id", "in", bindings.ids)])
        known.filtered(lambda item: prices[item.variant_binding_id].amount is None).unlink()
        known = {item.variant_binding_id: item for item in known.exists()}
        now, new = fields.Datetime.now(), []
        for binding, price in prices.items():
            if price.amount is None:
                continue
            values = {
                "amount": float(price.amount),
                "compare_at_amount": float(price.compare_at_amount or 0),
                "pushed_at": now,
            }
            if item := known.get(binding):
                item.write(values)
            else:
                new.append({"price_list_id": price_list.id, "variant_binding_id": binding.id, **values})
        Item.create(new)

    @api.model
    def _document(self, price_list):
        return PriceList(external_id=price_list.external_id, name=price_list.name, currency=price_list.currency_id.name)
