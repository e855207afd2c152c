"""The demo on a small shop: connected by the user's form, imported, compared; twice, and with an order placed since."""

import re
import urllib.request

import pytest

from scripts import compare, demo
from scripts.workshop import CHANNELS

PASSES = 240


@pytest.fixture(scope="module")
def running(module_yard):
    """A shop with 60 orders and an Odoo with the first import done: (odoo, sandbox, rpc, backend id)."""
    sandbox = module_yard.sandbox(arguments=["--no-seed"])
    sandbox.control("shops", {"domain": demo.SHOP, "seed": {"products": 30, "orders": 60, "days": 100}})
    odoo = module_yard.odoo(workers=2, channels=CHANNELS, sections={"integration": {"sandbox_url": sandbox.address}})
    sandbox.control("deliveries", {"deliver_to": odoo.address})
    rpc = odoo.rpc()
    ledger = demo.shop(sandbox, "ledger")["orders"]
    demo.prepare_company(rpc, demo.shop(sandbox)["currency"], {entry["currency"] for entry in ledger})
    backend_id = demo.connect(rpc, sandbox)
    demo.wait_until_imported(rpc, backend_id, PASSES)
    return odoo, sandbox, rpc, backend_id


def result_of(running):
    _odoo, sandbox, rpc, backend_id = running
    return compare.compare(demo.shop(sandbox, "ledger")["orders"], rpc, backend_id)


def test_every_order_is_imported_and_equal(running):
    result = result_of(running)
    assert result.lines() == []
    assert (result.in_shop, result.in_odoo) == (60, 60)


def test_the_addresses_it_prints_answer(running):
    text = demo.summary(demo.Demo(*running))
    assert "60 orders are in Odoo" in text
    addresses = re.findall(r"http://\S+", text)
    assert len(addresses) == 3
    for address in addresses:
        with urllib.request.urlopen(address, timeout=60) as answer:
            assert answer.status == 200


def test_a_second_run_makes_no_duplicates(running):
    _odoo, sandbox, rpc, backend_id = running
    assert demo.connect(rpc, sandbox) == backend_id
    rpc.call("integration.backend", "action_sync_now", [backend_id])
    demo.wait_until_imported(rpc, backend_id, PASSES)
    result = result_of(running)
    assert (result.in_odoo, result.duplicates) == (60, [])


def test_an_order_placed_in_the_shop_arrives(running):
    _odoo, sandbox, rpc, backend_id = running
    placed = demo.shop(sandbox)["counts"]["orders"]
    sandbox.control(f"shops/{demo.SHOP}/orders", {"random": 7})
    demo.wait_until(lambda: result_of(running).in_odoo == placed + 1, 60, "the order placed in the shop")
    demo.wait_until_imported(rpc, backend_id, PASSES)
    assert result_of(running).missing == []


def test_the_comparison_notices_what_somebody_changed_in_odoo(running, workshop):
    odoo, _sandbox, rpc, backend_id = running
    order = rpc.search_read(
        "sale.order", [("integration_backend_id", "=", backend_id)], ["client_order_ref"], limit=1, order="id desc"
    )[0]
    workshop.server.psql(
        f"UPDATE sale_order SET amount_total = amount_total + 0.01 WHERE id = {order['id']}", odoo.database
    )
    result = result_of(running)
    assert not result.green
    assert list(result.problems) == [order["client_order_ref"]]
