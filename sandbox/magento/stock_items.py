"""The stock items of before Inventory Management, which are there with it too.

https://developer.adobe.com/commerce/webapi/rest/modules/catalog-inventory/
"""

from . import stock
from .errors import missing
from .inputs import ANY
from .money import dec
from .routes import Call, route

RESOURCE = "Magento_CatalogInventory::cataloginventory"
STOCK_ITEM = {
    "item_id": int, "product_id": int, "stock_id": int, "qty": float, "is_in_stock": bool, "is_qty_decimal": bool,
    "show_default_notification_message": bool, "use_config_min_qty": bool, "min_qty": float,
    "use_config_min_sale_qty": int, "min_sale_qty": float, "use_config_max_sale_qty": bool, "max_sale_qty": float,
    "use_config_backorders": bool, "backorders": int, "use_config_notify_stock_qty": bool, "notify_stock_qty": float,
    "use_config_qty_increments": bool, "qty_increments": float, "use_config_enable_qty_inc": bool,
    "enable_qty_increments": bool, "use_config_manage_stock": bool, "manage_stock": bool, "low_stock_date": str,
    "is_decimal_divided": bool, "stock_status_changed_auto": int, "extension_attributes": ANY,
}  # fmt: skip


def _stocked(call: Call, sku: str) -> dict:
    product = stock.product(call.shop, sku)
    if product is None:
        raise missing('The Product with the "%1" SKU doesn\'t exist.', sku)
    return product


@route("GET", "stockItems/{productSku}", RESOURCE)
def one_stock_item(call: Call, sku: str):
    return stock.stock_item(call.shop, _stocked(call, sku))


@route("GET", "stockItems/lowStock", RESOURCE)
def low_stock(call: Call):
    """Stock items with no more than ``qty`` units."""
    least, size = dec(call.query.get("qty")), int(call.query.get("pageSize") or 0)
    found = [
        stock.stock_item(call.shop, product)
        for product in call.shop.all("product")
        if product["type_id"] not in stock.COMPOSED
    ]
    found = [entry for entry in found if dec(entry["qty"]) <= least]
    start = (max(int(call.query.get("currentPage") or 1), 1) - 1) * size
    shown = found[start : start + size] if size else found
    mapper = "Magento\\CatalogInventory\\Model\\ResourceModel\\Stock\\Item\\StockItemCriteriaMapper"
    asked = {
        "mapper_interface_name": mapper,
        "criteria_list": [],
        "filters": [],
        "orders": [],
        "limit": [str(start), str(size)],
    }
    return {"items": shown, "search_criteria": asked, "total_count": len(found)}


@route("GET", "stockStatuses/{productSku}", RESOURCE)
def stock_status(call: Call, sku: str):
    entry = stock.stock_item(call.shop, _stocked(call, sku))
    return {
        "product_id": entry["product_id"], "stock_id": entry["stock_id"], "qty": int(entry["qty"]),
        "stock_status": int(entry["is_in_stock"]), "stock_item": entry,
    }  # fmt: skip


@route("PUT", "products/{productSku}/stockItems/{itemId}", RESOURCE, stockItem=STOCK_ITEM)
def save_stock_item(call: Call, sku: str, _number: str):
    product = _stocked(call, sku)
    stock.set_stock_item(call.shop, product, call.body["stockItem"])
    return product["id"]
