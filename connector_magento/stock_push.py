"""Setting quantities in Magento. No Odoo import.

By source: `POST /V1/inventory/source-items` takes several, all or none of them.
https://developer.adobe.com/commerce/webapi/rest/inventory/manage-source-items
Without sources each product has one quantity: `PUT /V1/products/:sku/stockItems/:id`.
https://developer.adobe.com/commerce/webapi/rest/modules/catalog-inventory

Nothing can be compared while it is set. By source nothing has to: an order leaves the quantity alone until it is sent.
Where it is taken off at once, the quantity is read before it is set.
"""

from odoo.addons.connector_base.canonical import StockResult
from odoo.addons.connector_base.transport import DataError, send_in_halves

from . import const
from .parser_stock import parse_stock_item

SOURCE_REMEDY = (
    "Check in Magento that the product and the source still exist, and that the source may hold it; then read the "
    "products and the places again."
)


def push_levels(client, levels):
    """Yield a `StockResult` for each of `levels`, as soon as it is known.

    :raise TransportError: temporary ones and those of the configuration; what was yielded is done
    """
    by_source = [level for level in levels if level.location_external_id != const.LEGACY_LOCATION]
    for level, error in send_in_halves(by_source, lambda some: _set(client, some), const.INPUT_LIMIT):
        if error:
            error.remedy = SOURCE_REMEDY
        yield StockResult(level=level, error=error)
    for level in levels:
        if level.location_external_id == const.LEGACY_LOCATION:
            yield _set_single(client, level)


def _set(client, levels):
    client.call("POST", "inventory/source-items", json={"sourceItems": [_source_item(level) for level in levels]})


def _source_item(level):
    return {
        "sku": level.item_external_id,
        "source_code": level.location_external_id,
        "quantity": level.quantity,
        "status": int(level.quantity > 0),
    }


def _set_single(client, level):
    sku = level.item_external_id
    try:
        item = client.call("GET", "stockItems/{}", sku)
        found = parse_stock_item(item, sku)
        if level.expected is not None and found.quantity not in (level.expected, level.quantity):
            return StockResult(level=level, stale=True)
        if found.quantity != level.quantity:
            changes = {"qty": level.quantity, "is_in_stock": level.quantity > 0}
            client.call("PUT", "products/{}/stockItems/{}", sku, item.get("item_id"), json={"stockItem": changes})
    except DataError as error:
        return StockResult(level=level, error=error)
    return StockResult(level=level)
