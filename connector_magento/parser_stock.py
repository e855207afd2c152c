"""Sources and quantities of Magento -> canonical. Pure. Articles are named by their SKU.

https://developer.adobe.com/commerce/webapi/rest/inventory/
"""

from decimal import ROUND_FLOOR

from odoo.addons.connector_base.canonical import Location, StockLevel

from . import const
from .parser_reader import Reader


def parse_source(payload):
    """Return the `Location` of a source. Its quantities hold what open orders are still to be sent of."""
    node = Reader(payload, "source")
    return Location(
        external_id=node.required_text("source_code"),
        name=node.text("name"),
        active=node.flag("enabled", True),
        country_code=node.text("country_id"),
        holds_orders=True,
    )


def parse_source_item(payload):
    """Return the `StockLevel` of a product at a source."""
    node = Reader(payload, "source_item")
    return _level(node.required_text("sku"), node.required_text("source_code"), node.number("quantity", None))


def parse_stock_item(payload, sku):
    """Return the `StockLevel` of a product in a shop that has one quantity of each."""
    node = Reader(payload, "stock_item", sku)
    managed = node.flag("use_config_manage_stock", True) or node.flag("manage_stock", True)
    quantity = node.number("qty") if managed else None
    return _level(sku, const.LEGACY_LOCATION, quantity)


def _level(sku, location, quantity):
    """Magento counts fractions too: what is not a whole unit is none."""
    whole = None if quantity is None else int(quantity.to_integral_value(ROUND_FLOOR))
    return StockLevel(item_external_id=sku, location_external_id=location, quantity=whole)
