"""Which calls a push takes, what they say, and that pushing twice is pushing once."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.connector_base.canonical import PRODUCT_PARTS, UNSET, Option, ProductPush
from odoo.addons.connector_base.transport import DataError, TransientError
from odoo.addons.connector_shopify import const
from odoo.addons.connector_shopify.product_pusher import ProductPusher

from .product_pushing import LARGE, MEDIUM, PICTURES, PRODUCT, new, push, shop
from .product_samples import document, variant
from .product_shop import Shop


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
