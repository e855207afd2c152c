"""What the seeded catalogue has beyond titles and prices: pictures, costs, metafields, collections.

A random sequence of its own, so that the orders of a seed stay what they are.
"""

import random

from ..framework import pictures
from . import catalogue, media
from .shop import Shop

COLLECTIONS = (
    {"title": "Autumn picks", "sort": "MANUAL"},
    {"title": "Staff favourites", "sort": "MANUAL"},
    {"title": "Everything on sale", "rules": {"any": False, "rules": [("TAG", "EQUALS", "sale")]}},
    {"title": "Gifts and new", "rules": {"any": True, "rules": [("TAG", "EQUALS", "gift"), ("TAG", "EQUALS", "new")]}},
)
ORIGINS, HS_CODES = ("DE", "SE", "PT", "IT", "VN", "CN"), ("420292", "650500", "691200", "940161", "630140")
#: Only this many products get pictures: drawing takes time.
PICTURED = 300
MATERIALS = ("Wool", "Leinen", "Recycled cotton", "Stoneware")


def enrich(shop: Shop, products: list[dict], seed: int) -> list[dict]:
    """The products with more in them; their files are stored. Every third of the first ones has pictures."""
    chosen = random.Random(f"catalogue:{seed}:{shop.domain}")
    return [_enriched(shop, chosen, product, index) for index, product in enumerate(products)]


def _enriched(shop: Shop, chosen, product: dict, index: int) -> dict:
    now = product["created_at"]
    texts = (("material", "single_line_text_field", chosen.choice(MATERIALS)),
             ("warranty_months", "number_integer", str(chosen.choice((12, 24, 36)))))  # fmt: skip
    named = [dict(zip(("key", "type", "value"), text, strict=True), namespace="custom") for text in texts]
    product = {
        **product,
        "metafields": [catalogue.metafield(shop, entry, now) for entry in named] if index % 4 == 0 else [],
        "seo": {"title": f"{product['title']} | {product['vendor']}", "description": None}
        if index % 5 == 0 else product["seo"],
    }  # fmt: skip
    if product["published"] and chosen.random() < 0.5:
        shown = {str(entry["id"]): now for entry in catalogue.publications(shop)}
        product["published"] = shown
    pictures = _pictures(shop, chosen, product) if index % 3 == 0 and index < PICTURED else []
    product["media"] = [file["id"] for file in pictures]
    factor, origin, code = chosen.uniform(0.35, 0.6), chosen.choice(ORIGINS), chosen.choice(HS_CODES)
    reduced = chosen.random() < 0.2
    product["variants"] = [
        {
            **variant, "cost": f"{float(variant['price']) * factor:.2f}", "hs_code": code, "origin": origin,
            "compare_at_price": f"{float(variant['price']) * 1.25:.2f}" if reduced else None,
            "media": [pictures[number % len(pictures)]["id"]] if len(pictures) > 1 else [],
        }
        for number, variant in enumerate(product["variants"])
    ]  # fmt: skip
    return product


def _pictures(shop: Shop, chosen, product: dict) -> list[dict]:
    made = []
    for number in range(chosen.choice((1, 1, 2, 3))):
        name, now = f"{product['handle']}-{number + 1}.png", product["created_at"]
        file = media.new_file(shop, name=name, alt=f"{product['title']}, {number + 1}", now=now)
        made.append({**media.finished(shop, file, pictures.picture(name)), "updated_at": now})
    shop.store.put_many(shop.domain, "file", [(file["id"], file) for file in made])
    return made


def collections(shop: Shop, products: list[dict], seed: int):
    """The shop's first collections: two of chosen products, two by rules."""
    if shop.store.count(shop.domain, "collection"):
        return
    chosen = random.Random(f"collections:{seed}:{shop.domain}")
    made = []
    for wanted in COLLECTIONS:
        rules = wanted.get("rules")
        if rules:
            named = [dict(zip(("column", "relation", "condition"), rule, strict=True)) for rule in rules["rules"]]
            rules = {"any": rules["any"], "rules": named}
        picked = [] if rules else chosen.sample(products, min(12, len(products)))
        online = {catalogue.online_store(shop): products[0]["created_at"]}
        more = {"rules": rules, "products": [product["id"] for product in picked], "published": online}
        made.append(catalogue.collection(shop, {**wanted, **more, "created_at": products[0]["created_at"]}))
    shop.store.put_many(shop.domain, "collection", [(entry["id"], entry) for entry in made])
