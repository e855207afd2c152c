"""What the suite asks of Shopify's sandbox."""

import re
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

from odoo.addons import connector_shopify
from odoo.addons.connector_shopify import const
from odoo.addons.connector_shopify.listing import OrderListing, ProductListing

from sandbox.shopify import paging
from sandbox.shopify.fulfilling import tracking_of
from sandbox.shopify.shop import SCOPES

from .platform import Platform

DOCUMENTS = Path(connector_shopify.__file__).parent / "graphql"
MUTATIONS = {
    name
    for path in DOCUMENTS.glob("*.graphql")
    for name in re.findall(r"^mutation (\w+)", path.read_text(), re.MULTILINE)
}
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
    closed_statuses = (402, 423)
    orders_operation = "Orders"
    products_operation = "Products"
    product_price_operation = "ProductVariantsUpdate"
    variant_prices_operation = "ProductVariantsUpdate"
    product_create_operation = "ProductSet"
    stock_operation = "InventorySet"
    shipment_operation = "FulfillmentCreate"
    refund_operation = "RefundCreate"
    # Who may write may read
    own_permissions = {
        "companies_in": ("read_companies",),
        "customers_out": ("write_customers",),
        "orders_cancel": ("write_orders",),
        "orders_in": ("read_orders", "write_orders"),
        "orders_update": ("write_orders",),
        "payouts_in": ("read_shopify_payments_payouts",),
        "products_out": ("write_products",),
        "refunds_out": ("write_orders",),
        "shipments_out": ("write_merchant_managed_fulfillment_orders",),
        "stock_in": ("read_inventory", "write_inventory"),
        "stock_out": ("write_inventory",),
    }
    # Whatever the schema lets be null of what is asked for: https://shopify.dev/docs/api/admin-graphql/latest/objects/Order
    optional_fields = (
        "address1", "address2", "billingAddress", "campaign", "cancelReason", "cancelledAt", "carrierIdentifier",
        "city", "closedAt", "company", "confirmationNumber", "content", "country", "countryCodeV2", "customer",
        "customerJourneySummary", "customerLocale", "defaultEmailAddress", "defaultPhoneNumber",
        "displayFinancialStatus", "duties", "email", "endCursor", "firstName", "firstVisit", "gateway", "landingPage",
        "lastName", "lastVisit", "medium", "note", "parentTransaction", "phone", "product", "province",
        "provinceCode", "purchasingEntity", "rate", "referrerUrl", "shippingAddress", "sku", "source", "sourceName",
        "subtotalPriceSet", "term", "totalDiscountsSet", "totalTaxSet", "utmParameters", "variant", "vendor", "zip",
    )  # fmt: skip
    # Without `image`, a picture is still being processed: Odoo looks again until it is there
    optional_product_fields = (
        "alt", "barcode", "catalog", "compareAtPrice", "countryCodeOfOrigin", "description", "endCursor",
        "harmonizedSystemCode", "onlineStoreUrl", "sku", "unitCost", "weight",
    )  # fmt: skip
    # what is there is read, an upload address asked for, the product set, and its picture waited for
    calls_per_part = {"images": {"ProductPictures", "StagedUploadsCreate", "ProductSet", "MediaStatus"}}

    def create_account(self):
        self.stand_in.control("shops", {"domain": DOMAIN, "plan": "enterprise"})

    @property
    def shop(self):
        """The sandbox's own view of the account."""
        return self.stand_in.shop(DOMAIN)

    def wizard_values(self):
        config = self.shop.config
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

    def written_order(self, text, note):
        address = {**ADDRESS, "first_name": text, "address1": text, "city": text}
        return {**self.plain_order(), "billing_address": address, "shipping_address": address, "note": note}

    def delete(self, external_id):
        self.stand_in.control(f"shops/{DOMAIN}/orders/{external_id}/delete", {})

    def set_time_zone(self, minutes):
        self.shop.configure(utc_offset=minutes)

    def touch(self, external_id):
        self.stand_in.control("clock", {"advance": 1})
        self.stand_in.control(f"shops/{DOMAIN}/orders/{external_id}/touch", {"note": "touched"})

    def edit(self, external_id, quantity):
        [line] = self._order(external_id)[0]["lines"]
        self._act(external_id, "edit", quantities={line["id"]: quantity})
        return external_id

    def readdress(self, external_id, city):
        self._act(external_id, "touch", shipping_address={**ADDRESS, "city": city})

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

    def forbid_orders(self):
        return self.forbid("orders_in")

    def forbid(self, capability):
        return self._forbid(*self.own_permissions[capability])

    def permit(self):
        self.stand_in.control(f"shops/{DOMAIN}", {"scopes": list(SCOPES)})

    def _forbid(self, *words):
        scopes = [scope for scope in self.shop.config["scopes"] if scope not in words]
        self.stand_in.control(f"shops/{DOMAIN}", {"scopes": scopes})
        return words[0]

    def undelivered(self):
        return self.stand_in.control(f"shops/{DOMAIN}/deliveries")["pending"]

    def calls(self):
        path = f"shops/{DOMAIN}/log"
        found = [entry["operation"] for entry in self.stand_in.control(f"{path}?limit=1000")["calls"]]
        self.stand_in.control(path, method="DELETE")
        return found[::-1]

    def writes(self, calls):
        return [call for call in calls if call in MUTATIONS]

    # === PRODUCTS === #

    def place_product(self, **spec):
        return str(self.stand_in.control(f"shops/{DOMAIN}/products", spec)["id"])

    def change_product(self, external_id, **changes):
        self.stand_in.control("clock", {"advance": 1})
        self.stand_in.control(f"shops/{DOMAIN}/products/{external_id}", changes)

    def add_picture(self, external_id, text, **details):
        self.stand_in.control("clock", {"advance": 1})
        self.stand_in.control(f"shops/{DOMAIN}/products/{external_id}/pictures", {"text": text, **details})

    def remove_pictures(self, external_id):
        self.stand_in.control("clock", {"advance": 1})
        for picture in self.stand_in.control(f"shops/{DOMAIN}/products/{external_id}")["media"]:
            path = f"shops/{DOMAIN}/products/{external_id}/pictures/{picture}"
            self.stand_in.control(path, {}, method="DELETE")

    def delete_product(self, external_id):
        self.stand_in.control(f"shops/{DOMAIN}/products/{external_id}", {}, method="DELETE")

    def products(self):
        return {
            str(product["id"]): {
                "title": product["title"],
                "status": product["status"].lower(),
                "pictures": len(product["media"]),
                "variants": {
                    variant["sku"]: {"price": Decimal(variant["price"]), "barcode": variant["barcode"] or ""}
                    for variant in product["variants"]
                },
            }
            for product in self.stand_in.control(f"shops/{DOMAIN}/products")["products"]
        }

    def small_product_pages(self, size):
        begin = ProductListing.begin
        return patch.object(ProductListing, "begin", lambda since: replace(begin(since), size=size))

    # === STOCK === #

    def open_location(self):
        return str(self.stand_in.control(f"shops/{DOMAIN}/locations", {"name": "Second place"})["id"])

    def set_stock(self, sku, location, quantity):
        self.stand_in.control(
            f"shops/{DOMAIN}/stock", {"sku": sku, "location_id": int(location), "available": quantity}
        )

    def stock(self):
        return {
            (article["sku"], str(level["location_id"])): level["available"]
            for article in self.stand_in.control(f"shops/{DOMAIN}/stock")["stock"]
            for level in article["levels"]
            if level["active"]
        }

    def stock_batches(self, size):
        return patch.object(const, "INPUT_LIMIT", size)

    # === SHIPMENTS AND REFUNDS === #

    def place_of(self, quantities):
        variants = self._variants()
        lines = [{"variant_id": variants[sku]["id"], "quantity": count} for sku, count in quantities.items()]
        return self.place(**{**self.plain_order(), "lines": lines, "financial": "paid"})

    def _variants(self):
        products = self.stand_in.control(f"shops/{DOMAIN}/products")["products"]
        return {variant["sku"]: variant for product in products for variant in product["variants"]}

    def _order(self, order):
        """Return the stored order, and {line id: SKU}."""
        stored = self.stand_in.control(f"shops/{DOMAIN}/orders/{order}")
        return stored, {line["id"]: line["sku"] for line in stored["lines"]}

    def _act(self, order, action, **values):
        self.stand_in.control("clock", {"advance": 1})
        self.stand_in.control(f"shops/{DOMAIN}/orders/{order}/{action}", values)

    def shipments(self, order):
        stored, skus = self._order(order)
        return [
            {
                "numbers": [entry["number"] for entry in tracking_of(record) if entry["number"]],
                "units": {skus[line["line_id"]]: line["quantity"] for line in record["lines"]},
            }
            for record in stored["fulfillments"]
        ]

    def ship(self, order, number):
        self._act(order, "fulfill", number=number)

    def hold(self, order):
        self._act(order, "hold", reason="OTHER")

    def release(self, order):
        self._act(order, "release")

    def refunds(self, order):
        stored, skus = self._order(order)
        amounts = {entry["id"]: Decimal(entry["amount"]) / 100 for entry in stored["transactions"]}
        return [
            {
                "amount": sum(amounts[number] for number in record["transactions"]),
                "units": {skus[line["line_id"]]: line["quantity"] for line in record["lines"]},
            }
            for record in stored["refunds"]
        ]
