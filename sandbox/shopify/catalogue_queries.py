"""Queries of the catalogue beyond products and variants by id."""

from graphql import GraphQLError

from . import catalogue, fields, graph_catalogue, graph_media, graph_shop
from .access import require
from .listing import count, listing, rows, search
from .paging import connection
from .shop import parse_gid

#: Translatable resources: type -> (kind of document, scope).
_TRANSLATABLE = {"Product": "product", "Collection": "collection"}


def product_by_identifier(_root, info, *, identifier):
    require(info, "read_products", "productByIdentifier")
    shop = info.context.shop
    found = catalogue.by_identifier(shop, "product", "Product", identifier)
    return graph_shop.product(shop, found) if found else None


def variant_by_identifier(_root, info, *, identifier):
    require(info, "read_products", "productVariantByIdentifier")
    shop = info.context.shop
    if identifier.get("customId"):
        wanted = identifier["customId"]
        namespace, key = catalogue.custom_id(shop, "PRODUCTVARIANT", wanted)
        for product, entry in shop.variants().values():
            found = catalogue.find_metafield(entry, namespace, key)
            if found and found["value"] == wanted["value"]:
                return graph_shop.variant(shop, product, entry)
        return None
    number = parse_gid(identifier.get("id") or "", "ProductVariant")
    pair = shop.variants().get(number[1]) if number else None
    return graph_shop.variant(shop, *pair) if pair else None


def variants_count(_root, info, *, query=None, limit=10_000):
    require(info, "read_products", "productVariantsCount")
    found = search(info, query, fields.VARIANT, fields.VARIANT_WORDS)
    return count(sum(found.matches(entry) for _, entry in info.context.shop.variants().values()), limit)


def collection(_root, info, *, id):
    require(info, "read_products", "collection")
    shop = info.context.shop
    found = catalogue.get(shop, "collection", "Collection", id)
    return graph_catalogue.collection_node(shop, found) if found else None


def collection_by_identifier(_root, info, *, identifier):
    require(info, "read_products", "collectionByIdentifier")
    shop = info.context.shop
    found = catalogue.by_identifier(shop, "collection", "Collection", identifier)
    return graph_catalogue.collection_node(shop, found) if found else None


def collections_count(_root, info, *, query=None, limit=10_000):
    require(info, "read_products", "collectionsCount")
    shop = info.context.shop
    found = search(info, query, fields.COLLECTION, fields.COLLECTION_WORDS)
    return count(sum(map(found.matches, shop.store.all(shop.domain, "collection"))), limit)


def publication(_root, info, *, id):
    require(info, "read_publications", "publication")
    shop = info.context.shop
    found = catalogue.get(shop, "publication", "Publication", id)
    return graph_catalogue.publication_node(shop, found) if found else None


def publications(_root, info, **page):
    require(info, "read_publications", "publications")
    shop = info.context.shop
    listed = [(entry["id"], entry["id"], entry) for entry in catalogue.publications(shop)]
    return connection(listed, lambda entry: graph_catalogue.publication_node(shop, entry), **page)


def publications_count(_root, info, *, limit=10_000):
    require(info, "read_publications", "publicationsCount")
    return count(len(catalogue.publications(info.context.shop)), limit)


def definitions(_root, info, *, ownerType, namespace=None, key=None, query=None, sortKey=None, **page):
    require(info, "read_products", "metafieldDefinitions")
    shop = info.context.shop
    full = catalogue.namespace_of(shop, namespace) if namespace else None
    found = [
        entry
        for entry in shop.store.all(shop.domain, "metafield_definition")
        if entry["owner_type"] == ownerType and full in (None, entry["namespace"]) and key in (None, entry["key"])
    ]
    listed = [(entry["id"], entry["id"], entry) for entry in found]
    return connection(listed, lambda entry: graph_catalogue.definition_node(shop, entry), **page)


def shop_locales(_root, info, *, published=None):
    require(info, "read_locales", "shopLocales")
    chosen = graph_catalogue.locales(info.context.shop)
    return [
        {"locale": code, "name": graph_catalogue.LANGUAGES.get(code, code), "primary": not number, "published": True}
        for number, code in enumerate(chosen)
        if published is not False
    ]


def translatable(info, text: str) -> dict | None:
    """The ``TranslatableResource`` of a global id; None if there is no such record."""
    require(info, "read_translations", info.field_name)
    found = parse_gid(text)
    if found is None:
        raise GraphQLError(f"Invalid global id '{text}'", extensions={"code": "argumentLiteralsIncompatible"})
    if found[0] not in _TRANSLATABLE:
        return None
    shop = info.context.shop
    record = shop.store.get(shop.domain, _TRANSLATABLE[found[0]], found[1])
    return graph_catalogue.translatable(shop, found[0], record) if record else None


def translatables(_root, info, *, resourceIds, **page):
    found = [resource for resource in (translatable(info, text) for text in resourceIds) if resource]
    listed = [(number, number, resource) for number, resource in enumerate(found)]
    return connection(listed, lambda resource: resource, **page)


def files(_root, info, *, query=None, sortKey=None, **page):
    require(info, "read_files", "files")
    shop = info.context.shop
    listed = rows(info.context, "file", sortKey or "ID", fields.FILE_SORT)
    if query:
        wanted = search(info, query, fields.FILE, fields.FILE_WORDS)
        listed = [row for row in listed if wanted.matches(row[2])]
    return connection(listed, lambda file: graph_media.file_node(shop, file), **page)


QUERY = {
    "productByIdentifier": product_by_identifier,
    "productVariantByIdentifier": variant_by_identifier,
    "productVariantsCount": variants_count,
    "collection": collection,
    "collections": listing(
        "collection", "read_products", "collections", known=fields.COLLECTION, words=fields.COLLECTION_WORDS,
        sorters=fields.COLLECTION_SORT, show=graph_catalogue.collection_node,
    ),
    "collectionsCount": collections_count,
    "collectionByIdentifier": collection_by_identifier,
    "publication": publication,
    "publications": publications,
    "publicationsCount": publications_count,
    "files": files,
    "metafieldDefinitions": definitions,
    "shopLocales": shop_locales,
    "translatableResource": lambda _root, info, *, resourceId: translatable(info, resourceId),
    "translatableResourcesByIds": translatables,
}  # fmt: skip
