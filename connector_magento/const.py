"""Everything Magento dictates, each with the page that says so (last seen November 2026)."""

from datetime import timedelta
from decimal import Decimal

# https://developer.adobe.com/commerce/webapi/get-started/gs-web-api-request/: <base>/rest/<store code|all>/V1/...
# `all` reads and writes the values that hold for all stores; a store's code those of this store.
REST_PATH = "/rest/{store}/V1/{path}"
ALL_STORES = "all"
# https://developer.adobe.com/commerce/webapi/rest/use-rest/bulk-endpoints/: carried out by the consumer
# async.operations.all, if the shop runs it. Operations: 1 done, 2 and 3 failed (2: try again), 4 waiting, 5 refused
BULK_PATH = "/rest/all/async/bulk/V1/{path}"
BULK_DONE, BULK_AGAIN, BULK_WAITING = 1, 2, 4
# From so many changes of products on they go together; seconds to wait for them, and between two looks
BULK_FROM = 10
BULK_PATIENCE, BULK_EVERY = 60, 2
# Product, version and edition in words, for everybody: "Magento/2.4 (Community)". A shop may have switched it off.
VERSION_PATH = "/magento_version"

# https://developer.adobe.com/commerce/webapi/get-started/authentication/gs-authentication-oauth/
SIGNATURE_METHOD = "HMAC-SHA256"
# https://developer.adobe.com/commerce/webapi/get-started/authentication/gs-authentication-token/: an admin's token
# lives for hours, a setting of the shop; it is renewed this many seconds before its end, where it states one.
ADMIN_TOKEN_PATH = "integration/admin/token"
ADMIN_TOKEN_MARGIN = 5 * 60

# Magento has no limit of its own: this keeps a shop of one small server alive. (burst, calls per second)
# https://developer.adobe.com/commerce/webapi/get-started/rate-limiting/ is about placing orders only.
BUDGET_API = "rest"
DEFAULT_BUDGET = (60, 12)
# Each call keeps one of the shop's few PHP workers busy, which its customers need too.
DEFAULT_CONCURRENCY = 4

# https://developer.adobe.com/commerce/webapi/get-started/api-security/: where a shop has switched its limits on, a page
# has at most 300 entries and a list that is sent at most 20.
PAGE_SIZE = 100
STUBS_PAGE_SIZE = 300
INPUT_LIMIT = 20
# SKUs in one address: they have 64 characters at most
SKUS = 50

# How long ago the newest change is when none can be on its way any more, whatever clocks say
QUIET = timedelta(minutes=15)
# What is polled -> where it is listed, and what its id is called there
PROBED = {"orders": ("orders", "entity_id"), "products": ("products", "id"), "customers": ("customers/search", "id")}

# https://developer.adobe.com/commerce/webapi/rest/use-rest/performing-searches/
CONDITIONS = frozenset(
    "eq finset from gt gteq in like lt lteq moreq neq nfinset nin nlike notnull null to".split()  # noqa: SIM905
)

# https://developer.adobe.com/commerce/webapi/rest/quick-reference/: kinds of scopes as canonical documents call them,
# and the id of the one that is the administration's own and has no store
WEBSITE, STORE_GROUP, STORE_VIEW = "website", "store", "store_view"
ADMIN_SCOPE_ID = 0

# The module that keeps stock by source; a shop without it has one quantity per product.
# https://developer.adobe.com/commerce/webapi/rest/inventory/
MSI_MODULE = "Magento_InventoryApi"
# One of Adobe Commerce's own: https://experienceleague.adobe.com/en/docs/commerce/user-guides/product-comparison
COMMERCE_MODULE = "Magento_GiftCardAccount"
COMMERCE_EDITION = "Enterprise"

# What a call needs that a channel makes: capability -> (method, path, parameters or body). Nothing is changed: reading
# asks for one entry, writing is about an order 0, which there is not. Magento looks at the rights first.
# https://developer.adobe.com/commerce/webapi/get-started/authentication/#accessible-resources
_ONE = {"searchCriteria[pageSize]": "1", "fields": "total_count"}
_CATALOGUE = (
    ("GET", "products", _ONE),
    ("GET", "products/attributes", _ONE),
    ("GET", "products/attribute-sets/sets/list", _ONE),
    ("GET", "categories/list", _ONE),
)
PROBES = {
    "orders_in": (
        ("GET", "orders", _ONE),
        ("GET", "invoices", _ONE),
        ("GET", "creditmemos", _ONE),
        ("GET", "shipments", _ONE),
    ),
    "orders_hold": (("POST", "orders/0/hold", {}), ("POST", "orders/0/unhold", {})),
    "webhooks": (
        ("GET", "eventing/getEventSubscriptions", {}),
        ("POST", "eventing/eventSubscribe", {}),
        ("POST", "eventing/eventUnsubscribe/none", {}),
    ),
    "orders_cancel": (("POST", "orders/0/cancel", {}),),
    "orders_update": (("POST", "orders/0/comments", {}),),
    "refunds_out": (("POST", "order/0/refund", {}), ("POST", "order/0/invoice", {})),
    "shipments_in": (("GET", "shipments", _ONE),),
    "shipments_out": (("POST", "order/0/ship", {}),),
    "customers_in": (("GET", "customers/search", _ONE), ("GET", "customerGroups/search", _ONE)),
    "customers_out": (("GET", "customers/search", _ONE), ("PUT", "customers/0", {})),
    "products_in": _CATALOGUE,
    "products_out": (*_CATALOGUE, ("POST", "products", {}), ("POST", "categories", {})),
    "prices_out": (("GET", "customerGroups/search", _ONE), ("POST", "products/tier-prices-information", {"skus": []})),
}
# The same for stock, by whether the shop keeps it by source
_SOURCES = (("GET", "inventory/sources", _ONE), ("GET", "inventory/source-items", _ONE))
_STOCK_ITEMS = (("GET", "stockItems/lowStock/", {"scopeId": "0", "qty": "0", "pageSize": "1"}),)
STOCK_PROBES = {
    True: {"stock_in": _SOURCES, "stock_out": (*_SOURCES, ("POST", "inventory/source-items", {"sourceItems": []}))},
    False: {"stock_in": _STOCK_ITEMS, "stock_out": _STOCK_ITEMS},
}

# === PRODUCTS === #

# https://developer.adobe.com/commerce/webapi/rest/modules/catalog-products/ (ProductInterface: status, visibility)
ENABLED, DISABLED = 1, 2
NOT_VISIBLE, VISIBLE_EVERYWHERE = 1, 4
# Types of products that are sold as they are: one of them may be the variant of a configurable one
PLAIN_TYPES = ("simple", "virtual", "downloadable")
# Kinds of attributes (frontend_input) whose values are options, and of those that hold texts for all the shop
CHOICES = frozenset({"select", "multiselect", "boolean", "swatch_visual", "swatch_text"})
NO_TEXTS = frozenset({"gallery", "media_image", "weee"})
GLOBAL_SCOPE = "global"
# Attributes that are Magento's own and hold texts of the merchant's
OFFERED_ATTRIBUTES = frozenset({"meta_keyword", "short_description"})
# ... and those that products have a place of their own for
PLACED_ATTRIBUTES = frozenset({"cost", "country_of_manufacture", "special_price", "tax_class_id"})
# The attribute set that every shop has from the start:
# https://developer.adobe.com/commerce/webapi/rest/tutorials/configurable-product/plan-product
DEFAULT_SET = "4"
# https://developer.adobe.com/commerce/webapi/rest/tutorials/configurable-product/plan-product (entity_type_id)
PRODUCT_ENTITY_TYPE = "4"
# https://experienceleague.adobe.com/en/docs/commerce-admin/config/general/general (Weight Unit), in kilograms
WEIGHT_UNITS = {"kgs": Decimal(1), "lbs": Decimal("0.45359237")}
# The root of all categories is nobody's category: below it stands one tree per store group
ROOT_CATEGORY = "1"
# https://developer.adobe.com/commerce/webapi/rest/tutorials/grouped-product/
GROUPED_LINK = "associated"
# What tells a variant that is one already (HTTP 400); errors are named by their words before these are filled in
ALREADY_ATTACHED = "The product is already attached."
ADDRESS_TAKEN = "URL key for specified store already exists."
GONE = "product_gone"
PICTURES_PATH = "catalog/product"
PAGE_PATH = "catalog/product/view/id/"
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif"})
PICTURE_ROLES = ["image", "small_image", "thumbnail"]
PICTURE_MEGABYTES = 50

# What tier prices call all groups of customers: https://developer.adobe.com/commerce/webapi/rest/modules/catalog-prices/
ALL_GROUPS_ID, ALL_GROUPS = "32000", "ALL GROUPS"

# === STOCK === #

# What stands for the one place of a shop that does not keep stock by source
LEGACY_LOCATION = "cataloginventory"
# https://developer.adobe.com/commerce/webapi/rest/inventory/manage-source-items (status)
IN_STOCK = 1
# More than anybody has of a product
MUCH = 10**9

# HTTP status -> what to do. 401 depends on the way of authentication: `auth`.
REMEDIES = {
    400: "Correct in Magento or in Odoo what the message names, then try again.",
    403: "A firewall or CDN in front of the shop refuses the call: let its administrator permit the address of this "
    "server for /rest/.",
    404: "What is asked for is not in Magento any more, or its module is switched off there.",
}

# === ORDERS === #

# Pages of the admin, below its path; links may lead to its first page where the admin adds secret keys to its URLs
# https://experienceleague.adobe.com/en/docs/commerce-admin/systems/security/security-admin
ADMIN_PATHS = {
    "order": "sales/order/view/order_id/{}/",
    "partner": "customer/index/edit/id/{}/",
}
# An extension may add more.
# https://experienceleague.adobe.com/en/docs/commerce-admin/stores-sales/order-management/orders/order-status
ORDER_STATES = {
    "new": "New",
    "pending_payment": "Pending payment",
    "payment_review": "Payment review",
    "processing": "Processing",
    "complete": "Complete",
    "closed": "Closed",
    "canceled": "Canceled",
    "holded": "On hold",
}
# What of an order is above 0 when it has a credit memo
REFUNDED = ("total_refunded", "shipping_refunded", "adjustment_positive", "adjustment_negative")
# Mirror field of Odoo's order -> what `parser` notes under `Order.attributes`
MIRRORED_ATTRIBUTES = {
    "magento_status": "status",
    "magento_group": "customer_group",
    "magento_replaces": "relation_parent_real_id",
    "magento_replaced_by": "relation_child_real_id",
}
CANCEL_REMEDIES = {
    "OVER": "Nothing has to be done there. Import the order again if Odoo doesn't show it.",
    "SHIPPED": "Take the goods back and refund them; what was not sent can be refunded, too.",
    "PAID": "Choose to give the money back, or cancel only here.",
    "NO_HOLD": "Look at the order in Magento: what is complete, closed, canceled or under review can't be held.",
    "REFUSED": "Look at the order in Magento: a payment under review is approved or denied there first, and an invoice "
    "that is not paid yet is canceled there.",
}
REFUND_REMEDIES = {
    "UNKNOWN": "Compare the order with Magento. If it was edited there, another order took its place.",
    "NOT_INVOICED": "What is not invoiced has not been paid: cancel it in Magento, or invoice it there first.",
    "SHIPPING": "Enter less for shipping.",
    "SEVERAL": "Ask for one refund per invoice, with no more of each line than the invoice has.",
}

# === SHIPMENTS === #

# Carriers that Magento has by itself: it links their numbers. Any other one is `custom` and has a title only.
# https://experienceleague.adobe.com/en/docs/commerce-admin/stores-sales/delivery/shipping-carriers/carriers
CARRIERS = {"dhl": "DHL", "fedex": "FedEx", "ups": "UPS", "usps": "USPS"}
CUSTOM_CARRIER = "custom"
# An attribute of bundles: whether their parts are sent as one, or each for itself
# https://experienceleague.adobe.com/en/docs/commerce-admin/catalog/products/types/product-create-bundle
SHIPMENT_TYPE, SEPARATELY = "shipment_type", "1"
# Seconds that the clocks of Odoo and the shop may differ by
CLOCK_MARGIN = 300
SHIPMENT_REMEDY = "Look at the order in Magento, correct what the message names, then press Send Again."
SHIPMENT_REMEDIES = {
    "NOT_FOUND": "It was deleted there, or the integration may not see it. Nothing more is told of it.",
    "ON_HOLD": "Release the order in Magento, then press Send Again.",
    "UNKNOWN": "Compare the lines of the order with Magento. If it was edited there, another order took its place.",
    "NOT_WHOLE": "Send the parts of a bundle together; or let Magento send them separately (Ship Bundle Items, on the "
    "product), for orders from then on. Enter this shipment there by hand.",
}

# === CUSTOMERS === #

CUSTOMER_REMEDY = "Look for the customer in Magento. Who was deleted there is created anew by publishing it again."

# === EVENTS === #

# The module that sends events of Adobe Commerce to Adobe I/O Events. Open Source and Mage-OS have none.
# https://developer.adobe.com/commerce/extensibility/events/
EVENTS_MODULE = "Magento_AdobeCommerceEventsClient"
EVENT_TYPE_PREFIX = "com.adobe.commerce."
# What is subscribed to for a flow: event -> (resource, fields that may name the record). Events of an order's documents
# are about the order. An order is saved with whatever is made of it, but for a number that is added to a shipment.
# All are told by Magento's models, observer.<prefix of the model>_<save or delete>_commit_after, as
# https://developer.adobe.com/commerce/extensibility/events/commands/#list-supported-events lists them of its example.
# Those of orders, customers, products and stock: Adobe's own integration subscribes to them,
# https://developer.adobe.com/commerce/extensibility/starter-kit/integration/create-integration/. Those of credit memos,
# shipments and their numbers are in no list of Adobe's for 2.4 that can be read without a shop: one that has them not
# refuses the subscription, and is asked for what it does not tell.
EVENTS = {
    "orders_in": {
        "observer.sales_order_save_commit_after": ("order", ("entity_id", "id")),
        "observer.sales_order_creditmemo_save_commit_after": ("order", ("order_id",)),
        "observer.sales_order_delete_commit_after": ("order", ("entity_id", "id")),
    },
    "shipments_in": {
        "observer.sales_order_shipment_save_commit_after": ("order", ("order_id",)),
        "observer.sales_order_shipment_track_save_commit_after": ("order", ("order_id",)),
    },
    "customers_in": {"observer.customer_save_commit_after": ("customer", ("entity_id", "id"))},
    "products_in": {
        "observer.catalog_product_save_commit_after": ("product", ("entity_id", "id")),
        "observer.catalog_product_delete_commit_after": ("product", ("entity_id", "id")),
    },
    # Of a shop with sources, Magento tells this of the default one only.
    "stock_out": {"observer.cataloginventory_stock_item_save_commit_after": ("stock_level", ("product_id",))},
}
DELETIONS = frozenset({"observer.catalog_product_delete_commit_after", "observer.sales_order_delete_commit_after"})
# Sent at once, the others once a minute: https://developer.adobe.com/commerce/extensibility/events/commands/
URGENT_FLOWS = frozenset({"orders_in", "stock_out"})
# https://developer.adobe.com/events/docs/guides/#security-considerations: two keys sign each event, one is enough. They
# lie on this host only, whatever a call says.
EVENT_KEYS_URL = "https://static.adobeioevents.com"
EVENT_SIGNATURES = (
    ("x-adobe-public-key1-path", "x-adobe-digital-signature-1"),
    ("x-adobe-public-key2-path", "x-adobe-digital-signature-2"),
)
# https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
EVENT_MEDIA_TYPES = ("application/cloudevents+json", "application/cloudevents-batch+json", "application/json")
EVENT_OLD_NAMES = {"eventid": "event_id", "recipientclientid": "recipient_client_id"}
EVENTS_REMEDIES = {
    "NO_MODULE": "The shop has no module Magento_AdobeCommerceEventsClient. Have it installed, or remove the Client ID "
    "of the events here.",
    # https://developer.adobe.com/commerce/extensibility/events/release-notes/ (1.11.0, January 2025)
    "TOO_OLD": "The shop's module for events is older than 1.11 and can't say what is subscribed to. Have the package "
    "magento/commerce-eventing updated, or remove the Client ID of the events here.",
}
