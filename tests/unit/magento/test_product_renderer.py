"""What is sent of a product: when Magento has it, it says what was meant, and nothing is left to be sent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import UNSET, CustomAttribute, Product, Variant
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_magento.parser_product import Family, parse_product
from odoo.addons.connector_magento.renderer_product import render_attributes, render_product, render_variant

from .test_product_parser import simple, terms

ALL = frozenset({"basics", "status", "variants", "prices", "categories", "channels", "attributes"})
amounts = st.decimals("0.01", "9999.99", places=2)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip)
variants = st.builds(
    Variant,
    sku=st.text("ABC-1,9", min_size=1, max_size=9),
    price=amounts,
    compare_at_price=st.one_of(st.just(UNSET), st.none()),
    cost=st.one_of(st.none(), amounts),
    weight=st.decimals("0", "99", places=3),
    origin_country_code=st.sampled_from(["", "DE", "US"]),
    attributes=st.just(UNSET),
)
products = st.builds(
    Product,
    title=texts.filter(bool),
    description=texts,
    seo_title=texts,
    seo_description=texts,
    status=st.sampled_from(["active", "draft", "unlisted"]),
    category_ids=st.sets(st.sampled_from(["2", "3", "40"])).map(lambda ids: tuple(sorted(ids))),
    channel_ids=st.sets(st.sampled_from(["1", "2"])).map(lambda ids: tuple(sorted(ids))),
    attributes=st.sampled_from(
        [(), (CustomAttribute(key="care", value="Dry clean, Wash"), CustomAttribute(key="color", value="Red"))]
    ),
    variants=variants.map(lambda variant: (variant,)),
)
# What a product may have before, as far as prices are concerned
before = st.fixed_dictionaries(
    {}, optional={"special_price": amounts.map("{}00".format), "special_to_date": st.just("2027-01-06 00:00:00")}
)


def applied(payload, fields):
    """Return what a product is once it was sent these fields."""
    body = fields.body()["product"]
    values = {one["attribute_code"]: one["value"] for one in payload["custom_attributes"]}
    values.update({one["attribute_code"]: one["value"] for one in body.pop("custom_attributes", ())})
    extension = {**payload.get("extension_attributes", {}), **body.pop("extension_attributes", {})}
    numbers = {key: Decimal(str(value)) if isinstance(value, float) else value for key, value in body.items()}
    custom = [{"attribute_code": code, "value": value} for code, value in values.items()]
    return {**payload, **numbers, "custom_attributes": custom, "extension_attributes": extension}


@given(products, before)
def test_what_was_sent_is_there_and_not_sent_again(document, custom):
    present = simple(custom=custom)

    def fields():
        known = terms()
        own = render_product(document, ALL, lambda: known, present)
        return own | render_variant(document.variants[0], ALL, lambda: known, present)

    present = applied(present, fields().differing(present))
    assert not fields().differing(present)
    found = parse_product(Family(present), terms())
    [wanted], [variant] = document.variants, found.variants
    for name in ("title", "description", "seo_title", "seo_description", "status", "category_ids", "channel_ids"):
        assert getattr(found, name) == getattr(document, name), name
    for name in ("sku", "price", "cost", "weight", "origin_country_code"):
        assert getattr(variant, name) == getattr(wanted, name), name
    assert {item.key: set(item.value.split(", ")) for item in document.attributes} == {
        item.key: set(item.value.split(", ")) for item in found.attributes
    }


def test_an_action_of_the_shop_stays():
    """Its special price ends some day: a price alone doesn't take it away, a reduction of ours takes its place."""
    present = simple(custom={"special_price": "9.0000", "special_to_date": "2027-01-06 00:00:00"})

    def sent(compare_at_price):
        variant = Variant(price=Decimal(15), compare_at_price=compare_at_price, cost=None)
        return render_variant(variant, {"prices"}, terms, present).differing(present)

    assert (sent(None).own, sent(None).attributes) == ({"price": 15.0}, {})
    assert sent(Decimal(20)).attributes == {"special_price": Decimal(15), "special_to_date": None}


def test_nothing_is_said_of_what_is_not_ours():
    own = render_product(Product(variants=(Variant(),)), ALL, terms)
    assert not own | render_variant(Variant(), ALL, terms)


@pytest.mark.parametrize(
    ("key", "value", "words"), [("nowhere", "x", "no product attribute nowhere"), ("color", "Pink", "no option “Pink”")]
)
def test_fields_and_options_that_are_not_there(key, value, words):
    with pytest.raises(DataError, match=words) as caught:
        render_attributes((CustomAttribute(key=key, value=value),), terms)
    assert caught.value.remedy
