"""The client: what it sends, how it reads on, and which error an answer becomes."""

import pytest

from odoo.addons.connector_base.transport import (
    ConfigurationError,
    DataError,
    PermissionMissing,
    RateLimited,
    TransientError,
)
from odoo.addons.connector_shopify import client as client_module
from odoo.addons.connector_shopify import const, documents, parser
from odoo.addons.connector_shopify.errors import QueryTooCostly

from . import samples
from .fakes import DOMAIN, FakeBudget, answer, client, error, raw

COUNT = {"ordersCount": {"count": 7}}


def page(*orders, cursor=None):
    return answer({"orders": samples.connection(list(orders), cursor=cursor)})


# === WHAT IS SENT === #


def test_a_call():
    shop, session = client(answer(COUNT))
    assert shop.orders_count("updated_at:>='2026-11-01T00:00:00Z'") == 7
    (call,) = session.calls
    assert (call["method"], call["url"]) == ("POST", f"https://{DOMAIN}/admin/api/2026-10/graphql.json")
    assert call["operation"] == call["json"]["operationName"] == "OrdersCount"
    assert call["json"]["query"] == documents.text("orders_count")
    assert call["json"]["variables"] == {"query": "updated_at:>='2026-11-01T00:00:00Z'"}
    assert (call["outcome"].cost, call["outcome"].error, call["outcome"].throttled) == (40, "", False)
    assert shop.api_version == "2026-10"


def test_documents_are_complete_and_parsed_once():
    assert "fragment OrderFields" in documents.text("orders")
    assert "fragment Address" not in documents.text("order_line_items")
    assert documents.document("orders") is documents.document("orders")


def test_plain_lists_are_never_cut():
    text = documents.text("orders")
    assert "\n  transactions {" in text
    assert "\n  refunds {" in text


def test_connection():
    shop, _session = client(
        answer({"shop": {"name": "One"}, "currentAppInstallation": {"accessScopes": [{"handle": "read_orders"}]}})
    )
    assert shop.connection() == {"shop": {"name": "One"}, "scopes": frozenset({"read_orders"})}


# === READING ON === #


def test_orders_page():
    shop, session = client(page(samples.graphql_order(), cursor="c1"), page(samples.graphql_order()))
    assert shop.orders("q", first=2) == ([samples.graphql_order()], "c1")
    assert shop.orders("q", first=2, after="c1", presentment=False)[1] is None
    assert session.variables == [
        {"query": "q", "first": 2, "after": None, "presentment": True},
        {"query": "q", "first": 2, "after": "c1", "presentment": False},
    ]


def test_nested_connections_are_read_to_the_end():
    """Lines, shipping, discounts and the parts of a refund each over several pages: as if they had come at once."""
    whole = samples.graphql_order(refunds=[samples.refund(7, [(11, 1, "return", "54.0", "9.0")] * 3)])
    cut = samples.graphql_order(refunds=[samples.refund(7, [(11, 1, "return", "54.0", "9.0")] * 3)])
    lines = cut["lineItems"]["nodes"]
    cut["lineItems"] = samples.connection(lines[:2], cursor="l1")
    cut["shippingLines"] = samples.connection([], cursor="s1")
    cut["discountApplications"] = samples.connection(whole["discountApplications"]["nodes"][:1], cursor="d1")
    returned = whole["refunds"][0]["refundLineItems"]["nodes"]
    cut["refunds"][0]["refundLineItems"] = samples.connection(returned[:1], cursor="r1")

    def rest(key, nodes, cursor=None):
        return answer({"node": {key: samples.connection(nodes, cursor=cursor)}})

    shop, session = client(
        page(cut),
        rest("lineItems", lines[2:3], "l2"),
        rest("lineItems", lines[3:]),
        rest("shippingLines", whole["shippingLines"]["nodes"]),
        rest("discountApplications", whole["discountApplications"]["nodes"][1:]),
        rest("refundLineItems", returned[1:]),
    )
    ((order,), _cursor) = shop.orders("q", first=1)
    assert parser.parse_order(order) == parser.parse_order(whole)
    assert session.operations == [
        "Orders",
        "OrderLineItems",
        "OrderLineItems",
        "OrderShippingLines",
        "OrderDiscountApplications",
        "RefundLineItems",
    ]
    assert session.variables[2] == {
        "id": "gid://shopify/Order/1001",
        "first": const.NESTED_PAGE,
        "after": "l2",
        "presentment": True,
    }
    assert session.variables[5]["id"] == "gid://shopify/Refund/7"
    assert "presentment" not in session.variables[4]


def test_pages_that_go_in_circles_end():
    cut = samples.graphql_order(lineItems=samples.connection([], cursor="l1"))
    again = answer({"node": {"lineItems": samples.connection([], cursor="l1")}})
    shop, _session = client(page(cut), again)
    with pytest.raises(TransientError, match="circles"):
        shop.orders("q", first=1)


def test_order_deleted_while_it_is_read():
    cut = samples.graphql_order(lineItems=samples.connection([], cursor="l1"))
    shop, _session = client(page(cut), answer({"node": None}))
    with pytest.raises(TransientError, match="deleted"):
        shop.orders("q", first=1)


def test_unknown_ids_are_left_out():
    shop, session = client(answer({"nodes": [None, samples.graphql_order(), {}]}))
    assert len(shop.orders_by_id(["gid://shopify/Order/1", "gid://shopify/Order/1001"])) == 1
    assert session.variables[0]["ids"] == ["gid://shopify/Order/1", "gid://shopify/Order/1001"]


def test_too_many_ids_are_asked_for_in_halves_and_that_is_remembered(monkeypatch):
    monkeypatch.setattr(client_module, "_affordable_ids", {})
    dear, found = answer(errors=[error("MAX_COST_EXCEEDED")], cost=None), answer({"nodes": [samples.graphql_order()]})
    shop, session = client(dear, found, found, found, dear)
    assert len(shop.orders_by_id(["a", "b", "c"])) == 3
    assert [variables["ids"] for variables in session.variables] == [["a", "b", "c"], ["a"], ["b"], ["c"]]
    with pytest.raises(QueryTooCostly):
        shop.orders_by_id(["d"])


def test_subscriptions_over_two_pages():
    one, two = {"id": "1"}, {"id": "2"}
    shop, _session = client(
        answer({"webhookSubscriptions": samples.connection([one], cursor="w1")}),
        answer({"webhookSubscriptions": samples.connection([two])}),
    )
    assert shop.webhook_subscriptions() == [one, two]


def test_subscriptions_ask_for_whole_json_payloads():
    done = {"webhookSubscription": {"id": "1"}, "userErrors": []}
    shop, session = client(answer({"webhookSubscriptionCreate": done}), answer({"webhookSubscriptionUpdate": done}))
    shop.webhook_subscription_create("ORDERS_PAID", "https://odoo.example.com/hook")
    shop.webhook_subscription_update("1", "https://odoo.example.com/hook")
    wanted = {"uri": "https://odoo.example.com/hook", "format": "JSON", "filter": "", "includeFields": []}
    assert session.variables == [
        {"topic": "ORDERS_PAID", "subscription": wanted},
        {"id": "1", "subscription": wanted},
    ]


def test_user_errors():
    failed = {
        "deletedWebhookSubscriptionId": None,
        "userErrors": [{"field": ["webhookSubscription", "uri"], "message": "Address is invalid"}],
    }
    shop, _session = client(answer({"webhookSubscriptionDelete": failed}))
    with pytest.raises(DataError, match=r"webhookSubscription\.uri: Address is invalid"):
        shop.webhook_subscription_delete("1")


# === THE BUDGET === #


def test_the_budget_is_asked_before_and_told_after():
    budget = FakeBudget()
    shop, _session = client(answer(COUNT), budget=budget)
    shop.orders_count("")
    assert budget.taken == [("admin", const.EXPECTED_COST["OrdersCount"])]
    assert budget.fed == [("admin", {"capacity": 2000.0, "rate": 100.0, "remaining": 1960, "refund": 0.0})]


def test_what_a_call_did_not_cost_is_given_back():
    budget = FakeBudget()
    shop, _session = client(page(), answer(errors=[error("MAX_COST_EXCEEDED")], cost=None), budget=budget)
    shop.orders("q", first=1)
    with pytest.raises(QueryTooCostly):
        shop.orders("q", first=1)
    expected = const.EXPECTED_COST["Orders"]
    assert [what["refund"] for _api, what in budget.fed] == [expected - 40, expected]


def test_a_spent_budget_sends_nothing():
    shop, session = client(budget=FakeBudget(waits=[12.0]))
    with pytest.raises(RateLimited) as caught:
        shop.orders_count("")
    assert (caught.value.retry_after, session.calls) == (12.0, [])


def test_throttled_says_how_long_to_wait():
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": 20, "restoreRate": 50.0}
    cost = {"requestedQueryCost": 470, "actualQueryCost": None, "throttleStatus": status}
    budget = FakeBudget()
    shop, session = client(answer(errors=[error("THROTTLED")], cost=cost), budget=budget)
    with pytest.raises(RateLimited) as caught:
        shop.orders_count("")
    assert (caught.value.retry_after, caught.value.code, caught.value.request_id) == (9.0, "THROTTLED", "req-1")
    assert budget.fed[0][1]["remaining"] == 20
    assert session.calls[0]["outcome"].throttled


# === ERRORS === #


@pytest.mark.parametrize(
    ("errors", "kind", "words"),
    [
        ([error("ACCESS_DENIED", "Access denied for orders field.", requiredAccess="`read_orders` access scope.")],
         PermissionMissing, "needs the access scope read_orders"),
        ([error("ACCESS_DENIED", "This app is not approved to access the Customer object.")],
         PermissionMissing, "not approved to access the Customer object"),
        ([error("MAX_COST_EXCEEDED", "Query cost is 1200")], QueryTooCostly, "Query cost is 1200"),
        ([error("SHOP_INACTIVE", "Shop is inactive")], ConfigurationError, "not active"),
        ([error("INTERNAL_SERVER_ERROR", "Internal error")], TransientError, "Internal error"),
        ([error("TIMEOUT", "Timeout")], TransientError, "Timeout"),
        ([error("undefinedField", "Field 'x' doesn't exist")], DataError, "Field 'x' doesn't exist"),
        ([{"message": "no extensions"}], DataError, "no extensions"),
        (["only a text"], DataError, "only a text"),
        ("[API] Invalid API key or access token", ConfigurationError, "Invalid API key"),
        ([error("undefinedField"), error("THROTTLED")], RateLimited, "limit"),
    ],
)  # fmt: skip
def test_errors_in_an_answer(errors, kind, words):
    shop, _session = client(answer(errors=errors))
    with pytest.raises(kind) as caught:
        shop.orders_count("")
    assert type(caught.value) is kind
    assert words in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, DataError),
        (401, ConfigurationError),
        (402, ConfigurationError),
        (403, ConfigurationError),
        (404, ConfigurationError),
        (423, ConfigurationError),
        (429, RateLimited),
        (430, RateLimited),
        (500, TransientError),
        (502, TransientError),
        (503, TransientError),
    ],
)
def test_statuses(status, kind):
    shop, _session = client(raw('{"errors": "Not this time"}', status=status))
    with pytest.raises(kind) as caught:
        shop.orders_count("")
    assert type(caught.value) is kind
    assert "Not this time" in caught.value.message
    assert caught.value.status == status
    if kind is ConfigurationError:
        assert caught.value.remedy == const.REMEDIES[status]


@pytest.mark.parametrize(
    "content",
    ["<!DOCTYPE html><html></html>", '{"data": {"ordersC', "", "[]", "null", "{}", '{"data": null}', '{"data": {}}'],
)
def test_answers_that_are_none(content):
    shop, _session = client(raw(content))
    if content == '{"data": {}}':
        assert shop.orders_count("") is None
        return
    with pytest.raises(TransientError):
        shop.orders_count("")


def test_missing_parts_of_an_answer():
    shop, _session = client(answer({"orders": {}}), answer({"shop": None, "currentAppInstallation": None}))
    with pytest.raises(TransientError, match="lacks nodes"):
        shop.orders("q", first=1)
    with pytest.raises(TransientError, match="currentAppInstallation"):
        shop.connection()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"errors": [{"message": "listed"}]}', "listed"),
        ('{"errors": {"query": ["missing", "invalid"]}}', "query: missing, invalid"),
        ('{"error": "invalid_client", "error_description": "described"}', "described"),
        ('["odd"]', "HTTP 403"),
        ("<html>", "HTTP 403"),
    ],
)
def test_where_a_refusal_says_why(body, words):
    shop, _session = client(raw(body, status=403))
    with pytest.raises(ConfigurationError) as caught:
        shop.orders_count("")
    assert words in caught.value.message


def test_a_refused_token_is_renewed_once():
    refused = raw('{"errors": "[API] Invalid API key or access token"}', status=401)
    shop, session = client(refused, answer(COUNT), renewals=1)
    assert shop.orders_count("") == 7
    assert len(session.calls) == 2
    shop, session = client(refused, refused, renewals=1)
    with pytest.raises(ConfigurationError):
        shop.orders_count("")
    assert len(session.calls) == 2


def test_another_api_version_is_noted(caplog):
    caplog.set_level("WARNING", logger="odoo.addons.connector_shopify.client")
    shop, _session = client(answer(COUNT, version="2027-01"))
    shop.orders_count("")
    assert shop.api_version == "2027-01"
    assert "2027-01 instead of 2026-10" in caplog.text


def test_network_errors_pass_through():
    shop, _session = client(TransientError("did not answer"))
    with pytest.raises(TransientError, match="did not answer"):
        shop.orders_count("")
