"""Pushes that Shopify refuses, and taking products off."""

import pytest

from odoo.addons.connector_base.canonical import ProductPush
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_shopify.product_pusher import ProductPusher, remove_product

from .product_pushing import PICTURES, PRODUCT, new, push, shop
from .product_samples import document
from .product_shop import Shop

# === WHAT IS REFUSED === #


def test_a_refusal_names_the_variant_and_the_field():
    refusal = {"field": ["variants", "1", "price"], "message": "must be positive", "code": "INVALID_INPUT"}
    result = push(shop(refusals={"product_variants_update": [refusal]}), "prices")
    assert str(result.error) == "Shopify refused the product: variant L, price: must be positive"
    assert result.error.remedy
    assert result.error.external_id == "41"
    assert result.document is None


def test_a_refusal_with_a_remedy_of_its_own():
    refusal = {"field": ["input", "handle"], "message": "is taken", "code": "HANDLE_NOT_UNIQUE"}
    result = push(Shop(refusals={"product_set": [refusal]}), **new())
    assert str(result.error) == "Shopify refused the product: handle: is taken"
    assert "link" in result.error.remedy


def test_one_refusal_keeps_no_other_from_being_sent():
    refusal = {"field": ["title"], "message": "can't be blank"}
    store = shop(refusals={"product_update": [refusal]})
    pushes = [
        ProductPush(key=key, document=document(), parts=frozenset({part}))
        for key, part in (("a", "basics"), ("b", "prices"))
    ]
    results = list(ProductPusher(store, "one", PICTURES.__getitem__).push(pushes))
    assert [(result.key, bool(result.error)) for result in results] == [("a", True), ("b", False)]


@pytest.mark.parametrize(
    ("part", "call", "refusal"),
    [
        ("prices", "product_variants_update", {"message": "No", "code": "PRODUCT_DOES_NOT_EXIST"}),
        ("categories", "product_set", {"message": "No", "code": "NOT_FOUND"}),
        ("basics", "product_update", {"field": ["id"], "message": "Product does not exist"}),
        ("attributes", "metafields_set", {"message": "Owner does not exist.", "code": "INVALID"}),
    ],
)
def test_a_product_that_is_gone(part, call, refusal):
    result = push(shop(refusals={call: [refusal]}), part)
    assert (result.missing, result.error.status, result.error.code) == (True, 404, "NOT_FOUND")
    assert "deleted at Shopify" in str(result.error)


@pytest.mark.parametrize("part", ["images", "channels"])
def test_a_product_that_is_gone_is_seen_when_it_is_read(part):
    changes = {"channel_ids": ()} if part == "channels" else {}
    result = push(Shop(), part, **changes)
    assert (result.missing, result.error.status) == (True, 404)


def test_a_collection_that_is_gone_is_not_the_product():
    refusal = {"field": ["input", "collections"], "message": "Collection does not exist", "code": "INVALID_INPUT"}
    result = push(shop(refusals={"product_set": [refusal]}), "categories")
    assert (result.missing, result.error.status) == (False, None)


def test_what_was_created_is_known_though_the_rest_failed():
    store = Shop(refusals={"product_publish": [{"field": ["input", "0"], "message": "Unknown publication"}]})
    result = push(store, **new(images=()))
    assert "Unknown publication" in str(result.error)
    assert result.document.external_id


# === REMOVING === #


@pytest.mark.parametrize(
    ("delete", "call"),
    [(True, ("product_delete", PRODUCT)), (False, ("product_update", {"id": PRODUCT, "status": "ARCHIVED"}))],
)
def test_removing(delete, call):
    store = shop()
    remove_product(store, "41", delete=delete)
    assert store.calls == [call]


@pytest.mark.parametrize("delete", [True, False])
def test_removing_what_is_gone(delete):
    refusal = [{"field": ["id"], "message": "Product does not exist"}]
    remove_product(shop(refusals={"product_delete": refusal, "product_update": refusal}), "41", delete=delete)


def test_removing_what_may_not_be():
    with pytest.raises(DataError, match="in a bundle"):
        remove_product(shop(refusals={"product_delete": [{"message": "is in a bundle"}]}), "41", delete=True)
