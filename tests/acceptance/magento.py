"""What the suite asks of Magento's sandbox."""

import re
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from unittest.mock import patch

from odoo.addons.connector_magento import const, sales
from odoo.addons.connector_magento.models import integration_adapter_products

from sandbox.magento import stock
from sandbox.magento.routes import ALL_RESOURCES, ROUTES

from .platform import Platform

DOMAIN = "acceptance.magento.test"
ADDRESS = {
    "firstname": "Zoé",
    "lastname": "Martin",
    "street": ["1 rue du Bac"],
    "city": "Paris",
    "postcode": "75007",
    "country_id": "FR",
    "telephone": "+33 1 23 45 67 89",
}
PLACEHOLDER = re.compile(r"\{[^}]*\}")
CLIENT = "531f2f763b2f4c34b03001d8bf2bd4df"
ZONES = {13 * 60 + 45: "Pacific/Chatham", -11 * 60: "Pacific/Pago_Pago"}


def routes():
    """Return {name of a call as the client has it, with {} for what differs: the sandbox's route}."""
    return {PLACEHOLDER.sub("{}", route.name): route for found in ROUTES.values() for route in found}


class Magento(Platform):
    """A shop of Magento Open Source."""

    name = "magento"
    shop_settings = {"currency": "USD"}
    domain = DOMAIN
    reserves = True
    keeps_cancel_reason = False
    # https://developer.adobe.com/commerce/php/development/ : catalog_product_entity.sku
    longest_sku = 64
    closed_statuses = (403,)
    archived_status = "draft"
    not_set_up = frozenset({"webhooks"})  # a shop of Open Source sends no events
    orders_operation = "GET orders"
    products_operation = "GET products"
    product_price_operation = "PUT products/{}"
    variant_prices_operation = "POST products/base-prices"
    product_create_operation = "POST products"
    stock_operation = "POST inventory/source-items"
    stock_reads = ("GET inventory/source-items",)
    reads_of_stock_news = 1
    shipment_operation = "POST order/{}/ship"
    refund_operation = "POST order/{}/refund"
    # Nearly all may lack, and Magento leaves out what it has no value for:
    # https://developer.adobe.com/commerce/webapi/rest/quick-reference/ (sales-data-order-interface)
    leaves_out = True
    optional_fields = (
        "address_type", "applied_taxes", "base_discount_amount", "base_price_incl_tax", "billing_address",
        "billing_address_id", "city", "country_id", "coupon_code", "customer_group_id", "customer_is_guest",
        "discount_amount", "discount_percent", "discount_tax_compensation_amount", "extension_attributes",
        "firstname", "is_virtual", "item_applied_taxes", "lastname", "method", "name", "original_price", "payment",
        "postcode", "price_incl_tax", "product_id", "product_type", "qty_refunded", "quote_item_id", "region",
        "row_total_incl_tax", "shipping_assignments", "shipping_description", "state", "status", "status_histories",
        "store_id", "street", "subtotal", "tax_percent", "telephone", "total_due", "weight",
    )  # fmt: skip
    optional_product_fields = (
        "attribute_set_id", "created_at", "custom_attributes", "extension_attributes", "label", "media_gallery_entries",
        "media_type", "options", "position", "price", "product_links", "status", "tier_prices", "visibility",
        "website_ids", "weight",
    )  # fmt: skip
    # the shipment is read, the number added, the customer told
    tracking_calls = 3
    # what is there is read first, and of what attributes there are where barcodes are in one
    calls_per_part = {
        "images": {"GET products", "POST products/{}/media"},
        **{part: {"GET products", "PUT products/{}"} for part in ("basics", "status", "prices")},
        "variants": {
            "GET products",
            "GET products/attributes",
            "GET products/attribute-sets/sets/list",
            "GET store/storeConfigs",
            "PUT products/{}",
        },
    }
    # Calls whose resource no other flow needs
    own_permissions = {
        "customers_in": "GET customers/search",
        "customers_out": "GET customers/search",
        "orders_cancel": "POST orders/{}/cancel",
        "orders_hold": "POST orders/{}/hold",
        "orders_in": "GET orders",
        "orders_update": "POST orders/{}/comments",
        "products_out": "PUT products/{}",
        "stock_out": "POST inventory/source-items",
        "shipments_out": "POST order/{}/ship",
    }

    @property
    def shop(self):
        """The sandbox's own view of the account."""
        return self.stand_in.shop(DOMAIN)

    def _control(self, what, payload=None, *, method=None):
        return self.stand_in.control(f"shops/{DOMAIN}/{what}", payload, method=method)

    def _later(self):
        """Magento's times are whole seconds."""
        self.stand_in.control("clock", {"advance": 1})

    # === ACCOUNT === #

    def no_limit(self):
        return patch.object(const, "DEFAULT_BUDGET", (1000, 100))

    def create_account(self):
        self.stand_in.control("shops", {"domain": DOMAIN, **self.shop_settings})

    def set_time_zone(self, minutes):
        self.delete_account()
        self.stand_in.control("shops", {"domain": DOMAIN, **self.shop_settings, "timezone": ZONES[minutes]})

    def wizard_values(self):
        config = self.shop.config
        keys = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
        return {
            "magento_base_url": f"https://{DOMAIN}",
            "magento_auth": "oauth",
            **{f"magento_{key}": config[key] for key in keys},
        }

    def settings(self, address):
        return {"magento_barcode_attribute": "barcode"}

    def wrong_secret(self):
        return {"magento_consumer_secret": "wrong"}

    def uninstall(self):
        self.stand_in.control(f"shops/{DOMAIN}", {"active": False})

    def forbid_orders(self):
        return self._forbid("GET orders")

    def forbid(self, capability):
        return self._forbid(self.own_permissions[capability])

    def permit(self):
        self.stand_in.control(f"shops/{DOMAIN}", {"resources": [ALL_RESOURCES]})

    def permit_all_but(self, resource):
        others = sorted({route.resource for route in routes().values()} - {resource})
        self.stand_in.control(f"shops/{DOMAIN}", {"resources": others})

    def _forbid(self, call):
        word = routes()[call].resource
        self.permit_all_but(word)
        return word

    # === CALLS === #

    def fault(self, kind, *, match="*", **details):
        super().fault(kind, match=match if match == "*" else routes()[match].name, **details)

    def throttle(self, **details):
        self.fault("status", status=429, retry_after=30, **details)

    def calls(self):
        found = [entry["operation"] for entry in self._control("log?limit=1000")["calls"]]
        self._control("log", method="DELETE")
        return [PLACEHOLDER.sub("{}", name) for name in reversed(found)]

    def writes(self, calls):
        return [call for call in calls if not call.startswith("GET ")]

    # === ORDERS === #

    def place(self, **spec):
        return str(self._control("orders", spec or self.plain_order())["id"])

    def plain_order(self):
        return {
            "lines": [{"title": "Mug", "price": "20.00", "quantity": 2, "sku": "MUG"}],
            "email": "zoe@example.com",
            "billing_address": ADDRESS,
            "shipping_address": ADDRESS,
            "rates": [{"title": "TVA", "rate": "0.2"}],
            "shipping": {"title": "Standard", "price": "5.90"},
        }

    def written_order(self, text, note):
        address = {**ADDRESS, "firstname": text, "street": [text], "city": text}
        return {**self.plain_order(), "billing_address": address, "shipping_address": address, "note": note}

    def odd_orders(self):
        line = {"title": "Thing", "price": "9.99", "sku": "THING"}
        rates = [{"title": "VAT", "rate": "0.19"}, {"title": "City", "rate": "0.0125"}]
        return [
            {"lines": [line]},
            {"lines": [line], "email": "only@example.com"},
            {"lines": [line], "billing_address": {"firstname": "Ann"}},
            {"lines": [{**line, "quantity": 3}], "billing_address": ADDRESS, "rates": rates},
            {"lines": [{**line, "quantity": 3}], "rates": rates, "discount": {"percent": "33.3"}},
            {"lines": [line], "discount": {"percent": 100}},
            {"lines": [{**line, "type": "virtual"}], "email": "only@example.com", "rates": rates},
        ]

    def long_order(self):
        return {"lines": [{"title": f"Line {number}", "price": "1.10"} for number in range(130)]}

    def touch(self, external_id):
        self._act(external_id, "touch", customer_note="touched")

    def delete(self, external_id):
        self._control(f"orders/{external_id}/delete", {})

    def edit(self, external_id, quantity):
        """Magento cancels the order and makes another one."""
        self._later()
        order = self.plain_order()
        [line] = order["lines"]
        edited = {**order, "lines": [{**line, "quantity": quantity}]}
        return str(self._control(f"orders/{external_id}/edit", edited)["id"])

    def readdress(self, external_id, city):
        self._act(external_id, "touch", shipping_address={"city": city})

    def books(self):
        return {
            str(entry["id"]): {
                "total": Decimal(entry["total"]),
                "tax": Decimal(entry["tax_total"]),
                "currency": entry["currency"],
            }
            for entry in self._control("ledger")["orders"]
        }

    def small_pages(self, size):
        patches = ExitStack()
        for name in ("CHANGED", "PLACED"):
            patches.enter_context(patch.object(sales, name, replace(getattr(sales, name), page_size=size)))
        return patches

    # === PRODUCTS === #

    def place_product(self, **spec):
        """Of each variant there is some at the first source: Magento sends nothing that is not there."""
        product = self._control("products", spec)
        for variant in product["variants"]:
            stock.set_item(self.shop, variant["sku"], stock.DEFAULT_SOURCE, 100)
        return str(product["id"])

    def change_product(self, external_id, **changes):
        self._later()
        self._control(f"products/{external_id}", changes)

    def add_picture(self, external_id, text, **details):
        self._later()
        self._control(f"products/{external_id}/pictures", {"text": text, **details})

    def remove_pictures(self, external_id):
        self._later()
        for picture in self._control(f"products/{external_id}")["media"]:
            self._control(f"products/{external_id}/pictures/{picture}", {}, method="DELETE")

    def delete_product(self, external_id):
        self._control(f"products/{external_id}", {}, method="DELETE")

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
            for product in self._control("products")["products"]
        }

    def small_product_pages(self, size):
        listing = replace(integration_adapter_products.PRODUCTS, page_size=size)
        return patch.object(integration_adapter_products, "PRODUCTS", listing)

    # === STOCK === #

    def open_location(self):
        return self._control("sources", {"name": "Second place"})["source_code"]

    def set_stock(self, sku, location, quantity):
        self._control("stock", {"sku": sku, "source": location, "quantity": quantity})

    def stock(self):
        """Reservations are of no source: they count for the first one."""
        found = {(item["sku"], item["source_code"]): item["quantity"] for item in self.shop.all("source_item")}
        for sku in {sku for sku, _source in found}:
            reserved = sum(stock.reserved(self.shop, sku, number) for number in stock.stocks(self.shop))
            if reserved:
                found[sku, stock.DEFAULT_SOURCE] += int(reserved)
        return found

    def stock_batches(self, size):
        return patch.object(const, "INPUT_LIMIT", size)

    # === SHIPMENTS AND REFUNDS === #

    def place_of(self, quantities):
        lines = [{"sku": sku, "quantity": count} for sku, count in quantities.items()]
        order = self.place(**{**self.plain_order(), "lines": lines})
        self._act(order, "invoice")
        return order

    def _act(self, order, action, **values):
        self._later()
        self._control(f"orders/{order}/{action}", values)

    def _documents(self, kind, order):
        return [document for document in self.shop.all(kind) if str(document["order_id"]) == order]

    def shipments(self, order):
        return [
            {
                "numbers": [track["track_number"] for track in document["tracks"]],
                "units": {item["sku"]: item["qty"] for item in document["items"]},
            }
            for document in self._documents("shipment", order)
        ]

    def ship(self, order, number):
        self._act(order, "ship", number=number)

    def hold(self, order):
        self._act(order, "hold")

    def release(self, order):
        self._act(order, "release")

    def refunds(self, order):
        return [
            {
                "amount": Decimal(str(document["grand_total"])),
                "units": {item["sku"]: item["qty"] for item in document["items"] if item["qty"]},
            }
            for document in self._documents("creditmemo", order)
        ]


class Commerce(Magento):
    """A shop of Adobe Commerce that sends events, and the merchant's registration with Adobe."""

    shop_settings = {**Magento.shop_settings, "edition": "Enterprise", "modules": [const.EVENTS_MODULE]}
    not_set_up = frozenset()
    own_permissions = {**Magento.own_permissions, "webhooks": "POST eventing/eventSubscribe"}

    def settings(self, address):
        """Adobe tries the address when it is registered; what it is registered for is entered in Odoo."""
        self._control("event-registrations", {"url": address, "client_id": CLIENT})
        return {**super().settings(address), "magento_events_client": CLIENT}

    def undelivered(self):
        return self.stand_in.control("deliveries")["pending"]
