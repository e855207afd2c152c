"""Products read from a stand-in store that executes our documents, pictures and all."""

from collections import Counter

import pytest

from odoo.addons.connector_base.transport import DataError, Session, iter_pages
from odoo.addons.connector_shopify import const, parser_product
from odoo.addons.connector_shopify.auth import TokenAuth
from odoo.addons.connector_shopify.client import ShopifyClient
from odoo.addons.connector_shopify.listing import ProductListing

from tests.acceptance.stand_in import StandIn

DOMAIN = "catalogue.myshopify.com"
PRODUCTS = 120


class Calls:
    """Counts what is called: a recorder for sessions."""

    debug = False

    def __init__(self):
        self.records = []

    def record(self, record):
        self.records.append(record)

    @property
    def operations(self):
        return [record.operation for record in self.records]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with StandIn(tmp_path_factory.mktemp("sandbox")) as stand_in:
        stand_in.control("shops", {"domain": DOMAIN, "plan": "enterprise", "seed": {"products": PRODUCTS, "orders": 0}})
        yield stand_in


@pytest.fixture
def calls():
    return Calls()


@pytest.fixture
def client(store, calls):
    auth = TokenAuth(store.shop(DOMAIN).config["admin_token"])
    session = Session(auth=auth, redirect=store.url, recorder=calls)
    return ShopifyClient(session, DOMAIN, auth, Session(redirect=store.url, recorder=calls))


def read_all(client, since=None):
    """Return all products, page by page through the text of the next one's token."""
    listing, nodes = ProductListing.begin(since), []
    while listing:
        page, following = listing.read_page(client)
        nodes += page
        listing = ProductListing.resume(following.token) if following else None
    return nodes


def test_all_products_are_read_once(client, calls):
    products = [parser_product.parse_product(node) for node in read_all(client)]
    assert len(products) == len({product.external_id for product in products}) == client.products_count("")
    assert [product.updated_at for product in products] == sorted(product.updated_at for product in products)
    assert Counter(calls.operations)["Products"] == -(-len(products) // const.PRODUCTS_PAGE)
    assert any(product.options for product in products)
    assert any(product.images for product in products)
    assert any(product.category_ids for product in products)
    assert any(product.channel_ids for product in products)
    assert all(variant.inventory_external_id for product in products for variant in product.variants)
    for product in products:
        names = [option.name for option in product.options]
        for variant in product.variants:
            assert [name for name, _value in variant.options] == names
            assert variant.image in ("", *(image.external_id for image in product.images))


def test_by_id_says_the_same(client):
    nodes = read_all(client)[:60]
    again = client.products_by_id([node["id"] for node in nodes] + ["gid://shopify/Product/404"])
    assert list(map(parser_product.parse_product, again)) == list(map(parser_product.parse_product, nodes))


def test_what_was_updated_since(client):
    products = [parser_product.parse_product(node) for node in read_all(client)]
    since = products[len(products) // 2].updated_at
    newer = [parser_product.parse_product(node) for node in read_all(client, since)]
    assert [product.external_id for product in newer] == [
        product.external_id for product in products if product.updated_at >= since
    ]
    assert client.products_count(ProductListing.begin(since).query) == len(newer)


def test_pictures_can_be_read(client):
    products = map(parser_product.parse_product, read_all(client))
    image = next(image for product in products for image in product.images or () if image.url)
    assert client.read_picture(image.url)[:4] in (b"\x89PNG", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xdb")
    with pytest.raises(DataError, match="gone"):
        client.read_picture("https://cdn.shopify.com/s/files/none.png")


def test_collections_and_channels_are_those_of_the_products(client):
    def fetch(page):
        nodes, cursor = client.collections(first=2, after=page)
        return type("Page", (), {"documents": nodes, "next_page": cursor})

    collections = [parser_product.parse_category(node) for page in iter_pages(fetch) for node in page.documents]
    channels = [parser_product.parse_channel(node) for node in client.publications()]
    products = [parser_product.parse_product(node) for node in read_all(client)]
    assert {True, False} == {collection.automatic for collection in collections}
    assert {found for product in products for found in product.category_ids} <= {
        collection.external_id for collection in collections
    }
    assert {found for product in products for found in product.channel_ids} <= {
        channel.external_id for channel in channels if channel
    }
    assert all(channel.name for channel in channels if channel)
