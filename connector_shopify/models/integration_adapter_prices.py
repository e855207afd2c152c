from odoo import models

from odoo.addons.connector_base.canonical import ListedPriceResult, PriceList
from odoo.addons.connector_base.transport import DataError

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
        for start in range(0, len(prices), const.PRICES_BATCH):
            yield from self._shopify_push_prices(client, price_list, prices[start : start + const.PRICES_BATCH])

    def _shopify_push_prices(self, client, price_list, prices):
        """Send these prices together; when they are refused, each half on its own, so that only the bad ones fail."""
        priced = [price_input(price, price_list.currency) for price in prices if price.amount is not None]
        removed = [variant_gid(price) for price in prices if price.amount is None]
        try:
            client.price_list_set(f"gid://shopify/PriceList/{price_list.external_id}", priced, removed)
        except DataError as error:
            if len(prices) == 1:
                error.remedy = const.PRICE_REMEDIES.get(error.code, error.remedy)
                yield ListedPriceResult(price=prices[0], error=error)
                return
            middle = len(prices) // 2
            yield from self._shopify_push_prices(client, price_list, prices[:middle])
            yield from self._shopify_push_prices(client, price_list, prices[middle:])
            return
        yield from (ListedPriceResult(price=price) for price in prices)
