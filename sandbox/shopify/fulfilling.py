"""Fulfillment orders, the work of sending an order, and fulfillments, what was sent. All change the order in place.

A fulfillment order belongs to one location and holds lines ``{id, line_id, quantity, remaining}``; the units that
remain over all open ones are exactly those that the order still has to send (``status.to_fulfill``).
"""

from . import status, stock
from .shop import Shop
from .status import Invalid

#: Where a carrier shows a parcel; the platform makes the address when it knows the name.
#: https://shopify.dev/docs/api/admin-graphql/latest/objects/FulfillmentTrackingInfo#supported-tracking-companies
CARRIERS = {
    "Canada Post": "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={}",
    "DHL Express": "https://www.dhl.com/en/express/tracking.html?AWB={}",
    "DPD": "https://tracking.dpd.de/parcelstatus?query={}",
    "Deutsche Post (EN)": "https://www.deutschepost.de/sendung/simpleQuery.html?form.sendungsnummer={}",
    "FedEx": "https://www.fedex.com/fedextrack/?trknbr={}",
    "GLS": "https://gls-group.eu/track/{}",
    "La Poste": "https://www.laposte.fr/outils/suivre-vos-envois?code={}",
    "Royal Mail": "https://www.royalmail.com/track-your-item#/tracking-results/{}",
    "UPS": "https://www.ups.com/track?tracknum={}",
    "USPS": "https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
}


def is_open(place: dict) -> bool:
    return place["status"] in status.OPEN_FULFILLMENT


def waiting(order: dict) -> dict[int, list[tuple[dict, dict]]]:
    """(fulfillment order, its line) of every open one, by the order line's id."""
    found: dict[int, list[tuple[dict, dict]]] = {}
    for place in order.get("fulfillment_orders") or ():
        if is_open(place):
            for entry in place["lines"]:
                found.setdefault(entry["line_id"], []).append((place, entry))
    return found


def settle(shop: Shop, order: dict, now: str, *, location_id: int | None = None):
    """Bring fulfillment orders in line with what is left to send: fewer units leave the last ones, more are routed.

    ``location_id``: where new work goes; None = the platform decides.
    """
    order.setdefault("fulfillment_orders", [])
    by_line, fresh = waiting(order), []
    for line in order["lines"]:
        entries = by_line.get(line["id"], [])
        wanted, present = status.to_fulfill(order, line), sum(entry["remaining"] for _, entry in entries)
        for place, entry in reversed(entries):
            less = min(entry["remaining"], max(present - wanted, 0))
            if less:
                entry["remaining"] -= less
                entry["quantity"] -= less
                place["updated_at"] = now
                present -= less
        if wanted > present:
            fresh.append((line, wanted - present))
    for where, units in (_route(shop, fresh, location_id) if fresh else {}).items():
        _assign(shop, order, now, where, units)
    for place in order["fulfillment_orders"]:
        place["lines"] = [entry for entry in place["lines"] if entry["quantity"]] or place["lines"]
        _close_if_done(place)


def _close_if_done(place: dict):
    if is_open(place) and not any(entry["remaining"] for entry in place["lines"]):
        place.update(status="CLOSED", holds=[])


def _assign(shop: Shop, order: dict, now: str, location_id: int, units: list[tuple[dict, int]]):
    """Add units to the location's open fulfillment order, or make one."""
    place = next(
        (p for p in order["fulfillment_orders"] if p["location_id"] == location_id and p["status"] == "OPEN"), None
    )
    if place is None:
        place = add(shop, order, now, location_id)
    for line, quantity in units:
        known = next((entry for entry in place["lines"] if entry["line_id"] == line["id"]), None)
        if known:
            known["quantity"] += quantity
            known["remaining"] += quantity
        else:
            place["lines"].append(new_line(shop, line["id"], quantity))
    place["updated_at"] = now


def add(shop: Shop, order: dict, now: str, location_id: int, lines: list[dict] | None = None) -> dict:
    place = {
        "id": shop.id("FulfillmentOrder"), "location_id": location_id, "status": "OPEN", "holds": [],
        "created_at": now, "updated_at": now, "lines": lines or [],
    }  # fmt: skip
    order["fulfillment_orders"].append(place)
    return place


def new_line(shop: Shop, line_id: int, quantity: int) -> dict:
    number = shop.id("FulfillmentOrderLineItem")
    return {"id": number, "line_id": line_id, "quantity": quantity, "remaining": quantity}


def _route(shop: Shop, units: list[tuple[dict, int]], location_id: int | None) -> dict[int, list[tuple[dict, int]]]:
    """Units by location: one that has all of it, else per line the first that has enough, else the first of all."""
    places = [p["id"] for p in stock.locations(shop) if p.get("online", True)]
    places = places or [p["id"] for p in stock.locations(shop, inactive=True)]
    if location_id is not None or len(places) == 1:
        return {location_id or places[0]: units}
    index = shop.variants()

    def enough(where: int, line: dict, quantity: int) -> bool:
        found = index.get(line["variant_id"])
        if not found or not found[1].get("tracked", True):
            return True
        entry = stock.level_at(shop, found[1], where)
        return bool(entry) and entry["available"] >= quantity

    for where in places:
        if all(enough(where, *unit) for unit in units):
            return {where: units}
    routed: dict[int, list[tuple[dict, int]]] = {}
    for unit in units:
        where = next((place for place in places if enough(place, *unit)), places[0])
        routed.setdefault(where, []).append(unit)
    return routed


def location_of(order: dict, line_id: int) -> int | None:
    """Where units of a line came from or would come from."""
    for record in reversed(order["fulfillments"]):
        if any(entry["line_id"] == line_id for entry in record["lines"]):
            return record.get("location_id")
    places = order.get("fulfillment_orders") or ()
    return next((p["location_id"] for p in places if any(e["line_id"] == line_id for e in p["lines"])), None)


# --- fulfillments --------------------------------------------------------------------------------------------------
def pick(order: dict, units: list[tuple[dict, int]], location_id: int | None = None) -> list[list[tuple]]:
    """Where units are taken from: per location a list of (fulfillment order, its line, quantity). Raises Invalid."""
    by_line, picked = waiting(order), {}
    for line, quantity in units:
        wanted = quantity
        for place, entry in by_line.get(line["id"], []):
            taken = min(wanted, entry["remaining"])
            if not taken or place["status"] == "ON_HOLD" or location_id not in (None, place["location_id"]):
                continue
            picked.setdefault(place["location_id"], []).append((place, entry, taken))
            wanted -= taken
        if wanted:
            raise Invalid("units are on hold, or to be sent from another location")
    return list(picked.values())


def ship(shop: Shop, order: dict, now: str, picked: list[tuple], tracking: list[dict], *, invent: bool = False) -> dict:
    """One fulfillment of what was picked at one location: (fulfillment order, its line, quantity); the record.

    ``tracking``: ``[{company, number, url}]``; an address of None follows the carrier; ``invent``: so does a
    number of None, which is made up.
    """
    lines = {line["id"]: line for line in order["lines"]}
    ids = shop.ids("FulfillmentLineItem", len(picked))
    number = shop.id("Fulfillment")
    record = {
        "id": number, "name": f"{order['name']}-F{len(order['fulfillments']) + 1}", "status": "SUCCESS",
        "created_at": now, "updated_at": now, "location_id": picked[0][0]["location_id"], "notified": False,
        "tracking": [tracked(entry, f"1Z{number}" if invent else None) for entry in tracking],
        "fulfillment_order_ids": sorted({place["id"] for place, _, _ in picked}),
        "lines": [
            {"id": id_, "line_id": entry["line_id"], "quantity": quantity, "from_id": entry["id"]}
            for id_, (_, entry, quantity) in zip(ids, picked, strict=True)
        ],
    }  # fmt: skip
    for place, entry, quantity in picked:
        entry["remaining"] -= quantity
        lines[entry["line_id"]]["fulfilled"] += quantity
        place.update(status="IN_PROGRESS", updated_at=now)
        _close_if_done(place)
    order["fulfillments"].append(record)
    if status.fulfillment(order) == "FULFILLED" and status.outstanding(order) <= 0:
        order["closed_at"] = now
    return record


def tracked(entry: dict, fallback: str | None = None) -> dict:
    number = entry.get("number") or fallback
    known = CARRIERS.get(entry.get("company") or "")
    url = entry.get("url") or (known.format(number) if known and number else None)
    return {"company": entry.get("company"), "number": number, "url": url}


def tracking_of(record: dict) -> list[dict]:
    """A fulfillment's tracking entries; records of older versions of this program hold a single one."""
    if "tracking" in record:
        return record["tracking"]
    return [tracked({"company": record["company"], "number": record["number"]})]


def cancel(shop: Shop, order: dict, now: str, record: dict):
    """Take a fulfillment back: its units are to be sent again, from where they were."""
    if record.get("status") == "CANCELLED":
        raise Invalid("Fulfillment has already been cancelled.")
    record.update(status="CANCELLED", updated_at=now)
    lines = {line["id"]: line for line in order["lines"]}
    opened = {entry["id"]: entry for entries in waiting(order).values() for _, entry in entries}
    again = []
    for entry in record["lines"]:
        lines[entry["line_id"]]["fulfilled"] -= entry["quantity"]
        if entry.get("from_id") in opened:
            opened[entry["from_id"]]["remaining"] += entry["quantity"]
        else:
            again.append(new_line(shop, entry["line_id"], entry["quantity"]))
    if again:
        where = record.get("location_id") or stock.locations(shop, inactive=True)[0]["id"]
        add(shop, order, now, where, again)
    order["closed_at"] = None


_owners: dict[str, tuple] = {}


def owner_of(shop: Shop, key: str, number: int) -> int | None:
    """Id of the order that holds a record: ``key`` is ``fulfillment_orders`` or ``fulfillments``."""

    def index() -> dict:
        return {
            (kind, record["id"]): order["id"]
            for order in shop.store.all(shop.domain, "order")
            for kind in ("fulfillment_orders", "fulfillments")
            for record in order.get(kind) or ()
        }

    return stock.cached(_owners, shop, "order", index).get((key, number))


# --- fulfillment orders --------------------------------------------------------------------------------------------
def find(order: dict, number: int) -> dict | None:
    return next((p for p in order.get("fulfillment_orders") or () if p["id"] == number), None)


def split(shop: Shop, order: dict, now: str, place: dict, units: dict[int, int]) -> dict:
    """Move units (by id of the fulfillment order's line) into a fulfillment order of their own; that one."""
    taken = []
    for entry in place["lines"]:
        quantity = units.get(entry["id"], 0)
        if not quantity:
            continue
        if not 0 < quantity <= entry["remaining"]:
            raise Invalid("Invalid fulfillment order line item quantity requested.")
        entry["remaining"] -= quantity
        entry["quantity"] -= quantity
        taken.append(new_line(shop, entry["line_id"], quantity))
    place["lines"] = [entry for entry in place["lines"] if entry["quantity"]]
    place["updated_at"] = now
    return add(shop, order, now, place["location_id"], taken)


def hold(shop: Shop, place: dict, now: str, why: dict) -> dict:
    """Hold a fulfillment order back; ``why``: reason, notes, handle, by_app."""
    entry = {"id": shop.id("FulfillmentHold"), **why}
    place.update(status="ON_HOLD", holds=[*place["holds"], entry], updated_at=now)
    return entry


def release(place: dict, now: str, ids: set[int] | None = None):
    kept = [entry for entry in place["holds"] if ids is not None and entry["id"] not in ids]
    begun = any(entry["remaining"] < entry["quantity"] for entry in place["lines"])
    place.update(holds=kept, status="ON_HOLD" if kept else "IN_PROGRESS" if begun else "OPEN", updated_at=now)
