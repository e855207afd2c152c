"""One shop's state: its settings, websites and store views, and the numbers it hands out."""

import secrets
from datetime import datetime, timezone

from ..framework.clock import Clock, parse_iso
from ..framework.shop import BaseShop, changeable, settings
from ..framework.store import Store

ALL_RESOURCES = "Magento_Backend::all"
#: Settings that the control API may change; the others are given when the shop is made.
CHANGEABLE = (
    "name", "version", "edition", "bearer", "resources", "active", "admin_user", "admin_password",
    "admin_token_lifetime", "two_factor", "maintenance", "developer_mode", "input_limits", "consumers", "msi",
    "prices_include_tax", "shipping_includes_tax", "discount_tax", "tax_after_discount", "tax_algorithm",
    "shipping_tax_class", "taxes", "currencies", "country", "modules", "price_scope",
)  # fmt: skip
ALGORITHMS = ("unit", "row", "total")
PRICE_SCOPES = ("global", "website")
EDITIONS = ("Community", "Enterprise", "B2B")
CORE_MODULES = (
    "Magento_Store", "Magento_AdminNotification", "Magento_Directory", "Magento_Eav", "Magento_Customer",
    "Magento_Backend", "Magento_Theme", "Magento_Catalog", "Magento_CatalogInventory", "Magento_Payment",
    "Magento_Quote", "Magento_SalesSequence", "Magento_Sales", "Magento_Tax", "Magento_Weee", "Magento_Bundle",
    "Magento_ConfigurableProduct", "Magento_Downloadable", "Magento_GroupedProduct", "Magento_GiftMessage",
    "Magento_Integration", "Magento_Newsletter", "Magento_OfflinePayments", "Magento_OfflineShipping",
    "Magento_SalesRule", "Magento_Shipping", "Magento_AsynchronousOperations", "Magento_WebapiAsync",
    "Magento_Webapi",
)  # fmt: skip
MSI_MODULES = (
    "Magento_Inventory", "Magento_InventoryApi", "Magento_InventorySalesApi", "Magento_InventorySales",
    "Magento_InventoryShipping", "Magento_InventoryReservations", "Magento_InventoryCatalog",
)  # fmt: skip
COMMERCE_MODULES = (
    "Magento_GiftCard", "Magento_GiftCardAccount", "Magento_CustomerBalance", "Magento_Reward", "Magento_Rma",
    "Magento_AdminGws", "Magento_CatalogStaging",
)  # fmt: skip


def moment(seconds: float) -> str:
    """``2026-11-21 08:00:00``: a time in UTC as the database holds it and the API tells it."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


class Shop(BaseShop):
    """One shop of Magento."""

    def configure(self, **changes) -> dict:
        return self._save(changeable(changes, CHANGEABLE))

    def _save(self, changes: dict) -> dict:
        config = {**self.config, **changes}
        _check(config)
        return self.put("shop", "shop", config)

    def renew_tokens(self) -> dict:
        """A new access token and its secret: the old ones are void at once (*Reauthorize* in the admin)."""
        return self._save({"access_token": secrets.token_hex(16), "access_token_secret": secrets.token_hex(16)})

    def id(self, kind: str, start: int = 1) -> int:
        """The next auto-increment id of a table."""
        return self.store.next_ids(f"magento:{self.domain}:{kind}", 1, start)[0]

    def ids(self, kind: str, count: int) -> list[int]:
        """The next ids of a table, for so many rows."""
        return self.store.next_ids(f"magento:{self.domain}:{kind}", count)

    def increment_id(self, kind: str, store_id: int) -> str:
        """``000000001``, and ``2000000001`` in the second store view: sequences are per store view."""
        number = self.id(f"sequence {kind} {store_id}")
        return f"{store_id if store_id > 1 else ''}{number:09d}"

    def now(self) -> str:
        return moment(self.clock.now())

    # --- websites and store views ----------------------------------------------------------------------------------
    @property
    def stores(self) -> list[dict]:
        """Store views, the admin's (0) first."""
        return self.config["stores"]

    def store_view(self, store_id: int) -> dict:
        return next(view for view in self.stores if view["id"] == store_id)

    def scope(self, code: str | None) -> int | None:
        """The store view of a code in a path: ``all`` is 0, none is the default one; None = no such code."""
        if code == "all":
            return 0
        known = {view["code"]: view["id"] for view in self.stores}
        return known.get(code, self.config["default_store_id"] if code in (None, "default") else None)

    def website_of(self, store_id: int) -> dict:
        wanted = self.store_view(store_id)["website_id"]
        return next(site for site in self.config["websites"] if site["id"] == wanted)

    def modules(self) -> list[str]:
        config = self.config
        own = COMMERCE_MODULES if config["edition"] != "Community" else ()
        return [*CORE_MODULES, *(MSI_MODULES if config["msi"] else ()), *own, *config["modules"]]


def _check(config: dict):
    if config["tax_algorithm"] not in ALGORITHMS:
        raise ValueError(f"tax_algorithm must be one of {', '.join(ALGORITHMS)}")
    if config["price_scope"] not in PRICE_SCOPES:
        raise ValueError(f"price_scope must be one of {', '.join(PRICE_SCOPES)}")
    if config["edition"] not in EDITIONS:
        raise ValueError(f"edition must be one of {', '.join(EDITIONS)}")


def create_shop(store: Store, clock: Clock, domain: str, **given) -> Shop:
    """A new shop with its settings and store views; ``websites`` describes more than the one it comes with.

    Keys derive from the domain and a salt, so that a seed gives the same ones again. Raises ValueError if the shop
    exists or a setting is unknown.
    """
    shop = Shop(store, clock, domain)
    if shop.exists:
        raise ValueError(f"{domain} exists already")
    config = {
        "domain": domain,
        "name": domain.partition(".")[0].replace("-", " ").title(),
        "currency": "EUR",
        #: Rates from the base currency to those that customers may choose.
        "currencies": {},
        "country": "DE",
        "locale": "en_US",
        "timezone": "Europe/Berlin",
        "edition": "Community",
        "version": "2.4.8",
        "modules": [],
        "msi": True,
        "consumer_key": shop.derived("consumer key"),
        "consumer_secret": shop.derived("consumer secret"),
        "access_token": shop.derived("access token"),
        "access_token_secret": shop.derived("access token secret"),
        "active": True,
        "bearer": False,
        "resources": [ALL_RESOURCES],
        "admin_user": "admin",
        "admin_password": shop.derived("admin password")[:12],
        "admin_token_lifetime": 3600,
        "two_factor": False,
        "maintenance": False,
        "developer_mode": False,
        "input_limits": False,
        "consumers": True,
        #: Whether a price holds everywhere or each website may have its own.
        "price_scope": "global",
        "prices_include_tax": False,
        "shipping_includes_tax": None,
        "discount_tax": None,
        "tax_after_discount": True,
        "tax_algorithm": "total",
        "shipping_tax_class": 2,
        "taxes": [],
        "default_store_id": 1,
        "created_at": moment(clock.now()),
    }
    sites = given.pop("websites", None) or [{"code": "base", "name": "Main Website", "stores": [{"code": "default"}]}]
    config = settings(config, given)
    config.update(_structure(sites, config))
    _check(config)
    shop.put("shop", "shop", config)
    return shop


def _structure(sites: list[dict], config: dict) -> dict:
    """Websites, store groups and store views with their ids; the admin's own are number 0."""
    websites = [{"id": 0, "code": "admin", "name": "Admin", "default_group_id": 0, "currency": config["currency"]}]
    groups = [
        {"id": 0, "website_id": 0, "root_category_id": 0, "default_store_id": 0, "name": "Default", "code": "default"}
    ]
    stores = [
        {"id": 0, "code": "admin", "name": "Admin", "website_id": 0, "store_group_id": 0, "is_active": 1,
         "locale": config["locale"], "currency": config["currency"]}
    ]  # fmt: skip
    for number, site in enumerate(sites, 1):
        name, first = site.get("name") or site["code"].title(), len(stores)
        base = site.get("currency", config["currency"])
        websites.append(
            {"id": number, "code": site["code"], "name": name, "default_group_id": number, "currency": base}
        )
        groups.append(
            {"id": number, "website_id": number, "root_category_id": 2, "default_store_id": first,
             "name": f"{name} Store", "code": f"{site['code']}_store"}
        )  # fmt: skip
        for view in site["stores"]:
            stores.append(
                {"id": len(stores), "code": view["code"],
                 "name": view.get("name") or f"{view['code'].title()} Store View",
                 "website_id": number, "store_group_id": number, "is_active": int(view.get("is_active", 1)),
                 "locale": view.get("locale", config["locale"]), "currency": view.get("currency", base)}
            )  # fmt: skip
    return {"websites": websites, "groups": groups, "stores": stores}


def instant(text: str) -> float:
    """Seconds since the epoch of a time as the API tells it."""
    return parse_iso(text.replace(" ", "T"))
