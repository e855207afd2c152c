"""What `ShopifyClient` calls to run a store: stock, fulfillments, refunds, notes and tags. No Odoo import.

Ids are global ones (`gid://shopify/...`) here, plain ones in canonical documents.
"""

from odoo.addons.connector_base.transport import DataError, TransientError

from . import const
from .answers import next_cursor, take


class OperationCalls:
    """A part of `ShopifyClient`, whose plumbing it uses."""

    # === STOCK === #

    def locations(self):
        """Return all locations that are the merchant's own, inactive ones too."""
        return self._all_nodes("locations", "locations")

    def inventory_at(self, location, items):
        """Return the inventory items `items` with their level at one location; unknown ones are left out.

        The level is None where the item is not stocked.
        """
        return self._by_ids("inventory_at_location", items, const.INPUT_LIMIT, location=location)

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

    # === SHIPMENTS === #

    def order_shipments(self, order):
        """Return the order with its `fulfillments` and `fulfillmentOrders`, whole; None if it is unknown."""
        node = self._execute("order_shipments", {"id": order}).get("order")
        if not node:
            return None
        for fulfillment in take(node, "fulfillments"):
            self._read_on(fulfillment, "fulfillmentLineItems", "fulfillment_line_items")
        self._read_on(node, "fulfillmentOrders", "order_fulfillment_orders")
        for to_send in take(node, "fulfillmentOrders", "nodes"):
            self._read_on(to_send, "lineItems", "fulfillment_order_lines")
        return node

    def fulfillment_create(self, fulfillment):
        """Tell that goods were sent; return the id of the new fulfillment. Sent twice, there are two.

        :param dict fulfillment: a `FulfillmentInput`
        :raise DataError: refused
        """
        return take(self._mutate("fulfillment_create", {"fulfillment": fulfillment}), "fulfillment", "id")

    def fulfillment_tracking_update(self, fulfillment, tracking, *, notify):
        """Replace carrier and tracking numbers of a fulfillment by a `FulfillmentTrackingInput`.

        :raise DataError: refused
        """
        variables = {"id": fulfillment, "tracking": tracking, "notify": notify}
        self._mutate("fulfillment_tracking_update", variables)

    # === AFTER THE SALE === #

    def suggested_refund(self, order, lines, shipping):
        """Return the order with its `suggestedRefund` and its `refunds`. Changes nothing.

        :param list lines: of `RefundLineItemInput`
        :param shipping: Decimal, what of it is given back, in the customer's currency
        :raise DataError: the order is unknown, or these units can't be given back
        """
        variables = {"id": order, "lines": lines, "shipping": str(shipping) if shipping else None}
        node = self._execute("suggested_refund", variables).get("order")
        if not node:
            raise DataError(
                "The order is not on Shopify any more.", code="NOT_FOUND", remedy=const.REFUND_REMEDIES["NOT_FOUND"]
            )
        if not node.get("suggestedRefund"):
            raise DataError(
                "Shopify can't give these units back.", code="REFUSED", remedy=const.REFUND_REMEDIES["REFUSED"]
            )
        return node

    def refund_create(self, refund, *, key):
        """Refund an order; return the id of the refund. Asked again with the same key, it returns the first one.

        :param dict refund: a `RefundInput`
        :raise DataError: refused
        """
        return take(self._mutate("refund_create", {"input": refund, "key": key}), "refund", "id")

    def order_update(self, values):
        """Write an `OrderInput`.

        :raise DataError: refused
        """
        self._mutate("order_update", {"input": values})

    def tags_add(self, gid, tags):
        """Add tags to a record; those it has are left alone.

        :raise DataError: refused
        """
        self._mutate("tags_add", {"id": gid, "tags": list(tags)})

    def tags_remove(self, gid, tags):
        """Take tags off a record; those it hasn't don't matter.

        :raise DataError: refused
        """
        self._mutate("tags_remove", {"id": gid, "tags": list(tags)})

    # === VERSIONS === #

    def api_versions(self):
        """Return the versions of the Admin API: dicts with handle and supported."""
        return take(self._execute("api_versions", {}), "publicApiVersions")
