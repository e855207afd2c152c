"""A Shopify store at the HTTP seam: what leaves Odoo for *.myshopify.com is answered here."""

import base64
import hashlib
import hmac
import json
import os
from io import BytesIO
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import requests
from cryptography.fernet import Fernet

from odoo.tests import TransactionCase

from odoo.addons.connector_shopify import const

DOMAIN = "one-shop.myshopify.com"
CLIENT_ID = "6779ef20e075817b79602e0123456789"
CLIENT_SECRET = "shpss_0123456789abcdef0123456789abcdef"
ADMIN_TOKEN = "shpat_0123456789abcdef0123456789abcdef"
ALL_SCOPES = (*set(const.SCOPES).union(*const.FLOW_SCOPES.values()), const.ALL_ORDERS_SCOPE)


class FakeStore:
    """One store. Answers by operation; `calls` lists the operations asked for, with their variables."""

    def __init__(self):
        self.scopes = list(ALL_SCOPES)
        self.version = "2026-10"
        self.tokens = []
        self.refused = set()
        self.secret = CLIENT_SECRET
        self.orders = []
        self.subscriptions = []
        self.user_errors = {}
        self.status = 200
        self.calls = []

    # === HTTP === #

    def send(self, request):
        """Return (status, headers, answer) for a prepared request."""
        path = urlsplit(request.url).path
        if path == "/admin/oauth/access_token":
            return self._grant(parse_qs(request.body))
        token = request.headers.get("X-Shopify-Access-Token")
        if (token not in self.tokens and token != ADMIN_TOKEN) or token in self.refused:
            return 401, {}, {"errors": "[API] Invalid API key or access token"}
        if self.status != 200:
            return self.status, {}, {"errors": "Not this time"}
        assert path == "/admin/api/2026-10/graphql.json", path
        payload = json.loads(request.body)
        operation, variables = payload["operationName"], payload["variables"]
        self.calls.append((operation, variables))
        answer = {"data": getattr(self, f"_{operation}")(**variables)}
        return 200, {"X-Shopify-API-Version": self.version, "X-Request-Id": "req-1"}, answer

    def _grant(self, form):
        self.calls.append(("AccessToken", {}))
        if form["client_id"] != [CLIENT_ID] or form["client_secret"] != [self.secret]:
            return 401, {}, {"error": "invalid_client", "error_description": "The client secret is invalid"}
        self.tokens.append(f"shpca_{len(self.tokens) + 1:032}")
        return 200, {}, {"access_token": self.tokens[-1], "scope": ",".join(self.scopes), "expires_in": 86399}

    # === OPERATIONS === #

    def _Connection(self):
        return {
            "shop": {
                "name": "One Shop",
                "myshopifyDomain": DOMAIN,
                "currencyCode": "USD",
                "ianaTimezone": "Europe/Paris",
                "plan": {"publicDisplayName": "Advanced"},
            },
            "currentAppInstallation": {"accessScopes": [{"handle": scope} for scope in self.scopes]},
        }

    def _Orders(self, query, first, after, presentment, shipments=False):
        start = int(after or 0)
        return {"orders": connection(self.orders[start : start + first], start + first, len(self.orders))}

    def _OrdersById(self, ids, presentment, shipments=False):
        known = {order["id"]: order for order in self.orders}
        return {"nodes": [known.get(gid) for gid in ids]}

    def _OrdersCount(self, query):
        return {"ordersCount": {"count": len(self.orders)}}

    def _OrderCancel(self, id, reason, restock, refund, notify):
        errors = self.user_errors.get("orderCancel", [])
        if not errors:
            order = next(order for order in self.orders if order["id"] == id)
            order.update(cancelledAt="2026-11-20T12:00:00Z", cancelReason=reason, updatedAt="2026-11-20T12:00:00Z")
        job = None if errors else {"id": "gid://shopify/Job/1", "done": False}
        return {"orderCancel": {"job": job, "userErrors": errors}}

    def _WebhookSubscriptions(self, first, after):
        return {"webhookSubscriptions": connection(self.subscriptions)}

    def _WebhookSubscriptionCreate(self, topic, subscription):
        errors = self.user_errors.get(topic, [])
        if not errors:
            self.subscribe(topic, **subscription)
        return {"webhookSubscriptionCreate": {"webhookSubscription": None, "userErrors": errors}}

    def _WebhookSubscriptionUpdate(self, id, subscription):
        next(entry for entry in self.subscriptions if entry["id"] == id).update(subscription)
        return {"webhookSubscriptionUpdate": {"webhookSubscription": {"id": id}, "userErrors": []}}

    def _WebhookSubscriptionDelete(self, id):
        self.subscriptions = [entry for entry in self.subscriptions if entry["id"] != id]
        return {"webhookSubscriptionDelete": {"deletedWebhookSubscriptionId": id, "userErrors": []}}

    def subscribe(self, topic, uri, **changes):
        """Add a subscription."""
        entry = {"id": f"gid://shopify/WebhookSubscription/{len(self.calls)}-{len(self.subscriptions)}"}
        entry.update({"topic": topic, "uri": uri, "format": "JSON", "filter": "", "includeFields": [], **changes})
        self.subscriptions.append(entry)

    def count(self, operation):
        """Return how often `operation` was asked for."""
        return sum(name == operation for name, _variables in self.calls)


def connection(nodes, end=0, total=0):
    """A connection of `nodes`, the last of which is the `end`th of `total`."""
    return {"nodes": nodes, "pageInfo": {"hasNextPage": end < total, "endCursor": str(end)}}


def response_to(request, status, headers, answer):
    """Return the `requests.Response` of an answer."""
    body = json.dumps(answer).encode()
    response = requests.Response()
    response.status_code = status
    response.headers.update({"Content-Type": "application/json", **headers})
    response.raw = BytesIO(body)
    response._content = body
    response.request = request
    response.url = request.url
    return response


def sign(body, secret=CLIENT_SECRET):
    """Return the signature that Shopify sends with `body`."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def headers(body, *, topic="orders/create", secret=CLIENT_SECRET, domain=DOMAIN, webhook_id="wh-1"):
    """Return the headers of a webhook call."""
    return {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": sign(body, secret),
        "X-Shopify-Shop-Domain": domain,
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Webhook-Id": webhook_id,
        "X-Shopify-Event-Id": "ev-1",
        "X-Shopify-Triggered-At": "2026-11-20T10:00:01.123456789Z",
    }


def bag(amount):
    """Money as GraphQL writes it."""
    return {
        "shopMoney": {"amount": amount, "currencyCode": "USD"},
        "presentmentMoney": {"amount": amount, "currencyCode": "USD"},
    }


def graphql_order(number, **changes):
    """An order of one mug at 20.00 plus 10 % tax, as the API answers it."""
    line = {
        "id": f"gid://shopify/LineItem/{number}1",
        "name": "Mug",
        "sku": "MUG",
        "vendor": "Acme",
        "quantity": 1,
        "currentQuantity": 1,
        "unfulfilledQuantity": 1,
        "requiresShipping": True,
        "isGiftCard": False,
        "product": {"id": "gid://shopify/Product/71"},
        "variant": {"id": "gid://shopify/ProductVariant/81"},
        "customAttributes": [],
        "originalUnitPriceSet": bag("20.0"),
        "discountAllocations": [],
        "taxLines": [{"title": "State Tax", "rate": 0.1, "priceSet": bag("2.0")}],
        "duties": [],
    }
    return {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        "createdAt": "2026-11-20T09:00:00Z",
        "updatedAt": "2026-11-20T10:00:00Z",
        "processedAt": "2026-11-20T09:00:00Z",
        "taxesIncluded": False,
        "currencyCode": "USD",
        "presentmentCurrencyCode": "USD",
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "email": "ann@example.com",
        "tags": ["vip", "b2c"],
        "sourceName": "web",
        "confirmationNumber": "XPR0JKL42",
        "paymentGatewayNames": ["shopify_payments"],
        "risk": {"recommendation": "NONE", "assessments": [{"riskLevel": "MEDIUM"}]},
        "customer": {
            "id": "gid://shopify/Customer/501",
            "firstName": "Ann",
            "lastName": "Lee",
            "tags": [],
            "defaultEmailAddress": {"emailAddress": "ann@example.com"},
        },
        "totalPriceSet": bag("22.0"),
        "lineItems": connection([line]),
        "shippingLines": connection([]),
        "discountApplications": connection([]),
        "transactions": [],
        "refunds": [],
        **changes,
    }


def rest_money(key, amount):
    """A webhook's amount: plain, and in both currencies."""
    money = {"amount": amount, "currency_code": "USD"}
    return {key: amount, f"{key}_set": {"shop_money": money, "presentment_money": money}}


def webhook_order(number, **changes):
    """The same order as a webhook carries it."""
    line = {
        "id": int(f"{number}1"),
        "name": "Mug",
        "sku": "MUG",
        "vendor": "Acme",
        "quantity": 1,
        "current_quantity": 1,
        "fulfillable_quantity": 1,
        "requires_shipping": True,
        "gift_card": False,
        "product_id": 71,
        "variant_id": 81,
        "properties": [],
        **rest_money("price", "20.00"),
        "discount_allocations": [],
        "tax_lines": [{"title": "State Tax", "rate": 0.1, **rest_money("price", "2.00")}],
        "duties": [],
    }
    return {
        "id": number,
        "name": f"#{number}",
        "created_at": "2026-11-20T10:00:00+01:00",
        "updated_at": "2026-11-20T11:00:00+01:00",
        "processed_at": "2026-11-20T10:00:00+01:00",
        "cancelled_at": None,
        "cancel_reason": None,
        "closed_at": None,
        "taxes_included": False,
        "currency": "USD",
        "presentment_currency": "USD",
        "financial_status": "paid",
        "fulfillment_status": None,
        "email": "ann@example.com",
        "tags": "b2c, vip",
        "source_name": "web",
        "confirmation_number": "XPR0JKL42",
        "payment_gateway_names": ["shopify_payments"],
        "customer": {"id": 501, "first_name": "Ann", "last_name": "Lee", "email": "ann@example.com", "tags": ""},
        "billing_address": None,
        "shipping_address": None,
        **rest_money("total_price", "22.00"),
        **rest_money("subtotal_price", "20.00"),
        **rest_money("total_discounts", "0.00"),
        **rest_money("total_shipping_price", "0.00"),
        **rest_money("total_tax", "2.00"),
        "total_tip_received": "0.00",
        "discount_applications": [],
        "line_items": [line],
        "shipping_lines": [],
        "refunds": [],
        **changes,
    }


class StoreMixin:
    """Puts the fake store behind *.myshopify.com, and an encryption key into the environment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(patch.dict(os.environ, {"ODOO_INTEGRATION_KEYS": Fernet.generate_key().decode()}))
        os.environ.pop("ODOO_INTEGRATION_SANDBOX_URL", None)
        cls.store = FakeStore()

    def setUp(self):
        super().setUp()
        self.store.__init__()

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Override of `odoo` to answer for the store."""
        if urlsplit(r.url).hostname == DOMAIN:
            return response_to(r, *cls.store.send(r))
        return super()._request_handler(s, r, **kw)

    def new_backend(self, auth="client_credentials", **vals):
        """Return a backend of the store with its credentials, not connected."""
        backend = self.env["integration.backend"].create(
            {"name": "One Shop", "platform": "shopify", "shopify_domain": DOMAIN, "shopify_auth": auth, **vals}
        )
        secrets = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        if auth == "admin_token":
            secrets = {"access_token": ADMIN_TOKEN, "api_secret": CLIENT_SECRET}
        for key, value in secrets.items():
            backend._set_secret(key, value)
        return backend


class ShopifyCase(StoreMixin, TransactionCase):
    """Tests in the test's own transaction: cursors that code opens are parts of it."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.backend = self.new_backend()
        self.adapter = self.backend._adapter()
