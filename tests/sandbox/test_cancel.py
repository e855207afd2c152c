"""Cancelling by the API, archiving and deleting, with the rules of the platform."""

CANCEL = """mutation($id: ID!, $restock: Boolean!, $refund: Boolean!) {
  orderCancel(orderId: $id, reason: STAFF, restock: $restock, refundMethod: {originalPaymentMethodsRefund: $refund}) {
    job { id done } orderCancelUserErrors { code field message } } }"""


def cancel(lab, order, *, restock=True, refund=True):
    answer = lab.gql(CANCEL, {"id": order["gid"], "restock": restock, "refund": refund})
    return answer["data"]["orderCancel"]


def code(answer):
    (error,) = answer["orderCancelUserErrors"]
    assert answer["job"] is None and error["message"]
    return error["code"]


def test_paid_order_with_and_without_money_back(lab):
    order = lab.place(financial="paid")
    assert cancel(lab, order)["job"]["done"] is False
    stored = lab.stored(order)
    assert (stored["cancel_reason"], [t["kind"] for t in stored["transactions"]]) == ("STAFF", ["SALE", "REFUND"])
    assert stored["refunds"][0]["lines"][0]["restock_type"] == "CANCEL"
    kept = lab.place(financial="paid")
    assert cancel(lab, kept, restock=False, refund=False)["orderCancelUserErrors"] == []
    stored = lab.stored(kept)
    assert [t["kind"] for t in stored["transactions"]] == ["SALE"]
    assert stored["refunds"][0]["lines"][0]["restock_type"] == "NO_RESTOCK"
    assert stored["cancelled_at"] and stored["closed_at"]


def test_authorization_is_voided_in_any_case(lab):
    order = lab.place(financial="authorized")
    cancel(lab, order, refund=False)
    assert [t["kind"] for t in lab.stored(order)["transactions"]] == ["AUTHORIZATION", "VOID"]


def test_refused(lab):
    order = lab.place(financial="paid")
    cancel(lab, order)
    assert code(cancel(lab, order)) == "INVALID"
    shipped = lab.act(lab.place(financial="paid"), "fulfill")
    assert code(cancel(lab, shipped)) == "INVALID"
    assert code(cancel(lab, {"gid": "gid://shopify/Order/1"})) == "NOT_FOUND"
    assert lab.stored(shipped)["cancelled_at"] is None


def test_scope_is_needed(lab):
    order = lab.place(financial="paid")
    lab.control("PATCH", "", {"scopes": ["read_orders"]})
    answer = lab.raw(CANCEL, {"id": order["gid"], "restock": True, "refund": True}).json
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert "write_orders" in answer["errors"][0]["message"]
    assert lab.stored(order)["cancelled_at"] is None


def test_archive_and_back(lab):
    order = lab.place(financial="paid")
    lab.act(order, "archive")
    assert lab.stored(order)["closed_at"]
    lab.control("POST", f"/orders/{order['id']}/archive", {}, status=400)
    lab.act(order, "unarchive")
    assert lab.stored(order)["closed_at"] is None
    lab.control("POST", f"/orders/{order['id']}/unarchive", {}, status=400)
