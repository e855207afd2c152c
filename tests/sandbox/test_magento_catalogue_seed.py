"""The demonstration shop's catalogue: some of everything, and all of it as the official schema says."""

import time

import pytest

from sandbox.factory import build
from sandbox.magento.platform import DEMO_DOMAIN
from tests.contract import magento_spec
from tests.sandbox.magento_lab import MagentoLab


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    sandbox = build(tmp_path_factory.mktemp("magento"))
    started = time.process_time()
    sandbox.platforms[1].seed()
    lab = MagentoLab(sandbox, DEMO_DOMAIN, magento_spec.official() if magento_spec.SPECIFICATION else None)
    lab.seconds = time.process_time() - started
    yield lab
    sandbox.close()


def count(shop, *filters, **options) -> int:
    return shop.search("products", *filters, query="searchCriteria[pageSize]=1&fields=total_count", **options)[
        "total_count"
    ]


def test_a_thousand_products_of_every_type(shop):
    kinds = {kind: count(shop, ("type_id", kind, "eq"), store="all") for kind in
             ("simple", "configurable", "virtual", "downloadable", "bundle", "grouped")}  # fmt: skip
    assert sum(kinds.values()) == 1000
    assert kinds["configurable"] >= 55
    assert min(kinds.values()) >= 5
    assert shop.seconds < 10


def test_every_product_is_as_the_schema_says(shop):
    found = shop.get("products", "searchCriteria=", store="all")["items"]
    assert len({entry["sku"] for entry in found}) == 1000
    by_id = {entry["id"]: entry for entry in found}
    for entry in found:
        links = entry["extension_attributes"].get("configurable_product_links", ())
        assert entry["type_id"] != "configurable" or 3 <= len(links) <= 6
        assert all(by_id[number]["visibility"] == 1 for number in links)
        assert entry["created_at"] <= entry["updated_at"]
    assert sum(bool(entry["media_gallery_entries"]) for entry in found) >= 80
    assert sum(bool(entry["tier_prices"]) for entry in found) >= 20
    assert sum(bool(entry["product_links"]) for entry in found) >= 40
    assert {tuple(entry["extension_attributes"]["website_ids"]) for entry in found} == {(1,), (1, 2)}


def test_the_rest_of_the_catalogue(shop):
    assert len(shop.search("categories/list", store="all")["items"]) == 15
    assert shop.search("products/attributes")["total_count"] > 40
    texts = {
        shop.search("products", ("sku", "DETRO-0004", "eq"), store=store)["items"][0]["name"]
        for store in ("default", "german")
    }
    assert texts == {"Delta Trousers 004", "Delta Hose 004"}
    names = {entry["name"] for entry in shop.search("products", ("name", "%Lampe%", "like"), store="german")["items"]}
    assert names
    assert count(shop, ("name", "%Lampe%", "like"), store="default") == 0
    assert count(shop, ("special_price", 0, "gt"), store="all") >= 80
    picture = next(
        entry for entry in shop.get("products", "searchCriteria=")["items"] if entry["media_gallery_entries"]
    )
    path = picture["media_gallery_entries"][0]["file"]
    assert shop.client.get(f"/{DEMO_DOMAIN}/media/catalog/product{path}").status_code == 200


def test_a_shop_left_half_made_is_made_anew(tmp_path):
    sandbox = build(tmp_path / "half")
    sandbox.services.store.set_setting("magento seeding", True)
    sandbox.services.store.put(DEMO_DOMAIN, "product", 1, {"id": 1, "name": "left over"})
    sandbox.platforms[1].seed()
    products = sandbox.services.store.all(DEMO_DOMAIN, "product")
    assert len(products) == 1000
    assert "left over" not in {product["name"] for product in products}
    sandbox.platforms[1].seed()
    assert sandbox.services.store.count(DEMO_DOMAIN, "product") == 1000
    sandbox.close()
