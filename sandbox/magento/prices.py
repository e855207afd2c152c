"""Prices of many products at once: base, special, cost and tier prices.

Such a call answers HTTP 200 with what could not be done, row by row; the other rows are done.
https://developer.adobe.com/commerce/webapi/rest/modules/catalog/catalog-pricing/
"""

from collections.abc import Callable

from . import attributes, product
from .errors import invalid
from .inputs import ANY
from .money import num
from .routes import Call, route
from .shop import Shop

READ = "Magento_Catalog::catalog"
GROUPS = {0: "NOT LOGGED IN", 1: "General", 2: "Wholesale", 3: "Retailer"}
EVERY_GROUP, ALL_GROUPS = 32000, "ALL GROUPS"
PRICE = {"price": float, "store_id": int, "sku": str, "extension_attributes": ANY}
SPECIAL = {**PRICE, "price_from": str, "price_to": str}
COST = {"cost": float, "store_id": int, "sku": str, "extension_attributes": ANY}
TIER = {
    "price": float, "price_type": str, "website_id": int, "sku": str, "customer_group": str, "quantity": float,
    "extension_attributes": ANY,
}  # fmt: skip
OF_PRODUCT = {
    "customer_group_id": int, "qty": float, "value": float,
    "extension_attributes": {"percentage_value": float, "website_id": int},
}  # fmt: skip
NO_PRODUCT = "The product that was requested doesn't exist. Verify the product and try again."


class Refused(Exception):
    """A row that is not taken: the message, and what to put into it."""

    def __init__(self, message: str, *parameters):
        super().__init__(message)
        said = [num(value) if isinstance(value, float) else value for value in parameters]
        self.body = {"message": message, "parameters": ["" if value is None else str(value) for value in said]}


def _rows(call: Call, work: Callable[[Shop, dict], None]) -> list[dict]:
    """What was refused of the rows of a call; the others are done."""
    refused = []
    for row in call.body["prices"]:
        try:
            work(call.shop, row)
        except Refused as error:
            refused.append(error.body)
    return refused


def _product(shop: Shop, row: dict, *kinds: str) -> dict:
    found = product.find(shop, row.get("sku") or "")
    if found is None or (kinds and found["type_id"] not in kinds):
        raise Refused(f"{NO_PRODUCT} Row ID: SKU = %SKU, Store ID: %storeId.", row.get("sku"), row.get("store_id"))
    return found


def _store(shop: Shop, row: dict) -> int:
    number = row.get("store_id")
    if not any(view["id"] == number for view in shop.stores):
        raise Refused("Requested store is not found. Row ID: SKU = %SKU, Store ID: %storeId.", row.get("sku"), number)
    return number


def _amount(value):
    if value is None or value < 0:
        raise Refused("Invalid attribute %fieldName = %fieldValue.", "Price", value)


def _save(shop: Shop, record: dict, store_id: int, **values):
    product.put(shop, product.with_values(shop, record, values, store_id))


#: Products that have a price of their own: https://developer.adobe.com/commerce/webapi/rest/modules/catalog/catalog-pricing/
PRICED = (product.SIMPLE, product.VIRTUAL, product.DOWNLOADABLE, product.BUNDLE)


@route("POST", "products/base-prices", READ, prices=[PRICE])
def base(call: Call):
    def work(shop: Shop, row: dict):
        record, store_id = _product(shop, row, *PRICED), _store(shop, row)
        _amount(row.get("price"))
        _save(shop, record, store_id, price=row["price"])

    return _rows(call, work)


@route("POST", "products/base-prices-information", READ, skus=[str])
def base_information(call: Call):
    return [
        {"price": num(record["price"]), "store_id": 0, "sku": record["sku"]}
        for record in _known(call)
        if record["price"] is not None
    ]


def _known(call: Call) -> list[dict]:
    return [record for sku in call.body["skus"] if (record := product.find(call.shop, sku))]


@route("POST", "products/cost", READ, prices=[COST])
def cost(call: Call):
    def work(shop: Shop, row: dict):
        record, store_id = _product(shop, row, product.SIMPLE, product.VIRTUAL, product.DOWNLOADABLE), _store(shop, row)
        if row.get("cost") is None or row["cost"] < 0:
            raise Refused("Invalid attribute Cost = %cost. Row ID: SKU = %SKU, Store ID: %storeId.", row.get("cost"),
                          row["sku"], store_id)  # fmt: skip
        _save(shop, record, store_id, cost=row["cost"])

    return _rows(call, work)


@route("POST", "products/cost-information", READ, skus=[str])
def cost_information(call: Call):
    found = [(record, product.value(record, "cost")) for record in _known(call)]
    return [{"cost": num(value), "store_id": 0, "sku": record["sku"]} for record, value in found if value is not None]


# --- special prices ----------------------------------------------------------------------------------------------
@route("POST", "products/special-price", READ, prices=[SPECIAL])
def special(call: Call):
    def work(shop: Shop, row: dict):
        record, store_id = _special(shop, row)
        _amount(row.get("price"))
        dates = {"special_from_date": row.get("price_from"), "special_to_date": row.get("price_to")}
        _save(shop, record, store_id, special_price=row["price"], **dates)

    return _rows(call, work)


def _special(shop: Shop, row: dict) -> tuple[dict, int]:
    record, store_id = _product(shop, row, *PRICED), _store(shop, row)
    if store_id and shop.config["price_scope"] == attributes.GLOBAL:
        text = "Could not change non global Price when price scope is global. Row ID: SKU = %SKU, Store ID: %storeId."
        raise Refused(text, row["sku"], store_id)
    return record, store_id


@route("POST", "products/special-price-delete", READ, prices=[SPECIAL])
def special_delete(call: Call):
    def work(shop: Shop, row: dict):
        record, store_id = _special(shop, row)
        _save(shop, record, store_id, special_price=None, special_from_date=None, special_to_date=None)

    return _rows(call, work)


@route("POST", "products/special-price-information", READ, skus=[str])
def special_information(call: Call):
    found = []
    for record in _known(call):
        for view in call.shop.stores:
            own = record["store_values"].get(str(view["id"]), {}) if view["id"] else product.customs(record)
            if own.get("special_price") is not None:
                row = {"price": num(own["special_price"]), "store_id": view["id"], "sku": record["sku"]}
                dates = {"price_from": own.get("special_from_date"), "price_to": own.get("special_to_date")}
                found.append({**row, **{key: text for key, text in dates.items() if text}})
    return found


# --- tier prices -------------------------------------------------------------------------------------------------
def groups(shop: Shop) -> dict[int, str]:
    """The names of the customers' groups by their ids, and of all together."""
    own = {entry["id"]: entry["code"] for entry in shop.all("customer_group")}
    return {**(own or GROUPS), EVERY_GROUP: ALL_GROUPS}


def of_product(shop: Shop, wanted: dict) -> dict:
    """A tier price as a product has it; raises ApiError."""
    sent = wanted.get("extension_attributes") or {}
    if wanted.get("customer_group_id") not in groups(shop) or (wanted.get("qty") or 0) <= 0:
        raise invalid("Invalid product data: %1", "Tier price: customer group or quantity.")
    return _tier(
        wanted["customer_group_id"], wanted["qty"], wanted.get("value"), sent.get("percentage_value"),
        sent.get("website_id") or 0,
    )  # fmt: skip


def _tier(group: int, quantity, value, percentage, website: int) -> dict:
    extension = {} if percentage is None else {"percentage_value": num(percentage)}
    return {
        "customer_group_id": group, "qty": num(quantity), "value": num(value or 0),
        "extension_attributes": {**extension, "website_id": website},
    }  # fmt: skip


def _key(tier: dict) -> tuple:
    return tier["customer_group_id"], tier["qty"], tier["extension_attributes"]["website_id"]


ROW = "Row ID: SKU = %SKU, Website ID: %websiteId, Customer Group: %customerGroup, Quantity: %qty."


def _read(shop: Shop, row: dict) -> tuple[dict, dict]:
    """(product, its tier price) of a row; raises Refused."""
    named = (row.get("sku"), row.get("website_id"), row.get("customer_group"), row.get("quantity"))
    record = product.find(shop, row.get("sku") or "")
    if record is None or record["type_id"] not in PRICED:
        raise Refused(f"Invalid attribute SKU = %SKU. {ROW}", *named)
    number = next((key for key, name in groups(shop).items() if name == row.get("customer_group")), None)
    if number is None:
        raise Refused("No such entity with %fieldName = %fieldValue.", "Customer Group", row.get("customer_group"))
    if row.get("price") is None or row["price"] < 0:
        raise Refused(f"Invalid attribute Price = %price. {ROW}", row.get("price"), *named)
    if row.get("price_type") not in ("fixed", "discount"):
        raise Refused(f"Invalid attribute Price Type = %priceType. {ROW}", row.get("price_type"), *named)
    if (row.get("quantity") or 0) < 1:
        raise Refused(f"Invalid attribute Quantity = %qty. {ROW}", *named)
    website, known = row.get("website_id") or 0, {site["id"] for site in shop.config["websites"]}
    if website not in known or (website and shop.config["price_scope"] == attributes.GLOBAL):
        raise Refused(f"Invalid attribute Website ID = %websiteId. {ROW}", *named)
    percentage = row["price"] if row["price_type"] == "discount" else None
    return record, _tier(number, row["quantity"], None if percentage is not None else row["price"], percentage, website)


def _put(shop: Shop, record: dict, tiers: list[dict]):
    ordered = sorted({_key(tier): tier for tier in tiers}.values(), key=_key)
    product.put(shop, {**record, "tier_prices": ordered})


def _add(shop: Shop, row: dict):
    record, tier = _read(shop, row)
    _put(shop, record, [*record["tier_prices"], tier])


@route("POST", "products/tier-prices", READ, prices=[TIER])
def tier_add(call: Call):
    return _rows(call, _add)


@route("PUT", "products/tier-prices", READ, prices=[TIER])
def tier_replace(call: Call):
    """Products that are named lose the tier prices that are not."""
    for sku in {row.get("sku") for row in call.body["prices"]}:
        record = product.find(call.shop, sku or "")
        if record and record["tier_prices"]:
            product.put(call.shop, {**record, "tier_prices": []})
    return _rows(call, _add)


@route("POST", "products/tier-prices-delete", READ, prices=[TIER])
def tier_delete(call: Call):
    def work(shop: Shop, row: dict):
        record, tier = _read(shop, row)
        _put(shop, record, [other for other in record["tier_prices"] if _key(other) != _key(tier)])

    return _rows(call, work)


@route("POST", "products/tier-prices-information", READ, skus=[str])
def tier_information(call: Call):
    names = groups(call.shop)
    return [
        {
            "price": tier["extension_attributes"].get("percentage_value", tier["value"]),
            "price_type": "discount" if "percentage_value" in tier["extension_attributes"] else "fixed",
            "website_id": tier["extension_attributes"]["website_id"], "sku": record["sku"],
            "customer_group": names[tier["customer_group_id"]], "quantity": tier["qty"],
        }
        for record in _known(call)
        for tier in record["tier_prices"]
    ]  # fmt: skip
