from odoo import api, models
from odoo.tools import float_compare

from ..canonical import UNSET
from .product_page import lowest_price, split_prices


class IntegrationProductPricer(models.AbstractModel):
    """Makes Odoo's prices be those of the platform.

    In the channel's pricelist, if it has one in the currency: as fixed rules per variant, and only where the pricelist
    gives another price so far. Else, in the company's currency: as price of the product and extra prices of attribute
    values. Prices in any other currency change no price of Odoo. What a pricelist computes from the product's price is
    never written back as the product's price: it would be computed from again.
    """

    _name = "integration.product.pricer"
    _description = "Product Pricer"

    @api.model
    def _apply(self, backend, entries):
        own, pricelist = backend.company_id.currency_id, backend.pricelist_id
        ruled = []
        for entry in entries:
            document = entry.document
            if "price" not in entry.applied or lowest_price(document) is None:
                continue
            currency = document.currency or own.name
            if pricelist and pricelist.currency_id.name == currency:
                ruled.append(entry)
            elif not pricelist and currency == own.name:
                self._set_list_prices(entry)
            else:
                entry.notes.append(
                    self.env._(
                        "Its prices are in %(currency)s: choose a pricelist in this currency on the sales channel to "
                        "have them in Odoo.",
                        currency=currency,
                    )
                )
        if ruled:
            self._set_rules(pricelist, ruled)
        self._set_compare_prices([entry for entry in entries if "compare_at_price" in entry.applied], own)

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
    def _set_rules(self, pricelist, entries):
        stated = {product: price for entry in entries for product, price in self._stated(entry)}
        products = self.env["product.product"].union(*stated)
        now = pricelist._get_products_price(products, 1.0)
        differing = [product for product in stated if not self._is_equal(now[product.id], stated[product])]
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
