"""Inventory Management's addresses. Calls that return nothing answer ``[]``.

https://developer.adobe.com/commerce/webapi/rest/inventory/
"""

from . import criteria, stock
from .errors import ApiError, invalid, missing
from .inputs import ANY
from .money import ZERO, dec, num
from .routes import Call, route

SOURCES, STOCKS = "Magento_InventoryApi::source", "Magento_InventoryApi::stock"
SALES = "Magento_InventorySalesApi::stock"
SOURCE = {
    "source_code": str, "name": str, "email": str, "contact_name": str, "enabled": bool, "description": str,
    "latitude": float, "longitude": float, "country_id": str, "region_id": int, "region": str, "city": str,
    "street": str, "postcode": str, "phone": str, "fax": str, "use_default_carrier_config": bool,
    "carrier_links": [ANY], "extension_attributes": ANY,
}  # fmt: skip
SOURCE_ITEM = {"sku": str, "source_code": str, "quantity": float, "status": int, "extension_attributes": ANY}
STOCK = {"stock_id": int, "name": str, "extension_attributes": {"sales_channels": [{"type": str, "code": str}]}}
LINK = {"stock_id": int, "source_code": str, "priority": int, "extension_attributes": ANY}


def inventory(method: str, path: str, resource: str, **declared):
    """A route that is there only where Inventory Management is."""

    def register(answer):
        def guarded(call: Call, *values):
            if not call.shop.config["msi"]:
                raise ApiError(404, "Request does not match any route.")
            return answer(call, *values)

        route(method, f"inventory/{path}", resource, **declared)(guarded)
        return answer

    return register


def _asked(call: Call) -> criteria.Criteria:
    """These listings need no criteria: without any they show all."""
    query = call.query if "searchCriteria" in call.query else {"searchCriteria": {}}
    return criteria.read(query, call.shop.config["input_limits"])


def _known(names) -> criteria.Read:
    """Reads columns of a table that leaves out what is empty."""
    names = frozenset(names)

    def read(record: dict, field: str):
        if field not in names:
            raise KeyError(field)
        return record.get(field)

    return read


# --- sources ---------------------------------------------------------------------------------------------------------
@inventory("GET", "sources", SOURCES)
def sources(call: Call):
    return criteria.answer(stock.sources(call.shop).values(), _asked(call), _known(SOURCE), dict)


@inventory("GET", "sources/{sourceCode}", SOURCES)
def source(call: Call, code: str):
    found = stock.source(call.shop, code)
    if found is None:
        raise missing('Source with code "%value" does not exist.', value=code)
    return found


def _save_source(call: Call, code: str, values: dict) -> list:
    known = stock.source(call.shop, code) or {"enabled": True, "use_default_carrier_config": True, "carrier_links": []}
    record = {**known, **values, "source_code": code}
    wrong = [name for name in ("name", "country_id", "postcode") if not str(record.get(name) or "").strip()]
    if not code or " " in code:
        wrong.append("source_code")
    if wrong:
        problems = [{"message": '"%field" can not be empty.', "parameters": {"field": name}} for name in wrong]
        raise ApiError(400, "Validation Failed", None, problems)
    if code == stock.DEFAULT_SOURCE and not record["enabled"]:
        raise invalid("Default source can not be disabled.")
    call.shop.put("source", code, record)
    return []


@inventory("POST", "sources", SOURCES, source=SOURCE)
def add_source(call: Call):
    return _save_source(call, call.body["source"].get("source_code", ""), call.body["source"])


@inventory("PUT", "sources/{sourceCode}", SOURCES, source=SOURCE)
def change_source(call: Call, code: str):
    return _save_source(call, code, call.body["source"])


# --- stocks ----------------------------------------------------------------------------------------------------------
def _stock(record: dict) -> dict:
    channels = [{"type": "website", "code": code} for code in record["channels"]]
    shown = {"stock_id": record["stock_id"], "name": record["name"]}
    return {**shown, "extension_attributes": {"sales_channels": channels}}


def _one_stock(call: Call, number: int) -> dict:
    found = stock.stocks(call.shop).get(number)
    if found is None:
        raise missing('Stock with id "%value" does not exist.', value=number)
    return found


@inventory("GET", "stocks", STOCKS)
def stocks(call: Call):
    return criteria.answer(stock.stocks(call.shop).values(), _asked(call), _known(("stock_id", "name")), _stock)


@inventory("GET", "stocks/{stockId:int}", STOCKS)
def one_stock(call: Call, number: int):
    return _stock(_one_stock(call, number))


def _save_stock(call: Call, number: int, values: dict) -> int:
    known = stock.stocks(call.shop).get(number, {"channels": [], "links": {}})
    record = {**known, "stock_id": number, "name": values.get("name", known.get("name"))}
    if not (record["name"] or "").strip():
        raise ApiError(400, "Validation Failed", None, [{"message": '"name" can not be empty.', "parameters": []}])
    channels = (values.get("extension_attributes") or {}).get("sales_channels")
    if channels is not None:
        record["channels"] = [entry["code"] for entry in channels]
        for other in stock.stocks(call.shop).values():
            # A website sells from one stock: whoever had it before loses it.
            kept = [code for code in other["channels"] if code not in record["channels"]]
            if other["stock_id"] not in (number, stock.DEFAULT_STOCK) and kept != other["channels"]:
                call.shop.put("stock", other["stock_id"], {**other, "channels": kept})
    call.shop.put("stock", number, record)
    return number


@inventory("POST", "stocks", STOCKS, stock=STOCK)
def add_stock(call: Call):
    return _save_stock(call, call.shop.id("stock", stock.DEFAULT_STOCK + 1), call.body["stock"])


@inventory("PUT", "stocks/{stockId:int}", STOCKS, stock=STOCK)
def change_stock(call: Call, number: int):
    _one_stock(call, number)
    return _save_stock(call, number, call.body["stock"])


@inventory("DELETE", "stocks/{stockId:int}", STOCKS)
def delete_stock(call: Call, number: int):
    _one_stock(call, number)
    if number == stock.DEFAULT_STOCK:
        raise invalid("Default Stock could not be deleted.")
    call.shop.delete("stock", number)
    return []


@inventory("GET", "stock-resolver/{type}/{code}", SALES)
def resolve(call: Call, kind: str, code: str):
    found = [entry for entry in stock.stocks(call.shop).values() if code in entry["channels"] and kind == "website"]
    if not found:
        raise missing("No linked stock found")
    return _stock(found[0])


# --- which sources are of which stock --------------------------------------------------------------------------------
LINKS = "Magento_InventoryApi::stock_source_link"


@inventory("GET", "stock-source-links", LINKS)
def links(call: Call):
    found = [
        {"stock_id": number, "source_code": code, "priority": priority}
        for number, record in stock.stocks(call.shop).items()
        for code, priority in record["links"].items()
    ]
    return criteria.answer(found, _asked(call), criteria.column, dict)


def _changing(call: Call, link: dict) -> dict | None:
    """The stock of a link, as the links before it in the same call left it."""
    number = link.get("stock_id")
    return call.shop.get("stock", number) or stock.stocks(call.shop).get(number)


@inventory("POST", "stock-source-links", LINKS, links=[LINK])
def add_links(call: Call):
    for link in call.body["links"]:
        record, code = _changing(call, link), link.get("source_code")
        if record is None or stock.source(call.shop, code) is None:
            raise invalid("Could not save StockSourceLinks")
        if record["stock_id"] == stock.DEFAULT_STOCK and code != stock.DEFAULT_SOURCE:
            raise invalid("Can not save link related to Default Source or Default Stock")
        changed = {**record["links"], code: link.get("priority", 0)}
        call.shop.put("stock", record["stock_id"], {**record, "links": changed})
    return []


@inventory("POST", "stock-source-links-delete", LINKS, links=[LINK])
def delete_links(call: Call):
    for link in call.body["links"]:
        record = _changing(call, link)
        if record and record["stock_id"] != stock.DEFAULT_STOCK:
            kept = {code: rank for code, rank in record["links"].items() if code != link.get("source_code")}
            call.shop.put("stock", record["stock_id"], {**record, "links": kept})
    return []


@inventory("GET", "get-sources-assigned-to-stock-ordered-by-priority/{stockId:int}", LINKS)
def sources_of_stock(call: Call, number: int):
    return [stock.source(call.shop, code) for code in stock.ordered_sources(_one_stock(call, number))]


# --- what lies where -------------------------------------------------------------------------------------------------
@inventory("GET", "source-items", SOURCES)
def source_items(call: Call):
    return criteria.answer(call.shop.all("source_item"), _asked(call), criteria.column, dict)


@inventory("POST", "source-items", SOURCES, sourceItems=[SOURCE_ITEM])
def save_source_items(call: Call):
    """All or none: one that is wrong keeps the others from being saved."""
    given = call.body["sourceItems"]
    if not given:
        raise invalid("Input data is empty")
    for entry in given:
        problems = [
            {"message": '"%field" can not be empty.', "parameters": {"field": name}}
            for name in ("sku", "source_code")
            if not (entry.get(name) or "").strip()
        ]
        if not isinstance(entry.get("quantity"), float):
            problems.append({"message": '"%field" should be numeric.', "parameters": {"field": "quantity"}})
        if entry.get("status") not in (0, 1):
            problems.append({"message": '"%field" should a known status.', "parameters": {"field": "status"}})
        if problems:
            raise ApiError(400, "Validation Failed", None, problems)
        product = stock.product(call.shop, entry["sku"])
        if product is None or product["type_id"] in stock.COMPOSED or not stock.source(call.shop, entry["source_code"]):
            raise invalid("Could not save Source Item")
    for entry in given:
        stock.set_item(call.shop, entry["sku"], entry["source_code"], entry["quantity"], entry["status"])
    return []


@inventory("POST", "source-items-delete", SOURCES, sourceItems=[SOURCE_ITEM])
def delete_source_items(call: Call):
    for entry in call.body["sourceItems"]:
        stock.remove_item(call.shop, entry.get("sku", ""), entry.get("source_code", ""))
    return []


# --- what can be sold ------------------------------------------------------------------------------------------------
@inventory("GET", "get-product-salable-quantity/{sku}/{stockId:int}", SALES)
def salable_quantity(call: Call, sku: str, number: int):
    _one_stock(call, number)
    product = stock.product(call.shop, sku)
    if product is None:
        raise missing("The product that was requested doesn't exist. Verify the product and try again.")
    if product["type_id"] in stock.COMPOSED:
        raise invalid("Can't check requested quantity for products without Source Items support.")
    return num(stock.salable(call.shop, sku, number))


def _is_salable(call: Call, sku: str, number: int, least=ZERO) -> bool:
    quantity = stock.salable(call.shop, sku, number)
    return quantity > 0 and quantity >= least


@inventory("GET", "is-product-salable/{sku}/{stockId:int}", SALES)
def is_salable(call: Call, sku: str, number: int):
    _one_stock(call, number)
    return _is_salable(call, sku, number)


@inventory("GET", "is-product-salable-for-requested-qty/{sku}/{stockId:int}/{requestedQty:float}", SALES)
def is_salable_for(call: Call, sku: str, number: int, quantity: float):
    _one_stock(call, number)
    good = _is_salable(call, sku, number, dec(quantity))
    text = "The requested qty is not available"
    return {"salable": good, "errors": [] if good else [{"code": "is_correct_qty-not_enough", "message": text}]}


@inventory("GET", "are-products-salable", SALES)
def are_salable(call: Call):
    wanted, number = call.query.get("skus") or {}, int(call.query.get("stockId") or 0)
    _one_stock(call, number)
    skus = wanted.values() if isinstance(wanted, dict) else [wanted]
    return [{"sku": sku, "stock_id": number, "salable": _is_salable(call, sku, number)} for sku in skus]
