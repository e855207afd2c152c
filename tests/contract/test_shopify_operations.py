"""Stock, shipments and refunds through our client against the sandbox: what it makes of what we send, over HTTP."""

import itertools
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from odoo.addons.connector_base.canonical import RefundRequest, RefundRequestLine, Shipment, ShipmentLine, StockLevel
from odoo.addons.connector_base.transport import DataError, Session
from odoo.addons.connector_shopify import const, parser, parser_stock
from odoo.addons.connector_shopify.auth import TokenAuth
from odoo.addons.connector_shopify.client import ShopifyClient
from odoo.addons.connector_shopify.parser_refund import Suggestion
from odoo.addons.connector_shopify.renderer_refund import attempt_key, lines_input, mark, refund_input
from odoo.addons.connector_shopify.renderer_shipment import tracking_input
from odoo.addons.connector_shopify.shipment_push import push_shipments
from odoo.addons.connector_shopify.stock_push import push_levels

from tests.acceptance.stand_in import StandIn

DOMAIN = "operations.myshopify.com"
numbers = itertools.count(1)


class Counting(Session):
    """A session that keeps the names of the operations sent."""

    def __init__(self, **options):
        super().__init__(**options)
        self.operations = []

    def request(self, method, url, **call):
        self.operations.append(call.get("operation"))
        return super().request(method, url, **call)


class Store:
    """One store with a second location, and our client of it."""

    def __init__(self, stand_in):
        self.stand_in = stand_in
        self.control("", {"domain": DOMAIN, "plan": "enterprise", "seed": {"products": 3}}, path="shops")
        auth = TokenAuth(stand_in.shop(DOMAIN).config["admin_token"])
        self.session = Counting(auth=auth, redirect=stand_in.url)
        self.client = ShopifyClient(self.session, DOMAIN, auth)
        self.hub = str(self.control("locations", {"name": "Hub"})["id"])
        places = {place.name: place.external_id for place in map(parser_stock.parse_location, self.client.locations())}
        assert places["Hub"] == self.hub
        self.main = places["Main warehouse"]

    def control(self, below, payload=None, *, path=None):
        return self.stand_in.control(path or f"shops/{DOMAIN}/{below}", payload)

    def article(self, **changes):
        """A new product's variant, as the control API shows it."""
        number = next(numbers)
        product = {"title": f"Mug {number}", "price": "9.00", "sku": f"MUG-{number}", **changes}
        return self.control("products", product)["variants"][0]

    def levels(self, article, *places):
        """{location: what is available} as our parser reads it."""
        gid = f"gid://shopify/InventoryItem/{article['inventory_item_id']}"
        found = {}
        for place in places or (self.main, self.hub):
            (node,) = self.client.inventory_at(f"gid://shopify/Location/{place}", [gid])
            found[place] = parser_stock.parse_item(node, place).quantity
        return found

    def push(self, *levels):
        """Push (article, location, quantity, expected)."""
        documents = [
            StockLevel(
                item_external_id=str(article["inventory_item_id"]),
                location_external_id=place,
                quantity=quantity,
                expected=expected,
            )
            for article, place, quantity, expected in levels
        ]
        results = list(push_levels(self.client, documents, f"key-{next(numbers)}"))
        assert sorted(map(repr, documents)) == sorted(repr(result.level) for result in results)
        by_level = {repr(result.level): result for result in results}
        return [by_level[repr(document)] for document in documents]

    def place(self, *lines):
        """Place a paid order of (article, quantity); return (its id, {article's SKU: line id})."""
        spec = {
            "lines": [{"variant_id": article["id"], "quantity": quantity} for article, quantity in lines],
            "financial": "paid",
        }
        order_id = str(self.control("orders", spec)["id"])
        return order_id, {line.sku: line.external_id for line in self.read(order_id).lines}

    def read(self, order_id):
        (node,) = self.client.orders_by_id([f"gid://shopify/Order/{order_id}"], shipments=True)
        return parser.parse_order(node)

    def now(self):
        return datetime.fromisoformat(self.stand_in.control("clock")["now"].replace("Z", "+00:00"))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with StandIn(tmp_path_factory.mktemp("sandbox")) as stand_in:
        yield Store(stand_in)


# === STOCK === #


def test_compare_and_set(store):
    mug = store.article()
    before = store.levels(mug)
    assert before[store.hub] is None
    (done,) = store.push((mug, store.main, 12, before[store.main]))
    assert (done.stale, done.error) == (False, None)
    (stale,) = store.push((mug, store.main, 13, before[store.main]))
    assert (stale.stale, stale.error) == (True, None)
    assert store.levels(mug)[store.main] == 12


def test_what_is_not_stocked_is_activated(store):
    mug = store.article()
    (done,) = store.push((mug, store.hub, 4, None))
    assert (done.stale, done.error) == (False, None)
    assert store.levels(mug)[store.hub] == 4
    (again,) = store.push((mug, store.hub, 6, None))
    assert again.error is None
    assert store.levels(mug)[store.hub] == 6


def test_a_batch_with_one_of_each(store):
    good, stale, fresh = store.article(), store.article(), store.article()
    known = store.levels(good)[store.main]
    gone = {"inventory_item_id": 999}
    results = store.push(
        (good, store.main, 5, known),
        (stale, store.main, 5, 4711),
        (fresh, store.hub, 5, None),
        (gone, store.main, 5, 1),
        (gone, store.hub, 5, None),
        (good, "999", 5, 1),
    )
    assert [result.stale for result in results] == [False, True, False, False, False, False]
    assert [result.error.code if result.error else "" for result in results] == [
        "",
        "",
        "",
        "INVALID_INVENTORY_ITEM",
        "INVALID_INVENTORY_ITEM",
        "INVALID_LOCATION",
    ]
    assert (store.levels(good)[store.main], store.levels(fresh)[store.hub]) == (5, 5)


def test_an_attempt_again_takes_effect_once(store):
    """The answer got lost, the shop sold one meanwhile: the same attempt again changes nothing."""
    mug = store.article()
    known = store.levels(mug)[store.main]
    level = StockLevel(
        item_external_id=str(mug["inventory_item_id"]), location_external_id=store.main, quantity=7, expected=known
    )
    assert [result.error for result in push_levels(store.client, [level], "same")] == [None]
    store.place((mug, 1))
    (again,) = push_levels(store.client, [level], "same")
    assert (again.stale, again.error) == (False, None)
    assert store.levels(mug)[store.main] == 6


def test_one_call_per_batch(store):
    articles = [store.article() for _number in range(6)]
    known = [store.levels(article, store.main)[store.main] for article in articles]
    store.session.operations.clear()
    store.push(*((article, store.main, 3, before) for article, before in zip(articles, known, strict=True)))
    assert store.session.operations == ["InventorySet"]


def test_levels_of_a_location(store):
    mug = store.article()
    found, cursor = {}, None
    while True:
        nodes, cursor = store.client.location_inventory(f"gid://shopify/Location/{store.main}", after=cursor)
        levels = (parser_stock.parse_level(node, store.main) for node in nodes)
        found.update({level.item_external_id: level.quantity for level in levels})
        if not cursor:
            break
    assert found[str(mug["inventory_item_id"])] == store.levels(mug)[store.main]


# === SHIPMENTS === #


def shipment(store, order_id, lines, **changes):
    values = {
        "order_external_id": order_id,
        "key": f"picking-{next(numbers)}",
        "lines": tuple(ShipmentLine(line_external_id=line, quantity=Decimal(units)) for line, units in lines.items()),
        "carrier": "UPS",
        "tracking": (f"1Z{next(numbers)}",),
        "location_external_id": store.main,
        "shipped_at": store.now(),
    }
    return Shipment(**{**values, **changes})


def test_parts_and_the_rest(store):
    mug, cup = store.article(), store.article()
    order_id, lines = store.place((mug, 3), (cup, 1))
    first = shipment(store, order_id, {lines[mug["sku"]]: 2}, tracking=("1ZA", "1ZB"))
    (done,) = push_shipments(store.client, [first])
    assert done.error is None
    assert store.read(order_id).fulfillment_status == "partial"
    rest = shipment(store, order_id, {lines[mug["sku"]]: 1, lines[cup["sku"]]: 1}, others=done.external_ids)
    (last,) = push_shipments(store.client, [rest])
    assert last.error is None
    order = store.read(order_id)
    assert order.fulfillment_status == "fulfilled"
    by_id = {entry.external_id: entry for entry in order.shipments}
    assert set(by_id) == {*done.external_ids, *last.external_ids}
    seen = by_id[done.external_ids[0]]
    assert (seen.lines, seen.carrier, seen.tracking, seen.location_external_id) == (
        first.lines,
        "UPS",
        ("1ZA", "1ZB"),
        store.main,
    )


@pytest.mark.parametrize("tracking", [("1ZLOST",), ()])
def test_told_twice_there_is_one(store, tracking):
    """The answer got lost: what was told is found."""
    mug = store.article()
    order_id, lines = store.place((mug, 2))
    sent = shipment(store, order_id, {lines[mug["sku"]]: 1}, tracking=tracking, carrier="UPS" if tracking else "")
    (first,) = push_shipments(store.client, [sent])
    (again,) = push_shipments(store.client, [sent])
    assert (again.external_ids, again.error) == (first.external_ids, None)
    assert len(store.read(order_id).shipments) == 1
    twin = replace(sent, key="twin", others=first.external_ids, tracking=tracking and ("1ZTWIN",))
    (other,) = push_shipments(store.client, [twin])
    assert other.error is None
    assert len(store.read(order_id).shipments) == 2


def test_more_than_is_left(store):
    mug = store.article()
    order_id, lines = store.place((mug, 1))
    (refused,) = push_shipments(store.client, [shipment(store, order_id, {lines[mug["sku"]]: 2})])
    assert refused.error.code == "NOTHING_LEFT"
    assert store.read(order_id).shipments == ()


def test_holds(store):
    mug = store.article()
    order_id, lines = store.place((mug, 1))
    node = store.client.order_shipments(f"gid://shopify/Order/{order_id}")
    (place,) = node["fulfillmentOrders"]["nodes"]
    hold(store, place["id"])
    (refused,) = push_shipments(store.client, [shipment(store, order_id, {lines[mug["sku"]]: 1})])
    assert refused.error.code == "ON_HOLD"
    assert refused.error.remedy == const.SHIPMENT_REMEDIES["ON_HOLD"]


def hold(store, gid):
    """Put a fulfillment order on hold, as another app would."""
    query = """mutation($id: ID!) { fulfillmentOrderHold(id: $id, fulfillmentHold: {reason: HIGH_RISK_OF_FRAUD}) {
      userErrors { message } } }"""
    response = store.session.request(
        "POST",
        f"https://{DOMAIN}{const.GRAPHQL_PATH.format(version=const.API_VERSION)}",
        operation="Hold",
        json={"query": query, "variables": {"id": gid}},
    )
    assert response.json()["data"]["fulfillmentOrderHold"]["userErrors"] == []


def test_tracking_is_replaced(store):
    mug = store.article()
    order_id, lines = store.place((mug, 1))
    sent = shipment(store, order_id, {lines[mug["sku"]]: 1})
    (done,) = push_shipments(store.client, [sent])
    changed = replace(sent, carrier="My Bike", tracking=("B1",), tracking_url="https://bike.example/B1")
    gid = f"gid://shopify/Fulfillment/{done.external_ids[0]}"
    store.client.fulfillment_tracking_update(gid, tracking_input(changed), notify=False)
    (seen,) = store.read(order_id).shipments
    assert (seen.carrier, seen.tracking, seen.tracking_url) == ("My Bike", ("B1",), "https://bike.example/B1")


def test_two_locations_are_two_fulfillments(store):
    """What one location lacks another one sends: one shipment of ours is one fulfillment for each of them."""
    mug, cup = store.article(), store.article()
    store.push((mug, store.main, 5, store.levels(mug)[store.main]), (cup, store.hub, 5, None))
    store.push((cup, store.main, 0, store.levels(cup)[store.main]))
    order_id, lines = store.place((mug, 1), (cup, 1))
    assert len(store.client.order_shipments(f"gid://shopify/Order/{order_id}")["fulfillmentOrders"]["nodes"]) == 2
    sent = shipment(store, order_id, {lines[mug["sku"]]: 1, lines[cup["sku"]]: 1})
    (done,) = push_shipments(store.client, [sent])
    assert (len(done.external_ids), done.error) == (2, None)
    assert {entry.location_external_id for entry in store.read(order_id).shipments} == {store.main, store.hub}
    (again,) = push_shipments(store.client, [sent])
    assert sorted(again.external_ids) == sorted(done.external_ids)


# === AFTER THE SALE === #


def request(order_id, line_id, quantity=1, **changes):
    line = RefundRequestLine(line_external_id=line_id, quantity=Decimal(quantity), restock=True)
    values = {"order_external_id": order_id, "lines": (line,), "key": f"refund-{next(numbers)}", "note": "Broken"}
    return RefundRequest(**{**values, **changes})


def suggestion(store, wanted):
    order = f"gid://shopify/Order/{wanted.order_external_id}"
    node = store.client.suggested_refund(order, lines_input(wanted), wanted.shipping)
    return Suggestion(node, "presentment")


def refund(store, wanted):
    """Refund as the adapter does; return the id of the refund."""
    found = suggestion(store, wanted)
    if done := found.refund_noted(mark(wanted.key)):
        return done
    values = refund_input(wanted, found)
    return store.client.refund_create(values, key=attempt_key(wanted, values)).rpartition("/")[2]


def test_a_refund_is_what_was_reckoned(store):
    mug = store.article()
    order_id, lines = store.place((mug, 3))
    wanted = request(order_id, lines[mug["sku"]], 2)
    preview = suggestion(store, wanted).preview()
    assert preview.amount == preview.subtotal + preview.tax > 0
    before = store.levels(mug)[store.main]
    refund_id = refund(store, wanted)
    (seen,) = store.read(order_id).refunds
    assert seen.external_id == refund_id
    assert sum(payment.amount for payment in seen.payments) == preview.amount
    assert [(line.line_external_id, line.quantity, line.restock) for line in seen.lines] == [
        (lines[mug["sku"]], 2, True)
    ]
    assert seen.note.startswith("Broken")
    assert store.levels(mug)[store.main] == before + 2


def test_a_refund_asked_twice_is_one(store):
    mug = store.article()
    order_id, lines = store.place((mug, 2))
    wanted = request(order_id, lines[mug["sku"]])
    assert refund(store, wanted) == refund(store, wanted)
    assert len(store.read(order_id).refunds) == 1


def test_a_part_of_the_amount(store):
    mug = store.article()
    order_id, lines = store.place((mug, 1))
    refund(store, request(order_id, lines[mug["sku"]], amount=Decimal("2.50")))
    (seen,) = store.read(order_id).refunds
    assert sum(payment.amount for payment in seen.payments) == Decimal("2.50")
    with pytest.raises(DataError) as caught:
        refund(store, request(order_id, lines[mug["sku"]], amount=Decimal("999")))
    assert caught.value.remedy


def test_notes_and_tags(store):
    mug = store.article()
    order_id, _lines = store.place((mug, 1))
    gid = f"gid://shopify/Order/{order_id}"
    store.client.order_update({"id": gid, "note": "Ring twice"})
    store.client.tags_add(gid, ["vip", "gift"])
    store.client.tags_add(gid, ["vip"])
    store.client.tags_remove(gid, ["gift", "never"])
    order = store.read(order_id)
    assert (order.note, order.tags) == ("Ring twice", ("vip",))
    with pytest.raises(DataError):
        store.client.order_update({"id": "gid://shopify/Order/1", "note": "x"})


def test_versions(store):
    assert any(version["handle"] == const.API_VERSION for version in store.client.api_versions())
