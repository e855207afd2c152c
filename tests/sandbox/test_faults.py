"""Faults of the API, seen through a real connection."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.conftest import Process


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    process = Process(tmp_path_factory.mktemp("faults"), "--no-seed")
    status, shop = process.call("POST", "/_control/shops", {"domain": "faulty.myshopify.com"})
    assert status == 201
    process.path = "/faulty.myshopify.com/admin/api/2026-10/graphql.json"
    process.headers = {"X-Shopify-Access-Token": shop["admin_token"]}
    yield process
    process.kill()


@pytest.fixture
def ask(server):
    """Call after setting a fault; faults are gone and the bucket is full afterwards."""

    def ask(kind, *, query="query Name { shop { name } }", timeout=20, **details):
        status, fault = server.call("POST", "/_control/faults", {"kind": kind, "count": 1, **details})
        assert status == 201, fault
        return server.call("POST", server.path, {"query": query}, server.headers, timeout)

    yield ask
    server.call("DELETE", "/_control/faults")
    server.call("PATCH", "/_control/shops/faulty.myshopify.com", {"plan": "plus"})


@pytest.mark.parametrize("status", [402, 403, 404, 423, 429, 430])
def test_statuses_with_a_json_text(ask, server, status):
    answer = ask("status", status=status)
    assert answer[0] == status
    assert isinstance(answer[1]["errors"], str)
    assert server.call("POST", server.path, {"query": "{ shop { name } }"}, server.headers)[0] == 200


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_server_errors_are_html(ask, status):
    answer = ask("status", status=status)
    assert answer[0] == status
    assert answer[1].startswith(b"<!DOCTYPE html>")


def test_throttled(ask):
    status, body = ask("throttled")
    assert status == 200
    assert body["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert body["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 0


def test_html_instead_of_json(ask):
    assert ask("html") == (200, b"<!DOCTYPE html><html><head><title>Something went wrong</title></head>"
                                b"<body>Sorry</body></html>")  # fmt: skip


def test_truncated_json(ask):
    status, raw = ask("truncated")
    assert status == 200
    assert raw.startswith(b'{"data":')
    with pytest.raises(ValueError):
        json.loads(raw)


def test_fields_that_nobody_has_documented(ask):
    _status, body = ask("unknown_fields")
    assert body["data"]["shop"]["name"] and len(body["data"]["shop"]) > 1
    assert body["loyalty_v2"]["items"] == [{"id": 1}]


def test_fields_without_a_value(ask):
    assert ask("null_fields", fields=["name"])[1]["data"] == {"shop": {"name": None}}
    assert ask("null_fields", fields=["name"], leave_out=True)[1]["data"] == {"shop": {}}


def test_fields_without_a_value_have_names(server):
    assert server.call("POST", "/_control/faults", {"kind": "null_fields"})[0] == 400


def test_reset(ask):
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        ask("reset")


def test_reset_after_the_call_was_carried_out(ask, server):
    mutation = """mutation { webhookSubscriptionCreate(topic: ORDERS_PAID, webhookSubscription: {uri:
      "https://odoo.example.com/x"}) { userErrors { message } } }"""
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        ask("reset", query=mutation, after=True)
    listed = server.call("GET", "/_control/shops/faulty.myshopify.com/subscriptions")[1]["subscriptions"]
    assert [entry["topic"] for entry in listed] == ["ORDERS_PAID"]


def test_hang_and_latency(ask):
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        ask("hang", seconds=3, timeout=0.5)
    assert time.monotonic() - started < 2
    started = time.monotonic()
    assert ask("latency", seconds=0.5)[0] == 200
    assert time.monotonic() - started >= 0.5


def test_a_fault_hits_only_what_it_names(ask, server):
    assert ask("status", status=500, match="orders")[0] == 200
    assert ask("status", status=500, shop="other.myshopify.com")[0] == 200
    assert server.call("POST", server.path, {"query": "{ ordersCount { count } }"}, server.headers)[0] == 200
    body = {"query": "{ orders(first: 1) { nodes { id } } }"}
    assert server.call("POST", server.path, body, server.headers)[0] == 500
    assert server.call("POST", server.path, body, server.headers)[0] == 200
    assert ask("status", status=500, match="Name")[0] == 500


def test_probability(ask, server):
    ask("status", status=503, count=None, probability=0.5, seed=7)
    answers = [server.call("POST", server.path, {"query": "{ shop { id } }"}, server.headers)[0] for _ in range(60)]
    assert set(answers) == {200, 503}


def test_calls_are_logged_with_cost_and_fault(ask, server):
    server.call("DELETE", "/_control/shops/faulty.myshopify.com/log")
    server.call("POST", server.path, {"query": "query Mine { shop { id } }"}, server.headers)
    ask("status", status=503)
    log = server.call("GET", "/_control/shops/faulty.myshopify.com/log")[1]
    assert log["counts"]["calls"] == 2
    assert log["counts"]["operation:Mine"] == log["counts"]["status:503"] == log["counts"]["fault:status"] == 1
    assert log["calls"][1]["requested_cost"] == log["calls"][1]["actual_cost"] == 1


def test_fifty_clients_on_kept_connections(server):
    server.call("DELETE", "/_control/faults")
    server.call("PATCH", "/_control/shops/faulty.myshopify.com", {"bucket_size": 10**6})

    def client(_number):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        for _ in range(10):
            body = json.dumps({"query": "{ shop { name } }"})
            connection.request("POST", server.path, body, server.headers)
            answer = connection.getresponse()
            assert answer.status == 200
            assert json.loads(answer.read())["data"]["shop"]["name"] == "Faulty"
            assert answer.getheader("Connection") != "close"
        connection.close()
        return 10

    with ThreadPoolExecutor(50) as pool:
        assert sum(pool.map(client, range(50))) == 500
