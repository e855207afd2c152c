"""Price lists of markets: fixed prices of variants in a currency."""

from decimal import Decimal

from . import graph_shop
from .access import require
from .paging import MAX_PAGE, BadRequest, connection, nested
from .shop import Shop, gid, parse_gid


def add(shop: Shop, name: str, currency: str) -> dict:
    """A new, empty price list."""
    data = {"id": shop.id("PriceList"), "name": name, "currency": currency, "prices": {}}
    shop.store.put(shop.domain, "price_list", data["id"], data)
    return data


def prepare(shop: Shop):
    """Give a shop that sells in several currencies a list for each of the first two others, once."""
    if shop.store.count(shop.domain, "price_list"):
        return
    for currency in [code for code in shop.config["currencies"] if code != shop.config["currency"]][:2]:
        add(shop, f"Market {currency}", currency)


def _money(amount: str, currency: str) -> dict:
    return {"amount": amount, "currencyCode": currency}


def _price(shop: Shop, data: dict, variant_id: int) -> dict:
    amount, before = data["prices"][str(variant_id)]
    return {
        "price": _money(amount, data["currency"]),
        "compareAtPrice": _money(before, data["currency"]) if before else None,
        "originType": "FIXED",
        "variant": lambda _info: graph_shop.variant(shop, *shop.variants()[variant_id]),
    }


def node(shop: Shop, data: dict) -> dict:
    there = [{"id": int(number)} for number in data["prices"] if int(number) in shop.variants()]
    return {
        "__typename": "PriceList",
        "id": gid("PriceList", data["id"]),
        "name": data["name"],
        "currency": data["currency"],
        "fixedPricesCount": len(there),
        "prices": nested(there, lambda entry: _price(shop, data, entry["id"])),
    }


def price_lists(_root, info, *, sortKey=None, **page):
    require(info, "read_products", "priceLists")
    shop = info.context.shop
    key = "name" if sortKey == "NAME" else "id"
    records = sorted(shop.store.all(shop.domain, "price_list"), key=lambda data: (data[key], data["id"]))
    rows = [(data[key], data["id"], data) for data in records]
    return connection(rows, lambda data: node(shop, data), **page)


def _find(shop: Shop, text: str) -> dict | None:
    found = parse_gid(text, "PriceList")
    return shop.store.get(shop.domain, "price_list", found[1]) if found else None


def price_list(_root, info, *, id):
    require(info, "read_products", "priceList")
    shop = info.context.shop
    data = _find(shop, id)
    return node(shop, data) if data else None


def _refused(code: str, message: str, *field) -> dict:
    problem = {"code": code, "field": list(field) or None, "message": message}
    return {"deletedFixedPriceVariantIds": None, "priceList": None, "pricesAdded": None, "userErrors": [problem]}


def update(_root, info, *, priceListId, pricesToAdd, variantIdsToDelete):
    """Set and remove fixed prices, all or none."""
    require(info, "write_products", "priceListFixedPricesUpdate")
    shop = info.context.shop
    for given in (pricesToAdd, variantIdsToDelete):
        if len(given) > MAX_PAGE:
            raise BadRequest(f"The input array size of {len(given)} is greater than the maximum allowed of {MAX_PAGE}.")
    with shop.store.transaction():
        data = _find(shop, priceListId)
        if data is None:
            return _refused("PRICE_LIST_NOT_FOUND", "Price list not found.", "priceListId")
        prices, variants = dict(data["prices"]), shop.variants()
        for position, wanted in enumerate(pricesToAdd):
            found = parse_gid(wanted["variantId"], "ProductVariant")
            if not found or found[1] not in variants:
                return _refused("VARIANT_NOT_FOUND", "Variant not found.", "pricesToAdd", str(position), "variantId")
            amounts = (wanted["price"], wanted.get("compareAtPrice"))
            if any(money and money["currencyCode"] != data["currency"] for money in amounts):
                text = "The currency of the price and the price list are not the same."
                return _refused("PRICE_LIST_CURRENCY_MISMATCH", text, "pricesToAdd", str(position), "price")
            prices[str(found[1])] = [str(Decimal(money["amount"])) if money else None for money in amounts]
        gone = [text for text in variantIdsToDelete if prices.pop(str((parse_gid(text) or (0, 0))[1]), None)]
        after = {**data, "prices": prices}
        shop.store.put(shop.domain, "price_list", data["id"], after)
    added = [_price(shop, after, parse_gid(wanted["variantId"])[1]) for wanted in pricesToAdd]
    return {
        "deletedFixedPriceVariantIds": gone, "priceList": node(shop, after), "pricesAdded": added, "userErrors": [],
    }  # fmt: skip


QUERY = {"priceLists": price_lists, "priceList": price_list}
MUTATION = {"priceListFixedPricesUpdate": update}
