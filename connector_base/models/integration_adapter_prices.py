from odoo import models


class IntegrationAdapter(models.AbstractModel):
    """The port for price lists of markets and groups of customers. Capability `prices_out`."""

    _inherit = "integration.adapter"

    def _fetch_price_lists(self, backend):
        """Return all `PriceList`s of the platform."""
        raise NotImplementedError()

    def _price_batch(self):
        """Return how many prices one call may set."""
        raise NotImplementedError()

    def _push_prices(self, backend, price_list, prices):
        """Set prices of one list, in as few calls as possible; yield a `ListedPriceResult` per price.

        Prices that aren't named stay. Errors as in `_push_products`.

        :param PriceList price_list: the list they are for
        :param list prices: of `ListedPrice`
        """
        raise NotImplementedError()
