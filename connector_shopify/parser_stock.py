"""Locations and quantities of Shopify -> canonical. Pure.

An item that Shopify doesn't track counts as not stocked: it has no quantity that anybody could sell from.
"""

from odoo.addons.connector_base.canonical import Location, StockLevel

from . import const
from .reader import Reader


def parse_location(node):
    """Return the `Location` of what the query Locations selects."""
    reader = Reader(node, "location")
    address = reader.child("address")
    return Location(
        external_id=reader.identifier("id"),
        name=reader.required_text("name"),
        active=reader.flag("isActive"),
        country_code=address.text("countryCode") if address else "",
    )


def parse_item(node, location_id):
    """Return the `StockLevel` of an inventory item with its level at one location (query InventoryAtLocation)."""
    item = Reader(node, "item", node.get("id") or "")
    return _level(item, item.child("inventoryLevel"), location_id)


def parse_level(node, location_id):
    """Return the `StockLevel` of a level with its item (query LocationInventory)."""
    level = Reader(node, "level")
    return _level(level.required_child("item"), level, location_id)


def parse_event(topic, payload):
    """Return the `StockLevel` of the body of a webhook inventory_levels/*.

    https://shopify.dev/docs/api/webhooks?reference=toml#list-of-topics-inventory_levels/update; `available` is null for
    an item that is not tracked.
    """
    reader = Reader(payload, "inventory_level")
    stocked = topic != const.DISCONNECTED_TOPIC and reader.has("available")
    return StockLevel(
        item_external_id=reader.identifier("inventory_item_id"),
        location_external_id=reader.identifier("location_id"),
        quantity=_whole(reader, "available") if stocked else None,
        updated_at=reader.time("updated_at"),
    )


def _level(item, level, location_id):
    tracked = item.flag("tracked")
    return StockLevel(
        item_external_id=item.identifier("id"),
        location_external_id=location_id,
        quantity=_available(level) if level and tracked else None,
        updated_at=level.time("updatedAt") if level else None,
    )


def _available(level):
    for quantity in level.children("quantities"):
        if quantity.text("name") == const.STOCK_NAME:
            return _whole(quantity, "quantity")
    raise level.error(f"does not state what is {const.STOCK_NAME}", "quantities")


def _whole(reader, key):
    """The whole number at `key`; negative where more was sold than there was."""
    value = reader.data.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise reader.error("is not a whole number", key)
    return value
