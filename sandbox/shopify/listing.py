"""Lists of records: sorted, searched, paged, counted."""

from .access import Context, require
from .paging import MAX_DEPTH, connection
from .search import Search

DEFAULT_COUNT_LIMIT = 10_000

_sorted: dict[tuple, tuple] = {}


def rows(context: Context, kind: str, sort_key: str, sorters: dict, records=None) -> list[tuple]:
    """All records of a kind, sorted; kept until something of the kind changes."""
    store, domain = context.shop.store, context.shop.domain
    source = "product" if kind == "variant" else kind
    version = store.version(domain, source)
    cached = _sorted.get((domain, kind, sort_key))
    if cached is None or cached[0] is not store or cached[1] != version:
        value = sorters[sort_key]
        every = records() if records else store.all(domain, source)
        ordered = sorted(((value(record), record["id"], record) for record in every), key=lambda row: row[:2])
        cached = _sorted[domain, kind, sort_key] = (store, version, ordered)
    return cached[2]


def search(info, query: str | None, known: dict, words: list) -> Search:
    """A parsed query; what it does not understand is told in ``extensions.search``."""
    context: Context = info.context
    found = Search(query, known, words, context.shop.config["utc_offset"], context.shop.clock.iso())
    if found.warnings:
        context.searches.append({"path": info.path.as_list(), "query": query, "warnings": found.warnings})
    return found


def count(number: int, limit) -> dict:
    """``Count``: exact up to the limit."""
    cap = MAX_DEPTH + 1 if limit is None else limit
    return {"count": min(number, cap), "precision": "EXACT" if number <= cap else "AT_LEAST"}


def listing(kind: str, scope: str, name: str, *, known: dict, words: list, sorters: dict, show):
    """A resolver of a connection over all records of a kind."""

    def resolve(_root, info, *, query=None, sortKey=None, **page):
        require(info, scope, name)
        found = rows(info.context, kind, sortKey or "ID", sorters)
        if query:
            wanted = search(info, query, known, words)
            found = [row for row in found if wanted.matches(row[2])]
        return connection(found, lambda record: show(info.context.shop, record), **page)

    return resolve


def counting(kind: str, scope: str, name: str, known: dict, words: list):
    """A resolver of how many records a query finds."""

    def resolve(_root, info, *, query=None, limit=DEFAULT_COUNT_LIMIT):
        require(info, scope, name)
        wanted = search(info, query, known, words)
        shop = info.context.shop
        return count(sum(map(wanted.matches, shop.store.all(shop.domain, kind))), limit)

    return resolve
