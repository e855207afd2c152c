"""Shopify's part of the control API: shops, orders and what happens to them, log, ledger."""

import random
import secrets

from werkzeug.wrappers import Request, Response

from ..framework.shop import changeable
from ..framework.shop_control import ShopControl
from ..framework.web import json_body, json_response
from . import (
    actions,
    catalogue,
    companies,
    customers,
    events,
    fulfilling,
    ledger,
    payments,
    placing,
    price_lists,
    privacy,
    seed,
    status,
    stock,
)
from .catalogue_control import Merchant
from .control_stock import StockControl
from .shop import PLANS, Shop, create_shop, gid, parse_gid

#: Seconds that webhooks stay signed with the old secret after a rotation.
ROTATION = 3600
#: Settings that may change; the others are given when the shop is made.
CHANGEABLE = (
    "name", "plan", "bucket_size", "restore_rate", "scopes", "installed", "tax_shipping", "compliance_url", "locales",
)  # fmt: skip
#: What can happen to an order.
ORDER_ACTIONS = frozenset((
    "pay", "authorize", "void", "decline", "cancel", "refund", "fulfill", "edit", "archive", "unarchive", "track",
    "unfulfill", "hold", "release",
))  # fmt: skip
#: What of an order is simply written by ``touch`` -> where it stands.
TOUCHED = {"note": "note", "tags": "tags", "email": "email", "phone": "phone", "shipping_address": "delivery"}


class Control(StockControl, ShopControl):
    """Control calls on shops of Shopify."""

    shop_class = Shop
    pages = frozenset((
        "uninstall", "rotate-secret", "ledger", "deliveries", "subscriptions", "products", "customers", "collections",
        "orders", "locations", "stock", "privacy", "payouts", "companies", "price-lists",
    ))  # fmt: skip

    def __init__(self, services, buckets):
        super().__init__(services)
        self._buckets = buckets

    # --- shops -----------------------------------------------------------------------------------------------------
    def _create(self, domain: str, seed: dict | None = None, **wanted) -> Shop:
        shop = create_shop(self._services.store, self._services.clock, domain, **wanted)
        catalogue.prepare(shop)
        price_lists.prepare(shop)
        if seed is not None:
            self._fill(shop, seed)
        return shop

    def _change(self, shop: Shop, wanted: dict):
        changeable(wanted, CHANGEABLE)
        if wanted.get("plan", "standard") not in PLANS:
            raise ValueError(f"plan must be one of {', '.join(PLANS)}")
        shop.configure(**wanted)
        self._buckets.refill(shop)

    def _fill(self, shop: Shop, wanted: dict) -> dict:
        return seed.fill(shop, **{key: wanted[key] for key in ("products", "orders", "days", "seed") if key in wanted})

    def _summary(self, shop: Shop) -> dict:
        return summary(shop)

    def _uninstall(self, shop: Shop, _request: Request, _rest) -> Response:
        events.uninstall(shop, self._services.deliveries)
        return json_response(summary(shop))

    def _rotate_secret(self, shop: Shop, request: Request, _rest) -> Response:
        """A new client secret; webhooks keep the old signature for up to an hour, or ``seconds``."""
        config = shop.config
        until = shop.clock.now() + float(json_body(request).get("seconds", ROTATION))
        shop.configure(
            client_secret="shpss_" + secrets.token_hex(16), old_secret=config["client_secret"], old_secret_until=until
        )
        return json_response(summary(shop))

    def _logged(self, shop: Shop, limit: int) -> dict:
        return {**super()._logged(shop, limit), "throttle": self._buckets.status(shop)}

    def _ledger(self, shop: Shop, _request: Request, _rest) -> Response:
        return json_response(ledger.of_shop(shop))

    def _deliveries(self, shop: Shop, request: Request, _rest) -> Response:
        listed = self._services.deliveries
        limit = request.args.get("limit", 200, int)
        return json_response(
            {"pending": listed.pending(shop.domain), "deliveries": listed.listing(shop.domain, limit=limit)}
        )

    def _subscriptions(self, shop: Shop, _request: Request, _rest) -> Response:
        return json_response({"subscriptions": shop.store.all(shop.domain, "subscription")})

    def _products(self, shop: Shop, request: Request, rest: list[str]) -> Response:
        """``products``, ``products/<id>[/translations]``, ``.../pictures[/<id>]``; see ``catalogue_control``."""
        merchant, wanted = Merchant(shop, self._services), json_body(request) if request.method != "GET" else {}
        if not rest:
            if request.method == "POST":
                return json_response(merchant.save(None, seed.product(shop, wanted)), 201)
            return json_response({"products": shop.store.all(shop.domain, "product")})
        product = merchant.product(rest[0])
        if rest[1:2] == ["pictures"]:
            if request.method == "DELETE":
                return json_response(merchant.remove_picture(product, int(rest[2])))
            return json_response(merchant.take_picture(product, wanted), 201)
        if request.method == "DELETE":
            merchant.delete(product)
            return json_response({"deleted": product["id"]})
        if request.method in ("POST", "PATCH"):
            change = merchant.translate if rest[1:] == ["translations"] else merchant.edit
            product = change(product, wanted)
        return json_response(product)

    def _collections(self, shop: Shop, request: Request, _rest) -> Response:
        if request.method == "POST":
            return json_response(Merchant(shop, self._services).collect(json_body(request)), 201)
        return json_response({"collections": shop.store.all(shop.domain, "collection")})

    def _customers(self, shop: Shop, request: Request, rest: list[str]) -> Response:
        if request.method == "POST" and rest:
            return json_response(self.change_customer(shop, int(rest[0]), json_body(request)))
        if request.method == "POST":
            record = seed.customer(shop, json_body(request))
            return json_response(customers.save(shop, self._services.deliveries, None, record), 201)
        return json_response({"customers": shop.store.all(shop.domain, "customer")})

    def _companies(self, shop: Shop, request: Request, _rest: list[str]) -> Response:
        if request.method == "POST":
            return json_response(companies.add(shop, json_body(request)), 201)
        return json_response({"companies": shop.store.all(shop.domain, "company")})

    def _price_lists(self, shop: Shop, request: Request, _rest: list[str]) -> Response:
        if request.method == "POST":
            wanted = json_body(request)
            return json_response(price_lists.add(shop, wanted["name"], wanted["currency"]), 201)
        return json_response({"price_lists": shop.store.all(shop.domain, "price_list")})

    def change_customer(self, shop: Shop, number: int, wanted: dict) -> dict:
        """Change name, e-mail, phone, note or tags of a customer, and tell subscribers; the customer."""
        known = shop.store.get(shop.domain, "customer", number)
        if known is None:
            raise KeyError(f"customer {number}")
        keys = ("first_name", "last_name", "email", "phone", "note", "tags")
        after = {**known, **{key: wanted[key] for key in keys if key in wanted}, "updated_at": shop.clock.iso()}
        return customers.save(shop, self._services.deliveries, known, after)

    def ask(self, shop: Shop, topic: str, customer=None) -> dict:
        """Ask the app what privacy law demands; the payload sent."""
        return privacy.ask(shop, self._services.deliveries, topic, customer)

    def _privacy(self, shop: Shop, request: Request, _rest) -> Response:
        wanted = json_body(request)
        return json_response(self.ask(shop, wanted.get("topic", ""), wanted.get("customer")), 201)

    def _payouts(self, shop: Shop, _request: Request, _rest) -> Response:
        return json_response({"payouts": [ledger.of_payout(shop, payout) for payout in payments.books(shop)[1]]})

    # --- orders ----------------------------------------------------------------------------------------------------
    def _orders(self, shop: Shop, request: Request, rest: list[str]) -> Response:
        if not rest:
            if request.method == "POST":
                return json_response(shown(self.place(shop, json_body(request))), 201)
            return json_response({"orders": [shown(order) for order in shop.store.all(shop.domain, "order")]})
        if rest == ["bulk"]:
            return self._bulk(shop, json_body(request))
        order = self.order(shop, rest[0])
        if len(rest) == 1:
            return json_response(order)
        return json_response(shown(self.act(shop, order, rest[1], json_body(request))))

    def order(self, shop: Shop, text: str) -> dict:
        """An order by number, name or global id."""
        found = parse_gid(text.replace("%2F", "/"), "Order")
        number = found[1] if found else int(text) if text.isdigit() else None
        order = shop.store.get(shop.domain, "order", number) if number else None
        if order is None:
            name = f"#{text.lstrip('#')}"
            order = next((o for o in shop.store.all(shop.domain, "order") if o["name"] == name), None)
        if order is None:
            raise KeyError(f"order {text}")
        return order

    def deliveries_of(self, shop: Shop, subject: str | None = None) -> list[dict]:
        """Webhook deliveries that told of one record, or of any, newest first."""
        return self._services.deliveries.listing(shop.domain, subject)

    def place(self, shop: Shop, spec: dict) -> dict:
        """Place one order: as asked for, or a random one for ``{"random": seed}``."""
        with shop.store.transaction():
            if "random" in spec:
                chosen = random.Random(spec["random"])
                spec = {**seed.random_order(shop, chosen), **{k: v for k, v in spec.items() if k != "random"}}
            financial = spec.pop("financial", "pending")
            order = placing.place(shop, spec)
            order = seed.settle(shop, order, financial, order["created_at"])
            return events.save(shop, self._services.deliveries, None, order)

    def _bulk(self, shop: Shop, wanted: dict) -> Response:
        """Many random orders: ``{count, seed, quiet}``; quiet ones tell no subscriber."""
        count, chosen = int(wanted.get("count", 10)), random.Random(wanted.get("seed", 1))
        with shop.store.transaction():
            placed = []
            for _ in range(count):
                spec = seed.random_order(shop, chosen)
                financial = spec.pop("financial", "paid")
                order = placing.place(shop, spec)
                placed.append(seed.settle(shop, order, financial, order["created_at"]))
            if wanted.get("quiet"):
                shop.store.put_many(shop.domain, "order", [(order["id"], order) for order in placed])
                for order in placed:
                    stock.follow(shop, None, order)
            else:
                for order in placed:
                    events.save(shop, self._services.deliveries, None, order)
        return json_response({"count": count, "orders": [shown(order) for order in placed]}, 201)

    def act(self, shop: Shop, order: dict, action: str, wanted: dict) -> dict:
        """Carry out an action and tell subscribers; the order after it."""
        now, deliveries = shop.clock.iso(), self._services.deliveries
        with shop.store.transaction():
            order = shop.store.get(shop.domain, "order", order["id"])
            if action == "delete":
                events.delete(shop, deliveries, order)
                return order
            if action == "touch":
                after = actions.changed(order, now)
                after.update({TOUCHED[key]: value for key, value in wanted.items() if key in TOUCHED})
            elif action in ORDER_ACTIONS:
                after = getattr(actions, action)(shop, order, now, **wanted)
            else:
                raise KeyError(f"action {action}")
            edited = events.edit_payload(shop, order, after) if action == "edit" else None
            return events.save(shop, deliveries, order, after, edited)


def shown(order: dict) -> dict:
    """What the control API tells of an order."""
    return {
        "id": order["id"],
        "gid": gid("Order", order["id"]),
        "name": order["name"],
        "currency": order["currency"],
        "total": ledger.figure(order["totals"]["total"], order),
        "current_total": ledger.figure(status.current(order)["total"], order),
        "financial_status": status.financial(order),
        "fulfillment_status": status.fulfillment(order),
        "cancelled": order["cancelled_at"] is not None,
        "updated_at": order["updated_at"],
        "lines": [
            {"id": line["id"], "title": line["title"], "quantity": line["quantity"],
             "current_quantity": line["quantity"] - status.returned(order, line["id"])}
            for line in order["lines"]
        ],
        "fulfillments": [
            {"id": record["id"], "name": record["name"], "status": record.get("status", "SUCCESS"),
             "location_id": record.get("location_id"), "tracking": fulfilling.tracking_of(record),
             "lines": [{"line_id": e["line_id"], "quantity": e["quantity"]} for e in record["lines"]]}
            for record in order["fulfillments"]
        ],
        "fulfillment_orders": [
            {"id": place["id"], "status": place["status"], "location_id": place["location_id"],
             "lines": [{"line_id": e["line_id"], "remaining": e["remaining"]} for e in place["lines"]]}
            for place in order.get("fulfillment_orders") or ()
        ],
    }  # fmt: skip


def summary(shop: Shop) -> dict:
    """A shop's settings and counts, secrets included: this page is for tests and for the connect form."""
    config, count = shop.config, lambda kind: shop.store.count(shop.domain, kind)
    orders = shop.store.all(shop.domain, "order")
    return {
        **config,
        "platform": "shopify",
        "counts": {
            "products": count("product"), "variants": len(shop.variants()), "customers": count("customer"),
            "orders": len(orders), "test_orders": sum(order["test"] for order in orders),
            "subscriptions": count("subscription"),
        },
    }  # fmt: skip
