"""Configurable products: the attributes their variants differ in, and the variants, which are products themselves.

https://developer.adobe.com/commerce/webapi/rest/tutorials/configurable-product/
"""

from . import attributes, product, product_show
from .errors import NO_SUCH_ENTITY, invalid, missing
from .inputs import ANY
from .routes import Call, route
from .shop import Shop

READ = "Magento_Catalog::catalog"
WRITE = "Magento_Catalog::products"
OPTION = {
    "id": int, "attribute_id": str, "label": str, "position": int, "is_use_default": bool,
    "values": [{"value_index": int, "extension_attributes": ANY}], "extension_attributes": ANY, "product_id": int,
}  # fmt: skip
NEEDED = {
    "attribute_id": "Option attribute ID is not specified.",
    "values": "Option values are not specified.",
}
NO_CHOICE = 'The "%1" attribute doesn\'t include an option with "%2" ID.'
ATTACHED = "The product is already attached."


def saved(shop: Shop, record: dict, sent: dict) -> dict:
    """The product with the options and variants that were sent; raises ApiError."""
    if record["type_id"] != product.CONFIGURABLE:
        return record
    extension = dict(record["extension_attributes"])
    known = {option["attribute_id"]: option for option in extension.get("configurable_product_options", ())}
    if "configurable_product_options" in sent:
        extension["configurable_product_options"] = [
            _option(shop, record, wanted, known) for wanted in sent["configurable_product_options"]
        ]
    if "configurable_product_links" in sent:
        extension["configurable_product_links"] = list(dict.fromkeys(sent["configurable_product_links"]))
    record = {**record, "extension_attributes": extension}
    if {"configurable_product_options", "configurable_product_links"} & set(sent):
        _check(shop, record)
        record = _with_values(shop, record)
    return record


def _with_values(shop: Shop, record: dict) -> dict:
    """The product with what its variants have of each option: an order tells it."""
    children = product.children(shop, record)
    options = [
        {**option, "values": product_show.values_of(shop, option, children)} for option in _options(record)
    ]  # fmt: skip
    extension = {**record["extension_attributes"], "configurable_product_options": options}
    return {**record, "extension_attributes": extension}


def _option(shop: Shop, record: dict, wanted: dict, known: dict[str, dict]) -> dict:
    """An option as it is kept: its values are those that the variants have."""
    for key, text in NEEDED.items():
        if not wanted.get(key):
            raise invalid(text)
    found = attributes.attribute(shop, wanted["attribute_id"])
    if found["frontend_input"] not in ("select", "swatch_visual", "swatch_text") or found["scope"] != "global":
        raise invalid('The "%1" attribute cannot be used in a configurable product.', found["attribute_code"])
    choices = {int(entry["id"]) for entry in found["choices"]}
    for number in (entry.get("value_index") for entry in wanted["values"]):
        if number not in choices:
            raise missing(
                'The "%1" attribute doesn\'t include an option with "%2" ID.', found["attribute_code"], number
            )
    number = str(found["attribute_id"])
    before = known.get(number)
    return {
        "id": before["id"] if before else shop.id("super_attribute"), "attribute_id": number,
        "label": wanted.get("label") or found["default_frontend_label"], "position": wanted.get("position") or 0,
        "product_id": record["id"], "values": [{"value_index": entry["value_index"]} for entry in wanted["values"]],
    }  # fmt: skip


def _codes(shop: Shop, record: dict) -> list[str]:
    options = record["extension_attributes"].get("configurable_product_options", ())
    return [attributes.attribute(shop, option["attribute_id"])["attribute_code"] for option in options]


def _check(shop: Shop, record: dict):
    """Each variant has a value for each of the attributes, and no two have the same; raises ApiError."""
    codes, seen = _codes(shop, record), {}
    for number in record["extension_attributes"].get("configurable_product_links", ()):
        child = shop.get("product", number)
        if child is None:
            raise invalid('The product that was requested doesn\'t exist. Verify the product and try again. ID "%1"',
                          number)  # fmt: skip
        own = product.customs(child)
        for code in codes:
            if code not in own:
                raise invalid('Product with id "%1" does not contain required attribute "%2".', number, code)
        twin = seen.setdefault(tuple(own[code] for code in codes), number)
        if twin != number:
            raise invalid('Products "%1" and "%2" have the same set of attribute values.', twin, number)


def _record(call: Call, sku: str) -> dict:
    record = product.by_sku(call.shop, sku)
    if record["type_id"] != product.CONFIGURABLE:
        raise invalid('This is implemented for the "%1" configurable product only.', sku)
    return record


def _options(record: dict) -> list[dict]:
    return record["extension_attributes"].get("configurable_product_options", [])


def _found(record: dict, number: int) -> dict:
    option = next((entry for entry in _options(record) if entry["id"] == number), None)
    if option is None:
        raise missing('The "%1" entity that was requested doesn\'t exist. Verify the entity and try again.', number)
    return option


def _shown(call: Call, record: dict, option: dict) -> dict:
    return {**option, "values": product_show.values_of(call.shop, option, product.children(call.shop, record))}


# --- options -----------------------------------------------------------------------------------------------------
@route("GET", "configurable-products/{sku}/options/all", READ)
def options(call: Call, sku: str):
    record = _record(call, sku)
    return [_shown(call, record, option) for option in _options(record)]


@route("GET", "configurable-products/{sku}/options/{id:int}", READ)
def one(call: Call, sku: str, number: int):
    record = _record(call, sku)
    return _shown(call, record, _found(record, number))


@route("POST", "configurable-products/{sku}/options", WRITE, option=OPTION)
def add(call: Call, sku: str):
    """The id of the option; an attribute that the product has already keeps its id."""
    record, shop = _record(call, sku), call.shop
    known = {option["attribute_id"]: option for option in _options(record)}
    option = _option(shop, record, call.body["option"], known)
    product.touch(
        shop, record, configurable_product_options=list({**known, option["attribute_id"]: option}.values())
    )  # fmt: skip
    return option["id"]


@route("PUT", "configurable-products/{sku}/options/{id:int}", WRITE, option=OPTION)
def change(call: Call, sku: str, number: int):
    record = _record(call, sku)
    known, wanted = _found(record, number), call.body["option"]
    after = {**known, **{key: wanted[key] for key in ("label", "position") if wanted.get(key) is not None}}
    listed = [after if entry is known else entry for entry in _options(record)]
    product.touch(call.shop, record, configurable_product_options=listed)
    return number


@route("DELETE", "configurable-products/{sku}/options/{id:int}", WRITE)
def remove(call: Call, sku: str, number: int):
    """Its variants leave with an option: they no longer differ in what is left."""
    record = _record(call, sku)
    known = _found(record, number)
    listed = [entry for entry in _options(record) if entry is not known]
    product.touch(call.shop, record, configurable_product_options=listed, configurable_product_links=[])
    return True


# --- variants ----------------------------------------------------------------------------------------------------
@route("GET", "configurable-products/{sku}/children", READ)
def children(call: Call, sku: str):
    found = [
        product_show.shown(call.shop, child, call.store_id) for child in product.children(call.shop, _record(call, sku))
    ]
    left_out = ("extension_attributes", "options", "media_gallery_entries")
    return [{key: value for key, value in child.items() if key not in left_out} for child in found]


@route("POST", "configurable-products/{sku}/child", WRITE, childSku=str)
def attach(call: Call, sku: str):
    shop, child = call.shop, product.by_sku(call.shop, call.body["childSku"])
    record = _record(call, sku)
    numbers = record["extension_attributes"].get("configurable_product_links", [])
    if child["id"] in numbers:
        raise invalid(ATTACHED)
    codes, own = _codes(shop, record), product.customs(child)
    if not codes:
        raise invalid("The parent product doesn't have configurable product options.")
    for code in codes:
        if code not in own:
            text = 'The child product doesn\'t have the "%1" attribute value. Verify the value and try again.'
            raise invalid(text, attributes.attribute(shop, code)["default_frontend_label"])
    after = {
        **record,
        "extension_attributes": {
            **record["extension_attributes"], "configurable_product_links": [*numbers, child["id"]],
        },
    }  # fmt: skip
    _check(shop, after)
    product.put(shop, _with_values(shop, after))
    return True


@route("DELETE", "configurable-products/{sku}/children/{childSku}", WRITE)
def detach(call: Call, sku: str, child_sku: str):
    record, child = _record(call, sku), product.by_sku(call.shop, child_sku)
    numbers = record["extension_attributes"].get("configurable_product_links", [])
    if child["id"] not in numbers:
        raise missing(NO_SUCH_ENTITY, fieldName="sku", fieldValue=child_sku)
    product.touch(call.shop, record, configurable_product_links=[n for n in numbers if n != child["id"]])
    return True
