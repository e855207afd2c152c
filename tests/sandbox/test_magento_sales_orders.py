"""What happens to the orders of a Magento shop, and how they are told."""

import pytest

from sandbox.framework.server import Hangup

from .magento_sales import HOME, VAT, item_ids, money, order, owed, place, product


def refused(lab, path: str, body=None, status: int = 400) -> str:
    return lab.call("POST", path, body or {}, status=status)["message"]


# --- placing ---------------------------------------------------------------------------------------------------------
def test_a_guests_order(magento):
    shown = order(magento, place(magento, shipping={"title": "Flat Rate - Fixed", "price": "5"}, note="Ring twice"))
    assert (shown["increment_id"], shown["state"], shown["status"]) == ("000000001", "new", "pending")
    assert (shown["customer_is_guest"], shown["customer_group_id"]) == (1, 0)
    assert "customer_id" not in shown and shown["customer_note"] == "Ring twice"
    assert shown["store_name"] == "Main Website\nMain Website Store\nDefault Store View"
    billing = shown["billing_address"]
    assert (billing["firstname"], billing["street"], billing["country_id"]) == ("Zoé", ["1 rue du Bac"], "FR")
    (assignment,) = shown["extension_attributes"]["shipping_assignments"]
    assert assignment["shipping"]["method"] == "flatrate_flatrate"
    assert assignment["shipping"]["address"]["address_type"] == "shipping"
    assert assignment["items"] == shown["items"]
    assert shown["payment"]["additional_information"] == ["Check / Money order"]


def test_a_customers_order_in_the_second_store_view(magento):
    websites = [{"code": "base", "stores": [{"code": "default"}, {"code": "de", "locale": "de_DE"}]}]
    magento.client.post("/_control/shops", json={"domain": "two.magento.test", "websites": websites})
    magento.domain = "two.magento.test"
    person = {"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com", "default_address": HOME}
    number = magento.control("POST", "/customers", person, status=201)["id"]
    shown = order(magento, place(magento, customer=number, store="de"))
    assert (shown["customer_id"], shown["customer_firstname"], shown["customer_is_guest"]) == (number, "Ann", 0)
    assert (shown["store_id"], shown["increment_id"]) == (2, "2000000001")


def test_a_virtual_order_has_no_delivery(magento):
    lines = [{"title": "Course", "price": "30", "requires_shipping": False}]
    number = place(magento, lines=lines)
    shown = order(magento, number)
    (assignment,) = shown["extension_attributes"]["shipping_assignments"]
    assert shown["is_virtual"] == 1 and "address" not in assignment["shipping"]
    magento.call("POST", f"order/{number}/invoice", {"capture": True})
    assert order(magento, number)["state"] == "complete"


def test_gift_messages(magento):
    line = {"title": "Mug", "price": "5", "gift_message": {"sender": "A", "recipient": "B", "message": "For you"}}
    shown = order(magento, place(magento, lines=[line], gift_message="Alles Gute"))
    assert shown["extension_attributes"]["gift_message"]["message"] == "Alles Gute"
    assert shown["items"][0]["extension_attributes"]["gift_message"]["recipient"] == "B"


def test_paid_through_a_provider(magento):
    number = place(magento, payment="braintree", financial="paid")
    shown = order(magento, number)
    assert (shown["state"], shown["total_paid"], shown["total_due"]) == ("processing", 40, 0)
    (invoice,) = magento.search("invoices", ("order_id", number, "eq"))["items"]
    assert invoice["transaction_id"] == shown["payment"]["last_trans_id"]
    (transaction,) = magento.search("transactions")["items"]
    assert (transaction["txn_type"], transaction["order_id"]) == ("capture", number)
    authorized = order(magento, place(magento, payment="braintree", financial="authorized"))
    assert (authorized["state"], authorized["payment"]["amount_authorized"]) == ("processing", 40)
    assert "total_paid" not in authorized


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"lines": []}, "needs lines"),
        ({"payment": "shells"}, "payment must be one of"),
        ({"currency": "XXX"}, "no rate"),
        ({"store": "nowhere"}, "store view"),
        ({"customer": 99}, "no customer"),
    ],
)
def test_orders_that_make_no_sense(magento, spec, reason):
    spec = {"lines": [{"title": "A", "price": "1"}], **spec}
    assert reason in magento.control("POST", "/orders", spec, status=400)["error"]


# --- invoices --------------------------------------------------------------------------------------------------------
def test_invoices_come_to_the_order(magento):
    lines = [
        {"title": "Mug", "sku": "A", "price": "3.33", "quantity": 3},
        {"title": "Jar", "sku": "B", "price": "7.77", "quantity": 2, "discount_percent": "12.5"},
    ]
    number = place(magento, lines=lines, rates=VAT, shipping={"title": "F", "price": "4.99"}, discount={"percent": "7"})
    ids = item_ids(magento, number)
    for rows in ([("A", 1)], [("A", 1), ("B", 1)], [("A", 1), ("B", 1)]):
        body = {"items": [{"order_item_id": ids[sku], "qty": quantity} for sku, quantity in rows]}
        magento.call("POST", f"order/{number}/invoice", body)
    shown = order(magento, number)
    found = magento.search("invoices", ("order_id", number, "eq"))["items"]
    assert [invoice["shipping_amount"] for invoice in found] == [4.99, 0, 0]
    for name in ("grand_total", "tax_amount", "subtotal", "discount_amount"):
        assert sum(money(invoice[name]) for invoice in found) == money(shown[name])
    assert all(owed(invoice, invoice["items"]) == money(invoice["grand_total"]) for invoice in found)
    assert (shown["total_paid"], shown["total_due"]) == (shown["grand_total"], 0)
    assert {item["qty_invoiced"] for item in shown["items"]} == {3, 2}


def test_invoices_that_cannot_be(magento):
    number = place(magento)
    ids = item_ids(magento, number)
    path = f"order/{number}/invoice"
    assert "not be greater than the uninvoiced" in refused(
        magento, path, {"items": [{"order_item_id": ids["MUG"], "qty": 3}]}
    )
    assert "not part of the original order" in refused(magento, path, {"items": [{"order_item_id": 99, "qty": 1}]})
    assert "without products" in refused(magento, path, {"items": [{"order_item_id": ids["MUG"], "qty": 0}]})
    assert refused(magento, "order/99/invoice", status=404).startswith("The entity that was requested")
    magento.call("POST", path)
    assert "does not allow an invoice" in refused(magento, path)


def test_an_invoice_that_is_paid_later(magento):
    number = place(magento)
    magento.control("POST", f"/orders/{number}/invoice", {"paid": False})
    (invoice,) = magento.search("invoices")["items"]
    assert (invoice["state"], order(magento, number).get("total_paid")) == (1, None)
    assert magento.call("POST", f"invoices/{invoice['entity_id']}/capture")
    assert order(magento, number)["total_paid"] == 40
    assert magento.get(f"invoices/{invoice['entity_id']}")["state"] == 2


# --- shipments -------------------------------------------------------------------------------------------------------
def test_shipments_with_numbers(magento):
    number = place(magento)
    (item_id,) = item_ids(magento, number).values()
    track = {"track_number": "1Z", "title": "UPS", "carrier_code": "ups"}
    body = {"items": [{"order_item_id": item_id, "qty": 1}], "tracks": [track], "notify": True}
    first = magento.call("POST", f"order/{number}/ship", body)
    assert order(magento, number)["state"] == "processing"
    second = magento.call("POST", f"order/{number}/ship", {})
    later = {"order_id": number, "parent_id": second, "track_number": "2Z", "title": "DHL", "carrier_code": "dhl"}
    added = magento.call("POST", "shipment/track", {"entity": {**later, "weight": 1, "qty": 1, "description": ""}})
    found = magento.search("shipments", ("order_id", number, "eq"))["items"]
    assert [[track["track_number"] for track in record["tracks"]] for record in found] == [["1Z"], ["2Z"]]
    assert found[0]["entity_id"] == first and found[0]["extension_attributes"] == {"source_code": "default"}
    assert magento.raw("DELETE", f"shipment/track/{added['entity_id']}").json is True
    assert magento.get(f"shipment/{second}")["tracks"] == []
    assert "does not allow a shipment" in refused(magento, f"order/{number}/ship")


def test_what_is_not_invoiced_stays_in_processing(magento):
    number = place(magento)
    magento.call("POST", f"order/{number}/ship", {})
    assert order(magento, number)["state"] == "processing"
    magento.call("POST", f"order/{number}/invoice", {})
    assert order(magento, number)["state"] == "complete"


def test_a_variant_is_sent_as_its_parent_or_as_itself(magento):
    lines = [{"type": "configurable", "title": "Tee", "sku": "T-S", "price": "10", "quantity": 2,
              "children": [{"title": "Tee S", "sku": "T-S", "price": 0}]}]  # fmt: skip
    number = place(magento, lines=lines)
    parent, child = order(magento, number)["items"]
    magento.call("POST", f"order/{number}/ship", {"items": [{"order_item_id": parent["item_id"], "qty": 2}]})
    (shipment,) = magento.search("shipments")["items"]
    assert [(row["order_item_id"], row["qty"]) for row in shipment["items"]] == [(parent["item_id"], 2)]
    assert [item["qty_shipped"] for item in order(magento, number)["items"]] == [2, 2]
    assert child["parent_item_id"] == parent["item_id"]


def test_a_bundle_is_sent_as_one_or_in_parts(magento):
    parts = [{"title": "Cup", "sku": "C", "price": 4, "quantity": 2}, {"title": "Plate", "sku": "P", "price": 6}]
    line = {"type": "bundle", "title": "Set", "sku": "SET", "quantity": 1, "children": parts}
    together = place(magento, lines=[line])
    magento.call("POST", f"order/{together}/ship", {})
    separate = place(magento, lines=[{**line, "separately": True}])
    whole, cups, plates = order(magento, separate)["items"]
    rows = [{"order_item_id": cups["item_id"], "qty": 2}]
    magento.call("POST", f"order/{separate}/ship", {"items": rows})
    first, second = magento.search("shipments")["items"]
    assert [row["sku"] for row in first["items"]] == ["SET"]
    assert [(row["sku"], row["qty"]) for row in second["items"]] == [("C", 2)]
    magento.call("POST", f"order/{separate}/invoice", {"items": [{"order_item_id": whole["item_id"], "qty": 1}]})
    assert order(magento, separate)["total_due"] == 0
    assert plates["qty_ordered"] == 1


# --- credit memos ----------------------------------------------------------------------------------------------------
def paid(magento, **spec) -> int:
    number = place(magento, rates=VAT, shipping={"title": "F", "price": "5"}, **spec)
    magento.call("POST", f"order/{number}/invoice", {})
    return number


def test_credit_memos_come_to_the_order(magento):
    lines = [{"title": "Mug", "sku": "MUG", "price": "3.33", "quantity": 3}]
    number = paid(magento, lines=lines, discount={"percent": "7", "shipping": True})
    (item_id,) = item_ids(magento, number).values()
    row = {"items": [{"order_item_id": item_id, "qty": 1}]}
    magento.call("POST", f"order/{number}/refund", {**row, "arguments": {"shipping_amount": 2}})
    magento.call("POST", f"order/{number}/refund", {**row, "arguments": {"shipping_amount": 0}})
    magento.call("POST", f"order/{number}/refund", {})
    shown = order(magento, number)
    memos = magento.search("creditmemos", ("order_id", number, "eq"))["items"]
    assert [memo["shipping_amount"] for memo in memos] == [2, 0, 3]
    for name in ("grand_total", "tax_amount", "subtotal", "discount_amount"):
        assert sum(money(memo[name]) for memo in memos) == money(shown[name])
    assert all(owed(memo, memo["items"]) == money(memo["grand_total"]) for memo in memos)
    assert (shown["state"], shown["total_refunded"]) == ("closed", shown["grand_total"])
    assert shown["total_offline_refunded"] == shown["grand_total"]


def test_money_alone_is_given_back_with_a_quantity_of_0(magento):
    number = paid(magento)
    (item_id,) = item_ids(magento, number).values()
    arguments = {"shipping_amount": 0, "adjustment_positive": 7.5, "adjustment_negative": 0.5}
    body = {
        "items": [{"order_item_id": item_id, "qty": 0}],
        "arguments": arguments,
        "comment": {"comment": "Sorry", "is_visible_on_front": 0},
    }
    magento.call("POST", f"order/{number}/refund", body)
    (memo,) = magento.search("creditmemos")["items"]
    assert (memo["grand_total"], memo["items"], memo["adjustment"]) == (7, [], 7)
    assert memo["comments"][0]["comment"] == "Sorry"
    assert order(magento, number)["items"][0]["qty_refunded"] == 0


def test_no_items_are_all_items(magento):
    number = paid(magento)
    magento.call("POST", f"order/{number}/refund", {"arguments": {"adjustment_negative": 4}})
    assert magento.search("creditmemos")["items"][0]["grand_total"] == 50


def test_credit_memos_that_cannot_be(magento):
    number = place(magento)
    path = f"order/{number}/refund"
    assert "does not allow a creditmemo" in refused(magento, path)
    magento.call("POST", f"order/{number}/invoice", {})
    (item_id,) = item_ids(magento, number).values()
    too_many = {"items": [{"order_item_id": item_id, "qty": 3}]}
    assert "greater than the unrefunded quantity" in refused(magento, path, too_many)
    assert "Maximum shipping amount" in refused(magento, path, {"arguments": {"shipping_amount": 1}})
    assert "most money available to refund is 40.00" in refused(
        magento, path, {"arguments": {"adjustment_positive": 1}}
    )
    nothing = {"items": [{"order_item_id": item_id, "qty": 0}]}
    assert "must be positive" in refused(magento, path, nothing)
    assert magento.search("creditmemos")["total_count"] == 0
    assert order(magento, number).get("total_refunded") is None


def test_online_refunds_go_through_the_provider(magento):
    number = place(magento, payment="braintree", financial="paid")
    (invoice,) = magento.search("invoices")["items"]
    magento.call("POST", f"invoice/{invoice['entity_id']}/refund", {"isOnline": True})
    (memo,) = magento.search("creditmemos")["items"]
    assert (memo["invoice_id"], order(magento, number)["total_online_refunded"]) == (invoice["entity_id"], 40)
    assert {entry["txn_type"] for entry in magento.search("transactions")["items"]} == {"capture", "refund"}
    assert magento.get(f"invoices/{invoice['entity_id']}")["is_used_for_refund"] == 1


def test_a_refund_in_the_customers_currency(magento):
    magento.control("PATCH", "", {"currencies": {"USD": 1.1}})
    number = paid(magento, currency="USD")
    (item_id,) = item_ids(magento, number).values()
    body = {"items": [{"order_item_id": item_id, "qty": 0}], "arguments": {"shipping_amount": 5}}
    magento.call("POST", f"order/{number}/refund", body)
    (memo,) = magento.search("creditmemos")["items"]
    assert (memo["base_grand_total"], memo["grand_total"]) == (6, 6.6)


# --- held, cancelled, edited -----------------------------------------------------------------------------------------
def test_holding_and_letting_go(magento):
    number = place(magento)
    assert magento.raw("POST", f"orders/{number}/hold").json is True
    held = order(magento, number)
    assert (held["state"], held["hold_before_state"], held["hold_before_status"]) == ("holded", "new", "pending")
    assert refused(magento, f"orders/{number}/hold") == "A hold action is not available."
    assert "cannot be created" in refused(magento, f"order/{number}/ship")
    assert magento.raw("POST", f"orders/{number}/cancel").json is False
    assert magento.raw("POST", f"orders/{number}/unhold").json is True
    assert order(magento, number)["state"] == "new"
    assert refused(magento, f"orders/{number}/unhold") == "You cannot remove the hold."


def test_cancelling(magento):
    number = place(magento)
    assert magento.raw("POST", f"orders/{number}/cancel").json is True
    shown = order(magento, number)
    assert (shown["state"], shown["total_canceled"], shown["items"][0]["qty_canceled"]) == ("canceled", 40, 2)
    assert shown["status_histories"][0]["status"] == "canceled"
    assert magento.raw("POST", f"orders/{number}/cancel").json is False
    complete = place(magento, financial="paid")
    assert magento.raw("POST", f"orders/{complete}/cancel").json is False
    assert order(magento, complete)["state"] == "processing"


def test_editing_an_order_makes_another_one(magento):
    number = place(magento)
    lines = [{"title": "Mug", "sku": "MUG", "price": "20", "quantity": 1}]
    new = magento.control("POST", f"/orders/{number}/edit", {"lines": lines, "email": "zoe@example.com"})
    old, edited = order(magento, number), order(magento, new["id"])
    assert (old["state"], old["relation_child_real_id"]) == ("canceled", "000000001-1")
    assert (edited["increment_id"], edited["relation_parent_id"]) == ("000000001-1", str(number))
    assert (edited["original_increment_id"], edited["edit_increment"]) == ("000000001", 1)


def test_comments(magento):
    number = place(magento)
    note = {"comment": "Packed", "is_customer_notified": 0, "is_visible_on_front": 1, "parent_id": number}
    magento.sandbox.services.clock.change(advance=60)
    assert magento.raw("POST", f"orders/{number}/comments", {"statusHistory": note}).json is True
    shown = order(magento, number)
    assert (shown["status_histories"][0]["comment"], shown["updated_at"]) == ("Packed", "2026-11-20 12:01:00")
    assert magento.get(f"orders/{number}/comments")["total_count"] == 1
    other = {**note, "status": "complete"}
    assert (
        "not part of the order status history"
        in magento.call("POST", f"orders/{number}/comments", {"statusHistory": other}, status=400)["message"]
    )


def test_what_a_caller_may_write(magento):
    number = place(magento)
    magento.call("POST", "orders", {"entity": {"entity_id": number, "ext_order_id": "S00001", "grand_total": 1}})
    shown = order(magento, number)
    assert (shown["ext_order_id"], shown["grand_total"]) == ("S00001", 40)
    assert magento.search("orders", ("ext_order_id", "S00001", "eq"))["total_count"] == 1


# --- listing ---------------------------------------------------------------------------------------------------------
def test_incremental_listing(magento):
    numbers = []
    for _ in range(5):
        numbers.append(place(magento))
        magento.sandbox.services.clock.change(advance=10)
    magento.control("POST", f"/orders/{numbers[0]}/touch", {"note": "hello"})
    sort = "&".join(
        f"searchCriteria[sortOrders][{n}][{key}]={value}"
        for n, field in enumerate(("updated_at", "entity_id"))
        for key, value in (("field", field), ("direction", "ASC"))
    )
    query = f"{sort}&searchCriteria[pageSize]=2&searchCriteria[currentPage]=2"
    page = magento.search("orders", ("updated_at", "2026-11-20 12:00:10", "gteq"), query=query)
    assert page["total_count"] == 5
    assert [item["entity_id"] for item in page["items"]] == [numbers[3], numbers[4]]
    cheap = magento.search("orders", query="fields=items[entity_id,updated_at],total_count&searchCriteria=")
    assert set(cheap["items"][0]) == {"entity_id", "updated_at"}
    both = magento.search("invoices", ("order_id", "1,2", "in"))
    assert both["total_count"] == 0


def test_an_unknown_column_is_an_error_of_the_database(magento):
    place(magento)
    criteria = "searchCriteria[filter_groups][0][filters][0][field]=nonsense&"
    criteria += "searchCriteria[filter_groups][0][filters][0][value]=1"
    assert magento.call("GET", "orders", query=criteria, status=500)["message"].startswith("Internal Error")


def test_resources_that_are_needed(magento):
    number = place(magento)
    magento.control("PATCH", "", {"resources": ["Magento_Sales::actions_view"]})
    assert order(magento, number)
    answer = magento.call("POST", f"order/{number}/ship", {}, status=401)
    assert answer["parameters"] == {"resources": "Magento_Sales::ship"}


def test_faults_hit_sales(magento):
    number = place(magento)
    fault = {"kind": "reset", "after": True, "match": "POST order/{orderId:int}/ship", "count": 1}
    magento.client.post("/_control/faults", json=fault)
    with pytest.raises(Hangup):
        magento.raw("POST", f"order/{number}/ship", {})
    assert magento.search("shipments")["total_count"] == 1


def test_what_is_refused_leaves_nothing(magento):
    product(magento, "cup", stock=1)
    number = place(magento, lines=[{"sku": "cup", "quantity": 2}])
    assert refused(magento, f"order/{number}/ship").startswith("Not all of your products")
    assert magento.search("shipments")["total_count"] == 0
    assert order(magento, number)["items"][0]["qty_shipped"] == 0


# --- the books -------------------------------------------------------------------------------------------------------
def test_the_books(magento):
    number = paid(magento, discount={"percent": "10"})
    magento.control("POST", f"/orders/{number}/ship", {"number": "1Z"})
    (item_id,) = item_ids(magento, number).values()
    magento.control("POST", f"/orders/{number}/refund", {"lines": [{"item_id": item_id, "quantity": 1}]})
    (entry,) = magento.control("GET", "/ledger")["orders"]
    assert (entry["id"], entry["total"], entry["tax_total"], entry["currency"]) == (str(number), "49.20", "8.20", "EUR")
    assert entry["lines"][0]["net"] == "36.00" and entry["shipments"][0]["numbers"] == ["1Z"]
    assert (entry["refunds"][0]["amount"], entry["refunds"][0]["units"]) == ("21.6", {str(item_id): 1})


def test_the_control_api_of_an_order(magento):
    number = place(magento)
    for action, state in (("hold", "holded"), ("release", "new"), ("invoice", "processing"), ("ship", "complete")):
        assert magento.control("POST", f"/orders/{number}/{action}", {})["state"] == state
    assert magento.control("POST", f"/orders/{number}/refund", {})["state"] == "closed"
    assert len(magento.control("GET", f"/orders/{number}")["creditmemos"]) == 1
    magento.control("POST", f"/orders/{number}/cancel", {}, status=400)
    magento.control("POST", f"/orders/{number}/delete", {})
    magento.control("GET", f"/orders/{number}", status=404)
    assert magento.search("invoices")["total_count"] == 0
    magento.call("GET", f"orders/{number}", status=404)


# --- its pages -------------------------------------------------------------------------------------------------------
def test_pages_of_orders(magento):
    product(magento, "cup", stock=5, price=12)
    form = {"sku": ["cup", "", ""], "quantity": ["2", "1", "1"], "place": "9", "payment": "checkmo"}
    placed = magento.client.post(f"/shop/{magento.domain}/orders/place", data=form)
    assert placed.status_code == 303
    here = placed.location
    for action in ("invoice", "ship"):
        assert magento.client.post(f"{here}/{action}").status_code == 303
    text = magento.client.get(here).text
    assert "complete" in text and "SANDBOX" in text
    assert "cannot be cancelled" in magento.client.post(f"{here}/cancel").text
    assert "000000001" in magento.client.get(f"/shop/{magento.domain}/orders").text
    anything = magento.client.post(f"/shop/{magento.domain}/orders/place", data={"payment": "braintree"})
    assert "processing" in magento.client.get(anything.location).text
    assert magento.client.get(f"/shop/{magento.domain}/orders/99").status_code == 404


def test_lists_of_values(magento):
    numbers = [place(magento) for _ in range(3)]
    for wanted, kind, found in (("1,3", "in", [1, 3]), ("1,3", "nin", [2]), ("x", "in", []), ("1.0", "in", [1])):
        items = magento.search("orders", ("entity_id", wanted, kind))["items"]
        assert [item["entity_id"] for item in items] == found
    named = magento.search("orders", ("customer_email", "ZOE@example.com,ann@example.com", "in"))
    assert named["total_count"] == len(numbers)
