"""Customers with their addresses, groups and newsletter.

https://developer.adobe.com/commerce/webapi/rest/modules/customers/
"""

import re

from . import criteria, people
from .errors import NO_SUCH_ENTITY, ApiError, invalid, missing, required
from .inputs import ANY, ATTRIBUTES
from .routes import ANONYMOUS, Call, route
from .shop import Shop

MANAGE, GROUPS = "Magento_Customer::manage", "Magento_Customer::group"
REGION = {"region_code": str, "region": str, "region_id": int, "extension_attributes": ANY}
ADDRESS = {
    "id": int, "customer_id": int, "region": REGION, "region_id": int, "country_id": str, "street": [str],
    "company": str, "telephone": str, "fax": str, "postcode": str, "city": str, "firstname": str, "lastname": str,
    "middlename": str, "prefix": str, "suffix": str, "vat_id": str, "default_shipping": bool, "default_billing": bool,
    "extension_attributes": ANY, "custom_attributes": ATTRIBUTES,
}  # fmt: skip
CUSTOMER = {
    "id": int, "group_id": int, "default_billing": str, "default_shipping": str, "confirmation": str,
    "created_at": str, "updated_at": str, "created_in": str, "dob": str, "email": str, "firstname": str,
    "lastname": str, "middlename": str, "prefix": str, "suffix": str, "gender": int, "store_id": int, "taxvat": str,
    "website_id": int, "addresses": [ADDRESS], "disable_auto_group_change": int,
    "extension_attributes": {"is_subscribed": bool, "company_attributes": ANY, "assistance_allowed": int},
    "custom_attributes": ATTRIBUTES,
}  # fmt: skip
GROUP = {"id": int, "code": str, "tax_class_id": int, "tax_class_name": str, "extension_attributes": ANY}
NOT_LOGGED_IN, GENERAL = 0, 1
INSTALLED = ((NOT_LOGGED_IN, "NOT LOGGED IN"), (GENERAL, "General"), (2, "Wholesale"), (3, "Retailer"))
#: Columns of a customer, some under other names than the API tells them; those of the billing address besides.
COLUMNS = frozenset(CUSTOMER) - {"addresses", "extension_attributes", "custom_attributes"}
BILLING = frozenset(("firstname", "lastname", "company", "telephone", "postcode", "city", "country_id", "region"))


# --- what is kept ----------------------------------------------------------------------------------------------------
def index(store):
    store.index("customer", "email", lambda record: ((record.get("email") or "").lower(),))


def groups(shop: Shop) -> dict[int, dict]:
    """Groups by their id: those that are installed, and what was made or changed since."""
    installed = {
        number: {"id": number, "code": code, "tax_class_id": 3, "tax_class_name": "Retail Customer"}
        for number, code in INSTALLED
    }
    kept = {record["id"]: record for record in shop.all("customer_group")}
    return {number: record for number, record in {**installed, **kept}.items() if not record.get("_deleted")}


def describe(shop: Shop, given: dict) -> dict:
    """What the control API is told about a customer (first_name, email, default_address, group, subscribed ...), in
    Magento's words."""
    home = given.get("default_address")
    address = None
    if home:
        stated = {key: value for key, value in people.plain(home).items() if value not in (None, []) and key != "email"}
        address = {**_person(given), **stated}
        region = {"region_code": address.pop("region_code", None), "region": address.pop("region", None)}
        if any(region.values()):
            address["region"] = {**region, "region_id": address.get("region_id", 0)}
        address.update(default_billing=True, default_shipping=True)
    found = next((number for number, group in groups(shop).items() if group["code"] == given.get("group")), GENERAL)
    return {
        "email": given["email"], **_person(given), "group_id": found, "taxvat": given.get("taxvat"),
        "addresses": [address] if address else [],
        "extension_attributes": {"is_subscribed": bool(given.get("subscribed"))},
    }  # fmt: skip


def _person(given: dict) -> dict:
    return {name: given.get(name, given.get(people.WORDS[name])) for name in ("firstname", "lastname")}


def save(shop: Shop, given: dict, old: dict | None = None, *, store_id: int = 1, at: str | None = None) -> dict:
    """Keep a customer. Lists of addresses replace: who is not in it is deleted. Raises ApiError."""
    now = at or shop.now()
    record = {**(old or {}), **{key: value for key, value in given.items() if value is not None}}
    _check(shop, record)
    number = old["id"] if old else shop.id("customer")
    view = shop.store_view(given.get("store_id") or (old or {}).get("store_id") or store_id)
    record.update(
        id=number, updated_at=now, store_id=view["id"], created_in=view["name"],
        website_id=record.get("website_id") or view["website_id"],
    )  # fmt: skip
    record.setdefault("created_at", now)
    record.setdefault("group_id", GENERAL)
    record.setdefault("disable_auto_group_change", 0)
    subscribed = (given.get("extension_attributes") or {}).get("is_subscribed")
    if subscribed is None:
        subscribed = ((old or {}).get("extension_attributes") or {}).get("is_subscribed", False)
    record["extension_attributes"] = {"is_subscribed": bool(subscribed)}
    if isinstance(record.get("custom_attributes"), dict):
        record["custom_attributes"] = [
            {"attribute_code": code, "value": value} for code, value in record["custom_attributes"].items()
        ]
    record["addresses"] = [_address(shop, number, entry) for entry in record.get("addresses") or ()]
    for name in ("default_billing", "default_shipping"):
        own = [entry for entry in record["addresses"] if entry.get(name)]
        for entry in own[:-1]:
            entry.pop(name)
        record.pop(name, None)
        if own:
            record[name] = str(own[-1]["id"])
    return shop.put("customer", number, record)


def _check(shop: Shop, record: dict):
    absent = [name for name in ("firstname", "lastname", "email") if not str(record.get(name) or "").strip()]
    if absent:
        raise required(*absent)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", record["email"]):
        raise invalid('"%1" is not a valid email address.', "Email")
    if record.get("group_id") is not None and record["group_id"] not in groups(shop):
        raise missing(NO_SUCH_ENTITY, fieldName="id", fieldValue=record["group_id"])
    same = shop.find("customer", "email", record["email"].lower())
    if any(entry["id"] != record.get("id") for entry in same):
        raise invalid("A customer with the same email address already exists in an associated website.")


def _address(shop: Shop, number: int, given: dict) -> dict:
    compulsory = ("firstname", "lastname", "street", "city", "telephone", "postcode", "country_id")
    absent = [name for name in compulsory if not given.get(name)]
    if absent:
        raise required(*absent)
    entry = {key: value for key, value in given.items() if value is not None}
    for name in ("default_billing", "default_shipping"):
        if not entry.get(name):
            entry.pop(name, None)
    region = entry.get("region") or {}
    number_of = entry.get("region_id") or region.get("region_id") or 0
    words = {"region_code": region.get("region_code"), "region": region.get("region"), "region_id": number_of}
    entry.update(customer_id=number, region_id=number_of, region=words)
    entry["id"] = entry.get("id") or shop.id("customer address")
    return entry


# --- customers -------------------------------------------------------------------------------------------------------
def _one(call: Call, number: int) -> dict:
    record = call.shop.get("customer", number)
    if record is None:
        raise missing(NO_SUCH_ENTITY, fieldName="customerId", fieldValue=number)
    return record


def _column(record: dict, field: str):
    if field.startswith("billing_") and field.removeprefix("billing_") in BILLING:
        own = [entry for entry in record["addresses"] if entry.get("default_billing")]
        value = own[0].get(field.removeprefix("billing_")) if own else None
        return value["region"] if isinstance(value, dict) else value
    name = "id" if field == "entity_id" else field
    if name not in COLUMNS:
        raise KeyError(field)
    return record.get(name)


@route("GET", "customers/search", MANAGE)
def search(call: Call):
    asked = criteria.read(call.query, call.shop.config["input_limits"])
    return criteria.answer(call.shop.all("customer"), asked, _column, dict)


@route("GET", "customers/{customerId:int}", MANAGE)
def customer(call: Call, number: int):
    return _one(call, number)


@route("POST", "customers", ANONYMOUS, customer=CUSTOMER, password__=str, redirectUrl__=str)
def add_customer(call: Call):
    given = {key: value for key, value in call.body["customer"].items() if key not in ("id", "created_at")}
    return save(call.shop, given, store_id=call.view_id)


@route("PUT", "customers/{customerId:int}", MANAGE, customer=CUSTOMER, passwordHash__=str)
def change_customer(call: Call, number: int):
    return save(call.shop, {**call.body["customer"], "id": number}, _one(call, number))


@route("DELETE", "customers/{customerId:int}", "Magento_Customer::delete")
def delete_customer(call: Call, number: int):
    _one(call, number)
    call.shop.delete("customer", number)
    return True


@route("POST", "customers/isEmailAvailable", ANONYMOUS, customerEmail=str, websiteId__=int)
def is_email_available(call: Call):
    return not call.shop.find("customer", "email", call.body["customerEmail"].lower())


def _address_of(call: Call, number: int) -> tuple[dict, dict]:
    for record in call.shop.all("customer"):
        for entry in record["addresses"]:
            if entry["id"] == number:
                return record, entry
    raise missing(NO_SUCH_ENTITY, fieldName="addressId", fieldValue=number)


@route("GET", "customers/addresses/{addressId:int}", MANAGE)
def address(call: Call, number: int):
    return _address_of(call, number)[1]


@route("DELETE", "addresses/{addressId:int}", "Magento_Customer::delete")
def delete_address(call: Call, number: int):
    record, entry = _address_of(call, number)
    save(call.shop, {"addresses": [other for other in record["addresses"] if other is not entry]}, record)
    return True


@route("GET", "customers/{customerId:int}/billingAddress", MANAGE)
def billing_address(call: Call, number: int):
    return next((entry for entry in _one(call, number)["addresses"] if entry.get("default_billing")), None)


# --- groups ----------------------------------------------------------------------------------------------------------
@route("GET", "customerGroups/search", GROUPS)
def group_search(call: Call):
    def read(record: dict, field: str):
        return criteria.column(record, {"customer_group_id": "id", "customer_group_code": "code"}.get(field, field))

    asked = criteria.read(call.query, call.shop.config["input_limits"])
    return criteria.answer(groups(call.shop).values(), asked, read, dict)


def _group(call: Call, number: int) -> dict:
    found = groups(call.shop).get(number)
    if found is None:
        raise missing(NO_SUCH_ENTITY, fieldName="id", fieldValue=number)
    return found


@route("GET", "customerGroups/{id:int}", GROUPS)
def group(call: Call, number: int):
    return _group(call, number)


@route("GET", "customerGroups/default", GROUPS)
def default_group(call: Call):
    return _group(call, GENERAL)


def _save_group(call: Call, number: int | None, given: dict) -> dict:
    code = (given.get("code") or "").strip()
    if not code:
        raise required("code")
    if any(record["code"] == code and key != number for key, record in groups(call.shop).items()):
        raise ApiError(400, "Customer Group already exists.")
    number = number if number is not None else call.shop.id("customer group", 4)
    record = {"id": number, "code": code, "tax_class_id": given.get("tax_class_id") or 3}
    return call.shop.put("customer_group", number, {**record, "tax_class_name": "Retail Customer"})


@route("POST", "customerGroups", GROUPS, group=GROUP)
def add_group(call: Call):
    return _save_group(call, None, call.body["group"])


@route("PUT", "customerGroups/{id:int}", GROUPS, group=GROUP)
def change_group(call: Call, number: int):
    return _save_group(call, number, {**_group(call, number), **call.body["group"]})


@route("DELETE", "customerGroups/{id:int}", GROUPS)
def delete_group(call: Call, number: int):
    record = _group(call, number)
    if number in (NOT_LOGGED_IN, GENERAL):
        raise invalid("Cannot delete group.")
    call.shop.put("customer_group", number, {**record, "_deleted": True})
    return True
