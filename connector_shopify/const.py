"""Everything Shopify dictates, each with the page that says so (last seen November 2026)."""

from decimal import Decimal

# https://shopify.dev/docs/api/usage/versioning
API_VERSION = "2026-10"

# https://shopify.dev/docs/api/admin-graphql and .../usage/authentication
GRAPHQL_PATH = "/admin/api/{version}/graphql.json"
TOKEN_PATH = "/admin/oauth/access_token"
TOKEN_HEADER = "X-Shopify-Access-Token"
VERSION_HEADER = "X-Shopify-API-Version"
REQUEST_ID_HEADER = "X-Request-Id"

# A token of the client-credentials grant lives 24 h; it is renewed this many seconds before it ends.
# https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant
TOKEN_MARGIN = 15 * 60

# What a budget starts with until the first answer tells the shop's own: the bucket of the Standard plan.
# https://shopify.dev/docs/api/usage/limits
BUDGET_API = "admin"
DEFAULT_BUDGET = (2000, 100)
# Points an operation is expected to be charged at first; what the answer says it did not cost is given back.
EXPECTED_COST = {
    "Orders": 850,
    "OrdersById": 200,
    "OrdersCount": 1,
    "OrderIds": 30,
    "OrderCancel": 10,
    "Customers": 400,
    "CustomersById": 400,
    "CustomersCount": 1,
    "CustomerSet": 10,
    "Companies": 300,
    "PriceLists": 10,
    "PriceListSet": 10,
    "Payouts": 30,
    "PayoutTransactions": 60,
    "Connection": 10,
    "Locations": 20,
    "InventoryAtLocation": 750,
    "LocationInventory": 50,
    "InventorySet": 10,
    "InventoryActivate": 12,
    "OrderShipments": 110,
    "FulfillmentCreate": 11,
    "FulfillmentTrackingUpdate": 11,
    "SuggestedRefund": 15,
    "RefundCreate": 11,
    "OrderUpdate": 11,
    "TagsAdd": 11,
    "TagsRemove": 11,
    "ApiVersions": 8,
    "Products": 600,
    "ProductsById": 300,
    "ProductsCount": 1,
    "ProductSet": 60,
    "ProductUpdate": 12,
    "ProductVariantsUpdate": 12,
    "ShopLocales": 1,
    "ProductTranslations": 25,
    "TranslatableContents": 30,
    "TranslationsRegister": 10,
    "TranslationsRemove": 10,
}
DEFAULT_EXPECTED_COST = 50

# Page sizes. A page that costs more than one query may (1,000 points) is asked for again with half the size.
# https://shopify.dev/docs/api/usage/limits: `first` <= 250, ids <= 250, a listing ends at 25,000 objects
ORDERS_PAGE = 75
PRODUCTS_PAGE = 50
COLLECTIONS_PAGE = 100
IDS_PAGE = 50
STUBS_PAGE = 250
CUSTOMERS_PAGE = 50
COMPANIES_PAGE = 20
PRICES_BATCH = 250
PAYOUTS_PAGE = 25
TRANSACTIONS_PAGE = 250
NESTED_PAGE = 100
LISTING_LIMIT = 25000
LIST_LIMIT = 250
# https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/metafieldsSet
METAFIELDS_PAGE = 25
# https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/translationsRegister
TRANSLATIONS_PAGE = 100

# https://shopify.dev/docs/api/usage/access-scopes
SCOPES = {
    "read_orders": "orders can't be read",
    "read_customers": "the customers of orders can't be read",
    "read_products": "which product an order line is of can't be read",
    "write_orders": "orders can't be cancelled or refunded from Odoo",
}
# What else is asked for where a channel uses it: capability -> scopes.
FLOW_SCOPES = {
    "companies_in": {"read_companies": "companies can't be read"},
    "customers_out": {"write_customers": "customers can't be changed from Odoo"},
    "payouts_in": {
        "read_shopify_payments_accounts": "payouts can't be read",
        "read_shopify_payments_payouts": "payouts can't be read",
    },
    "prices_out": {"write_products": "prices can't be changed from Odoo"},
    "products_in": {
        "read_publications": "where products are published can't be read",
        "read_locales": "the store's languages, and so translations, can't be read",
        "read_translations": "translations of products can't be read",
    },
    "products_out": {
        "read_locales": "the store's languages can't be read, so translations can't be sent",
        "write_translations": "translations of products can't be sent from Odoo",
        "write_products": "products can't be sent from Odoo",
        "read_publications": "where products are published can't be read",
        "write_publications": "products can't be published from Odoo",
    },
    "shipments_in": {"read_locations": "the places that goods are sent from can't be read"},
    "shipments_out": {
        "read_locations": "the places that goods are sent from can't be read",
        "read_merchant_managed_fulfillment_orders": "what is to be sent can't be read",
        "write_merchant_managed_fulfillment_orders": "what Odoo has sent can't be told",
    },
    "stock_out": {
        "read_locations": "the places that stock is kept at can't be read",
        "read_inventory": "quantities can't be read",
        "write_inventory": "quantities can't be set",
    },
}
# What of it takes several languages in Odoo
TRANSLATION_SCOPES = {"read_locales", "read_translations", "write_translations"}
ALL_ORDERS_SCOPE = "read_all_orders"
# How far back orders can be read without ALL_ORDERS_SCOPE, and what a first import asks for with it, in days.
RECENT_DAYS = 60
HISTORY_DAYS = 90

# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/WebhookSubscriptionTopic: name in GraphQL -> in the header
TOPICS = {
    "ORDERS_CREATE": "orders/create",
    "ORDERS_UPDATED": "orders/updated",
    "ORDERS_PAID": "orders/paid",
    "ORDERS_CANCELLED": "orders/cancelled",
    "ORDERS_FULFILLED": "orders/fulfilled",
    "ORDERS_DELETE": "orders/delete",
    "REFUNDS_CREATE": "refunds/create",
    "APP_UNINSTALLED": "app/uninstalled",
}
# What else is subscribed to where a channel uses it: capability -> topics
FLOW_TOPICS = {
    "customers_in": {"CUSTOMERS_CREATE": "customers/create", "CUSTOMERS_UPDATE": "customers/update"},
    "products_in": {
        "PRODUCTS_CREATE": "products/create",
        "PRODUCTS_UPDATE": "products/update",
        "PRODUCTS_DELETE": "products/delete",
        "COLLECTIONS_CREATE": "collections/create",
        "COLLECTIONS_UPDATE": "collections/update",
        "COLLECTIONS_DELETE": "collections/delete",
    },
    "products_out": {"PRODUCTS_DELETE": "products/delete"},
    "shipments_in": {"FULFILLMENTS_CREATE": "fulfillments/create", "FULFILLMENTS_UPDATE": "fulfillments/update"},
    "stock_out": {
        "INVENTORY_LEVELS_CONNECT": "inventory_levels/connect",
        "INVENTORY_LEVELS_DISCONNECT": "inventory_levels/disconnect",
        "INVENTORY_LEVELS_UPDATE": "inventory_levels/update",
        "LOCATIONS_ACTIVATE": "locations/activate",
        "LOCATIONS_CREATE": "locations/create",
        "LOCATIONS_DEACTIVATE": "locations/deactivate",
        "LOCATIONS_DELETE": "locations/delete",
        "LOCATIONS_UPDATE": "locations/update",
    },
}
# What events are about: first part of their topic -> (our resource, keys of the record's id in the body)
TOPIC_RESOURCES = {
    "collections": ("category", ("id",)),
    "customers": ("customer", ("id",)),
    "fulfillments": ("order", ("order_id",)),
    "inventory_levels": ("stock_level", ("inventory_item_id", "location_id")),
    "locations": ("location", ("id",)),
    "orders": ("order", ("id",)),
    "products": ("product", ("id",)),
    "refunds": ("order", ("order_id",)),
}
DELETED_TOPIC = "orders/delete"
PRODUCT_DELETED_TOPICS = ("products/delete", "collections/delete")
UNINSTALLED_TOPIC = "app/uninstalled"

# https://shopify.dev/docs/apps/build/webhooks/subscribe/https#step-2-validate-the-origin
SIGNATURE_HEADER = "x-shopify-hmac-sha256"
DOMAIN_HEADER = "x-shopify-shop-domain"
TOPIC_HEADER = "x-shopify-topic"
# The same when a delivery is repeated: what dedupes. The event id is shared by all topics of one action.
WEBHOOK_ID_HEADER = "x-shopify-webhook-id"
EVENT_ID_HEADER = "x-shopify-event-id"
TRIGGERED_AT_HEADER = "x-shopify-triggered-at"

# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/OrderDisplayFulfillmentStatus, and the REST words
# https://shopify.dev/docs/api/admin-rest/latest/resources/order: null is "nothing fulfilled yet".
FULFILLMENT_STATUSES = {
    "": "unfulfilled",
    "unfulfilled": "unfulfilled",
    "open": "unfulfilled",
    "pending": "unfulfilled",
    "pending_fulfillment": "unfulfilled",
    "in_progress": "unfulfilled",
    "scheduled": "unfulfilled",
    "request_declined": "unfulfilled",
    "restocked": "unfulfilled",
    "not_eligible": "unfulfilled",
    "on_hold": "on_hold",
    "partial": "partial",
    "partially_fulfilled": "partial",
    "fulfilled": "fulfilled",
    "fulfillment_not_required": "fulfilled",
}

# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/OrderTransactionKind; a suggestion moves no money
PAYMENT_KINDS = {
    "authorization": "authorization",
    "emv_authorization": "authorization",
    "capture": "capture",
    "sale": "sale",
    "void": "void",
    "refund": "refund",
    "change": "change",
}
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/OrderTransactionStatus
PAYMENT_STATUSES = {
    "success": "success",
    "pending": "pending",
    "awaiting_response": "pending",
    "failure": "failure",
    "error": "error",
    "unknown": "error",
}
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/RiskAssessmentResult, worst first
RISK_LEVELS = ("high", "medium", "low")
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/OrderRiskRecommendationResult
RISK_OF_RECOMMENDATION = {"cancel": "high", "investigate": "medium", "accept": "low"}

# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/ShopifyPaymentsPayoutStatus
PAYOUT_STATUSES = {
    "SCHEDULED": "scheduled",
    "IN_TRANSIT": "in_transit",
    "PAID": "paid",
    "FAILED": "failed",
    "CANCELED": "cancelled",
}
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/ShopifyPaymentsTransactionType: by name, else by a word in it
PAYOUT_ENTRY_KINDS = {"CHARGE": "charge", "REFUND": "refund"}
PAYOUT_ENTRY_WORDS = (
    ("CHARGEBACK_FEE", "fee"),
    ("STRIPE_FEE", "fee"),
    ("REFERRAL_FEE", "fee"),
    ("FAILURE_DEBIT", "fee"),
    ("CHARGEBACK", "dispute"),
    ("DISPUTE", "dispute"),
    ("RISK_", "dispute"),
    ("RESERVED_FUNDS", "reserve"),
    ("ADJUSTMENT", "adjustment"),
)

# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/OrderCancelReason
CANCEL_REASONS = {
    "customer": "CUSTOMER",
    "inventory": "INVENTORY",
    "fraud": "FRAUD",
    "declined": "DECLINED",
    "staff": "STAFF",
    "other": "OTHER",
}
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/OrderCancelUserErrorCode
CANCEL_REMEDIES = {
    "NOT_FOUND": "The order was deleted at Shopify: cancel it in Odoo.",
    "NO_REFUND_PERMISSION": "Let the app refund orders (its settings at Shopify), or cancel without giving money back.",
}
CANCEL_REMEDY = (
    "Open the order in Shopify's admin. What is fulfilled or being returned keeps an order from being cancelled: "
    "cancel the fulfillment there and try again, or refund the order instead."
)

# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/PriceListPriceUserErrorCode
PRICE_REMEDIES = {
    "VARIANT_NOT_FOUND": "The variant was deleted at Shopify: publish the product again, or unlink it.",
    "PRICE_LIST_NOT_FOUND": "The price list was deleted at Shopify: read the price lists again, on the sales channel.",
    "PRICE_LIST_CURRENCY_MISMATCH": "The price list has another currency now: read the price lists again, on the "
    "sales channel.",
}

# === PRODUCTS === #

# The custom field (of type id, in the app's own namespace) by which a product is found again that Odoo created.
# https://shopify.dev/docs/apps/build/custom-data/metafields/working-with-custom-ids
PRODUCT_KEY = "odoo_key"
APP_NAMESPACE = "app--"
# What Shopify calls the only option, and its value, of a product without options.
# https://shopify.dev/docs/apps/build/graphql/migrate/new-product-model/add-data
DEFAULT_OPTION = "Title"
DEFAULT_VALUE = "Default Title"
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/WeightUnit, in kilograms
WEIGHT_UNITS = {
    "KILOGRAMS": Decimal(1),
    "GRAMS": Decimal("0.001"),
    "POUNDS": Decimal("0.45359237"),
    "OUNCES": Decimal("0.028349523125"),
}
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/ProductStatus
PRODUCT_STATUSES = {"ACTIVE": "active", "DRAFT": "draft", "ARCHIVED": "archived", "UNLISTED": "unlisted"}
# A product with more variants is changed in the background.
# https://shopify.dev/docs/api/admin-graphql/2026-10/mutations/productSet
SYNCHRONOUS_VARIANTS = 100
# How long a change in the background, and Shopify's work on new pictures, is waited for; in seconds
POLL_EVERY, OPERATION_PATIENCE, PICTURE_PATIENCE = 1.0, 60, 5
# https://help.shopify.com/en/manual/products/product-media/product-media-types
PICTURE_MEGABYTES = 20
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/ProductSetUserErrorCode and of the other product mutations
CODES_GONE = ("PRODUCT_DOES_NOT_EXIST", "NOT_FOUND", "RESOURCE_NOT_FOUND")
PRODUCT_REMEDIES = {
    "HANDLE_NOT_UNIQUE": "Another product of the store has this address: give the product another one in Odoo, or link "
    "it with that product instead of publishing it anew.",
    "OPTIONS_OVER_LIMIT": "Shopify takes three options per product: give the product fewer attributes that make "
    "variants, or split it.",
    "VARIANTS_OVER_LIMIT": "Shopify takes 2,048 variants per product: split the product in Odoo.",
    "SUBSCRIPTION_VIOLATION": "The store's plan allows no more variants: its owner can change the plan at Shopify.",
    "GIFT_CARDS_NOT_ACTIVATED": "Activate gift cards in the store's settings at Shopify, then send the product again.",
    "INVALID_METAFIELD": "Correct the value in Odoo, or the field's type in Shopify's settings under Custom data.",
}

# What can be translated: field of the canonical Translation -> key of the text
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/TranslatableResourceType
TRANSLATION_KEYS = {
    "title": "title",
    "description": "body_html",
    "seo_title": "meta_title",
    "seo_description": "meta_description",
}
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/TranslationErrorCode
TRANSLATION_REMEDIES = {
    "INVALID_TRANSLATABLE_CONTENT": "The original was changed at Shopify at the same moment: send the product again.",
    "INVALID_LOCALE_FOR_SHOP": "Add the language in the store's settings at Shopify, then send the product again.",
}
TRANSLATION_REMEDY = "Correct the translation on the product in Odoo, then send the product again."

# === BULK OPERATIONS === #

# https://shopify.dev/docs/api/usage/bulk-operations/queries: so many products are worth one, so many bytes of a
# result are read at once, so many seconds lie between two looks whether it is done
BULK_FROM = 2000
BULK_PART = 256 * 1024
BULK_POLL = 15
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/BulkOperationUserErrorCode: five run already
BULK_BUSY = ("LIMIT_REACHED", "OPERATION_IN_PROGRESS")

# A query that takes Shopify too long. https://shopify.dev/docs/api/usage/response-codes#graphql-error-codes
CODE_TIMEOUT = "TIMEOUT"
CODE_NOT_FOUND = "NOT_FOUND"
# What to do about a refused call. https://shopify.dev/docs/api/usage/response-codes
REMEDIES = {
    401: "Check the app's credentials in its settings at Shopify and enter them on the backend again. "
    "If the app was uninstalled from the store, install it again.",
    402: "The store is frozen: its owner has to pay Shopify's bill. Then test the connection again.",
    403: "Add the missing access scope to the app at Shopify, install the new version, then test the connection again.",
    404: "Check the store's address: it must be the one that ends with .myshopify.com.",
    423: "Shopify has locked the store: its owner has to talk to Shopify's support.",
}

# https://help.shopify.com/en/manual/shopify-admin/shopify-admin-overview: pages of the admin, below /admin/
ADMIN_PATHS = {
    "order": "orders/{id}",
    "partner": "customers/{id}",
    "company": "companies/{id}",
    "product": "products/{id}",
    "variant": "products/{parent}/variants/{id}",
}

# === STOCK === #

# https://shopify.dev/docs/api/usage/limits: no list that is sent may hold more, nor any page
INPUT_LIMIT = 250
# https://shopify.dev/docs/apps/build/orders-fulfillment/inventory-management-apps/manage-quantities-states
STOCK_NAME = "available"
STOCK_REASON = "correction"
DISCONNECTED_TOPIC = "inventory_levels/disconnect"
# How often a key of a failed attempt is replaced. https://shopify.dev/docs/api/usage/idempotent-requests
IDEMPOTENCY_ATTEMPTS = 3
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/InventorySetQuantitiesUserErrorCode
STALE = "CHANGE_FROM_QUANTITY_STALE"
STOCK_REMEDIES = {
    "INVALID_INVENTORY_ITEM": "The variant was deleted at Shopify: publish the product again, or unlink it in Odoo.",
    "INVALID_LOCATION": "Check the location in Shopify's settings: it may be deactivated, or not stock this product. "
    "Then read the locations again in Odoo and choose one that does.",
    "NON_MUTABLE_INVENTORY_ITEM": "Shopify reckons this quantity itself, as it does for bundles: exclude the product "
    "from stock in Odoo.",
    "UNTRACKED": "Switch on “Track quantity” for the variant at Shopify, or exclude the product from stock in Odoo.",
    "INVALID_QUANTITY_TOO_HIGH": "Shopify takes no more than 1,000,000,000: correct the stock in Odoo.",
}
STOCK_REMEDY = "Look at the variant's inventory in Shopify's admin, correct what it says, then push the stock again."

# === SHIPMENTS === #

# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/FulfillmentStatus; a fulfillment that is pending or open was
# handed to a service that has not sent it yet
SHIPMENT_STATUSES = {"success": "done", "cancelled": "cancelled", "error": "cancelled", "failure": "cancelled"}
# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/FulfillmentOrderAction
CREATE_FULFILLMENT = "CREATE_FULFILLMENT"
# How far Odoo's clock may be behind Shopify's, in seconds
CLOCK_MARGIN = 300
SHIPMENT_REMEDIES = {
    "ON_HOLD": "Release the hold of the fulfillment order in Shopify's admin, then send the shipment again.",
    "NOT_READY": "Look at the order in Shopify's admin: it is scheduled for later, or a fulfillment service sends it. "
    "Make it ready to be fulfilled there, then send the shipment again.",
    "NOTHING_LEFT": "Compare the order in Shopify's admin with the transfer: if it was marked as fulfilled there, add "
    "the tracking number there and nothing more is to do; if it was refunded or edited, take the goods back in Odoo.",
    "NOT_FOUND": "The order was deleted at Shopify: nothing can be told of it any more.",
    "FRACTION": "Send the rest of the unit too, or mark the order as fulfilled in Shopify's admin.",
}
SHIPMENT_REMEDY = "Look at the order's fulfillments in Shopify's admin, correct what it says, then send it again."

# === AFTER THE SALE === #

REFUND_REMEDIES = {
    "NOT_FOUND": "The order was deleted at Shopify: refund the customer there, or by hand.",
    "TOO_MUCH": "Pay back no more than what Shopify shows as refundable: reckon the refund again in Odoo.",
    "REFUSED": "Look at the order in Shopify's admin: its units may be refunded already, or its payment too old to be "
    "paid back. Refund there what is right; it comes to Odoo by itself.",
}
ORDER_REMEDY = "Look at the order in Shopify's admin: it may be archived or deleted there. Then try again."

# === VERSIONS === #

# How many days before the end of a version's support staff are told; a new version comes each quarter
VERSION_NOTICE_DAYS = 90

# === PRIVACY === #

# https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance: set in the app, not by subscriptions
PRIVACY_TOPICS = {
    "customers/data_request": "export",
    "customers/redact": "erase_customer",
    "shop/redact": "erase_account",
}
