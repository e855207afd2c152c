"""What a seeded shop has in stock and where, and what shops of older versions of this program lack."""

import random

from . import fulfilling, stock
from .shop import SCOPES, Shop

PLACES = (
    {
        "name": "East coast hub", "address1": "22 Canal Street", "city": "Newark", "province": "New Jersey",
        "province_code": "NJ", "zip": "07102", "country": "United States", "country_code": "US", "phone": "",
    },
    {
        "name": "Pop-up store", "address1": "5 Market Square", "city": "Austin", "province": "Texas",
        "province_code": "TX", "zip": "78701", "country": "United States", "country_code": "US", "phone": "",
        "active": False,
    },
)  # fmt: skip


def add_location(shop: Shop, wanted: dict) -> dict:
    """A new location; ``wanted``: name, address1, city, province, province_code, zip, country, country_code, phone,
    active, online (ships online orders)."""
    now, active = shop.clock.iso(), bool(wanted.get("active", True))
    texts = ("address1", "city", "province", "province_code", "zip", "phone")
    data = {
        "id": shop.id("Location"), "name": wanted["name"], **{key: wanted.get(key) or "" for key in texts},
        "country": wanted.get("country", "United States"), "country_code": wanted.get("country_code", "US"),
        "active": active, "online": bool(wanted.get("online", True)), "deactivated_at": None if active else now,
        "created_at": now, "updated_at": now,
    }  # fmt: skip
    shop.store.put(shop.domain, "location", data["id"], data)
    return data


def stock_up(shop: Shop, products: list[dict], seed: int):
    """Three locations, one of them closed, and the products' units shared over the two that are open."""
    if not products:
        return
    if shop.store.count(shop.domain, "location") == 1:
        with shop.store.transaction():
            for place in PLACES:
                add_location(shop, place)
    main, *others = [place["id"] for place in stock.locations(shop)]
    chosen = random.Random(f"stock:{seed}:{shop.domain}")
    records = []
    for product in products:
        for variant in product["variants"]:
            total, when = variant["inventory"], product["created_at"]
            share = chosen.randint(0, total // 2) if others and chosen.random() < 0.6 else None
            levels = [stock.level(main, when, total - (share or 0))]
            if share is not None:
                levels.append(stock.level(others[0], when, share))
            records.append((variant["inventory_item_id"], {"id": variant["inventory_item_id"], "levels": levels}))
    shop.store.put_many(shop.domain, "stock", records)


def shippers(shop: Shop, seed: int, count: int) -> list[int | None]:
    """Where each of so many seeded orders is sent from: mostly where the platform says, some from another place."""
    places = [place["id"] for place in stock.locations(shop)]
    chosen = random.Random(f"shippers:{seed}:{shop.domain}")
    return [chosen.choice(places) if chosen.random() < 0.2 else places[0] for _ in range(count)]


def upgrade(shop: Shop):
    """Give orders their fulfillment orders and the app its scopes, where an older version did not."""
    old = [order for order in shop.store.all(shop.domain, "order") if "fulfillment_orders" not in order]
    if not old:
        return
    with shop.store.transaction():
        shop.configure(scopes=sorted({*shop.config["scopes"], *SCOPES}))
        for order in map(dict, old):
            fulfilling.settle(shop, order, order["updated_at"])
            shop.store.put(shop.domain, "order", order["id"], order)
