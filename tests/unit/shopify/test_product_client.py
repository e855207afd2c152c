"""What the client sends about products, and how it reads on."""

import json

import pytest

from odoo.addons.connector_base.transport import DataError, TransientError
from odoo.addons.connector_shopify import client as client_module
from odoo.addons.connector_shopify import const, parser_product
from odoo.addons.connector_shopify.client import ShopifyClient
from odoo.addons.connector_shopify.errors import QueryTooCostly, Refused
from odoo.addons.connector_shopify.listing import OrderListing, ProductListing

from .fakes import DOMAIN, FakeAuth, FakeSession, answer, client, error, raw
from .product_samples import graphql_product, graphql_variant, metafield
from .samples import connection


def page(*products, cursor=None):
    return answer({"products": connection(list(products), cursor=cursor)})


def with_files(*answers, files=()):
    """Return (client, its session, the session for files)."""
    session, outside = FakeSession(*answers), FakeSession(*files)
    return ShopifyClient(session, DOMAIN, FakeAuth(), outside), session, outside


# === IN === #


def test_a_page():
    shop, session = client(page(graphql_product(), cursor="c1"), page(graphql_product()))
    assert shop.products("q", first=2) == ([graphql_product()], "c1")
    assert shop.products("q", first=2, after="c1")[1] is None
    assert session.variables == [
        {"query": "q", "first": 2, "after": None},
        {"query": "q", "first": 2, "after": "c1"},
    ]


def test_nested_connections_are_read_to_the_end():
    whole = graphql_product()
    whole["variants"]["nodes"][0]["metafields"]["nodes"] = [metafield("a", "1"), metafield("b", "2")]
    cut = graphql_product()
    cut["variants"] = connection(
        [{**whole["variants"]["nodes"][0], "metafields": connection([metafield("a", "1")], cursor="f1")}], cursor="v1"
    )
    keys = ("media", "collections", "metafields", "resourcePublicationsV2")
    for key in keys:
        cut[key] = connection(whole[key]["nodes"][:1], cursor=f"{key}1")
    rest = {key: answer({"node": {key: connection(whole[key]["nodes"][1:])}}) for key in ("variants", *keys)}
    shop, session = client(
        page(cut), *rest.values(), answer({"node": {"metafields": connection([metafield("b", "2")])}})
    )
    ((product,), _cursor) = shop.products("q", first=1)
    assert parser_product.parse_product(product) == parser_product.parse_product(whole)
    assert session.operations == [
        "Products",
        "ProductVariants",
        "ProductMedia",
        "ProductCollections",
        "ProductMetafields",
        "ProductPublications",
        "VariantMetafields",
    ]
    assert session.variables[1] == {"id": "gid://shopify/Product/41", "first": const.NESTED_PAGE, "after": "v1"}


def test_two_thousand_variants():
    """As many as a product may have: the first page, then as many as a page may hold."""
    choices = [[{"name": "Size", "value": str(number)}] for number in range(2048)]
    variants = [graphql_variant(number, selectedOptions=choice) for number, choice in enumerate(choices)]
    pages = [variants[start : start + const.NESTED_PAGE] for start in range(20, 2048, const.NESTED_PAGE)]
    shop, session = client(
        page(graphql_product(variants=connection(variants[:20], cursor="0"))),
        *(
            answer({"node": {"variants": connection(nodes, cursor=str(at) if at < len(pages) else None)}})
            for at, nodes in enumerate(pages, 1)
        ),
    )
    ((product,), _cursor) = shop.products("q", first=1)
    document = parser_product.parse_product(product)
    assert [variant.options[0][1] for variant in document.variants] == [str(number) for number in range(2048)]
    assert len(session.calls) == 1 + len(pages)


def test_products_by_id_learn_what_a_query_may_ask_for(monkeypatch):
    monkeypatch.setattr(client_module, "_affordable_ids", {})
    gids = [f"gid://shopify/Product/{number}" for number in range(4)]
    found = [graphql_product(id=gid) for gid in gids]
    refused = answer(errors=[error("MAX_COST_EXCEEDED")])
    shop, session = client(refused, answer({"nodes": [*found[:1], None]}), answer({"nodes": found[2:]}))
    assert [node["id"] for node in shop.products_by_id(gids)] == [gids[0], *gids[2:]]
    assert [len(variables["ids"]) for variables in session.variables] == [4, 2, 2]


def test_how_many():
    shop, _session = client(answer({"productsCount": {"count": 7}}))
    assert shop.products_count("q") == 7


def test_listings_of_both_kinds_go_on_where_they_stopped():
    shop, _session = client(page(graphql_product(), cursor="c1"))
    nodes, following = ProductListing.begin(None).read_page(shop)
    assert (len(nodes), following.cursor, following.size) == (1, "c1", const.PRODUCTS_PAGE)
    assert ProductListing.resume(following.token) == following
    assert OrderListing.begin(None).size == const.ORDERS_PAGE


def test_a_page_that_costs_too_much_gets_smaller():
    refused = answer(errors=[error("MAX_COST_EXCEEDED")])
    shop, session = client(refused, page(graphql_product(), cursor="c1"))
    _nodes, following = ProductListing.begin(None).read_page(shop)
    assert [variables["first"] for variables in session.variables] == [50, 25]
    assert following.size == 25


def test_one_product_that_costs_too_much_is_an_error():
    shop, _session = client(*[answer(errors=[error("MAX_COST_EXCEEDED")])] * 6)
    with pytest.raises(QueryTooCostly):
        ProductListing.begin(None).read_page(shop)


# === PICTURES === #


def picture_answer(content="PNG", kind="image/png", status=200):
    return raw(content, status=status, headers={"Content-Type": kind})


def test_a_picture_is_read_without_credentials():
    shop, session, outside = with_files(files=[picture_answer()])
    assert shop.read_picture("https://cdn.shopify.com/1.png") == b"PNG"
    assert session.calls == []
    assert [(call["method"], call["url"]) for call in outside.calls] == [("GET", "https://cdn.shopify.com/1.png")]


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (picture_answer(status=404), "gone"),
        (picture_answer(kind="text/html"), "no picture"),
        (picture_answer("x" * (const.PICTURE_MEGABYTES * 1024 * 1024 + 1)), "bigger"),
    ],
)
def test_what_is_no_picture_is_the_documents_fault(response, words):
    shop, _session, _outside = with_files(files=[response])
    with pytest.raises(DataError, match=words) as caught:
        shop.read_picture("https://cdn.shopify.com/1.png")
    assert caught.value.remedy


def test_a_picture_without_an_address():
    shop, _session, outside = with_files()
    with pytest.raises(DataError, match="no address"):
        shop.read_picture("")
    assert outside.calls == []


def test_a_picture_that_can_not_be_had_now():
    shop, _session, _outside = with_files(files=[picture_answer(status=503)])
    with pytest.raises(TransientError):
        shop.read_picture("https://cdn.shopify.com/1.png")


def target(number):
    return {
        "url": f"https://storage.example/{number}",
        "resourceUrl": f"https://storage.example/{number}/file",
        "parameters": [{"name": "policy", "value": f"secret-{number}"}, {"name": "key", "value": str(number)}],
    }


def test_pictures_are_uploaded():
    payload = {"stagedUploadsCreate": {"stagedTargets": [target(1), target(2)], "userErrors": []}}
    shop, session, outside = with_files(answer(payload), files=[raw("", status=204), raw("", status=201)])
    pictures = [(b"one", "image/png", "one.png"), (b"two", "image/jpeg", "two.jpg")]
    assert shop.upload_pictures(pictures) == ["https://storage.example/1/file", "https://storage.example/2/file"]
    assert session.variables[0]["input"][0] == {
        "resource": "PRODUCT_IMAGE",
        "filename": "one.png",
        "mimeType": "image/png",
        "httpMethod": "POST",
        "fileSize": "3",
    }
    first = outside.calls[0]
    assert first["url"] == "https://storage.example/1"
    assert first["headers"]["Content-Type"].startswith("multipart/form-data; boundary=")
    body = first["data"]
    assert body.index(b"secret-1") < body.index(b'name="file"; filename="one.png"') < body.index(b"one\r\n")


@pytest.mark.parametrize(("status", "kind"), [(403, DataError), (400, DataError), (503, TransientError)])
def test_a_refused_upload(status, kind):
    payload = {"stagedUploadsCreate": {"stagedTargets": [target(1)], "userErrors": []}}
    shop, _session, _outside = with_files(answer(payload), files=[raw("", status=status)])
    with pytest.raises(kind):
        shop.upload_pictures([(b"one", "image/png", "one.png")])


# === OUT === #


def test_what_is_refused_says_what_was_sent():
    refusal = {"field": ["input", "title"], "message": "can't be blank", "code": "INVALID_INPUT"}
    payload = {"productSet": {"product": None, "productSetOperation": None, "userErrors": [refusal]}}
    shop, _session = client(answer(payload))
    with pytest.raises(Refused, match=r"input\.title: can't be blank") as caught:
        shop.product_set({"id": "x"}, {}, variants=0, media=0)
    assert (caught.value.code, caught.value.user_errors) == ("INVALID_INPUT", [refusal])


def test_a_change_in_the_background():
    started = {
        "productSet": {
            "product": None,
            "productSetOperation": {"id": "gid://shopify/ProductSetOperation/5"},
            "userErrors": [],
        }
    }
    done = {"id": "gid://shopify/Product/41", "media": {"nodes": []}}
    ids = [{"id": f"gid://shopify/ProductVariant/{number}"} for number in range(3)]
    operation = {"__typename": "ProductSetOperation", "status": "COMPLETE", "product": done, "userErrors": []}
    shop, session = client(
        answer(started),
        answer({"productOperation": {**operation, "status": "ACTIVE", "product": None}}),
        answer({"productOperation": operation}),
        answer({"node": {"variants": connection(ids[:2], cursor="c")}}),
        answer({"node": {"variants": connection(ids[2:])}}),
    )
    product, operation_id = shop.product_set({"id": "x"}, {}, variants=3, media=0, synchronous=False)
    assert (product, operation_id) == (None, "gid://shopify/ProductSetOperation/5")
    assert shop.product_operation(operation_id, variants=3, media=0) is None
    assert shop.product_operation(operation_id, variants=3, media=0)["variants"]["nodes"] == ids
    assert session.variables[3] == {"id": "gid://shopify/Product/41", "first": 250, "after": None}


def test_a_change_in_the_background_that_is_refused():
    refusal = {"field": ["input", "variants"], "message": "Too many", "code": "VARIANTS_OVER_LIMIT"}
    operation = {"__typename": "ProductSetOperation", "status": "COMPLETE", "product": None, "userErrors": [refusal]}
    shop, _session = client(answer({"productOperation": operation}))
    with pytest.raises(Refused, match="Too many"):
        shop.product_operation("x", variants=1, media=0)


def test_variants_are_changed_250_at_a_time():
    changed = {"productVariantsBulkUpdate": {"product": {"id": "p"}, "userErrors": []}}
    shop, session = client(*[answer(changed)] * 3)
    variants = [{"id": str(number), "price": "1"} for number in range(501)]
    assert shop.product_variants_update("p", variants) == {"id": "p"}
    assert [len(variables["variants"]) for variables in session.variables] == [250, 250, 1]


def test_custom_fields_are_set_25_at_a_time():
    shop, session = client(*[answer({"metafieldsSet": {"metafields": [], "userErrors": []}})] * 2)
    shop.metafields_set([{"key": str(number)} for number in range(26)])
    assert [len(variables["metafields"]) for variables in session.variables] == [25, 1]


def test_the_key_is_defined_once():
    taken = {"field": ["definition", "key"], "message": "is in use", "code": "TAKEN"}
    defined = {"metafieldDefinitionCreate": {"createdDefinition": None, "userErrors": [taken]}}
    shop, session = client(answer(defined))
    shop.define_product_key()
    assert session.variables[0]["definition"]["type"] == "id"
    assert "namespace" not in json.dumps(session.variables)


def test_a_key_that_can_not_be_defined():
    refused = {"field": None, "message": "Too many definitions", "code": "LIMIT_EXCEEDED"}
    shop, _session = client(answer({"metafieldDefinitionCreate": {"createdDefinition": None, "userErrors": [refused]}}))
    with pytest.raises(Refused):
        shop.define_product_key()
