"""The demonstration shop: enough of every kind of order, and figures that add up in each of them."""

import time
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from sandbox.factory import build
from sandbox.shopify.seed import DEMO_DOMAIN

PLACES = {"USD": 2, "EUR": 2, "GBP": 2, "CAD": 2, "JPY": 0, "KWD": 3}


@pytest.fixture(scope="module")
def orders(demo) -> list[dict]:
    return demo.sandbox.services.store.all(DEMO_DOMAIN, "order")


@pytest.fixture(scope="module")
def ledger(demo) -> list[dict]:
    return demo.control("GET", "/ledger")["orders"]


KINDS = {
    "tax included": lambda o: o["taxes_included"] and o["totals"]["tax"],
    "tax excluded": lambda o: not o["taxes_included"] and o["totals"]["tax"],
    "two rates in one order": lambda o: len(o["rates"]) == 2 and o["totals"]["tax"],
    "line discount": lambda o: any(d["target_selection"] == "explicit" for d in o["discounts"]),
    "order discount": lambda o: any(
        d["target_selection"] == "all" and d["target_type"] == "line_item" for d in o["discounts"]
    ),
    "shipping taxed": lambda o: any(tax["amount"] for line in o["shipping"] for tax in line["taxes"]),
    "foreign currency": lambda o: o["currency"] != o["shop_currency"],
    "guest": lambda o: o["customer"] is None,
    "no shipping address": lambda o: o["delivery"] is None,
    "refunded": lambda o: any(refund["transactions"] for refund in o["refunds"]) and not o["cancelled_at"],
    "cancelled": lambda o: o["cancelled_at"],
}
SOME = {
    "shipping untaxed": (50, lambda o: any(not line["taxes"] and line["price"] for line in o["shipping"])),
    "free shipping": (50, lambda o: any(not line["price"] for line in o["shipping"])),
    "shipping discount": (50, lambda o: any(line["allocations"] for line in o["shipping"])),
    "zero-rated": (20, lambda o: any(rate["rate"] == "0" for rate in o["rates"])),
    "no tax at all": (50, lambda o: not o["rates"]),
    "no e-mail": (20, lambda o: o["email"] is None),
    "custom line without SKU": (50, lambda o: any(line["sku"] is None for line in o["lines"])),
    "deleted product": (20, lambda o: any(line["sku"] and not line["variant_id"] for line in o["lines"])),
    "tip": (20, lambda o: o["totals"]["tip"]),
    "test": (5, lambda o: o["test"]),
    "zero total": (5, lambda o: not o["totals"]["total"]),
    "more than 250 lines": (2, lambda o: len(o["lines"]) > 250),
    "full refund": (20, lambda o: o["refunds"] and not o["cancelled_at"] and all(
        sum(e["quantity"] for r in o["refunds"] for e in r["lines"] if e["line_id"] == line["id"]) == line["quantity"]
        for line in o["lines"])),
    "several currencies": (100, lambda o: o["currency"] == "JPY" or o["currency"] == "KWD"),
    "fulfilled": (500, lambda o: o["fulfillments"]),
    "automatic discount": (50, lambda o: any(d["type"] == "automatic" for d in o["discounts"])),
    "discount code": (50, lambda o: any(d["type"] == "discount_code" for d in o["discounts"])),
    "manual discount": (50, lambda o: any(d["type"] == "manual" for d in o["discounts"])),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_at_least_a_hundred_of_each_kind(orders, kind):
    assert sum(bool(KINDS[kind](order)) for order in orders) >= 100


@pytest.mark.parametrize("kind", SOME)
def test_some_of_each_rarer_kind(orders, kind):
    least, applies = SOME[kind]
    assert sum(bool(applies(order)) for order in orders) >= least


def test_size_and_span(demo, orders):
    counts = demo.shop["counts"]
    assert (counts["products"], counts["orders"]) == (500, 2000)
    assert len({order["id"] for order in orders}) == len({order["name"] for order in orders}) == 2000
    assert {order["currency"] for order in orders} == {"USD", "EUR", "GBP", "JPY", "KWD", "CAD"}
    days = (max(o["created_at"] for o in orders)[:10], min(o["created_at"] for o in orders)[:10])
    assert days[0] > days[1]
    assert all(o["created_at"] <= o["updated_at"] <= demo.sandbox.services.clock.iso() for o in orders)


def test_every_orders_figures_add_up(ledger):
    """Each line, tax and total is recomputed here, from prices, quantities, discounts and rates alone."""
    for order in ledger:
        included, taxes, by_rate = order["taxes_included"], Decimal(0), {}
        subtotal = Decimal(0)
        for line in order["lines"]:
            assert Decimal(line["unit_price"]) * line["quantity"] == Decimal(line["gross"]), order["name"]
            assert Decimal(line["gross"]) - Decimal(line["discount"]) == Decimal(line["net"]), order["name"]
            subtotal += Decimal(line["net"])
            taxes += _check_taxes(order, line["taxes"], Decimal(line["net"]), by_rate)
        shipping = Decimal(0)
        for line in order["shipping"]:
            net = Decimal(line["price"]) - Decimal(line["discount"])
            shipping += net
            taxes += _check_taxes(order, line["taxes"], net, by_rate)
        assert subtotal == Decimal(order["subtotal"]), order["name"]
        assert shipping == Decimal(order["shipping_total"]), order["name"]
        assert taxes == Decimal(order["tax_total"]), order["name"]
        assert {rate: Decimal(amount) for rate, amount in order["tax_by_rate"].items()} == by_rate, order["name"]
        total = subtotal + shipping + Decimal(order["tip"]) + (0 if included else taxes)
        assert total == Decimal(order["total"]), order["name"]
        assert total >= 0


def _check_taxes(order, taxes, net, by_rate) -> Decimal:
    """The sum of one line's taxes, each of them recomputed; adds them to ``by_rate``."""
    divisor = 1 + sum(Fraction(tax["rate"]) for tax in taxes) if order["taxes_included"] else 1
    places = PLACES[order["currency"]]
    for tax in taxes:
        exact = Fraction(net) * Fraction(tax["rate"]) / divisor
        amount = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
            Decimal(1).scaleb(-places), ROUND_HALF_UP
        )
        assert amount == Decimal(tax["amount"]), (order["name"], tax)
        by_rate[tax["rate"]] = by_rate.get(tax["rate"], Decimal(0)) + amount
    return sum((Decimal(tax["amount"]) for tax in taxes), Decimal(0))


def test_discounts_are_shared_out_completely(orders):
    for order in orders:
        for index, discount in enumerate(order["discounts"]):
            if discount["value_type"] == "fixed_amount" and discount["target_selection"] == "all":
                lines = order["lines"] if discount["target_type"] == "line_item" else order["shipping"]
                given = sum(a["amount"] for line in lines for a in line["allocations"] if a["discount"] == index)
                wanted = Decimal(discount["value"]).scaleb(PLACES[order["currency"]])
                if order["totals"]["subtotal"] and discount["target_type"] == "line_item":
                    assert given == wanted, order["name"]
                assert given <= wanted


def test_same_seed_same_shop(tmp_path):
    """Apart from secrets, which differ per data folder."""
    ledgers = []
    for name in ("one", "two"):
        sandbox = build(tmp_path / name)
        sandbox.services.clock.change(at="2026-11-20T12:00:00Z", freeze=True)
        control = sandbox.platforms[0].controls
        control._create("twin.myshopify.com", {"products": 30, "orders": 60, "seed": 5})
        ledgers.append(sandbox.services.store.all("twin.myshopify.com", "order"))
        sandbox.close()
    assert ledgers[0] == ledgers[1]


def test_seeding_takes_seconds(tmp_path):
    """Measured in processor time: other work on the machine does not count."""
    started = time.process_time()
    build(tmp_path / "fresh", seed=True).close()
    assert time.process_time() - started < 10
