"""Which calls a push takes, what they say, and that pushing twice is pushing once."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import PRODUCT_PARTS, UNSET, Image, Option, ProductPush
from odoo.addons.connector_base.transport import DataError, TransientError
from odoo.addons.connector_shopify import const, product_pusher
from odoo.addons.connector_shopify.product_pusher import ProductPusher, remove_product

from .product_samples import document, variant
from .product_shop import Shop

PRODUCT = "gid://shopify/Product/41"
MEDIUM, LARGE = "gid://shopify/ProductVariant/501", "gid://shopify/ProductVariant/502"
PICTURES = {"aa": (b"A", "image/png", "a.png"), "bb": (b"B", "image/jpeg", "b.jpg")}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(product_pusher, "_prepared", set())


def shop(**changes):
    """A store that has the T-shirt, with one picture of the two and a film."""
    found = Shop(**changes)
    found.add(
        PRODUCT,
        variants=[(MEDIUM, ""), (LARGE, "gid://shopify/MediaImage/91")],
        media=[("gid://shopify/MediaImage/91", "MediaImage"), ("gid://shopify/Video/95", "Video")],
        publications=["gid://shopify/Publication/2", "gid://shopify/Publication/7"],
    )
    return found


def push(store, *parts, key="7:41", sleeps=None, **changes):
    """Push the T-shirt with what changed; return the one result."""
    pushes = [ProductPush(key=key, document=document(**changes), parts=frozenset(parts))]
    pusher = ProductPusher(store, "one", PICTURES.__getitem__, (sleeps if sleeps is not None else []).append)
    (result,) = list(pusher.push(pushes))
    assert result.key == key
    return result


def new(**changes):
    """The T-shirt before Shopify knows it."""
    values = {
        "external_id": "",
        "options": (Option(name="Size", values=("M", "L")),),
        "variants": (variant("M"), variant("L", image="bb")),
        "images": (Image(alt="Front", checksum="aa"), Image(alt="Back", checksum="bb")),
    }
    return values | changes


def test_the_key_is_defined_anew_where_it_was_deleted():
    """An app that was removed and installed again finds none of its definitions."""
    store = shop()
    push(store, "basics", **new())
    store.calls.clear()
    refused = iter([DataError("no definition", code="NOT_FOUND")])
    product_set = store.product_set

    def refuse_once(*args, **kwargs):
        for error in refused:
            raise error
        return product_set(*args, **kwargs)

    store.product_set = refuse_once
    assert push(store, "basics", key="7:42", **new()).error is None
    assert [name for name in store.names if name in ("define_product_key", "product_set")] == [
        "define_product_key",
        "product_set",
    ]


# === THE FEWEST CALLS === #


def test_a_price_is_one_call():
    store = shop()
    result = push(store, "prices")
    assert store.calls == [
        (
            "product_variants_update",
            PRODUCT,
            [
                {"id": MEDIUM, "price": "19.90", "compareAtPrice": None},
                {"id": LARGE, "price": "19.90", "compareAtPrice": "24.90"},
            ],
        )
    ]
    assert result.error is None
    assert result.document.updated_at.isoformat() == "2026-11-21T09:00:00+00:00"
    assert [entry.external_id for entry in result.document.variants] == ["501", "502"]


def test_the_result_says_what_shopify_made_of_it():
    result = push(shop(), "basics", vendor="", title=" Tee")
    assert (result.document.vendor, result.document.title) == ("One Shop", "Tee")
    assert result.document.tags == ("cotton", "summer")


@pytest.mark.parametrize(
    ("parts", "calls"),
    [
        ({"basics"}, ["product_update"]),
        ({"status"}, ["product_update"]),
        ({"basics", "status"}, ["product_update"]),
        ({"basics", "prices"}, ["product_update", "product_variants_update"]),
        ({"variants"}, ["product_set"]),
        ({"variants", "prices", "basics", "status", "categories"}, ["product_set"]),
        ({"categories"}, ["product_set"]),
        ({"categories", "prices"}, ["product_set", "product_variants_update"]),
        ({"attributes"}, ["metafields_set", "metafields_delete"]),
        ({"channels"}, ["product_publish", "product_unpublish"]),
        ({"images"}, ["product_pictures", "product_variant_detach_media", "upload_pictures", "product_set"]),
    ],
)
def test_calls(parts, calls):
    store = shop()
    assert push(store, *parts).error is None
    assert [name for name in store.names if name != "media_status"] == calls


@given(st.sets(st.sampled_from(PRODUCT_PARTS), min_size=1))
@settings(max_examples=60)
def test_a_list_is_sent_whole_or_not_at_all(parts):
    """Whatever changed: what `productSet` replaces is what the document states, all of it."""
    store = shop()
    assert push(store, *parts).error is None
    sent = [call[2] for call in store.calls if call[0] == "product_set"]
    for values in sent:
        assert ("variants" in values) == ("productOptions" in values)
        assert [entry["id"] for entry in values.get("variants", ())] in ([], [MEDIUM, LARGE])
        assert "metafields" not in values
        assert values.get("collections", []) in ([], ["gid://shopify/Collection/10", "gid://shopify/Collection/9"])
    assert any("variants" in values for values in sent) == ("variants" in parts)
    assert any("files" in values for values in sent) == ("images" in parts)
    assert any("collections" in values for values in sent) == bool("categories" in parts)


def test_what_is_not_ours_to_say_is_not_sent():
    store = shop()
    push(store, "basics", handle=UNSET, vendor=UNSET, tags=UNSET, seo_title=UNSET, seo_description=UNSET)
    ((_name, values),) = store.calls
    assert values == {"id": PRODUCT, "title": "Tee", "descriptionHtml": "<p>Soft</p>", "productType": "Shirts"}


def test_prices_that_are_not_ours_take_no_call():
    store = shop()
    unpriced = [variant(size, gid, price=UNSET, compare_at_price=UNSET) for size, gid in (("M", "501"), ("L", "502"))]
    assert push(store, "prices", variants=tuple(unpriced)).error is None
    assert store.calls == []


def test_a_variant():
    store = shop()
    push(store, "variants")
    ((_name, identifier, values, synchronous),) = store.calls
    assert (identifier, synchronous) == ({"id": PRODUCT}, True)
    assert values["productOptions"] == [{"name": "Size", "position": 1, "values": [{"name": "M"}, {"name": "L"}]}]
    assert values["variants"][0] == {
        "id": MEDIUM,
        "optionValues": [{"optionName": "Size", "name": "M"}],
        "barcode": "",
        "taxable": True,
        "inventoryItem": {
            "sku": "TEE-M",
            "tracked": True,
            "requiresShipping": True,
            "cost": "7.5",
            "harmonizedSystemCode": "610910",
            "countryCodeOfOrigin": None,
            "measurement": {"weight": {"unit": "KILOGRAMS", "value": 0.18}},
        },
    }


def test_a_new_variant_is_sent_with_all_others_and_its_price():
    store = shop()
    variants = (*document().variants, variant("XL", price=Decimal("21")))
    store.products[PRODUCT]["variants"] = {}
    result = push(store, "prices", variants=variants)
    ((_name, _identifier, values, _synchronous),) = store.calls
    assert [("id" in entry, entry.get("price")) for entry in values["variants"]] == [
        (True, "19.90"),
        (True, "19.90"),
        (False, "21"),
    ]
    assert result.document.variants[2].external_id
    assert result.document.variants[2].inventory_external_id == result.document.variants[2].external_id


def test_shopify_spells_what_is_chosen_in_its_own_way():
    """It trims values, and keeps the spelling that an option had first."""
    store = shop()
    store.products[PRODUCT]["variants"] = {}
    variants = (*document().variants, variant(" xl "))

    def set_variants(product, sent):
        spelled = zip((MEDIUM, LARGE, "gid://shopify/ProductVariant/503"), ("Mid", "L", "XL"), strict=True)
        product["variants"] = {
            gid: {"media": "", "choices": [{"name": "Size", "value": value}]} for gid, value in spelled
        }

    store._set_variants = set_variants
    result = push(store, "variants", variants=variants)
    assert [entry.external_id for entry in result.document.variants] == ["501", "502", "503"]


# === CREATING === #


def test_creating():
    store = Shop()
    result = push(store, **new())
    assert store.names == ["define_product_key", "upload_pictures", "product_set", "product_publish", "media_status"]
    _name, identifier, values, _synchronous = store.calls[2]
    assert identifier == {"customId": {"key": const.PRODUCT_KEY, "value": "7:41"}}
    assert values["metafields"] == [
        {"key": const.PRODUCT_KEY, "type": "id", "value": "7:41"},
        {"namespace": "custom", "key": "material", "type": "single_line_text_field", "value": "cotton"},
    ]
    assert values["files"][1] == {
        "originalSource": "https://storage.example/b.jpg",
        "contentType": "IMAGE",
        "alt": "Back",
    }
    assert [entry.get("file") for entry in values["variants"]] == [None, values["files"][1]]
    assert values["variants"][0]["price"] == "19.90"
    assert result.error is None
    assert result.document.external_id
    assert all(entry.external_id and entry.inventory_external_id for entry in result.document.variants)
    assert [checksum for checksum, _external_id in result.image_ids] == ["aa", "bb"]
    assert all(external_id.isdigit() for _checksum, external_id in result.image_ids)


def test_the_key_is_defined_once_per_store():
    store = Shop()
    push(store, **new())
    push(store, key="7:42", **new())
    assert store.names.count("define_product_key") == 1


def test_creating_twice_is_creating_once():
    """The answer was lost: the same push finds what it made."""
    store = Shop(outages={"product_set": 1})
    with pytest.raises(TransientError):
        push(store, **new())
    first = set(store.products)
    result = push(store, **new())
    assert set(store.products) == first == {f"gid://shopify/Product/{result.document.external_id}"}
    assert len(store.products[next(iter(first))]["variants"]) == 2


def test_a_product_without_options():
    store = Shop()
    result = push(store, **new(options=(), variants=(variant("", sku="TEE"),)))
    values = next(call[2] for call in store.calls if call[0] == "product_set")
    assert values["productOptions"] == [{"name": "Title", "values": [{"name": "Default Title"}]}]
    assert values["variants"][0]["optionValues"] == [{"optionName": "Title", "name": "Default Title"}]
    assert result.document.variants[0].external_id


@pytest.mark.parametrize("count", [100, 101, 2048])
def test_big_products_are_made_in_the_background(count):
    store, sleeps = Shop(), []
    sizes = [str(number) for number in range(count)]
    result = push(
        store,
        sleeps=sleeps,
        **new(
            options=(Option(name="Size", values=tuple(sizes)),),
            variants=tuple(variant(size) for size in sizes),
            images=(),
        ),
    )
    assert store.names.count("product_operation") == (0 if count <= const.SYNCHRONOUS_VARIANTS else 3)
    assert sleeps == [const.POLL_EVERY] * (0 if count <= const.SYNCHRONOUS_VARIANTS else 2)
    assert [entry.options[0][1] for entry in result.document.variants] == sizes
    assert len({entry.external_id for entry in result.document.variants}) == count


def test_a_background_that_takes_for_ever_is_tried_again_later():
    store, sleeps = Shop(), []
    store.product_operation = lambda *args, **kwargs: None
    variants = tuple(variant(str(number)) for number in range(101))
    options = (Option(name="Size", values=tuple(str(number) for number in range(101))),)
    with pytest.raises(TransientError):
        push(store, sleeps=sleeps, **new(options=options, variants=variants, images=()))
    assert sum(sleeps) == const.OPERATION_PATIENCE


def test_big_products_keep_no_other_waiting():
    store = shop()
    sizes = tuple(str(number) for number in range(101))
    big = document(**new(options=(Option(name="Size", values=sizes),), variants=tuple(map(variant, sizes)), images=()))
    pushes = [
        ProductPush(key="big", document=big, parts=frozenset()),
        ProductPush(key="small", document=document(), parts=frozenset({"prices"})),
    ]
    results = ProductPusher(store, "one", PICTURES.__getitem__, lambda seconds: None).push(pushes)
    assert next(results).key == "small"
    assert "product_operation" not in store.names
    assert next(results).key == "big"


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_what_was_done_before_a_stop_is_known(stop):
    """A limit, a broken line: what is sent already, pictures and all, is not sent again."""
    store = Shop()
    pushes = [
        ProductPush(key=f"7:{number}", document=document(**new()), parts=frozenset()) for number in range(stop + 1)
    ]
    seen, send = [], store.product_set

    def product_set(*args, **kwargs):
        if len(seen) == stop:
            raise TransientError("throttled")
        seen.append(args)
        return send(*args, **kwargs)

    store.product_set = product_set
    generator = ProductPusher(store, "one", PICTURES.__getitem__, lambda seconds: None).push(pushes)
    for number in range(stop):
        result = next(generator)
        assert (result.key, result.error) == (f"7:{number}", None)
        assert len(result.image_ids) == 2
    with pytest.raises(TransientError):
        next(generator)


def test_a_stop_while_shopify_is_at_work():
    """What is at work in the background is sent again; what is done is not."""
    store = Shop()
    sizes = tuple(str(number) for number in range(101))
    big = document(**new(options=(Option(name="Size", values=sizes),), variants=tuple(map(variant, sizes)), images=()))
    pushes = [
        ProductPush(key="big", document=big, parts=frozenset()),
        ProductPush(key="small", document=document(**new()), parts=frozenset()),
    ]

    def fail(*args, **kwargs):
        raise TransientError("throttled")

    store.product_operation = fail
    results = ProductPusher(store, "one", PICTURES.__getitem__, lambda seconds: None).push(pushes)
    assert next(results).key == "small"
    with pytest.raises(TransientError):
        next(results)


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
