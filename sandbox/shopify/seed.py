"""Filling a shop: products, customers, and orders that have been paid, shipped, refunded or cancelled since.

The same seed on the same data gives the same shop, apart from ids that were already taken and from the clock.
"""

import random

from ..framework import people
from ..framework.clock import iso, parse_iso
from . import actions, catalogue, catalogue_seed, placing, status, stock_seed
from .placing import Invalid
from .shop import Shop
from .taxes import CURRENCY_OF

DEMO_DOMAIN = "demo-store.myshopify.com"

ADJECTIVES = (
    "Alpine", "Basalt", "Cedar", "Dune", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper", "Kelp", "Linen",
    "Maple", "Nordic", "Ochre", "Prairie", "Quartz", "Rustic", "Saffron", "Tidal", "Umber", "Velvet",
    "Willow", "Zephyr",
)  # fmt: skip
NOUNS = (
    "Backpack", "Beanie", "Blanket", "Bottle", "Candle", "Chair", "Hoodie", "Jacket", "Kettle", "Lamp", "Mug",
    "Notebook",
    "Pillow", "Plate", "Raincoat", "Rug", "Scarf", "Socks", "Tent", "Tote", "Towel", "Vase", "Wallet", "Watch",
)  # fmt: skip
OPTIONS = {
    "Size": ("S", "M", "L", "XL"),
    "Color": ("Black", "Grün", "Red", "Bleu nuit"),
    "Material": ("Wool", "Cotton"),
}
VENDORS = ("Northwind", "Åkerlund & Söner", "Fabrikam", "Maison Brûlée", "Contoso")
CARRIERS = (("Standard", "standard", "5.90"), ("Express", "express", "14.50"), ("Economy", "economy", "3.25"))
#: Lines of the orders that do not fit a page of 250.
BIG_ORDERS = (260, 301)


def product(shop: Shop, wanted: dict) -> dict:
    """A product document. ``wanted``: title, price, sku, options {name: [values]}, vendor, grams, taxable."""
    now = wanted.get("created_at") or shop.clock.iso()
    options = wanted.get("options") or {}
    combinations: list[list[str]] = [[]]
    for values in options.values():
        combinations = [[*combination, value] for combination in combinations for value in values]
    named = options or {"Title": ["Default Title"]}
    number = shop.id("Product")
    count = len(combinations)
    ids = zip(shop.ids("ProductVariant", count), shop.ids("InventoryItem", count), strict=True)
    variants = []
    for position, (combination, (variant_id, item_id)) in enumerate(zip(combinations, ids, strict=True), 1):
        sku = wanted.get("sku")
        if sku and combination:
            sku = "-".join([sku, *(value[:2].upper() for value in combination)])
        variants.append(
            {
                "id": variant_id, "product_id": number, "inventory_item_id": item_id, "position": position, "sku": sku,
                "title": " / ".join(combination) or "Default Title", "options": combination or ["Default Title"],
                "barcode": _barcode(variant_id), "price": str(wanted.get("price", "10.00")),
                "compare_at_price": wanted.get("compare_at_price"), "taxable": bool(wanted.get("taxable", True)),
                "grams": int(wanted.get("grams", 250)), "requires_shipping": True, "inventory": 40 + position,
                "created_at": now, "updated_at": now,
            }
        )  # fmt: skip
    value_ids = iter(shop.ids("ProductOptionValue", sum(map(len, named.values()))))
    option_ids = iter(shop.ids("ProductOption", len(named)))
    title, state = wanted.get("title", "Product"), wanted.get("status", "ACTIVE")
    return catalogue.whole_product({
        "id": number, "title": title, "handle": f"{title.lower().replace(' ', '-')}-{number % 100000}",
        "status": state, "vendor": wanted.get("vendor", VENDORS[0]),
        "product_type": wanted.get("product_type", ""), "tags": wanted.get("tags") or [],
        "description": wanted.get("description", f"{title}, made to last."), "created_at": now, "updated_at": now,
        "options": [
            {"id": next(option_ids), "name": name, "values": [{"id": next(value_ids), "name": v} for v in values]}
            for name, values in named.items()
        ],
        "variants": variants, "published": {catalogue.online_store(shop): now} if state == "ACTIVE" else {},
    })  # fmt: skip


def _barcode(number: int) -> str:
    digits = str(number)[-12:].rjust(12, "2")
    odd, even = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
    return digits + str(-(odd + 3 * even) % 10)


def customer(shop: Shop, wanted: dict) -> dict:
    """A customer document. ``wanted``: first_name, last_name, email, phone, default_address, tags, note."""
    now = wanted.get("created_at") or shop.clock.iso()
    home = wanted.get("default_address")
    return {
        "id": shop.id("Customer"), "first_name": wanted.get("first_name"), "last_name": wanted.get("last_name"),
        "email": wanted.get("email"), "phone": wanted.get("phone"), "locale": "en", "note": wanted.get("note"),
        "tags": wanted.get("tags") or [], "tax_exempt": False, "created_at": now, "updated_at": now,
        "default_address": {"id": shop.id("MailingAddress"), **home} if home else None,
    }  # fmt: skip


def fill(shop: Shop, *, products: int = 0, orders: int = 0, days: int = 120, seed: int = 1) -> dict:
    """Add products and orders, the latter placed over the last ``days`` days; what was added."""
    chosen = random.Random(f"{seed}:{shop.domain}")
    now = shop.clock.now()
    start = iso(now - (days + 30) * 86400)
    with shop.store.transaction():
        made = [_random_product(shop, chosen, index, start) for index in range(products)]
        made = catalogue_seed.enrich(shop, made, seed)
        shop.store.put_many(shop.domain, "product", [(entry["id"], entry) for entry in made])
        if made:
            catalogue_seed.collections(shop, made, seed)
        people_made = [_random_customer(shop, chosen, index, start) for index in range((orders + 2) // 3)]
        shop.store.put_many(shop.domain, "customer", [(entry["id"], entry) for entry in people_made])
    stock_seed.stock_up(shop, made, seed)
    moments = sorted(now - days * 86400 + chosen.random() * days * 86400 for _ in range(orders))
    by_country: dict[str, list[dict]] = {}
    for entry in shop.store.all(shop.domain, "customer"):
        if entry["default_address"]:
            by_country.setdefault(entry["default_address"]["country_code"], []).append(entry)
    with shop.store.transaction():
        placed, shippers = [], stock_seed.shippers(shop, seed, len(moments))
        for index, moment in enumerate(moments):
            spec = {**random_order(shop, chosen, by_country), "location_id": shippers[index]}
            if index in (7, 11) and orders >= 500:
                spec["lines"] = _many_lines(shop, chosen, BIG_ORDERS[0 if index == 7 else 1])
            spec["created_at"] = iso(moment)
            financial = spec.pop("financial")
            order = placing.place(shop, spec)
            if chosen.random() < 0.03:
                _forget_product(order)
            placed.append(_live(shop, chosen, settle(shop, order, financial, order["created_at"]), now))
        shop.store.put_many(shop.domain, "order", [(order["id"], order) for order in placed])
    return {"products": len(made), "customers": len(people_made), "orders": len(placed)}


def _random_product(shop: Shop, chosen, index: int, start: str) -> dict:
    title = f"{ADJECTIVES[index % len(ADJECTIVES)]} {NOUNS[(index // len(ADJECTIVES) + index) % len(NOUNS)]}"
    wanted_options = chosen.choices(
        ((), ("Size",), ("Color", "Size"), ("Color", "Size", "Material")), (40, 30, 20, 10)
    )[0]
    options = {name: list(OPTIONS[name][: chosen.randint(2, len(OPTIONS[name]))]) for name in wanted_options}
    spec = {
        "title": f"{title} {index + 1:03d}",
        "price": f"{chosen.randint(3, 180)}.{chosen.choice(('00', '50', '95', '99'))}",
        "sku": f"{title[:2].upper()}{title.split()[1][:3].upper()}-{index + 1:04d}" if index % 100 != 99 else None,
        "options": options, "vendor": chosen.choice(VENDORS), "grams": chosen.randint(40, 4000),
        "product_type": title.split()[1], "tags": sorted(chosen.sample(("new", "sale", "été", "gift"), 2)),
        "status": "DRAFT" if index % 50 == 49 else "ACTIVE", "taxable": index % 25 != 24, "created_at": start,
    }  # fmt: skip
    return product(shop, spec)


def _random_customer(shop: Shop, chosen, index: int, start: str) -> dict:
    place = people.pick_place(chosen)
    name = people.person(chosen, place[1])
    home = people.address(chosen, place, name, shop.id("MailingAddress"))
    wanted = {
        "first_name": name[0], "last_name": name[1], "phone": home["phone"], "created_at": start,
        "email": f"customer{index + 1}.{shop.domain.partition('.')[0]}@example.com", "default_address": home,
        "tags": ["vip"] if index % 20 == 0 else [],
    }  # fmt: skip
    return customer(shop, wanted)


def random_order(shop: Shop, chosen, by_country: dict | None = None) -> dict:
    """A believable order to place: see ``placing.place``; ``financial`` is for ``settle``."""
    place = people.pick_place(chosen)
    country, province = place[1], place[2]
    name = people.person(chosen, country)
    known = (by_country or {}).get(country)
    buyer = chosen.choice(known) if known and chosen.random() > 0.14 else None
    home = buyer["default_address"] if buyer else people.address(chosen, place, name, shop.id("MailingAddress"))
    if buyer:
        province = home["province_code"]
    email = buyer["email"] if buyer else f"guest{chosen.randint(1, 10**6)}@example.com"
    abroad, dice = chosen.random() < 0.06, chosen.random()
    currency = CURRENCY_OF[country]
    if currency not in shop.config["currencies"] or abroad:
        currency = shop.config["currency"]
    title, code, price = chosen.choice(CARRIERS)
    delivered = chosen.random() > 0.09
    spec = {
        "country": country, "province": province, "currency": currency, "customer": buyer["id"] if buyer else None,
        "email": email if buyer or dice < 0.7 else None, "phone": home["phone"], "billing_address": home,
        "shipping_address": {**home, "id": shop.id("MailingAddress")} if delivered else None,
        "shipping": {"title": title, "code": code, "price": price if chosen.random() > 0.12 else "0"}
        if delivered else None,
        "tax_shipping": chosen.random() < 0.7, "lines": _random_lines(shop, chosen),
        "discounts": [], "test": chosen.random() < 0.01, "tags": ["gift"] if chosen.random() < 0.05 else [],
        "note": "Please leave at the door - merci 🙂" if chosen.random() < 0.08 else None,
        "attributes": {"Gift message": "Alles Gute!"} if chosen.random() < 0.04 else {},
        "source_name": chosen.choices(("web", "shopify_draft_order", "pos"), (90, 6, 4))[0],
        "risk": chosen.choices(("LOW", "MEDIUM", "HIGH"), (94, 4, 2))[0], "locale": "de" if country == "DE" else "en",
        "financial": chosen.choices(("paid", "pending", "authorized", "partially_paid"), (84, 9, 4, 3))[0],
    }  # fmt: skip
    if not delivered:
        for line in spec["lines"]:
            line["requires_shipping"] = False
        spec["billing_address"] = home if dice < 0.8 else None
    if chosen.random() < 0.03:
        spec["tip"] = f"{chosen.randint(1, 9)}.00"
    _random_discounts(chosen, spec)
    return spec


def _random_lines(shop: Shop, chosen) -> list[dict]:
    variants = list(shop.variants()) if shop.store.count(shop.domain, "product") else []
    lines = []
    for _ in range(chosen.choices((1, 2, 3, 4, 6, 9), (38, 26, 16, 10, 7, 3))[0]):
        quantity = chosen.choices((1, 2, 3, 5, 12), (60, 20, 10, 7, 3))[0]
        if variants and chosen.random() > 0.04:
            lines.append({"variant_id": chosen.choice(variants), "quantity": quantity})
        else:
            price = f"{chosen.randint(1, 90)}.{chosen.randint(0, 99):02d}"
            lines.append({"title": "Engraving - made to order", "price": price, "quantity": quantity})
    if chosen.random() < 0.05:
        lines[0]["properties"] = {"Engraving": "Für Zoë"}
    return lines


def _many_lines(shop: Shop, chosen, count: int) -> list[dict]:
    variants = list(shop.variants())
    return [{"variant_id": chosen.choice(variants), "quantity": chosen.randint(1, 3)} for _ in range(count)]


def _random_discounts(chosen, spec: dict):
    """Discounts of every kind: on a line, on the order, on shipping; fixed and percent; code, automatic, manual."""
    add = spec["discounts"].append
    if chosen.random() < 0.14:
        line = chosen.randrange(len(spec["lines"]))
        fixed = chosen.random() < 0.5
        add({
            "type": chosen.choice(("manual", "automatic", "discount_code")), "title": "Loyalty", "code": "LOYAL",
            "target": "line", "line": line, "value_type": "fixed_amount" if fixed else "percentage",
            "value": "1.50" if fixed else chosen.choice(("10", "12.5", "33")), "description": "Loyal customer",
        })  # fmt: skip
    if chosen.random() < 0.16:
        fixed = chosen.random() < 0.5
        add({
            "type": chosen.choice(("discount_code", "automatic", "manual")), "title": "Autumn sale", "code": "AUTUMN",
            "target": "order", "value_type": "fixed_amount" if fixed else "percentage",
            "value": chosen.choice(("5", "7.77")) if fixed else chosen.choice(("10", "15", "7.5")),
        })  # fmt: skip
    elif chosen.random() < 0.012:
        everything = {"type": "discount_code", "code": "GIFT100", "value_type": "percentage", "value": "100"}
        add({**everything, "target": "order"})
        add({**everything, "target": "shipping"})
        return
    if spec["shipping"] and spec["shipping"]["price"] != "0" and chosen.random() < 0.07:
        whole = chosen.random() < 0.6
        add({
            "type": "discount_code" if whole else "automatic", "title": "Shipping", "code": "FREESHIP",
            "target": "shipping", "value_type": "percentage" if whole else "fixed_amount",
            "value": "100" if whole else "2",
        })  # fmt: skip


def settle(shop: Shop, order: dict, financial: str, now: str) -> dict:
    """Give a new order its first payment: paid, pending, authorized or partially_paid."""
    order["original_total"] = total = order["totals"]["total"]
    if financial not in ("paid", "pending", "authorized", "partially_paid"):
        raise Invalid(f"unknown financial state {financial}")
    if not total or financial == "pending":
        return order
    if financial == "authorized":
        return actions.authorize(shop, order, now)
    order = actions.changed(order, now)
    amount = total if financial == "paid" else total // 2
    if amount:
        actions.transact(shop, order, "SALE", amount, now)
    return order


def _forget_product(order: dict):
    """The product of the first line was deleted since."""
    order["lines"][0].update(product_id=None, variant_id=None, product_exists=False)


def _live(shop: Shop, chosen, order: dict, now: float) -> dict:
    """What happened to an order since it was placed, up to now."""
    placed = parse_iso(order["created_at"])

    def later(hours: float) -> str:
        return iso(min(placed + chosen.uniform(0.2, hours) * 3600, now))

    dice = chosen.random()
    if dice < 0.08:
        reason = chosen.choice(actions.CANCEL_REASONS)
        return actions.cancel(shop, order, later(40), reason)
    if dice < 0.68 and status.captured(order):
        order = _ship(shop, chosen, order, later(70))
    if 0.1 < dice < 0.2 and status.captured(order):
        order = _give_back(shop, chosen, order, iso(min(parse_iso(order["updated_at"]) + 86400, now)))
    return order


def _ship(shop: Shop, chosen, order: dict, now: str) -> dict:
    units = [{"line_id": line["id"], "quantity": status.to_fulfill(order, line)} for line in order["lines"]]
    units = [unit for unit in units if unit["quantity"]]
    if chosen.random() < 0.12 and len(units) > 1:
        units = units[:1]
    return actions.fulfill(shop, order, now, lines=units) if units else order


def _give_back(shop: Shop, chosen, order: dict, now: str) -> dict:
    way = chosen.random()
    if way < 0.35:
        return actions.refund(shop, order, now, full=True, note="Sent back")
    if way < 0.5:
        return actions.refund(shop, order, now, amount="1", note="Goodwill")
    line = chosen.choice([line for line in order["lines"] if not line["tip"]])
    units = [{"line_id": line["id"], "quantity": chosen.randint(1, line["quantity"])}]
    return actions.refund(shop, order, now, lines=units, shipping=way > 0.85)
