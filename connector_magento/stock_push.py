"""Setting quantities in Magento. No Odoo import.

By source: `POST /V1/inventory/source-items` takes several, all or none of them.
https://developer.adobe.com/commerce/webapi/rest/inventory/manage-source-items
Without sources each product has one quantity: `PUT /V1/products/:sku/stockItems/:id`.
https://developer.adobe.com/commerce/webapi/rest/modules/catalog-inventory

Nothing can be compared while it is set, so each quantity is read just before: what is sent in Magento is taken off its
source, and without sources what is ordered.

What Odoo sends is in stock, even if there is none: whether that can be bought (backorders, the out-of-stock threshold)
is a setting of the shop, and what is out of stock can't be, whatever the setting.
https://experienceleague.adobe.com/en/docs/commerce-admin/inventory/configuration/backorders
"""

from odoo.addons.connector_base.canonical import StockResult
from odoo.addons.connector_base.transport import DataError, send_in_halves

from . import const
from .criteria import search_criteria
from .parser_stock import parse_source_item, parse_stock_item
from .product_reading import any_of

SOURCE_REMEDY = (
    "Check in Magento that the product and the source still exist, and that the source may hold it; then read the "
    "products and the places again."
)


def read_source_quantities(client, skus, sources):
    """Return {(SKU, source code): whole units, None where there is none} of some articles at some sources."""
    found, size = {}, max(1, min(const.SKUS, const.STUBS_PAGE_SIZE // len(sources)))
    for start in range(0, len(skus), size):
        some = skus[start : start + size]
        # an article is there once at most: a call holds all of them
        criteria = search_criteria(
            any_of("sku", some), any_of("source_code", sources), page_size=len(some) * len(sources)
        )
        for level in map(parse_source_item, client.search("inventory/source-items", criteria)[0]):
            found[level.item_external_id.casefold(), level.location_external_id] = level.quantity
    return {(sku, source): found.get((sku.casefold(), source)) for sku in skus for source in sources}


def push_levels(client, levels):
    """Yield a `StockResult` for each of `levels`, as soon as it is known.

    :raise TransportError: temporary ones and those of the configuration; what was yielded is done
    """
    by_source = [level for level in levels if level.location_external_id != const.LEGACY_LOCATION]
    for start in range(0, len(by_source), const.INPUT_LIMIT):
        yield from _set_compared(client, by_source[start : start + const.INPUT_LIMIT])
    for level in levels:
        if level.location_external_id == const.LEGACY_LOCATION:
            yield _set_single(client, level)


def _set_compared(client, levels):
    """Set those of which Magento has what is expected."""
    skus = sorted({level.item_external_id for level in levels})
    there = read_source_quantities(client, skus, sorted({level.location_external_id for level in levels}))
    due = []
    for level in levels:
        quantity = there[level.item_external_id, level.location_external_id]
        if quantity == level.quantity:
            yield StockResult(level=level)
        elif level.expected is not None and quantity != level.expected:
            yield StockResult(level=level, stale=True)
        else:
            due.append(level)
    for level, error in send_in_halves(due, lambda some: _set(client, some), const.INPUT_LIMIT):
        if error:
            error.remedy = SOURCE_REMEDY
        yield StockResult(level=level, error=error)


def _set(client, levels):
    client.call("POST", "inventory/source-items", json={"sourceItems": [_source_item(level) for level in levels]})


def _source_item(level):
    return {
        "sku": level.item_external_id,
        "source_code": level.location_external_id,
        "quantity": level.quantity,
        "status": const.IN_STOCK,
    }


def _set_single(client, level):
    sku = level.item_external_id
    try:
        item = client.call("GET", "stockItems/{}", sku)
        found = parse_stock_item(item, sku)
        if level.expected is not None and found.quantity not in (level.expected, level.quantity):
            return StockResult(level=level, stale=True)
        if found.quantity != level.quantity:
            changes = {"qty": level.quantity, "is_in_stock": True}
            client.call("PUT", "products/{}/stockItems/{}", sku, item.get("item_id"), json={"stockItem": changes})
    except DataError as error:
        return StockResult(level=level, error=error)
    return StockResult(level=level)
