"""Fingerprints of the parts of a product, and where two statements of one differ."""

from dataclasses import fields, replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import (
    PART_FIELDS,
    PRODUCT_PARTS,
    UNSET,
    CustomAttribute,
    Image,
    Option,
    Product,
    Translation,
    Variant,
    differences,
    field_digests,
    parts_of,
    restrict,
)

# What nobody is told: ids, times and what names the product
IDENTITY = {"external_id", "currency", "variants", "url", "details", "created_at", "updated_at"}
VARIANT_IDENTITY = {"external_id", "inventory_external_id", "components", "updated_at"}

texts = st.text("abc <>", max_size=4)
amounts = st.decimals(0, 1000, places=2)
variants = st.builds(
    Variant,
    external_id=st.uuids().map(str),
    options=st.just((("Size", "S"),)),
    sku=texts,
    price=amounts,
    weight=st.decimals(0, 50, places=3),
    image=st.just(""),
)
products = st.builds(
    Product,
    external_id=st.just("1"),
    title=texts,
    description=texts,
    tags=st.lists(texts, max_size=3).map(tuple),
    status=st.sampled_from(["active", "draft"]),
    variants=st.lists(variants, max_size=3).map(tuple),
    category_ids=st.lists(texts, max_size=2, unique=True).map(tuple),
)


def test_every_field_belongs_to_one_part():
    product_names = [name for names, _of_variants in PART_FIELDS.values() for name in names]
    variant_names = [name for _of_products, names in PART_FIELDS.values() for name in names]
    assert tuple(PART_FIELDS) == PRODUCT_PARTS
    assert sorted(product_names) == sorted({field.name for field in fields(Product)} - IDENTITY)
    assert sorted(variant_names) == sorted({field.name for field in fields(Variant)} - VARIANT_IDENTITY)


def product(**values):
    variant = Variant(
        external_id="V1", options=(("Size", "S"),), sku="A", price=Decimal("9.90"), weight=Decimal("0.5"), image="abc"
    )
    defaults = {
        "external_id": "1",
        "title": "Shirt",
        "description": "<p>Warm</p>",
        "tags": ("a", "b"),
        "status": "active",
        "options": (Option(name="Size", values=("S",)),),
        "variants": (variant,),
        "images": (Image(checksum="abc", alt="Shirt"),),
        "category_ids": ("C1",),
        "channel_ids": ("W1",),
        "attributes": (CustomAttribute(key="care", value="cold"),),
        "translations": (Translation(language="fr", field="title", value="Chemise"),),
    }
    return Product(**{**defaults, **values})


def test_a_change_is_one_of_its_part():
    known = field_digests(product())
    assert parts_of(known) == set(PRODUCT_PARTS)
    variant = product().variants[0]
    for part, changed in {
        "basics": product(title="Polo"),
        "status": product(status="draft"),
        "variants": product(variants=(replace(variant, sku="B"),)),
        "prices": product(variants=(replace(variant, price=Decimal("9.91")),)),
        "images": product(images=(Image(checksum="abc", alt="Polo"),)),
        "categories": product(category_ids=()),
        "attributes": product(attributes=()),
        "translations": product(translations=()),
        "channels": product(channel_ids=("W1", "W2")),
    }.items():
        now = field_digests(changed)
        assert parts_of(name for name in known if known[name] != now[name]) == {part}


def test_what_the_platform_names_leaves_no_trace():
    named = product(
        external_id="77",
        variants=(replace(product().variants[0], external_id="V9", inventory_external_id="S9", image="I9"),),
        images=(Image(external_id="I9", url="https://x", checksum="abc", alt="Shirt"),),
        options=(Option(name="Size", values=("S",), external_id="O1"),),
    )
    assert field_digests(named) == field_digests(product())


def test_what_is_not_stated_has_no_fingerprint():
    assert field_digests(Product(title="Shirt")).keys() == {"title"}
    assert field_digests(Product()) == {}


def test_decimals_count_by_value():
    variant = product().variants[0]
    same = replace(variant, price=Decimal("9.9000"), weight=Decimal("0.50"))
    assert field_digests(product(variants=(same,))) == field_digests(product())


@given(products)
def test_a_product_differs_not_from_itself(document):
    assert differences(document, document) == []
    assert field_digests(replace(document)) == field_digests(document)


@given(products, products)
def test_differences_are_mutual(one, other):
    there, back = differences(one, other), differences(other, one)
    assert {name for name, *_values in there} == {name for name, *_values in back}


def test_what_means_the_same_is_no_difference():
    ours = product()
    theirs = product(
        title=" Shirt ",
        description='<P class="x">\n Warm</P>\n',
        tags=("B", "a"),
        images=(Image(external_id="abc"),),
        variants=(replace(ours.variants[0], weight=Decimal("0.5001"), price=Decimal("9.900")),),
        attributes=(CustomAttribute(key="care", value="cold"), CustomAttribute(key="other", value="unmapped")),
        translations=(*ours.translations, Translation(language="de", field="title", value="Hemd")),
    )
    assert differences(ours, theirs) == []
    assert differences(ours, replace(theirs, title=UNSET, variants=theirs.variants)) == []


def test_variants_only_one_side_has():
    extra = replace(product().variants[0], external_id="", options=(("Size", "M"),))
    ours = product(variants=(*product().variants, extra))
    [(name, variant, mine, yours)] = differences(ours, product())
    assert (name, variant, mine, yours) == ("variants.options", extra, (("Size", "M"),), None)
    assert parts_of(name for name, *_values in differences(product(), ours)) == {"variants"}


def test_restrict():
    only = restrict(product(), {"title", "price", "customs"})
    assert (only.title, only.description, only.status, only.images) == ("Shirt", UNSET, UNSET, UNSET)
    [variant] = only.variants
    assert (variant.price, variant.sku, variant.image, variant.options) == (
        Decimal("9.90"),
        UNSET,
        UNSET,
        (("Size", "S"),),
    )
    assert only.options == product().options
    assert field_digests(only).keys() == {"title", "options", "variants.options", "variants.price"}
