"""Storing a changed order and telling the app's webhook subscriptions about it, in one transaction."""

import base64
import hashlib
import hmac
import json
import uuid

from ..framework.delivery import Deliveries
from . import rest, status, stock
from .money import text
from .shop import Shop, gid

API_VERSION = "2026-10"

#: GraphQL's topic -> the name in the webhook's header.
TOPICS = {
    "APP_UNINSTALLED": "app/uninstalled",
    "BULK_OPERATIONS_FINISH": "bulk_operations/finish",
    "COLLECTIONS_CREATE": "collections/create",
    "COLLECTIONS_DELETE": "collections/delete",
    "COLLECTIONS_UPDATE": "collections/update",
    "INVENTORY_ITEMS_CREATE": "inventory_items/create",
    "INVENTORY_ITEMS_DELETE": "inventory_items/delete",
    "INVENTORY_ITEMS_UPDATE": "inventory_items/update",
    "CUSTOMERS_CREATE": "customers/create",
    "CUSTOMERS_UPDATE": "customers/update",
    "FULFILLMENTS_CREATE": "fulfillments/create",
    "FULFILLMENTS_UPDATE": "fulfillments/update",
    "INVENTORY_LEVELS_CONNECT": "inventory_levels/connect",
    "INVENTORY_LEVELS_DISCONNECT": "inventory_levels/disconnect",
    "INVENTORY_LEVELS_UPDATE": "inventory_levels/update",
    "LOCATIONS_ACTIVATE": "locations/activate",
    "LOCATIONS_CREATE": "locations/create",
    "LOCATIONS_DEACTIVATE": "locations/deactivate",
    "LOCATIONS_DELETE": "locations/delete",
    "LOCATIONS_UPDATE": "locations/update",
    "ORDERS_CANCELLED": "orders/cancelled",
    "ORDERS_CREATE": "orders/create",
    "ORDERS_DELETE": "orders/delete",
    "ORDERS_EDITED": "orders/edited",
    "ORDERS_FULFILLED": "orders/fulfilled",
    "ORDERS_PAID": "orders/paid",
    "ORDERS_PARTIALLY_FULFILLED": "orders/partially_fulfilled",
    "ORDERS_UPDATED": "orders/updated",
    "PRODUCTS_CREATE": "products/create",
    "PRODUCTS_DELETE": "products/delete",
    "PRODUCTS_UPDATE": "products/update",
    "REFUNDS_CREATE": "refunds/create",
}


def signature(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def save(shop: Shop, deliveries: Deliveries, before: dict | None, after: dict, edited: dict | None = None) -> dict:
    """Store an order and queue the webhooks that this change causes; the stored order.

    ``before`` is None for a new order; ``edited`` is what an order edit changed.
    """
    with shop.store.transaction():
        shop.store.put(shop.domain, "order", after["id"], after)
        _tell(shop, deliveries, after, _payloads(shop, before, after, edited))
        tell_levels(shop, deliveries, "INVENTORY_LEVELS_UPDATE", stock.follow(shop, before, after))
    deliveries.wake()
    return after


def tell_levels(shop: Shop, deliveries: Deliveries, topic: str, changed: list[tuple[dict, dict]]):
    """Queue a webhook for each (variant, level) that changed."""
    wanted = {subscription["topic"] for subscription in shop.store.all(shop.domain, "subscription")}
    for variant, level in changed if topic in wanted else ():
        item_id, location_id = variant["inventory_item_id"], level["location_id"]
        body = rest.inventory_level(variant, level, shop.config["utc_offset"])
        if topic == "INVENTORY_LEVELS_DISCONNECT":
            body = {"inventory_item_id": item_id, "location_id": location_id}
        announce(shop, deliveries, stock.level_gid(item_id, location_id), [(topic, body)])


def _payloads(shop: Shop, before: dict | None, after: dict, edited: dict | None) -> list[tuple[str, dict]]:
    """(topic, payload) of everything that happened between two states."""
    body = rest.order(shop, after)
    topics = ["ORDERS_CREATE" if before is None else "ORDERS_UPDATED"]
    if status.financial(after) == "PAID" and (before is None or status.financial(before) != "PAID"):
        topics.append("ORDERS_PAID")
    if after["cancelled_at"] and not (before and before["cancelled_at"]):
        topics.append("ORDERS_CANCELLED")
    if len(after["fulfillments"]) > len(before["fulfillments"] if before else ()):
        whole = status.fulfillment(after) == "FULFILLED"
        topics.append("ORDERS_FULFILLED" if whole else "ORDERS_PARTIALLY_FULFILLED")
    told = [(topic, body) for topic in topics]
    told += _shipments(shop, before, after)
    if edited is not None:
        told.append(("ORDERS_EDITED", {"order_edit": edited}))
    config, money = shop.config, rest.Money(after)
    for record in after["refunds"][len(before["refunds"]) if before else 0 :]:
        told.append(("REFUNDS_CREATE", rest.refund(after, record, money, config["utc_offset"])))
    return told


def _shipments(shop: Shop, before: dict | None, after: dict) -> list[tuple[str, dict]]:
    old = {record["id"]: record for record in before["fulfillments"]} if before else {}
    money, offset = rest.Money(after), shop.config["utc_offset"]
    return [
        (
            "FULFILLMENTS_UPDATE" if record["id"] in old else "FULFILLMENTS_CREATE",
            rest.fulfillment(after, record, money, offset),
        )
        for record in after["fulfillments"]
        if old.get(record["id"]) != record
    ]


def edit_payload(shop: Shop, before: dict, after: dict) -> dict:
    """What ``orders/edited`` carries: which lines were added to or removed from, and by how much."""

    def units(order: dict) -> dict[int, int]:
        return {line["id"]: line["quantity"] - status.returned(order, line["id"]) for line in order["lines"]}

    old, new = units(before), units(after)
    deltas = {line_id: quantity - old.get(line_id, 0) for line_id, quantity in new.items()}
    digest = hashlib.sha256(f"{after['id']}:{after['updated_at']}:{deltas}".encode()).hexdigest()
    return {
        "id": int(digest[:12], 16),
        "app_id": None,
        "created_at": rest.local(after["updated_at"], shop.config["utc_offset"]),
        "notify_customer": False,
        "order_id": after["id"],
        "staff_note": "",
        "user_id": None,
        "line_items": {
            "additions": [{"id": line_id, "delta": delta} for line_id, delta in deltas.items() if delta > 0],
            "removals": [{"id": line_id, "delta": -delta} for line_id, delta in deltas.items() if delta < 0],
        },
        "discounts": {"line_item": {"additions": [], "removals": []}},
        "shipping_lines": {"additions": [], "removals": []},
    }


def delete(shop: Shop, deliveries: Deliveries, order: dict):
    """Remove an order for good."""
    with shop.store.transaction():
        shop.store.delete(shop.domain, "order", order["id"])
        _tell(shop, deliveries, order, [("ORDERS_DELETE", {"id": order["id"]})])
    deliveries.wake()


def uninstall(shop: Shop, deliveries: Deliveries):
    """The merchant removes the app: one last webhook, then every token and subscription is void."""
    config = shop.config
    body = {
        "id": config["id"], "name": config["name"], "email": config["email"], "domain": config["domain"],
        "myshopify_domain": config["domain"], "country": config["country"], "currency": config["currency"],
        "created_at": rest.local(config["created_at"], config["utc_offset"]), "plan_name": config["plan"],
    }  # fmt: skip
    with shop.store.transaction():
        _tell(shop, deliveries, None, [("APP_UNINSTALLED", body)])
        for kind in ("subscription", "token"):
            for entry in shop.store.all(shop.domain, kind):
                shop.store.delete(shop.domain, kind, entry["id"])
        shop.configure(installed=False)
    deliveries.wake()


def _tell(shop: Shop, deliveries: Deliveries, order: dict | None, told: list[tuple[str, dict]]):
    if order is None:
        announce(shop, deliveries, gid("Shop", shop.config["id"]), told)
        return
    extra = {"X-Shopify-Order-Id": str(order["id"]), "X-Shopify-Test": "true" if order["test"] else "false"}
    announce(shop, deliveries, gid("Order", order["id"]), told, extra)


def announce(shop: Shop, deliveries: Deliveries, subject: str, told: list[tuple[str, dict]], extra: dict | None = None):
    """Queue one delivery per matching subscription; all of one change share the event id.

    ``told``: (topic as in GraphQL, payload); ``subject``: global id of the record; ``extra``: more headers.
    """
    subscriptions = shop.store.all(shop.domain, "subscription")
    if not subscriptions:
        return
    event, secret = str(uuid.uuid4()), shop.signing_secret()
    for topic, payload in told:
        for subscription in subscriptions:
            if subscription["topic"] != topic:
                continue
            wanted = subscription["include_fields"]
            content = {key: payload[key] for key in payload if key in wanted} if wanted else payload
            body = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
            headers = {
                "Content-Type": "application/json",
                "User-Agent": "Shopify-Captain-Hook",
                "X-Shopify-Topic": TOPICS[topic],
                "X-Shopify-Shop-Domain": shop.domain,
                "X-Shopify-API-Version": API_VERSION,
                "X-Shopify-Webhook-Id": str(uuid.uuid4()),
                "X-Shopify-Event-Id": event,
                "X-Shopify-Triggered-At": f"{shop.clock.iso()[:-1]}.{int(shop.clock.now() % 1 * 1e9):09d}Z",
                "X-Shopify-Hmac-Sha256": signature(secret, body),
                **(extra or {}),
            }
            if subscription["name"]:
                headers["X-Shopify-Name"] = subscription["name"]
            deliveries.enqueue(
                shop.domain,
                subject=subject,
                topic=TOPICS[topic],
                subscription=str(subscription["id"]),
                uri=subscription["uri"],
                headers=headers,
                body=body,
            )


def forge(shop: str, headers: dict, body: bytes) -> dict:
    """The same headers with a signature made with a key nobody has."""
    return {**headers, "X-Shopify-Hmac-Sha256": signature(f"not the secret of {shop}", body)}


def give_up(shop: Shop, subscription: str):
    """Every retry of a delivery failed and nothing else arrived meanwhile: the platform removes the subscription."""
    shop.store.delete(shop.domain, "subscription", int(subscription))


def money_text(minor: int, order: dict) -> str:
    """An amount of an order for people: ``10.50 EUR``."""
    return f"{text(minor, order['currency'])} {order['currency']}"
