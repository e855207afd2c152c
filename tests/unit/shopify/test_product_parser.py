"""Products of GraphQL become canonical."""

import json
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import UNSET, Category, Channel, CustomAttribute, Image, Option, digest
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_shopify import const
from odoo.addons.connector_shopify.parser_product import parse_category, parse_channel, parse_product

from .product_samples import graphql_product, graphql_variant, picture, publication
from .samples import connection

CORPUS = next(
    (
        folder
        for parent in Path(__file__).resolve().parents
        if (folder := parent / "shared" / "corpora" / "shopify" / "graphql_product").is_dir()
    ),
    None,
)


def test_a_product():
    product = parse_product(graphql_product())
    assert (product.external_id, product.title, product.handle, product.currency) == ("41", "Tee", "tee", "EUR")
    assert (product.description, product.vendor, product.product_type) == ("<p>Soft</p>", "Weavers", "Shirts")
    assert product.tags == ("cotton", "summer")
    assert (product.seo_title, product.seo_description, product.status) == ("A soft tee", "", "active")
    assert product.options == (Option(name="Size", values=("M", "L"), external_id="61"),)
    assert product.category_ids == ("10", "9")
    assert product.updated_at == datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
    assert product.url == "https://one-shop.myshopify.com/products/tee"
    assert product.translations is UNSET


def test_variants():
    medium, large = parse_product(graphql_product()).variants
    assert (medium.external_id, medium.inventory_external_id, medium.options) == ("501", "701", (("Size", "M"),))
    assert (medium.sku, medium.barcode, medium.price, medium.compare_at_price) == ("TEE-1", "", Decimal("19.90"), None)
    assert (medium.cost, medium.weight) == (Decimal("7.5"), Decimal("0.18"))
    assert (medium.hs_code, medium.origin_country_code) == ("610910", "PT")
    assert (medium.tracked, medium.taxable, medium.requires_shipping) == (True, True, True)
    assert (medium.image, large.image) == ("92", "")
    assert large.compare_at_price == Decimal("24.90")


def test_pictures_are_those_of_the_product_without_films():
    images = parse_product(graphql_product()).images
    assert images == (
        Image(external_id="91", url="https://cdn.shopify.com/91.png", alt="Picture 91"),
        Image(external_id="92", url="https://cdn.shopify.com/92.png", alt=""),
    )


def test_a_picture_that_shopify_is_still_working_on_has_no_address():
    (image,) = parse_product(graphql_product(media=connection([picture(91, image=None)]))).images
    assert (image.external_id, image.url) == ("91", "")


def test_our_own_key_is_no_custom_field():
    assert parse_product(graphql_product()).attributes == (
        CustomAttribute(key="custom.material", value="cotton", kind="single_line_text_field"),
    )


def test_publications_of_markets_are_no_channels():
    assert parse_product(graphql_product()).channel_ids == ("2", "3")


def test_the_only_variant_of_a_plain_product_has_no_options():
    choice = [{"name": "Title", "value": "Default Title"}]
    product = parse_product(
        graphql_product(
            options=[{"id": "gid://shopify/ProductOption/1", "name": "Title", "values": ["Default Title"]}],
            variants=connection([graphql_variant(selectedOptions=choice)]),
        )
    )
    assert (product.options, product.variants[0].options) == ((), ())


def test_an_option_called_title_with_other_values_is_one():
    choice = [{"name": "Title", "value": "Hardcover"}]
    product = parse_product(
        graphql_product(
            options=[{"id": "gid://shopify/ProductOption/1", "name": "Title", "values": ["Hardcover"]}],
            variants=connection([graphql_variant(selectedOptions=choice)]),
        )
    )
    assert product.variants[0].options == (("Title", "Hardcover"),)


@pytest.mark.parametrize(
    ("unit", "value", "kilograms"),
    [("KILOGRAMS", 1.25, "1.25"), ("GRAMS", 180, "0.18"), ("POUNDS", 2, "0.907185"), ("OUNCES", 3.5, "0.099223")],
)
def test_weights_are_in_kilograms(unit, value, kilograms):
    node = graphql_variant()
    node["inventoryItem"]["measurement"]["weight"] = {"unit": unit, "value": value}
    (variant,) = parse_product(graphql_product(variants=connection([node]))).variants
    assert variant.weight == Decimal(kilograms)


def test_no_weight_is_zero():
    node = graphql_variant()
    node["inventoryItem"]["measurement"] = {"weight": None}
    (variant,) = parse_product(graphql_product(variants=connection([node]))).variants
    assert variant.weight == 0


def test_an_entry_on_two_pages_is_one():
    twice = graphql_product()
    twice["variants"]["nodes"] *= 2
    twice["media"]["nodes"] *= 2
    assert digest(parse_product(twice)) == digest(parse_product(graphql_product()))


@given(st.permutations(["cotton", "summer", "new"]), st.permutations([2, 3, 4]))
def test_what_has_no_order_is_sorted(tags, channels):
    publications = connection([publication(number) for number in channels])
    product = parse_product(graphql_product(tags=tags, resourcePublicationsV2=publications))
    assert (product.tags, product.channel_ids) == (("cotton", "new", "summer"), ("2", "3", "4"))


@pytest.mark.parametrize("key", ["id", "title", "status", "variants", "media", "updatedAt", "priceRangeV2"])
def test_what_is_missing_is_named(key):
    broken = graphql_product()
    del broken[key]
    with pytest.raises(DataError, match=key):
        parse_product(broken)


def test_every_status_is_known():
    for status, canonical in const.PRODUCT_STATUSES.items():
        assert parse_product(graphql_product(status=status)).status == canonical


def collection(conditions):
    return {
        "id": "gid://shopify/Collection/9",
        "title": "Summer",
        "handle": "summer",
        "updatedAt": "2026-11-20T12:00:00Z",
        "sources": [
            {"__typename": "CollectionConditionsSource", "inclusion": {"conditions": conditions}},
            {"__typename": "CollectionSubCollectionsSource"},
        ],
    }


@pytest.mark.parametrize(("conditions", "automatic"), [([], False), ([{"__typename": "X"}], True)])
def test_a_collection(conditions, automatic):
    assert parse_category(collection(conditions)) == Category(
        external_id="9",
        name="Summer",
        handle="summer",
        automatic=automatic,
        updated_at=datetime(2026, 11, 20, 12, tzinfo=timezone.utc),
    )


def test_a_publication():
    node = {"id": "gid://shopify/Publication/2", "catalog": {"__typename": "AppCatalog", "title": "Online Store"}}
    assert parse_channel(node) == Channel(external_id="2", name="Online Store")
    assert parse_channel({**node, "catalog": None}) == Channel(external_id="2", name="2")
    assert parse_channel({**node, "catalog": {"__typename": "MarketCatalog", "title": "EU"}}) is None


@pytest.mark.skipif(CORPUS is None, reason="no ../shared/corpora/shopify/graphql_product")
def test_recorded_products():
    """What was recorded of real stores reads, once what our documents select beyond it is added."""
    read = 0
    for path in sorted(CORPUS.glob("*.json")):
        recorded = json.loads(path.read_text(encoding="utf-8"))
        if "product" not in str(recorded.get("id", "")).lower() or "variants" not in recorded:
            continue
        product = graphql_product(**{key: value for key, value in recorded.items() if value is not None})
        product["variants"] = connection(
            [graphql_variant(number, **_known(node)) for number, node in enumerate(_nodes(recorded["variants"]))]
        )
        for key in ("collections", "media", "metafields", "resourcePublicationsV2"):
            product[key] = connection([])
        document = parse_product(product)
        assert document.external_id == recorded["id"].rpartition("/")[2]
        assert [variant.external_id for variant in document.variants] == [
            node["id"].rpartition("/")[2] for node in _nodes(recorded["variants"])
        ]
        read += 1
    assert read > 5


def _nodes(found):
    return found["nodes"] if "nodes" in found else [edge["node"] for edge in found["edges"]]


def _known(node):
    item = graphql_variant()["inventoryItem"] | (node.get("inventoryItem") or {})
    known = graphql_variant()
    return {key: value for key, value in node.items() if key in known and key not in ("media", "metafields")} | {
        "inventoryItem": item,
        "updatedAt": "2026-11-20T10:00:00Z",
    }
