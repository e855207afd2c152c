"""Products pushed to a stand-in store that executes our documents, and read back."""

import io
import time
from dataclasses import replace
from decimal import Decimal

import pytest
from PIL import Image as Picture

from odoo.addons.connector_base.canonical import UNSET, CustomAttribute, Image, Option, ProductPush
from odoo.addons.connector_base.transport import Session
from odoo.addons.connector_shopify import const, parser_product, product_pusher
from odoo.addons.connector_shopify.auth import TokenAuth
from odoo.addons.connector_shopify.client import ShopifyClient
from odoo.addons.connector_shopify.product_pusher import ProductPusher, remove_product
from odoo.addons.connector_shopify.renderer_product import gid

from tests.acceptance.stand_in import StandIn
from tests.unit.shopify.product_samples import document, variant

from .test_shopify_catalogue import Calls

DOMAIN = "push.myshopify.com"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with StandIn(tmp_path_factory.mktemp("sandbox")) as stand_in:
        scopes = [*set(const.SCOPES).union(*const.FLOW_SCOPES.values()), const.ALL_ORDERS_SCOPE]
        seed = {"products": 20, "orders": 0}
        stand_in.control("shops", {"domain": DOMAIN, "plan": "enterprise", "scopes": scopes, "seed": seed})
        yield stand_in


@pytest.fixture
def calls():
    return Calls()


@pytest.fixture
def client(store, calls):
    product_pusher._prepared.add(DOMAIN)
    auth = TokenAuth(store.shop(DOMAIN).config["admin_token"])
    session = Session(auth=auth, redirect=store.url, recorder=calls)
    found = ShopifyClient(session, DOMAIN, auth, Session(redirect=store.url, recorder=calls))
    found.define_product_key()
    calls.records.clear()
    return found


def png(color):
    """A picture of one colour."""
    content = io.BytesIO()
    Picture.new("RGB", (64, 64), color).save(content, "PNG")
    return content.getvalue(), "image/png", f"{color}.png"


@pytest.fixture
def push(client, calls):
    """Push a document; return its result. `calls` then has the calls of that push alone."""

    def pushed(wanted, *parts, key="7:1"):
        calls.records.clear()
        pushes = [ProductPush(key=key, document=wanted, parts=frozenset(parts))]
        (result,) = ProductPusher(client, DOMAIN, png, lambda seconds: None).push(pushes)
        return result

    return pushed


@pytest.fixture
def read(client):
    def found(external_id):
        nodes = client.products_by_id([gid("Product", external_id)])
        return parser_product.parse_product(nodes[0]) if nodes else None

    return found


@pytest.fixture
def places(client):
    """Return (ids of collections that people fill, ids of sales channels)."""
    nodes, _cursor = client.collections(first=50)
    collections = [parser_product.parse_category(node) for node in nodes]
    channels = filter(None, map(parser_product.parse_channel, client.publications()))
    return [found.external_id for found in collections if not found.automatic], [
        found.external_id for found in channels
    ]


@pytest.fixture
def wanted(places, request):
    """The T-shirt before it is created: an address and SKUs of its own."""
    collections, channels = places
    return document(
        external_id="",
        handle=request.node.name.replace("_", "-").replace("[", "-").replace("]", ""),
        variants=(variant("M"), variant("L", compare_at_price=Decimal("24.90"), image="blue")),
        images=(Image(alt="Front", checksum="red"), Image(alt="Back", checksum="blue")),
        category_ids=tuple(collections[:1]),
        channel_ids=tuple(sorted(channels[:1])),
        attributes=(CustomAttribute(key="custom.material", value="cotton", kind="single_line_text_field"),),
    )


def stated(product):
    """What both a document sent and one read can state, told apart by what Odoo knows."""
    blank = {"external_id": "", "inventory_external_id": "", "updated_at": None, "attributes": (), "image": UNSET}
    return replace(
        product,
        external_id="",
        currency="",
        options=tuple(replace(option, external_id="") for option in product.options),
        variants=tuple(replace(entry, **blank) for entry in product.variants),
        images=tuple(image.alt for image in product.images),
        url=UNSET,
        created_at=None,
        updated_at=None,
    )


def test_what_is_created_reads_back(push, read, wanted, calls):
    result = push(wanted)
    assert result.error is None
    found = read(result.document.external_id)
    assert stated(found) == stated(wanted)
    assert [entry.external_id for entry in result.document.variants] == [entry.external_id for entry in found.variants]
    assert [entry.inventory_external_id for entry in result.document.variants] == [
        entry.inventory_external_id for entry in found.variants
    ]
    assert result.image_ids == (("red", found.images[0].external_id), ("blue", found.images[1].external_id))
    assert [entry.image for entry in found.variants] == ["", found.images[1].external_id]
    assert result.document.handle == found.handle


def test_creating_twice_is_creating_once(push, client, wanted):
    first = push(wanted, key="7:twice")
    count = client.products_count("")
    again = push(wanted, key="7:twice")
    assert again.error is None
    assert again.document.external_id == first.document.external_id
    assert client.products_count("") == count


@pytest.fixture
def known(push, read, wanted):
    """The T-shirt in the store, as Odoo knows it then."""
    result = push(wanted, key=f"7:{wanted.handle}")
    pictures = dict(result.image_ids)
    return replace(
        result.document,
        images=tuple(replace(image, external_id=pictures[image.checksum]) for image in wanted.images),
    )


def changed(product, part, places):
    """The product with one part changed."""
    collections, channels = places
    medium, large = product.variants
    return replace(
        product,
        **{
            "basics": {"title": "Polo", "tags": ("polo",), "seo_title": "A polo"},
            "status": {"status": "draft"},
            "prices": {"variants": (replace(medium, price=Decimal("17.50")), large)},
            "variants": {
                "options": (Option(name="Size", values=("M", "L", "XL")),),
                "variants": (replace(medium, sku="NEW", weight=Decimal("0.5")), large, variant("XL")),
            },
            "images": {"images": (product.images[1], Image(alt="Side", checksum="green"))},
            "categories": {"category_ids": tuple(sorted(collections[:2]))},
            "attributes": {"attributes": (CustomAttribute(key="custom.material", value="wool"),)},
            "channels": {"channel_ids": tuple(sorted(channels[1:2]))},
        }[part],
    )


PARTS = ("basics", "status", "prices", "variants", "images", "categories", "attributes", "channels")
ONE_CALL = {"basics", "status", "prices", "variants", "categories", "attributes"}


@pytest.mark.parametrize("part", PARTS)
def test_one_part_changes_nothing_else(push, read, known, places, part):
    wanted = changed(known, part, places)
    result = push(wanted, part)
    assert result.error is None
    found = read(known.external_id)
    kind = "single_line_text_field"
    if part == "attributes":
        wanted = replace(wanted, attributes=tuple(replace(entry, kind=kind) for entry in wanted.attributes))
    assert stated(found) == stated(wanted)
    assert [entry.external_id for entry in found.variants[:2]] == [entry.external_id for entry in known.variants]
    if part not in ("images", "variants"):
        assert [image.external_id for image in found.images] == [image.external_id for image in known.images]


@pytest.mark.parametrize("part", PARTS)
def test_pushing_twice_is_pushing_once(push, read, known, places, part):
    wanted = changed(known, part, places)
    push(wanted, part)
    once = read(known.external_id)
    assert push(wanted, part).error is None
    assert stated(read(known.external_id)) == stated(once)


@pytest.mark.parametrize("part", sorted(ONE_CALL))
def test_most_changes_are_one_call(push, known, places, calls, part):
    push(changed(known, part, places), part)
    assert len(calls.operations) == 1


def test_pictures_are_sent_once(push, known, calls, places):
    result = push(changed(known, "images", places), "images")
    assert calls.operations.count("StagedUpload") == 1
    assert result.image_ids[0] == ("blue", known.images[1].external_id)


def test_a_variant_that_shall_show_no_picture(push, read, known):
    medium, large = known.variants
    assert read(known.external_id).variants[1].image
    assert push(replace(known, variants=(medium, replace(large, image=""))), "images").error is None
    assert [entry.image for entry in read(known.external_id).variants] == ["", ""]


def test_a_custom_field_that_shall_not_be_there(push, read, known):
    push(replace(known, attributes=(CustomAttribute(key="custom.material", value=""),)), "attributes")
    assert read(known.external_id).attributes == ()


def test_off_all_channels(push, read, known):
    push(replace(known, channel_ids=()), "channels")
    assert read(known.external_id).channel_ids == ()


def test_many_variants_are_made_in_the_background(client, read, wanted, calls):
    sizes = tuple(str(number) for number in range(300))
    wanted = replace(
        wanted, options=(Option(name="Size", values=sizes),), variants=tuple(map(variant, sizes)), images=()
    )
    pushes = [ProductPush(key="7:big", document=wanted, parts=frozenset())]
    (result,) = ProductPusher(client, DOMAIN, png, lambda seconds: time.sleep(0.1)).push(pushes)
    assert result.error is None
    assert "ProductOperation" in calls.operations
    found = read(result.document.external_id)
    assert [entry.options[0][1] for entry in found.variants] == list(sizes)
    assert [entry.external_id for entry in result.document.variants] == [entry.external_id for entry in found.variants]


def test_a_product_that_is_gone(push, client, known, places):
    remove_product(client, known.external_id, delete=True)
    for part in PARTS:
        result = push(changed(known, part, places), part)
        assert result.missing, (part, result.error)
    remove_product(client, known.external_id, delete=True)
    remove_product(client, known.external_id, delete=False)


def test_archiving(client, read, known):
    remove_product(client, known.external_id, delete=False)
    assert read(known.external_id).status == "archived"


def test_an_address_that_is_taken(push, known, wanted):
    result = push(replace(wanted, external_id=""), key="7:other")
    assert result.error.code == "HANDLE_NOT_UNIQUE"
    assert "handle" in str(result.error)
    assert result.document is None


def test_a_picture_that_is_none(client, wanted):
    def read_image(checksum):
        return b"no picture at all", "image/png", "x.png"

    pushes = [ProductPush(key="7:picture", document=wanted, parts=frozenset())]
    (result,) = ProductPusher(client, DOMAIN, read_image, lambda seconds: time.sleep(0.2)).push(pushes)
    assert "picture" in str(result.error)
    assert result.error.remedy
