"""Shipments: what of an order was sent, from which source, under which numbers.

https://developer.adobe.com/commerce/webapi/rest/tutorials/orders/order-create-shipment
"""

from decimal import Decimal

from . import criteria, stock
from .documents import COMMENT, add_comment, column, listed, refuse, shown
from .errors import missing
from .inputs import ANY
from .money import ZERO, dec, num
from .routes import Call, route
from .sales import STOPPED, Sale, add
from .shop import Shop

RESOURCE, SHIP = "Magento_Sales::shipment", "Magento_Sales::ship"
ITEM = {"order_item_id": int, "qty": float, "extension_attributes": ANY}
TRACK = {"track_number": str, "title": str, "carrier_code": str, "extension_attributes": ANY}
ARGUMENTS = {"extension_attributes": {"source_code": str}}
OWN_TRACK = {
    **TRACK, "order_id": int, "created_at": str, "entity_id": int, "parent_id": int, "updated_at": str,
    "weight": float, "qty": float, "description": str,
}  # fmt: skip


def create(sale: Sale, given: list[dict] | None = None, tracks: list[dict] = (), source: str | None = None) -> dict:
    """A shipment of some units, by default of all that are left. Raises ApiError. The sale is not saved."""
    order, shop = sale.order, sale.shop
    quantities = _quantities(sale, given)
    if any(not (track.get("track_number") or "").strip() for track in tracks):
        raise refuse("Shipment", "Please enter a tracking number.")
    code = stock.source_for(shop, sale.website, source)
    units = sale.units(quantities, virtual=False, shipment=True)
    stock.take(shop, sale.website, code, units)
    number, delivery = shop.id("shipment"), order["_shipping"]["address"]
    document = {
        "entity_id": number, "increment_id": shop.increment_id("shipment", order["store_id"]),
        "order_id": order["entity_id"], "store_id": order["store_id"], "customer_id": order.get("customer_id"),
        "billing_address_id": order["billing_address_id"], "shipping_address_id": delivery and delivery["entity_id"],
        "created_at": sale.at, "updated_at": sale.at, "email_sent": 1, "packages": [],
        "total_qty": num(sum(quantities.values(), ZERO)), "items": [], "tracks": [], "comments": [],
        "_units": {sku: str(quantity) for sku, quantity in units.items()},
    }  # fmt: skip
    if shop.config["msi"]:
        document["extension_attributes"] = {"source_code": code}
    ids = iter(shop.ids("shipment item", len(quantities)))
    for item_id, quantity in sorted(quantities.items()):
        item = sale.items[item_id]
        document["items"].append({
            "entity_id": next(ids), "parent_id": number, "order_item_id": item_id, "qty": num(quantity),
            "name": item["name"], "sku": item["sku"], "product_id": item["product_id"] or 0,
            "price": item.get("price", 0), "weight": item["weight"],
        })  # fmt: skip
    document["tracks"] = [_track(shop, document, track, sale.at) for track in tracks]
    for item_id, quantity in sale.follow(quantities, shipment=True).items():
        add(sale.items[item_id], "qty_shipped", quantity)
    sale.settle()
    return shop.put("shipment", number, document)


def _quantities(sale: Sale, given: list[dict] | None) -> dict[int, Decimal]:
    if sale.state in STOPPED:
        raise refuse("Shipment", f"A shipment cannot be created when an order has a status of {sale.order['status']}")
    if not sale.can_ship:
        raise refuse("Shipment", "The order does not allow a shipment to be created.")
    if not given:
        return {item["item_id"]: left for item in sale.counted(True) if (left := sale.to_ship(item))}
    try:
        asked = sale.asked(given, shipment=True)
    except KeyError as error:
        text = f'The shipment contains product item ID "{error.args[0]}" that is not part of the original order.'
        raise refuse("Shipment", text) from None
    problems = [
        f'The quantity to ship must not be greater than the unshipped quantity for product SKU "{item["sku"]}".'
        for item, quantity in ((sale.items[item_id], quantity) for item_id, quantity in asked.items())
        if quantity > sale.to_ship(item) or quantity < 0
    ]
    if problems:
        raise refuse("Shipment", *problems)
    asked = {item_id: quantity for item_id, quantity in asked.items() if quantity}
    if not asked:
        raise refuse("Shipment", "You can't create a shipment without products.")
    return asked


def _track(shop: Shop, document: dict, given: dict, at: str) -> dict:
    return {
        "order_id": document["order_id"], "created_at": at, "entity_id": shop.id("track"), "updated_at": at,
        "parent_id": document["entity_id"], "weight": given.get("weight"), "qty": given.get("qty"),
        "description": given.get("description"), "track_number": given["track_number"],
        "title": given.get("title") or given.get("carrier_code", "custom"),
        "carrier_code": given.get("carrier_code") or "custom",
    }  # fmt: skip


def add_track(shop: Shop, document: dict, given: dict) -> dict:
    """A number that is known later; the order is touched by it no more than the shipment."""
    now = shop.now()
    track = _track(shop, document, given, now)
    changed = {**document, "tracks": [*document["tracks"], track], "updated_at": now}
    shop.put("shipment", document["entity_id"], changed)
    return track


# --- addresses -------------------------------------------------------------------------------------------------------
def _one(call: Call, number: int) -> dict:
    record = call.shop.get("shipment", number)
    if record is None:
        raise missing()
    return record


@route("GET", "shipments", RESOURCE)
def listing(call: Call):
    asked = criteria.read(call.query, call.shop.config["input_limits"])
    return criteria.answer(call.shop.all("shipment"), asked, column, shown)


@route("GET", "shipment/{id:int}", RESOURCE)
def one(call: Call, number: int):
    return shown(_one(call, number))


@route(
    "POST", "order/{orderId:int}/ship", SHIP,
    items__=[ITEM], notify__=bool, appendComment__=bool, comment__=COMMENT, tracks__=[TRACK], packages__=ANY,
    arguments__=ARGUMENTS,
)  # fmt: skip
def ship(call: Call, number: int):
    sale, body = Sale(call.shop, number), call.body
    source = ((body.get("arguments") or {}).get("extension_attributes") or {}).get("source_code")
    document = create(sale, body.get("items"), body.get("tracks") or (), source)
    if body.get("comment"):
        add_comment(call.shop, "shipment", document, body["comment"], at=sale.at, notified=body.get("notify"))
    sale.save()
    return document["entity_id"]


@route("POST", "shipment/track", SHIP, body={"entity": OWN_TRACK})
def track(call: Call):
    given = call.body["entity"]
    document = call.shop.get("shipment", given.get("parent_id"))
    if document is None or document["order_id"] != given.get("order_id", document["order_id"]):
        raise missing()
    if not (given.get("track_number") or "").strip():
        raise refuse("Shipment", "Please enter a tracking number.")
    return add_track(call.shop, document, given)


@route("DELETE", "shipment/track/{id:int}", SHIP)
def delete_track(call: Call, number: int):
    for document in call.shop.all("shipment"):
        kept = [entry for entry in document["tracks"] if entry["entity_id"] != number]
        if len(kept) < len(document["tracks"]):
            call.shop.put(
                "shipment", document["entity_id"], {**document, "tracks": kept, "updated_at": call.shop.now()}
            )
            return True
    raise missing()


@route("POST", "shipment/{id:int}/comments", SHIP, body={"entity": ANY})
def comment(call: Call, number: int):
    return add_comment(call.shop, "shipment", _one(call, number), call.body["entity"], at=call.shop.now())


@route("GET", "shipment/{id:int}/comments", RESOURCE)
def comments(call: Call, number: int):
    return listed(_one(call, number)["comments"])


def shipped_from(sale: Sale, sku: str) -> str | None:
    """The source of the order's last shipment of a SKU."""
    found = [record for record in sale.documents("shipment") if dec(record["_units"].get(sku))]
    return found[-1]["extension_attributes"]["source_code"] if found and "extension_attributes" in found[-1] else None
