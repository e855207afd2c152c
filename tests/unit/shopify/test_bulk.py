"""Bulk operations: choosing them, reading their files part by part, and what doesn't fit."""

import copy
import json
from pathlib import Path

import pytest
from graphql import parse
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.connector_base.transport import DataError, TransientError
from odoo.addons.connector_shopify import bulk, const
from odoo.addons.connector_shopify.bulk import BulkListing
from odoo.addons.connector_shopify.client import ShopifyClient
from odoo.addons.connector_shopify.errors import user_error
from odoo.addons.connector_shopify.listing import ProductListing
from odoo.addons.connector_shopify.parser_product import parse_product

from .fakes import DOMAIN, FakeAuth, FakeSession, answer, raw
from .product_samples import graphql_product, graphql_variant, metafield, picture, publication
from .samples import connection

CORPUS = next(
    (
        folder
        for parent in Path(__file__).resolve().parents
        if (folder := parent / "shared" / "corpora" / "shopify" / "graphql_bulk_jsonl").is_dir()
    ),
    None,
)
CHANNELS = [{"id": f"gid://shopify/Publication/{number}", "catalog": {"__typename": "AppCatalog"}} for number in (2, 3)]


def product(number, *, variants=1, fields=0, collections=0, published=(), updated=None):
    """A product as the listing states it."""
    return graphql_product(
        id=f"gid://shopify/Product/{number}",
        updatedAt=updated or f"2026-11-20T12:{number // 60:02}:{number % 60:02}Z",
        variants=connection(
            [
                graphql_variant(
                    number * 100 + at,
                    selectedOptions=[{"name": "Size", "value": str(at)}],
                    media={"nodes": [{"id": f"gid://shopify/MediaImage/{number}"}] if at else []},
                    metafields=connection([metafield(f"v{at}f{field}", "x") for field in range(fields)]),
                )
                for at in range(variants)
            ]
        ),
        media=connection([picture(number)]),
        collections=connection([{"id": f"gid://shopify/Collection/{found}"} for found in range(collections)]),
        metafields=connection([metafield(f"p{field}", "y") for field in range(fields)]),
        resourcePublicationsV2=connection([publication(channel) for channel in published]),
    )


def lines_of(node, *, first):
    """The lines of one product in the first or the second file."""
    nested = ("variants", "media", "metafields", "collections", "resourcePublicationsV2")
    root = {key: value for key, value in node.items() if key not in nested}
    if first:
        shown = {entry["publication"]["id"] for entry in node["resourcePublicationsV2"]["nodes"]}
        root |= {f"published{at}": channel["id"] in shown for at, channel in enumerate(CHANNELS)}
    else:
        root = {"id": root["id"], "updatedAt": root["updatedAt"]}
    lines = [root]
    for variant in node["variants"]["nodes"]:
        own = {key: value for key, value in variant.items() if key not in ("media", "metafields")}
        lines.append((own if first else {"id": own["id"]}) | {"__parentId": node["id"]})
        lines += [entry | {"__parentId": own["id"]} for entry in variant["media" if first else "metafields"]["nodes"]]
    for key in ("media", "metafields") if first else ("collections",):
        lines += [entry | {"__parentId": node["id"]} for entry in node[key]["nodes"]]
    return [json.dumps(line) for line in lines]


class Store:
    """A store with the results of two operations; `reads` are the parts asked for."""

    def __init__(self, products, rest=None):
        self.products = products
        self.files = [
            self.file(products, first=True),
            self.file(products if rest is None else rest, first=False),
        ]
        self.states = ["COMPLETED", "COMPLETED"]
        self.reads = []
        self.asked = []
        self.queries = []
        self.cancelled = []
        self.busy_from = 99
        self.count = len(products)

    @staticmethod
    def file(products, *, first):
        return "".join(f"{line}\n" for node in products for line in lines_of(node, first=first)).encode()

    def publications(self):
        return CHANNELS

    def products_count(self, query):
        return self.count

    def bulk_run(self, query):
        parse(query)
        if len(self.queries) >= self.busy_from:
            raise user_error([{"message": "Too many", "code": "LIMIT_REACHED"}])
        self.queries.append(query)
        return f"gid://shopify/BulkOperation/{len(self.queries) - 1}"

    def bulk_cancel(self, operation):
        self.cancelled.append(operation)

    def bulk_operation(self, operation):
        number = int(operation[-1])
        size = len(self.files[number])
        return {"status": self.states[number], "url": str(number) if size else None, "fileSize": str(size)}

    def bulk_read(self, url, start, size):
        self.reads.append((int(url), start, size))
        return self.files[int(url)][start : start + size]

    def products_by_id(self, gids):
        self.asked += gids
        return [node for node in self.products if node["id"] in gids]


def read_all(store):
    """Return all products, each page by the text of its token."""
    listing, found, pages = BulkListing.begin(store, ""), [], 0
    while listing:
        nodes, following = listing.read_page(store)
        found += nodes
        pages += 1
        assert following is None or following.offsets[0] > listing.offsets[0]
        listing = bulk.resume(following.token) if following else None
        assert listing == following
    return found, pages


@st.composite
def catalogues(draw):
    """Products in the order of their updates, some of which fell into the same second."""
    together = draw(st.sampled_from((1, 3, 100)))
    return [
        product(
            number,
            updated=f"2026-11-20T12:00:{number // together:02}Z",
            variants=draw(st.integers(1, 4)),
            fields=draw(st.integers(0, 2)),
            collections=draw(st.integers(0, 2)),
            published=draw(st.sets(st.sampled_from((2, 3)))),
        )
        for number in range(1, draw(st.integers(1, 12)) + 1)
    ]


@given(catalogues(), st.integers(200, 20_000))
@settings(max_examples=60, deadline=None)
def test_every_product_is_read_once_whatever_the_parts(products, part):
    """In its order, as if it had been listed; whether a part holds many products or a part of one."""
    store = Store(products)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(const, "BULK_PART", part)
        found, _pages = read_all(store)
    assert list(map(parse_product, found)) == list(map(parse_product, products))
    assert store.asked == []


def test_memory_stays_flat(monkeypatch):
    """No read is bigger than a part, and each byte of a file is read about once."""
    monkeypatch.setattr(const, "BULK_PART", 20_000)
    store = Store([product(number, variants=3) for number in range(1, 400)])
    found, pages = read_all(store)
    assert len(found) == 399
    assert pages > 20
    assert max(size for _file, _start, size in store.reads) == 20_000
    read = sum(min(size, len(store.files[file]) - start) for file, start, size in store.reads if file == 0)
    assert read < 1.3 * len(store.files[0])


def test_two_thousand_variants_are_one_page():
    big = product(1, variants=2048)
    found, pages = read_all(Store([big, product(2)]))
    assert [len(node["variants"]["nodes"]) for node in found] == [2048, 1]
    assert pages <= 2


def test_what_changed_between_the_two_is_read_again():
    first = [product(1), product(2), product(3)]
    newer = product(2, updated="2026-11-20T13:00:00Z")
    store = Store(first, [first[0], first[2], newer])
    found, _pages = read_all(store)
    assert store.asked == [first[1]["id"]]
    assert {node["id"] for node in found} == {node["id"] for node in first}


def test_what_changed_after_the_page_is_left_to_the_next_import():
    """Reading it now would move the cursor past products that are not read yet."""
    first = [product(1), product(2), product(3)]
    newer = product(2, updated="2026-11-20T13:00:00Z")
    store = Store(first, [first[0], first[2], newer])
    store.products = [first[0], newer, first[2]]
    found, _pages = read_all(store)
    assert [node["id"] for node in found] == [first[0]["id"], first[2]["id"]]


def test_a_product_that_is_gone_is_left_out():
    first = [product(1), product(2)]
    store = Store(first, [first[1]])
    store.products = first[1:]
    found, _pages = read_all(store)
    assert [node["id"] for node in found] == [first[1]["id"]]


@pytest.mark.parametrize("file", [0, 1])
def test_a_broken_line_has_its_product_read_again(file):
    products = [product(1, variants=2, fields=1), product(2)]
    store = Store(products)
    lines = store.files[file].split(b"\n")
    lines[1] = lines[1][:-5]
    store.files[file] = b"\n".join(lines)
    found, _pages = read_all(store)
    assert store.asked == [products[0]["id"]]
    assert {node["id"] for node in found} == {node["id"] for node in products}


@pytest.mark.skipif(CORPUS is None, reason="no ../shared/corpora/shopify/graphql_bulk_jsonl")
def test_a_recorded_file():
    """It has a line that is none, and children that don't name their parents: their products are read again."""
    (path,) = CORPUS.glob("*.jsonl")
    groups, used = bulk._groups(path.read_bytes(), whole=True)
    assert [(group.root["title"], group.broken) for group in groups] == [("Hammer", True), ("Screwdriver", True)]
    assert used == path.stat().st_size


def test_nothing_at_all():
    assert read_all(Store([])) == ([], 1)


@pytest.mark.parametrize("state", ["CREATED", "RUNNING"])
def test_while_shopify_is_at_work_the_job_comes_later(state):
    store = Store([product(1)])
    store.states[1] = state
    with pytest.raises(TransientError) as caught:
        BulkListing.begin(store, "").read_page(store)
    assert caught.value.retry_after == const.BULK_POLL
    assert store.reads == []


@pytest.mark.parametrize("state", ["FAILED", "CANCELED", "EXPIRED"])
def test_without_a_result_it_goes_on_page_by_page(state, monkeypatch):
    monkeypatch.setattr(const, "BULK_PART", 3_000)
    store = Store([product(number) for number in range(1, 9)])
    nodes, following = BulkListing.begin(store, "").read_page(store)
    store.states[0] = state
    assert following.read_page(store) == ([], ProductListing(since=nodes[-1]["updatedAt"]))


# === CHOOSING === #


def test_few_products_are_listed():
    store = Store([])
    store.count = const.BULK_FROM - 1
    following = ProductListing(cursor="c")
    assert bulk.choose(store, following, "2026-11-20T12:00:00Z") is following
    assert store.queries == []


def test_many_products_are_gathered():
    store = Store([])
    store.count = const.BULK_FROM
    listing = bulk.choose(store, ProductListing(cursor="c"), "2026-11-20T12:00:00Z")
    assert listing.since == "2026-11-20T12:00:00Z"
    assert len(store.queries) == 2
    for query in store.queries:
        assert "(query: \"updated_at:>='2026-11-20T12:00:00Z'\", sortKey: UPDATED_AT)" in query
        assert query.count("edges {") <= 5
    assert 'published1: publishedOnPublication(publicationId: "gid://shopify/Publication/3")' in store.queries[0]


@pytest.mark.parametrize("running", [0, 1])
def test_when_too_many_run_already_products_are_listed(running):
    store = Store([])
    store.count, store.busy_from = const.BULK_FROM, running
    following = ProductListing(cursor="c")
    assert bulk.choose(store, following, "2026-11-20T12:00:00Z") is following
    assert len(store.cancelled) == running


@pytest.mark.parametrize("token", ["", "x", "[]", '{"page": 3}', '{"operations": 3}', '{"operations": [], "x": 1}'])
def test_a_foreign_token_is_refused(token):
    with pytest.raises(DataError):
        bulk.resume(token)


def test_a_listings_token_is_resumed():
    listing = ProductListing(since="2026-11-20T12:00:00Z", cursor="c", seen=5, size=25)
    assert bulk.resume(listing.token) == listing


# === THE CLIENT === #


def client(*answers, files=()):
    session, outside = FakeSession(*answers), FakeSession(*files)
    return ShopifyClient(session, DOMAIN, FakeAuth(), outside), session, outside


def test_a_run():
    payload = {"bulkOperationRunQuery": {"bulkOperation": {"id": "gid://shopify/BulkOperation/1"}, "userErrors": []}}
    shop, session, _outside = client(answer(payload))
    assert shop.bulk_run("{ products }") == "gid://shopify/BulkOperation/1"
    assert session.variables == [{"query": "{ products }"}]
    assert "groupObjects: true" in session.calls[0]["json"]["query"]


def test_a_part_is_read():
    part = raw("bcd", status=206)
    shop, session, outside = client(files=[part])
    assert shop.bulk_read("https://storage.example/1", 1, 3) == b"bcd"
    assert outside.calls[0]["headers"]["Range"] == "bytes=1-3"
    assert session.calls == []


@pytest.mark.parametrize(("response", "found"), [(raw("abcdef"), b"bcd"), (raw("", status=416), b""), (raw("a"), b"")])
def test_servers_without_ranges(response, found):
    shop, _session, _outside = client(files=[response])
    assert shop.bulk_read("https://storage.example/1", 1, 3) == found


@pytest.mark.parametrize(
    ("response", "kind"),
    [(raw("", status=404), DataError), (raw("", status=503), TransientError), (raw("", status=206), TransientError)],
)
def test_a_file_that_can_not_be_read(response, kind):
    shop, _session, _outside = client(files=[response])
    with pytest.raises(kind):
        shop.bulk_read("https://storage.example/1", 1, 3)


def test_the_samples_are_whole():
    """What the files are made of is what the listing would have given."""
    assert parse_product(copy.deepcopy(product(1, variants=2, fields=1, collections=1))).variants[1].image == "1"
