"""Stock by SKU: sources, the stocks that websites sell from, what lies where, and what is reserved.

With Inventory Management an order reserves its units (what is salable falls, no source does), a shipment takes them
from a source and ends the reservation. Without it an order takes them at once.
https://developer.adobe.com/commerce/webapi/rest/inventory/
https://experienceleague.adobe.com/en/docs/commerce-admin/inventory/basics/selection-reservations
"""

from decimal import Decimal

from ..framework.store import Store
from .errors import ApiError, invalid
from .money import ZERO, dec, num
from .shop import Shop

DEFAULT_SOURCE, DEFAULT_STOCK = "default", 1
#: Types that are sold as what they consist of and have no stock of their own.
COMPOSED = ("configurable", "bundle", "grouped")
#: Types that need not be sent.
WITHOUT_DELIVERY = ("virtual", "downloadable", "giftcard")


def index(store: Store):
    store.index("source_item", "sku", lambda record: (record["sku"],))


def product(shop: Shop, sku: str) -> dict | None:
    """The product of a SKU."""
    return next(iter(shop.find("product", "sku", sku)), None)


# --- sources and stocks ----------------------------------------------------------------------------------------------
def sources(shop: Shop) -> dict[str, dict]:
    """Sources by their code, the one that every shop has first."""
    return {
        DEFAULT_SOURCE: source(shop, DEFAULT_SOURCE),
        **{entry["source_code"]: entry for entry in shop.all("source")},
    }


def source(shop: Shop, code: str) -> dict | None:
    stored = shop.get("source", code)
    if stored is None and code == DEFAULT_SOURCE:
        return {
            "source_code": DEFAULT_SOURCE, "name": "Default Source", "enabled": True, "description": "Default Source",
            "latitude": 0, "longitude": 0, "country_id": shop.config["country"], "postcode": "00000",
            "use_default_carrier_config": True, "carrier_links": [],
        }  # fmt: skip
    return stored


def stocks(shop: Shop) -> dict[int, dict]:
    """Stocks by their id: dicts of stock_id, name, channels (codes of websites) and links ({source code: priority}).

    The default stock sells for every website that no other stock sells for.
    """
    others = {entry["stock_id"]: entry for entry in shop.all("stock") if entry["stock_id"] != DEFAULT_STOCK}
    taken = {code for entry in others.values() for code in entry["channels"]}
    default = shop.get("stock", DEFAULT_STOCK) or {"stock_id": DEFAULT_STOCK, "name": "Default Stock"}
    free = [site["code"] for site in shop.config["websites"] if site["id"] and site["code"] not in taken]
    return {DEFAULT_STOCK: {**default, "channels": free, "links": {DEFAULT_SOURCE: 1}}, **others}


def stock_of(shop: Shop, website: str) -> dict:
    """The stock that a website sells from."""
    return next(entry for entry in stocks(shop).values() if website in entry["channels"])


def ordered_sources(stock: dict) -> list[str]:
    return sorted(stock["links"], key=stock["links"].get)


def add_source(shop: Shop, values: dict) -> dict:
    """A source as a merchant adds it, in a stock that sells for the shop's first website."""
    name = values.get("name") or values["code"]
    code = values.get("code") or "".join(char if char.isalnum() else "_" for char in name.lower())
    if source(shop, code):
        raise ValueError(f"{code} exists already")
    country = values.get("country", shop.config["country"])
    record = {
        "source_code": code, "name": name, "enabled": True, "country_id": country,
        "postcode": values.get("postcode", "00000"), "use_default_carrier_config": True, "carrier_links": [],
    }  # fmt: skip
    stock = next((entry for key, entry in stocks(shop).items() if key != DEFAULT_STOCK), None)
    if stock is None:
        first = shop.config["websites"][1]["code"]
        number = shop.id("stock", DEFAULT_STOCK + 1)
        stock = {"stock_id": number, "name": "Main Stock", "channels": [first], "links": {DEFAULT_SOURCE: 1}}
    with shop.store.transaction():
        shop.put("source", code, record)
        shop.put("stock", stock["stock_id"], {**stock, "links": {**stock["links"], code: len(stock["links"]) + 1}})
    return record


# --- what lies where -------------------------------------------------------------------------------------------------
def _place(source_code: str, sku: str) -> str:
    return f"{source_code}/{sku}"


def item(shop: Shop, sku: str, source_code: str) -> dict | None:
    """What lies of a SKU at a source: dict of sku, source_code, quantity, status (1 = in stock)."""
    return shop.get("source_item", _place(source_code, sku))


def items(shop: Shop, sku: str) -> list[dict]:
    return shop.find("source_item", "sku", sku)


def set_item(shop: Shop, sku: str, source_code: str, quantity, status: int = 1) -> dict:
    record = {"sku": sku, "source_code": source_code, "quantity": num(quantity), "status": int(status)}
    return shop.put("source_item", _place(source_code, sku), record)


def remove_item(shop: Shop, sku: str, source_code: str):
    shop.delete("source_item", _place(source_code, sku))


def forget(shop: Shop, sku: str):
    """A product was deleted: nothing lies anywhere."""
    for record in items(shop, sku):
        remove_item(shop, sku, record["source_code"])


def rename(shop: Shop, old: str, new: str):
    """A product has another SKU: what lies there and what is reserved goes with it."""
    for record in items(shop, old):
        remove_item(shop, old, record["source_code"])
        set_item(shop, new, record["source_code"], record["quantity"], record["status"])
    for number in stocks(shop):
        if quantity := reserved(shop, old, number):
            _reserve(shop, new, number, quantity)
            _reserve(shop, old, number, -quantity)


def reserved(shop: Shop, sku: str, stock_id: int) -> Decimal:
    """The sum of the reservations: negative while units are sold and not sent."""
    return dec((shop.get("reservation", f"{stock_id}/{sku}") or {}).get("quantity"))


def _reserve(shop: Shop, sku: str, stock_id: int, quantity: Decimal):
    total = reserved(shop, sku, stock_id) + quantity
    shop.put("reservation", f"{stock_id}/{sku}", {"sku": sku, "stock_id": stock_id, "quantity": num(total)})


def salable(shop: Shop, sku: str, stock_id: int) -> Decimal:
    """What can be sold: what lies at the enabled sources of the stock, less what is reserved."""
    linked = stocks(shop)[stock_id]["links"]
    there = sum((
        dec(record["quantity"])
        for record in items(shop, sku)
        if record["source_code"] in linked and record["status"] and source(shop, record["source_code"])["enabled"]
    ), ZERO)  # fmt: skip
    return there + reserved(shop, sku, stock_id)


# --- what sales do to it ---------------------------------------------------------------------------------------------
def sell(shop: Shop, website: str, units: dict[str, Decimal]):
    """An order was placed. Also more than there is: who places it has seen to that, or has not."""
    _move(shop, website, units, -1)


def release(shop: Shop, website: str, units: dict[str, Decimal]):
    """Units that were not sent are wanted no more."""
    _move(shop, website, units, 1)


def _move(shop: Shop, website: str, units: dict[str, Decimal], sign: int):
    stock_id = stock_of(shop, website)["stock_id"]
    for sku, quantity in units.items():
        if shop.config["msi"]:
            _reserve(shop, sku, stock_id, sign * quantity)
        elif record := item(shop, sku, DEFAULT_SOURCE):
            set_item(shop, sku, DEFAULT_SOURCE, dec(record["quantity"]) + sign * quantity, record["status"])


def take(shop: Shop, website: str, source_code: str, units: dict[str, Decimal]):
    """Units leave a source, and their reservation ends. Raises ApiError if it does not have them."""
    if not shop.config["msi"]:
        return
    stock_id = stock_of(shop, website)["stock_id"]
    for sku, quantity in units.items():
        record = item(shop, sku, source_code)
        if record is None:
            raise invalid("Source item not found by source code: %1 and sku: %2.", source_code, sku)
        left = dec(record["quantity"]) - quantity
        if left < 0:
            raise ApiError(400, "Not all of your products are available in the requested quantity.")
        set_item(shop, sku, source_code, left, record["status"] if left else 0)
        _reserve(shop, sku, stock_id, quantity)


def give_back(shop: Shop, source_code: str, units: dict[str, Decimal]):
    """Units that had been sent are put into a source again."""
    for sku, quantity in units.items():
        record = item(shop, sku, source_code)
        if record is not None:
            set_item(shop, sku, source_code, dec(record["quantity"]) + quantity, 1)


def source_for(shop: Shop, website: str, wanted: str | None) -> str:
    """The source of a shipment: the one asked for, else the stock's only one, else the default source."""
    if wanted:
        return wanted
    own = ordered_sources(stock_of(shop, website))
    return own[0] if len(own) == 1 else DEFAULT_SOURCE


class Watcher:
    """What the catalogue tells the stock of, and is told by it."""

    def shown(self, shop: Shop, product: dict) -> dict:
        """Extension attributes that a product is shown with."""
        return {"stock_item": stock_item(shop, product)}

    def saved(self, shop: Shop, product: dict, extension: dict):
        """A product was saved with these extension attributes."""
        set_stock_item(shop, product, extension.get("stock_item"))

    def renamed(self, shop: Shop, before: str, after: str):
        rename(shop, before, after)

    def deleted(self, shop: Shop, product: dict):
        forget(shop, product["sku"])


# --- the stock item of before Inventory Management -------------------------------------------------------------------
def stock_item(shop: Shop, product: dict) -> dict:
    """``extension_attributes.stock_item`` of a product: what lies at the default source."""
    record = item(shop, product["sku"], DEFAULT_SOURCE) or {"quantity": 0, "status": 0}
    number, composed = product["id"], product["type_id"] in COMPOSED
    return {
        "item_id": number, "product_id": number, "stock_id": DEFAULT_STOCK, "qty": record["quantity"],
        "is_in_stock": bool(record["status"] and dec(record["quantity"]) > 0) or composed, "is_qty_decimal": False,
        "show_default_notification_message": False, "use_config_min_qty": True, "min_qty": 0,
        "use_config_min_sale_qty": 1, "min_sale_qty": 1, "use_config_max_sale_qty": True, "max_sale_qty": 10000,
        "use_config_backorders": True, "backorders": 0, "use_config_notify_stock_qty": True, "notify_stock_qty": 1,
        "use_config_qty_increments": True, "qty_increments": 0, "use_config_enable_qty_inc": True,
        "enable_qty_increments": False, "use_config_manage_stock": True, "manage_stock": True,
        "low_stock_date": None, "is_decimal_divided": False, "stock_status_changed_auto": 0,
    }  # fmt: skip


def set_stock_item(shop: Shop, product: dict, values: dict | None):
    """What is saved with a product, or by its stock item's own address; a new product lies at the default source."""
    if product["type_id"] in COMPOSED:
        return
    old, values = item(shop, product["sku"], DEFAULT_SOURCE), values or {}
    if old is not None and not {"qty", "is_in_stock"} & values.keys():
        return
    quantity = values.get("qty", old["quantity"] if old else 0)
    known = old["status"] if old else dec(quantity) > 0
    set_item(shop, product["sku"], DEFAULT_SOURCE, quantity, bool(values.get("is_in_stock", known)))
