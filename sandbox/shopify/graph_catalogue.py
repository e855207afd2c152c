"""GraphQL shape of the catalogue beyond products' bare bones: metafields, collections, publications, translations."""

import hashlib
import json

from . import catalogue, graph_media, graph_shop
from .paging import connection, nested
from .shop import Shop, gid

LANGUAGES = {"en": "English", "de": "German", "fr": "French", "nl": "Dutch", "es": "Spanish"}
#: Type -> key of a translatable text -> where it stands in the document.
TRANSLATABLE = {
    "Product": {
        "title": lambda d: d["title"], "body_html": lambda d: d["description_html"], "handle": lambda d: d["handle"],
        "product_type": lambda d: d["product_type"], "meta_title": lambda d: d["seo"]["title"],
        "meta_description": lambda d: d["seo"]["description"],
    },
    "Collection": {
        "title": lambda d: d["title"], "body_html": lambda d: d["description_html"], "handle": lambda d: d["handle"],
        "meta_title": lambda d: d["seo"]["title"], "meta_description": lambda d: d["seo"]["description"],
    },
}  # fmt: skip

#: Column of a rule -> type of its condition.
_CONDITIONS = {
    column: f"CollectionSourceInclusionCondition{name}"
    for column, name in {
        "TAG": "ProductTag", "TITLE": "ProductTitle", "TYPE": "ProductType", "VENDOR": "ProductVendor",
        "VARIANT_COMPARE_AT_PRICE": "VariantCompareAtPrice",
        "VARIANT_PRICE": "VariantPrice", "VARIANT_TITLE": "VariantTitle", "VARIANT_WEIGHT": "VariantWeight",
    }.items()
}  # fmt: skip


def count(number: int) -> dict:
    return {"count": number, "precision": "EXACT"}


# --- metafields ----------------------------------------------------------------------------------------------------
def metafield_node(shop: Shop, kind: str, owner: dict, entry: dict) -> dict:
    known = catalogue.definition(shop, catalogue.OWNERS[kind][1], entry["namespace"], entry["key"])
    return {
        "__typename": "Metafield", "id": gid("Metafield", entry["id"]), "legacyResourceId": str(entry["id"]),
        "namespace": entry["namespace"], "key": entry["key"], "type": entry["type"], "value": entry["value"],
        "jsonValue": json_value(entry), "compareDigest": catalogue.digest_of(entry),
        "sizeInBytes": len(entry["value"].encode()), "ownerType": catalogue.OWNERS[kind][1],
        "owner": lambda _info: owner_node(shop, kind, owner),
        "definition": definition_node(shop, known) if known else None,
        "createdAt": entry["created_at"], "updatedAt": entry["updated_at"],
    }  # fmt: skip


def json_value(entry: dict):
    """``jsonValue``: the value by its type."""
    kind, value = entry["type"], entry["value"]
    if kind in (
        "number_integer",
        "boolean",
        "json",
        "dimension",
        "weight",
        "volume",
        "money",
        "rating",
        "rich_text_field",
    ):
        return json.loads(value)
    return json.loads(value) if kind.startswith("list.") else value


def owner_node(shop: Shop, kind: str, owner: dict) -> dict:
    if kind == "ProductVariant":
        return graph_shop.variant(shop, *shop.variants()[owner["id"]])
    return graph_shop.product(shop, owner) if kind == "Product" else collection_node(shop, owner)


def metafields(shop: Shop, kind: str, owner: dict) -> dict:
    """The fields ``metafield`` and ``metafields`` of an owner."""
    entries = owner["metafields"]

    def show(entry):
        return metafield_node(shop, kind, owner, entry)

    def one(_info, key, namespace=None):
        found = catalogue.find_metafield(owner, catalogue.namespace_of(shop, namespace), key)
        return show(found) if found else None

    def listed(info, namespace=None, keys=None, **page):
        found = entries
        if namespace is not None:
            full = catalogue.namespace_of(shop, namespace)
            found = [entry for entry in found if entry["namespace"] == full]
        if keys:
            found = [e for e in found if f"{e['namespace']}.{e['key']}" in keys or e["key"] in keys]
        return nested(found, show)(info, **page)

    return {"metafield": one, "metafields": listed}


def definition_node(shop: Shop, entry: dict) -> dict:
    kinds = {word: kind for kind, word in catalogue.OWNERS.values()}
    category = entry["type"].split("_")[0].upper()

    def used(_info, **_arguments):
        records = shop.store.all(shop.domain, kinds[entry["owner_type"]])
        if entry["owner_type"] == "PRODUCTVARIANT":
            records = [variant for record in records for variant in record["variants"]]
        return sum(catalogue.find_metafield(r, entry["namespace"], entry["key"]) is not None for r in records)

    return {
        "__typename": "MetafieldDefinition", "id": gid("MetafieldDefinition", entry["id"]), "name": entry["name"],
        "namespace": entry["namespace"], "key": entry["key"], "description": entry["description"],
        "ownerType": entry["owner_type"], "type": {"name": entry["type"], "category": category},
        "capabilities": {"uniqueValues": {"enabled": entry["unique"], "eligible": True}}, "metafieldsCount": used,
    }  # fmt: skip


# --- publications --------------------------------------------------------------------------------------------------
def publication_node(shop: Shop, entry: dict) -> dict:
    key = str(entry["id"])

    def published(kind):
        return [record for record in shop.store.all(shop.domain, kind) if key in record["published"]]

    def products(info, query=None, sortKey=None, **page):
        return nested(published("product"), lambda p: graph_shop.product(shop, p))(info, **page)

    def channels(info, **page):
        channel = {
            "__typename": "Channel", "id": gid("Channel", entry["channel_id"]), "name": entry["name"],
            "handle": entry["handle"], "supportsFuturePublishing": entry["handle"] == "online-store",
        }  # fmt: skip
        return nested([{"id": entry["channel_id"]}], lambda _record: channel)(info, **page)

    return {
        "__typename": "Publication", "id": gid("Publication", entry["id"]), "name": entry["name"],
        "autoPublish": False, "supportsFuturePublishing": entry["handle"] == "online-store",
        "catalog": {"__typename": "AppCatalog", "id": gid("AppCatalog", entry["id"]), "title": entry["name"],
                    "status": "ACTIVE"},
        "channels": channels, "products": products,
        "hasCollection": lambda _info, id: any(
            gid("Collection", record["id"]) == id for record in published("collection")
        ),
    }  # fmt: skip


def publishable(shop: Shop, record: dict, show) -> dict:
    """The fields of ``Publishable``; ``show()`` gives the record's own node."""
    published, now = record["published"], shop.clock.iso()

    def on(_info, publicationId):
        number = publicationId.rpartition("/")[2]
        return number in published and published[number] <= now

    def entries(only):
        listed = [entry for entry in catalogue.publications(shop) if str(entry["id"]) in published]
        return [entry for entry in listed if not only or published[str(entry["id"])] <= now]

    def node(kind):
        return lambda entry: {
            "__typename": kind, "publication": publication_node(shop, entry), "publishable": lambda _info: show(),
            "isPublished": published[str(entry["id"])] <= now, "publishDate": published[str(entry["id"])],
        }  # fmt: skip

    def listed(kind):
        return lambda info, onlyPublished=True, **page: nested(entries(onlyPublished), node(kind))(info, **page)

    return {
        "publishedOnPublication": on,
        "resourcePublications": listed("ResourcePublication"),
        "resourcePublicationsV2": listed("ResourcePublicationV2"),
        "resourcePublicationsCount": lambda _info, onlyPublished=True: count(len(entries(onlyPublished))),
    }


# --- translations --------------------------------------------------------------------------------------------------
def translations(record: dict, kind: str = ""):
    """The field ``translations`` of a product or collection; others have none."""

    def resolve(_info, locale, **_where):
        return [translation_node(kind, record, t) for t in record.get("translations", ()) if t["locale"] == locale]

    return resolve


def translation_node(kind: str, record: dict, entry: dict) -> dict:
    """Outdated once the text it translates has changed."""
    source = TRANSLATABLE[kind][entry["key"]](record)
    return {
        "__typename": "Translation", "key": entry["key"], "locale": entry["locale"], "value": entry["value"],
        "outdated": not source or content_digest(source) != entry["digest"], "updatedAt": entry["updated_at"],
    }  # fmt: skip


def locales(shop: Shop) -> list[str]:
    """Languages of the shop, its first one first."""
    return shop.config.get("locales") or ["en", "de", "fr"]


def content_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def translatable(shop: Shop, kind: str, record: dict) -> dict:
    """``TranslatableResource`` of a product or collection."""
    texts = {key: text(record) for key, text in TRANSLATABLE[kind].items()}
    content = [
        {"key": key, "value": value, "digest": content_digest(value) if value else None, "locale": locales(shop)[0],
         "type": {"body_html": "HTML", "handle": "URI"}.get(key, "SINGLE_LINE_TEXT_FIELD")}
        for key, value in texts.items()
    ]  # fmt: skip
    return {
        "resourceId": gid(kind, record["id"]),
        "translatableContent": lambda _info, **_where: content,
        "translations": translations(record, kind),
    }


# --- collections ---------------------------------------------------------------------------------------------------
def collection_node(shop: Shop, data: dict) -> dict:
    rules = data["rules"]

    def products(info, sortKey=None, **page):
        return nested(catalogue.members(shop, data), lambda p: graph_shop.product(shop, p))(info, **page)

    def has(_info, id):
        product = catalogue.get_product(shop, id)
        return bool(product) and catalogue.in_collection(product, data)

    text = catalogue.plain(data["description_html"])
    return {
        "__typename": "Collection", "id": gid("Collection", data["id"]), "legacyResourceId": str(data["id"]),
        "title": data["title"], "handle": data["handle"], "descriptionHtml": data["description_html"],
        "description": lambda _info, truncateAt=None: text[:truncateAt], "sortOrder": data["sort"],
        "seo": data["seo"], "templateSuffix": data["template_suffix"], "updatedAt": data["updated_at"],
        "image": lambda _info: graph_media.first_image(shop, data["image"]),
        "ruleSet": {"appliedDisjunctively": rules["any"], "rules": rules["rules"]} if rules else None,
        "sources": [source_node(shop, data)],
        "products": products, "productsCount": lambda _info: count(len(catalogue.members(shop, data))),
        "hasProduct": has, "translations": translations(data, "Collection"), **metafields(shop, "Collection", data),
        **publishable(shop, data, lambda: collection_node(shop, data)),
    }  # fmt: skip


def source_node(shop: Shop, data: dict) -> dict:
    """What fills a collection: rules, or chosen products."""
    rules = data["rules"]

    def selections(info, **page):
        chosen = [] if rules else catalogue.members(shop, data)
        show = lambda p: {"product": graph_shop.product(shop, p), "variantIds": None}  # noqa: E731
        return nested(chosen, show)(info, **page)

    def products(info, **page):
        return nested(catalogue.members(shop, data), lambda p: graph_shop.product(shop, p))(info, **page)

    conditions = [
        {"__typename": _CONDITIONS[rule["column"]],
         "id": gid(_CONDITIONS[rule["column"]], f"{data['source_id']}{number}")}
        for number, rule in enumerate(rules["rules"] if rules else (), 1)
    ]  # fmt: skip
    return {
        "__typename": "CollectionConditionsSource", "id": gid("CollectionConditionsSource", data["source_id"]),
        "title": data["title"], "description": None, "shareable": False, "targetType": "PRODUCTS",
        "products": products,
        "inclusion": {
            "conditions": conditions, "selections": selections,
            "matchType": ("ANY" if rules["any"] else "ALL") if rules else None,
        },
    }  # fmt: skip


# --- products and variants -----------------------------------------------------------------------------------------
def product_fields(shop: Shop, data: dict) -> dict:
    """What ``graph_shop.product`` adds of this module."""
    prices = sorted((variant["price"] for variant in data["variants"]), key=float)
    currency = shop.config["currency"]
    online = data["published"].get(catalogue.online_store(shop))
    visible = online is not None and data["status"] in ("ACTIVE", "UNLISTED") and online <= shop.clock.iso()
    text = catalogue.plain(data["description_html"])

    def collections(info, query=None, sortKey=None, **page):
        rows = sorted((entry["id"], entry["id"], entry) for entry in catalogue.collections_of(shop, data))
        return connection(rows, lambda entry: collection_node(shop, entry), **page)

    def in_collection(_info, id):
        found = catalogue.get(shop, "collection", "Collection", id)
        return bool(found) and catalogue.in_collection(data, found)

    address = f"https://{shop.domain}/products/{data['handle']}"
    return {
        "descriptionHtml": data["description_html"], "description": lambda _info, truncateAt=None: text[:truncateAt],
        "publishedAt": online, "templateSuffix": data["template_suffix"], "seo": data["seo"],
        "category": category_node(data["category"]) if data["category"] else None,
        "onlineStoreUrl": address if visible else None, "onlineStorePreviewUrl": f"{address}?preview_key=1",
        "priceRangeV2": {
            "minVariantPrice": {"amount": prices[0], "currencyCode": currency},
            "maxVariantPrice": {"amount": prices[-1], "currencyCode": currency},
        },
        "featuredMedia": lambda _info: graph_media.featured(shop, data["media"]),
        "media": graph_media.media_connection(shop, data["media"]),
        "mediaCount": count(len(data["media"])), "collections": collections, "inCollection": in_collection,
        "translations": translations(data, "Product"), **metafields(shop, "Product", data),
        **publishable(shop, data, lambda: graph_shop.product(shop, data)),
    }  # fmt: skip


def category_node(text: str) -> dict:
    """A category of the taxonomy; the sandbox knows ids, not names."""
    name = text.rpartition("/")[2]
    return {"__typename": "TaxonomyCategory", "id": text, "name": name, "fullName": name}


def option_nodes(data: dict) -> list[dict]:
    """``ProductOption`` nodes; ``values`` are those a variant has, ``optionValues`` all."""
    nodes = []
    for position, option in enumerate(data["options"], 1):
        used = {variant["options"][position - 1] for variant in data["variants"]}
        values = [
            {
                "__typename": "ProductOptionValue", "id": gid("ProductOptionValue", value["id"]), "name": value["name"],
                "hasVariants": value["name"] in used, "translations": translations(value),
            }
            for value in option["values"]
        ]  # fmt: skip
        nodes.append(
            {
                "__typename": "ProductOption", "id": gid("ProductOption", option["id"]), "name": option["name"],
                "position": position, "values": [value["name"] for value in values if value["hasVariants"]],
                "optionValues": values, "translations": translations(option),
            }
        )  # fmt: skip
    return nodes


def selected_options(data: dict, variant: dict) -> list[dict]:
    chosen = []
    for option, name in zip(data["options"], variant["options"], strict=True):
        value = next(entry for entry in option["values"] if entry["name"] == name)
        node = {
            "__typename": "ProductOptionValue", "id": gid("ProductOptionValue", value["id"]), "name": name,
            "hasVariants": True, "translations": translations(value),
        }  # fmt: skip
        chosen.append({"name": option["name"], "value": name, "optionValue": node})
    return chosen
