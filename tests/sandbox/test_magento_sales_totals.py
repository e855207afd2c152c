"""What orders of a Magento shop cost."""

import json
from decimal import Decimal

import pytest

from .magento_sales import VAT, item_ids, money, order, owed, place, product


def sums(lab, number: int) -> tuple[str, ...]:
    shown = order(lab, number)
    return tuple(str(shown[name]) for name in ("subtotal", "tax_amount", "grand_total"))


def test_prices_without_tax(magento):
    number = place(magento, rates=VAT, shipping={"title": "Flat", "price": "5.00"})
    shown = order(magento, number)
    assert (shown["subtotal"], shown["subtotal_incl_tax"], shown["tax_amount"], shown["grand_total"]) == (40, 48, 9, 54)
    (item,) = shown["items"]
    assert (item["price"], item["price_incl_tax"], item["row_total_incl_tax"], item["tax_percent"]) == (20, 24, 48, 20)
    total = shown["extension_attributes"]["shipping_assignments"][0]["shipping"]["total"]
    assert (total["shipping_amount"], total["shipping_incl_tax"], total["shipping_tax_amount"]) == (5, 6, 1)


def test_prices_with_tax(magento):
    line = {"title": "Mug", "price": "19.99", "quantity": 3}
    number = place(magento, lines=[line], rates=VAT, prices_include_tax=True, tax_algorithm="row")
    (item,) = order(magento, number)["items"]
    assert (item["row_total_incl_tax"], item["tax_amount"], item["row_total"]) == (59.97, 10, 49.97)
    assert (item["price_incl_tax"], item["price"]) == (19.99, 16.66)


@pytest.mark.parametrize(("algorithm", "tax"), [("unit", 0.72), ("row", 0.74), ("total", 0.74)])
def test_the_three_algorithms(magento, algorithm, tax):
    """Two rows of 3 x 1.49 at 8.25 %: 0.1229 a unit, 0.3688 a row, 0.7376 in all."""
    lines = [{"title": f"Thing {n}", "price": "1.49", "quantity": 3} for n in (1, 2)]
    rates = [{"title": "State", "rate": "0.0825"}]
    assert order(magento, place(magento, lines=lines, rates=rates, tax_algorithm=algorithm))["tax_amount"] == tax


def test_cents_cut_off_are_carried_to_the_next_row(magento):
    """Three rows of 0.05 at 10 %: 0.005 each, 0.015 in all."""
    lines = [{"title": f"Thing {n}", "price": "0.05", "quantity": 1} for n in (1, 2, 3)]
    rates = [{"title": "Tax", "rate": "0.1"}]
    rows = order(magento, place(magento, lines=lines, rates=rates, tax_algorithm="total"))["items"]
    assert [row["tax_amount"] for row in rows] == [0.01, 0, 0.01]
    rows = order(magento, place(magento, lines=lines, rates=rates, tax_algorithm="row"))["items"]
    assert [row["tax_amount"] for row in rows] == [0.01, 0.01, 0.01]


def test_a_discount_off_prices_with_tax_is_compensated(magento):
    number = place(
        magento, lines=[{"title": "Mug", "price": "24.00", "quantity": 1}], rates=VAT, prices_include_tax=True,
        discount={"percent": "10"}, coupon="TEN", tax_algorithm="row",
    )  # fmt: skip
    shown = order(magento, number)
    (item,) = shown["items"]
    assert (item["row_total"], item["discount_amount"], item["tax_amount"]) == (20, 2.4, 3.6)
    assert item["discount_tax_compensation_amount"] == 0.4
    assert (shown["grand_total"], shown["discount_amount"], shown["coupon_code"]) == (21.6, -2.4, "TEN")


def test_tax_before_discount(magento):
    rules = {"rates": VAT, "discount": "4", "tax_algorithm": "row"}
    after, before = (order(magento, place(magento, **rules, tax_after_discount=flag)) for flag in (True, False))
    assert (after["tax_amount"], after["grand_total"]) == (7.2, 43.2)
    assert (before["tax_amount"], before["grand_total"]) == (8, 44)


def test_a_fixed_discount_is_shared_to_the_cent(magento):
    lines = [{"title": f"Thing {n}", "price": "10.00", "quantity": 1} for n in (1, 2, 3)]
    shown = order(magento, place(magento, lines=lines, discount="10"))
    assert sum(money(row["discount_amount"]) for row in shown["items"]) == 10
    assert shown["grand_total"] == 20


def test_a_discount_on_shipping(magento):
    spec = {"shipping": {"title": "Flat", "price": "5.00"}, "discount": {"percent": "10", "shipping": True}}
    shown = order(magento, place(magento, rates=VAT, **spec))
    assert (shown["shipping_discount_amount"], shown["discount_amount"]) == (0.5, -4.5)
    assert money(shown["grand_total"]) == Decimal("48.6") == owed(shown, shown["items"])


def test_compound_and_added_rates(magento):
    two = [{"title": "GST", "rate": "0.05"}, {"title": "QST", "rate": "0.09975"}]
    shown = order(magento, place(magento, lines=[{"title": "A", "price": "100", "quantity": 1}], rates=two))
    assert shown["tax_amount"] == 14.98
    (taxes,) = shown["extension_attributes"]["item_applied_taxes"]
    assert [(tax["code"], tax["percent"]) for tax in taxes["applied_taxes"]] == [("GST", 5), ("QST", 9.975)]
    compound = place(magento, lines=[{"title": "A", "price": "100", "quantity": 1}], rates=two, compound=True)
    assert order(magento, compound)["tax_amount"] == 15.47


def test_taxes_of_the_shop_by_place(magento):
    taxes = [
        {"code": "FR", "percent": "20", "country": "FR"},
        {"code": "CA", "percent": "8.25", "country": "US", "region": "CA"},
        {"code": "FOOD", "percent": "5.5", "country": "FR", "classes": [4]},
    ]
    magento.control("PATCH", "", {"taxes": taxes})
    assert sums(magento, place(magento)) == ("40", "8", "48")
    assert sums(magento, place(magento, country="US", region="CA")) == ("40", "3.3", "43.3")
    assert sums(magento, place(magento, country="US", region="OR")) == ("40", "0", "40")
    food = [{"title": "Bread", "price": "10", "quantity": 1, "tax_class": 4}]
    assert sums(magento, place(magento, lines=food)) == ("10", "0.55", "10.55")


def test_fixed_product_taxes(magento):
    lines = [
        {"title": "Lamp", "price": "30", "quantity": 2, "weee": [{"title": "Eco", "amount": "0.5", "taxed": True}]}
    ]
    number = place(magento, lines=lines, rates=VAT)
    shown = order(magento, number)
    (item,) = shown["items"]
    (fixed,) = json.loads(item["weee_tax_applied"])
    assert (fixed["title"], fixed["row_amount"], fixed["row_amount_incl_tax"]) == ("Eco", 1, 1.2)
    assert (item["weee_tax_applied_row_amount"], item["tax_amount"]) == (1, 12)
    assert (shown["tax_amount"], shown["grand_total"]) == (12.2, 73.2)
    kinds = {entry["type"]: entry for entry in shown["extension_attributes"]["item_applied_taxes"]}
    assert kinds["weee"]["associated_item_id"] == item["item_id"]
    magento.call("POST", f"order/{number}/invoice", {"items": [{"order_item_id": item["item_id"], "qty": 1}]})
    (invoice,) = magento.search("invoices")["items"]
    assert invoice["grand_total"] == 36.6


def test_the_customers_currency(magento):
    magento.control("PATCH", "", {"currencies": {"USD": 1.0842}})
    shown = order(magento, place(magento, currency="USD", rates=VAT))
    assert (shown["order_currency_code"], shown["base_currency_code"]) == ("USD", "EUR")
    assert (shown["items"][0]["price"], shown["items"][0]["base_price"]) == (21.68, 20)
    assert (shown["grand_total"], shown["base_grand_total"], shown["base_to_order_rate"]) == (52.03, 48, 1.0842)


def test_a_variant_is_sold_as_its_parent(magento):
    child = product(magento, "tee-s", stock=5)
    product(
        magento, "tee", type_id="configurable", name="Tee", price=0,
        extension_attributes={"configurable_product_links": [child["id"]], "configurable_product_options": []},
    )  # fmt: skip
    number = place(magento, lines=[{"sku": "tee-s", "quantity": 2}], rates=VAT)
    parent, part = order(magento, number)["items"]
    assert (parent["product_type"], parent["sku"], parent["name"], parent["row_total"]) == (
        "configurable",
        "tee-s",
        "Tee",
        20,
    )
    assert (part["parent_item_id"], part["product_id"], part["price"]) == (parent["item_id"], child["id"], 0)
    assert part["parent_item"]["item_id"] == parent["item_id"]
    assert order(magento, number)["total_item_count"] == 1


def bundle(magento, price_type: str, price: float) -> dict:
    product(magento, "cup", price=4, stock=10)
    product(magento, "plate", price=6, stock=10)
    options = [
        {"option_id": 1, "product_links": [{"id": "1", "sku": "cup", "qty": 2, "is_default": True}]},
        {"option_id": 2, "product_links": [{"id": "2", "sku": "plate", "qty": 1, "is_default": True}]},
    ]
    attributes = [{"attribute_code": "price_type", "value": price_type}]
    return product(
        magento, "set", type_id="bundle", price=price, extension_attributes={"bundle_product_options": options},
        custom_attributes=attributes,
    )  # fmt: skip


def test_a_bundle_with_a_price_of_its_parts(magento):
    bundle(magento, "0", 0)
    shown = order(magento, place(magento, lines=[{"sku": "set", "quantity": 2}], rates=VAT))
    whole, cups, plates = shown["items"]
    assert (whole["sku"], whole["price"], whole["row_total"]) == ("set-cup-plate", 14, 28)
    assert [(part["qty_ordered"], part["row_total"]) for part in (cups, plates)] == [(4, 16), (2, 12)]
    assert (shown["subtotal"], shown["grand_total"]) == (28, 33.6)


def test_a_bundle_with_a_price_of_its_own(magento):
    bundle(magento, "1", 25)
    shown = order(magento, place(magento, lines=[{"sku": "set", "quantity": 1}], rates=VAT))
    assert [item.get("row_total") for item in shown["items"]] == [25, None, None]
    assert shown["grand_total"] == 30


def test_gift_cards_and_store_credit_are_of_adobe_commerce(magento):
    refused = magento.control(
        "POST", "/orders", {"lines": [{"title": "A", "price": "1"}], "gift_card": "1"}, status=400
    )
    assert "Adobe Commerce" in refused["error"]
    magento.control("PATCH", "", {"edition": "Enterprise"})
    number = place(magento, gift_card="15", store_credit="10", reward_points="1")
    shown = order(magento, number)
    extension = shown["extension_attributes"]
    assert shown["grand_total"] == 14
    assert (extension["gift_cards_amount"], extension["customer_balance_amount"]) == (15, 10)
    assert (extension["reward_currency_amount"], extension["reward_points_balance"]) == (1, 100)
    magento.call("POST", f"order/{number}/invoice", {})
    (invoice,) = magento.search("invoices")["items"]
    assert (invoice["grand_total"], invoice["extension_attributes"]["gift_cards_amount"]) == (14, 15)
    lines = [{"order_item_id": item_ids(magento, number)["MUG"], "qty": 1}]
    magento.call("POST", f"order/{number}/refund", {"items": lines})
    (memo,) = magento.search("creditmemos")["items"]
    assert memo["grand_total"] == 0
    assert memo["extension_attributes"] == {
        "gift_cards_amount": 15, "base_gift_cards_amount": 15,
        "customer_balance_amount": 5, "base_customer_balance_amount": 5,
    }  # fmt: skip


def test_an_order_that_is_paid_otherwise_altogether(magento):
    magento.control("PATCH", "", {"edition": "B2B"})
    number = place(magento, store_credit="100")
    assert (order(magento, number)["grand_total"], order(magento, number)["payment"]["method"]) == (0, "free")
    magento.call("POST", f"order/{number}/invoice", {})
    magento.call("POST", f"order/{number}/refund", {})
    assert magento.search("creditmemos")["items"][0]["extension_attributes"]["customer_balance_amount"] == 40


def test_parts_of_a_unit(magento):
    lines = [{"title": "Cloth", "price": "9.99", "quantity": "1.5"}]
    (item,) = order(magento, place(magento, lines=lines, rates=VAT))["items"]
    assert (item["qty_ordered"], item["is_qty_decimal"], item["row_total"], item["tax_amount"]) == (1.5, 1, 14.99, 3)


def test_what_an_order_may_lack(magento):
    bare = magento.control("POST", "/orders", {"lines": [{"title": "Thing", "price": "9.99"}]}, status=201)
    shown = order(magento, bare["id"])
    assert shown["customer_email"] is None and "billing_address" not in shown
    half = place(magento, billing_address={"first_name": "Ann"}, shipping_address=None)
    assert order(magento, half)["billing_address"]["country_id"] is None
    many = place(magento, lines=[{"title": f"Line {number}", "price": "1.10"} for number in range(130)])
    assert order(magento, many)["grand_total"] == 143
