"""What `ShopifyClient` calls to run a store: stock, fulfillments, refunds, notes and tags. No Odoo import.

Ids are global ones (`gid://shopify/...`) here, plain ones in canonical documents.
"""

from odoo.addons.connector_base.transport import TransientError

from . import const
from .answers import next_cursor, take
from .errors import QueryTooCostly


class OperationCalls:
    """A part of `ShopifyClient`, which has `_execute` and `_mutate`."""

    # === STOCK === #

    def locations(self):
        """Return all locations that are the merchant's own, inactive ones too."""
        nodes, after = [], None
        while True:
            connection = take(self._execute("locations", {"first": const.NESTED_PAGE, "after": after}), "locations")
            nodes += take(connection, "nodes")
            after = next_cursor(connection)
            if not after:
                return nodes

    def inventory_at(self, location, items):
        """Return the inventory items `items` with their level at one location; unknown ones are left out.

        The level is None where the item is not stocked.
        """
        nodes, rest, size = [], list(items), const.INPUT_LIMIT
        while rest:
            page = rest[:size]
            try:
                data = self._execute("inventory_at_location", {"items": page, "location": location})
            except QueryTooCostly:
                if len(page) == 1:
                    raise
                size = len(page) // 2
                continue
            nodes += [node for node in take(data, "nodes") if node and node.get("id")]
            rest = rest[len(page) :]
        return nodes

    def location_inventory(self, location, *, after=None):
        """Return (levels, cursor of the next page or None) of what is stocked at a location; () for an unknown one."""
        variables = {"location": location, "first": const.INPUT_LIMIT, "after": after}
        found = self._execute("location_inventory", variables).get("location")
        if not found:
            return [], None
        connection = take(found, "inventoryLevels")
        return take(connection, "nodes"), next_cursor(connection)

    def inventory_set(self, quantities, *, key):
        """Set available quantities, all or none of them; return what Shopify objects to, () when it is done.

        :param list quantities: of `InventoryQuantityInput`
        :param str key: names the attempt: the same quantities sent again with it take effect once
        :raise TransientError: an earlier attempt with this key is still under way
        """
        settings = {"name": const.STOCK_NAME, "reason": const.STOCK_REASON, "quantities": quantities}
        for attempt in range(const.IDEMPOTENCY_ATTEMPTS):
            # a key whose first attempt failed is spent: the next one is as deterministic as the first
            variables = {"input": settings, "key": f"{key}-{attempt}" if attempt else key}
            errors = take(self._execute("inventory_set", variables), "inventorySetQuantities").get("userErrors") or ()
            codes = {error.get("code") for error in errors}
            if "IDEMPOTENCY_CONCURRENT_REQUEST" in codes:
                raise TransientError("Shopify is still working on the same quantities.", retry_after=2)
            if "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED" not in codes:
                return errors
        raise TransientError("Shopify failed to set these quantities before and refuses to try again for now.")

    def inventory_activate(self, item, location, *, available, key):
        """Have an item stocked at a location, with that quantity.

        :raise DataError: refused
        """
        self._mutate("inventory_activate", {"item": item, "location": location, "available": available, "key": key})
