"""Which calls push the pictures of a product, its publications and its custom fields."""

from dataclasses import replace

from odoo.addons.connector_base.canonical import Image
from odoo.addons.connector_base.transport import TransientError
from odoo.addons.connector_shopify import const

from .product_pushing import LARGE, MEDIUM, PICTURES, PRODUCT, new, push, shop
from .product_samples import document, variant
from .product_shop import Shop

# === PICTURES === #


def test_a_picture_is_sent_once_and_films_stay():
    store = shop()
    result = push(store, "images")
    values = next(call[2] for call in store.calls if call[0] == "product_set")
    assert values["files"] == [
        {"id": "gid://shopify/MediaImage/91", "alt": "Front"},
        {"originalSource": "https://storage.example/b.jpg", "contentType": "IMAGE", "alt": "Back"},
        {"id": "gid://shopify/Video/95"},
    ]
    assert "variants" not in values
    assert [call[1] for call in store.calls if call[0] == "upload_pictures"] == [[PICTURES["bb"]]]
    assert result.image_ids[0] == ("aa", "91")
    detached = next(call[2] for call in store.calls if call[0] == "product_variant_detach_media")
    assert detached == [{"variantId": LARGE, "mediaIds": ["gid://shopify/MediaImage/91"]}]


def test_a_picture_that_was_removed_at_shopify_is_sent_again():
    store = shop()
    store.products[PRODUCT]["media"] = {}
    push(store, "images")
    assert [call[1] for call in store.calls if call[0] == "upload_pictures"] == [[PICTURES["aa"], PICTURES["bb"]]]


def test_a_picture_that_nobody_has_is_left_out():
    store = shop()
    result = push(store, "images", images=(Image(external_id="404"), Image(external_id="91", checksum="aa")))
    values = next(call[2] for call in store.calls if call[0] == "product_set")
    assert [file["id"] for file in values["files"]] == ["gid://shopify/MediaImage/91", "gid://shopify/Video/95"]
    assert result.image_ids == (("aa", "91"),)


def test_the_picture_of_a_variant_lists_all_variants_with_nothing_else():
    store = shop()
    variants = (variant("M", "501", image="91"), variant("L", "502", image="bb"))
    store.products[PRODUCT]["variants"][MEDIUM]["choices"] = [{"name": "Size", "value": "M"}]
    push(store, "images", variants=variants)
    values = next(call[2] for call in store.calls if call[0] == "product_set")
    assert [set(entry) for entry in values["variants"]] == [{"id", "optionValues", "file"}] * 2
    assert [entry["file"] for entry in values["variants"]] == values["files"][:2]
    assert "product_variant_detach_media" not in store.names


def test_a_picture_that_shopify_can_not_use():
    store = Shop()
    store.media_status = lambda gids: dict.fromkeys(gids, ("FAILED", "too small"))
    result = push(store, **new())
    assert "too small" in str(result.error)
    assert result.error.remedy
    assert result.document.external_id  # it is there: only the picture isn't


def test_nobody_waits_for_pictures_for_ever():
    store, sleeps = Shop(), []
    store.media_status = lambda gids: dict.fromkeys(gids, ("PROCESSING", ""))
    assert push(store, sleeps=sleeps, **new()).error is None
    assert sum(sleeps) == const.PICTURE_PATIENCE


def test_trouble_while_looking_at_pictures_is_no_reason_to_send_again():
    store = Shop(refusals={})

    def fail(gids):
        raise TransientError("throttled")

    store.media_status = fail
    assert push(store, **new()).error is None


# === PUBLICATIONS AND CUSTOM FIELDS === #


def test_publications():
    store = shop()
    push(store, "channels")
    assert store.calls == [
        ("product_publish", PRODUCT, ["gid://shopify/Publication/2", "gid://shopify/Publication/3"]),
        ("product_unpublish", PRODUCT, ["gid://shopify/Publication/7"]),
    ]


def test_off_all_publications():
    store = shop()
    push(store, "channels", channel_ids=())
    assert store.products[PRODUCT]["publications"] == set()
    assert store.names == ["product_publications", "product_unpublish"]


def test_custom_fields():
    store = shop()
    push(store, "attributes")
    (_set, wanted), (_delete, unwanted) = store.calls
    assert wanted == [
        {
            "ownerId": PRODUCT,
            "namespace": "custom",
            "key": "material",
            "type": "single_line_text_field",
            "value": "cotton",
        }
    ]
    assert unwanted == [{"ownerId": PRODUCT, "namespace": "custom", "key": "care"}]


def test_a_custom_field_without_its_namespace():
    field = replace(document().attributes[0], key="material")
    result = push(shop(), "attributes", attributes=(field,))
    assert "namespace" in str(result.error)
    assert "custom.material" in result.error.remedy
