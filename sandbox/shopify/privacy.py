"""What privacy law makes the platform ask of every app: sent to one address of the app, for all of its shops.

https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance. These are no webhook subscriptions: the address
stands in the app's settings, and the app's secret signs them.
"""

import json
import uuid

from ..framework.delivery import Deliveries
from . import events
from .shop import Shop, gid

TOPICS = ("customers/data_request", "customers/redact", "shop/redact")
#: Where the app wants to be asked unless a shop says otherwise; only the path counts where deliveries are redirected.
DEFAULT_URL = "https://odoo.example.com/connector/privacy/shopify"


def address(shop: Shop) -> str:
    return shop.config.get("compliance_url") or DEFAULT_URL


def payload(shop: Shop, topic: str, customer: dict | None) -> dict:
    config = shop.config
    body = {"shop_id": config["id"], "shop_domain": config["domain"]}
    if topic == "shop/redact":
        return body
    orders = [o["id"] for o in shop.store.all(shop.domain, "order") if o["customer"] == customer["id"]]
    body["customer"] = {key: customer[key] for key in ("id", "email", "phone")}
    if topic == "customers/redact":
        return {**body, "orders_to_redact": orders}
    return {**body, "orders_requested": orders, "data_request": {"id": int(uuid.uuid4()) % 10**9}}


def ask(shop: Shop, deliveries: Deliveries, topic: str, customer_id=None) -> dict:
    """Ask the app about a customer's data, or a shop's; the payload. Raises ValueError, KeyError."""
    if topic not in TOPICS:
        raise ValueError(f"topic must be one of {', '.join(TOPICS)}")
    customer = shop.store.get(shop.domain, "customer", int(customer_id)) if customer_id else None
    if topic != "shop/redact" and customer is None:
        raise KeyError(f"customer {customer_id}")
    content = payload(shop, topic, customer)
    body = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Shopify-Captain-Hook",
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": shop.domain,
        "X-Shopify-API-Version": events.API_VERSION,
        "X-Shopify-Webhook-Id": str(uuid.uuid4()),
        "X-Shopify-Event-Id": str(uuid.uuid4()),
        "X-Shopify-Triggered-At": shop.clock.iso(),
        "X-Shopify-Hmac-Sha256": events.signature(shop.signing_secret(), body),
    }
    subject = gid("Customer", customer["id"]) if customer else gid("Shop", shop.config["id"])
    deliveries.enqueue(
        shop.domain, subject=subject, topic=topic, subscription="0", uri=address(shop), headers=headers, body=body
    )
    return content
