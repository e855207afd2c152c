"""Mutations on stock: setting and adjusting quantities, stocking an article at a location or no longer.

Quantities are set all together or not at all. The rules are those of 2026-10: ``changeFromQuantity`` must be stated
(null = whatever it is), ``@idempotent`` must be there, and an article that is not stocked at a location keeps the
quantity, unseen, until it is activated there.
"""

from graphql import GraphQLError

from . import graph_shop, graph_stock, stock
from .access import require
from .events import tell_levels
from .idempotency import once
from .paging import BadRequest
from .shop import gid, parse_gid

MAX_QUANTITIES, LIMIT = 250, 1_000_000_000
#: https://shopify.dev/docs/apps/build/orders-fulfillment/inventory-management-apps/manage-quantities-states
REASONS = (
    "correction", "cycle_count_available", "damaged", "movement_canceled", "movement_created", "movement_received",
    "movement_updated", "other", "promotion", "quality_control", "received", "reservation_created",
    "reservation_deleted", "reservation_updated", "restock", "safety_stock", "shrinkage",
)  # fmt: skip
STALE = "The changeFromQuantity argument no longer matches the persisted quantity."


def _error(code: str, message: str, *field: str) -> dict:
    return {"code": code, "field": list(field) or None, "message": message}


def _check_compared(kind: str, entries: list[dict]):
    if any("changeFromQuantity" not in entry for entry in entries):
        raise GraphQLError(
            f"{kind} must include the following argument: changeFromQuantity.",
            extensions={"code": "INVALID_FIELD_ARGUMENTS"},
        )
    if len(entries) > MAX_QUANTITIES:
        raise BadRequest(
            f"The input array size of {len(entries)} is greater than the maximum allowed of {MAX_QUANTITIES}."
        )


def _common_errors(given: dict) -> list[dict]:
    errors = []
    if given["reason"] not in REASONS:
        text = f"The specified reason is invalid. Valid values are: {', '.join(REASONS)}."
        errors.append(_error("INVALID_REASON", text, "input", "reason"))
    uri = given.get("referenceDocumentUri")
    if uri is not None and not all(uri.partition("://")[::2]):
        text = "The specified reference document is invalid."
        errors.append(_error("INVALID_REFERENCE_DOCUMENT", text, "input", "referenceDocumentUri"))
    return errors


def _targets(shop, entries: list[dict], path: str) -> tuple[list, list[dict]]:
    """((variant, location id) per entry, or None; errors for those that are not there)."""
    found, errors = [], []
    for index, entry in enumerate(entries):
        item, place = parse_gid(entry["inventoryItemId"], "InventoryItem"), parse_gid(entry["locationId"], "Location")
        variant = stock.variant_of(shop, item[1]) if item else None
        where = ("input", path, str(index))
        if variant is None:
            text = "The specified inventory item could not be found."
            errors.append(_error("INVALID_INVENTORY_ITEM", text, *where, "inventoryItemId"))
        if not place or not shop.store.get(shop.domain, "location", place[1]):
            text = "The specified location could not be found."
            errors.append(_error("INVALID_LOCATION", text, *where, "locationId"))
        found.append((variant, place[1] if place else None))
    return found, errors


def _now(shop, variant: dict, location_id: int, name: str) -> int:
    entry = stock.level_at(shop, variant, location_id, inactive=True)
    return stock.quantities(shop, variant, entry)[name] if entry else 0


def _apply(info, given: dict, moves: list[tuple], name: str) -> dict:
    """Shift quantities, tell subscribers and write the adjustment group down; the group."""
    shop = info.context.shop
    stored = "available" if name == "on_hand" else name
    shifts: dict[tuple[int, int], dict[str, int]] = {}
    changes = []
    for variant, location_id, delta, ledger in moves:
        wanted = shifts.setdefault((variant["inventory_item_id"], location_id), {})
        wanted[stored] = wanted.get(stored, 0) + delta
        names = dict.fromkeys((stored, "on_hand")) if stored in stock.ON_HAND else [stored]
        changes += [[each, delta, variant["inventory_item_id"], location_id, ledger] for each in names if delta]
    changed = stock.shift(shop, shifts)
    group = {
        "id": shop.id("InventoryAdjustmentGroup"), "reason": given["reason"], "created_at": shop.clock.iso(),
        "uri": given.get("referenceDocumentUri"), "changes": changes,
    }  # fmt: skip
    tell_levels(shop, info.context.deliveries, "INVENTORY_LEVELS_UPDATE", [c for c in changed if c[1]["active"]])
    return group


def _group_node(shop, group: dict) -> dict:
    def changes(_info, inventoryItemIds=None, locationIds=None, quantityNames=None):
        return [
            {
                "name": name, "delta": delta, "quantityAfterChange": None, "ledgerDocumentUri": ledger,
                "item": lambda _info, item_id=item_id: _item(shop, item_id),
                "location": lambda _info, place=place: graph_stock.location(
                    shop, shop.store.get(shop.domain, "location", place)
                ),
            }
            for name, delta, item_id, place, ledger in group["changes"]
            if (not quantityNames or name in quantityNames)
            and (not inventoryItemIds or gid("InventoryItem", item_id) in inventoryItemIds)
            and (not locationIds or gid("Location", place) in locationIds)
        ]  # fmt: skip

    return {
        "__typename": "InventoryAdjustmentGroup",
        "id": gid("InventoryAdjustmentGroup", group["id"]),
        "app": graph_shop.installation(shop.config, ())["app"],
        "createdAt": group["created_at"],
        "reason": group["reason"],
        "referenceDocumentUri": group["uri"],
        "changes": changes,
    }


def _item(shop, item_id: int) -> dict | None:
    variant = stock.variant_of(shop, item_id)
    return graph_shop.inventory_item(shop, variant) if variant else None


def _grouped(info, given: dict, work) -> dict:
    """Run ``work()`` -> (errors, moves, name) under the idempotency key; a payload with an adjustment group."""
    shop = info.context.shop

    def payload(group=None, errors=()):
        node = _group_node(shop, group) if group else None
        return {"inventoryAdjustmentGroup": node, "userErrors": list(errors)}

    def run():
        errors, moves, name = work()
        if errors:
            return payload(errors=errors), None
        group = _apply(info, given, moves, name)
        return payload(group), group

    answer = once(info, given, run, payload, lambda code, text: payload(errors=[_error(code, text)]))
    info.context.deliveries.wake()
    return answer


def set_quantities(_root, info, *, input):
    require(info, "write_inventory", "inventorySetQuantities")
    shop, entries, name = info.context.shop, input["quantities"], input["name"]
    _check_compared("InventoryQuantityInput", entries)

    def work():
        errors = _common_errors(input)
        if name not in ("available", "on_hand"):
            text = "The quantity name must be either 'available' or 'on_hand'."
            return [*errors, _error("INVALID_NAME", text, "input", "name")], [], name
        errors += _quantity_errors(entries, name)
        found, missing = _targets(shop, entries, "quantities")
        if errors or missing:
            return errors + missing, [], name
        moves, stale = [], []
        for index, (entry, (variant, place)) in enumerate(zip(entries, found, strict=True)):
            current = _now(shop, variant, place, name)
            if entry["changeFromQuantity"] not in (None, current):
                where = ("input", "quantities", str(index), "changeFromQuantity")
                stale.append(_error("CHANGE_FROM_QUANTITY_STALE", STALE, *where))
            moves.append((variant, place, entry["quantity"] - current, None))
        return stale, moves, name

    return _grouped(info, input, work)


def _quantity_errors(entries: list[dict], name: str) -> list[dict]:
    errors, seen = [], {}
    for entry in entries:
        pair = entry["inventoryItemId"], entry["locationId"]
        seen[pair] = seen.get(pair, 0) + 1
    for index, entry in enumerate(entries):
        where, quantity = ("input", "quantities", str(index)), entry["quantity"]
        if quantity < -LIMIT:
            text = "The quantity can't be lower than -1,000,000,000."
            errors.append(_error("INVALID_QUANTITY_TOO_LOW", text, *where, "quantity"))
        elif name == "on_hand" and quantity < 0:
            errors.append(_error("INVALID_QUANTITY_NEGATIVE", "The quantity can't be negative.", *where, "quantity"))
        elif quantity > LIMIT:
            text = "The quantity can't be higher than 1,000,000,000."
            errors.append(_error("INVALID_QUANTITY_TOO_HIGH", text, *where, "quantity"))
        if seen[entry["inventoryItemId"], entry["locationId"]] > 1:
            text = "The combination of inventoryItemId and locationId must be unique."
            errors.append(_error("NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR", text, *where, "locationId"))
    return errors


def adjust_quantities(_root, info, *, input):
    require(info, "write_inventory", "inventoryAdjustQuantities")
    shop, entries, name = info.context.shop, input["changes"], input["name"]
    _check_compared("InventoryChangeInput", entries)

    def work():
        errors = _common_errors(input)
        if name not in stock.STORED:
            text = f"The specified quantity name is invalid. Valid values are: {', '.join(stock.STORED)}."
            return [*errors, _error("INVALID_QUANTITY_NAME", text, "input", "name")], [], name
        errors += _ledger_errors(entries, name)
        found, missing = _targets(shop, entries, "changes")
        if errors or missing:
            return errors + missing, [], name
        moves, refused = [], []
        for index, (entry, (variant, place)) in enumerate(zip(entries, found, strict=True)):
            current, where = _now(shop, variant, place, name), ("input", "changes", str(index))
            if entry["changeFromQuantity"] not in (None, current):
                refused.append(_error("CHANGE_FROM_QUANTITY_STALE", STALE, *where, "changeFromQuantity"))
            if abs(current + entry["delta"]) > LIMIT:
                high = current + entry["delta"] > 0
                text = f"The total quantity can't be {'higher than' if high else 'lower than -'} 1,000,000,000."
                code = "INVALID_QUANTITY_TOO_HIGH" if high else "INVALID_QUANTITY_TOO_LOW"
                refused.append(_error(code, text.replace("- ", "-"), *where, "delta"))
            moves.append((variant, place, entry["delta"], entry.get("ledgerDocumentUri")))
        return refused, moves, name

    return _grouped(info, input, work)


def _ledger_errors(entries: list[dict], name: str) -> list[dict]:
    errors, ledgers = [], {entry.get("ledgerDocumentUri") for entry in entries}
    if len(ledgers) > 1:
        text = (
            "All changes must have the same ledger document URI or, in the case of adjusting available, no ledger "
            "document URI."
        )
        errors.append(_error("MAX_ONE_LEDGER_DOCUMENT", text, "input", "changes"))
    for index, entry in enumerate(entries):
        uri, where = entry.get("ledgerDocumentUri"), ("input", "changes", str(index), "ledgerDocumentUri")
        if name == "available" and uri:
            text = "A ledger document URI is not allowed when adjusting available."
            errors.append(_error("INVALID_AVAILABLE_DOCUMENT", text, *where))
        elif name != "available" and not uri:
            text = "A ledger document URI is required except when adjusting available."
            errors.append(_error("INVALID_QUANTITY_DOCUMENT", text, *where))
        elif uri and uri.startswith("gid://shopify/"):
            text = "Internal (gid://shopify/) ledger documents are not allowed to be adjusted via API."
            errors.append(_error("INTERNAL_LEDGER_DOCUMENT", text, *where))
    return errors


def activate(_root, info, *, inventoryItemId, locationId, available=None, onHand=None, stockAtLegacyLocation=None):
    """Stock an article at a location; without a quantity what was there before counts again."""
    require(info, "write_inventory", "inventoryActivate")
    shop, deliveries = info.context.shop, info.context.deliveries
    given = {"inventoryItemId": inventoryItemId, "locationId": locationId, "available": available, "onHand": onHand}

    def payload(place=None, *problem):
        level = None
        if place is not None:
            variant = stock.variant_of(shop, place[0])
            level = graph_stock.level_node(shop, variant, stock.level_at(shop, variant, place[1], inactive=True))
        errors = [{"field": list(problem[1:]) or None, "message": problem[0]}] if problem else []
        return {"inventoryLevel": level, "userErrors": errors}

    def run():
        item, place = parse_gid(inventoryItemId, "InventoryItem"), parse_gid(locationId, "Location")
        variant = stock.variant_of(shop, item[1]) if item else None
        where = shop.store.get(shop.domain, "location", place[1]) if place else None
        if variant is None:
            return payload(None, "The inventory item could not be found.", "inventoryItemId"), None
        if where is None or not where.get("active", True):
            return payload(None, "The location could not be found or is not active.", "locationId"), None
        if available is not None and onHand is not None:
            return payload(None, "Only one of available and onHand may be given.", "available"), None
        key = variant["inventory_item_id"], where["id"]
        known = stock.level_at(shop, variant, where["id"], inactive=True)
        if known and known["active"] and (available is not None or onHand is not None):
            text = "Not allowed to set available quantity when the item is already active at the location."
            return payload(None, text, "available"), None
        entry = {**(known or stock.level(where["id"], shop.clock.iso())), "active": True}
        if available is not None:
            entry["available"] = available
        elif onHand is not None:
            entry["available"] += onHand - stock.quantities(shop, variant, entry)["on_hand"]
        if entry != known:
            stock.put(shop, variant, {**entry, "updated_at": shop.clock.iso()})
            tell_levels(shop, deliveries, "INVENTORY_LEVELS_CONNECT", [(variant, entry)])
        return payload(key), key

    answer = once(info, given, run, payload, lambda _code, text: payload(None, text))
    deliveries.wake()
    return answer


def deactivate(_root, info, *, inventoryLevelId):
    """No longer stock an article at a location."""
    require(info, "write_inventory", "inventoryDeactivate")
    shop, deliveries = info.context.shop, info.context.deliveries
    place, _, item = inventoryLevelId.partition("?inventory_item_id=")
    found = parse_gid(place, "InventoryLevel")
    with shop.store.transaction():
        variant = stock.variant_of(shop, int(item)) if item.isdigit() else None
        entry = stock.level_at(shop, variant, found[1]) if variant and found else None
        if entry is None:
            return _not_deactivated("The product couldn't be unstocked because it is not stocked there.")
        values = stock.quantities(shop, variant, entry)
        if values["committed"] or values["incoming"]:
            what = "committed" if values["committed"] else "incoming"
            return _not_deactivated(f"The product couldn't be unstocked because it has {what} inventory there.")
        if len(stock.levels(shop, variant)) == 1:
            return _not_deactivated("The product couldn't be unstocked because it must be stocked somewhere.")
        stock.put(shop, variant, {**entry, "active": False, "updated_at": shop.clock.iso()})
        tell_levels(shop, deliveries, "INVENTORY_LEVELS_DISCONNECT", [(variant, entry)])
    deliveries.wake()
    return {"userErrors": []}


def _not_deactivated(message: str) -> dict:
    return {"userErrors": [{"field": None, "message": message}]}


MUTATION = {
    "inventorySetQuantities": set_quantities,
    "inventoryAdjustQuantities": adjust_quantities,
    "inventoryActivate": activate,
    "inventoryDeactivate": deactivate,
}
