"""What the shop's books say of shipments and refunds, and what the log says of calls that changed something."""

import pytest

TAG = 'mutation Tag($id: ID!) { tagsAdd(id: $id, tags: ["seen"]) { userErrors { message } } }'


@pytest.fixture
def order(lab):
    """Two mugs of 10.00 with 10 % tax, paid."""
    mug = lab.control("POST", "/products", {"title": "Mug", "price": "10.00", "sku": "MUG"})["variants"][0]
    lines = [{"variant_id": mug["id"], "quantity": 2}]
    return lab.place(lines=lines, rates=[{"title": "VAT", "rate": "0.1"}], financial="paid")


def entry_of(lab, order):
    return next(entry for entry in lab.control("GET", "/ledger")["orders"] if entry["name"] == order["name"])


def act(lab, order, action, wanted):
    return lab.control("POST", f"/orders/{order['id']}/{action}", wanted)


def test_shipments_stand_in_the_books(lab, order):
    line = order["lines"][0]["id"]
    assert entry_of(lab, order)["shipments"] == []
    sent = act(lab, order, "fulfill", {"lines": [{"line_id": line, "quantity": 1}], "number": "1Z9"})
    [shipment] = entry_of(lab, order)["shipments"]
    assert shipment["numbers"] == ["1Z9"]
    assert shipment["lines"] == {f"gid://shopify/LineItem/{line}": 1}
    assert not shipment["cancelled"]
    act(lab, order, "unfulfill", {"fulfillment_id": sent["fulfillments"][0]["id"]})
    assert entry_of(lab, order)["shipments"][0]["cancelled"]


@pytest.mark.parametrize(
    ("wanted", "amount"),
    [({}, "11.00"), ({"amount": "4.00"}, "4.00")],
    ids=["what the unit is worth, taxes and all", "less than it is worth"],
)
def test_refunds_stand_in_the_books(lab, order, wanted, amount):
    line = order["lines"][0]["id"]
    act(lab, order, "refund", {"lines": [{"line_id": line, "quantity": 1}], **wanted})
    [refund] = entry_of(lab, order)["refunds"]
    assert (refund["amount"], refund["units"]) == (amount, {f"gid://shopify/LineItem/{line}": 1})


def test_calls_that_change_something_are_counted(lab, order):
    lab.gql("query Name { shop { name } }")
    lab.gql(TAG, {"id": order["gid"]})
    counts = lab.control("GET", "/log")["counts"]
    assert {name: count for name, count in counts.items() if name.startswith("change:")} == {"change:Tag": 1}
