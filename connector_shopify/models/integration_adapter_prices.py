from odoo import models

from odoo.addons.connector_base.canonical import ListedPriceResult, PriceList
from odoo.addons.connector_base.transport import send_in_halves

from .. import const
from ..renderer_price import price_input, variant_gid


class IntegrationAdapterShopify(models.AbstractModel):
    """Price lists of markets and companies."""

    _inherit = "integration.adapter.shopify"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"prices_out"}

    def _fetch_price_lists(self, backend):
        """Override of `connector_base`."""
        return [
            PriceList(external_id=node["id"].rpartition("/")[2], name=node["name"], currency=node["currency"])
            for node in backend._shopify_client().price_lists()
        ]

    def _price_batch(self):
        """Override of `connector_base`."""
        return const.PRICES_BATCH

    def _push_prices(self, backend, price_list, prices):
        """Override of `connector_base`: a call is done as a whole or not at all."""
        client = backend._shopify_client()

        def send(some):
            priced = [price_input(price, price_list.currency) for price in some if price.amount is not None]
            removed = [variant_gid(price) for price in some if price.amount is None]
            client.price_list_set(f"gid://shopify/PriceList/{price_list.external_id}", priced, removed)

        for price, error in send_in_halves(prices, send, const.PRICES_BATCH):
            if error:
                error.remedy = const.PRICE_REMEDIES.get(error.code, error.remedy)
            yield ListedPriceResult(price=price, error=error)
