"""Telling of shipments: once each, bundles as Magento sends them, tracks as they are now."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from odoo.addons.connector_base.canonical import Shipment, ShipmentLine, mark
from odoo.addons.connector_base.transport import TransientError
from odoo.addons.connector_magento import const
from odoo.addons.connector_magento.shipment_push import push_shipments, push_tracking

from .sales_samples import child, invoice, item, order, shipment
from .sales_shop import SalesShop


def sent(units, order_id="1", **changes):
    lines = tuple(ShipmentLine(line_external_id=str(line), quantity=Decimal(quantity)) for line, quantity in units)
    values = {"order_external_id": order_id, "key": "k", "lines": lines, "carrier": "UPS", "tracking": ("1Z1",)}
    return Shipment(**{**values, **changes})


def push(shop, *shipments, **choices):
    return list(push_shipments(shop.client, list(shipments), **choices))


def told(shop):
    """What was told, by item."""
    return [
        {row["order_item_id"]: row["qty"] for row in body["items"]}
        for _method, path, body in shop.written
        if path.endswith("/ship")
    ]


def test_told():
    shop = SalesShop(orders=[order(1, [item(11, quantity=2), item(12, is_virtual=1)])])
    [result] = push(shop, sent([(11, 1), (12, 1)], tracking=("1Z1", "1Z2"), notify=True))
    [(_method, path, body)] = shop.written
    assert path == "order/1/ship"
    assert (result.external_ids, result.error) == (("9001",), None)
    track = {"title": "UPS", "carrier_code": "ups"}
    assert body == {
        "items": [{"order_item_id": 11, "qty": 1.0}],
        "tracks": [{"track_number": "1Z1", **track}, {"track_number": "1Z2", **track}],
        "notify": True,
        "appendComment": False,
        "comment": {"comment": mark("k"), "is_visible_on_front": 0},
    }


def test_a_carrier_that_magento_does_not_know():
    shop = SalesShop(orders=[order(1)])
    push(shop, sent([(11, 1)], carrier="DPD France"))
    assert shop.written[0][2]["tracks"] == [
        {"track_number": "1Z1", "title": "DPD France", "carrier_code": const.CUSTOM_CARRIER}
    ]


@pytest.mark.parametrize("modules, told_source", [([const.MSI_MODULE], "north"), (["Magento_Sales"], None)])
def test_the_source_it_left(modules, told_source):
    shop = SalesShop(orders=[order(1, [item(11, quantity=2)])])
    shop.answers["modules"] = modules
    push(shop, sent([(11, 1)], location_external_id="north"), sent([(11, 1)], key="l", location_external_id="north"))
    bodies = [body for _method, _path, body in shop.written]
    sources = [body.get("arguments", {}).get("extension_attributes", {}).get("source_code") for body in bodies]
    assert sources == [told_source] * 2
    assert shop.read.count("modules") == 1


def test_two_reads_for_many():
    shop = SalesShop(orders=[order(number) for number in range(1, 21)])
    results = push(shop, *(sent([(number * 10 + 1, 1)], str(number), key=str(number)) for number in range(1, 21)))
    assert all(result.external_ids for result in results)
    assert shop.read == ["orders", "shipments"]


def test_found_by_its_mark():
    placed = order(1)
    known = shipment(placed, [(placed["items"][0], 1)], comments=[{"comment": mark("k")}])
    shop = SalesShop(orders=[placed], shipments=[known])
    assert push(shop, sent([(11, 1)], tracking=()))[0].external_ids == ("103",)
    assert shop.written == []


def test_found_by_what_it_holds():
    placed = order(1, [item(11, quantity=3)])
    known = shipment(placed, [(placed["items"][0], 1)], tracks=["1Z1"])
    shop = SalesShop(orders=[placed], shipments=[known])
    assert push(shop, sent([(11, 1)]))[0].external_ids == ("103",)
    for other in (
        sent([(11, 2)]),
        sent([(11, 1)], tracking=("1Z9",)),
        sent([(11, 1)], others=("103",)),
    ):
        shop.written.clear()
        assert push(shop, other)[0].external_ids == ("9001",)


@pytest.mark.parametrize("hour, found", [(11, True), (13, False)])
def test_without_numbers_the_time_tells(hour, found):
    placed = order(1)
    known = shipment(placed, [(placed["items"][0], 1)])
    shop = SalesShop(orders=[placed], shipments=[known])
    left = datetime(2026, 11, 20, hour, tzinfo=timezone.utc)
    [result] = push(shop, sent([(11, 1)], tracking=(), shipped_at=left))
    assert (result.external_ids == ("103",)) is found


def test_refusals():
    shop = SalesShop(orders=[order(1), order(2, state="holded"), order(4)])
    shop.refused["order/1/ship"] = (400, "You can't create a shipment without products.")
    results = push(
        shop,
        sent([(11, 1)], "1", key="a"),
        sent([(21, 1)], "2", key="b"),
        sent([(31, 1)], "3", key="c"),
        sent([(99, 1)], "4", key="d"),
        sent([(41, 1)], "4", key="e"),
    )
    errors = [result.error for result in results]
    assert all(error.remedy for error in errors[:4])
    assert "without products" in errors[0].message
    assert [error.code for error in errors[1:4]] == ["ON_HOLD", "NOT_FOUND", "UNKNOWN"]
    assert results[4].external_ids


def test_a_crash_over_one_keeps_no_other_back():
    """Magento's code, or an extension's, fails over what it is given as well: 500, as when it is overloaded."""
    shop = SalesShop(orders=[order(1), order(2)])
    shop.refused["order/1/ship"] = (500, "Internal Error. Report ID: webapi-1")
    found = []
    with pytest.raises(TransientError) as caught:
        for result in push_shipments(shop.client, [sent([(11, 1)], "1", key="a"), sent([(21, 1)], "2", key="b")]):
            found.append(result.key)
    assert found == ["b"]
    assert "webapi-1" in str(caught.value)


def test_what_was_told_before_it_stumbled_is_kept():
    shop = SalesShop(orders=[order(1), order(2)])
    shop.refused["order/2/ship"] = (503, "Maintenance")
    results = push_shipments(shop.client, [sent([(11, 1)]), sent([(21, 1)], "2", key="l")])
    assert next(results).external_ids
    with pytest.raises(TransientError):
        next(results)


def test_nothing_to_send():
    shop = SalesShop(orders=[order(1, [item(11, is_virtual=1)])])
    [result] = push(shop, sent([(11, 1)]))
    assert (result.external_ids, result.error, shop.written) == ((), None, [])


# === BUNDLES === #


def bundled(*, fixed=False):
    bundle = item(11, "30", 2, product_type="bundle", **({} if fixed else {"repeats": True}))
    if fixed:
        parts = [child(12, 11, qty_ordered=4), child(13, 11, qty_ordered=2)]
    else:
        parts = [item(12, "10", 4, parent_item_id=11), item(13, "10", 2, parent_item_id=11)]
    return order(1, [bundle, *parts])


def shop_of(placed, *, separately):
    value = const.SEPARATELY if separately else "0"
    product = {"entity_id": 81, "custom_attributes": [{"attribute_code": const.SHIPMENT_TYPE, "value": value}]}
    return SalesShop(orders=[placed], products=[{**product, "updated_at": "x"}])


def test_a_bundle_sent_as_one():
    shop = shop_of(bundled(), separately=False)
    assert push(shop, sent([(12, 2), (13, 1)]))[0].external_ids
    assert told(shop) == [{11: 1.0}]
    [result] = push(shop, sent([(12, 2)], key="l"))
    assert (result.error.code, bool(result.error.remedy)) == ("NOT_WHOLE", True)


def test_a_bundle_sent_part_by_part():
    shop = shop_of(bundled(), separately=True)
    push(shop, sent([(12, 1)]), sent([(12, 1), (13, 2)], key="l"))
    assert told(shop) == [{12: 1.0}, {12: 1.0, 13: 2.0}]
    assert shop.read.count("products") == 1


@pytest.mark.parametrize("separately, units", [(False, {11: 1.0}), (True, {12: 2.0, 13: 1.0})])
def test_a_bundle_of_a_fixed_price(separately, units):
    shop = shop_of(bundled(fixed=True), separately=separately)
    push(shop, sent([(11, 1)]))
    assert told(shop) == [units]


def test_a_configurable_product():
    parent = item(11, "58", 2, product_type="configurable")
    shop = SalesShop(orders=[order(1, [parent, child(12, 11, qty_ordered=2)])])
    push(shop, sent([(11, 2)]))
    assert told(shop) == [{11: 2.0}]
    assert "products" not in shop.read


# === INVOICED BEFORE === #


def test_what_is_sent_is_invoiced_first():
    placed = order(1, [item(11, quantity=3, qty_invoiced=1), item(12, is_virtual=1), item(13)])
    shop = SalesShop(orders=[placed])
    push(shop, sent([(11, 3)]), invoice=True)
    (_method, path, body), (_ship, ship_path, _body) = shop.written
    assert (path, ship_path) == ("order/1/invoice", "order/1/ship")
    assert body["capture"] is True
    assert {row["order_item_id"]: row["qty"] for row in body["items"]} == {11: 2.0, 12: 1.0}


def test_what_is_paid_is_sent_before_more_is_invoiced():
    shop = SalesShop(orders=[order(1, [item(11, quantity=3, qty_invoiced=1)])])
    push(shop, sent([(11, 1)]), invoice=True)
    assert [path for _method, path, _body in shop.written] == ["order/1/ship"]
    shop = SalesShop(orders=[order(1, [item(11, quantity=3, qty_invoiced=2, qty_shipped=1)])])
    push(shop, sent([(11, 2)]), invoice=True)
    assert [row["qty"] for row in shop.written[0][2]["items"]] == [1.0]


def test_what_is_never_sent_is_invoiced_with_the_first_shipment_only():
    virtual = item(12, is_virtual=1)
    shop = SalesShop(orders=[order(1, [item(11, quantity=2), virtual])])

    def count(key):
        for row in shop.written[-1][2]["items"]:
            entry = next(one for one in shop.listings["orders"][0]["items"] if one["item_id"] == row["order_item_id"])
            entry[key] += Decimal(row["qty"])
        return 77

    shop.answers = {"order/1/invoice": lambda: count("qty_invoiced"), "order/1/ship": lambda: count("qty_shipped")}
    push(shop, sent([(11, 1)]), sent([(11, 1)], key="l", tracking=("1Z2",)), invoice=True)
    invoiced = [body["items"] for _method, path, body in shop.written if path.endswith("/invoice")]
    assert [{row["order_item_id"]: row["qty"] for row in rows} for rows in invoiced] == [{11: 1.0, 12: 1.0}, {11: 1.0}]


def test_nothing_is_invoiced_twice():
    placed = order(1)
    invoice(placed)
    shop = SalesShop(orders=[placed])
    push(shop, sent([(11, 1)]), invoice=True)
    assert [path for _method, path, _body in shop.written] == ["order/1/ship"]


# === TRACKING === #


def test_tracks_are_made_the_present_ones():
    placed = order(1)
    known = shipment(placed, [(placed["items"][0], 1)], tracks=["1Z1", "1Z2"])
    shop = SalesShop(shipments=[known])
    push_tracking(shop.client, ["103"], sent([(11, 1)], tracking=("1Z2", "1Z3"), notify=True))
    assert [(method, path) for method, path, _body in shop.written] == [
        ("POST", "shipment/track"),
        ("DELETE", "shipment/track/1000"),
        ("POST", "shipment/103/emails"),
    ]
    entity = shop.written[0][2]["entity"]
    assert (entity["parent_id"], entity["order_id"], entity["track_number"]) == (103, 1, "1Z3")


def test_tracks_that_are_there_stay():
    placed = order(1)
    shop = SalesShop(shipments=[shipment(placed, [(placed["items"][0], 1)], tracks=["1Z1"])])
    push_tracking(shop.client, ["103"], sent([(11, 1)], notify=True))
    assert shop.written == []
