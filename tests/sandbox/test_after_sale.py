"""Refunds with a preview, notes and tags, payments and customers, changed by the API."""

import json
from decimal import Decimal

import pytest

SUGGEST = """query($id: ID!, $lines: [RefundLineItemInput!], $shipping: Money, $full: Boolean) { order(id: $id) {
  suggestedRefund(refundLineItems: $lines, shippingAmount: $shipping, suggestFullRefund: $full) {
    amountSet { ...M } subtotalSet { ...M } totalTaxSet { ...M } maximumRefundableSet { ...M }
    shipping { amountSet { ...M } maximumRefundableSet { ...M } taxSet { ...M } }
    refundLineItems { quantity lineItem { id } location { name } subtotalSet { ...M } }
    suggestedTransactions { gateway kind amountSet { ...M } parentTransaction { id } } } } }
fragment M on MoneyBag { presentmentMoney { amount } shopMoney { amount } }"""
REFUND = """mutation($input: RefundInput!, $key: String!) { refundCreate(input: $input) @idempotent(key: $key) {
  refund { id note totalRefundedSet { presentmentMoney { amount } } orderAdjustments(first: 2) { nodes { id } }
    refundLineItems(first: 5) { nodes { quantity restockType location { name } } } }
  order { displayFinancialStatus } userErrors { field message } } }"""


@pytest.fixture
def order(lab):
    """Two mugs of 10.00 and delivery of 5.00 with 10 % tax on both, paid in full: 27.50."""
    mug = lab.control("POST", "/products", {"title": "Mug", "price": "10.00", "sku": "MUG"})["variants"][0]
    return lab.place(
        lines=[{"variant_id": mug["id"], "quantity": 2}],
        shipping={"title": "Standard", "price": "5.00"},
        rates=[{"title": "VAT", "rate": "0.1"}],
        tax_shipping=True,
        financial="paid",
    )


def line(order, quantity=1, **more):
    return {"lineItemId": f"gid://shopify/LineItem/{order['lines'][0]['id']}", "quantity": quantity, **more}


def suggest(lab, order, **wanted):
    return lab.gql(SUGGEST, {"id": order["gid"], **wanted})["data"]["order"]["suggestedRefund"]


def amount(bag) -> Decimal:
    return Decimal(bag["presentmentMoney"]["amount"])


def refund(lab, order, key="k", pay=None, **given):
    if pay is not None:
        (payment,) = [t for t in lab.stored(order)["transactions"] if t["kind"] == "SALE"]
        entry = {"orderId": order["gid"], "kind": "REFUND", "gateway": payment["gateway"], "amount": pay}
        given["transactions"] = [{**entry, "parentId": f"gid://shopify/OrderTransaction/{payment['id']}"}]
    given.setdefault("currency", order["currency"])
    return lab.gql(REFUND, {"input": {"orderId": order["gid"], **given}, "key": key})["data"]["refundCreate"]


def test_preview(lab, order):
    found = suggest(lab, order, lines=[line(order)], shipping="2.00")
    assert (amount(found["subtotalSet"]), amount(found["totalTaxSet"])) == (Decimal(10), Decimal("1.2"))
    assert (amount(found["amountSet"]), amount(found["maximumRefundableSet"])) == (Decimal("13.2"), Decimal("27.5"))
    assert amount(found["shipping"]["maximumRefundableSet"]) == Decimal(5)
    assert found["refundLineItems"][0]["location"] == {"name": "Main warehouse"}
    (payment,) = found["suggestedTransactions"]
    assert (payment["kind"], amount(payment["amountSet"])) == ("SUGGESTED_REFUND", Decimal("13.2"))
    assert payment["parentTransaction"]["id"].rpartition("/")[2] == str(lab.stored(order)["transactions"][0]["id"])
    assert amount(suggest(lab, order, full=True)["amountSet"]) == Decimal("27.5")
    assert amount(suggest(lab, order)["amountSet"]) == 0
    assert suggest(lab, order, lines=[line(order, 3)]) is None
    assert lab.stored(order)["refunds"] == []


def test_refund_is_what_was_previewed_and_made_once(lab, order, subscribe, receiver):
    subscribe("REFUNDS_CREATE")
    wanted = {"lines": [line(order, restockType="CANCEL")], "shipping": "2.00"}
    preview = suggest(lab, order, **wanted)
    given = {"refundLineItems": wanted["lines"], "shipping": {"amount": "2.00"}, "note": "broken"}
    done = refund(lab, order, pay=preview["amountSet"]["presentmentMoney"]["amount"], **given)
    assert done["userErrors"] == [] and done["order"]["displayFinancialStatus"] == "PARTIALLY_REFUNDED"
    assert done["refund"]["orderAdjustments"]["nodes"] == []
    assert done["refund"]["totalRefundedSet"]["presentmentMoney"]["amount"] == "13.2"
    assert done["refund"]["refundLineItems"]["nodes"] == [
        {"quantity": 1, "restockType": "CANCEL", "location": {"name": "Main warehouse"}}
    ]
    assert refund(lab, order, pay="13.2", **given) == done
    assert len(lab.stored(order)["refunds"]) == 1
    other = refund(lab, order, pay="1.00", **given)
    assert other["refund"] is None and "different operation parameters" in other["userErrors"][0]["message"]
    assert json.loads(receiver.wait(1)[0][2])["note"] == "broken"
    rest = suggest(lab, order, full=True)
    assert amount(rest["amountSet"]) == Decimal("14.3")
    last = {"refundLineItems": [line(order)], "shipping": {"fullRefund": True}}
    assert refund(lab, order, key="2", pay="14.3", **last)["order"]["displayFinancialStatus"] == "REFUNDED"
    assert lab.control("GET", "/stock?sku=MUG")["stock"][0]["available"] == 40


def test_other_amounts_leave_a_discrepancy(lab, order):
    done = refund(lab, order, pay="5.00", refundLineItems=[line(order)])
    assert len(done["refund"]["orderAdjustments"]["nodes"]) == 1
    assert lab.control("GET", f"/orders/{order['id']}")["refunds"][0]["adjustments"][0]["amount"] == 600
    unpaid = refund(lab, order, key="2", refundLineItems=[line(order)])
    assert unpaid["refund"]["totalRefundedSet"]["presentmentMoney"]["amount"] == "0.0"
    assert unpaid["refund"]["orderAdjustments"]["nodes"] == []


def refused(answer) -> tuple:
    (error,) = answer["userErrors"]
    assert answer["refund"] is None
    return error["field"], error["message"].partition(":")[0]


def test_refused(lab, order):
    too_much = refund(lab, order, key="1", pay="30.00", refundLineItems=[line(order)])
    assert refused(too_much)[1].startswith("Refund amount 30.00 USD is greater than net payment received 27.50 USD")
    where = ["refundLineItems", "0", "quantity"]
    many = refund(lab, order, key="2", refundLineItems=[line(order, 3)])
    assert refused(many) == (where, "Quantity cannot refund more items than were purchased")
    lab.act(order, "fulfill")
    sent = refund(lab, order, key="3", refundLineItems=[line(order, restockType="CANCEL")])
    assert refused(sent) == (where, "Quantity cannot be cancelled")
    assert refused(refund(lab, order, key="4", currency="EUR", refundLineItems=[line(order)]))[0] == ["currency"]
    assert refused(refund(lab, order, key="5"))[1] == "nothing to refund"
    again = refund(lab, order, key="5")
    assert refused(again)[1].startswith("A previous request")
    assert lab.stored(order)["refunds"] == []


def test_foreign_currency_is_the_customers(lab):
    order = lab.place(currency="EUR", financial="paid", rates=[])
    preview = suggest(lab, order, full=True)["amountSet"]
    assert preview["presentmentMoney"] != preview["shopMoney"]
    lines = [line(order)]
    assert refused(refund(lab, order, key="1", currency="USD", refundLineItems=lines))[0] == ["currency"]
    done = refund(lab, order, key="2", pay=preview["presentmentMoney"]["amount"], refundLineItems=lines)
    assert done["order"]["displayFinancialStatus"] == "REFUNDED"


UPDATE = """mutation($input: OrderInput!) { orderUpdate(input: $input) {
  order { note tags email updatedAt shippingAddress { city zip country } } userErrors { field message } } }"""


def test_order_update_tells_of_what_changed_only(lab, order, subscribe, receiver):
    subscribe("ORDERS_UPDATED")
    given = {"id": order["gid"], "note": "call first", "tags": ["b", "a "]}
    done = lab.gql(UPDATE, {"input": given})["data"]["orderUpdate"]["order"]
    assert (done["note"], done["tags"], done["email"]) == ("call first", ["a", "b"], None)
    lab.gql(UPDATE, {"input": given})
    lab.gql(UPDATE, {"input": {**given, "note": "ring twice"}})
    assert sorted(json.loads(body)["note"] for _, _, body in receiver.wait(2)) == ["call first", "ring twice"]
    assert len(lab.control("GET", "/deliveries")["deliveries"]) == 2
    missing = lab.gql(UPDATE, {"input": {"id": "gid://shopify/Order/1"}})["data"]["orderUpdate"]
    assert missing == {"order": None, "userErrors": [{"field": ["id"], "message": "Order does not exist"}]}


def test_paid_closed_and_opened(lab):
    order = lab.place(financial="pending")
    for name, field in (("orderMarkAsPaid", "fullyPaid"), ("orderClose", "closed")):
        kind = f"{name[0].upper()}{name[1:]}Input"
        query = f"mutation($i: {kind}!) {{ {name}(input: $i) {{ order {{ {field} }} userErrors {{ message }} }} }}"
        answer = lab.gql(query, {"i": {"id": order["gid"]}})["data"][name]
        assert answer == {"order": {field: True}, "userErrors": []}
    query = "mutation($i: OrderOpenInput!) { orderOpen(input: $i) { order { closed } userErrors { message } } }"
    assert lab.gql(query, {"i": {"id": order["gid"]}})["data"]["orderOpen"]["order"] == {"closed": False}


def test_customers(lab, subscribe, receiver):
    subscribe("CUSTOMERS_CREATE", "CUSTOMERS_UPDATE")

    def change(name, **given):
        query = f"""mutation($i: CustomerInput!) {{ {name}(input: $i) {{
          customer {{ id email displayName tags defaultAddress {{ city }} }} userErrors {{ field message }} }} }}"""
        return lab.gql(query, {"i": given})["data"][name]

    home = {"address1": "1 Road", "city": "Leeds", "countryCode": "GB", "zip": "LS1"}
    made = change("customerCreate", firstName="Ann", email="ann@example.com", addresses=[home])["customer"]
    assert (made["displayName"], made["defaultAddress"]) == ("Ann", {"city": "Leeds"})
    assert change("customerCreate", email="ANN@example.com")["userErrors"][0]["field"] == ["email"]
    assert change("customerCreate", email="ann")["userErrors"][0]["message"] == "Email is invalid"
    assert change("customerCreate", note="nobody")["userErrors"][0]["field"] is None
    assert change("customerUpdate", id=made["id"], tags=["vip"])["customer"]["tags"] == ["vip"]
    change("customerUpdate", id=made["id"], tags=["vip"])
    assert change("customerUpdate", firstName="B")["userErrors"][0]["field"] == ["id"]
    calls = receiver.wait(2)
    assert sorted(headers["x-shopify-topic"] for _, headers, _ in calls) == ["customers/create", "customers/update"]
    assert {json.loads(body)["email"] for _, _, body in calls} == {"ann@example.com"}
    query = '{ customerByIdentifier(identifier: {emailAddress: "Ann@Example.com"}) { id } }'
    assert lab.gql(query)["data"]["customerByIdentifier"] == {"id": made["id"]}


def test_tags_of_customers_are_told(lab, subscribe, receiver):
    query = "mutation($i: CustomerInput!) { customerCreate(input: $i) { customer { id } userErrors { message } } }"
    made = lab.gql(query, {"i": {"email": "tagged@example.com"}})["data"]["customerCreate"]["customer"]
    subscribe("CUSTOMERS_UPDATE")
    query = 'mutation($id: ID!) { tagsAdd(id: $id, tags: ["vip"]) { userErrors { message } } }'
    assert lab.gql(query, {"id": made["id"]})["data"]["tagsAdd"]["userErrors"] == []
    [(_path, headers, body)] = receiver.wait(1)
    assert (headers["x-shopify-topic"], json.loads(body)["email"]) == ("customers/update", "tagged@example.com")


def test_returns(lab, order):
    query = """mutation($i: ReturnInput!) { returnCreate(returnInput: $i) { return { id name status totalQuantity }
      userErrors { code field } } }"""
    read = """query($id: ID!) { order(id: $id) { returnStatus returns(first: 2) { nodes { id status
      returnLineItems(first: 2) { nodes { quantity refundedQuantity returnReason
        ... on ReturnLineItem { fulfillmentLineItem { quantity } } } } } } } }"""

    def send_back(quantity):
        entry = {"fulfillmentLineItemId": sent, "quantity": quantity, "returnReason": "COLOR"}
        given = {"orderId": order["gid"], "returnLineItems": [entry]}
        return lab.gql(query, {"i": given})["data"]["returnCreate"]

    sent = "gid://shopify/FulfillmentLineItem/1"
    assert send_back(1)["userErrors"][0]["code"] == "NOT_FOUND"
    lab.act(order, "fulfill")
    sent = f"gid://shopify/FulfillmentLineItem/{lab.stored(order)['fulfillments'][0]['lines'][0]['id']}"
    assert send_back(3)["userErrors"][0]["code"] == "INVALID"
    made = send_back(1)["return"]
    assert (made["name"], made["status"], made["totalQuantity"]) == (f"{order['name']}-R1", "OPEN", 1)
    assert send_back(2)["userErrors"][0]["code"] == "INVALID"
    lab.act(order, "refund", lines=[{"line_id": order["lines"][0]["id"], "quantity": 1}])
    found = lab.gql(read, {"id": order["gid"]})["data"]["order"]
    assert found["returnStatus"] == "IN_PROGRESS"
    assert found["returns"]["nodes"][0]["returnLineItems"]["nodes"] == [
        {"quantity": 1, "refundedQuantity": 1, "returnReason": "COLOR", "fulfillmentLineItem": {"quantity": 2}}
    ]
    close = "mutation($id: ID!) { returnClose(id: $id) { return { status closedAt } userErrors { code } } }"
    assert lab.gql(close, {"id": made["id"]})["data"]["returnClose"]["return"]["status"] == "CLOSED"
    assert lab.gql(close, {"id": made["id"]})["data"]["returnClose"]["userErrors"] == [{"code": "INVALID_STATE"}]
    after = lab.gql("query($id: ID!, $r: ID!) { order(id: $id) { returnStatus } return(id: $r) { status } }",
                    {"id": order["gid"], "r": made["id"]})  # fmt: skip
    assert after["data"] == {"order": {"returnStatus": "RETURNED"}, "return": {"status": "CLOSED"}}
