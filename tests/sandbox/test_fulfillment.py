"""Fulfillment orders and fulfillments: routing, shipping by the API, tracking, holds, splits, moves, cancelling."""

import json

import pytest

from sandbox.shopify import status

READ = """query($id: ID!) { order(id: $id) { displayFulfillmentStatus closed fulfillmentOrders(first: 9) { nodes {
  id status supportedActions { action } fulfillmentHolds { reason }
  assignedLocation { name countryCode location { id } }
  lineItems(first: 9) { nodes { id totalQuantity remainingQuantity sku lineItem { id } } } } }
  fulfillments(first: 9) { id name status displayStatus location { id } trackingInfo { company number url }
    fulfillmentLineItems(first: 9) { nodes { quantity lineItem { id } } } fulfillmentOrders(first: 2) { nodes { id } } }
} }"""
CREATE = """mutation($fulfillment: FulfillmentInput!) { fulfillmentCreate(fulfillment: $fulfillment) {
  fulfillment { id status location { name } trackingInfo { company number url } } userErrors { field message } } }"""
TRACK = """mutation($id: ID!, $tracking: FulfillmentTrackingInput!) {
  fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $tracking) {
    fulfillment { trackingInfo { number url } } userErrors { message } } }"""
CANCEL = "mutation($id: ID!) { fulfillmentCancel(id: $id) { fulfillment { status } userErrors { message } } }"


@pytest.fixture
def mugs(lab):
    return lab.control("POST", "/products", {"title": "Mug", "price": "9.00", "sku": "MUG"})["variants"][0]


@pytest.fixture
def hub(lab, mugs):
    """A second location with 100 mugs; the first has 41."""
    place = lab.control("POST", "/locations", {"name": "Hub"})
    lab.control("POST", "/stock", {"sku": "MUG", "location_id": place["id"], "available": 100})
    return f"gid://shopify/Location/{place['id']}"


def read(lab, order) -> dict:
    return lab.gql(READ, {"id": order["gid"]})["data"]["order"]


def work(lab, order) -> list:
    return read(lab, order)["fulfillmentOrders"]["nodes"]


def ship(lab, *places, tracking=None, units=None):
    """Ship fulfillment orders; ``units``: {line gid: quantity}, of the first one."""
    entries = [{"fulfillmentOrderId": place["id"]} for place in places]
    if units is not None:
        entries[0]["fulfillmentOrderLineItems"] = [{"id": k, "quantity": v} for k, v in units.items()]
    given = {"lineItemsByFulfillmentOrder": entries, "trackingInfo": tracking, "notifyCustomer": False}
    return lab.gql(CREATE, {"fulfillment": given})["data"]["fulfillmentCreate"]


def message(answer) -> str:
    (error,) = answer["userErrors"]
    return error["message"]


def actions(place) -> set:
    return {entry["action"] for entry in place["supportedActions"]}


def test_whole_order_with_tracking(lab, mugs):
    order = lab.place(lines=[{"variant_id": mugs["id"], "quantity": 2}], financial="paid")
    (place,) = work(lab, order)
    assert (place["status"], actions(place)) == ("OPEN", {"CREATE_FULFILLMENT", "MOVE", "HOLD", "SPLIT"})
    assert place["assignedLocation"]["name"] == "Main warehouse"
    done = ship(lab, place, tracking={"company": "UPS", "numbers": ["1Z1", "1Z2"]})
    assert done["userErrors"] == []
    assert done["fulfillment"]["trackingInfo"] == [
        {"company": "UPS", "number": n, "url": f"https://www.ups.com/track?tracknum={n}"} for n in ("1Z1", "1Z2")
    ]
    after = read(lab, order)
    assert (after["displayFulfillmentStatus"], after["closed"]) == ("FULFILLED", True)
    (closed,) = after["fulfillmentOrders"]["nodes"]
    assert (closed["status"], closed["supportedActions"]) == ("CLOSED", [])
    (sent,) = after["fulfillments"]
    assert sent["location"] == {"id": place["assignedLocation"]["location"]["id"]}
    assert sent["fulfillmentOrders"]["nodes"] == [{"id": place["id"]}]
    assert message(ship(lab, place)).endswith("has an unfulfillable status= closed.")


def test_part_then_rest(lab, mugs):
    order = lab.place(lines=[{"variant_id": mugs["id"], "quantity": 3}], financial="paid")
    (place,) = work(lab, order)
    line = place["lineItems"]["nodes"][0]["id"]
    assert message(ship(lab, place, units={line: 4})) == "Invalid fulfillment order line item quantity requested."
    assert message(ship(lab, place, units={line: 0})) == "Invalid fulfillment order line item quantity requested."
    assert message(ship(lab, place, units={"gid://shopify/FulfillmentOrderLineItem/1": 1}))
    ship(lab, place, units={line: 2}, tracking={"number": "X1"})
    (place,) = work(lab, order)
    assert (place["status"], place["lineItems"]["nodes"][0]["remainingQuantity"]) == ("IN_PROGRESS", 1)
    assert "CREATE_FULFILLMENT" in actions(place)
    ship(lab, place)
    after = read(lab, order)
    assert [f["fulfillmentLineItems"]["nodes"][0]["quantity"] for f in after["fulfillments"]] == [2, 1]
    assert [f["trackingInfo"] for f in after["fulfillments"]] == [[{"company": None, "number": "X1", "url": None}], []]


def test_rules_of_one_call(lab, mugs, hub):
    many = {"variant_id": mugs["id"], "quantity": 60}
    split = lab.place(lines=[many, {"variant_id": mugs["id"], "quantity": 41}], financial="paid")
    places = work(lab, split)
    # 41 are in the first place, 100 in the second, which does not hold 60 and 41 together either - per line it does.
    assert [p["assignedLocation"]["location"]["id"] == hub for p in places] == [True]
    other = lab.place(financial="paid")
    assert message(ship(lab, places[0], *work(lab, other))).startswith("All fulfillment orders must belong")
    assert message(ship(lab, {"id": "gid://shopify/FulfillmentOrder/3"})) == "Fulfillment order does not exist."


def test_split_over_locations_and_moved(lab, mugs, hub):
    plate = lab.control("POST", "/products", {"title": "Plate", "price": "5.00", "sku": "PLATE"})["variants"][0]
    lines = [{"variant_id": mugs["id"], "quantity": 60}, {"variant_id": plate["id"], "quantity": 1}]
    order = lab.place(lines=lines, financial="paid")
    main, other = sorted(work(lab, order), key=lambda p: p["assignedLocation"]["location"]["id"] == hub)
    assert [n["sku"] for n in main["lineItems"]["nodes"]] == ["PLATE"]
    assert other["assignedLocation"]["location"]["id"] == hub
    assert message(ship(lab, main, other)) == "All fulfillment orders must be assigned to the same location."
    query = """mutation($id: ID!, $place: ID!) { fulfillmentOrderMove(id: $id, newLocationId: $place) {
      movedFulfillmentOrder { id assignedLocation { location { id } } } userErrors { message } } }"""
    moved = lab.gql(query, {"id": main["id"], "place": hub})["data"]["fulfillmentOrderMove"]
    assert moved["movedFulfillmentOrder"] == {"id": main["id"], "assignedLocation": {"location": {"id": hub}}}
    stock = lab.control("GET", "/stock?sku=PLATE")["stock"][0]["levels"]
    assert [(e["available"], e["committed"], e["active"]) for e in stock] == [(41, 0, True), (-1, 1, False)]
    assert ship(lab, main, other)["userErrors"] == []
    assert read(lab, order)["displayFulfillmentStatus"] == "FULFILLED"


def test_hold_and_release(lab, mugs):
    order = lab.place(lines=[{"variant_id": mugs["id"], "quantity": 2}], financial="paid")
    (place,) = work(lab, order)
    hold = """mutation($id: ID!, $hold: FulfillmentOrderHoldInput!) {
      fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) {
      fulfillmentHold { id displayReason } fulfillmentOrder { status } remainingFulfillmentOrder { status }
      userErrors { code } } }"""
    release = """mutation($id: ID!) { fulfillmentOrderReleaseHold(id: $id) {
      fulfillmentOrder { status } userErrors { code } } }"""
    given = {"reason": "AWAITING_PAYMENT", "reasonNotes": "bank"}
    held = lab.gql(hold, {"id": place["id"], "hold": given})["data"]["fulfillmentOrderHold"]
    assert held["fulfillmentHold"]["displayReason"] == "Awaiting payment"
    assert read(lab, order)["displayFulfillmentStatus"] == "ON_HOLD"
    assert message(ship(lab, place)).endswith("has an unfulfillable status= on_hold.")
    again = lab.gql(hold, {"id": place["id"], "hold": given})["data"]["fulfillmentOrderHold"]
    assert again["userErrors"] == [{"code": "DUPLICATE_FULFILLMENT_HOLD_HANDLE"}]
    freed = lab.gql(release, {"id": place["id"]})["data"]["fulfillmentOrderReleaseHold"]
    assert freed == {"fulfillmentOrder": {"status": "OPEN"}, "userErrors": []}
    line = {"id": place["lineItems"]["nodes"][0]["id"], "quantity": 1}
    part = lab.gql(hold, {"id": place["id"], "hold": {**given, "fulfillmentOrderLineItems": [line]}})
    assert part["data"]["fulfillmentOrderHold"]["remainingFulfillmentOrder"] == {"status": "OPEN"}
    assert sorted(p["status"] for p in work(lab, order)) == ["ON_HOLD", "OPEN"]


def test_split_is_all_or_nothing(lab, mugs):
    order = lab.place(lines=[{"variant_id": mugs["id"], "quantity": 3}], financial="paid")
    (place,) = work(lab, order)
    query = """mutation($splits: [FulfillmentOrderSplitInput!]!) {
      fulfillmentOrderSplit(fulfillmentOrderSplits: $splits) {
      fulfillmentOrderSplits { remainingFulfillmentOrder { lineItems(first: 2) { nodes { totalQuantity } } } }
      userErrors { code } } }"""
    line = place["lineItems"]["nodes"][0]["id"]

    def split(*quantities):
        splits = [
            {"fulfillmentOrderId": place["id"], "fulfillmentOrderLineItems": [{"id": line, "quantity": quantity}]}
            for quantity in quantities
        ]
        return lab.gql(query, {"splits": splits})["data"]["fulfillmentOrderSplit"]

    assert split(1, 9)["userErrors"] == [{"code": "INVALID_LINE_ITEM_QUANTITY"}]
    assert len(work(lab, order)) == 1
    assert len(split(1, 1)["fulfillmentOrderSplits"]) == 2
    assert [n["totalQuantity"] for p in work(lab, order) for n in p["lineItems"]["nodes"]] == [1, 1, 1]


def test_no_number_is_made_up(lab, mugs):
    order = lab.place(lines=[{"variant_id": mugs["id"], "quantity": 1}], financial="paid")
    done = ship(lab, *work(lab, order), tracking={"company": "UPS"})["fulfillment"]
    assert done["trackingInfo"] == [{"company": "UPS", "number": None, "url": None}]


def test_tracking_is_replaced_and_a_shipment_taken_back(lab, mugs):
    order = lab.place(lines=[{"variant_id": mugs["id"], "quantity": 1}], financial="paid")
    shipment = ship(lab, *work(lab, order), tracking={"company": "DHL Express", "number": "1"})["fulfillment"]
    tracking = {"company": "Own van", "number": "2", "url": "https://van.example.com/2"}
    changed = lab.gql(TRACK, {"id": shipment["id"], "tracking": tracking})["data"]["fulfillmentTrackingInfoUpdate"]
    assert changed["fulfillment"]["trackingInfo"] == [{"number": "2", "url": "https://van.example.com/2"}]
    undone = lab.gql(CANCEL, {"id": shipment["id"]})["data"]["fulfillmentCancel"]
    assert undone == {"fulfillment": {"status": "CANCELLED"}, "userErrors": []}
    after = read(lab, order)
    assert (after["displayFulfillmentStatus"], after["closed"]) == ("UNFULFILLED", False)
    assert [place["status"] for place in after["fulfillmentOrders"]["nodes"]] == ["CLOSED", "OPEN"]
    assert lab.gql(CANCEL, {"id": shipment["id"]})["data"]["fulfillmentCancel"]["userErrors"]
    assert lab.gql(TRACK, {"id": shipment["id"], "tracking": tracking})["data"]["fulfillmentTrackingInfoUpdate"][
        "userErrors"
    ]
    stock = lab.control("GET", "/stock?sku=MUG")["stock"][0]["levels"][0]
    assert (stock["available"], stock["committed"], stock["on_hand"]) == (40, 1, 41)


def test_webhooks_carry_the_shipment(lab, mugs, subscribe, receiver):
    subscribe("FULFILLMENTS_CREATE", "FULFILLMENTS_UPDATE", "ORDERS_FULFILLED")
    order = lab.place(lines=[{"variant_id": mugs["id"], "quantity": 1}], financial="paid")
    shipment = ship(lab, *work(lab, order), tracking={"company": "UPS", "number": "1"})["fulfillment"]
    lab.gql(TRACK, {"id": shipment["id"], "tracking": {"company": "UPS", "number": "2"}})
    calls = receiver.wait(3)
    bodies = {headers["x-shopify-topic"]: json.loads(body) for _, headers, body in calls}
    assert set(bodies) == {"fulfillments/create", "fulfillments/update", "orders/fulfilled"}
    created, updated = bodies["fulfillments/create"], bodies["fulfillments/update"]
    assert (created["tracking_numbers"], updated["tracking_numbers"]) == (["1"], ["2"])
    assert created["order_id"] == order["id"] and created["location_id"]
    assert bodies["orders/fulfilled"]["fulfillments"] == [created]


def test_scopes(lab, mugs):
    order = lab.place(lines=[{"variant_id": mugs["id"], "quantity": 1}], financial="paid")
    (place,) = work(lab, order)
    lab.control("PATCH", "", {"scopes": ["read_orders", "read_merchant_managed_fulfillment_orders", "read_locations"]})
    assert work(lab, order) == [place]
    given = {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": place["id"]}]}
    (error,) = lab.raw(CREATE, {"fulfillment": given}).json["errors"]
    assert error["extensions"]["code"] == "ACCESS_DENIED"


def test_every_seeded_order_adds_up(demo):
    """What fulfillment orders still hold is what is left to send, whatever happened to the order."""
    orders = demo.sandbox.services.store.all(demo.domain, "order")
    seen = set()
    for order in orders:
        left = {}
        for place in order["fulfillment_orders"]:
            seen.add((place["status"], place["location_id"]))
            for entry in place["lines"]:
                assert 0 <= entry["remaining"] <= entry["quantity"]
                if place["status"] in status.OPEN_FULFILLMENT:
                    left[entry["line_id"]] = left.get(entry["line_id"], 0) + entry["remaining"]
        for line in order["lines"]:
            assert left.get(line["id"], 0) == status.to_fulfill(order, line), order["name"]
    assert {state for state, _ in seen} == {"OPEN", "CLOSED", "IN_PROGRESS"}
    assert len({place for _, place in seen}) == 2
    query = """{ fulfillmentOrders(first: 100, query: "status:open", sortKey: UPDATED_AT) { nodes { status orderName
      lineItems(first: 3) { nodes { remainingQuantity } } } pageInfo { hasNextPage } } }"""
    nodes = demo.gql(query)["data"]["fulfillmentOrders"]["nodes"]
    assert len(nodes) == 100 and {node["status"] for node in nodes} == {"OPEN"}
