"""Refunds asked for: what Shopify reckons, what is sent, and that it is sent once."""

from decimal import Decimal

import pytest

from odoo.addons.connector_base.canonical import RefundPayment, RefundRequest, RefundRequestLine, mark
from odoo.addons.connector_base.transport import DataError, PermissionMissing
from odoo.addons.connector_shopify.parser_refund import Suggestion
from odoo.addons.connector_shopify.renderer_refund import attempt_key, lines_input, refund_input

from .fakes import answer, client, error
from .samples import bag


def order(*payments, refunds=(), **changes):
    """An order paid in EUR, of a shop in USD at 1.25 USD a EUR: 24.00 EUR would go back, 96.00 at most."""
    payments = payments or (("shopify_payments", "24.00", "30.00", "96.00", "1"),)
    suggested = {
        "amountSet": bag("24.00", "30.00"),
        "subtotalSet": bag("18.00", "22.50"),
        "totalTaxSet": bag("4.00", "5.00"),
        "maximumRefundableSet": bag("96.00", "120.00"),
        "shipping": {"amountSet": bag("6.00", "7.50"), "maximumRefundableSet": bag("9.00", "11.25")},
        "refundLineItems": [
            {"lineItem": {"id": "gid://shopify/LineItem/11"}, "location": {"id": "gid://shopify/Location/7"}}
        ],
        "suggestedTransactions": [
            {
                "gateway": gateway,
                "amountSet": bag(eur, usd),
                "maximumRefundableSet": bag(most, most),
                "parentTransaction": {"id": f"gid://shopify/OrderTransaction/{parent}"},
            }
            for gateway, eur, usd, most, parent in payments
        ],
        **changes,
    }
    return {
        "id": "gid://shopify/Order/1",
        "currencyCode": "USD",
        "presentmentCurrencyCode": "EUR",
        "refunds": list(refunds),
        "suggestedRefund": suggested,
    }


def request(**changes):
    line = RefundRequestLine(line_external_id="11", quantity=Decimal(2), restock=True)
    return RefundRequest(**{"order_external_id": "1", "lines": (line,), "key": "k", **changes})


def amounts(values):
    return [(entry["gateway"], entry["amount"]) for entry in values["transactions"]]


@pytest.mark.parametrize(
    ("currency", "code", "amount", "most"), [("presentment", "EUR", "24", "96"), ("shop", "USD", "30", "120")]
)
def test_preview(currency, code, amount, most):
    preview = Suggestion(order(), currency).preview()
    assert (preview.currency, preview.amount, preview.maximum) == (code, Decimal(amount), Decimal(most))
    assert preview.payments == (
        RefundPayment(gateway="shopify_payments", amount=Decimal(amount), parent_external_id="1"),
    )
    euros = currency == "presentment"
    assert (preview.subtotal, preview.tax) == ((18, 4) if euros else (Decimal("22.5"), 5))
    assert (preview.shipping, preview.shipping_maximum) == ((6, 9) if euros else (Decimal("7.5"), Decimal("11.25")))


def test_lines():
    lines = (
        RefundRequestLine(line_external_id="11", quantity=Decimal(1), restock=True),
        RefundRequestLine(line_external_id="12", quantity=Decimal(2)),
        RefundRequestLine(line_external_id="13", quantity=Decimal(3), cancelled=True),
        RefundRequestLine(line_external_id="14", quantity=Decimal(1), restock=True, location_external_id="9"),
    )
    found = lines_input(request(lines=lines), {"gid://shopify/LineItem/11": "gid://shopify/Location/7"})
    assert [(line["quantity"], line["restockType"], line.get("locationId")) for line in found] == [
        (1, "RETURN", "gid://shopify/Location/7"),
        (2, "NO_RESTOCK", None),
        (3, "CANCEL", None),
        (1, "RETURN", "gid://shopify/Location/9"),
    ]


def test_parts_of_units_are_refused():
    lines = (RefundRequestLine(line_external_id="11", quantity=Decimal("1.5")),)
    with pytest.raises(DataError, match=r"whole units only, not 1\.5 of line 11"):
        lines_input(request(lines=lines))


def test_what_is_sent():
    values = refund_input(
        request(note="Broken", notify=True, shipping=Decimal("6")), Suggestion(order(), "presentment")
    )
    assert (values["orderId"], values["currency"], values["notify"]) == ("gid://shopify/Order/1", "EUR", True)
    assert values["note"] == f"Broken {mark('k')}"
    assert values["shipping"] == {"amount": "6"}
    assert values["refundLineItems"] == [
        {
            "lineItemId": "gid://shopify/LineItem/11",
            "quantity": 2,
            "restockType": "RETURN",
            "locationId": "gid://shopify/Location/7",
        }
    ]
    assert values["transactions"] == [
        {
            "orderId": "gid://shopify/Order/1",
            "kind": "REFUND",
            "gateway": "shopify_payments",
            "amount": "24.00",
            "parentId": "gid://shopify/OrderTransaction/1",
        }
    ]


TWO = (("gift_card", "10.00", "12.50", "10.00", "1"), ("shopify_payments", "14.00", "17.50", "80.00", "2"))


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (None, [("gift_card", "10.00"), ("shopify_payments", "14.00")]),
        ("24", [("gift_card", "10.00"), ("shopify_payments", "14.00")]),
        ("7", [("gift_card", "7")]),
        ("50", [("gift_card", "10.00"), ("shopify_payments", "40.00")]),
        ("90", [("gift_card", "10.00"), ("shopify_payments", "80.00")]),
        ("0", []),
    ],
)
def test_how_it_is_paid_back(amount, expected):
    wanted = request(amount=None if amount is None else Decimal(amount))
    assert amounts(refund_input(wanted, Suggestion(order(*TWO), "presentment"))) == expected


def test_no_more_than_was_paid():
    with pytest.raises(DataError, match=r"90\.01 is more") as caught:
        refund_input(request(amount=Decimal("90.01")), Suggestion(order(*TWO), "presentment"))
    assert caught.value.remedy


def test_our_currency_is_the_shops():
    """What Odoo says in USD goes back in EUR, at the rate of the order."""
    suggestion = Suggestion(order(), "shop")
    values = refund_input(request(amount=Decimal("30"), shipping=Decimal("7.5")), suggestion)
    assert amounts(values) == [("shopify_payments", "24.00")]
    assert values["shipping"] == {"amount": "6.00"}
    assert values["currency"] == "EUR"
    nothing = order(amountSet=bag("0.00", "0.00"))
    assert Suggestion(nothing, "shop").in_customers(Decimal("10")) == Decimal("8.00")


def test_a_refund_is_found_by_its_mark():
    made = [{"id": "gid://shopify/Refund/8", "note": None}, {"id": "gid://shopify/Refund/9", "note": f"X {mark('k')}"}]
    suggestion = Suggestion(order(refunds=made), "presentment")
    assert suggestion.refund_noted(mark("k")) == "9"
    assert suggestion.refund_noted(mark("other")) is None


def test_keys_are_of_the_content():
    suggestion = Suggestion(order(), "presentment")
    values = refund_input(request(), suggestion)
    assert attempt_key(request(), values) == attempt_key(request(), refund_input(request(), suggestion))
    more = refund_input(request(amount=Decimal("30")), suggestion)
    assert attempt_key(request(), values) != attempt_key(request(), more)
    assert attempt_key(request(), values) != attempt_key(request(key="l"), values)


def test_calls():
    made = {"refund": {"id": "gid://shopify/Refund/9"}, "userErrors": []}
    shop, session = client(answer({"order": order()}), answer({"refundCreate": made}))
    assert shop.suggested_refund("o", [], Decimal("6.00"))["id"] == "gid://shopify/Order/1"
    assert shop.refund_create({"orderId": "o"}, key="k") == "gid://shopify/Refund/9"
    assert session.variables == [
        {"id": "o", "lines": [], "shipping": "6.00"},
        {"input": {"orderId": "o"}, "key": "k"},
    ]


@pytest.mark.parametrize("found", [None, {"id": "x", "suggestedRefund": None}])
def test_orders_that_cannot_be_refunded(found):
    shop, _session = client(answer({"order": found}))
    with pytest.raises(DataError) as caught:
        shop.suggested_refund("o", [], Decimal(0))
    assert caught.value.remedy


def test_notes_and_tags():
    done = {"userErrors": []}
    shop, session = client(answer({"orderUpdate": done}), answer({"tagsAdd": done}), answer({"tagsRemove": done}))
    shop.order_update({"id": "o", "note": "Ring"})
    shop.tags_add("o", ("a", "b"))
    shop.tags_remove("o", ("c",))
    assert session.variables == [
        {"input": {"id": "o", "note": "Ring"}},
        {"id": "o", "tags": ["a", "b"]},
        {"id": "o", "tags": ["c"]},
    ]


def test_a_missing_scope_is_named_as_such():
    shop, _session = client(answer(errors=[error("ACCESS_DENIED", "Needs `write_orders`")], cost=None))
    with pytest.raises(PermissionMissing, match="write_orders") as caught:
        shop.order_update({"id": "o"})
    assert caught.value.remedy
