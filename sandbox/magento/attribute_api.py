"""Attributes, their options and attribute sets in the API.

https://developer.adobe.com/commerce/webapi/rest/quick-reference/ (products/attributes, products/attribute-sets)
"""

import re

from . import attributes, criteria
from .attributes import attribute
from .errors import invalid, missing, required
from .inputs import ANY, ATTRIBUTES, snake
from .routes import Call, route

READ = "Magento_Catalog::attributes_attributes"
SETS = "Magento_Catalog::sets"
LABEL = {"store_id": int, "label": str}
OPTION = {"label": str, "value": str, "sort_order": int, "is_default": bool, "store_labels": [LABEL]}
_FLAGS = (
    "is_wysiwyg_enabled", "is_html_allowed_on_front", "used_for_sort_by", "is_filterable", "is_filterable_in_search",
    "is_used_in_grid", "is_visible_in_grid", "is_filterable_in_grid", "is_visible", "is_required", "is_user_defined",
)  # fmt: skip
_TEXTS = (
    "is_searchable", "is_visible_in_advanced_search", "is_comparable", "is_used_for_promo_rules", "is_visible_on_front",
    "used_in_product_listing", "scope", "attribute_code", "frontend_input", "entity_type_id", "default_frontend_label",
    "note", "backend_type", "backend_model", "source_model", "default_value", "is_unique", "frontend_class",
)  # fmt: skip
ATTRIBUTE = {
    **dict.fromkeys(_FLAGS, bool), **dict.fromkeys(_TEXTS, str), "position": int, "apply_to": [str],
    "attribute_id": int, "options": [OPTION], "frontend_labels": [LABEL], "extension_attributes": ANY,
    "validation_rules": [{"key": str, "value": str}], "custom_attributes": ATTRIBUTES,
}  # fmt: skip
SET = {
    "attribute_set_id": int, "attribute_set_name": str, "sort_order": int, "entity_type_id": int,
    "extension_attributes": ANY,
}  # fmt: skip
#: Inputs that a merchant may choose.
INPUTS = tuple(attributes.BACKENDS)


def shown(record: dict, store_id: int = 0) -> dict:
    """An attribute as the API tells it, its options in the words of a store view."""
    body = {key: value for key, value in record.items() if key != "choices"}
    return {**body, "options": attributes.options(record, store_id)}


@route("GET", "products/attributes/types", READ)
def types(call: Call):
    return [{"value": name, "label": name.replace("_", " ").title()} for name in INPUTS]


@route("GET", "products/attributes", READ)
def listing(call: Call):
    asked = criteria.read(call.query, call.shop.config["input_limits"])
    return criteria.answer(call.shop.all("attribute"), asked, _read, lambda record: shown(record, call.store_id))


def _read(record: dict, field: str):
    """A column of an attribute; truth is a number in the database."""
    value = criteria.column({"note": None, "source_model": None, **record}, field)
    return int(value) if isinstance(value, bool) else value


@route("GET", "products/attributes/{attributeCode}", READ)
def one(call: Call, code: str):
    return shown(attribute(call.shop, code), call.store_id)


@route("POST", "products/attributes", READ, attribute=ATTRIBUTE)
def create(call: Call):
    wanted = call.body["attribute"]
    labels = attributes.views(wanted.get("frontend_labels"))
    label = wanted.get("default_frontend_label") or labels.pop(0, None)
    if not label:
        raise required("frontend_label")
    code = wanted.get("attribute_code") or re.sub(r"[^a-z0-9_]+", "_", snake(label).lower()).strip("_")[:60]
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", code):
        raise invalid(
            'Attribute code "%1" is invalid. Please use only letters (a-z or A-Z), numbers (0-9) or underscore (_) in '
            "this field, and the first character should be a letter.", code
        )  # fmt: skip
    if not wanted.get("frontend_input"):
        raise required("frontend_input")
    if wanted["frontend_input"] not in INPUTS:
        raise invalid("Invalid value of \"%value\" provided for the %fieldName field.", fieldName="frontend_input",
                      value=wanted["frontend_input"])  # fmt: skip
    if call.shop.get("attribute", code):
        raise invalid("An attribute with the same code (%1) already exists.", code)
    texts = {"default_frontend_label": label, "frontend_labels": _labels(labels)}
    return shown(_saved(call, {"attribute_code": code}, {**wanted, **texts}))


def _labels(labels: dict[int, str]) -> list[dict]:
    return [{"store_id": number, "label": text} for number, text in sorted(labels.items()) if number and text]


def _saved(call: Call, identity: dict, wanted: dict) -> dict:
    kept = {key: value for key, value in wanted.items() if value is not None and key not in NOT_TAKEN}
    attributes.add(call.shop, **{**kept, **identity, "is_user_defined": True})
    for option in wanted.get("options") or ():
        if (option.get("label") or "").strip():
            attributes.add_choice(call.shop, attribute(call.shop, identity["attribute_code"]), option)
    return attribute(call.shop, identity["attribute_code"])


NOT_TAKEN = ("options", "attribute_id", "extension_attributes", "custom_attributes", "backend_type", "entity_type_id")


@route("PUT", "products/attributes/{attributeCode}", READ, attribute=ATTRIBUTE)
def change(call: Call, code: str):
    known, wanted = attribute(call.shop, code), call.body["attribute"]
    if wanted.get("frontend_input") not in (None, known["frontend_input"]):
        raise invalid("Frontend input type cannot be changed.")
    fixed = ("attribute_code", "is_user_defined", "choices")
    kept = {key: value for key, value in wanted.items() if value is not None and key not in (*NOT_TAKEN, *fixed)}
    if "frontend_labels" in kept:
        labels = attributes.views(known["frontend_labels"]) | attributes.views(kept["frontend_labels"])
        kept["frontend_labels"] = _labels(labels)
    choices = {entry["id"]: entry for entry in known["choices"]}
    for option in wanted.get("options") or ():
        if option.get("value") in choices:
            choices[option["value"]] = attributes.relabel(choices[option["value"]], option)
    saved = call.shop.put("attribute", known["attribute_code"], {**known, **kept, "choices": list(choices.values())})
    for option in wanted.get("options") or ():
        if not option.get("value") and (option.get("label") or "").strip():
            attributes.add_choice(call.shop, saved, option)
            saved = attribute(call.shop, code)
    return shown(saved, call.store_id)


@route("DELETE", "products/attributes/{attributeCode}", READ)
def remove(call: Call, code: str):
    known = attribute(call.shop, code)
    if not known["is_user_defined"]:
        raise invalid("The system attribute can't be deleted.")
    if any(str(known["attribute_id"]) in _used(product) for product in call.shop.all("product")):
        raise invalid("This attribute is used in configurable products.")
    call.shop.delete("attribute", known["attribute_code"])
    for record in call.shop.all("attribute_set"):
        if code in record["attributes"]:
            left = [name for name in record["attributes"] if name != code]
            call.shop.put("attribute_set", record["attribute_set_id"], {**record, "attributes": left})
    return True


def _used(product: dict) -> set[str]:
    return {entry["attribute_id"] for entry in product["extension_attributes"].get("configurable_product_options", ())}


# --- options -----------------------------------------------------------------------------------------------------
@route("GET", "products/attributes/{attributeCode}/options", READ)
def list_options(call: Call, code: str):
    return attributes.options(attribute(call.shop, code), call.store_id)


@route("POST", "products/attributes/{attributeCode}/options", READ, option=OPTION)
def add_option(call: Call, code: str):
    record, option = _with_choices(call, code), call.body["option"]
    label = (option.get("label") or "").strip()
    if not label:
        raise invalid("The attribute option label is empty. Enter the value and try again.")
    if any(entry["labels"]["0"].casefold() == label.casefold() for entry in record["choices"]):
        raise invalid('Admin store attribute option label "%1" is already exists.', label)
    return attributes.add_choice(call.shop, record, {**option, "label": label})


def _with_choices(call: Call, code: str) -> dict:
    record = attribute(call.shop, code)
    if record["frontend_input"] not in (*attributes.CHOICES, "swatch_visual", "swatch_text"):
        raise invalid('The "%1" attribute doesn\'t work with options.', code)
    return record


def _choice(record: dict, number: str) -> dict:
    found = next((entry for entry in record["choices"] if entry["id"] == number), None)
    if found is None:
        raise missing('The "%1" attribute doesn\'t include an option with "%2" ID.', record["attribute_code"], number)
    return found


@route("PUT", "products/attributes/{attributeCode}/options/{optionId}", READ, option=OPTION)
def change_option(call: Call, code: str, number: str):
    record = _with_choices(call, code)
    known = _choice(record, number)
    after = attributes.relabel(known, call.body["option"])
    choices = [after if entry is known else entry for entry in record["choices"]]
    call.shop.put("attribute", code, {**record, "choices": choices})
    return True


@route("DELETE", "products/attributes/{attributeCode}/options/{optionId}", READ)
def remove_option(call: Call, code: str, number: str):
    record = _with_choices(call, code)
    known = _choice(record, number)
    call.shop.put("attribute", code, {**record, "choices": [e for e in record["choices"] if e is not known]})
    return True


# --- sets --------------------------------------------------------------------------------------------------------
def _set(record: dict) -> dict:
    return {key: record[key] for key in ("attribute_set_id", "attribute_set_name", "sort_order", "entity_type_id")}


def _sets(call: Call):
    asked = criteria.read(call.query, call.shop.config["input_limits"])

    def read(record: dict, field: str):
        return "catalog_product" if field == "entity_type_code" else criteria.column(record, field)

    return criteria.answer(call.shop.all("attribute_set"), asked, read, _set)


@route("GET", "products/attribute-sets/sets/list", SETS)
def product_sets(call: Call):
    return _sets(call)


@route("GET", "eav/attribute-sets/list", SETS)
def every_set(call: Call):
    return _sets(call)


@route("GET", "products/attribute-sets/{attributeSetId:int}", SETS)
def one_set(call: Call, number: int):
    return _set(attributes.set_of(call.shop, number))


@route("POST", "products/attribute-sets", SETS, attributeSet=SET, skeletonId=int)
def create_set(call: Call):
    wanted, skeleton = call.body["attributeSet"], attributes.set_of(call.shop, call.body["skeletonId"])
    name = wanted.get("attribute_set_name")
    if not name:
        raise required("attribute_set_name")
    if any(record["attribute_set_name"] == name for record in call.shop.all("attribute_set")):
        raise invalid('A "%1" attribute set name already exists. Create a new name and try again.', name)
    made = attributes.new_set(call.shop, name, skeleton["attributes"], sort_order=wanted.get("sort_order") or 0)
    return _set(made)


@route("DELETE", "products/attribute-sets/{attributeSetId:int}", SETS)
def remove_set(call: Call, number: int):
    attributes.set_of(call.shop, number)
    if number == attributes.DEFAULT_SET:
        raise invalid("The default attribute set can't be deleted.")
    call.shop.delete("attribute_set", number)
    return True


@route("GET", "products/attribute-sets/{attributeSetId:int}/attributes", SETS)
def attributes_of_set(call: Call, number: int):
    codes = attributes.set_of(call.shop, number)["attributes"]
    return [shown(attribute(call.shop, code), call.store_id) for code in codes]


@route("GET", "products/attribute-sets/groups/list", SETS)
def groups(call: Call):
    asked = criteria.read(call.query, call.shop.config["input_limits"])
    found = [
        {"attribute_group_id": group["id"], "attribute_group_name": group["name"],
         "attribute_set_id": record["attribute_set_id"]}
        for record in call.shop.all("attribute_set")
        for group in record["groups"]
    ]  # fmt: skip
    return criteria.answer(found, asked, criteria.column, lambda record: record)


@route("POST", "products/attribute-sets/attributes", SETS,
       attributeSetId=int, attributeGroupId=int, attributeCode=str, sortOrder=int)  # fmt: skip
def assign(call: Call):
    body = call.body
    record, found = attributes.set_of(call.shop, body["attributeSetId"]), attribute(call.shop, body["attributeCode"])
    if str(body["attributeGroupId"]) not in {group["id"] for group in record["groups"]}:
        raise invalid("The attribute group doesn't belong to the attribute set.")
    codes = [*record["attributes"], found["attribute_code"]]
    call.shop.put("attribute_set", record["attribute_set_id"], {**record, "attributes": list(dict.fromkeys(codes))})
    return found["attribute_id"]


@route("DELETE", "products/attribute-sets/{attributeSetId:int}/attributes/{attributeCode}", SETS)
def unassign(call: Call, number: int, code: str):
    record, found = attributes.set_of(call.shop, number), attribute(call.shop, code)
    if not found["is_user_defined"]:
        raise invalid("The system attribute can't be deleted.")
    left = [name for name in record["attributes"] if name != found["attribute_code"]]
    call.shop.put("attribute_set", number, {**record, "attributes": left})
    return True
