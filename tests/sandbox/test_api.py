"""The Admin API over HTTP: tokens, versions, scopes, errors, search and paging."""

import pytest

from sandbox.shopify.oauth import LIFETIME

ORDERS = """query($q: String, $n: Int!, $after: String, $reverse: Boolean) {
  orders(first: $n, after: $after, query: $q, sortKey: UPDATED_AT, reverse: $reverse) {
    nodes { id name updatedAt } pageInfo { hasNextPage endCursor } } }"""


def names(lab, q=None, **options) -> list[str]:
    return [node["name"] for node in lab.gql(ORDERS, {"q": q, "n": 250, **options})["data"]["orders"]["nodes"]]


def token(lab, **changes):
    shop = lab.shop
    form = {"grant_type": "client_credentials", "client_id": shop["client_id"], "client_secret": shop["client_secret"]}
    return lab.client.post(f"/{lab.domain}/admin/oauth/access_token", data={**form, **changes})


def test_token_of_the_client_credentials_grant_lives_a_day(lab):
    answer = token(lab)
    assert answer.status_code == 200
    assert answer.json["expires_in"] == LIFETIME == 86399
    assert "read_orders" in answer.json["scope"].split(",")
    given = answer.json["access_token"]
    assert lab.raw("{ shop { name } }", token=given).json["data"]["shop"]["name"] == "Lab"
    lab.sandbox.services.clock.change(advance=86398)
    assert lab.raw("{ shop { name } }", token=given).status_code == 200
    lab.sandbox.services.clock.change(advance=1)
    refused = lab.raw("{ shop { name } }", token=given)
    assert refused.status_code == 401
    assert refused.json["errors"].startswith("[API] Invalid API key or access token")


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_id": "wrong"}, 400, "application_cannot_be_found"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_wrong_credentials_are_refused(lab, change, status, error):
    answer = token(lab, **change)
    assert (answer.status_code, answer.json["error"]) == (status, error)
    assert answer.json["error_description"]


def test_both_secrets_work_for_an_hour_after_a_rotation(lab):
    old = lab.shop["client_secret"]
    lab.control("POST", "/rotate-secret", {})
    assert lab.shop["client_secret"] != old
    assert token(lab).status_code == token(lab, client_secret=old).status_code == 200
    lab.sandbox.services.clock.change(advance=3601)
    assert token(lab).status_code == 200
    assert token(lab, client_secret=old).status_code == 401


def test_unknown_shop_path_and_method(lab):
    assert lab.client.post("/nobody.myshopify.com/admin/api/2026-10/graphql.json", json={}).status_code == 404
    assert lab.client.post(f"/{lab.domain}/admin/api/2026-10/orders.json", json={}).status_code == 404
    assert lab.client.get(f"/{lab.domain}/admin/api/2026-10/graphql.json").status_code == 405
    assert lab.client.get("/api.example.org/whatever").status_code == 404


@pytest.mark.parametrize(
    ("asked", "served"),
    [("2026-10", "2026-10"), ("2026-01", "2026-01"), ("2024-04", "2026-01"), ("2027-01", "2027-01")],
)
def test_old_versions_fall_forward(lab, asked, served):
    answer = lab.raw("{ shop { name } }", version=asked)
    assert answer.headers["X-Shopify-API-Version"] == served
    assert answer.headers["X-Request-Id"]


def test_unknown_version_is_not_found(lab):
    assert lab.raw("{ shop { name } }", version="2031-01").status_code == 404
    assert lab.raw("{ shop { name } }", version="2026-05").status_code == 404


def test_missing_scope(lab):
    lab.place(customer=lab.control("POST", "/customers", {"first_name": "A", "email": "a@example.com"})["id"])
    lab.control("PATCH", "", {"scopes": ["read_products"]})
    body = lab.raw("{ shop { name } ordersCount { count } }").json
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert body["errors"][0]["path"] == ["ordersCount"]
    assert body["data"] == {"shop": {"name": "Lab"}, "ordersCount": None}
    assert lab.raw(ORDERS, {"n": 1}).json["data"] is None
    lab.control("PATCH", "", {"scopes": ["read_orders", "read_all_orders"]})
    body = lab.raw("{ orders(first: 1) { nodes { name customer { id } } } }").json
    assert body["data"]["orders"]["nodes"] == [{"name": "#1001", "customer": None}]
    assert body["errors"][0]["path"] == ["orders", "nodes", 0, "customer"]


def test_without_read_all_orders_old_orders_do_not_exist(lab):
    old = lab.place(created_at="2026-09-01T00:00:00Z")
    lab.place(created_at="2026-11-01T00:00:00Z")
    assert len(names(lab)) == 2
    lab.control("PATCH", "", {"scopes": ["read_orders"]})
    assert names(lab) == ["#1002"]
    assert lab.gql("{ ordersCount { count precision } }")["data"]["ordersCount"] == {"count": 1, "precision": "EXACT"}
    query = "query($id: ID!, $ids: [ID!]!) { order(id: $id) { id } nodes(ids: $ids) { id } }"
    assert lab.gql(query, {"id": old["gid"], "ids": [old["gid"]]})["data"] == {"order": None, "nodes": [None]}


def test_validation_errors_read_like_the_platforms(lab):
    error = lab.raw("query Q { shop { nam } }").json["errors"][0]
    assert error["message"] == "Field 'nam' doesn't exist on type 'Shop'"
    assert error["extensions"] == {"code": "undefinedField", "typeName": "Shop", "fieldName": "nam"}
    assert error["path"] == ["query Q"]
    assert lab.raw("{ order { id } }").json["errors"][0]["extensions"]["code"] == "missingRequiredArguments"
    assert lab.raw("{ shop(x: 1) { id } }").json["errors"][0]["extensions"]["code"] == "argumentNotAccepted"
    assert lab.raw("{ shop ").json["errors"][0]["message"].startswith("Syntax Error")
    wrong = lab.raw("query($id: ID!) { order(id: $id) { id } }", {}).json["errors"][0]
    assert wrong["extensions"]["code"] == "INVALID_VARIABLE"
    body = lab.client.post(
        f"/{lab.domain}/admin/api/2026-10/graphql.json",
        data="{",
        headers={"X-Shopify-Access-Token": lab.shop["admin_token"]},
    )
    assert body.status_code == 400


def test_page_size_is_limited(lab):
    error = lab.raw("{ orders(first: 251) { nodes { id } } }").json["errors"][0]
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert error["message"].startswith("first cannot exceed 250.")
    assert "one of first or last" in lab.raw("{ orders { nodes { id } } }").json["errors"][0]["message"]
    assert lab.raw("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["gid://shopify/Order/1"] * 251}).json["errors"]
    assert lab.raw(ORDERS, {"n": 5, "after": "nonsense"}).json["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_search(lab):
    first = lab.place(created_at="2026-11-01T10:00:00Z", email="ann@example.com", tags=["vip"])
    lab.place(created_at="2026-11-02T10:00:00Z", email="bob@example.com", financial="paid")
    third = lab.place(created_at="2026-11-03T10:00:00Z", test=True)
    lab.act(third, "cancel")
    assert names(lab, "updated_at:>='2026-11-02T10:00:00Z'") == ["#1002", "#1003"]
    assert names(lab, "updated_at:>'2026-11-02T10:00:00Z'") == ["#1003"]
    assert names(lab, "created_at:>=2026-11-02 AND created_at:<2026-11-03T00") == ["#1002"]
    assert names(lab, 'created_at:<"2026-11-02T00:00:00-07:00"') == ["#1001"]
    assert names(lab, "status:open") == ["#1001", "#1002"]
    assert names(lab, "status:cancelled OR tag:vip") == ["#1001", "#1003"]
    assert names(lab, "status:any -status:cancelled") == ["#1001", "#1002"]
    assert names(lab, "NOT (financial_status:pending)") == ["#1002", "#1003"]
    assert names(lab, "financial_status:paid,voided") == ["#1002", "#1003"]
    assert names(lab, f"id:{first['id']}") == ["#1001"]
    assert names(lab, f"id:>{first['id']}") == ["#1002", "#1003"]
    assert names(lab, "test:true") == ["#1003"]
    assert names(lab, "email:'bob@example.com'") == names(lab, "bob@example") == ["#1002"]
    assert names(lab, "name:#1001") == names(lab, "name:1001") == ["#1001"]
    assert names(lab, "email:*") == ["#1001", "#1002"]
    assert names(lab, reverse=True) == ["#1003", "#1002", "#1001"]


def test_a_time_without_quotes_is_cut_and_warned_about(lab):
    """As the real search does it: the rest of the time becomes a term of a field that is not there."""
    lab.place(created_at="2026-11-02T10:20:00Z")
    quoted = lab.gql(ORDERS, {"q": "created_at:>='2026-11-02T10:30:00Z'", "n": 5})
    assert quoted["data"]["orders"]["nodes"] == []
    assert "search" not in quoted["extensions"]
    cut = lab.gql(ORDERS, {"q": "created_at:>=2026-11-02T03:30:00Z", "n": 5})
    assert len(cut["data"]["orders"]["nodes"]) == 1
    assert cut["extensions"]["search"][0]["warnings"][0] == {
        "field": "30",
        "message": "Invalid search field for this query.",
        "code": "invalid_field",
    }


def test_counts_are_capped(lab):
    for _ in range(3):
        lab.place()
    count = lab.gql("{ ordersCount(limit: 2) { count precision } }")["data"]["ordersCount"]
    assert count == {"count": 2, "precision": "AT_LEAST"}
    assert lab.gql("{ ordersCount(limit: null) { count } }")["data"]["ordersCount"]["count"] == 3


def test_paging_while_orders_change(lab):
    """A page is read beyond the last one's time and id: what changed meanwhile comes again, nothing is lost."""
    for minute in range(10):
        lab.place(created_at=f"2026-11-01T10:{minute:02d}:00Z")
    page = lab.gql(ORDERS, {"n": 4})["data"]["orders"]
    seen = [node["name"] for node in page["nodes"]]
    assert seen == ["#1001", "#1002", "#1003", "#1004"]
    lab.act({"id": 1002}, "touch")
    lab.act({"id": 1006}, "touch")
    lab.place()
    while page["pageInfo"]["hasNextPage"]:
        page = lab.gql(ORDERS, {"n": 4, "after": page["pageInfo"]["endCursor"]})["data"]["orders"]
        seen += [node["name"] for node in page["nodes"]]
    assert sorted(set(seen)) == [f"#{n}" for n in range(1001, 1012)]
    assert seen.count("#1002") == 2
    assert len(seen) == 12


def test_orders_of_the_same_second_are_paged_by_id(lab):
    placed = [lab.place()["name"] for _ in range(7)]
    seen, after = [], None
    for _ in range(4):
        page = lab.gql(ORDERS, {"n": 2, "after": after})["data"]["orders"]
        seen += [node["name"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == placed


def test_backwards_and_reverse_paging(lab):
    placed = [lab.place()["name"] for _ in range(5)]
    query = """query($n: Int, $l: Int, $a: String, $b: String, $r: Boolean) {
      orders(first: $n, last: $l, after: $a, before: $b, reverse: $r, sortKey: ID) {
        edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage } } }"""

    def page(**variables):
        data = lab.gql(query, variables)["data"]["orders"]
        return [edge["node"]["name"] for edge in data["edges"]], data

    last, data = page(l=2)
    assert last == placed[3:]
    assert data["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}
    before, data = page(l=2, b=data["edges"][0]["cursor"])
    assert before == placed[1:3]
    assert data["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": True}
    newest, data = page(n=2, r=True)
    assert newest == placed[:2:-1]
    assert page(n=3, r=True, a=data["edges"][-1]["cursor"])[0] == placed[2::-1]


def test_nested_pages_of_a_big_order(demo):
    store = demo.sandbox.services.store
    big = max(store.all(demo.domain, "order"), key=lambda order: len(order["lines"]))
    query = """query($id: ID!, $after: String) { order(id: $id) { lineItems(first: 100, after: $after) {
      nodes { id } pageInfo { hasNextPage endCursor } } } }"""
    seen, after = [], None
    while True:
        page = demo.gql(query, {"id": f"gid://shopify/Order/{big['id']}", "after": after})["data"]["order"]["lineItems"]
        seen += [int(node["id"].rpartition("/")[2]) for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [line["id"] for line in big["lines"]]
    assert len(seen) > 250


def test_catalogue_customers_and_locations(lab):
    lab.control("POST", "/products", {"title": "Cup", "sku": "CUP", "options": {"Size": ["S", "L"]}, "price": "7.50"})
    query = """{ products(first: 5, query: "sku:CUP-S") { nodes { id variantsCount { count } options { name values }
      variants(first: 5) { nodes { id sku price selectedOptions { name value } inventoryItem { id tracked } } } } }
      productVariants(first: 5, sortKey: SKU) { nodes { sku product { title } } } productsCount { count }
      customers(first: 1) { nodes { id } } locations(first: 5) { nodes { id name address { countryCode } } } }"""
    data = lab.gql(query)["data"]
    cup = data["products"]["nodes"][0]
    assert cup["options"] == [{"name": "Size", "values": ["S", "L"]}]
    assert [v["sku"] for v in cup["variants"]["nodes"]] == ["CUP-S", "CUP-L"]
    assert cup["variants"]["nodes"][1]["selectedOptions"] == [{"name": "Size", "value": "L"}]
    assert [v["sku"] for v in data["productVariants"]["nodes"]] == ["CUP-L", "CUP-S"]
    assert data["locations"]["nodes"][0]["address"] == {"countryCode": "US"}
    node = lab.gql("query($i: ID!) { node(id: $i) { __typename id } }", {"i": cup["variants"]["nodes"][0]["id"]})
    assert node["data"]["node"]["__typename"] == "ProductVariant"
