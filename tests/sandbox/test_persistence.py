"""State outlives a restart and a kill; ids are never given twice; one process per folder."""

import subprocess
import sys

import pytest

from sandbox.factory import build
from sandbox.framework.store import Busy, Store
from tests.sandbox.conftest import ROOT, SUBSCRIBE, URI, Receiver

DOMAIN = "kept.myshopify.com"


def test_orders_survive_a_kill_and_ids_are_never_given_again(tmp_path, process):
    first = process(tmp_path, "--no-seed")
    first.call("POST", "/_control/shops", {"domain": DOMAIN})
    spec = {"lines": [{"title": "A", "price": "3.50", "quantity": 2}], "financial": "paid"}
    placed = [first.call("POST", f"/_control/shops/{DOMAIN}/orders", spec)[1] for _ in range(5)]
    first.call("POST", f"/_control/shops/{DOMAIN}/orders/{placed[4]['id']}/delete", {})
    shop = first.call("GET", f"/_control/shops/{DOMAIN}")[1]
    ledger = first.call("GET", f"/_control/shops/{DOMAIN}/ledger")[1]
    first.kill()
    second = process(tmp_path, "--no-seed")
    assert second.call("GET", f"/_control/shops/{DOMAIN}/ledger")[1] == ledger
    assert second.call("GET", f"/_control/shops/{DOMAIN}")[1] == shop
    fresh = second.call("POST", f"/_control/shops/{DOMAIN}/orders", spec)[1]
    assert fresh["id"] > placed[4]["id"]
    assert fresh["name"] == "#1006"
    second.call("DELETE", f"/_control/shops/{DOMAIN}")
    assert second.stop() == 0
    third = process(tmp_path, "--no-seed")
    third.call("POST", "/_control/shops", {"domain": DOMAIN})
    again = third.call("POST", f"/_control/shops/{DOMAIN}/orders", spec)[1]
    assert again["id"] > fresh["id"]
    assert again["lines"][0]["id"] > fresh["lines"][0]["id"]


def test_the_seed_is_made_once(tmp_path):
    first = build(tmp_path, seed=True)
    orders = first.services.store.all("demo-store.myshopify.com", "order")
    first.close()
    second = build(tmp_path, seed=True)
    assert second.services.store.all("demo-store.myshopify.com", "order") == orders
    second.close()


def test_clock_faults_tokens_and_target_survive(tmp_path, process):
    first = process(tmp_path, "--no-seed", "--deliver-to", "http://127.0.0.1:9")
    shop = first.call("POST", "/_control/shops", {"domain": DOMAIN})[1]
    first.call("POST", "/_control/clock", {"at": "2026-12-24T18:00:00Z", "freeze": True})
    first.call("POST", "/_control/faults", {"kind": "html", "count": 2})
    form = {"grant_type": "client_credentials", "client_id": shop["client_id"], "client_secret": shop["client_secret"]}
    token = first.call("POST", f"/{DOMAIN}/admin/oauth/access_token", form)[1]["access_token"]
    first.kill()
    second = process(tmp_path, "--no-seed")
    assert second.call("GET", "/_control/clock")[1]["now"] == "2026-12-24T18:00:00Z"
    assert second.call("GET", "/_control/faults")[1]["faults"][0]["left"] == 2
    second.call("DELETE", "/_control/faults")
    headers = {"X-Shopify-Access-Token": token}
    path = f"/{DOMAIN}/admin/api/2026-10/graphql.json"
    assert second.call("POST", path, {"query": "{ shop { name } }"}, headers)[0] == 200


def test_webhooks_not_sent_before_a_kill_are_sent_after_it(tmp_path, process):
    receiver = Receiver()
    try:
        first = process(tmp_path, "--no-seed", "--deliver-to", "http://127.0.0.1:9")
        shop = first.call("POST", "/_control/shops", {"domain": DOMAIN})[1]
        headers = {"X-Shopify-Access-Token": shop["admin_token"]}
        body = {"query": SUBSCRIBE, "variables": {"topic": "ORDERS_CREATE", "uri": URI}}
        first.call("POST", f"/{DOMAIN}/admin/api/2026-10/graphql.json", body, headers)
        for _ in range(3):
            first.call("POST", f"/_control/shops/{DOMAIN}/orders", {"lines": [{"title": "A", "price": "1"}]})
        first.kill()
        second = process(tmp_path, "--no-seed", "--deliver-to", receiver.url)
        assert second.call("GET", "/_control/deliveries")[1]["pending"] == 3
        second.call("POST", "/_control/clock", {"advance": 60})
        receiver.wait(3)
        assert len({headers["x-shopify-webhook-id"] for _, headers, _ in receiver.calls}) == 3
    finally:
        receiver.close()


def test_one_process_per_folder(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(Busy):
        Store(tmp_path)
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "in use by another sandbox" in done.stderr
    store.close()
    Store(tmp_path).close()


def test_a_transaction_is_all_or_nothing(tmp_path):
    store = Store(tmp_path)
    store.put("s", "order", 1, {"id": 1})
    version = store.version("s", "order")
    with pytest.raises(RuntimeError), store.transaction():
        store.put("s", "order", 2, {"id": 2})
        store.delete("s", "order", 1)
        assert store.get("s", "order", 2) == {"id": 2}
        assert store.get("s", "order", 1) is None
        store.next_ids("n", 5)
        raise RuntimeError
    assert store.all("s", "order") == [{"id": 1}]
    assert store.version("s", "order") == version
    assert store.next_ids("n") == [1]
    store.close()


def test_a_port_in_use_says_so(tmp_path, process):
    running = process(tmp_path / "a", "--no-seed")
    command = [sys.executable, "-m", "sandbox", "--port", str(running.port), "--data", str(tmp_path / "b")]
    done = subprocess.run([*command, "--no-seed"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"port {running.port}" in done.stderr
