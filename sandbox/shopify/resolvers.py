"""Queries: how each root field finds its answer in the shop's state."""

from graphql import GraphQLError

from . import (
    fields,
    graph_catalogue,
    graph_fulfillment,
    graph_media,
    graph_order,
    graph_shop,
    graph_stock,
    payments,
    returns,
    stock,
)
from .access import Context, require
from .listing import DEFAULT_COUNT_LIMIT
from .listing import count as _count
from .listing import counting as _counting
from .listing import listing as _listing
from .listing import rows as _rows
from .listing import search as _search
from .paging import MAX_PAGE, BadRequest, connection
from .shop import gid, parse_gid

#: Stable versions on 2026-11-20, oldest first; anything older is answered by the oldest, anything unknown is refused.
VERSIONS = ("2026-01", "2026-04", "2026-07", "2026-10")
CANDIDATE = "2027-01"


def _visible_orders(info, query: str | None, sort_key: str = "ID") -> list[tuple]:
    context: Context = info.context
    rows = _rows(context, "order", sort_key, fields.ORDER_SORT)
    if query:
        search = _search(info, query, fields.ORDER, fields.ORDER_WORDS)
        rows = [row for row in rows if search.matches(row[2])]
    if "read_all_orders" not in context.scopes:
        oldest = context.oldest()
        rows = [row for row in rows if row[2]["created_at"] >= oldest]
    return rows


def orders(_root, info, *, query=None, sortKey="PROCESSED_AT", **page):
    require(info, "read_orders", "orders")
    rows = _visible_orders(info, query, sortKey or "PROCESSED_AT")
    return connection(rows, lambda order: graph_order.order_node(info.context.shop, order), **page)


def _find_order(info, text: str):
    context: Context = info.context
    found = parse_gid(text, "Order")
    record = context.shop.store.get(context.shop.domain, "order", found[1]) if found else None
    return graph_order.order_node(context.shop, record) if record and context.sees(record) else None


def order(_root, info, *, id):
    require(info, "read_orders", "order")
    _check_gid(id)
    return _find_order(info, id)


def order_by_identifier(_root, info, *, identifier):
    require(info, "read_orders", "orderByIdentifier")
    _check_gid(identifier["id"])
    return _find_order(info, identifier["id"])


def _check_gid(text: str):
    if parse_gid(text) is None:
        raise GraphQLError(f"Invalid global id '{text}'", extensions={"code": "argumentLiteralsIncompatible"})


def orders_count(_root, info, *, query=None, limit=DEFAULT_COUNT_LIMIT):
    require(info, "read_orders", "ordersCount")
    return _count(len(_visible_orders(info, query)), limit)


def product_variants(_root, info, *, query=None, sortKey=None, **page):
    require(info, "read_products", "productVariants")
    shop = info.context.shop
    index = shop.variants()
    every = lambda: [entry for _, entry in index.values()]  # noqa: E731
    rows = _rows(info.context, "variant", sortKey or "ID", fields.VARIANT_SORT, every)
    if query:
        search = _search(info, query, fields.VARIANT, fields.VARIANT_WORDS)
        rows = [row for row in rows if search.matches(row[2])]
    return connection(rows, lambda entry: graph_shop.variant(shop, index[entry["id"]][0], entry), **page)


def locations(_root, info, *, includeInactive=False, **page):
    require(info, "read_locations", "locations")
    shop = info.context.shop
    found = stock.locations(shop, inactive=bool(includeInactive))
    rows = [(place["id"], place["id"], place) for place in found]
    return connection(rows, lambda place: graph_stock.location(shop, place), **page)


def _by_id(info, text: str):
    """Any node by its global id; None if it is not there or of a kind that is not served."""
    found = parse_gid(text)
    if found is None:
        raise GraphQLError(f"Invalid global id '{text}'", extensions={"code": "RESOURCE_NOT_FOUND"})
    kind, number = found
    if kind == "Order":
        require(info, "read_orders", info.field_name)
        return _find_order(info, text)
    shop = info.context.shop
    get = shop.store.get
    if kind == "ProductVariant":
        require(info, "read_products", info.field_name)
        pair = shop.variants().get(number)
        return graph_shop.variant(shop, *pair) if pair else None
    if kind == "Refund":
        require(info, "read_orders", info.field_name)
        return _find_refund(info.context, number)
    if kind in _FINDERS:
        return _FINDERS[kind](None, info, id=text)
    if kind not in _NODES:
        return None
    where, scope, show = _NODES[kind]
    require(info, scope, info.field_name)
    record = get(shop.domain, where, number)
    return show(shop, record) if record else None


def _find_refund(context: Context, number: int):
    for record in context.shop.store.all(context.shop.domain, "order"):
        for refund in record["refunds"]:
            if refund["id"] == number and context.sees(record):
                return graph_order.refund_node(context.shop, record, refund, graph_order.Bags(record))
    return None


#: Kinds that a module of their own finds.
_FINDERS = {**graph_fulfillment.NODES, **graph_stock.NODES, **payments.NODES, **returns.NODES}
_NODES = {
    "Collection": ("collection", "read_products", graph_catalogue.collection_node),
    "GenericFile": ("file", "read_files", graph_media.file_node),
    "MediaImage": ("file", "read_products", graph_media.file_node),
    "MetafieldDefinition": ("metafield_definition", "read_products", graph_catalogue.definition_node),
    "Product": ("product", "read_products", graph_shop.product),
    "Publication": ("publication", "read_publications", graph_catalogue.publication_node),
    "Customer": ("customer", "read_customers", graph_shop.customer),
    "Location": ("location", "read_locations", graph_stock.location),
}


def node(_root, info, *, id):
    return _by_id(info, id)


def nodes(_root, info, *, ids):
    if len(ids) > MAX_PAGE:
        raise BadRequest(f"The input array size of {len(ids)} is greater than the maximum allowed of {MAX_PAGE}.")
    return [_by_id(info, text) for text in ids]


def _single(kind: str):
    def resolve(_root, info, *, id):
        _check_gid(id)
        return _by_id(info, id) if parse_gid(id, kind) else None

    return resolve


def location(_root, info, *, id=None):
    shop = info.context.shop
    require(info, "read_locations", "location")
    first = next(iter(shop.store.all(shop.domain, "location")))
    return _by_id(info, id or gid("Location", first["id"]))


def versions(_root, _info):
    return [
        {"handle": handle, "displayName": handle if handle in VERSIONS else f"{handle} (Release candidate)",
         "supported": handle in VERSIONS}
        for handle in (*VERSIONS, CANDIDATE)
    ]  # fmt: skip


QUERY = {
    "shop": lambda _root, info: graph_shop.shop_node(info.context.shop.config),
    "currentAppInstallation": lambda _root, info: graph_shop.installation(
        info.context.shop.config, sorted(info.context.scopes)
    ),
    "publicApiVersions": versions,
    "order": order,
    "orders": orders,
    "ordersCount": orders_count,
    "orderByIdentifier": order_by_identifier,
    "node": node,
    "nodes": nodes,
    "product": _single("Product"),
    "products": _listing(
        "product", "read_products", "products", known=fields.PRODUCT, words=fields.PRODUCT_WORDS,
        sorters=fields.PRODUCT_SORT, show=graph_shop.product,
    ),
    "productsCount": _counting("product", "read_products", "productsCount", fields.PRODUCT, fields.PRODUCT_WORDS),
    "productVariant": _single("ProductVariant"),
    "productVariants": product_variants,
    "customer": _single("Customer"),
    "customers": _listing(
        "customer", "read_customers", "customers", known=fields.CUSTOMER, words=fields.CUSTOMER_WORDS,
        sorters=fields.CUSTOMER_SORT, show=graph_shop.customer,
    ),
    "customersCount": _counting("customer", "read_customers", "customersCount", fields.CUSTOMER, fields.CUSTOMER_WORDS),
    "location": location,
    "locations": locations,
}  # fmt: skip
