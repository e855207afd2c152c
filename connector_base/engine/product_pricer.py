from odoo import api, models
from odoo.tools import float_compare

from ..canonical import UNSET
from .product_page import lowest_price, split_prices


class IntegrationProductPricer(models.AbstractModel):
    """Makes Odoo's prices be those of the platform.

    In the channel's pricelist, if it has one in the currency: as fixed rules per variant, and only where the pricelist
    gives another price so far. Else, in the company's currency: as price of the product and extra prices of attribute
    values. What a pricelist computes from the product's price is never written back as the product's price: it would be
    computed from again.

    For prices in another currency a channel without a pricelist gets one of its own. What that has no rule for has no
    price in Odoo but the one by the rate of the day: it gets the platform's, whoever decides about prices.
    """

    _name = "integration.product.pricer"
    _description = "Product Pricer"

    @api.model
    def _apply(self, backend, entries):
        own, ruled = backend.company_id.currency_id, []
        priced = [entry for entry in entries if lowest_price(entry.document) is not None]
        foreign = {entry.document.currency for entry in priced} - {"", own.name}
        if foreign and not backend.pricelist_id:
            self._make_pricelist(backend, min(foreign))
        pricelist = backend.pricelist_id
        for entry in priced:
            currency, decided = entry.document.currency or own.name, "price" in entry.applied
            if pricelist and pricelist.currency_id.name == currency:
                if decided or currency != own.name:
                    ruled.append(entry)
            elif not pricelist and currency == own.name:
                if decided:
                    self._set_list_prices(entry)
            elif decided:
                entry.notes.append(
                    self.env._(
                        "Its prices are in %(currency)s: choose a pricelist in this currency on the sales channel to "
                        "have them in Odoo.",
                        currency=currency,
                    )
                )
        if ruled:
            self._set_rules(pricelist, ruled, own)
        self._set_compare_prices([entry for entry in entries if "compare_at_price" in entry.applied], own)

    @api.model
    def _make_pricelist(self, backend, code):
        """Give the channel a pricelist in the currency `code`, if Odoo knows that."""
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)], limit=1)
        if not currency:
            return
        currency.active = True
        # a high sequence: it must not become the default pricelist of customers
        backend.pricelist_id = self.env["product.pricelist"].create(
            {
                "name": f"{backend.name} ({currency.name})",
                "currency_id": currency.id,
                "company_id": backend.company_id.id,
                "sequence": 999,
            }
        )

    @api.model
    def _stated(self, entry):
        """Return [(Odoo variant, price)] of those with a price."""
        return [
            (product, variant.price)
            for product, variant in zip(entry.variants, entry.document.variants, strict=True)
            if variant.price is not UNSET
        ]

    @api.model
    def _is_equal(self, price, other):
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return not float_compare(float(price), float(other), precision_digits=digits)

    @api.model
    def _set_list_prices(self, entry):
        stated = self._stated(entry)
        if all(self._is_equal(product.lst_price, price) for product, price in stated):
            return
        values = {product: product.product_template_attribute_value_ids for product, _price in stated}
        found = split_prices(
            [({v.attribute_line_id.id: v.id for v in values[product]}, price) for product, price in stated]
        )
        if not found:
            entry.notes.append(
                self.env._(
                    "The prices of its variants are no sum of prices of attribute values: the product has the lowest "
                    "one. Choose a pricelist on the sales channel to have all of them."
                )
            )
        base, extras = found or (lowest_price(entry.document), {})
        if not self._is_equal(entry.template.list_price, base):
            entry.template.list_price = float(base)
        for value in self.env["product.template.attribute.value"].union(*values.values()):
            extra = extras.get((value.attribute_line_id.id, value.id), 0)
            if not self._is_equal(value.price_extra, extra):
                value.price_extra = float(extra)

    @api.model
    def _set_rules(self, pricelist, entries, own):
        stated = {product: price for entry in entries for product, price in self._stated(entry)}
        decided = {product for entry in entries if "price" in entry.applied for product in entry.variants}
        products = self.env["product.product"].union(*stated)
        now = pricelist._compute_price_rule(products, 1.0)
        converted = {product for product in products if pricelist.currency_id != own and not now[product.id][1]}
        differing = [
            product
            for product in stated
            if product in converted or (product in decided and not self._is_equal(now[product.id][0], stated[product]))
        ]
        if not differing:
            return
        items = self.env["product.pricelist.item"].search(
            [
                ("pricelist_id", "=", pricelist.id),
                ("product_id", "in", [product.id for product in differing]),
                ("applied_on", "=", "0_product_variant"),
                ("compute_price", "=", "fixed"),
                ("min_quantity", "<=", 1),
                ("date_start", "=", False),
                ("date_end", "=", False),
            ]
        )
        rules = {item.product_id: item for item in items}
        new = []
        for product in differing:
            if product in rules:
                rules[product].fixed_price = float(stated[product])
            else:
                new.append(
                    {
                        "pricelist_id": pricelist.id,
                        "product_tmpl_id": product.product_tmpl_id.id,
                        "product_id": product.id,
                        "applied_on": "0_product_variant",
                        "compute_price": "fixed",
                        "fixed_price": float(stated[product]),
                    }
                )
        self.env["product.pricelist.item"].create(new)

    @api.model
    def _set_compare_prices(self, entries, own):
        """Where Odoo has a field for it: the price before a reduction, one per product, the highest stated."""
        if "compare_list_price" not in self.env["product.template"]._fields:
            return
        for entry in entries:
            stated = [v.compare_at_price for v in entry.document.variants if v.compare_at_price is not UNSET]
            if stated and entry.document.currency in ("", own.name):
                price = max((price for price in stated if price), default=0)
                if not self._is_equal(entry.template.compare_list_price, price):
                    entry.template.compare_list_price = float(price)
