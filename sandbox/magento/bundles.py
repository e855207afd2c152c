"""Bundles: products put together of options, each with products to choose from.

https://developer.adobe.com/commerce/webapi/rest/tutorials/bundle-product/
"""

from . import product
from .errors import invalid, missing
from .inputs import ANY
from .routes import Call, route
from .shop import Shop

READ = "Magento_Catalog::catalog"
WRITE = "Magento_Catalog::products"
LINK = {
    "id": str, "sku": str, "option_id": int, "qty": float, "position": int, "is_default": bool, "price": float,
    "price_type": int, "can_change_quantity": int, "extension_attributes": ANY,
}  # fmt: skip
OPTION = {
    "option_id": int, "title": str, "required": bool, "type": str, "position": int, "sku": str,
    "product_links": [LINK], "extension_attributes": ANY,
}  # fmt: skip
TYPES = {"select": "Drop-down", "radio": "Radio Buttons", "checkbox": "Checkbox", "multi": "Multiple Select"}
#: Price, SKU and weight of a bundle are those of its parts unless it says otherwise.
DEFAULTS = {"price_type": "0", "sku_type": "0", "weight_type": "0", "price_view": "0", "shipment_type": "0"}
NO_OPTION = "The option that was requested doesn't exist. Verify the entity and try again."


def saved(shop: Shop, record: dict, sent: dict) -> dict:
    """The product with the options that were sent; raises ApiError."""
    if record["type_id"] != product.BUNDLE or "bundle_product_options" not in sent:
        return record
    known = {option["option_id"]: option for option in _options(record)}
    options = [_option(shop, wanted, known.get(wanted.get("option_id"))) for wanted in sent["bundle_product_options"]]
    extension = {**record["extension_attributes"], "bundle_product_options": options}
    return {**record, "extension_attributes": extension}


def _option(shop: Shop, wanted: dict, known: dict | None = None) -> dict:
    number = known["option_id"] if known else shop.id("bundle_option")
    kind = wanted.get("type") or (known or {}).get("type") or "select"
    if kind not in TYPES:
        raise invalid('The "%1" option type is unknown.', kind)
    before = {link["sku"]: link for link in (known or {}).get("product_links", ())}
    links = wanted.get("product_links")
    if links is None:
        kept = list(before.values())
    else:
        kept = [_link(shop, entry, number, before.get(entry.get("sku"))) for entry in links]
    required = wanted.get("required")
    return {
        "option_id": number, "title": wanted.get("title") or (known or {}).get("title") or "Option",
        "required": (known or {}).get("required", True) if required is None else required, "type": kind,
        "position": wanted.get("position") or (known or {}).get("position") or 0, "product_links": kept,
    }  # fmt: skip


def _link(shop: Shop, wanted: dict, option_id: int, known: dict | None = None) -> dict:
    part = product.by_sku(shop, wanted.get("sku") or "")
    if part["type_id"] not in (product.SIMPLE, product.VIRTUAL):
        raise invalid("The bundle product can't contain another composite product.")
    return {
        "id": known["id"] if known else str(shop.id("bundle_selection")), "sku": part["sku"], "option_id": option_id,
        "qty": wanted.get("qty") or 1, "position": wanted.get("position") or 1,
        "is_default": bool(wanted.get("is_default")), "price": wanted.get("price") or product.value(part, "price") or 0,
        "price_type": wanted.get("price_type"), "can_change_quantity": wanted.get("can_change_quantity") or 0,
    }  # fmt: skip


def _options(record: dict) -> list[dict]:
    return record["extension_attributes"].get("bundle_product_options", [])


def _record(call: Call, sku: str) -> dict:
    record = product.by_sku(call.shop, sku)
    if record["type_id"] != product.BUNDLE:
        raise invalid('The product with the "%1" SKU isn\'t a bundle product.', sku)
    return record


def _found(record: dict, number: int) -> dict:
    option = next((entry for entry in _options(record) if entry["option_id"] == number), None)
    if option is None:
        raise missing(NO_OPTION)
    return option


def _put(call: Call, record: dict, options: list[dict]):
    product.touch(call.shop, record, bundle_product_options=options)


def _replaced(record: dict, known: dict, after: dict) -> list[dict]:
    return [after if entry is known else entry for entry in _options(record)]


@route("GET", "bundle-products/options/types", READ)
def types(_call: Call):
    return [{"label": label, "code": code} for code, label in TYPES.items()]


@route("GET", "bundle-products/{sku}/options/all", READ)
def options(call: Call, sku: str):
    record = _record(call, sku)
    return [{**option, "sku": record["sku"]} for option in _options(record)]


@route("GET", "bundle-products/{sku}/options/{optionId:int}", READ)
def one(call: Call, sku: str, number: int):
    record = _record(call, sku)
    return {**_found(record, number), "sku": record["sku"]}


@route("POST", "bundle-products/options/add", WRITE, option=OPTION)
def add(call: Call):
    record = _record(call, call.body["option"].get("sku") or "")
    option = _option(call.shop, call.body["option"])
    _put(call, record, [*_options(record), option])
    return option["option_id"]


@route("PUT", "bundle-products/options/{optionId:int}", WRITE, option=OPTION)
def change(call: Call, number: int):
    record = _record(call, call.body["option"].get("sku") or "")
    known = _found(record, number)
    _put(call, record, _replaced(record, known, _option(call.shop, call.body["option"], known)))
    return number


@route("DELETE", "bundle-products/{sku}/options/{optionId:int}", WRITE)
def remove(call: Call, sku: str, number: int):
    record = _record(call, sku)
    known = _found(record, number)
    _put(call, record, [entry for entry in _options(record) if entry is not known])
    return True


# --- what can be chosen ------------------------------------------------------------------------------------------
@route("GET", "bundle-products/{productSku}/children", READ)
def children(call: Call, sku: str):
    wanted = call.query.get("optionId")
    options = [o for o in _options(_record(call, sku)) if not wanted or str(o["option_id"]) == wanted]
    return [link for option in options for link in option["product_links"]]


@route("POST", "bundle-products/{sku}/links/{optionId:int}", WRITE, linkedProduct=LINK)
def add_link(call: Call, sku: str, number: int):
    record = _record(call, sku)
    known, wanted = _found(record, number), call.body["linkedProduct"]
    if any(link["sku"] == wanted.get("sku") for link in known["product_links"]):
        raise invalid('The child with the "%1" SKU is already assigned to the option.', wanted["sku"])
    link = _link(call.shop, wanted, number)
    _put(call, record, _replaced(record, known, {**known, "product_links": [*known["product_links"], link]}))
    return int(link["id"])


@route("PUT", "bundle-products/{sku}/links/{id}", WRITE, linkedProduct=LINK)
def change_link(call: Call, sku: str, link_id: str):
    record, wanted = _record(call, sku), call.body["linkedProduct"]
    for option in _options(record):
        for link in option["product_links"]:
            if link["id"] == link_id:
                after = _link(call.shop, {**link, **wanted}, option["option_id"], link)
                links = [after if entry is link else entry for entry in option["product_links"]]
                _put(call, record, _replaced(record, option, {**option, "product_links": links}))
                return True
    raise missing("The product link doesn't exist.")


@route("DELETE", "bundle-products/{sku}/options/{optionId:int}/children/{childSku}", WRITE)
def remove_link(call: Call, sku: str, number: int, child: str):
    record = _record(call, sku)
    known = _found(record, number)
    left = [link for link in known["product_links"] if link["sku"] != child]
    if len(left) == len(known["product_links"]):
        raise missing("The requested bundle option product doesn't exist.")
    _put(call, record, _replaced(record, known, {**known, "product_links": left}))
    return True
