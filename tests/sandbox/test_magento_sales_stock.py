"""Stock of a Magento shop: sources, what is sold and not sent, and the stock items of before."""

import pytest

from .magento_sales import at_source, item_ids, order, place, product, salable

LINES = [{"sku": "cup", "quantity": 3}]


def test_a_new_shop_has_one_source_and_one_stock(magento):
    (source,) = magento.get("inventory/sources")["items"]
    assert (source["source_code"], source["enabled"]) == ("default", True)
    (stock,) = magento.search("inventory/stocks")["items"]
    assert stock["extension_attributes"]["sales_channels"] == [{"type": "website", "code": "base"}]
    assert magento.get("inventory/stock-resolver/website/base")["stock_id"] == 1


def test_source_items_are_saved_together_or_not_at_all(magento):
    product(magento, "cup")
    good = {"sku": "cup", "source_code": "default", "quantity": 5, "status": 1}
    for wrong in ({**good, "sku": "nothing"}, {**good, "source_code": "nowhere"}):
        answer = magento.call("POST", "inventory/source-items", {"sourceItems": [good, wrong]}, status=400)
        assert answer["message"] == "Could not save Source Item"
    assert magento.search("inventory/source-items")["total_count"] == 0
    assert magento.call("POST", "inventory/source-items", {"sourceItems": [good]}) == []
    assert at_source(magento, "cup") == 5
    lacking = {"sourceItems": [{"sku": "cup", "source_code": "default", "status": 7}]}
    answer = magento.call("POST", "inventory/source-items", lacking, status=400)
    assert answer["message"] == "Validation Failed" and len(answer["errors"]) == 2
    assert magento.call("POST", "inventory/source-items-delete", {"sourceItems": [good]}) == []
    assert magento.search("inventory/source-items")["total_count"] == 0


def test_an_order_takes_what_is_salable_and_a_shipment_the_source(magento):
    product(magento, "cup", stock=12)
    number = place(magento, lines=LINES)
    assert (salable(magento, "cup"), at_source(magento, "cup")) == (9, 12)
    (item_id,) = item_ids(magento, number).values()
    magento.call("POST", f"order/{number}/ship", {"items": [{"order_item_id": item_id, "qty": 2}]})
    assert (salable(magento, "cup"), at_source(magento, "cup")) == (9, 10)


def test_a_cancelled_order_frees_its_units(magento):
    product(magento, "cup", stock=12)
    number = place(magento, lines=LINES)
    magento.raw("POST", f"orders/{number}/cancel")
    assert (salable(magento, "cup"), at_source(magento, "cup")) == (12, 12)


def test_refunded_units(magento):
    """Those that were not sent are free again; those that were come back only if that is asked for."""
    product(magento, "cup", stock=12)
    number = place(magento, lines=LINES, financial="paid")
    (item_id,) = item_ids(magento, number).values()
    one = {"items": [{"order_item_id": item_id, "qty": 1}]}
    magento.call("POST", f"order/{number}/ship", {"items": [{"order_item_id": item_id, "qty": 2}]})
    magento.call("POST", f"order/{number}/refund", one)
    assert (salable(magento, "cup"), at_source(magento, "cup")) == (10, 10)
    magento.call("POST", f"order/{number}/refund", one)
    assert at_source(magento, "cup") == 10
    back = {"extension_attributes": {"return_to_stock_items": [item_id]}}
    magento.call("POST", f"order/{number}/refund", {**one, "arguments": back})
    assert (salable(magento, "cup"), at_source(magento, "cup")) == (11, 11)
    assert order(magento, number)["state"] == "closed"


def test_a_shipment_of_what_is_not_there(magento):
    product(magento, "cup", stock=2)
    number = place(magento, lines=LINES)
    answer = magento.call("POST", f"order/{number}/ship", {}, status=400)
    assert answer["message"] == "Not all of your products are available in the requested quantity."
    assert at_source(magento, "cup") == 2


def test_shipping_from_another_source(magento):
    product(magento, "cup", stock=1)
    source = magento.control("POST", "/sources", {"name": "East"}, status=201)["source_code"]
    magento.control("POST", "/stock", {"sku": "cup", "source": source, "quantity": 5})
    stock = magento.get("inventory/stock-resolver/website/base")["stock_id"]
    assert stock == 2 and salable(magento, "cup", stock) == 6
    number = place(magento, lines=LINES)
    assert salable(magento, "cup", stock) == 3
    body = {"arguments": {"extension_attributes": {"source_code": source}}}
    magento.call("POST", f"order/{number}/ship", body)
    assert (at_source(magento, "cup", source), at_source(magento, "cup")) == (2, 1)
    (shipment,) = magento.search("shipments")["items"]
    assert shipment["extension_attributes"]["source_code"] == source
    links = magento.search("inventory/stock-source-links", ("stock_id", stock, "eq"))["items"]
    assert [(link["source_code"], link["priority"]) for link in links] == [("default", 1), (source, 2)]


def test_a_variants_stock_is_its_own(magento):
    child = product(magento, "tee-s", stock=5)
    product(
        magento, "tee", type_id="configurable", extension_attributes={"configurable_product_links": [child["id"]]}
    )  # fmt: skip
    number = place(magento, lines=[{"sku": "tee", "quantity": 2}])
    assert salable(magento, "tee-s") == 3
    magento.call("POST", f"order/{number}/ship", {})
    assert at_source(magento, "tee-s") == 3
    refused = magento.call("GET", "inventory/get-product-salable-quantity/tee/1", status=400)
    assert "Source Items support" in refused["message"]


def test_virtual_products_leave_with_the_invoice(magento):
    product(magento, "course", type_id="virtual", stock=5)
    number = place(magento, lines=[{"sku": "course", "quantity": 2}])
    assert (salable(magento, "course"), at_source(magento, "course")) == (3, 5)
    magento.call("POST", f"order/{number}/invoice", {})
    assert (salable(magento, "course"), at_source(magento, "course")) == (3, 3)


def test_sources_and_stocks_of_ones_own(magento):
    source = {"source_code": "west", "name": "West", "country_id": "US", "postcode": "90013"}
    magento.call("POST", "inventory/sources", {"source": source})
    magento.call("PUT", "inventory/sources/west", {"source": {**source, "enabled": False}})
    assert magento.get("inventory/sources/west")["enabled"] is False
    number = magento.call("POST", "inventory/stocks", {"stock": {"name": "Other"}})
    both = [{"stock_id": number, "source_code": code, "priority": 1} for code in ("west", "default")]
    magento.call("POST", "inventory/stock-source-links", {"links": both})
    path = f"inventory/get-sources-assigned-to-stock-ordered-by-priority/{number}"
    assert {entry["source_code"] for entry in magento.get(path)} == {"west", "default"}
    channel = {"extension_attributes": {"sales_channels": [{"type": "website", "code": "base"}]}}
    magento.call("PUT", f"inventory/stocks/{number}", {"stock": {"name": "Other", **channel}})
    assert magento.get("inventory/stock-resolver/website/base")["stock_id"] == number
    magento.call("POST", "inventory/sources", {"source": {"source_code": "x", "name": "X"}}, status=400)
    magento.call("GET", "inventory/sources/nowhere", status=404)


def test_without_inventory_management(magento):
    magento.control("PATCH", "", {"msi": False})
    cup = product(magento, "cup")
    magento.call("GET", "inventory/sources", status=404)
    body = {"stockItem": {"qty": 7, "is_in_stock": True}}
    assert magento.call("PUT", "products/cup/stockItems/1", body) == cup["id"]
    entry = magento.get("stockItems/cup")
    assert (entry["qty"], entry["is_in_stock"], entry["item_id"]) == (7, True, cup["id"])
    number = place(magento, lines=LINES)
    assert magento.get("stockItems/cup")["qty"] == 4
    magento.call("POST", f"order/{number}/ship", {})
    assert magento.get("stockItems/cup")["qty"] == 4
    assert "extension_attributes" not in magento.search("shipments")["items"][0]
    other = place(magento, lines=LINES)
    magento.raw("POST", f"orders/{other}/cancel")
    assert magento.get("stockItems/cup")["qty"] == 4
    low = magento.get("stockItems/lowStock/", "scopeId=0&qty=4&pageSize=10")
    assert low["total_count"] == 1
    magento.call("PUT", "products/none/stockItems/1", body, status=404)


def test_the_merchants_stock(magento):
    product(magento, "cup", stock=4)
    place(magento, lines=LINES)
    (entry,) = magento.control("GET", "/stock?sku=cup")["stock"]
    assert entry == {"sku": "cup", "sources": {"default": 4}, "salable": {"1": 1}}
    magento.control("POST", "/stock", {"sku": "nothing", "quantity": 1}, status=400)


@pytest.mark.parametrize("quantity", [0, 3])
def test_what_can_be_sold_is_asked(magento, quantity):
    product(magento, "cup", stock=quantity)
    assert magento.get("inventory/is-product-salable/cup/1") is bool(quantity)
    found = magento.get("inventory/are-products-salable", "skus[0]=cup&stockId=1")
    assert found == [{"sku": "cup", "stock_id": 1, "salable": bool(quantity)}]
    asked = magento.get("inventory/is-product-salable-for-requested-qty/cup/1/4")
    assert asked["salable"] is False and asked["errors"]


def test_the_catalogue_tells_the_stock(magento):
    """A new product lies at the default source, shows what lies there, and is forgotten with it."""
    pytest.importorskip("sandbox.magento.product")
    new = {"sku": "jug", "name": "Jug", "price": 9, "attribute_set_id": 4, "type_id": "simple"}
    magento.call("POST", "products", {"product": new})
    assert at_source(magento, "jug") == 0
    stocked = {**new, "extension_attributes": {"stock_item": {"qty": 6, "is_in_stock": True}}}
    shown = magento.call("PUT", "products/jug", {"product": stocked})
    assert (shown["extension_attributes"]["stock_item"]["qty"], at_source(magento, "jug")) == (6, 6)
    magento.call("PUT", "products/jug", {"product": {"sku": "jug", "name": "Big jug"}})
    assert salable(magento, "jug") == 6
    assert magento.raw("DELETE", "products/jug").json is True
    assert magento.search("inventory/source-items")["total_count"] == 0
