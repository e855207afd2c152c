"""Shipments in both shapes, and telling Shopify of ours: what is found, what is made, what is refused."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from odoo.addons.connector_base.canonical import UNSET, Shipment, ShipmentLine
from odoo.addons.connector_base.transport import DataError, RateLimited
from odoo.addons.connector_shopify import const, documents, parser, parser_webhook
from odoo.addons.connector_shopify.carriers import CARRIERS, spelled
from odoo.addons.connector_shopify.renderer_shipment import tracking_input
from odoo.addons.connector_shopify.shipment_push import push_shipments

from . import samples
from .fakes import answer, client, error

SENT_AT = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)


def fulfillment(number, lines, numbers=("1Z1",), *, status="SUCCESS", at="2026-11-20T12:00:30Z", cursor=None):
    nodes = [{"quantity": units, "lineItem": {"id": f"gid://shopify/LineItem/{line}"}} for line, units in lines]
    return {
        "id": f"gid://shopify/Fulfillment/{number}",
        "status": status,
        "createdAt": at,
        "location": {"id": "gid://shopify/Location/7"},
        "trackingInfo": [{"company": "UPS", "number": text, "url": f"https://ups/{text}"} for text in numbers],
        "fulfillmentLineItems": samples.connection(nodes, cursor=cursor),
    }


def to_send(number, lines, *, location=7, actions=("CREATE_FULFILLMENT",), holds=(), cursor=None):
    nodes = [
        {
            "id": f"gid://shopify/FulfillmentOrderLineItem/{number}{line}",
            "remainingQuantity": units,
            "lineItem": {"id": f"gid://shopify/LineItem/{line}"},
        }
        for line, units in lines
    ]
    return {
        "id": f"gid://shopify/FulfillmentOrder/{number}",
        "status": "OPEN",
        "supportedActions": [{"action": action} for action in actions],
        "assignedLocation": {"location": {"id": f"gid://shopify/Location/{location}"}},
        "fulfillmentHolds": [{"displayReason": reason, "reasonNotes": None} for reason in holds],
        "lineItems": samples.connection(nodes, cursor=cursor),
    }


def state(*fulfillments, orders=()):
    """The answer to what Shopify knows of the order."""
    return answer(
        {
            "order": {
                "id": "gid://shopify/Order/1",
                "fulfillments": list(fulfillments),
                "fulfillmentOrders": samples.connection(list(orders)),
            }
        }
    )


def made(number):
    done = {"fulfillment": {"id": f"gid://shopify/Fulfillment/{number}"}, "userErrors": []}
    return answer({"fulfillmentCreate": done})


def shipment(*lines, **changes):
    values = {
        "order_external_id": "1",
        "key": "k",
        "lines": tuple(ShipmentLine(line_external_id=line, quantity=Decimal(units)) for line, units in lines),
        "carrier": "ups",
        "tracking": ("1Z1",),
        "shipped_at": SENT_AT,
        "location_external_id": "7",
    }
    return Shipment(**{**values, **changes})


def push(wanted, *answers):
    """Return (the result of pushing one shipment, the session)."""
    shop, session = client(*answers)
    (result,) = push_shipments(shop, [wanted])
    return result, session


def inputs(session):
    """What was asked to be fulfilled: {fulfillment order: {its line: quantity}} per call."""
    return [
        {
            entry["fulfillmentOrderId"].rpartition("/")[2]: {
                line["id"].rpartition("/")[2]: line["quantity"] for line in entry["fulfillmentOrderLineItems"]
            }
            for entry in variables["fulfillment"]["lineItemsByFulfillmentOrder"]
        }
        for variables in session.variables
        if "fulfillment" in variables
    ]


# === IN === #


def test_both_shapes_give_the_same_shipments():
    graphql = samples.graphql_order(
        fulfillments=[
            fulfillment(1, [("11", 1), ("12", 2)], ("1Z1", "1Z2")),
            fulfillment(2, [("11", 1)], status="CANCELLED"),
            fulfillment(3, [("11", 1)], status="PENDING"),
        ]
    )
    common = {"created_at": "2026-11-20T12:00:30Z", "location_id": 7, "tracking_company": "UPS"}
    webhook = samples.webhook_order(
        fulfillments=[
            {
                **common,
                "id": 1,
                "status": "success",
                "tracking_numbers": ["1Z1", "1Z2"],
                "tracking_urls": ["https://ups/1Z1", "https://ups/1Z2"],
                "line_items": [{"id": 11, "quantity": 1}, {"id": 12, "quantity": 2}],
            },
            {
                **common,
                "id": 2,
                "status": "cancelled",
                "tracking_number": "1Z1",
                "tracking_url": "https://ups/1Z1",
                "line_items": [{"id": 11, "quantity": 1}],
            },
            {**common, "id": 3, "status": "pending", "line_items": []},
        ]
    )
    found = parser.parse_order(graphql).shipments
    assert found == parser_webhook.parse_order(webhook).shipments
    done, cancelled = found
    assert (done.external_id, done.status, done.carrier, done.tracking) == ("1", "done", "UPS", ("1Z1", "1Z2"))
    assert (done.location_external_id, done.tracking_url) == ("7", "https://ups/1Z1")
    assert done.lines == (
        ShipmentLine(line_external_id="11", quantity=Decimal(1)),
        ShipmentLine(line_external_id="12", quantity=Decimal(2)),
    )
    assert (cancelled.external_id, cancelled.status) == ("2", "cancelled")


def test_orders_that_do_not_state_shipments():
    assert parser.parse_order(samples.graphql_order()).shipments is UNSET
    webhook = samples.webhook_order()
    webhook.pop("fulfillments", None)
    assert parser_webhook.parse_order(webhook).shipments is UNSET
    assert parser.parse_order(samples.graphql_order(fulfillments=[])).shipments == ()


def test_shipments_are_asked_for_on_demand_and_read_to_the_end():
    cut = samples.graphql_order(fulfillments=[fulfillment(1, [("11", 1)], cursor="f1")])
    rest = {"fulfillmentLineItems": fulfillment(1, [("12", 2)])["fulfillmentLineItems"]}
    page = answer({"orders": samples.connection([cut])})
    shop, session = client(page, answer({"node": rest}))
    ((order,), _cursor) = shop.orders("q", first=1, shipments=True)
    assert len(parser.parse_order(order).shipments[0].lines) == 2
    assert session.variables[0]["shipments"] is True
    assert session.variables[1] == {
        "id": "gid://shopify/Fulfillment/1",
        "first": const.NESTED_PAGE,
        "after": "f1",
    }
    assert "fulfillments @include(if: $shipments)" in documents.text("orders")


# === OUT === #


def test_a_shipment_is_told():
    result, session = push(
        shipment(("11", 2), ("12", 1), notify=True),
        state(orders=[to_send(5, [("11", 3), ("12", 1)])]),
        made(9),
    )
    assert (result.key, result.external_ids, result.error) == ("k", ("9",), None)
    sent = session.variables[1]["fulfillment"]
    assert inputs(session) == [{"5": {"511": 2, "512": 1}}]
    assert sent["trackingInfo"] == {"company": "UPS", "numbers": ["1Z1"]}
    assert sent["notifyCustomer"] is True


def test_without_carrier_and_number_nothing_is_said_of_tracking():
    _result, session = push(
        shipment(("11", 1), carrier="", tracking=()), state(orders=[to_send(5, [("11", 1)])]), made(9)
    )
    assert "trackingInfo" not in session.variables[1]["fulfillment"]


def test_the_shipments_location_comes_first():
    orders = [to_send(5, [("11", 2)], location=8), to_send(6, [("11", 2)], location=7)]
    _result, session = push(shipment(("11", 1)), state(orders=orders), made(9))
    assert inputs(session) == [{"6": {"611": 1}}]


def test_one_fulfillment_per_location():
    orders = [
        to_send(5, [("11", 1)], location=8),
        to_send(6, [("11", 1), ("12", 1)], location=7),
        to_send(4, [("12", 1)], location=7),
    ]
    result, session = push(shipment(("11", 2), ("12", 2)), state(orders=orders), made(9), made(10))
    assert result.external_ids == ("9", "10")
    assert inputs(session) == [{"6": {"611": 1, "612": 1}, "4": {"412": 1}}, {"5": {"511": 1}}]


def test_what_was_told_is_found():
    """The answer got lost: the same numbers, the same units, and nothing is made."""
    result, session = push(shipment(("11", 2)), state(fulfillment(9, [("11", 2)])))
    assert (result.external_ids, len(session.calls)) == (("9",), 1)


def test_of_a_shipment_told_in_part_the_rest_is_told():
    result, session = push(
        shipment(("11", 2), ("12", 1)),
        state(fulfillment(9, [("11", 2)]), orders=[to_send(5, [("12", 1)], location=8)]),
        made(10),
    )
    assert result.external_ids == ("9", "10")
    assert inputs(session) == [{"5": {"512": 1}}]


@pytest.mark.parametrize(
    "other",
    [
        fulfillment(9, [("11", 1)], ("1Z2",)),
        fulfillment(9, [("11", 1)], ()),
        fulfillment(9, [("11", 2)]),
        fulfillment(9, [("13", 1)]),
        fulfillment(9, [("11", 1)], status="CANCELLED"),
    ],
)
def test_other_fulfillments_are_not_taken_for_it(other):
    result, _session = push(shipment(("11", 1)), state(other, orders=[to_send(5, [("11", 1)])]), made(10))
    assert result.external_ids == ("10",)


def test_without_numbers_only_what_was_made_since_the_goods_left_is_found():
    bare = shipment(("11", 1), tracking=(), carrier="")
    earlier = (SENT_AT - timedelta(seconds=const.CLOCK_MARGIN + 1)).isoformat()
    open_order = to_send(5, [("11", 1)])
    assert push(bare, state(fulfillment(9, [("11", 1)], ()), orders=[open_order]))[0].external_ids == ("9",)
    old = state(fulfillment(9, [("11", 1)], (), at=earlier), orders=[open_order])
    assert push(bare, old, made(10))[0].external_ids == ("10",)
    known = state(fulfillment(9, [("11", 1)], ()), orders=[open_order])
    assert push(shipment(("11", 1), tracking=(), others=("9",)), known, made(10))[0].external_ids == ("10",)


def test_two_alike_of_one_order_are_two():
    alike = [shipment(("11", 1), tracking=(), key=key) for key in ("a", "b")]
    shop, _session = client(
        state(orders=[to_send(5, [("11", 2)])]),
        made(9),
        state(fulfillment(9, [("11", 1)], ()), orders=[to_send(5, [("11", 1)])]),
        made(10),
    )
    assert [result.external_ids for result in push_shipments(shop, alike)] == [("9",), ("10",)]


@pytest.mark.parametrize(
    ("orders", "code", "text"),
    [
        ([to_send(5, [("11", 1)], actions=("RELEASE_HOLD",), holds=("High risk",))], "ON_HOLD", "High risk"),
        ([to_send(5, [("11", 1)], actions=())], "NOT_READY", "line 11"),
        ([to_send(5, [("11", 0)], actions=())], "NOTHING_LEFT", "1 too many"),
        ([], "NOTHING_LEFT", "1 too many"),
    ],
)
def test_what_cannot_be_fulfilled_says_why(orders, code, text):
    result, session = push(shipment(("11", 1)), state(orders=orders))
    assert (result.error.code, result.error.remedy) == (code, const.SHIPMENT_REMEDIES[code])
    assert text in result.error.message
    assert len(session.calls) == 1


def test_all_or_nothing_is_told():
    orders = [to_send(5, [("11", 1)]), to_send(6, [("12", 1)], actions=(), holds=("Later",))]
    result, session = push(shipment(("11", 1), ("12", 1)), state(orders=orders))
    assert (result.error.code, result.external_ids, len(session.calls)) == ("ON_HOLD", (), 1)


def test_an_order_that_is_gone():
    result, _session = push(shipment(("11", 1)), answer({"order": None}))
    assert result.error.code == "NOT_FOUND"


def test_parts_of_a_unit_are_refused():
    half = shipment(lines=(ShipmentLine(line_external_id="11", quantity=Decimal("0.5")),))
    result, session = push(half, state(orders=[to_send(5, [("11", 1)])]))
    assert (result.error.code, len(session.calls)) == ("FRACTION", 1)


def test_a_refusal_is_of_its_shipment_alone():
    refused = {"fulfillment": None, "userErrors": [{"field": ["fulfillment"], "message": "Invalid."}]}
    shop, _session = client(
        state(orders=[to_send(5, [("11", 1)])]),
        answer({"fulfillmentCreate": refused}),
        state(orders=[to_send(6, [("21", 1)])]),
        made(9),
    )
    first, second = push_shipments(shop, [shipment(("11", 1)), shipment(("21", 1), order_external_id="2")])
    assert "Invalid." in first.error.message
    assert first.error.remedy == const.SHIPMENT_REMEDY
    assert (second.external_ids, second.error) == (("9",), None)


def test_an_interruption_is_raised_after_what_was_done():
    shop, _session = client(
        state(orders=[to_send(5, [("11", 1)])]), made(9), answer(errors=[error("THROTTLED")], cost=None)
    )
    results = push_shipments(shop, [shipment(("11", 1)), shipment(("21", 1), order_external_id="2")])
    assert next(results).external_ids == ("9",)
    with pytest.raises(RateLimited):
        next(results)


def test_long_orders_are_read_to_the_end():
    cut = state(
        fulfillment(9, [("11", 1)], cursor="a"),
        orders=[to_send(5, [("12", 1)], cursor="b")],
    )
    lines = fulfillment(9, [("13", 1)])["fulfillmentLineItems"]
    more = to_send(5, [("14", 1)])["lineItems"]
    shop, session = client(
        cut, answer({"node": {"fulfillmentLineItems": lines}}), answer({"node": {"lineItems": more}})
    )
    node = shop.order_shipments("gid://shopify/Order/1")
    assert len(node["fulfillments"][0]["fulfillmentLineItems"]["nodes"]) == 2
    assert len(node["fulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"]) == 2
    assert session.operations == ["OrderShipments", "FulfillmentLineItems", "FulfillmentOrderLines"]


# === CARRIERS === #


def test_carriers():
    assert (spelled("fedex "), spelled("inpost"), spelled("My Bike")) == ("FedEx", "Inpost", "My Bike")
    assert len(CARRIERS) == len({name.casefold() for name in CARRIERS})


def test_links():
    """Shopify links what it knows; our address is for others, or for a single number."""
    known = shipment(tracking=("A", "B"), tracking_url="https://ups.example/A")
    assert tracking_input(known) == {"company": "UPS", "numbers": ["A", "B"]}
    assert tracking_input(shipment(tracking_url="https://x"))["urls"] == ["https://x"]
    other = shipment(carrier="My Bike", tracking=("A", "B"), tracking_url="https://x")
    assert tracking_input(other) == {"company": "My Bike", "numbers": ["A", "B"], "urls": ["https://x"]}
    assert tracking_input(shipment(carrier="", tracking=())) == {"company": None, "numbers": []}


def test_tracking_is_replaced():
    done = {"fulfillment": {"id": "x"}, "userErrors": []}
    shop, session = client(answer({"fulfillmentTrackingInfoUpdate": done}))
    shop.fulfillment_tracking_update("f", {"company": "UPS", "numbers": ["A"]}, notify=True)
    assert session.variables == [{"id": "f", "tracking": {"company": "UPS", "numbers": ["A"]}, "notify": True}]
    refused = {"fulfillment": None, "userErrors": [{"field": None, "message": "Cancelled"}]}
    shop, _session = client(answer({"fulfillmentTrackingInfoUpdate": refused}))
    with pytest.raises(DataError, match="Cancelled"):
        shop.fulfillment_tracking_update("f", {}, notify=False)
