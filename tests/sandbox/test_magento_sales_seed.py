"""What a Magento shop of the sandbox begins with."""

from collections import Counter
from decimal import Decimal

import pytest

from .magento_sales import money, owed, product


@pytest.fixture
def sold(magento):
    """A shop with a few products of every sort and 150 orders."""
    for number in range(6):
        product(magento, f"cup-{number}", price=3.5 + number)
    child = product(magento, "tee-s", price=12)
    links = {"configurable_product_links": [child["id"]]}
    product(magento, "tee", type_id="configurable", price=0, extension_attributes=links)
    options = [{"option_id": 1, "product_links": [{"id": "1", "sku": "cup-1", "qty": 2}]}]
    product(magento, "set", type_id="bundle", price=0, extension_attributes={"bundle_product_options": options})
    made = magento.control("POST", "/orders/bulk", {"orders": 150, "days": 60}, status=201)
    assert made == {"customers": 50, "orders": 150}
    return magento


def test_orders_of_every_sort(sold):
    orders = sold.search("orders")["items"]
    states = Counter(order["state"] for order in orders)
    assert set(states) >= {"new", "processing", "complete", "canceled", "holded", "closed"}
    assert any(order["customer_is_guest"] for order in orders) and any("customer_id" in order for order in orders)
    assert len({order["order_currency_code"] for order in orders}) == 3
    assert {item["product_type"] for order in orders for item in order["items"]} >= {
        "simple", "virtual", "configurable", "bundle"
    }  # fmt: skip
    assert max(order["updated_at"] for order in orders) <= "2026-11-20 12:00:00"
    assert any(order["relation_parent_id"] for order in orders if "relation_parent_id" in order)


def test_every_order_adds_up(sold):
    """By the formula that importers reckon with, and as the books say."""
    books = {entry["id"]: entry for entry in sold.control("GET", "/ledger")["orders"]}
    for order in sold.search("orders")["items"]:
        whole = {item["parent_item_id"] for item in order["items"] if "parent_item_id" in item}
        rows = [item for item in order["items"] if "row_total" in item]
        rows = [item for item in rows if item["product_type"] != "bundle" or item["item_id"] not in whole]
        fixed = sum(money(item.get("weee_tax_applied_row_amount", 0)) for item in rows)
        assert owed(order, rows) + fixed == money(order["grand_total"]), order["increment_id"]
        book = books[str(order["entity_id"])]
        assert (Decimal(book["total"]), Decimal(book["tax_total"])) == (
            money(order["grand_total"]), money(order["tax_amount"])
        )  # fmt: skip
        if order["state"] in ("complete", "closed"):
            assert order["total_paid"] == order["grand_total"]


def test_nothing_was_oversold(sold):
    for entry in sold.control("GET", "/stock")["stock"]:
        assert all(quantity >= 0 for quantity in entry["sources"].values())
    assert {source["source_code"] for source in sold.get("inventory/sources")["items"]} == {"default", "berlin"}
