"""The module Magento_AdobeCommerceEventsClient: subscriptions to what the shop's models tell, and telling it.

https://developer.adobe.com/commerce/extensibility/events/api/. Only in shops of Adobe Commerce that have the module
among their ``modules``. A model tells of each of its saves: one action may save an order several times.
"""

import uuid

from . import adobe_io, errors, stock
from .errors import ApiError
from .routes import Call, route
from .shop import Shop

MODULE = "Magento_AdobeCommerceEventsClient"
PREFIX = "com.adobe.commerce."
SUBSCRIPTION = "event_subscription"
#: Stored document -> what its model is called in events.
MODELS = {
    "product": "catalog_product", "order": "sales_order", "invoice": "sales_order_invoice",
    "shipment": "sales_order_shipment", "creditmemo": "sales_order_creditmemo", "customer": "customer",
    "source_item": "cataloginventory_stock_item",
}  # fmt: skip
TRACK = "sales_order_shipment_track"
NAMES = frozenset(
    f"observer.{model}_{verb}_{moment}"
    for model in (*MODELS.values(), TRACK)
    for verb in ("save", "delete")
    for moment in ("after", "commit_after")
)
_EVENT = {
    "event": {
        "name": str, "parent": str, "fields": [{"name": str, "converter": str, "source": str}],
        "rules": [{"field": str, "operator": str, "value": str}], "destination": str, "priority": bool,
        "hipaa_audit_required": bool, "provider_id": str,
    }
}  # fmt: skip


def _check(shop: Shop):
    if MODULE not in shop.modules() or shop.config["edition"] == "Community":
        raise ApiError(404, errors.NO_ROUTE)


def _described(event: dict, known: dict | None = None) -> dict:
    """A subscription: fields and rules are added to those it has."""
    known = known or {}
    given = ({"converter": "", "source": "", **entry} for entry in event.get("fields", ()))
    fields = {entry["name"]: entry for entry in [*known.get("fields", ()), *given]}
    return {
        "name": event.get("name") or known["name"],
        "parent": event.get("parent", known.get("parent", "")),
        "fields": list(fields.values()),
        "rules": [*known.get("rules", ()), *event.get("rules", ())],
        "destination": event.get("destination", known.get("destination", "default")),
        "priority": bool(event.get("priority", known.get("priority", False))),
        "hipaa_audit_required": bool(event.get("hipaa_audit_required", known.get("hipaa_audit_required", False))),
        "provider_id": event.get("provider_id", known.get("provider_id", "default")),
    }


@route("GET", "eventing/getEventSubscriptions", f"{MODULE}::event_subscriptions")
def subscriptions(call: Call):
    _check(call.shop)
    return call.shop.all(SUBSCRIPTION)


@route("POST", "eventing/eventSubscribe", f"{MODULE}::event_subscribe", body={**_EVENT, "force?": bool})
def subscribe(call: Call):
    _check(call.shop)
    event = call.body["event"]
    name = event.get("name") or ""
    if name not in NAMES and not call.body.get("force"):
        raise ApiError(400, "Cannot find event %1", [name])
    if not event.get("fields"):
        raise ApiError(400, "The fields of the event %1 are required", [name])
    if call.shop.get(SUBSCRIPTION, name):
        raise ApiError(400, "The event %1 is already subscribed", [name])
    call.shop.put(SUBSCRIPTION, name, _described(event))
    return []


@route("PUT", "eventing/eventSubscribe/{name}", f"{MODULE}::event_subscribe", body=_EVENT)
def update(call: Call, name: str):
    _check(call.shop)
    known = call.shop.get(SUBSCRIPTION, name)
    if known is None:
        raise ApiError(400, "The event %1 is not subscribed", [name])
    call.shop.put(SUBSCRIPTION, name, _described({**call.body["event"], "name": name}, known))
    return []


@route("POST", "eventing/eventUnsubscribe/{name}", f"{MODULE}::event_unsubscribe")
def unsubscribe(call: Call, name: str):
    _check(call.shop)
    if call.shop.get(SUBSCRIPTION, name) is None:
        raise ApiError(400, "The event %1 is not subscribed", [name])
    call.shop.delete(SUBSCRIPTION, name)
    return []


class Watcher:
    """Told of every change of a document, within its transaction; has the events of it delivered."""

    def __init__(self, services):
        self._services = services

    def __call__(self, domain: str, kind: str, before: dict | None, after: dict | None):
        store = self._services.store
        if kind not in MODELS or not store.count(domain, adobe_io.KINDS) or not (before or after):
            return
        shop = Shop(store, self._services.clock, domain)
        model, record = MODELS[kind], after or before
        if kind == "source_item":  # the old stock item knows the default source alone
            if record["source_code"] != stock.DEFAULT_SOURCE or not after:
                return
            found = shop.find("product", "sku", record["sku"])
            if not found:
                return
            record = {"product_id": found[0]["id"], "stock_id": 1, "qty": record["quantity"]}
        elif kind == "shipment" and before and after and len(after["tracks"]) > len(before["tracks"]):
            model, record = TRACK, after["tracks"][-1]
        self._tell(shop, model, "save" if after else "delete", record)

    def _tell(self, shop: Shop, model: str, verb: str, record: dict):
        values = {key: value for key, value in record.items() if key[0] != "_"}
        number = values.get("entity_id", values.get("id"))
        if number is not None:  # a model's id is called `entity_id` too
            values.update(entity_id=str(number), id=number)
        for moment in ("after", "commit_after"):
            name = f"observer.{model}_{verb}_{moment}"
            subscription = shop.get(SUBSCRIPTION, name)
            if subscription is None:
                continue
            wanted = {entry["name"] for entry in subscription["fields"]}
            value = values if "*" in wanted else {key: values[key] for key in values if key in wanted}
            adobe_io.deliver(
                shop, self._services.deliveries, f"{model}/{number}", PREFIX + name, self._data(shop, value, record)
            )

    def _data(self, shop: Shop, value: dict, record: dict) -> dict:
        view = shop.store_view(record.get("store_id") or shop.config["default_store_id"])
        return {
            "key": str(uuid.uuid4()),
            "value": value,
            "source": "sandbox.production",
            "_metadata": {
                "commerceEdition": "Adobe Commerce",
                "commerceVersion": shop.config["version"],
                "eventsClientVersion": "1.10.0",
                "storeId": str(view["id"]),
                "websiteId": str(view["website_id"]),
                "storeGroupId": str(view["store_group_id"]),
            },
        }
