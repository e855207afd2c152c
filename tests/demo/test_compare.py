"""The comparison itself: it agrees with an equal order and notices each single difference."""

import copy

import pytest

from scripts.compare import Result, compare_order, odoo_tax_by_rate, table

TAXES = {7: 20.0, 8: 7.25}


def ledger_entry():
    return {
        "id": "1",
        "name": "#1001",
        "currency": "EUR",
        "taxes_included": False,
        "test": False,
        "cancelled": False,
        "lines": [
            {
                "id": "11",
                "sku": "MUG",
                "title": "Mug",
                "quantity": 3,
                "unit_price": "10.00",
                "gross": "30.00",
                "discount": "1.50",
                "net": "28.50",
                "taxes": [
                    {"title": "VAT", "rate": "0.2", "amount": "5.70"},
                    {"title": "City", "rate": "0.0725", "amount": "2.07"},
                ],
            }
        ],
        "shipping": [
            {
                "id": "12",
                "title": "Parcel",
                "unit_price": "5.00",
                "gross": "5.00",
                "discount": "1.00",
                "net": "4.00",
                "taxes": [{"title": "VAT", "rate": "0.2", "amount": "0.80"}],
            }
        ],
        "tip": "2.00",
        "tax_by_rate": {"0.2": "6.50", "0.0725": "2.07"},
        "discount_total": "2.50",
        "shipping_total": "4.00",
        "tax_total": "8.57",
        "subtotal": "28.50",
        "total": "43.07",
        "customer_email": None,
    }


def odoo_order():
    groups = [
        {"involved_tax_ids": [7], "tax_amount_currency": 6.5},
        {"involved_tax_ids": [8], "tax_amount_currency": 2.07},
    ]
    return {
        "id": 5,
        "state": "sale",
        "currency_id": [1, "EUR"],
        "amount_total": 43.07,
        "amount_tax": 8.57,
        "tax_totals": {"subtotals": [{"tax_groups": groups}]},
    }


def line(kind, external_id, quantity, price, *, net, tax):
    return {
        "integration_kind": kind,
        "integration_external_id": external_id,
        "product_uom_qty": quantity,
        "price_unit": price,
        "price_subtotal": net,
        "price_total": round(net + tax, 2),
        "price_tax": tax,
    }


def odoo_lines():
    return [
        line("product", "11", 3.0, 10.0, net=28.5, tax=7.77),
        line("shipping", "12", 1.0, 5.0, net=4.0, tax=0.8),
        line("tip", "", 1.0, 2.0, net=2.0, tax=0.0),
    ]


def differences(entry=None, order=None, lines=None):
    return compare_order(entry or ledger_entry(), order or odoo_order(), lines or odoo_lines(), TAXES, 2)


def test_equal_orders_have_no_difference():
    assert differences() == []


def test_float_noise_is_no_difference():
    lines = odoo_lines()
    lines[0]["price_subtotal"] = 28.499999999999996
    assert differences(lines=lines) == []


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("product_uom_qty", 4.0, "MUG: quantity 3 in the shop, 4 in Odoo"),
        ("price_unit", 10.01, "MUG: unit price 10.00 in the shop, 10.01 in Odoo"),
        ("price_subtotal", 28.49, "MUG: net 28.50 in the shop, 28.49 in Odoo"),
        ("price_subtotal", 28.49, "MUG: discount 1.50 in the shop, 1.51 in Odoo"),
        ("price_tax", 7.76, "MUG: tax 7.77 in the shop, 7.76 in Odoo"),
        ("integration_external_id", "99", "MUG: no such line in Odoo"),
        ("integration_external_id", "99", "line 99 (product) is in Odoo, but not in the shop"),
    ],
)
def test_a_cent_on_a_line_is_noticed(field, value, expected):
    lines = odoo_lines()
    lines[0][field] = value
    assert expected in differences(lines=lines)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("amount_total", 43.08, "total 43.07 in the shop, 43.08 in Odoo"),
        ("amount_tax", 8.58, "tax 8.57 in the shop, 8.58 in Odoo"),
        ("currency_id", [2, "USD"], "currency EUR in the shop, USD in Odoo"),
        ("state", "cancel", "cancelled False in the shop, True in Odoo"),
    ],
)
def test_a_difference_of_the_order_is_noticed(field, value, expected):
    assert differences(order={**odoo_order(), field: value}) == [expected]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("discount_total", "2.51", "discounts 2.51 in the shop, 2.50 in Odoo"),
        ("shipping_total", "5.00", "shipping 5.00 in the shop, 4.00 in Odoo"),
        ("tip", "0.00", "tip 0.00 in the shop, 2.00 in Odoo"),
        ("tax_by_rate", {"0.2": "6.50", "0.07": "2.07"}, "tax at 7 % 2.07 in the shop, 0.00 in Odoo"),
        ("tax_by_rate", {"0.2": "6.49", "0.0725": "2.07"}, "tax at 20 % 6.49 in the shop, 6.50 in Odoo"),
    ],
)
def test_a_difference_of_the_ledger_is_noticed(field, value, expected):
    assert expected in differences({**ledger_entry(), field: value})


def test_prices_with_tax_included_are_compared_with_tax():
    entry = ledger_entry()
    entry["taxes_included"] = True
    assert "MUG: net 28.50 in the shop, 36.27 in Odoo" in differences(entry)


def test_a_tax_group_that_mixes_rates_is_not_guessed():
    order = odoo_order()
    order["tax_totals"]["subtotals"][0]["tax_groups"] = [{"involved_tax_ids": [7, 8], "tax_amount_currency": 8.57}]
    assert list(odoo_tax_by_rate(order["tax_totals"], TAXES)) == [-1]
    assert any(text.startswith("tax at 20 % 6.50 in the shop, 0.00") for text in differences(order=order))


def test_an_order_is_not_changed_by_comparing():
    entry, order, lines = ledger_entry(), odoo_order(), odoo_lines()
    before = copy.deepcopy((entry, order, lines))
    differences(entry, order, lines)
    assert (entry, order, lines) == before


def test_what_makes_a_result_red():
    assert Result(in_shop=1, in_odoo=1).green
    assert Result(in_shop=1, in_odoo=1, held=1).green
    assert not Result(missing=["#1"]).green
    assert not Result(duplicates=["#1"]).green
    assert not Result(unexpected=["order 5"]).green
    assert not Result(problems={"#1": ["total"]}).green


def test_what_the_books_do_not_state_is_not_compared():
    entry = ledger_entry()
    for key in ("tax_by_rate", "discount_total", "tip"):
        del entry[key]
    entry["tip"] = "2.00"
    for key in ("unit_price", "gross", "discount"):
        del entry["lines"][0][key]
    assert differences(entry) == []
    entry["lines"][0]["net"] = "28.49"
    assert differences(entry) == ["MUG: net 28.49 in the shop, 28.50 in Odoo"]


def test_tables():
    assert table(("", "in the shop", "wrong"), [("orders", 2000, 0), ("refunds", 7, 12)]) == (
        "        | in the shop | wrong\n"
        "--------+-------------+------\n"
        "orders  |        2000 |     0\n"
        "refunds |           7 |    12"
    )
