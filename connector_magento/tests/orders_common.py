"""A Magento shop's orders at the HTTP seam: what leaves Odoo for the shop is answered here."""

import json
import os
from io import BytesIO
from unittest.mock import patch
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from cryptography.fernet import Fernet

from odoo.tests import TransactionCase

HOST = "shop.example.com"
SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")


class FakeShop:
    """Listings by path. `written` are the calls that change something; `answers` and `refused` are by path too."""

    def __init__(self):
        self.listings = {path: [] for path in ("orders", "invoices", "creditmemos", "shipments", "customers/search")}
        self.listings["customerGroups/search"] = [{"id": 0, "code": "NOT LOGGED IN"}, {"id": 1, "code": "Wholesale"}]
        self.answers, self.refused, self.read, self.written = {}, {}, [], []

    def send(self, request):
        """Return (status, answer) for a prepared request."""
        parts = urlsplit(request.url)
        path = unquote(parts.path.partition("/V1/")[2])
        if path in self.refused:
            return 400, {"message": self.refused[path]}
        if request.method != "GET":
            self.written.append((request.method, path, json.loads(request.body) if request.body else None))
            made = self.answers.get(path, 900 + len(self.written))
            return 200, made() if callable(made) else made
        self.read.append(path)
        if path in self.answers:
            return 200, self.answers[path]
        kind, _, number = path.rpartition("/")
        if number.isdigit() and kind in self.listings:
            found = [entry for entry in self.listings[kind] if entry["entity_id"] == int(number)]
            return (200, found[0]) if found else (404, {"message": "The entity that was requested doesn't exist."})
        return 200, self._search(self.listings[path], dict(parse_qsl(parts.query)))

    def _search(self, entries, parameters):
        groups = {}
        for name, value in parameters.items():
            keys = name.replace("]", "").split("[")
            if keys[1:2] == ["filter_groups"]:
                groups.setdefault(keys[2], {}).setdefault(keys[4], {})[keys[5]] = value
        found = [entry for entry in entries if all(self._any(entry, group) for group in groups.values())]
        return {"items": found[: int(parameters["searchCriteria[pageSize]"])], "total_count": len(found)}

    def _any(self, entry, group):
        compare = {
            "eq": lambda mine, value: mine == value,
            "in": lambda mine, value: mine in value.split(","),
            "gteq": lambda mine, value: mine >= value,
            "gt": lambda mine, value: mine > value,
            "lt": lambda mine, value: mine < value,
        }
        return any(compare[one["condition_type"]](str(entry[one["field"]]), one["value"]) for one in group.values())


def magento_order(number, **changes):
    """An order of two mugs at 20.00 plus 10 % tax, and 5.00 for shipping."""
    item = {
        "item_id": number * 10 + 1,
        "product_id": 71,
        "product_type": "simple",
        "sku": "MUG",
        "name": "Mug",
        "is_virtual": 0,
        "qty_ordered": 2,
        "qty_invoiced": 0,
        "qty_shipped": 0,
        "qty_refunded": 0,
        "qty_canceled": 0,
        "price": 20,
        "price_incl_tax": 22,
        "row_total": 40,
        "row_total_incl_tax": 44,
        "discount_amount": 0,
        "tax_amount": 4,
        "tax_percent": 10,
    }
    place = {
        "firstname": "Ann",
        "lastname": "Lee",
        "street": ["Main St 1"],
        "city": "Austin",
        "postcode": "73301",
        "country_id": "US",
        "region_code": "TX",
        "telephone": "+1 512 555 0101",
    }
    shipping = {"method": "flatrate_flatrate", "address": place}
    return {
        "entity_id": number,
        "increment_id": f"{number:09}",
        "created_at": "2026-11-20 09:00:00",
        "updated_at": "2026-11-20 10:00:00",
        "state": "processing",
        "status": "packing",
        "store_id": 1,
        "store_name": "Main Website\nMain Store\nDefault",
        "base_currency_code": "USD",
        "order_currency_code": "USD",
        "base_to_order_rate": 1,
        "customer_is_guest": 0,
        "customer_id": 501,
        "customer_group_id": 1,
        "customer_email": "ann@example.com",
        "customer_firstname": "Ann",
        "customer_lastname": "Lee",
        "billing_address": place,
        "subtotal": 40,
        "shipping_amount": 5,
        "shipping_incl_tax": 5,
        "shipping_description": "Flat Rate - Fixed",
        "tax_amount": 4,
        "grand_total": 49,
        "total_paid": 0,
        "payment": {"method": "checkmo", "additional_information": ["Check / Money order"]},
        "items": [item],
        "status_histories": [],
        "extension_attributes": {"shipping_assignments": [{"shipping": shipping}]},
        **changes,
    }


def invoiced(order, transaction=None):
    """Invoice an order as a whole; return the invoice."""
    [item] = order["items"]
    item.update(qty_invoiced=item["qty_ordered"], row_invoiced=40, tax_invoiced=4)
    order.update(total_invoiced=49, total_paid=49, shipping_invoiced=5)
    return {
        "entity_id": order["entity_id"] * 100,
        "order_id": order["entity_id"],
        "state": 2,
        "created_at": "2026-11-20 09:30:00",
        "grand_total": 49,
        "base_grand_total": 49,
        "transaction_id": transaction,
        "items": [{"order_item_id": item["item_id"], "qty": item["qty_ordered"]}],
    }


def creditmemo(order, quantity=1, **changes):
    """Refund units of an order without shipping; return the credit memo."""
    [item] = order["items"]
    item.update(qty_refunded=quantity, amount_refunded=20 * quantity, tax_refunded=2 * quantity)
    order["total_refunded"] = 22 * quantity
    return {
        "entity_id": order["entity_id"] * 100 + 1,
        "order_id": order["entity_id"],
        "invoice_id": order["entity_id"] * 100,
        "state": 2,
        "created_at": "2026-11-20 11:00:00",
        "grand_total": 22 * quantity,
        "items": [
            {"order_item_id": item["item_id"], "qty": quantity, "row_total": 20 * quantity, "tax_amount": 2 * quantity}
        ],
        "comments": [],
        **changes,
    }


def shipment(order, quantity=1, **changes):
    """Send units of an order; return the shipment."""
    [item] = order["items"]
    item["qty_shipped"] += quantity
    return {
        "entity_id": order["entity_id"] * 100 + 2,
        "order_id": order["entity_id"],
        "created_at": "2026-11-20 12:00:00",
        "items": [{"order_item_id": item["item_id"], "qty": quantity}],
        "tracks": [{"entity_id": 7, "track_number": "1Z1", "title": "UPS", "carrier_code": "ups"}],
        "comments": [],
        "extension_attributes": {"source_code": "default"},
        **changes,
    }


class MagentoOrdersCase(TransactionCase):
    """A connected shop of four keys; cursors that code opens are parts of the test's transaction."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(patch.dict(os.environ, {"ODOO_INTEGRATION_KEYS": Fernet.generate_key().decode()}))
        os.environ.pop("ODOO_INTEGRATION_SANDBOX_URL", None)
        cls.shop = FakeShop()

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Override of `odoo` to answer for the shop."""
        if urlsplit(r.url).hostname != HOST:
            return super()._request_handler(s, r, **kw)
        status, answer = cls.shop.send(r)
        response = requests.Response()
        response.status_code = status
        response.headers["Content-Type"] = "application/json"
        response._content = json.dumps(answer).encode()
        response.raw = BytesIO(response._content)
        response.request, response.url = r, r.url
        return response

    def setUp(self):
        super().setUp()
        if not type(self)._registry_patched:  # an HttpCase has done so
            self.registry_enter_test_mode()
        self.shop.__init__()
        self.backend = self.env["integration.backend"].create(
            {"name": "Shop", "platform": "magento", "magento_base_url": f"https://{HOST}", "tax_policy": "create"}
        )
        for key in SECRETS:
            self.backend._set_secret(key, f"{key}-0123456789")
        self.backend.state = "connected"
        self.adapter = self.backend._adapter()

    def add(self, path, *entries):
        """Put entries into a listing of the shop; return the first."""
        self.shop.listings[path] += entries
        return entries[0]

    def told(self):
        """Return the paths of the calls that changed something."""
        return [path for _method, path, _body in self.shop.written]
