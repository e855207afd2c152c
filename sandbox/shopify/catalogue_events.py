"""Storing changed products, files and collections, and telling the app's webhook subscriptions, in one transaction.

What did not change is neither stored nor told: ``updatedAt`` stays.
"""

from ..framework.delivery import Deliveries
from . import rest_product
from .events import announce
from .shop import Shop, gid

#: What of a variant is its inventory item's.
ITEM_KEYS = ("cost", "hs_code", "origin", "province", "tracked", "sku", "requires_shipping", "weight")


def save_product(shop: Shop, deliveries: Deliveries, before: dict | None, after: dict) -> dict:
    """Store a product if it differs from ``before`` (None = new); the stored one, with its times of change."""
    after = stamped(shop, before, after)
    if after is before:
        return after
    with shop.store.transaction():
        shop.store.put(shop.domain, "product", after["id"], after)
        topic = "PRODUCTS_UPDATE" if before else "PRODUCTS_CREATE"
        announce(shop, deliveries, gid("Product", after["id"]), [(topic, rest_product.product(shop, after))])
        for topic, entry in _item_changes(before, after):
            subject = gid("InventoryItem", entry["inventory_item_id"])
            told = {"id": entry["inventory_item_id"]} if topic.endswith("DELETE") else None
            announce(shop, deliveries, subject, [(topic, told or rest_product.inventory_item(shop, entry))])
    deliveries.wake()
    return after


def stamped(shop: Shop, before: dict | None, after: dict) -> dict:
    """``after`` with its times of change; ``before`` itself if nothing differs."""
    if before is None or before == after:
        return before or after
    now = max(shop.clock.iso(), before["updated_at"])
    known = {entry["id"]: entry for entry in before["variants"]}
    variants = [
        entry if known.get(entry["id"]) == entry else {**entry, "updated_at": now} for entry in after["variants"]
    ]
    return {**after, "variants": variants, "updated_at": now}


def _item_changes(before: dict | None, after: dict) -> list[tuple[str, dict]]:
    known = {entry["id"]: entry for entry in before["variants"]} if before else {}
    told = []
    for entry in after["variants"]:
        old = known.pop(entry["id"], None)
        if old is None:
            told.append(("INVENTORY_ITEMS_CREATE", entry))
        elif any(old[key] != entry[key] for key in ITEM_KEYS):
            told.append(("INVENTORY_ITEMS_UPDATE", entry))
    return told + [("INVENTORY_ITEMS_DELETE", entry) for entry in known.values()]


def delete_product(shop: Shop, deliveries: Deliveries, product: dict):
    """Remove a product for good, out of its collections too."""
    with shop.store.transaction():
        shop.store.delete(shop.domain, "product", product["id"])
        for entry in shop.store.all(shop.domain, "collection"):
            if product["id"] in entry["products"]:
                left = [number for number in entry["products"] if number != product["id"]]
                save_collection(shop, deliveries, entry, {**entry, "products": left})
        announce(shop, deliveries, gid("Product", product["id"]), [("PRODUCTS_DELETE", {"id": product["id"]})])
        for entry in product["variants"]:
            number = entry["inventory_item_id"]
            announce(shop, deliveries, gid("InventoryItem", number), [("INVENTORY_ITEMS_DELETE", {"id": number})])
    deliveries.wake()


def save_collection(shop: Shop, deliveries: Deliveries, before: dict | None, after: dict) -> dict:
    """Store a collection if it differs from ``before`` (None = new); the stored one."""
    if before == after:
        return before
    if before:
        after = {**after, "updated_at": max(shop.clock.iso(), before["updated_at"])}
    with shop.store.transaction():
        shop.store.put(shop.domain, "collection", after["id"], after)
        topic = "COLLECTIONS_UPDATE" if before else "COLLECTIONS_CREATE"
        announce(shop, deliveries, gid("Collection", after["id"]), [(topic, rest_product.collection(shop, after))])
    deliveries.wake()
    return after


def delete_collection(shop: Shop, deliveries: Deliveries, entry: dict):
    with shop.store.transaction():
        shop.store.delete(shop.domain, "collection", entry["id"])
        announce(shop, deliveries, gid("Collection", entry["id"]), [("COLLECTIONS_DELETE", {"id": entry["id"]})])
    deliveries.wake()


def media_changed(shop: Shop, deliveries: Deliveries, file: dict):
    """A file became ready or failed, or was changed: products that show it changed too."""
    with shop.store.transaction():
        for product in shop.store.find(shop.domain, "product", "media", file["id"]):
            touched = {**product, "updated_at": max(shop.clock.iso(), product["updated_at"])}
            shop.store.put(shop.domain, "product", product["id"], touched)
            subject = gid("Product", product["id"])
            announce(shop, deliveries, subject, [("PRODUCTS_UPDATE", rest_product.product(shop, touched))])
    deliveries.wake()
