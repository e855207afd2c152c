"""One shop's state: its settings, catalogue, customers and orders, and the numbers it hands out."""

from ..framework.clock import Clock
from ..framework.shop import BaseShop, settings
from ..framework.store import Store

#: Points per second by plan; the bucket holds twenty seconds of them. https://shopify.dev/docs/api/usage/limits
PLANS = {
    "standard": (100, "Basic"),
    "advanced": (200, "Advanced"),
    "plus": (1000, "Shopify Plus"),
    "enterprise": (2000, "Enterprise"),
}
BUCKET_SECONDS = 20

SCOPES = (
    "read_all_orders",
    "read_customers",
    "read_files",
    "read_fulfillments",
    "read_inventory",
    "read_locales",
    "read_locations",
    "read_merchant_managed_fulfillment_orders",
    "read_orders",
    "read_products",
    "read_publications",
    "read_translations",
    "read_returns",
    "read_shopify_payments_accounts",
    "read_shopify_payments_payouts",
    "read_companies",
    "write_customers",
    "write_files",
    "write_inventory",
    "write_merchant_managed_fulfillment_orders",
    "write_orders",
    "write_products",
    "write_publications",
    "write_returns",
    "write_translations",
)

#: First id of a kind and the step between two: the size of real ones, never starting at 1.
ID_START = {
    "Order": 6_100_000_000_001, "LineItem": 15_200_000_000_001, "ShippingLine": 4_300_000_000_001,
    "Product": 8_100_000_000_001, "ProductVariant": 45_100_000_000_001, "InventoryItem": 47_100_000_000_001,
    "ProductOption": 10_100_000_000_001, "ProductOptionValue": 3_100_000_000_001, "Customer": 7_200_000_000_001,
    "MailingAddress": 9_300_000_000_001, "OrderTransaction": 7_600_000_000_001, "Refund": 940_000_000_001,
    "RefundLineItem": 620_000_000_001, "OrderAdjustment": 310_000_000_001, "Fulfillment": 5_500_000_000_001,
    "FulfillmentLineItem": 13_500_000_000_001, "Location": 72_000_000_001, "Shop": 64_000_000_001,
    "FulfillmentOrder": 6_900_000_000_001, "FulfillmentOrderLineItem": 14_100_000_000_001,
    "FulfillmentHold": 51_000_000_001, "Return": 21_000_000_001, "ReturnLineItem": 38_000_000_001,
    "InventoryAdjustmentGroup": 88_000_000_001,
    "WebhookSubscription": 1_350_000_000_001, "RefundShippingLine": 55_000_000_001,
    "Company": 2_400_000_001, "CompanyLocation": 3_200_000_001, "PriceList": 19_000_000_001,
    "BulkOperation": 4_900_000_000_001, "Channel": 310_000_001, "Collection": 480_000_000_001,
    "CollectionSource": 77_000_000_001, "GenericFile": 41_000_000_000_001, "MediaImage": 39_800_000_000_001,
    "Metafield": 33_500_000_000_001, "MetafieldDefinition": 92_000_000_001, "ProductSetOperation": 1_100_000_000_001,
    "Publication": 150_000_000_001,
}  # fmt: skip
ID_STEP = 31


class Shop(BaseShop):
    """One shop of Shopify."""

    def ids(self, kind: str, count: int = 1) -> list[int]:
        """Fresh ids of a kind, unique over all shops and for ever."""
        return self.store.next_ids(f"id:{kind}", count, ID_START[kind], ID_STEP)

    def id(self, kind: str) -> int:
        return self.ids(kind)[0]

    def bucket(self) -> tuple[float, float]:
        """(points the bucket holds, points per second)."""
        config = self.config
        rate = config.get("restore_rate") or PLANS[config["plan"]][0]
        return float(config.get("bucket_size") or rate * BUCKET_SECONDS), float(rate)

    def secrets(self) -> list[str]:
        """Client secrets that are accepted, newest first; the old one for an hour after a rotation."""
        config = self.config
        known = [config["client_secret"]]
        if config.get("old_secret") and config["old_secret_until"] > self.clock.now():
            known.append(config["old_secret"])
        return known

    def signing_secret(self) -> str:
        """What webhooks are signed with: the oldest secret still in use, as the platform does after a rotation."""
        return self.secrets()[-1]

    def variants(self) -> dict[int, tuple[dict, dict]]:
        """(product, variant) by variant id."""
        version = self.store.version(self.domain, "product")
        cached = _variant_cache.get(self.domain)
        if cached is None or cached[0] is not self.store or cached[1] != version:
            index = {
                variant["id"]: (product, variant)
                for product in self.store.all(self.domain, "product")
                for variant in product["variants"]
            }
            cached = _variant_cache[self.domain] = (self.store, version, index)
        return cached[2]


_variant_cache: dict[str, tuple[Store, int, dict]] = {}


def create_shop(store: Store, clock: Clock, domain: str, **given) -> Shop:
    """A new, empty shop. Secrets derive from domain and a salt, so that a seed gives the same ones again.

    ``given`` settings override: name, currency, plan, bucket_size, restore_rate, scopes, taxes_included, tax_shipping,
    country, currencies, client_id, client_secret, admin_token. Raises ValueError if it exists or one is unknown.
    """
    shop = Shop(store, clock, domain)
    if shop.exists:
        raise ValueError(f"{domain} exists already")
    config = {
        "id": shop.id("Shop"),
        "domain": domain,
        "name": domain.partition(".")[0].replace("-", " ").title(),
        "email": f"owner@{domain.partition('.')[0]}.example.com",
        "currency": "USD",
        "currencies": ["USD", "EUR", "GBP", "JPY", "KWD", "CAD"],
        "country": "US",
        "timezone": "America/Phoenix",
        "utc_offset": -420,
        "plan": "standard",
        "bucket_size": None,
        "restore_rate": None,
        "scopes": list(SCOPES),
        "locales": ["en", "de", "fr"],
        "taxes_included": False,
        "tax_shipping": True,
        "client_id": shop.derived("client id"),
        "client_secret": "shpss_" + shop.derived("client secret"),
        "old_secret": None,
        "old_secret_until": 0,
        "admin_token": "shpat_" + shop.derived("admin token"),
        "installed": True,
        "compliance_url": None,
        "created_at": clock.iso(),
    }
    config = settings(config, given)
    if config["plan"] not in PLANS:
        raise ValueError(f"plan must be one of {', '.join(PLANS)}")
    with store.transaction():
        shop.put("shop", "shop", config)
        location = {
            "id": shop.id("Location"), "name": "Main warehouse", "address1": "410 Industrial Way", "city": "Tempe",
            "province": "Arizona", "province_code": "AZ", "zip": "85281", "country": "United States",
            "country_code": "US", "phone": "", "created_at": config["created_at"], "updated_at": config["created_at"],
        }  # fmt: skip
        store.put(domain, "location", location["id"], location)
    return shop


def gid(kind: str, number) -> str:
    return f"gid://shopify/{kind}/{number}"


def parse_gid(text: str, kind: str | None = None) -> tuple[str, int] | None:
    """(kind, number) of a global id, or None if it is not one (of the kind asked for)."""
    parts = text.partition("?")[0].split("/")
    if len(parts) != 5 or parts[:3] != ["gid:", "", "shopify"] or not parts[4].isdigit():
        return None
    return (parts[3], int(parts[4])) if kind in (None, parts[3]) else None
