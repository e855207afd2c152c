"""Very many products read by bulk operations of a stand-in store: as if they had been listed."""

import time

import pytest

from odoo.addons.connector_base.transport import Session, TransientError
from odoo.addons.connector_shopify import bulk, const
from odoo.addons.connector_shopify.auth import TokenAuth
from odoo.addons.connector_shopify.bulk import BulkListing
from odoo.addons.connector_shopify.client import ShopifyClient
from odoo.addons.connector_shopify.parser_product import parse_product

from tests.acceptance.stand_in import StandIn

from .test_shopify_catalogue import Calls, read_all

DOMAIN = "bulk.myshopify.com"
PRODUCTS = 60


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


def gather(client, listing):
    """Return (all products of a listing in bulk, its pages), waiting for the store's work as jobs do."""
    found, pages = [], 0
    while listing:
        try:
            nodes, following = listing.read_page(client)
        except TransientError:
            time.sleep(0.1)
            continue
        found += nodes
        pages += 1
        listing = bulk.resume(following.token) if following else None
    return found, pages


def test_they_are_what_a_listing_says(client, calls, monkeypatch):
    monkeypatch.setattr(const, "BULK_PART", 25_000)
    found, pages = gather(client, BulkListing.begin(client, ""))
    listed = {product.external_id: product for product in map(parse_product, read_all(client))}
    assert {product.external_id: product for product in map(parse_product, found)} == listed
    assert len(found) == len(listed)
    assert pages > 3
    assert "ProductsById" not in calls.operations  # both halves of each were there
    updated = [node["updatedAt"] for node in found]
    assert updated == sorted(updated)


def test_only_what_was_updated_since(client):
    middle = read_all(client)[PRODUCTS // 2]["updatedAt"]
    found, _pages = gather(client, BulkListing.begin(client, middle))
    assert {node["id"] for node in found} == {node["id"] for node in read_all(client) if node["updatedAt"] >= middle}


def test_a_few_are_not_gathered(client, calls):
    following = object()
    assert bulk.choose(client, following, "2020-01-01T00:00:00Z") is following
    assert calls.operations == ["ProductsCount"]


def test_stopping_what_has_ended_is_no_error(client):
    operation = client.bulk_run("{ products { edges { node { id } } } }")
    while client.bulk_operation(operation)["status"] != "COMPLETED":
        time.sleep(0.1)
    client.bulk_cancel(operation)
