"""The merchant's side of the catalogue: pages and control calls, and the webhooks they cause."""

import base64
import io
import re

import pytest

from sandbox.framework import pictures
from sandbox.shopify import seed
from tests.sandbox.test_webhooks import settle


@pytest.fixture
def shop(lab):
    seed.fill(lab.sandbox.platforms[0]._shop(lab.domain), products=4)
    return lab


def products(lab) -> list[dict]:
    return lab.sandbox.services.store.all(lab.domain, "product")


def test_the_list_shows_pictures_and_finds(shop):
    first = products(shop)[0]
    page = shop.client.get(f"/shop/{shop.domain}/products").text
    source = re.search(r'<img src="([^"]+)"', page)[1]
    assert shop.client.get(source.replace("&amp;", "&")).mimetype == "image/png"
    assert page.count("/products/") == 4
    for asked in (first["title"].lower(), first["variants"][0]["sku"]):
        found = shop.client.get(f"/shop/{shop.domain}/products", query_string={"q": asked}).text
        assert ">1 found<" in found
    front = shop.client.get(f"/shop/{shop.domain}/").text
    assert f'href="/shop/{shop.domain}/products"' in front
    assert "<img" in front


def test_editing_a_product_on_its_page(shop, receiver, subscribe):
    subscribe("PRODUCTS_UPDATE", "PRODUCTS_DELETE")
    product = next(entry for entry in products(shop) if entry["status"] == "ACTIVE")
    variant = product["variants"][0]
    base = f"/shop/{shop.domain}/products/{product['id']}"
    form = {
        "title": "New <name>", "status": "DRAFT", "vendor": "Me", "tags": "b, a", "published": ["Point of Sale"],
        f"price-{variant['id']}": "99", f"compare-{variant['id']}": "120.5",
    }  # fmt: skip
    assert shop.client.post(f"{base}/edit", data=form).status_code == 303
    after = shop.sandbox.services.store.get(shop.domain, "product", product["id"])
    assert (after["title"], after["status"], after["vendor"], after["tags"]) == (
        "New <name>",
        "DRAFT",
        "Me",
        ["a", "b"],
    )
    assert (after["variants"][0]["price"], after["variants"][0]["compare_at_price"]) == ("99.00", "120.50")
    channels = shop.sandbox.services.store.all(shop.domain, "publication")
    assert list(after["published"]) == [str(entry["id"]) for entry in channels if entry["name"] == "Point of Sale"]
    page = shop.client.get(base).text
    assert "New &lt;name&gt;" in page
    assert "<name>" not in page
    same = shop.client.post(f"{base}/edit", data=form)
    assert same.status_code == 303
    refused = shop.client.post(f"{base}/edit", data={**form, f"price-{variant['id']}": "dear"})
    assert refused.status_code == 400
    assert "no amount" in refused.text
    assert shop.client.post(f"{base}/delete").status_code == 303
    assert shop.client.get(base).status_code == 404
    settle(shop)
    assert sorted(receiver.topics()) == ["products/delete", "products/update"]


def test_pictures_on_the_page(shop):
    product = next(entry for entry in products(shop) if not entry["media"])
    base = f"/shop/{shop.domain}/products/{product['id']}"
    picture = pictures.picture("mine", 30, 30)
    sent = {"file": (io.BytesIO(picture), "mine.png"), "alt": "Mine"}
    assert shop.client.post(f"{base}/picture", data=sent).status_code == 303
    number = shop.sandbox.services.store.get(shop.domain, "product", product["id"])["media"][0]
    file = shop.sandbox.services.store.get(shop.domain, "file", number)
    assert (file["status"], file["alt"], file["name"], file["width"]) == ("READY", "Mine", "mine.png", 30)
    refused = shop.client.post(f"{base}/picture", data={"file": (io.BytesIO(b"text"), "a.txt")})
    assert refused.status_code == 400
    assert shop.client.post(f"{base}/unpicture", data={"picture": str(number)}).status_code == 303
    assert shop.sandbox.services.store.get(shop.domain, "product", product["id"])["media"] == []


def test_the_control_api(shop, receiver, subscribe):
    subscribe("PRODUCTS_CREATE", "PRODUCTS_UPDATE", "COLLECTIONS_CREATE")
    made = shop.control(
        "POST", "/products", {"title": "Cup", "price": "4", "sku": "CUP", "options": {"Size": ["S", "L"]}}
    )
    path = f"/products/{made['id']}"
    changed = shop.control(
        "PATCH", path, {"price": "5", "variants": {made["variants"][0]["id"]: {"cost": "2", "price": 6}}}
    )
    assert [(v["price"], v["cost"]) for v in changed["variants"]] == [("6.00", "2.00"), ("5.00", None)]
    content = base64.b64encode(pictures.picture("x")).decode()
    pictured = shop.control("POST", f"{path}/pictures", {"content": content, "name": "x.png"})
    drawn = shop.control("POST", f"{path}/pictures", {"text": "drawn"})
    assert (len(pictured["media"]), len(drawn["media"])) == (1, 2)
    assert shop.control("DELETE", f"{path}/pictures/{drawn['media'][0]}")["media"] == drawn["media"][1:]
    assert shop.control("GET", path)["media"] == drawn["media"][1:]
    for wrong, text in (
        ({"price": "x"}, "no amount"), ({"colour": "red"}, "cannot be changed"), ({"status": "GONE"}, "status must be"),
        ({"published": ["Moon"]}, "channels are"), ({"variants": {"1": {}}}, "no variant"), ({"title": " "}, "title"),
    ):  # fmt: skip
        assert text in shop.control("PATCH", path, wrong, status=400)["error"]
    collection = shop.control("POST", "/collections", {"title": "Mine", "products": [made["id"]]})
    assert collection["products"] == [made["id"]]
    assert collection in shop.control("GET", "/collections")["collections"]
    assert shop.control("DELETE", path) == {"deleted": made["id"]}
    assert shop.control("GET", path, status=404)
    settle(shop)
    assert sorted(receiver.topics()) == ["collections/create", "products/create", *["products/update"] * 4]
