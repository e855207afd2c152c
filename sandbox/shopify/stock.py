"""How many of an article are where: one ``stock`` document per inventory item, with a level per location.

Stored is what only people and apps change. ``committed`` is what open fulfillment orders still have to send, and
``on_hand`` is the sum of all that stands in the shelf. An article without a document has what its variant says it began
with: ``opening`` ({location id as text: quantity}), else ``inventory`` units at the first location. What an order takes
and gives back follows from the order itself: see ``claims``.
"""

import copy

from ..framework.store import Store
from . import status
from .shop import Shop, gid

STORED = ("available", "damaged", "incoming", "quality_control", "reserved", "safety_stock")
ON_HAND = ("available", "committed", "damaged", "quality_control", "reserved", "safety_stock")
NAMES = (*STORED, "committed", "on_hand")

_items: dict[str, tuple[Store, int, dict]] = {}
_waiting: dict[str, tuple[Store, int, dict]] = {}


def cached(cache: dict, shop: Shop, kind: str, make) -> dict:
    """``make()``, kept until something of the kind changes."""
    version = shop.store.version(shop.domain, kind)
    known = cache.get(shop.domain)
    if known is None or known[0] is not shop.store or known[1] != version:
        known = cache[shop.domain] = (shop.store, version, make())
    return known[2]


def variant_of(shop: Shop, item_id: int) -> dict | None:
    """The variant of an inventory item."""
    pairs = lambda: {variant["inventory_item_id"]: variant for _, variant in shop.variants().values()}  # noqa: E731
    return cached(_items, shop, "product", pairs).get(item_id)


def locations(shop: Shop, *, inactive: bool = False) -> list[dict]:
    """Locations, the one that is asked first first."""
    found = sorted(shop.store.all(shop.domain, "location"), key=lambda place: place["id"])
    return [place for place in found if inactive or place.get("active", True)]


def level(location_id: int, now: str, available: int = 0, *, active: bool = True) -> dict:
    return {
        **dict.fromkeys(STORED, 0), "location_id": location_id, "available": available, "active": active,
        "created_at": now, "updated_at": now,
    }  # fmt: skip


def levels(shop: Shop, variant: dict, *, inactive: bool = False) -> list[dict]:
    """Levels of a variant's item, those at locations that are closed left out."""
    record = shop.store.get(shop.domain, "stock", variant["inventory_item_id"])
    if record is None:
        began = variant.get("opening")
        if not began:
            began = {locations(shop, inactive=True)[0]["id"]: variant.get("inventory") or 0}
        return [level(int(where), variant["created_at"], quantity) for where, quantity in sorted(began.items())]
    return [entry for entry in record["levels"] if inactive or entry["active"]]


def level_at(shop: Shop, variant: dict, location_id: int, *, inactive: bool = False) -> dict | None:
    return next((e for e in levels(shop, variant, inactive=inactive) if e["location_id"] == location_id), None)


def available(shop: Shop, variant: dict) -> int:
    """What may still be sold: of all levels at locations that are open."""
    opened = {place["id"] for place in locations(shop)}
    return sum(entry["available"] for entry in levels(shop, variant) if entry["location_id"] in opened)


def sellable(shop: Shop, variant: dict, quantity: int = 1) -> bool:
    """May the online store sell that many?"""
    return (
        not variant.get("tracked", True) or variant.get("policy") == "CONTINUE" or available(shop, variant) >= quantity
    )


def committed(shop: Shop) -> dict[tuple[int, int], int]:
    """Units by (variant id, location id) that open fulfillment orders still have to send."""

    def count() -> dict:
        units: dict[tuple[int, int], int] = {}
        for order in shop.store.all(shop.domain, "order"):
            for key, quantity in _to_send(order).items():
                units[key] = units.get(key, 0) + quantity
        return units

    return cached(_waiting, shop, "order", count)


def quantities(shop: Shop, variant: dict, entry: dict) -> dict[str, int]:
    """Every named quantity of one level."""
    values = {name: entry[name] for name in STORED}
    values["committed"] = committed(shop).get((variant["id"], entry["location_id"]), 0)
    return {**values, "on_hand": sum(values[name] for name in ON_HAND)}


# --- orders --------------------------------------------------------------------------------------------------------
def _to_send(order: dict) -> dict[tuple[int, int], int]:
    units: dict[tuple[int, int], int] = {}
    variants = {line["id"]: line["variant_id"] for line in order["lines"]}
    for place in order.get("fulfillment_orders") or ():
        if place["status"] in status.OPEN_FULFILLMENT:
            for entry in place["lines"]:
                key = variants[entry["line_id"]], place["location_id"]
                units[key] = units.get(key, 0) + entry["remaining"]
    return units


def claims(order: dict) -> dict[tuple[int, int], int]:
    """What an order took from ``available``, by (variant id, location id).

    That is what is to be sent and what was sent, less what came back to the shelf; units that were removed without
    going back stay taken.
    """
    units = _to_send(order)
    variants = {line["id"]: line["variant_id"] for line in order["lines"]}

    def add(line_id: int, location_id: int | None, quantity: int):
        key = variants[line_id], location_id
        units[key] = units.get(key, 0) + quantity

    for record in order["fulfillments"]:
        if record.get("status") != "CANCELLED":
            for entry in record["lines"]:
                add(entry["line_id"], record.get("location_id"), entry["quantity"])
    for refund in order["refunds"]:
        for entry in refund["lines"]:
            removed = entry.get("removed", 0)
            lost = removed if entry["restock_type"] == "NO_RESTOCK" else removed - entry["quantity"]
            add(entry["line_id"], entry.get("location_id"), lost)
    return {key: quantity for key, quantity in units.items() if quantity and None not in key}


def follow(shop: Shop, before: dict | None, after: dict) -> list[tuple[dict, dict]]:
    """Take from stock, or put back, what a change of an order means; the levels that changed, with their variants."""
    old, new = claims(before) if before else {}, claims(after)
    index, changes = shop.variants(), {}
    for key in old.keys() | new.keys():
        taken = new.get(key, 0) - old.get(key, 0)
        variant = index[key[0]][1] if key[0] in index else None
        if taken and variant and variant.get("tracked", True):
            changes[variant["inventory_item_id"], key[1]] = {"available": -taken}
    return shift(shop, changes)


def shift(shop: Shop, changes: dict[tuple[int, int], dict[str, int]]) -> list[tuple[dict, dict]]:
    """Add to quantities, by (item id, location id) and name; the levels that changed, with their variants.

    A level that is not there is made, but not activated: the platform keeps quantities of articles that are not
    stocked at a location, and shows them once they are.
    """
    changed, now = [], shop.clock.iso()
    with shop.store.transaction():
        for (item_id, location_id), deltas in changes.items():
            if not any(deltas.values()):
                continue
            variant = variant_of(shop, item_id)
            entry = level_at(shop, variant, location_id, inactive=True) or level(location_id, now, active=False)
            entry = {**entry, "updated_at": now}
            for name, delta in deltas.items():
                entry[name] += delta
            put(shop, variant, entry)
            changed.append((variant, entry))
    return changed


def put(shop: Shop, variant: dict, entry: dict):
    """Store one level of a variant's item."""
    found = copy.copy(levels(shop, variant, inactive=True))
    others = [other for other in found if other["location_id"] != entry["location_id"]]
    record = {
        "id": variant["inventory_item_id"],
        "levels": sorted([*others, entry], key=lambda each: each["location_id"]),
    }
    shop.store.put(shop.domain, "stock", record["id"], record)


# --- what webhooks carry -------------------------------------------------------------------------------------------
def level_gid(item_id: int, location_id: int) -> str:
    return f"{gid('InventoryLevel', location_id)}?inventory_item_id={item_id}"
