from odoo import models

from odoo.addons.connector_base.transport import Page

from .. import const, parser_stock
from ..stock_push import push_levels
from .integration_adapter import _parsed


class IntegrationAdapterShopify(models.AbstractModel):
    """Locations and stock. https://shopify.dev/docs/apps/build/orders-fulfillment/inventory-management-apps"""

    _inherit = "integration.adapter.shopify"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"stock_in", "stock_out"}

    def _fetch_locations(self, backend):
        """Override of `connector_base`: those of fulfillment services are not the merchant's to stock."""
        return [parser_stock.parse_location(node) for node in backend._shopify_client().locations()]

    def _fetch_stock(self, backend, item_external_ids, location_external_ids):
        """Override of `connector_base`: one call per location and 250 items."""
        client = backend._shopify_client()
        items = [f"gid://shopify/InventoryItem/{external_id}" for external_id in item_external_ids]
        return [
            parser_stock.parse_item(node, location_id)
            for location_id in location_external_ids
            for node in client.inventory_at(f"gid://shopify/Location/{location_id}", items)
        ]

    def _list_stock(self, backend, location_external_id, page=None):
        """Override of `connector_base`: levels of items that Shopify does not track have no quantity.

        Shopify ends a listing at 25,000 levels.
        """
        nodes, cursor = backend._shopify_client().location_inventory(
            f"gid://shopify/Location/{location_external_id}", after=page
        )
        return Page(
            documents=tuple(parser_stock.parse_level(node, location_external_id) for node in nodes), next_page=cursor
        )

    def _parse_stock_event(self, backend, topic, body):
        """Override of `connector_base`."""
        return parser_stock.parse_event(topic, _parsed(body))

    def _stock_batch(self):
        """Override of `connector_base`."""
        return const.INPUT_LIMIT

    def _push_stock(self, backend, levels, key):
        """Override of `connector_base`."""
        yield from push_levels(backend._shopify_client(), levels, key)
