"""Price lists of markets and companies. No Odoo import."""

from . import const


class PriceCalls:
    """Part of `ShopifyClient`."""

    def price_lists(self):
        """Return all price lists: dicts with id, name, currency."""
        nodes, cursor = [], None
        while True:
            found = self._execute("price_lists", {"first": const.NESTED_PAGE, "after": cursor})
            page, cursor = self._connection(found, "priceLists")
            nodes += page
            if not cursor:
                return nodes

    def price_list_set(self, gid, prices, removed):
        """Set fixed prices of a list and remove others, all or none.

        :param list prices: of `PriceListPriceInput`; with `removed` at most `const.PRICES_BATCH`
        :param list removed: global ids of variants
        :raise DataError: refused
        """
        self._mutate("price_list_set", {"id": gid, "prices": prices, "removed": removed})
