"""The products a shop begins with: every type, variants, categories, pictures, prices, texts in another language.

The same seed on the same data gives the same catalogue, apart from ids that were already taken and from the clock.
"""

import random

from ..framework import pictures
from . import categories, control_catalogue, media, product, product_save
from .shop import Shop, moment

ADJECTIVES = (
    "Arctic", "Birch", "Copper", "Delta", "Elder", "Flint", "Gale", "Hazel", "Iris", "Jade", "Kestrel", "Lunar",
    "Moss", "Nimbus", "Olive", "Pebble", "Quill", "Raven", "Slate", "Thistle", "Ultra", "Vesper", "Wren", "Yarrow",
    "Zenith",
)  # fmt: skip
#: What is sold: English, German, category.
NOUNS = (
    ("Parka", "Parka", "Jackets"), ("Hoodie", "Kapuzenpulli", "Tops"), ("Tee", "T-Shirt", "Tops"),
    ("Trousers", "Hose", "Trousers"), ("Gloves", "Handschuhe", "Accessories"), ("Scarf", "Schal", "Accessories"),
    ("Mug", "Tasse", "Kitchen"), ("Kettle", "Kessel", "Kitchen"), ("Pan", "Pfanne", "Kitchen"),
    ("Lamp", "Lampe", "Living"), ("Rug", "Teppich", "Living"), ("Vase", "Vase", "Living"),
    ("Tent", "Zelt", "Camping"), ("Stove", "Kocher", "Camping"), ("Lantern", "Laterne", "Camping"),
    ("Notebook", "Notizbuch", "Paper"), ("Planner", "Kalender", "Paper"), ("Pen", "Stift", "Paper"),
)  # fmt: skip
TREE = {
    "Clothing": ("Jackets", "Tops", "Trousers", "Accessories"),
    "Home": ("Kitchen", "Living"),
    "Outdoor": ("Camping",),
    "Office": ("Paper",),
    "Sale": (),
}
GERMAN = {"Clothing": "Kleidung", "Home": "Wohnen", "Outdoor": "Draußen", "Office": "Büro"}
#: Of a thousand: what is not simple. Variants count as products.
KINDS = (("configurable", 60), ("virtual", 20), ("downloadable", 10), ("bundle", 8), ("grouped", 8))
VARIANTS = (
    {"Size": ["S", "M", "L"]},
    {"Size": ["S", "M", "L", "XL"]},
    {"Color": ["Black", "Red", "Blue"]},
    {"Color": ["Black", "Green"], "Size": ["S", "M"]},
    {"Color": ["Black", "Red", "Blue"], "Size": ["M", "L"]},
    {"Material": ["Wool", "Cotton", "Linen"]},
)
PICTURED = 180
OLDER = 150 * 86400


def fill(shop: Shop, *, products: int = 0, seed: int = 1) -> dict:
    """Add so many products, variants included; what was added."""
    chosen = random.Random(f"{seed}:{shop.domain}:catalogue")
    before = {record["id"] for record in shop.all("product")}
    maker = Maker(shop, chosen, _tree(shop))
    kinds = iter(_kinds(chosen, products))
    left = products
    while left > 0:
        left -= maker.make(next(kinds, product.SIMPLE))
    with shop.store.transaction():
        _relate(shop, chosen, maker.made)
    with shop.store.transaction():
        _age(shop, chosen, before)
    return {"products": products, "categories": len(maker.tree)}


def _kinds(chosen, products: int) -> list[str]:
    """The types of so many products in a mixed order; what is put together of others comes last."""
    several = [name for name, share in KINDS[:3] for _ in range(share * products // 1000)]
    simple = products - len(several) - sum(share * products // 1000 for _, share in KINDS[3:])
    # A configurable product comes with three to six variants.
    simple -= sum(name == product.CONFIGURABLE for name in several) * 4
    several += [product.SIMPLE] * max(simple - 40, 0)
    chosen.shuffle(several)
    return several + [name for name, share in KINDS[3:] for _ in range(share * products // 1000)]


def _tree(shop: Shop) -> dict[str, int]:
    """Ids of the categories by name, made where they are missing."""
    known = {record["name"]: record["id"] for record in shop.all("category")}
    german = _german(shop)
    for name, below in TREE.items():
        for entry, parent in ((name, None), *((child, name) for child in below)):
            if entry not in known:
                record = categories.make(shop, {"name": entry, "parent_id": known.get(parent)})
                known[entry] = record["id"]
                if german and entry in GERMAN:
                    views = {str(german): {"name": GERMAN[entry]}}
                    shop.put("category", record["id"], {**record, "store_values": views})
    return known


class Maker:
    """Makes one product after the other. ``tree``: ids of categories by name."""

    def __init__(self, shop: Shop, chosen: random.Random, tree: dict[str, int]):
        self.shop, self.chosen, self.tree = shop, chosen, tree
        self.made: list[dict] = []
        self.german = _german(shop)

    def make(self, kind: str) -> int:
        """Make a product of a type; how many it is with its variants."""
        shop, index = self.shop, len(self.made)
        if kind in (product.BUNDLE, product.GROUPED) and index < 8:
            kind = product.SIMPLE
        with shop.store.transaction():
            record = control_catalogue.make(shop, self._wanted(kind, index))
            if self.german and index % 3 == 0:
                record = self._translated(record, index)
            if index < PICTURED and index % 2 == 0:
                record = _pictures(shop, self.chosen, record)
            if kind == product.SIMPLE and index % 20 == 3:
                record = _tiers(shop, record)
        self.made.append(record)
        return 1 + len(product.children(shop, record))

    def _wanted(self, kind: str, index: int) -> dict:
        chosen, (adjective, noun, _, category) = self.chosen, _words(index)
        title = f"{adjective} {noun} {index + 1:03d}"
        price = f"{chosen.randint(3, 180)}.{chosen.choice(('00', '50', '95', '99'))}"
        wanted = {
            "title": title, "sku": f"{adjective[:2].upper()}{noun[:3].upper()}-{index + 1:04d}", "type": kind,
            "price": price, "cost": f"{float(price) * 0.45:.2f}", "categories": [self.tree[category]],
            "description": f"<p>The {title} is made to last.</p>", "short_description": f"{title}, made to last.",
            "barcode": _barcode(2_000_000_000 + index * 7), "weight": chosen.choice((0.1, 0.25, 0.5, 1.2, 3.75)),
            "status": "DRAFT" if index % 50 == 49 else "ACTIVE", "tax_class": "0" if index % 25 == 24 else "2",
            **_of_kind(chosen, kind, self.made),
        }  # fmt: skip
        if chosen.random() < 0.15:
            wanted["categories"].append(self.tree["Sale"])
            wanted["special_price"] = f"{float(price) * 0.8:.2f}"
        if len(self.shop.config["websites"]) > 2 and index % 4:
            wanted["website_ids"] = [1]
        return wanted

    def _translated(self, record: dict, index: int) -> dict:
        adjective, _, german, _ = _words(index)
        texts = {
            "name": f"{adjective} {german} {index + 1:03d}",
            "custom_attributes": {"description": f"<p>{adjective} {german}: hält ein Leben lang.</p>"},
        }
        return product_save.save(self.shop, {"sku": record["sku"], **texts}, self.german)


def _words(index: int) -> tuple[str, str, str, str]:
    """(adjective, noun, German noun, category) of the name of a product."""
    return ADJECTIVES[index % len(ADJECTIVES)], *NOUNS[(index // len(ADJECTIVES) + index) % len(NOUNS)]


def _german(shop: Shop) -> int | None:
    return next((view["id"] for view in shop.stores if view["locale"] == "de_DE"), None)


def _barcode(number: int) -> str:
    digits = str(number).rjust(12, "4")
    odd, even = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
    return digits + str(-(odd + 3 * even) % 10)


def _of_kind(chosen, kind: str, made: list[dict]) -> dict:
    """What a product of a type has besides."""
    if kind == product.CONFIGURABLE:
        return {"options": chosen.choice(VARIANTS)}
    if kind == product.DOWNLOADABLE:
        link = {"title": "Pattern (PDF)", "link_type": "url", "link_url": "https://example.com/pattern.pdf", "price": 0}
        return {"downloadable_product_links": [link]}
    simple = [record for record in made if record["type_id"] == product.SIMPLE]
    if kind == product.BUNDLE:
        options = [
            {"title": f"Part {number}", "type": "select", "required": True, "position": number,
             "product_links": [{"sku": part["sku"], "qty": chosen.choice((1, 1, 2)), "is_default": not place}
                               for place, part in enumerate(chosen.sample(simple, chosen.choice((1, 2))))]}
            for number in (1, 2)
        ]  # fmt: skip
        return {"bundle_product_options": options}
    if kind == product.GROUPED:
        return {
            "product_links": [
                {"link_type": "associated", "linked_product_sku": part["sku"], "position": place,
                 "extension_attributes": {"qty": chosen.choice((0, 1, 2))}}
                for place, part in enumerate(chosen.sample(simple, 3), 1)
            ]
        }  # fmt: skip
    return {}


def _pictures(shop: Shop, chosen, record: dict) -> dict:
    for number in range(chosen.choice((1, 1, 2, 3))):
        name = f"{product.slug(record['name'])}-{number + 1}.png"
        roles = [] if number else control_catalogue.EVERY_ROLE
        label = f"{record['name']}, {number + 1}"
        record = media.add(shop, record, pictures.picture(name, 120, 120), "image/png", name, label=label, types=roles)
    return product.put(shop, record)


def _tiers(shop: Shop, record: dict) -> dict:
    tiers = [
        {
            "customer_group_id": group, "qty": quantity, "value": round(record["price"] * factor, 2),
            "extension_attributes": {"website_id": 0},
        }
        for group, quantity, factor in ((32000, 10, 0.9), (2, 1, 0.85))
    ]  # fmt: skip
    return product.put(shop, {**record, "tier_prices": tiers})


def _relate(shop: Shop, chosen, made: list[dict]):
    """Related products and up-sells of some."""
    for record in made[::20]:
        known = shop.get("product", record["id"])
        others = [other for other in chosen.sample(made, min(3, len(made))) if other["id"] != record["id"]]
        links = [
            {"link_type": kind, "linked_product_sku": other["sku"], "linked_product_type": other["type_id"],
             "position": place}
            for place, (kind, other) in enumerate(zip(("related", "related", "upsell"), others, strict=False), 1)
        ]  # fmt: skip
        shop.put("product", known["id"], {**known, "product_links": [*known["product_links"], *links]})


def _age(shop: Shop, chosen, before: set[int]):
    """New products were made some time ago, one after the other."""
    fresh = [record for record in shop.all("product") if record["id"] not in before]
    now, start = shop.clock.now(), shop.clock.now() - OLDER
    for place, record in enumerate(fresh):
        made = start + (now - start) * place / (2 * len(fresh))
        changed = made + chosen.random() * (now - made)
        times = {"created_at": moment(made), "updated_at": moment(changed)}
        shop.put("product", record["id"], {**record, **times})
