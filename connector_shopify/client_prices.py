"""Price lists of markets and companies. No Odoo import."""


class PriceCalls:
    """Part of `ShopifyClient`."""

    def price_lists(self):
        """Return all price lists: dicts with id, name, currency."""
        return self._all_nodes("price_lists", "priceLists")

    def price_list_set(self, gid, prices, removed):
        """Set fixed prices of a list and remove others, all or none.

        :param list prices: of `PriceListPriceInput`; with `removed` at most `const.PRICES_BATCH`
        :param list removed: global ids of variants
        :raise DataError: refused
        """
        self._mutate("price_list_set", {"id": gid, "prices": prices, "removed": removed})
