"""What queries cost, and the bucket that runs dry."""

import pytest
from graphql import get_operation_ast, parse
from graphql.execution.values import get_variable_values

from sandbox.shopify.costs import Cost, grown
from sandbox.shopify.schema import schema

LINES = "orders(first: 250) { nodes { id name lineItems(first: 250) { nodes { id } } } }"


def requested(query: str, variables=None) -> int:
    document = parse(query)
    operation = get_operation_ast(document)
    values = get_variable_values(schema(), operation.variable_definitions or (), variables or {})
    return Cost(schema(), document, operation, values).requested()


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{ shop { name currencyCode } }", 1),
        ("{ shop { name plan { publicDisplayName } } }", 2),
        ("{ orders(first: 250) { nodes { id name totalPriceSet { shopMoney { amount } } } } }", 13),
        ("{ orders(first: 250) { edges { cursor node { id name } } } }", 13),
        (f"{{ {LINES} }}", 156),
        ("{ products(first: 250) { nodes { id options { id } variants(first: 250) { nodes { id } } } } }", 167),
        (
            '{ product(id: "gid://shopify/Product/1") { variants(first: 250) { nodes { inventoryItem { id } } } } }',
            25,
        ),
        ("{ productVariants(first: 3) { nodes { id product { id } inventoryItem { measurement { id } } } } }", 10),
        ('mutation { webhookSubscriptionDelete(id: "x") { deletedWebhookSubscriptionId userErrors { message } } }', 10),
        (
            '{ node(id: "x") { ... on Order { id customer { id } } ... on Product { id } } }',
            2,
        ),
    ],
)
def test_costs_that_were_published_for_real_calls(query, cost):
    assert requested(query) == cost


def test_cost_follows_variables_and_fragments():
    plain = requested("{ orders(first: 50) { nodes { customer { id } } } }")
    query = """query($n: Int) { orders(first: $n) { nodes { ...F } } }
      fragment F on Order { customer { id } }"""
    assert requested(query, {"n": 50}) == plain == 2 + grown(50) * 2


def test_too_dear_a_query_is_refused(lab):
    query = f"{{ a: {LINES} b: {LINES} c: {LINES} d: {LINES} e: {LINES} f: {LINES} g: {LINES} }}"
    body = lab.raw(query).json
    assert list(body) == ["errors"]
    error = body["errors"][0]
    assert error["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert (error["extensions"]["cost"], error["extensions"]["maxCost"]) == (156 * 7, 1000)
    assert error["message"].startswith("Query cost is 1092, which exceeds the single query max cost limit (1000).")


def test_actual_cost_counts_what_came_back(lab):
    for _ in range(3):
        lab.place(lines=[{"title": "A", "price": "1"}, {"title": "B", "price": "1"}])
    cost = lab.gql(f"{{ {LINES} }}")["extensions"]["cost"]
    assert cost["requestedQueryCost"] == 156
    assert cost["actualQueryCost"] == 2 + 2 * (1 + 2 + 1)
    assert cost["throttleStatus"] == {
        "maximumAvailable": 2000.0,
        "currentlyAvailable": 2000 - cost["actualQueryCost"],
        "restoreRate": 100.0,
    }
    assert lab.gql("{ orders(first: 50, query: \"id:1\") { nodes { id } } }")["extensions"]["cost"][
        "actualQueryCost"
    ] == 2  # fmt: skip


def test_the_bucket_runs_dry_and_fills_again(lab):
    lab.control("PATCH", "", {"bucket_size": 400, "restore_rate": 50})
    lab.place()
    query = f"{{ {LINES} }}"
    spent = lab.gql(query)["extensions"]["cost"]["actualQueryCost"]
    lab.sandbox.platforms[0].api.buckets.take(lab.sandbox.platforms[0]._shop(lab.domain), 300)
    answer = lab.raw(query)
    assert answer.status_code == 200
    body = answer.json
    assert "data" not in body
    assert body["errors"][0]["message"] == "Throttled"
    assert body["errors"][0]["extensions"]["code"] == "THROTTLED"
    cost = body["extensions"]["cost"]
    available = 400 - spent - 300
    assert cost["requestedQueryCost"] == 156
    assert cost["actualQueryCost"] is None
    assert cost["throttleStatus"]["currentlyAvailable"] == available
    wait = (156 - available) / cost["throttleStatus"]["restoreRate"]
    lab.sandbox.services.clock.change(advance=wait - 0.1)
    assert lab.raw(query).json["errors"][0]["extensions"]["code"] == "THROTTLED"
    lab.sandbox.services.clock.change(advance=0.1)
    assert "errors" not in lab.raw(query).json
    lab.sandbox.services.clock.change(advance=3600)
    assert lab.gql("{ shop { id } }")["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 399


@pytest.mark.parametrize(("plan", "rate"), [("standard", 100), ("advanced", 200), ("plus", 1000), ("enterprise", 2000)])
def test_plans(lab, plan, rate):
    lab.control("PATCH", "", {"plan": plan})
    status = lab.gql("{ shop { id } }")["extensions"]["cost"]["throttleStatus"]
    assert (status["restoreRate"], status["maximumAvailable"]) == (rate, rate * 20)
    assert lab.control("PATCH", "", {"plan": "gold"}, status=400)


def test_shops_have_buckets_of_their_own(lab):
    lab.client.post("/_control/shops", json={"domain": "other.myshopify.com"})
    buckets = lab.sandbox.platforms[0].api.buckets
    other = lab.sandbox.platforms[0]._shop("other.myshopify.com")
    buckets.empty(other)
    assert lab.gql("{ shop { id } }")
    assert buckets.status(other)["currentlyAvailable"] == 0
