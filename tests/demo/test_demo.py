"""The demo on a small shop: connected by the user's forms, taken over, compared; and each change seen on both sides."""

import re
import urllib.request

import pytest

from scripts import demo, merchant
from scripts.merchant import shop
from scripts.round_trip import RoundTrip
from scripts.workshop import CHANNELS

PASSES = 240
ORDERS, PRODUCTS = 60, 30


@pytest.fixture(scope="module")
def running(module_yard):
    """A small shop and an Odoo that has taken it over: the `Demo`."""
    sandbox = module_yard.sandbox(arguments=["--no-seed"])
    sandbox.control("shops", {"domain": demo.SHOP, "seed": {"products": PRODUCTS, "orders": ORDERS, "days": 100}})
    odoo = module_yard.odoo(workers=2, channels=CHANNELS, sections={"integration": {"sandbox_url": sandbox.address}})
    sandbox.control("deliveries", {"deliver_to": odoo.address})
    rpc = odoo.rpc()
    backend_id = demo.in_step(rpc, sandbox)
    return demo.Demo(odoo, sandbox, rpc, backend_id)


def results_of(running):
    return demo.results(running.sandbox, running.rpc, running.backend_id)


def lines_of(running):
    return [f"{what}: {line}" for what, result in results_of(running).items() for line in result.lines()]


def test_everything_is_taken_over_and_equal(running):
    results = results_of(running)
    assert lines_of(running) == []
    assert (results["products"].in_odoo, results["orders"].in_odoo) == (PRODUCTS, ORDERS)
    assert all(result.in_shop for result in results.values())
    assert not results["products"].held


def test_taking_over_changes_nothing_in_the_shop(running):
    assert merchant.calls_of(running.sandbox)[1] == {}


def test_the_addresses_it_prints_answer(running):
    text = demo.summary(running)
    assert f"{PRODUCTS} products and {ORDERS} orders are in Odoo" in text
    addresses = set(re.findall(r"http://[^\s)]+", text))
    assert len(addresses) == 5
    for address in addresses:
        with urllib.request.urlopen(address, timeout=60) as answer:
            assert answer.status == 200


def test_a_second_run_makes_no_duplicates_and_sends_nothing(running):
    assert demo.in_step(running.rpc, running.sandbox) == running.backend_id
    assert lines_of(running) == []
    assert merchant.calls_of(running.sandbox)[1] == {}


def test_an_order_placed_in_the_shop_arrives(running):
    shop(running.sandbox, "orders", {"random": 7})

    def arrived():
        return running.rpc.search_count("sale.order", [("integration_backend_id", "=", running.backend_id)]) > ORDERS

    merchant.wait_until(arrived, 60, "the order placed in the shop")
    merchant.wait_until_done(running.rpc, running.backend_id, PASSES)
    assert results_of(running)["orders"].lines() == []


def test_each_change_is_seen_on_the_other_side_by_the_right_calls(running):
    steps = RoundTrip(running.rpc, running.sandbox, running.backend_id).run()
    assert [step.row() for step in steps if not step.green] == []
    assert lines_of(running) == []


def test_the_comparison_notices_what_somebody_changed_in_odoo(running, workshop):
    order = running.rpc.search_read(
        "sale.order", [("integration_backend_id", "=", running.backend_id)], ["client_order_ref"], limit=1, order="id"
    )[0]
    workshop.server.psql(
        f"UPDATE sale_order SET amount_total = amount_total + 0.01 WHERE id = {order['id']}", running.odoo.database
    )
    result = results_of(running)["orders"]
    assert not result.green
    assert list(result.problems) == [order["client_order_ref"]]
