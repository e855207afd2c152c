"""Shopify's adapter passes the suite."""

from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.connector_shopify import const
from odoo.addons.connector_shopify.listing import OrderListing

from sandbox.shopify import paging

from .platform import Platform
from .suite import AdapterSuite

DOMAIN = "acceptance.myshopify.com"
ADDRESS = {
    "id": 1,
    "first_name": "Zoé",
    "last_name": "Martin",
    "address1": "1 rue du Bac",
    "city": "Paris",
    "zip": "75007",
    "country": "France",
    "country_code": "FR",
}


class Shopify(Platform):
    name = "shopify"
    domain = DOMAIN
    orders_operation = "Orders"

    def create_account(self):
        self.stand_in.control("shops", {"domain": DOMAIN, "plan": "enterprise", "seed": {"products": 5}})

    def wizard_values(self):
        config = self.stand_in.shop(DOMAIN).config
        return {
            "shopify_domain": DOMAIN,
            "shopify_client_id": config["client_id"],
            "shopify_client_secret": config["client_secret"],
        }

    def wrong_secret(self):
        return {"shopify_client_secret": "shpss_wrong"}

    def place(self, **spec):
        spec = spec or self.plain_order()
        return str(self.stand_in.control(f"shops/{DOMAIN}/orders", spec)["id"])

    def plain_order(self):
        return {
            "lines": [{"title": "Mug", "price": "20.00", "quantity": 2, "sku": "MUG"}],
            "email": "zoe@example.com",
            "billing_address": ADDRESS,
            "shipping_address": ADDRESS,
            "country": "FR",
            "shipping": {"title": "Standard", "price": "5.90"},
        }

    def delete(self, external_id):
        self.stand_in.control(f"shops/{DOMAIN}/orders/{external_id}/delete", {})

    def set_time_zone(self, minutes):
        self.stand_in.shop(DOMAIN).configure(utc_offset=minutes)

    def touch(self, external_id):
        self.stand_in.control("clock", {"advance": 1})
        self.stand_in.control(f"shops/{DOMAIN}/orders/{external_id}/touch", {"note": "touched"})

    def books(self):
        return {
            entry["id"].rpartition("/")[2]: {
                "total": Decimal(entry["total"]),
                "tax": Decimal(entry["tax_total"]),
                "currency": entry["currency"],
            }
            for entry in self.stand_in.control(f"shops/{DOMAIN}/ledger")["orders"]
        }

    def odd_orders(self):
        line = {"title": "Thing", "price": "9.99"}
        return [
            {"lines": [line]},
            {"lines": [line], "email": "only@example.com"},
            {"lines": [{**line, "sku": None, "taxable": False}], "billing_address": {"id": 2, "first_name": "Ann"}},
            {"lines": [line], "shipping_address": {**ADDRESS, "country": None, "country_code": None}, "country": "FR"},
            {"lines": [{**line, "quantity": 3}], "tip": "2.00", "currency": "EUR"},
            {"lines": [line], "discount_code": "GIFT100"},
            {"lines": [line], "country": "MT"},
        ]

    def long_order(self):
        return {"lines": [{"title": f"Line {number}", "price": "1.10"} for number in range(130)]}

    def forbid_orders(self):
        scopes = [scope for scope in self.stand_in.shop(DOMAIN).config["scopes"] if "orders" not in scope]
        self.stand_in.control(f"shops/{DOMAIN}", {"scopes": scopes})
        return "read_orders"

    def uninstall(self):
        self.stand_in.control(f"shops/{DOMAIN}/uninstall", {})

    def small_pages(self, size):
        begin = OrderListing.begin

        def begin_small(since):
            return replace(begin(since), size=size)

        patches = ExitStack()
        patches.enter_context(patch.object(OrderListing, "begin", begin_small))
        patches.enter_context(patch.object(const, "STUBS_PAGE", size))
        return patches

    def short_listings(self, size):
        patches = ExitStack()
        patches.enter_context(patch.object(const, "LISTING_LIMIT", size))
        patches.enter_context(patch.object(paging, "MAX_DEPTH", size))
        return patches


@tagged("post_install", "-at_install")
class TestShopify(AdapterSuite, TransactionCase):
    platform = Shopify
