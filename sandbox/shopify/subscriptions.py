"""Webhook subscriptions: listing, creating, changing and removing them through the API."""

from urllib.parse import urlsplit

from .events import API_VERSION, TOPICS
from .paging import connection
from .shop import gid, parse_gid

#: How a topic begins -> the scope it needs; what is not listed needs none.
_SCOPES = {
    "COLLECTIONS_": "read_products", "CUSTOMERS_": "read_customers", "FULFILLMENTS_": "read_fulfillments",
    "INVENTORY_": "read_inventory", "LOCATIONS_": "read_locations", "ORDERS_": "read_orders",
    "PRODUCTS_": "read_products", "REFUNDS_": "read_orders",
}  # fmt: skip
_SCOPE = {topic: next((s for start, s in _SCOPES.items() if topic.startswith(start)), None) for topic in TOPICS}


def _show(entry: dict) -> dict:
    return {
        "__typename": "WebhookSubscription",
        "id": gid("WebhookSubscription", entry["id"]),
        "legacyResourceId": str(entry["id"]),
        "topic": entry["topic"],
        "uri": entry["uri"],
        "callbackUrl": entry["uri"],
        "format": "JSON",
        "filter": entry["filter"],
        "includeFields": entry["include_fields"],
        "metafieldNamespaces": entry["metafield_namespaces"],
        "name": entry["name"],
        "apiVersion": {"handle": API_VERSION, "displayName": API_VERSION, "supported": True},
        "createdAt": entry["created_at"],
        "updatedAt": entry["updated_at"],
    }


def _all(info) -> list[dict]:
    shop = info.context.shop
    return shop.store.all(shop.domain, "subscription")


def listing(_root, info, *, topics=None, uri=None, format=None, **page):
    found = [e for e in _all(info) if (not topics or e["topic"] in topics) and (not uri or e["uri"] == uri)]
    return connection([(entry["id"], entry["id"], entry) for entry in found], _show, **page)


def count(_root, info, *, limit=None):
    number = len(_all(info))
    capped = number if limit is None else min(number, limit)
    return {"count": capped, "precision": "EXACT" if capped == number else "AT_LEAST"}


def _get(info, text: str) -> dict | None:
    shop, found = info.context.shop, parse_gid(text, "WebhookSubscription")
    return shop.store.get(shop.domain, "subscription", found[1]) if found else None


def single(_root, info, *, id):
    entry = _get(info, id)
    return _show(entry) if entry else None


def _problem(*field: str, message: str) -> dict:
    return {"webhookSubscription": None, "userErrors": [{"field": ["webhookSubscription", *field], "message": message}]}


def _wrong_address(uri: str) -> str | None:
    parts = urlsplit(uri)
    if not uri:
        return "Address can't be blank"
    plain_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not plain_here:
        return f"Address protocol {parts.scheme}:// is not supported"
    return None if parts.hostname else "Address is invalid"


def _check(info, topic: str, uri: str, own_id: int | None = None) -> dict | None:
    """A payload with user errors, or None if topic and address may be subscribed."""
    wrong = _wrong_address(uri)
    if wrong:
        return _problem("callbackUrl", message=wrong)
    for entry in _all(info):
        if entry["id"] != own_id and entry["topic"] == topic and entry["uri"] == uri:
            return _problem("callbackUrl", message="Address for this topic has already been taken")
    needed = _SCOPE.get(topic)
    if needed and needed not in info.context.scopes and needed.replace("read", "write") not in info.context.scopes:
        return {
            "webhookSubscription": None,
            "userErrors": [
                {
                    "field": ["topic"],
                    "message": f"You cannot create a webhook subscription with the specified topic: {TOPICS[topic]}",
                }
            ],
        }
    return None


def create(_root, info, *, topic, webhookSubscription):
    shop, wanted = info.context.shop, webhookSubscription
    uri = wanted.get("uri") or wanted.get("callbackUrl") or ""
    with shop.store.transaction():
        problem = _check(info, topic, uri)
        if problem:
            return problem
        now = shop.clock.iso()
        entry = {
            "id": shop.id("WebhookSubscription"), "topic": topic, "uri": uri, "filter": wanted.get("filter"),
            "include_fields": wanted.get("includeFields") or [], "name": wanted.get("name"),
            "metafield_namespaces": wanted.get("metafieldNamespaces") or [], "created_at": now, "updated_at": now,
        }  # fmt: skip
        shop.store.put(shop.domain, "subscription", entry["id"], entry)
    return {"webhookSubscription": _show(entry), "userErrors": []}


def update(_root, info, *, id, webhookSubscription):
    shop, wanted = info.context.shop, webhookSubscription
    with shop.store.transaction():
        entry = _get(info, id)
        if entry is None:
            return _missing("webhookSubscription")
        uri = wanted.get("uri") or wanted.get("callbackUrl") or entry["uri"]
        problem = _check(info, entry["topic"], uri, entry["id"])
        if problem:
            return problem
        names = {"filter": "filter", "includeFields": "include_fields", "name": "name",
                 "metafieldNamespaces": "metafield_namespaces"}  # fmt: skip
        changes = {ours: wanted[theirs] for theirs, ours in names.items() if theirs in wanted}
        entry = {**entry, **changes, "uri": uri, "updated_at": shop.clock.iso()}
        shop.store.put(shop.domain, "subscription", entry["id"], entry)
    return {"webhookSubscription": _show(entry), "userErrors": []}


def delete(_root, info, *, id):
    shop = info.context.shop
    with shop.store.transaction():
        entry = _get(info, id)
        if entry is None:
            return _missing("deletedWebhookSubscriptionId")
        shop.store.delete(shop.domain, "subscription", entry["id"])
    return {"deletedWebhookSubscriptionId": id, "userErrors": []}


def _missing(key: str) -> dict:
    return {key: None, "userErrors": [{"field": ["id"], "message": "Webhook subscription does not exist"}]}


QUERY = {
    "webhookSubscription": single,
    "webhookSubscriptions": listing,
    "webhookSubscriptionsCount": count,
}
MUTATION = {
    "webhookSubscriptionCreate": create,
    "webhookSubscriptionUpdate": update,
    "webhookSubscriptionDelete": delete,
}
