"""The catalogue's documents: what a product, variant, collection holds beyond its bare bones, and rules about it.

A product holds its variants, metafields, the ids of its media (documents of kind ``file``) and where it is published.
Collections hold chosen products or rules; who is in one by rules is computed.
"""

import hashlib
import html
import re

from graphql import GraphQLError

from ..framework.store import Store
from .shop import SCOPES, Shop, parse_gid

#: Documented limits: https://shopify.dev/docs/api/admin-graphql/latest/mutations/productSet
MAX_VARIANTS, MAX_OPTIONS, MAX_MEDIA = 2048, 3, 250
DEFAULT_OPTION, DEFAULT_VALUE = "Title", "Default Title"
GRAMS = {"GRAMS": 1, "KILOGRAMS": 1000, "OUNCES": 28.349523125, "POUNDS": 453.59237}
#: Metafield owners: GraphQL type -> (kind of document, word of the API).
OWNERS = {
    "Collection": ("collection", "COLLECTION"),
    "Product": ("product", "PRODUCT"),
    "ProductVariant": ("product", "PRODUCTVARIANT"),
}
PUBLICATIONS = ("Online Store", "Point of Sale")


def whole_variant(data: dict) -> dict:
    """A variant with every key; what is missing gets the value it has in a new one."""
    return {
        "cost": None, "hs_code": None, "origin": None, "province": None, "tracked": True, "policy": "DENY",
        "weight": {"value": float(data["grams"]), "unit": "GRAMS"}, "media": [], "metafields": [], **data,
    }  # fmt: skip


def whole_product(data: dict) -> dict:
    """A product with every key, its variants too."""
    data = {
        "description_html": html_of(data.get("description") or ""),
        "template_suffix": None, "seo": {"title": None, "description": None}, "category": None, "metafields": [],
        "media": [], "published": {}, "translations": [], **data,
    }  # fmt: skip
    data.pop("description", None)
    return {**data, "variants": [whole_variant(variant) for variant in data["variants"]]}


def html_of(text: str) -> str:
    return f"<p>{html.escape(text, quote=False)}</p>" if text else ""


def index(store: Store):
    """Let the catalogue's documents be found by what they are looked up by."""
    for kind in ("product", "collection"):
        store.index(kind, "handle", lambda record: (record["handle"],))
        store.index(kind, "metafield", lambda r: [(m["namespace"], m["key"], m["value"]) for m in r["metafields"]])
    store.index("product", "media", lambda product: product["media"])
    store.index("file", "name", lambda file: (file["name"],))


def prepare(shop: Shop):
    """Give a shop what a shop of today has: publications, whole products, scopes for them. Once."""
    if shop.store.count(shop.domain, "publication"):
        return
    store, now = shop.store, shop.clock.iso()
    with store.transaction():
        for name in PUBLICATIONS:
            number = shop.id("Publication")
            channel = shop.id("Channel")
            body = {"id": number, "channel_id": channel, "name": name, "handle": handle_of(name), "created_at": now}
            store.put(shop.domain, "publication", number, body)
        products = store.all(shop.domain, "product")
        if products:
            shop.configure(scopes=sorted({*shop.config["scopes"], *SCOPES}))
        store.put_many(shop.domain, "product", [(product["id"], whole_product(product)) for product in products])


def publications(shop: Shop) -> list[dict]:
    return shop.store.all(shop.domain, "publication")


def online_store(shop: Shop) -> str:
    """Key of the online store's publication in ``published``."""
    return str(publications(shop)[0]["id"])


def plain(text: str) -> str:
    """HTML without its tags."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))).strip()


def handle_of(title: str) -> str:
    """The handle the platform makes of a title: lower case, letters and digits, hyphens between."""
    return re.sub(r"[^\w]+", "-", title.lower()).strip("-_") or "product"


def free_handle(shop: Shop, kind: str, wanted: str, own_id: int | None = None) -> str:
    """``wanted``, with a number behind it while another record has it."""
    handle, number = wanted, 0
    while any(record["id"] != own_id for record in shop.store.find(shop.domain, kind, "handle", handle)):
        number += 1
        handle = f"{wanted}-{number}"
    return handle


# --- metafields ----------------------------------------------------------------------------------------------------
def namespace_of(shop: Shop, given: str | None) -> str:
    """A namespace in full: none and ``$app`` are the app's own."""
    own = f"app--{shop.config['id']}"
    if not given or given == "$app":
        return own
    return f"{own}--{given[5:]}" if given.startswith("$app:") else given


def metafield(shop: Shop, wanted: dict, now: str, old: dict | None = None) -> dict:
    """A metafield's document; ``wanted``: namespace (in full), key, type, value."""
    named = {key: wanted[key] for key in ("namespace", "key", "type", "value")}
    if old:
        return {**old, **named, "updated_at": now}
    return {"id": shop.id("Metafield"), **named, "created_at": now, "updated_at": now}


def find_metafield(owner: dict, namespace: str, key: str) -> dict | None:
    return next((m for m in owner["metafields"] if (m["namespace"], m["key"]) == (namespace, key)), None)


def digest_of(entry: dict) -> str:
    """``compareDigest``: changes with the value."""
    return hashlib.sha256(f"{entry['type']}:{entry['value']}".encode()).hexdigest()


def definition(shop: Shop, owner_type: str, namespace: str, key: str) -> dict | None:
    for entry in shop.store.all(shop.domain, "metafield_definition"):
        if (entry["owner_type"], entry["namespace"], entry["key"]) == (owner_type, namespace, key):
            return entry
    return None


def unique_owner(shop: Shop, kind: str, namespace: str, key: str, value: str) -> dict | None:
    """The record of a kind whose metafield has this value."""
    return next(iter(shop.store.find(shop.domain, kind, "metafield", (namespace, key, value))), None)


# --- finding -------------------------------------------------------------------------------------------------------
def get(shop: Shop, kind: str, type_name: str, text: str | None) -> dict | None:
    """The record of a global id, or None."""
    found = parse_gid(text, type_name) if text else None
    return shop.store.get(shop.domain, kind, found[1]) if found else None


def get_product(shop: Shop, text: str | None) -> dict | None:
    return get(shop, "product", "Product", text)


def by_identifier(shop: Shop, kind: str, type_name: str, identifier: dict) -> dict | None:
    """The record that an identifier (exactly one of id, handle, customId) names; raises GraphQLError."""
    given = {key: value for key, value in identifier.items() if value is not None}
    if len(given) != 1:
        raise GraphQLError(
            f"Exactly one of the identifier's fields must be given, not {len(given)}.",
            extensions={"code": "invalidOneOfInputObject"},
        )
    if "id" in given:
        return get(shop, kind, type_name, given["id"])
    if "handle" in given:
        return next(iter(shop.store.find(shop.domain, kind, "handle", given["handle"])), None)
    namespace, key = custom_id(shop, OWNERS[type_name][1], given["customId"])
    return unique_owner(shop, kind, namespace, key, given["customId"]["value"])


def custom_id(shop: Shop, owner_type: str, wanted: dict) -> tuple[str, str]:
    """(namespace, key) of a custom id; raises GraphQLError unless a definition of type ``id`` says it is one."""
    namespace, key = namespace_of(shop, wanted.get("namespace")), wanted["key"]
    known = definition(shop, owner_type, namespace, key)
    if known is None or known["type"] != "id":
        raise GraphQLError(
            "Metafield definition of type 'id' is required when using custom ids.", extensions={"code": "NOT_FOUND"}
        )
    return namespace, key


# --- collections ---------------------------------------------------------------------------------------------------
_RELATIONS = {
    "EQUALS": lambda found, wanted: found == wanted,
    "NOT_EQUALS": lambda found, wanted: found != wanted,
    "CONTAINS": lambda found, wanted: wanted in found,
    "NOT_CONTAINS": lambda found, wanted: wanted not in found,
    "STARTS_WITH": lambda found, wanted: found.startswith(wanted),
    "ENDS_WITH": lambda found, wanted: found.endswith(wanted),
    "GREATER_THAN": lambda found, wanted: float(found) > float(wanted),
    "LESS_THAN": lambda found, wanted: float(found) < float(wanted),
}
_COLUMNS = {
    "TAG": lambda p: p["tags"],
    "TITLE": lambda p: [p["title"]],
    "TYPE": lambda p: [p["product_type"]],
    "VENDOR": lambda p: [p["vendor"]],
    "VARIANT_PRICE": lambda p: [v["price"] for v in p["variants"]],
    "VARIANT_COMPARE_AT_PRICE": lambda p: [v["compare_at_price"] for v in p["variants"] if v["compare_at_price"]],
    "VARIANT_INVENTORY": lambda p: [str(sum(v["inventory"] for v in p["variants"]))],
    "VARIANT_TITLE": lambda p: [v["title"] for v in p["variants"]],
    "VARIANT_WEIGHT": lambda p: [str(v["grams"] / 1000) for v in p["variants"]],
}


def rule_problem(rule: dict) -> str | None:
    """Why a rule of a smart collection cannot be used."""
    if rule["column"] not in _COLUMNS:
        return f"Column {rule['column'].lower()} is not known to the sandbox"
    if rule["relation"] not in _RELATIONS:
        return f"Relation {rule['relation'].lower()} is not allowed for {rule['column'].lower()}"
    return None


def _fits(product: dict, rule: dict) -> bool:
    values, wanted = _COLUMNS[rule["column"]](product), rule["condition"].lower()
    test = _RELATIONS[rule["relation"]]
    found = [test(value.lower(), wanted) for value in values]
    return all(found) if rule["relation"].startswith("NOT_") else any(found)


def in_collection(product: dict, collection: dict) -> bool:
    rules = collection["rules"]
    if rules is None:
        return product["id"] in collection["products"]
    together = any if rules["any"] else all
    return bool(rules["rules"]) and together(_fits(product, rule) for rule in rules["rules"])


def members(shop: Shop, collection: dict) -> list[dict]:
    """The products of a collection, in its order."""
    if collection["rules"] is None:
        found = (shop.store.get(shop.domain, "product", number) for number in collection["products"])
        return [product for product in found if product]
    return [product for product in shop.store.all(shop.domain, "product") if in_collection(product, collection)]


def collections_of(shop: Shop, product: dict) -> list[dict]:
    return [entry for entry in shop.store.all(shop.domain, "collection") if in_collection(product, entry)]


def collection(shop: Shop, wanted: dict) -> dict:
    """A collection document. ``wanted``: title, handle, description_html, products (ids), rules {any, rules}, sort."""
    now = wanted.get("created_at") or shop.clock.iso()
    title = wanted["title"]
    return {
        "id": shop.id("Collection"), "source_id": shop.id("CollectionSource"), "title": title,
        "handle": free_handle(shop, "collection", wanted.get("handle") or handle_of(title)),
        "description_html": wanted.get("description_html", ""), "sort": wanted.get("sort") or "BEST_SELLING",
        "products": list(wanted.get("products") or ()), "rules": wanted.get("rules"), "image": wanted.get("image"),
        "seo": {"title": None, "description": None, **(wanted.get("seo") or {})}, "template_suffix": None,
        "metafields": [], "published": wanted.get("published", {}), "translations": [],
        "created_at": now, "updated_at": now,
    }  # fmt: skip
