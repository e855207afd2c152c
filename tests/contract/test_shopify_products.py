"""What we render of products is what the official schema's inputs take: names, kinds, nothing missing."""

import json
from dataclasses import replace

from graphql.utilities import coerce_input_value
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import PRODUCT_PARTS, UNSET, ProductPush
from odoo.addons.connector_shopify import const, product_pusher
from odoo.addons.connector_shopify.product_pusher import ProductPusher

from tests.unit.shopify.product_samples import document, variant
from tests.unit.shopify.product_shop import Shop

from .test_shopify_documents import needs_specification, official

pytestmark = needs_specification

# What a call is given -> the input types of it
INPUTS = {
    "product_set": ("ProductSetIdentifiers", "ProductSetInput"),
    "product_update": ("ProductUpdateInput",),
    "product_variants_update": ("ID", "[ProductVariantsBulkInput!]"),
    "product_variant_detach_media": ("ID", "[ProductVariantDetachMediaInput!]"),
    "metafields_set": ("[MetafieldsSetInput!]",),
    "metafields_delete": ("[MetafieldIdentifierInput!]",),
}


def check(call, *values):
    """Raise unless the official schema takes `values`; they must be JSON, too."""
    for name, value in zip(INPUTS[call], values, strict=False):
        kind = official()[0].type_map[name.strip("[!]")]
        for entry in value if name.startswith("[") else [value]:
            coerce_input_value(json.loads(json.dumps(entry)), kind)


def optional(value):
    return st.sampled_from([value, UNSET])


@given(
    changed=st.fixed_dictionaries({"cost": st.sampled_from([None, UNSET]), "weight": optional(0)}),
    parts=st.sets(st.sampled_from(PRODUCT_PARTS), min_size=1),
    known=st.booleans(),
    picture=st.sampled_from(["", "91", "bb"]),
    status=st.sampled_from([*const.PRODUCT_STATUSES.values(), UNSET]),
)
@settings(max_examples=80, deadline=None)
def test_what_is_sent_is_what_the_schema_takes(changed, parts, known, picture, status):
    shop = Shop()
    shop.add(
        "gid://shopify/Product/41",
        variants=[("gid://shopify/ProductVariant/501", "gid://shopify/MediaImage/91")],
        media=[("gid://shopify/MediaImage/91", "MediaImage")],
    )
    wanted = document(status=status)
    if not known:
        wanted = replace(wanted, external_id="", variants=(variant("M", image=picture), variant("L")))
    wanted = replace(wanted, variants=tuple(replace(entry, **changed) for entry in wanted.variants))
    product_pusher._prepared.clear()
    pushes = [ProductPush(key="7:41", document=wanted, parts=frozenset(parts))]
    (result,) = ProductPusher(shop, "one", lambda checksum: (b"", "image/png", "x.png"), id).push(pushes)
    assert result.error is None
    for call, *values in shop.calls:
        if call in INPUTS:
            check(call, *values)


def test_the_statuses_are_all():
    assert set(const.PRODUCT_STATUSES) == set(official()[0].type_map["ProductStatus"].values)


def test_the_units_of_weight_are_all():
    assert set(const.WEIGHT_UNITS) == set(official()[0].type_map["WeightUnit"].values)


def test_remedies_are_for_codes_that_exist():
    codes = {
        code
        for name in ("ProductSetUserErrorCode", "ProductVariantsBulkUpdateUserErrorCode", "TranslationErrorCode")
        for code in official()[0].type_map[name].values
    }
    assert {*const.PRODUCT_REMEDIES, *const.TRANSLATION_REMEDIES, *const.CODES_GONE} <= codes


def test_the_kinds_of_upload_exist():
    assert "PRODUCT_IMAGE" in official()[0].type_map["StagedUploadTargetGenerateUploadResource"].values
