"""The pages people see, and the connector's own documents against this schema."""

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from sandbox.shopify import seed
from sandbox.shopify.schema import schema

DOCUMENTS = Path(__file__).parents[2] / "connector_shopify" / "graphql"


@pytest.fixture
def shop(lab):
    seed.fill(lab.sandbox.platforms[0]._shop(lab.domain), products=6)
    return lab


def test_first_page_lists_shops(shop):
    page = shop.client.get("/")
    assert page.status_code == 200
    assert f'href="/shop/{shop.domain}/"' in page.text
    assert "prefers-color-scheme: dark" in page.text


def test_shopping(shop):
    front = shop.client.get(f"/shop/{shop.domain}/").text
    variants = re.findall(r'<option value="(\d{14})">', front)
    form = {
        "variant": variants[:2], "quantity": ["2", "1"], "place": "8", "customer": "", "email": "me@example.com",
        "currency": "", "shipping": "Standard", "financial": "pending", "code": "SAVE10", "tip": "",
    }  # fmt: skip
    placed = shop.client.post(f"/shop/{shop.domain}/order", data=form)
    assert placed.status_code == 303
    order = shop.sandbox.services.store.all(shop.domain, "order")[0]
    assert (order["currency"], order["email"], order["taxes_included"]) == ("GBP", "me@example.com", True)
    assert [line["quantity"] for line in order["lines"]] == [2, 1]
    page = shop.client.get(placed.location)
    assert page.status_code == 200
    assert "PENDING" in page.text
    for action, shown in (("pay", "PAID"), ("fulfill", "FULFILLED"), ("refund", "REFUNDED")):
        done = shop.client.post(f"{placed.location}/{action}")
        assert done.status_code == 303
        assert f">{shown}<" in shop.client.get(done.location).text
    refused = shop.client.post(f"{placed.location}/cancel")
    assert refused.status_code == 400
    assert "shipped" in refused.text
    assert shop.client.post(f"/shop/{shop.domain}/order", data={**form, "quantity": ["0", ""]}).status_code == 400


def test_editing_quantities_on_the_page(shop):
    order = shop.place(lines=[{"title": "A", "price": "5", "quantity": 3}])
    path = f"/shop/{shop.domain}/orders/{order['id']}"
    assert shop.client.post(f"{path}/edit", data={f"line-{order['lines'][0]['id']}": "1"}).status_code == 303
    assert shop.stored(order)["edited"]
    assert "of 3" in shop.client.get(path).text


def test_state_page(shop):
    assert shop.client.post("/admin/clock", data={"advance": "3600", "freeze": "on"}).status_code == 303
    assert "2026-11-20T13:00:00Z" in shop.client.get("/admin/").text
    assert shop.client.post("/admin/fault", data={"kind": "status", "status": "503", "count": "1"}).status_code == 303
    faults = shop.sandbox.services.faults.list()
    assert (faults[0]["status"], faults[0]["left"]) == (503, 1)
    assert "needs a status" in shop.client.post("/admin/fault", data={"kind": "status"}).text
    assert shop.client.post("/admin/clear", data={"id": str(faults[0]["id"])}).status_code == 303
    assert not shop.sandbox.services.faults.list()
    shop.gql("query Watched { shop { id } }")
    assert "Watched" in shop.client.get(f"/admin/log/{shop.domain}").text


def test_what_a_shopper_types_is_escaped(shop):
    order = shop.place(email="<script>alert(1)</script>@example.com", lines=[{"title": "<b>x</b>", "price": "1"}])
    page = shop.client.get(f"/shop/{shop.domain}/orders/{order['id']}").text
    assert "<script>" not in page
    assert "<b>x</b>" not in page


def test_unknown_pages(shop):
    assert shop.client.get("/shop/nobody.myshopify.com/").status_code == 404
    assert shop.client.get(f"/shop/{shop.domain}/orders/5").status_code == 404
    assert shop.client.get("/_control/nothing").status_code == 404
    assert shop.client.get("/_control/shops/nobody.myshopify.com").status_code == 404
    assert shop.client.post("/_control/shops", json={"domain": "shop.example.org"}).status_code == 400
    assert shop.client.post("/_control/shops", json={"domain": shop.domain}).status_code == 400
    assert shop.client.post("/_control/shops", json={"domain": "b.myshopify.com", "colour": 1}).status_code == 400
    assert shop.client.post("/_control/clock", json={"at": "soon"}).status_code == 400


def test_bulk_orders_and_control_by_name(shop):
    made = shop.control("POST", "/orders/bulk", {"count": 12, "seed": 3})
    assert made["count"] == len(made["orders"]) == shop.shop["counts"]["orders"] == 12
    name = made["orders"][4]["name"].lstrip("#")
    assert shop.control("GET", f"/orders/{name}")["id"] == made["orders"][4]["id"]
    assert len({order["id"] for order in shop.control("GET", "/orders")["orders"]}) == 12
    assert shop.control("POST", "/orders", {"random": 9})["lines"]


def test_every_document_of_the_connector_is_answered():
    """A document may use fragments of another file: all files are validated as one."""
    files = sorted(DOCUMENTS.glob("*.graphql"))
    assert files
    texts = [path.read_text(encoding="utf-8") for path in files]
    errors = validate(schema(), parse("\n".join(texts)))
    assert [error.message for error in errors if "operation" not in error.message] == []


def test_stock_page(shop):
    path = f"/shop/{shop.domain}/stock"
    page = shop.client.get(path).text
    name, value = re.search(r'<input type="number" name="(\d+-\d+)" value="(\d+)">', page).groups()
    saved = shop.client.post(path, data={name: str(int(value) + 5), f"was-{name}": value})
    assert saved.status_code == 303
    assert f'name="{name}" value="{int(value) + 5}"' in shop.client.get(path).text
    empty, _ = re.search(r'<input type="number" name="(\d+-\d+)" value="()">', page).groups()
    assert shop.client.post(path, data={empty: "3", f"was-{empty}": ""}).status_code == 303
    assert f'name="{empty}" value="3"' in shop.client.get(path).text
    assert shop.client.post(f"/shop/{shop.domain}/locations/new", data={"name": "Garage"}).status_code == 303
    assert "Garage" in shop.client.get(path).text
    garage = shop.control("GET", "/locations")["locations"][-1]["id"]
    shop.client.post(f"/shop/{shop.domain}/locations/{garage}", data={"active": "no"})
    assert ">Garage</th>" not in shop.client.get(path).text


def test_order_page_shows_shipments(shop):
    order = shop.place(lines=[{"title": "A", "price": "5", "quantity": 3}], financial="paid")
    path = f"/shop/{shop.domain}/orders/{order['id']}"
    assert "3 x A" in shop.client.get(path).text
    line = order["lines"][0]["id"]
    shop.act(order, "fulfill", lines=[{"line_id": line, "quantity": 2}], company="UPS", number="1Z9")
    page = shop.client.get(path).text
    assert "2 x A" in page and "1 x A" in page and 'href="https://www.ups.com/track?tracknum=1Z9"' in page
    (sent,) = shop.stored(order)["fulfillments"]
    which = {"fulfillment_id": str(sent["id"])}
    assert shop.client.post(f"{path}/track", data={**which, "company": "GLS", "number": "7"}).status_code == 303
    assert 'href="https://gls-group.eu/track/7"' in shop.client.get(path).text
    for action, shown in (("hold", "ON_HOLD"), ("release", "IN_PROGRESS"), ("unfulfill", "CANCELLED")):
        assert shop.client.post(f"{path}/{action}", data=which).status_code == 303
        assert f">{shown}<" in shop.client.get(path).text
    assert "3 x A" in shop.client.get(path).text
    assert shop.client.post(f"{path}/release", data=which).status_code == 400


def test_payouts_page(shop):
    shop.place(financial="paid", rates=[])
    shop.sandbox.services.clock.change(advance=86400)
    page = shop.client.get(f"/shop/{shop.domain}/payouts").text
    assert "SCHEDULED" in page and ">9.41<" in page
    assert shop.control("GET", "/payouts")["payouts"][0]["charges"] == {"gross": "10.00", "fee": "0.59"}
