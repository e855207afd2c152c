"""GraphQL shape of fulfillment orders and fulfillments, and the queries that find them."""

from . import fulfilling, graph_order, graph_shop, graph_stock, pricing
from .access import require
from .paging import connection, nested
from .search import Search
from .shop import Shop, gid, parse_gid

READ, WRITE = "read_merchant_managed_fulfillment_orders", "write_merchant_managed_fulfillment_orders"
_REASONS = {
    "AWAITING_PAYMENT": "Awaiting payment", "AWAITING_RETURN_ITEMS": "Awaiting return items",
    "HIGH_RISK_OF_FRAUD": "High risk of fraud", "INCORRECT_ADDRESS": "Incorrect address",
    "INVENTORY_OUT_OF_STOCK": "Inventory out of stock", "UNKNOWN_DELIVERY_DATE": "Unknown delivery date",
    "ONLINE_STORE_POST_PURCHASE_CROSS_SELL": "Online store post purchase cross-sell", "OTHER": "Other",
}  # fmt: skip
_SEARCH = {
    "id": ("id", lambda pair: pair[1]["id"]),
    "status": ("exact", lambda pair: pair[1]["status"]),
    "assigned_location_id": ("id", lambda pair: pair[1]["location_id"]),
    "updated_at": ("time", lambda pair: pair[1]["updated_at"]),
}


def fulfillment_node(shop: Shop, order: dict, record: dict, bag) -> dict:
    place = shop.store.get(shop.domain, "location", record.get("location_id"))
    worked_on = set(record.get("fulfillment_order_ids") or ())
    state = record.get("status", "SUCCESS")
    return {
        "__typename": "Fulfillment",
        "id": gid("Fulfillment", record["id"]),
        "legacyResourceId": str(record["id"]),
        "name": record["name"],
        "status": state,
        "displayStatus": "CANCELED" if state == "CANCELLED" else "FULFILLED",
        "createdAt": record["created_at"],
        "updatedAt": record.get("updated_at", record["created_at"]),
        "totalQuantity": sum(entry["quantity"] for entry in record["lines"]),
        "requiresShipping": True,
        "trackingInfo": lambda _info, first=None: fulfilling.tracking_of(record)[:first],
        "location": (lambda _info: graph_stock.location(shop, place)) if place else None,
        "fulfillmentLineItems": nested(record["lines"], lambda entry: line_node(shop, order, entry, bag)),
        "fulfillmentOrders": of_order(shop, order, lambda p: p["id"] in worked_on),
        "order": lambda _info: graph_order.order_node(shop, order),
    }


def line_node(shop: Shop, order: dict, entry: dict, bag) -> dict:
    """A line of a fulfillment."""
    line = next(line for line in order["lines"] if line["id"] == entry["line_id"])
    discounts = [graph_order.application(each, index, order) for index, each in enumerate(order["discounts"])]
    worth = pricing.half_up(pricing.Fraction(pricing.net(line) * entry["quantity"], line["quantity"]))
    return {
        "__typename": "FulfillmentLineItem",
        "id": gid("FulfillmentLineItem", entry["id"]),
        "lineItem": lambda _info: graph_order.line_node(shop, order, line, bag, discounts),
        "quantity": entry["quantity"],
        "originalTotalSet": bag.lazy(line["unit"] * entry["quantity"]),
        "discountedTotalSet": bag.lazy(worth),
    }


def of_order(shop: Shop, order: dict, wanted=lambda _place: True):
    """A resolver of an order's fulfillment orders."""

    def resolve(info, displayable=False, query=None, **page):
        require(info, READ, "fulfillmentOrders")
        search = Search(query, _SEARCH, [], shop.config["utc_offset"], shop.clock.iso())
        places = [p for p in order.get("fulfillment_orders") or () if wanted(p) and search.matches((order, p))]
        return nested(places, lambda place: order_node(shop, order, place))(info, **page)

    return resolve


def actions_of(place: dict) -> list[str]:
    """What may be done with a fulfillment order now."""
    if place["status"] == "ON_HOLD":
        return ["RELEASE_HOLD", "HOLD", "MOVE"]
    if place["status"] == "IN_PROGRESS":
        return ["CREATE_FULFILLMENT", "REPORT_PROGRESS", "MARK_AS_OPEN"]
    if place["status"] != "OPEN":
        return []
    several = sum(entry["remaining"] for entry in place["lines"]) > 1
    return ["CREATE_FULFILLMENT", "MOVE", "HOLD", *(["SPLIT"] if several else [])]


def order_node(shop: Shop, order: dict, place: dict) -> dict:
    """A fulfillment order."""
    bag, lines = graph_order.Bags(order), {line["id"]: line for line in order["lines"]}
    discounts = [graph_order.application(entry, index, order) for index, entry in enumerate(order["discounts"])]
    where = shop.store.get(shop.domain, "location", place["location_id"])

    def work(entry: dict) -> dict:
        line = lines[entry["line_id"]]
        pair = shop.variants().get(line["variant_id"]) if line["product_exists"] else None
        return {
            "__typename": "FulfillmentOrderLineItem",
            "id": gid("FulfillmentOrderLineItem", entry["id"]),
            "inventoryItemId": gid("InventoryItem", pair[1]["inventory_item_id"]) if pair else None,
            "lineItem": lambda _info: graph_order.line_node(shop, order, line, bag, discounts),
            "productTitle": line["title"],
            "remainingQuantity": entry["remaining"],
            "requiresShipping": line["requires_shipping"],
            "sku": line["sku"],
            "totalQuantity": entry["quantity"],
            "variant": (lambda _info: graph_shop.variant(shop, *pair)) if pair else None,
            "variantTitle": line["variant_title"],
            "vendor": line["vendor"],
        }

    sent = [r for r in order["fulfillments"] if place["id"] in (r.get("fulfillment_order_ids") or ())]
    return {
        "__typename": "FulfillmentOrder",
        "id": gid("FulfillmentOrder", place["id"]),
        "status": place["status"],
        "requestStatus": "UNSUBMITTED",
        "supportedActions": [{"action": action, "externalUrl": None} for action in actions_of(place)],
        "assignedLocation": {
            "name": where["name"], "address1": where["address1"], "address2": where.get("address2"),
            "city": where["city"], "countryCode": where["country_code"], "phone": where["phone"],
            "province": where["province"], "zip": where["zip"],
            "location": lambda _info: graph_stock.location(shop, where),
        },
        "destination": _destination(order),
        "fulfillAt": place["created_at"],
        "fulfillBy": None,
        "fulfillmentHolds": [hold_node(entry) for entry in place["holds"]],
        "fulfillments": nested(sent, lambda record: fulfillment_node(shop, order, record, bag)),
        "lineItems": nested(place["lines"], work),
        "order": lambda _info: graph_order.order_node(shop, order),
        "orderId": gid("Order", order["id"]),
        "orderName": order["name"],
        "orderProcessedAt": order["processed_at"],
        "createdAt": place["created_at"],
        "updatedAt": place["updated_at"],
    }  # fmt: skip


def hold_node(entry: dict) -> dict:
    return {
        "__typename": "FulfillmentHold",
        "id": gid("FulfillmentHold", entry["id"]),
        "displayReason": _REASONS[entry["reason"]],
        "handle": entry["handle"] or None,
        "heldByRequestingApp": entry["by_app"],
        "reason": entry["reason"],
        "reasonNotes": entry["notes"],
    }


def _destination(order: dict) -> dict | None:
    home = order["delivery"]
    if not home:
        return None
    names = {
        "address1": "address1", "address2": "address2", "city": "city", "company": "company", "firstName": "first_name",
        "countryCode": "country_code", "lastName": "last_name", "phone": "phone", "province": "province", "zip": "zip",
    }  # fmt: skip
    body = {theirs: home.get(ours) for theirs, ours in names.items()}
    return {"id": gid("FulfillmentOrderDestination", home["id"]), "email": order["email"], **body}


# --- queries -------------------------------------------------------------------------------------------------------
def find(info, kind: str, text: str) -> tuple[dict | None, dict | None]:
    """(order, its fulfillment order or fulfillment) of a global id; (None, None) if there is none to be seen."""
    shop, found = info.context.shop, parse_gid(text, kind)
    key = {"FulfillmentOrder": "fulfillment_orders", "Fulfillment": "fulfillments"}[kind]
    order_id = fulfilling.owner_of(shop, key, found[1]) if found else None
    order = shop.store.get(shop.domain, "order", order_id) if order_id else None
    if order is None or not info.context.sees(order):
        return None, None
    return order, next((record for record in order[key] if record["id"] == found[1]), None)


def fulfillment(_root, info, *, id):
    require(info, "read_orders", info.field_name)
    order, record = find(info, "Fulfillment", id)
    return fulfillment_node(info.context.shop, order, record, graph_order.Bags(order)) if record else None


def fulfillment_order(_root, info, *, id):
    require(info, READ, info.field_name)
    order, place = find(info, "FulfillmentOrder", id)
    return order_node(info.context.shop, order, place) if place else None


def fulfillment_orders(_root, info, *, includeClosed=False, query=None, sortKey="ID", **page):
    require(info, READ, "fulfillmentOrders")
    shop = info.context.shop
    search = Search(query, _SEARCH, [], shop.config["utc_offset"], shop.clock.iso())
    key = "updated_at" if sortKey == "UPDATED_AT" else "id"
    rows = sorted(
        (
            (place[key], place["id"], (order, place))
            for order in shop.store.all(shop.domain, "order")
            for place in order.get("fulfillment_orders") or ()
            if (includeClosed or fulfilling.is_open(place)) and info.context.sees(order)
        ),
        key=lambda row: row[:2],
    )
    return connection([r for r in rows if search.matches(r[2])], lambda pair: order_node(shop, *pair), **page)


#: Global ids that ``node`` may ask for.
NODES = {"Fulfillment": fulfillment, "FulfillmentOrder": fulfillment_order}
QUERY = {
    "fulfillment": fulfillment,
    "fulfillmentOrder": fulfillment_order,
    "fulfillmentOrders": fulfillment_orders,
}
