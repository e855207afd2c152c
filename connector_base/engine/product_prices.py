from odoo import api, fields, models

from ..canonical import UNSET
from ..transport.errors import DataError


class IntegrationProductPrices(models.AbstractModel):
    """Knows what products cost in a shop, as far as anybody has said so.

    What Odoo converts by the rate of the day is no price that anybody has set. And nothing is free because Odoo has no
    price of it: only a rule that fixes a price may fix it at 0.
    """

    _name = "integration.product.prices"
    _description = "Product Prices"

    @api.model
    def _computed(self, pricelist, currency, products):
        """Return {product id: (price of one unit in `currency`, id of the rule or False)} of those that have one."""
        found = pricelist._compute_price_rule(products, 1.0, currency=currency, date=fields.Datetime.now())
        rules = pricelist.item_ids.browse(filter(None, {rule_id for _price, rule_id in found.values()}))
        fixed = set(rules.filtered(lambda rule: rule.compute_price == "fixed").ids)
        return {
            product_id: (price, rule_id)
            for product_id, (price, rule_id) in found.items()
            if rule_id in fixed or not currency.is_zero(price)
        }

    @api.model
    def _stated(self, company, pricelist, currency, products):
        """Return {product id: price} in the shop's `currency`; without a pricelist, the sales price.

        None where the prices are in another currency. In one that is not the company's, only rules give a price.
        """
        own = company.currency_id
        if not currency or currency != (pricelist.currency_id or own):
            return None
        return {
            product_id: price
            for product_id, (price, rule_id) in self._computed(pricelist, currency, products).items()
            if rule_id or currency == own
        }

    @api.model
    def _lack(self, backend, planned):
        """Return the DataError of a `Planned` product with variants to be created that have no price, else None.

        A shop would give them away.
        """
        if "prices" not in backend._adapter()._product_parts():
            return None
        pairs = zip(planned.document.variants, planned.variant_ids, strict=True)
        lacking = [variant_id for variant, variant_id in pairs if not variant.external_id and variant.price is UNSET]
        if not lacking:
            return None
        currency = planned.document.currency
        if currency == backend.company_id.currency_id.name:
            remedy = self.env._(
                "Enter a sales price. What is free needs a rule with a fixed price of 0 in the channel's pricelist."
            )
        else:
            remedy = self.env._(
                "Set its price in a pricelist in the shop's currency, and choose that pricelist on the sales channel."
            )
        return DataError(
            self.env._(
                "“%(product)s” has no price in %(currency)s.",
                product=", ".join(self.env["product.product"].browse(lacking).mapped("display_name")),
                currency=currency or self.env._("the shop's currency, which is unknown"),
            ),
            remedy=remedy,
        )
