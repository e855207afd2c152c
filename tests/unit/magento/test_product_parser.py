"""Products as Magento states them: real payloads, and what is odd about some."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from odoo.addons.connector_base.canonical import UNSET
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_magento.parser_product import Family, parse_category, parse_product, part_skus
from odoo.addons.connector_magento.parser_stock import parse_source, parse_source_item, parse_stock_item
from odoo.addons.connector_magento.terms import Attribute, Terms

CORPORA = next(
    (path for parent in Path(__file__).resolve().parents if (path := parent / "shared" / "corpora").is_dir()), None
)
needs_corpora = pytest.mark.skipif(CORPORA is None, reason="no folder shared/corpora beside the repository")


def choice(number, code, label, **options):
    return Attribute(
        attribute_id=number,
        code=code,
        label=label,
        kind="select",
        scope="global",
        is_custom=True,
        options={key.lstrip("_"): text for key, text in options.items()},
    )


def terms(**values):
    attributes = [
        choice("93", "color", "Color", _10="Red"),
        choice("135", "size", "Size", _4="S", _5="M", _6="L"),
        Attribute("150", "waterproof", "Waterproof", "boolean", "global", True),
        Attribute("151", "care", "Care", "multiselect", "store", True, {"1": "Wash", "2": "Dry clean"}),
        Attribute("76", "short_description", "Short", "textarea", "store", False),
        Attribute("119", "url_key", "URL Key", "text", "store", False),
    ]
    return Terms(
        attributes={one.code: one for one in attributes},
        sets={"4": "Default"},
        currency="EUR",
        page_url="https://shop.example.com/",
        media_url="https://shop.example.com/media/",
        **values,
    )


def simple(**changes):
    custom = changes.pop("custom", {})
    return {
        "id": 7,
        "sku": "MUG",
        "name": "Mug",
        "attribute_set_id": 4,
        "price": Decimal("20"),
        "status": 1,
        "visibility": 4,
        "type_id": "simple",
        "created_at": "2026-11-01 10:00:00",
        "updated_at": "2026-11-20 12:00:00",
        "weight": Decimal("2"),
        "custom_attributes": [{"attribute_code": code, "value": value} for code, value in custom.items()],
        **changes,
    }


def parse(payload, **options):
    return parse_product(Family(payload, **options), terms())


@needs_corpora
@pytest.mark.parametrize("path", sorted((CORPORA / "magento" / "product").glob("*.json")) if CORPORA else (), ids=str)
def test_real_products_are_read_or_refused(path):
    payload = json.loads(path.read_bytes(), parse_float=Decimal)
    try:
        product = parse(payload)
    except DataError as error:
        missing = {"id", "type_id", "updated_at", "sku"} - payload.keys()
        assert missing or payload["type_id"] == "configurable", str(error)
        return
    assert product.external_id == str(payload["id"])
    assert product.title == payload["name"].strip()
    if payload["type_id"] != "configurable":
        assert [variant.sku for variant in product.variants] == [payload["sku"]]


@needs_corpora
def test_a_real_configurable_product():
    [path] = (CORPORA / "magento" / "product").glob("zero11it*")
    payload = json.loads(path.read_bytes(), parse_float=Decimal)
    sizes = {183: "4", 184: "5", 185: "6"}
    children = [
        simple(id=number, sku=f"S{number}", custom={"color": "10", "size": size}) for number, size in sizes.items()
    ]
    product = parse(payload, children=children)
    assert [(option.name, option.values[:3]) for option in product.options] == [
        ("Color", ("Red",)),
        ("Size", ("S", "M", "L")),
    ]
    assert [variant.options[1] for variant in product.variants] == [("Size", "S"), ("Size", "M"), ("Size", "L")]
    assert [image.external_id for image in product.images] == ["305", "306", "307", "308", "309"]
    assert product.images[0].url == "https://shop.example.com/media/catalog/product/8/5/854-4596-a_1_2.jpg"
    assert product.category_ids == ("121", "83", "97")


@needs_corpora
def test_a_real_bundle_has_choices():
    [path] = (CORPORA / "magento" / "product").glob("*bundle-product-b0201.json")
    payload = json.loads(path.read_bytes(), parse_float=Decimal)
    assert part_skus(payload) == {}
    [variant] = parse(payload).variants
    assert (variant.price, variant.components, variant.tracked) == (UNSET, UNSET, False)


@pytest.mark.parametrize(
    ("custom", "price", "before"),
    [
        ({}, "20", None),
        ({"special_price": "15.0000"}, "15", "20"),
        ({"special_price": "25.0000"}, "20", None),
        ({"special_price": "15.0000", "special_to_date": "2026-12-24 00:00:00"}, "20", None),
    ],
)
def test_special_prices(custom, price, before):
    [variant] = parse(simple(custom=custom)).variants
    assert (variant.price, variant.compare_at_price) == (Decimal(price), Decimal(before) if before else None)


def test_a_product_without_variants_has_no_picture_of_its_variant():
    """Else the one that another channel gave it would be taken away."""
    gallery = [{"id": 31, "media_type": "image", "types": ["image"], "position": 1, "file": "/m/u/mug.jpg"}]
    product = parse(simple(media_gallery_entries=gallery))
    assert [image.external_id for image in product.images] == ["31"]
    assert product.variants[0].image is UNSET


@pytest.mark.parametrize(
    ("status", "visibility", "canonical"), [(1, 4, "active"), (1, 1, "unlisted"), (2, 4, "draft"), (2, 1, "draft")]
)
def test_status(status, visibility, canonical):
    product = parse(simple(status=status, visibility=visibility))
    assert product.status == canonical
    assert bool(product.url) == (canonical == "active")


def test_custom_attributes_in_peoples_words():
    product = parse(
        simple(
            custom={
                "color": "10",
                "care": "1,2",
                "waterproof": "1",
                "short_description": "Short",
                "url_key": "mug",
                "unknown": "x",
                "category_ids": ["3", "1"],
            }
        )
    )
    assert {item.key: item.value for item in product.attributes} == {
        "care": "Wash, Dry clean",
        "color": "Red",
        "short_description": "Short",
        "waterproof": "true",
    }
    assert (product.handle, product.category_ids) == ("mug", ("1", "3"))


def test_weights_of_a_shop_that_weighs_in_pounds():
    product = parse_product(Family(simple()), terms(weight_unit=Decimal("0.45359237")))
    assert product.variants[0].weight == Decimal("0.907185")


def test_an_attribute_that_nobody_lists():
    option = {"attribute_id": "999", "position": 0, "values": []}
    with pytest.raises(DataError, match="attribute_id"):
        parse(simple(type_id="configurable", extension_attributes={"configurable_product_options": [option]}))


def test_categories():
    category = parse_category({"id": 3, "parent_id": 1, "name": "Shirts", "updated_at": "2026-11-20 12:00:00"})
    assert (category.external_id, category.parent_external_id) == ("3", "")


@needs_corpora
def test_real_stock():
    for path in (CORPORA / "magento" / "stock_item").glob("*.json"):
        payload = json.loads(path.read_bytes(), parse_float=Decimal)
        assert parse_stock_item(payload, "A").quantity == int(payload["qty"])
    [path] = (CORPORA / "magento" / "search_result").glob("*manage-source-items-b0401.json")
    levels = [parse_source_item(item) for item in json.loads(path.read_bytes())["items"]]
    assert [(level.location_external_id, level.quantity) for level in levels] == [("central", 500), ("east", 250)]
    [path] = (CORPORA / "magento" / "search_result").glob("*manage-sources-b0401.json")
    sources = [parse_source(item) for item in json.loads(path.read_bytes(), parse_float=Decimal)["items"]]
    assert [source.external_id for source in sources] == ["central", "default", "east"]
    assert all(source.active and source.holds_orders for source in sources)
