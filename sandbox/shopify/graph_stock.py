"""GraphQL shape of locations, inventory levels and their quantities, and the queries that find them."""

from graphql import GraphQLError

from . import graph_shop, stock
from .access import require
from .paging import connection, nested
from .search import Search
from .shop import Shop, gid, parse_gid

_NOUNS = {name: name.replace("_", " ").capitalize() for name in stock.NAMES}


def location(shop: Shop, data: dict) -> dict:
    keys = {"countryCode": "country_code", "provinceCode": "province_code"}
    plain = ("address1", "city", "country", "province", "zip", "phone")
    place = {key: data[key] for key in plain} | {key: data[source] for key, source in keys.items()}
    printed = [data["address1"], f"{data['city']} {data['province_code']} {data['zip']}", data["country"]]
    active, online = data.get("active", True), data.get("online", True)
    return {
        "__typename": "Location",
        "id": gid("Location", data["id"]),
        "legacyResourceId": str(data["id"]),
        "name": data["name"],
        "isActive": active,
        "deactivatedAt": data.get("deactivated_at"),
        "fulfillsOnlineOrders": active and online,
        "shipsInventory": active and online,
        "isFulfillmentService": False,
        "address": {**place, "address2": data.get("address2"), "formatted": printed},
        "hasActiveInventory": lambda _info: any(entry["active"] for _, entry in _levels_at(shop, data["id"])),
        "hasUnfulfilledOrders": lambda _info: any(
            place_id == data["id"] and units for (_, place_id), units in stock.committed(shop).items()
        ),
        "inventoryLevel": lambda info, inventoryItemId, includeInactive=False: _one(
            info, shop, inventoryItemId, gid("Location", data["id"]), includeInactive
        ),
        "inventoryLevels": lambda info, **arguments: _levels_of_location(info, shop, data["id"], **arguments),
        "createdAt": data["created_at"],
        "updatedAt": data["updated_at"],
    }


def item_fields(shop: Shop, variant: dict) -> dict:
    """What an inventory item tells of its levels."""
    item_id = gid("InventoryItem", variant["inventory_item_id"])

    def levels(info, includeInactive=False, query=None, **page):
        require(info, "read_inventory", "inventoryLevels")
        found = stock.levels(shop, variant, inactive=bool(includeInactive))
        return nested(found, lambda entry: level_node(shop, variant, entry), "location_id")(info, **page)

    return {
        "inventoryLevel": lambda info, locationId, includeInactive=False: _one(
            info, shop, item_id, locationId, includeInactive
        ),
        "inventoryLevels": levels,
        "locationsCount": lambda _info: {"count": len(stock.levels(shop, variant)), "precision": "EXACT"},
    }


def level_node(shop: Shop, variant: dict, entry: dict) -> dict:
    number, place = variant["inventory_item_id"], shop.store.get(shop.domain, "location", entry["location_id"])

    def quantities(_info, names):
        unknown = [name for name in names if name not in stock.NAMES]
        if unknown:
            raise GraphQLError(
                f"The quantity name {unknown[0]} is invalid. Valid names are: {', '.join(sorted(stock.NAMES))}.",
                extensions={"code": "BAD_REQUEST"},
            )
        values = stock.quantities(shop, variant, entry)
        return [
            {
                "id": f"{gid('InventoryQuantity', entry['location_id'])}?inventory_item_id={number}&name={name}",
                "name": name,
                "quantity": values[name],
                "updatedAt": entry["updated_at"] if name == "available" else None,
            }
            for name in names
        ]

    return {
        "__typename": "InventoryLevel",
        "id": stock.level_gid(number, entry["location_id"]),
        "isActive": entry["active"],
        "canDeactivate": not any(stock.quantities(shop, variant, entry)[name] for name in ("committed", "incoming")),
        "deactivationAlert": None,
        "item": lambda _info: graph_shop.inventory_item(shop, variant),
        "location": lambda _info: location(shop, place),
        "quantities": quantities,
        "createdAt": entry["created_at"],
        "updatedAt": entry["updated_at"],
    }


def _one(info, shop: Shop, item: str, place: str, inactive: bool):
    require(info, "read_inventory", info.field_name)
    found, where = parse_gid(item, "InventoryItem"), parse_gid(place, "Location")
    variant = stock.variant_of(shop, found[1]) if found else None
    entry = stock.level_at(shop, variant, where[1], inactive=bool(inactive)) if variant and where else None
    return level_node(shop, variant, entry) if entry else None


def _levels_at(shop: Shop, location_id: int) -> list[tuple[dict, dict]]:
    """(variant, level) of everything at a location, by item."""
    found = []
    for _, variant in shop.variants().values():
        entry = stock.level_at(shop, variant, location_id, inactive=True)
        if entry:
            found.append((variant, entry))
    return sorted(found, key=lambda pair: pair[0]["inventory_item_id"])


def _levels_of_location(info, shop: Shop, location_id: int, *, includeInactive=False, query=None, **page):
    require(info, "read_inventory", "inventoryLevels")
    known = {
        "inventory_item_id": ("id", lambda pair: pair[0]["inventory_item_id"]),
        "updated_at": ("time", lambda pair: pair[1]["updated_at"]),
        "created_at": ("time", lambda pair: pair[1]["created_at"]),
    }
    search = Search(query, known, [], shop.config["utc_offset"], shop.clock.iso())
    pairs = [
        pair
        for pair in _levels_at(shop, location_id)
        if (includeInactive or pair[1]["active"]) and search.matches(pair)
    ]
    rows = [(pair[0]["inventory_item_id"], pair[0]["inventory_item_id"], pair) for pair in pairs]
    return connection(rows, lambda pair: level_node(shop, *pair), **page)


# --- queries -------------------------------------------------------------------------------------------------------
_ITEM = {
    "id": ("id", lambda v: v["inventory_item_id"]),
    "sku": ("exact", lambda v: v["sku"]),
    "created_at": ("time", lambda v: v["created_at"]),
    "updated_at": ("time", lambda v: v["updated_at"]),
}


def inventory_item(_root, info, *, id):
    if not {"read_products", "write_products"} & info.context.scopes:
        require(info, "read_inventory", info.field_name)
    found, shop = parse_gid(id, "InventoryItem"), info.context.shop
    variant = stock.variant_of(shop, found[1]) if found else None
    return graph_shop.inventory_item(shop, variant) if variant else None


def inventory_items(_root, info, *, query=None, **page):
    require(info, "read_inventory", "inventoryItems")
    shop = info.context.shop
    search = Search(query, _ITEM, [lambda v: v["sku"]], shop.config["utc_offset"], shop.clock.iso())
    if search.warnings:
        info.context.searches.append({"path": info.path.as_list(), "query": query, "warnings": search.warnings})
    found = sorted(
        (variant["inventory_item_id"], variant["inventory_item_id"], variant)
        for _, variant in shop.variants().values()
        if search.matches(variant)
    )
    return connection(found, lambda variant: graph_shop.inventory_item(shop, variant), **page)


def inventory_level(_root, info, *, id):
    place, _, item = id.partition("?inventory_item_id=")
    found = parse_gid(place, "InventoryLevel")
    if not found or not item.isdigit():
        require(info, "read_inventory", info.field_name)
        return None
    return _one(info, info.context.shop, gid("InventoryItem", item), gid("Location", found[1]), True)


def properties(_root, info):
    require(info, "read_inventory", "inventoryProperties")
    on_hand = [name for name in stock.NAMES if name in stock.ON_HAND]
    return {
        "quantityNames": [
            {
                "name": name, "displayName": _NOUNS[name], "isInUse": name in ("available", "committed", "on_hand"),
                "belongsTo": ["on_hand"] if name in stock.ON_HAND else [],
                "comprises": on_hand if name == "on_hand" else [],
            }
            for name in sorted(stock.NAMES)
        ]
    }  # fmt: skip


#: Global ids that ``node`` may ask for.
NODES = {"InventoryItem": inventory_item, "InventoryLevel": inventory_level}
QUERY = {
    "inventoryItem": inventory_item,
    "inventoryItems": inventory_items,
    "inventoryLevel": inventory_level,
    "inventoryProperties": properties,
}
