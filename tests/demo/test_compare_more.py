"""The comparison of products, stock, shipments and refunds: equal ones agree, each single difference is noticed."""

import copy

import pytest

from scripts.compare_aftersale import compare_refunds, compare_shipments
from scripts.compare_catalogue import compare_products, compare_stock

PRODUCT = {
    "id": "1",
    "title": "Mug",
    "shown": True,
    "archived": False,
    "pictures": [7, 8],
    "variants": [
        {"id": "11", "title": "Red", "sku": "MUG-R", "barcode": "4000000000006", "price": "9.50"},
        {"id": "12", "title": "Blue", "sku": None, "barcode": None, "price": "9.50"},
    ],
}
STOCK = [{"id": "11", "sku": "MUG-R", "available": 3, "levels": {"5": 4, "6": -2, "9": 1}}]
LEDGER = [
    {
        "id": "1",
        "name": "#1001",
        "currency": "EUR",
        "shipments": [
            {
                "id": "21",
                "cancelled": False,
                "numbers": ["A1", "A2"],
                "lines": {"3": 2},
            },
            {"id": "22", "cancelled": True, "numbers": [], "lines": {}},
        ],
        "refunds": [{"id": "31", "amount": "9.50", "units": {"3": 1}}],
    }
]


class Records:
    """Odoo's answers: rows by model. Domains are not looked at, but for pictures of archived products."""

    def __init__(self):
        self.rows = {
            "integration.binding.product": [{"external_id": "1", "odoo_id": [100, "Mug"], "remote_status": "active"}],
            "integration.binding.variant": [
                {"id": 51, "external_id": "11", "odoo_id": [111, "Red"]},
                {"id": 52, "external_id": "12", "odoo_id": [112, "Blue"]},
            ],
            "product.template": [{"id": 100, "name": "Mug", "active": True, "sale_ok": True}],
            "product.product": [
                article(111, "MUG-R", "4000000000006"),
                article(112, False, False),
            ],
            "integration.product.image": [{"id": 1, "product_tmpl_id": [100, "Mug"]}],
            "integration.product.conflict": [],
            "integration.location": [
                {"id": 1, "external_id": "5", "name": "Main"},
                {"id": 2, "external_id": "6", "name": "Hub"},
            ],
            "integration.stock.level": [
                {"binding_id": [51, ""], "location_id": [1, ""], "quantity": 4},
                {"binding_id": [51, ""], "location_id": [2, ""], "quantity": 0},
            ],
            "integration.binding.shipment": [
                {
                    "external_id": "21",
                    "order_external_id": "1",
                    "lines": [["3", "2", ""]],
                    "tracking": "A1, A2",
                    "remote_status": "done",
                    "state": "done",
                }
            ],
            "integration.refund": [
                {"id": 71, "external_id": "31", "amount": 9.5, "currency_id": [1, "EUR"], "state": "done"}
            ],
            "integration.refund.line": [
                {"refund_id": [71, ""], "line_external_id": "3", "quantity": 1.0},
                {"refund_id": [71, ""], "line_external_id": "fpt-3-0", "quantity": 1.0},
            ],
        }

    def search_read(self, model, _domain, _fields, **_options):
        return copy.deepcopy(self.rows[model])


def article(number, sku, barcode):
    return {
        "id": number,
        "default_code": sku,
        "barcode": barcode,
        "lst_price": 9.5,
        "active": True,
        "product_tmpl_id": [100, "Mug"],
    }


def every_result(records):
    return [
        compare_products([PRODUCT], records, 1),
        compare_stock(STOCK, records, 1),
        compare_shipments(LEDGER, records, 1, {"1"}),
        compare_refunds(LEDGER, records, 1, {"1"}, {"EUR": 2}),
    ]


def test_what_is_equal_has_no_difference():
    results = every_result(Records())
    assert [result.lines() for result in results] == [[], [], [], []]
    assert [(result.in_shop, result.in_odoo) for result in results] == [(1, 1), (2, 2), (1, 1), (1, 1)]


@pytest.mark.parametrize(
    ("model", "field", "value", "expected"),
    [
        ("product.template", "name", "Cup", "Mug: title Mug in the shop, Cup in Odoo"),
        ("product.template", "sale_ok", False, "Mug: on sale True in the shop, False in Odoo"),
        ("product.product", "default_code", "MUG", "Mug: MUG-R: SKU MUG-R in the shop, MUG in Odoo"),
        ("product.product", "barcode", False, "Mug: MUG-R: barcode 4000000000006 in the shop,  in Odoo"),
        ("product.product", "lst_price", 9.51, "Mug: MUG-R: price 9.50 in the shop, 9.51 in Odoo"),
        ("product.product", "active", False, "Mug: variants 2 in the shop, 1 in Odoo"),
        ("integration.binding.variant", "external_id", "99", "Mug: variant MUG-R: not in Odoo"),
        ("integration.binding.product", "external_id", "9", "Mug: not in Odoo"),
        ("integration.binding.product", "external_id", "9", "product 9: in Odoo, but not in the shop"),
        ("integration.stock.level", "quantity", 5, "MUG-R at Main: 4 in the shop, 5 offered by Odoo"),
        ("integration.stock.level", "location_id", [3, ""], "MUG-R at Main: not in Odoo"),
        (
            "integration.binding.shipment",
            "tracking",
            "A1",
            "#1001, shipment 21: tracking A1, A2 in the shop, A1 in Odoo",
        ),
        ("integration.binding.shipment", "external_id", "29", "#1001, shipment 21: not in Odoo"),
        ("integration.refund", "amount", 9.49, "#1001, refund 31: amount 9.50 in the shop, 9.49 in Odoo"),
        ("integration.refund.line", "quantity", 2.0, "#1001, refund 31: units 1 in the shop, 2 in Odoo"),
        ("integration.refund", "external_id", "39", "refund 39: in Odoo, but not in the shop"),
    ],
)
def test_each_difference_is_noticed(model, field, value, expected):
    records = Records()
    records.rows[model][0][field] = value
    assert expected in [line for result in every_result(records) for line in result.lines()]


def test_a_missing_picture_is_noticed():
    records = Records()
    records.rows["integration.product.image"] = []
    assert compare_products([PRODUCT], records, 1).lines() == ["Mug: pictures 2 in the shop, 1 in Odoo"]


def test_lines_of_a_shipment_are_compared():
    records = Records()
    records.rows["integration.binding.shipment"][0]["lines"] = [["3", "1", ""]]
    assert not compare_shipments(LEDGER, records, 1, {"1"}).green
