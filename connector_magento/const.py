"""Everything Magento dictates, each with the page that says so (last seen November 2026)."""

# https://developer.adobe.com/commerce/webapi/get-started/gs-web-api-request/: <base>/rest/<store code|all>/V1/...
# `all` reads and writes the values that hold for all stores; a store's code those of this store.
REST_PATH = "/rest/{store}/V1/{path}"
ALL_STORES = "all"
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
DEFAULT_BUDGET = (20, 4)
# Each call keeps one of the shop's few PHP workers busy, which its customers need too.
DEFAULT_CONCURRENCY = 4

# https://developer.adobe.com/commerce/webapi/get-started/api-security/: where a shop has switched its limits on, a page
# has at most 300 entries and a list that is sent at most 20.
PAGE_SIZE = 100
STUBS_PAGE_SIZE = 300
INPUT_LIMIT = 20

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

# HTTP status -> what to do. 401 depends on the way of authentication: `auth`.
REMEDIES = {
    400: "Correct in Magento or in Odoo what the message names, then try again.",
    403: "A firewall or CDN in front of the shop refuses the call: let its administrator permit the address of this "
    "server for /rest/.",
    404: "What is asked for is not in Magento any more, or its module is switched off there.",
}
