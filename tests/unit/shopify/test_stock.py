"""Locations, quantities and setting them: what is sent, and what becomes of what Shopify answers."""

from datetime import datetime, timezone

import pytest

from odoo.addons.connector_base.canonical import Location, StockLevel
from odoo.addons.connector_base.transport import ConfigurationError, DataError, RateLimited, TransientError
from odoo.addons.connector_shopify import client as client_module
from odoo.addons.connector_shopify import const, parser_stock
from odoo.addons.connector_shopify.stock_push import push_levels

from . import samples
from .fakes import answer, client, error

DONE = answer({"inventorySetQuantities": {"userErrors": []}})
ACTIVATED = answer({"inventoryActivate": {"inventoryLevel": {"id": "x"}, "userErrors": []}})


def level(item, quantity=5, expected=3, location="7"):
    return StockLevel(item_external_id=str(item), location_external_id=location, quantity=quantity, expected=expected)


def item(number, available=3, *, tracked=True):
    stocked = {
        "updatedAt": "2026-11-20T10:00:00Z",
        "quantities": [{"name": "available", "quantity": available}],
    }
    return {
        "id": f"gid://shopify/InventoryItem/{number}",
        "tracked": tracked,
        "inventoryLevel": None if available is None else stocked,
    }


def objections(*pairs):
    """An answer that objects to quantities: (index or None, code)."""
    return answer(
        {
            "inventorySetQuantities": {
                "userErrors": [
                    {
                        "field": ["input", "quantities"] + ([] if index is None else [str(index), "quantity"]),
                        "message": "No.",
                        "code": code,
                    }
                    for index, code in pairs
                ]
            }
        }
    )


def outcome(results):
    """Results as {item: what became of it}."""
    return {
        result.level.item_external_id: "stale" if result.stale else result.error.code if result.error else "done"
        for result in results
    }


# === READING === #


def test_locations_over_two_pages():
    one = {"id": "gid://shopify/Location/1", "name": "Shop", "isActive": True, "address": {"countryCode": "FR"}}
    two = {"id": "gid://shopify/Location/2", "name": "Old", "isActive": False, "address": {"countryCode": None}}
    shop, _session = client(
        answer({"locations": samples.connection([one], cursor="c")}), answer({"locations": samples.connection([two])})
    )
    assert [parser_stock.parse_location(node) for node in shop.locations()] == [
        Location(external_id="1", name="Shop", country_code="FR"),
        Location(external_id="2", name="Old", active=False),
    ]


def test_levels_of_items():
    shop, session = client(answer({"nodes": [item(1, -4), None, item(2, None), item(3, 9, tracked=False), {}]}))
    nodes = shop.inventory_at("gid://shopify/Location/7", ["a", "b", "c", "d", "e"])
    assert [parser_stock.parse_item(node, "7").quantity for node in nodes] == [-4, None, None]
    assert parser_stock.parse_item(nodes[0], "7") == StockLevel(
        item_external_id="1",
        location_external_id="7",
        quantity=-4,
        updated_at=datetime(2026, 11, 20, 10, tzinfo=timezone.utc),
    )
    assert session.variables == [{"ids": ["a", "b", "c", "d", "e"], "location": "gid://shopify/Location/7"}]


def test_too_many_items_are_asked_for_in_halves(monkeypatch):
    monkeypatch.setattr(client_module, "_affordable_ids", {})
    dear = answer(errors=[error("MAX_COST_EXCEEDED")], cost=None)
    shop, session = client(dear, answer({"nodes": [item(1)]}), answer({"nodes": [item(2)]}))
    assert len(shop.inventory_at("l", ["1", "2"])) == 2
    assert [variables["ids"] for variables in session.variables] == [["1", "2"], ["1"], ["2"]]


def test_levels_of_a_location():
    node = {**item(1)["inventoryLevel"], "item": {"id": "gid://shopify/InventoryItem/1", "tracked": True}}
    shop, _session = client(
        answer({"location": {"inventoryLevels": samples.connection([node], cursor="next")}}),
        answer({"location": None}),
    )
    nodes, cursor = shop.location_inventory("l")
    assert (parser_stock.parse_level(nodes[0], "7").quantity, cursor) == (3, "next")
    assert shop.location_inventory("gone", after="next") == ([], None)


def test_events():
    body = {"inventory_item_id": 271, "location_id": 7, "available": -2, "updated_at": "2026-11-20T11:00:00+01:00"}
    found = parser_stock.parse_event("inventory_levels/update", body)
    assert (found.item_external_id, found.location_external_id, found.quantity) == ("271", "7", -2)
    assert found.updated_at == datetime(2026, 11, 20, 10, tzinfo=timezone.utc)
    assert parser_stock.parse_event("inventory_levels/update", {**body, "available": None}).quantity is None
    gone = {"inventory_item_id": 271, "location_id": 7}
    assert parser_stock.parse_event("inventory_levels/disconnect", gone).quantity is None


@pytest.mark.parametrize("body", [{}, {"inventory_item_id": 1, "location_id": 7, "available": "3"}, [], None])
def test_events_that_are_none(body):
    with pytest.raises(DataError):
        parser_stock.parse_event("inventory_levels/update", body)


# === SETTING === #


def test_known_levels_take_one_call_per_250():
    shop, session = client(DONE, DONE)
    levels = [level(number) for number in range(const.INPUT_LIMIT + 1)]
    assert set(outcome(push_levels(shop, levels, "k")).values()) == {"done"}
    first, second = session.variables
    assert len(first["input"]["quantities"]) == const.INPUT_LIMIT
    assert (first["input"]["name"], first["input"]["reason"]) == ("available", "correction")
    assert second["input"]["quantities"] == [
        {
            "inventoryItemId": "gid://shopify/InventoryItem/250",
            "locationId": "gid://shopify/Location/7",
            "quantity": 5,
            "changeFromQuantity": 3,
        }
    ]
    assert first["key"] != second["key"]


def test_keys_are_those_of_the_same_levels():
    keys = []
    for key, quantity in (("k", 5), ("k", 5), ("k", 6), ("other", 5)):
        shop, session = client(DONE)
        list(push_levels(shop, [level(1, quantity)], key))
        keys.append(session.variables[0]["key"])
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_what_is_refused_keeps_nothing_else_from_being_set():
    shop, session = client(objections((0, const.STALE), (2, "INVALID_LOCATION")), DONE)
    results = list(push_levels(shop, [level(number) for number in range(4)], "k"))
    assert outcome(results) == {"0": "stale", "2": "INVALID_LOCATION", "1": "done", "3": "done"}
    assert [entry["inventoryItemId"][-1] for entry in session.variables[1]["input"]["quantities"]] == ["1", "3"]
    assert next(result.error for result in results if result.error).remedy == const.STOCK_REMEDIES["INVALID_LOCATION"]


def test_a_refusal_that_does_not_say_of_what_is_found_in_halves():
    whole = objections((None, "NON_MUTABLE_INVENTORY_ITEM"))
    shop, session = client(whole, DONE, whole, DONE, whole)
    results = outcome(push_levels(shop, [level(number) for number in range(4)], "k"))
    assert sorted(results.values()) == ["NON_MUTABLE_INVENTORY_ITEM", "done", "done", "done"]
    assert len(session.calls) == 5


def test_unknown_levels_are_looked_at_first():
    """Not stocked: activated. Not tracked or unknown: refused with what to do. The others are set with the known."""
    shop, session = client(
        answer({"nodes": [item(1), item(2, None), item(3, tracked=False), None]}),
        ACTIVATED,
        DONE,
    )
    levels = [level(number, expected=None) for number in (1, 2, 3, 4)] + [level(5)]
    results = list(push_levels(shop, levels, "k"))
    assert outcome(results) == {
        "2": "done",
        "3": "UNTRACKED",
        "4": "INVALID_INVENTORY_ITEM",
        "1": "done",
        "5": "done",
    }
    assert session.operations == ["InventoryAtLocation", "InventoryActivate", "InventorySet"]
    activation = session.variables[1]
    assert (activation["item"][-1], activation["location"][-1], activation["available"]) == ("2", "7", 5)
    sent = session.variables[2]["input"]["quantities"]
    assert {entry["inventoryItemId"][-1]: entry["changeFromQuantity"] for entry in sent} == {"5": 3, "1": None}


def test_an_activation_that_is_refused_is_alone():
    refused = {"inventoryLevel": None, "userErrors": [{"field": ["locationId"], "message": "Inactive location"}]}
    shop, _session = client(
        answer({"nodes": [item(1, None), item(2, None)]}), answer({"inventoryActivate": refused}), ACTIVATED
    )
    results = list(push_levels(shop, [level(1, expected=None), level(2, expected=None)], "k"))
    assert [bool(result.error) for result in results] == [True, False]
    assert "Inactive location" in str(results[0].error)
    assert results[0].error.remedy == const.STOCK_REMEDIES["INVALID_LOCATION"]


def test_an_attempt_under_way_is_waited_for():
    shop, _session = client(objections((None, "IDEMPOTENCY_CONCURRENT_REQUEST")))
    with pytest.raises(TransientError, match="still working"):
        list(push_levels(shop, [level(1)], "k"))


def test_a_spent_key_is_replaced_by_another():
    spent = objections((None, "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"))
    shop, session = client(spent, DONE)
    assert outcome(push_levels(shop, [level(1)], "k")) == {"1": "done"}
    first, second = (variables["key"] for variables in session.variables)
    assert second == f"{first}-1"
    shop, _session = client(*[spent] * const.IDEMPOTENCY_ATTEMPTS)
    with pytest.raises(TransientError, match="refuses to try again"):
        list(push_levels(shop, [level(1)], "k"))


@pytest.mark.parametrize(("code", "raised"), [("THROTTLED", RateLimited), ("ACCESS_DENIED", ConfigurationError)])
def test_what_came_before_an_interruption_stays(code, raised):
    shop, _session = client(DONE, answer(errors=[error(code)], cost=None))
    results = push_levels(shop, [level(number) for number in range(const.INPUT_LIMIT + 1)], "k")
    assert len([next(results) for _number in range(const.INPUT_LIMIT)]) == const.INPUT_LIMIT
    with pytest.raises(raised):
        next(results)
