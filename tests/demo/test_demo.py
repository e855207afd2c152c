"""The demo on small shops: connected by the user's forms, taken over, compared; and each change seen on both sides."""

import re
import urllib.request

import pytest

from scripts import demo, merchant
from scripts.workshop import CHANNELS

PASSES = 240
TITLES = [shop.title for shop in demo.SHOPS]
# Shop -> (products, orders)
SEEDS = {"Shopify": (30, 60), "Magento": (24, 30)}


@pytest.fixture(scope="module")
def running(module_yard):
    """Small shops and an Odoo that has taken them over: the `Demo`."""
    sandbox = module_yard.sandbox(arguments=["--no-seed"])
    for shop in demo.SHOPS:
        products, orders = SEEDS[shop.title]
        seed = {"products": products, "orders": orders, "days": 100}
        sandbox.control("shops", {"domain": shop.domain, "currency": "USD", "seed": seed})
    odoo = module_yard.odoo(workers=2, channels=CHANNELS, sections={"integration": {"sandbox_url": sandbox.address}})
    sandbox.control("deliveries", {"deliver_to": odoo.address})
    rpc = odoo.rpc()
    return demo.Demo(odoo, sandbox, rpc, demo.in_step(rpc, sandbox))


def lines_of(running):
    return [
        f"{shop}, {what}: {line}"
        for (shop, what), result in demo.everything(running).items()
        for line in result.lines()
    ]


def changes_of(running):
    return {channel.shop.title: dict(channel.shop.calls()[1]) for channel in running.channels}


def test_everything_is_taken_over_and_equal(running):
    results = demo.everything(running)
    assert lines_of(running) == []
    assert all(result.in_shop for result in results.values())
    for channel in running.channels:
        shop = channel.shop.title
        orders = SEEDS[shop][1]
        assert results[shop, "products"].in_odoo == len(channel.shop.products())
        assert orders <= results[shop, "orders"].in_odoo <= orders * 1.1  # an order that is edited is two
        assert not results[shop, "products"].held


def test_taking_over_changes_nothing_but_what_odoo_knows_better(running):
    """Products of the first shop that another one has too get what that one lacks of them."""
    [first, *others] = running.channels
    assert changes_of(running)[first.shop.title] == {}
    for channel in others:
        wanted = {*channel.shop.costs["price"], *channel.shop.costs["picture"]}
        changes = changes_of(running)[channel.shop.title]
        assert set(changes) <= wanted
        assert sum(changes.values()) <= len(shared(running)) * len(wanted)


def shared(running):
    """Return the SKUs of what is sold in all shops."""
    return set.intersection(
        *(
            {variant["sku"] for product in channel.shop.products() for variant in product["variants"]}
            for channel in running.channels
        )
    )


def test_what_both_shops_sell_is_one_product(running):
    common = sorted(shared(running))
    assert len(common) > 2
    assert running.rpc.search_count("product.product", [("default_code", "in", common)]) == len(common)


def test_the_addresses_it_prints_answer(running):
    text = demo.summary(running)
    for channel in running.channels:
        assert channel.shop.domain in text
    for address in set(re.findall(r"http://[^\s)]+", text)):
        with urllib.request.urlopen(address, timeout=60) as answer:
            assert answer.status == 200


def test_a_second_run_makes_no_duplicates_and_sends_nothing(running):
    before = changes_of(running)
    again = demo.in_step(running.rpc, running.sandbox)
    assert [channel.backend_id for channel in again] == [channel.backend_id for channel in running.channels]
    assert lines_of(running) == []
    assert changes_of(running) == before


def test_an_order_placed_in_the_shop_arrives(running):
    [channel, *_others] = running.channels
    channel.shop.ask("orders", {"random": 7})
    _products, orders = SEEDS[channel.shop.title]

    def arrived():
        return running.rpc.search_count("sale.order", [("integration_backend_id", "=", channel.backend_id)]) > orders

    merchant.wait_until(arrived, 60, "the order placed in the shop")
    merchant.wait_until_done(running.rpc, channel.backend_id, PASSES)
    assert demo.results(running.rpc, channel)["orders"].lines() == []


def test_each_change_is_seen_on_the_other_side_by_the_right_calls(running):
    steps = demo.changes(running)
    assert [step.row() for step in steps if not step.green] == []
    sales = {f"{one} -> {other}" for one in TITLES for other in TITLES if one != other}
    assert sales <= {step.direction for step in steps}
    assert lines_of(running) == []


def test_the_comparison_notices_what_somebody_changed_in_odoo(running, workshop):
    [channel, *_others] = running.channels
    order = running.rpc.search_read(
        "sale.order", [("integration_backend_id", "=", channel.backend_id)], ["client_order_ref"], limit=1, order="id"
    )[0]
    workshop.server.psql(
        f"UPDATE sale_order SET amount_total = amount_total + 0.01 WHERE id = {order['id']}", running.odoo.database
    )
    result = demo.results(running.rpc, channel)["orders"]
    assert not result.green
    assert list(result.problems) == [order["client_order_ref"]]
