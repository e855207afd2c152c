"""Setting quantities at Shopify: in batches, compared, once. No Odoo import.

`inventorySetQuantities` is all or nothing: what it objects to is taken out, the rest is sent again. As of 2026-10 it
also sets quantities where an item is not stocked, without stocking it there
(https://shopify.dev/changelog/removal-of-itemnotstockedatlocation-error), and quantities of items that are not tracked
mean nothing. So levels of which nothing is known (`expected` is None) are looked at first.
"""

import hashlib
import json

from odoo.addons.connector_base.canonical import StockResult
from odoo.addons.connector_base.transport import DataError

from . import const
from .errors import user_error


def push_levels(client, levels, key):
    """Yield a `StockResult` for each of `levels`, as soon as it is known.

    :param str key: the same when these levels are sent again
    :raise TransportError: temporary ones and those of the configuration; what was yielded is done
    """
    for start in range(0, len(levels), const.INPUT_LIMIT):
        batch = levels[start : start + const.INPUT_LIMIT]
        unknown = [level for level in batch if level.expected is None]
        ready = [level for level in batch if level.expected is not None]
        for level, result in _look_at(client, unknown, key):
            if result:
                yield result
            else:
                ready.append(level)
        if ready:
            yield from _set(client, ready, key)


def _look_at(client, levels, key):
    """Yield (level, its result, None when its quantity is still to be set); activate what is not stocked."""
    found = {}
    for location in sorted({level.location_external_id for level in levels}):
        items = [_item(level) for level in levels if level.location_external_id == location]
        for node in client.inventory_at(f"gid://shopify/Location/{location}", items):
            found[node["id"], location] = node
    for level in levels:
        yield level, _settle(client, level, found.get((_item(level), level.location_external_id)), key)


def _settle(client, level, node, key):
    if node is None:
        return StockResult(level=level, error=_refusal("Shopify has no such inventory item.", "INVALID_INVENTORY_ITEM"))
    if not node.get("tracked"):
        return StockResult(
            level=level, error=_refusal("Shopify does not track the quantity of this item.", "UNTRACKED")
        )
    if node.get("inventoryLevel"):
        return None
    try:
        client.inventory_activate(
            _item(level), _location(level), available=level.quantity, key=_key(key, "activate", [level])
        )
    except DataError as error:
        error.remedy = const.STOCK_REMEDIES["INVALID_LOCATION"]
        return StockResult(level=level, error=error)
    return StockResult(level=level)


def _set(client, levels, key):
    """Set what can be set of `levels`; yield all results."""
    waiting = [levels]
    while waiting:
        batch = waiting.pop()
        errors = client.inventory_set([_quantity(level) for level in batch], key=_key(key, "set", batch))
        refused = {}
        for error in errors:
            index = _index(error, len(batch))
            if index is not None:
                refused.setdefault(index, error)
        if not errors:
            yield from (StockResult(level=level) for level in batch)
        elif refused:
            yield from (_refused(batch[index], error) for index, error in refused.items())
            rest = [level for index, level in enumerate(batch) if index not in refused]
            if rest:
                waiting.append(rest)
        elif len(batch) == 1:
            yield _refused(batch[0], errors[0])
        else:  # it does not say which: the halves tell
            waiting += [batch[: len(batch) // 2], batch[len(batch) // 2 :]]


def _refused(level, error):
    """The result of a level that Shopify objects to."""
    code = error.get("code") or ""
    if code == const.STALE:
        return StockResult(level=level, stale=True)
    refusal = user_error([error])
    refusal.remedy = const.STOCK_REMEDIES.get(code, const.STOCK_REMEDY)
    return StockResult(level=level, error=refusal)


def _refusal(message, code):
    return DataError(message, code=code, remedy=const.STOCK_REMEDIES[code])


def _index(error, size):
    """Which quantity an error is about; None when it doesn't say. Its field is [input, quantities, 3, quantity]."""
    for part in error.get("field") or ():
        if str(part).isdecimal() and int(part) < size:
            return int(part)
    return None


def _quantity(level):
    return {
        "inventoryItemId": _item(level),
        "locationId": _location(level),
        "quantity": level.quantity,
        # must be there, null where nothing is compared
        "changeFromQuantity": level.expected,
    }


def _item(level):
    return f"gid://shopify/InventoryItem/{level.item_external_id}"


def _location(level):
    return f"gid://shopify/Location/{level.location_external_id}"


def _key(key, what, levels):
    """An idempotency key of exactly these levels: used with others Shopify would refuse it."""
    content = [(level.item_external_id, level.location_external_id, level.quantity, level.expected) for level in levels]
    return hashlib.sha256(json.dumps([key, what, content]).encode()).hexdigest()
