"""What happens to an order: prices, edits, refunds, cancellation - in figures computed by hand."""

import random
from decimal import Decimal

import pytest

from sandbox.shopify import actions, money, pricing, seed, status

GST_PST = [{"title": "GST", "rate": "0.05"}, {"title": "PST", "rate": "0.07"}]
VAT = [{"title": "VAT", "rate": "0.2"}]


def book(lab, order) -> dict:
    return next(entry for entry in lab.control("GET", "/ledger")["orders"] if entry["name"] == order["name"])


def test_two_taxes_on_top_and_an_order_discount_shared_by_largest_remainder(lab):
    order = lab.place(
        lines=[{"title": t, "price": "3.33", "quantity": 1} for t in "ABC"],
        discounts=[{"type": "automatic", "title": "Off", "value_type": "fixed_amount", "value": "1.00"}],
        shipping={"title": "Post", "price": "4.99"},
        tax_shipping=True,
        rates=GST_PST,
    )
    entry = book(lab, order)
    assert [line["discount"] for line in entry["lines"]] == ["0.34", "0.33", "0.33"]
    assert [line["net"] for line in entry["lines"]] == ["2.99", "3.00", "3.00"]
    assert [t["amount"] for t in entry["lines"][0]["taxes"]] == ["0.15", "0.21"]
    assert [t["amount"] for t in entry["shipping"][0]["taxes"]] == ["0.25", "0.35"]
    assert entry["tax_by_rate"] == {"0.05": "0.70", "0.07": "0.98"}
    assert (entry["subtotal"], entry["tax_total"], entry["total"]) == ("8.99", "1.68", "15.66")


def test_included_tax_line_discount_and_free_shipping(lab):
    order = lab.place(
        lines=[{"title": "A", "price": "10.00", "quantity": 2}, {"title": "B", "price": "5.00", "taxable": False}],
        discounts=[{"type": "manual", "target": "line", "line": 0, "value_type": "percentage", "value": "7.5"},
                   {"type": "discount_code", "code": "SHIP", "target": "shipping", "value_type": "percentage",
                    "value": "100"}],
        shipping={"title": "Post", "price": "6"}, rates=VAT, taxes_included=True, tip="2",
    )  # fmt: skip
    entry = book(lab, order)
    assert entry["lines"][0]["discount"] == "1.50"
    assert entry["lines"][0]["taxes"] == [{"title": "VAT", "rate": "0.2", "amount": "3.08"}]
    assert entry["lines"][1]["taxes"] == []
    assert entry["shipping"][0]["discount"] == "6.00"
    assert (entry["tip"], entry["discount_total"], entry["shipping_total"]) == ("2.00", "7.50", "0.00")
    assert (entry["tax_total"], entry["total"]) == ("3.08", "25.50")
    node = lab.gql(
        """query($id: ID!) { order(id: $id) { lineItems(first: 5) { nodes { title
          discountedTotalSet { shopMoney { amount } } totalDiscountSet { shopMoney { amount } } } }
          totalShippingPriceSet { shopMoney { amount } } totalDiscountsSet { shopMoney { amount } } } }""",
        {"id": order["gid"]},
    )["data"]["order"]
    assert node["lineItems"]["nodes"][0]["discountedTotalSet"]["shopMoney"]["amount"] == "18.5"
    assert [n["title"] for n in node["lineItems"]["nodes"]] == ["A", "B", "Tip"]
    assert node["totalShippingPriceSet"]["shopMoney"]["amount"] == "6.0"
    assert node["totalDiscountsSet"]["shopMoney"]["amount"] == "7.5"


def test_code_discounts_on_a_line_are_left_out_of_its_discounted_total(lab):
    discount = {"type": "discount_code", "code": "X", "target": "line", "value_type": "fixed_amount", "value": "1"}
    order = lab.place(discounts=[discount])
    query = """query($id: ID!) { order(id: $id) { lineItems(first: 1) { nodes {
      a: discountedTotalSet { shopMoney { amount } }
      b: discountedTotalSet(withCodeDiscounts: true) { shopMoney { amount } } } } } }"""
    line = lab.gql(query, {"id": order["gid"]})["data"]["order"]["lineItems"]["nodes"][0]
    assert (line["a"]["shopMoney"]["amount"], line["b"]["shopMoney"]["amount"]) == ("10.0", "9.0")


def test_money_of_the_customer_and_of_the_shop(lab):
    order = lab.place(currency="JPY", lines=[{"title": "A", "price": "10.00", "quantity": 3}], rates=[])
    assert order["total"] == "4659"
    query = """query($id: ID!) { order(id: $id) { currencyCode presentmentCurrencyCode
      totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } } } }"""
    node = lab.gql(query, {"id": order["gid"]})["data"]["order"]
    assert node["totalPriceSet"] == {
        "shopMoney": {"amount": "30.0", "currencyCode": "USD"},
        "presentmentMoney": {"amount": "4659.0", "currencyCode": "JPY"},
    }


def test_parts_of_a_line_sum_to_the_whole():
    chosen = random.Random(3)
    for _ in range(500):
        quantity, unit = chosen.randint(1, 9), chosen.randint(1, 5000)
        line = {"unit": unit, "quantity": quantity,
                "allocations": [{"amount": chosen.randint(0, unit * quantity)}],
                "taxes": [{"amount": chosen.randint(0, 999)}, {"amount": chosen.randint(0, 99)}]}  # fmt: skip
        done, prices, taxes = 0, 0, [0, 0]
        while done < quantity:
            units = chosen.randint(1, quantity - done)
            price, parts = pricing.part_of(line, done, units)
            assert price >= 0
            prices, taxes, done = prices + price, [a + b for a, b in zip(taxes, parts, strict=True)], done + units
        assert prices == pricing.net(line)
        assert taxes == [tax["amount"] for tax in line["taxes"]]


def test_sharing_out_is_exact_and_fair():
    chosen = random.Random(4)
    for _ in range(500):
        weights = [chosen.randint(0, 500) for _ in range(chosen.randint(1, 9))]
        total = chosen.randint(0, sum(weights))
        shares = money.share_out(total, weights)
        if sum(weights):
            assert sum(shares) == total
            assert all(abs(s * sum(weights) - total * w) < sum(weights) for s, w in zip(shares, weights, strict=True))
        assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


def test_an_edit_that_adds_units_raises_the_total_and_leaves_something_to_pay(lab):
    order = lab.place(financial="paid", rates=VAT)
    line = order["lines"][0]["id"]
    edited = lab.act(order, "edit", quantities={line: 3}, add=[{"title": "Extra", "price": "1.00"}])
    assert (edited["total"], edited["financial_status"]) == ("37.20", "PARTIALLY_PAID")
    stored = lab.stored(order)
    assert status.outstanding(stored) == 2520
    assert stored["original_total"] == 1200
    assert stored["edited"]
    assert lab.act(order, "pay")["financial_status"] == "PAID"


def test_an_edit_that_removes_units_keeps_quantity_and_total(lab):
    """As the platform shows it: quantity counts removed units, currentQuantity does not."""
    order = lab.place(lines=[{"title": "A", "price": "10", "quantity": 3}], rates=VAT)
    line = order["lines"][0]["id"]
    edited = lab.act(order, "edit", quantities={line: 1})
    assert (edited["total"], edited["current_total"]) == ("36.00", "12.00")
    assert edited["lines"][0]["quantity"] == 3
    assert edited["lines"][0]["current_quantity"] == 1
    assert not lab.stored(order)["refunds"][0]["transactions"]
    lab.control("POST", f"/orders/{order['id']}/edit", {"quantities": {str(line): 2}}, status=400)
    lab.control("POST", f"/orders/{order['id']}/edit", {}, status=400)


def test_refunds_of_units_shipping_and_goodwill(lab):
    order = lab.place(
        lines=[{"title": "A", "price": "10", "quantity": 3}], shipping={"price": "5"}, rates=VAT, financial="paid"
    )
    assert order["total"] == "42.00"
    line = order["lines"][0]["id"]
    after = lab.act(order, "refund", lines=[{"line_id": line, "quantity": 1}])
    assert (after["financial_status"], after["current_total"]) == ("PARTIALLY_REFUNDED", "30.00")
    after = lab.act(order, "refund", amount="4.00")
    assert after["current_total"] == "26.00"
    assert lab.stored(order)["refunds"][1]["adjustments"][0]["amount"] == -400
    after = lab.act(order, "refund", full=True)
    assert (after["financial_status"], after["current_total"]) == ("REFUNDED", "0.00")
    stored = lab.stored(order)
    assert status.captured(stored) == status.refunded(stored) == 4200
    assert status.outstanding(stored) == 0
    assert after["total"] == "42.00"
    lab.control("POST", f"/orders/{order['id']}/refund", {"amount": "1"}, status=400)
    lab.control("POST", f"/orders/{order['id']}/refund", {"full": True}, status=400)


def test_cancelling_paid_authorized_pending_and_shipped_orders(lab):
    paid = lab.act(lab.place(financial="paid"), "cancel", reason="FRAUD")
    assert (paid["financial_status"], paid["cancelled"], paid["current_total"]) == ("REFUNDED", True, "0.00")
    authorized = lab.place(financial="authorized")
    assert authorized["financial_status"] == "AUTHORIZED"
    assert lab.act(authorized, "cancel")["financial_status"] == "VOIDED"
    assert [t["kind"] for t in lab.stored(authorized)["transactions"]] == ["AUTHORIZATION", "VOID"]
    pending = lab.place()
    assert lab.act(pending, "cancel")["financial_status"] == "VOIDED"
    lab.control("POST", f"/orders/{pending['id']}/cancel", {}, status=400)
    lab.control("POST", f"/orders/{pending['id']}/pay", {}, status=400)
    shipped = lab.place(financial="paid")
    assert lab.act(shipped, "fulfill")["fulfillment_status"] == "FULFILLED"
    lab.control("POST", f"/orders/{shipped['id']}/cancel", {}, status=400)
    lab.control("POST", f"/orders/{shipped['id']}/fulfill", {}, status=400)


def test_capture_of_an_authorization(lab):
    order = lab.place(financial="authorized")
    assert lab.act(order, "pay", amount="4")["financial_status"] == "PARTIALLY_PAID"
    assert lab.act(order, "pay")["financial_status"] == "PAID"
    kinds = [(t["kind"], t["parent_id"]) for t in lab.stored(order)["transactions"]]
    assert [kind for kind, _ in kinds] == ["AUTHORIZATION", "CAPTURE", "CAPTURE"]
    assert all(parent for _, parent in kinds[1:])


def test_a_declined_payment_and_a_voided_authorization(lab):
    order = lab.place()
    assert lab.act(order, "decline")["financial_status"] == "PENDING"
    assert lab.act(order, "authorize")["financial_status"] == "AUTHORIZED"
    assert lab.act(order, "void")["financial_status"] == "PENDING"
    lab.control("POST", f"/orders/{order['id']}/void", {}, status=400)
    assert lab.act(order, "pay")["financial_status"] == "PAID"
    assert lab.act(order, "refund", amount="1")["financial_status"] == "PARTIALLY_REFUNDED"
    kinds = [(t["kind"], t["status"]) for t in lab.stored(order)["transactions"]]
    assert kinds[:3] == [("SALE", "FAILURE"), ("AUTHORIZATION", "SUCCESS"), ("VOID", "SUCCESS")]
    assert [kind for kind, _status in kinds[3:]] == ["SALE", "REFUND"]


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"lines": []}, "at least one line"),
        ({"lines": [{"variant_id": 5}]}, "no variant 5"),
        ({"lines": [{"title": "A"}]}, "title and price"),
        ({"lines": [{"title": "A", "price": "1", "quantity": 0}]}, "quantity"),
        ({"currency": "XTS"}, "exchange rate"),
        ({"discount_code": "NOPE"}, "unknown discount code"),
        ({"financial": "rich"}, "financial state"),
    ],
)
def test_orders_that_make_no_sense_are_refused_and_leave_nothing(lab, spec, reason):
    spec = {"lines": [{"title": "A", "price": "1"}], **spec}
    answer = lab.control("POST", "/orders", spec, status=400)
    assert reason in answer["error"]
    assert lab.shop["counts"]["orders"] == 0


def test_random_lives_of_orders_always_add_up(lab):
    """Whatever is done to an order in whatever sequence: money in equals money out plus what it is worth."""
    platform = lab.sandbox.platforms[0]
    shop, chosen = platform._shop(lab.domain), random.Random(11)
    seed.fill(shop, products=15)
    done = set()
    for _ in range(120):
        spec = seed.random_order(shop, chosen)
        order = platform.controls.place(shop, spec)
        for _ in range(chosen.randint(0, 6)):
            action, wanted = _random_action(chosen, order)
            try:
                order = platform.controls.act(shop, order, action, wanted)
            except actions.Invalid:
                continue
            done.add((action, *wanted))
            _check(order)
    assert len(done) == 9


def _random_action(chosen, order) -> tuple[str, dict]:
    line = chosen.choice([line for line in order["lines"] if not line["tip"]])
    return chosen.choice(
        [
            ("pay", {}),
            ("fulfill", {}),
            ("cancel", {}),
            ("touch", {}),
            ("refund", {"full": True}),
            ("refund", {"amount": "0.50"}),
            ("refund", {"lines": [{"line_id": line["id"], "quantity": 1}], "shipping": chosen.random() < 0.3}),
            ("edit", {"quantities": {line["id"]: chosen.randint(0, 5)}}),
            ("edit", {"add": [{"title": "More", "price": "2.35"}]}),
        ]
    )


def _check(order):
    now = status.current(order)
    assert now["total"] >= 0
    assert 0 <= now["subtotal"] <= order["totals"]["subtotal"]
    assert now["discount"] >= 0
    assert status.refunded(order) <= status.captured(order)
    assert sum(tax["amount"] for tax in status.current_tax_lines(order)) == now["tax"]
    for line in order["lines"]:
        assert 0 <= status.returned(order, line["id"]) <= line["quantity"]
        assert line["fulfilled"] <= line["quantity"]
    if not order["cancelled_at"]:
        owed = status.captured(order) - status.refunded(order) + status.outstanding(order)
        assert owed == now["total"]
    everything_back = all(status.returned(order, line["id"]) == line["quantity"] for line in order["lines"])
    if everything_back and (not order["shipping"] or any(r["shipping"] for r in order["refunds"])):
        assert now["total"] == 0 or any(r["adjustments"] for r in order["refunds"])


def test_amounts_as_texts():
    assert [money.text(n, "USD") for n in (0, 5, 1050, -5)] == ["0.00", "0.05", "10.50", "-0.05"]
    assert [money.short_text(n, "USD") for n in (0, 5, 1050, 1000)] == ["0.0", "0.05", "10.5", "10.0"]
    assert money.text(1234, "JPY") == "1234"
    assert money.text(1234, "KWD") == "1.234"
    assert money.to_minor("10.005", "USD") == 1001
    assert money.convert(1, "USD", "JPY", "155.3") == 2
    assert Decimal(money.rate_between("EUR", "USD")) == Decimal("1.086957")
