from odoo import models

from odoo.addons.connector_base.canonical import Location, StockLevel
from odoo.addons.connector_base.transport import DataError, Page

from .. import const, tables
from ..criteria import search_criteria
from ..parser_reader import Reader
from ..parser_stock import parse_source, parse_source_item, parse_stock_item
from ..product_reading import read_whole
from ..stock_push import push_levels, read_source_quantities
from ..terms import read_all


class IntegrationAdapterMagento(models.AbstractModel):
    """Stock: by source, or in shops without sources one quantity of each product.

    A shop's places say which way it is: one without sources has a place of its own kind.
    """

    _inherit = "integration.adapter.magento"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"stock_in", "stock_out"}

    def _fetch_locations(self, backend):
        """Override of `connector_base`: the sources, or the one place of a shop without them."""
        client = backend._magento_client()
        if const.MSI_MODULE not in client.modules():
            return [Location(external_id=const.LEGACY_LOCATION, name=self.env._("Stock of the shop"))]
        return [parse_source(source) for source in read_all(client, "inventory/sources", "source_code")]

    def _fetch_stock(self, backend, item_external_ids, location_external_ids):
        """Override of `connector_base`: fifty articles per call, one call each where there are no sources."""
        client, levels = backend._magento_client(), []
        sources = sorted(set(location_external_ids) - {const.LEGACY_LOCATION})
        if sources:
            found = read_source_quantities(client, item_external_ids, sources)
            levels += [
                StockLevel(item_external_id=sku, location_external_id=source, quantity=quantity)
                for (sku, source), quantity in found.items()
            ]
        if const.LEGACY_LOCATION in location_external_ids:
            levels += filter(None, (self._magento_stock_level(client, sku) for sku in item_external_ids))
        return levels

    def _magento_stock_level(self, client, sku):
        """Return the level of an article in a shop without sources; None for an unknown one."""
        try:
            return parse_stock_item(client.call("GET", "stockItems/{}", sku), sku)
        except DataError as error:
            if error.status != 404:
                raise
            return None

    def _list_stock(self, backend, location_external_id, page=None):
        """Override of `connector_base`."""
        client = backend._magento_client()
        if location_external_id == const.LEGACY_LOCATION:
            return self._magento_list_stock_items(client, int(page or 1))
        after = [("sku", "gt", page)] if page else []
        criteria = search_criteria(
            ("source_code", "eq", location_external_id), *after, sort=("sku",), page_size=const.STUBS_PAGE_SIZE
        )
        items, total = client.search("inventory/source-items", criteria)
        levels = tuple(map(parse_source_item, items))
        return Page(documents=levels, next_page=levels[-1].item_external_id if total > len(levels) > 0 else None)

    def _magento_list_stock_items(self, client, page):
        """Return a page of the stock of a shop without sources: what it calls low is all that it has less of than much.

        It names products by their ids.
        """
        parameters = {"scopeId": 0, "qty": const.MUCH, "currentPage": page, "pageSize": const.PAGE_SIZE}
        answer = client.call("GET", "stockItems/lowStock/", params=parameters)
        nodes = Reader(answer, "lowStock").children("items")
        items = {int(node.number("product_id", None)): node.data for node in nodes}
        products = read_whole(client, sorted(items), fields=("id", "sku"))
        skus = {int(product["id"]): product["sku"] for product in products}
        levels = tuple(parse_stock_item(item, skus[number]) for number, item in items.items() if number in skus)
        more = page * const.PAGE_SIZE < int(answer.get("total_count") or 0)
        return Page(documents=levels, next_page=str(page + 1) if more else None)

    def _stocked(self, backend, bindings):
        """Override of `connector_base`: bundles and groups have no stock but that of their parts."""
        composed = self.env["integration.binding.product"].search_fetch(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", bindings.mapped("external_parent_id")),
                ("magento_type", "in", (tables.BUNDLE, tables.GROUPED)),
            ],
            ["external_id"],
        )
        ids = set(composed.mapped("external_id"))
        return bindings.filtered(lambda binding: binding.external_parent_id not in ids)

    def _stock_batch(self):
        """Override of `connector_base`."""
        return const.INPUT_LIMIT

    def _push_stock(self, backend, levels, key):
        """Override of `connector_base`: setting the same quantities again changes nothing."""
        yield from push_levels(backend._magento_client(), levels)
