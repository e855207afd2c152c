"""Customers: making and changing them by the API, and telling subscribers."""

import re

from . import events, graph_shop, rest
from .access import require
from .shop import Shop, gid, parse_gid

_PLAIN = {
    "firstName": "first_name", "lastName": "last_name", "email": "email", "phone": "phone", "note": "note",
    "locale": "locale", "taxExempt": "tax_exempt",
}  # fmt: skip
_ADDRESS = {
    "address1": "address1", "address2": "address2", "city": "city", "company": "company", "firstName": "first_name",
    "lastName": "last_name", "phone": "phone", "zip": "zip", "countryCode": "country_code",
    "provinceCode": "province_code",
}  # fmt: skip


def address(shop: Shop, given: dict, old: dict | None = None) -> dict:
    """An address of an input; what it does not say stays as in ``old``."""
    base = old or {**dict.fromkeys(_ADDRESS.values()), "province": None, "country": None}
    data = {**base, **{ours: given[theirs] for theirs, ours in _ADDRESS.items() if theirs in given}}
    data["id"] = old["id"] if old else shop.id("MailingAddress")
    if "countryCode" in given and data["country_code"] != base["country_code"]:
        data["country"] = given["countryCode"]
    if "provinceCode" in given and data["province_code"] != base["province_code"]:
        data["province"] = given["provinceCode"]
    return data


def save(shop: Shop, deliveries, before: dict | None, after: dict) -> dict:
    """Store a customer and tell subscribers; one that is as it was is left alone."""
    if before is not None and {**after, "updated_at": before["updated_at"]} == before:
        return before
    with shop.store.transaction():
        shop.store.put(shop.domain, "customer", after["id"], after)
        topic = "CUSTOMERS_UPDATE" if before else "CUSTOMERS_CREATE"
        config = shop.config
        body = rest.customer(after, config["currency"], config["utc_offset"])
        events.announce(shop, deliveries, gid("Customer", after["id"]), [(topic, body)])
    deliveries.wake()
    return after


def _problems(shop: Shop, data: dict) -> list[dict]:
    problems = []
    if not any(data[key] for key in ("first_name", "last_name", "email", "phone")):
        text = "A name, phone number, or email address must be present"
        problems.append({"field": None, "message": text})
    if data["email"] and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", data["email"]):
        problems.append({"field": ["email"], "message": "Email is invalid"})
    for key in ("email", "phone"):
        others = (c for c in shop.store.all(shop.domain, "customer") if c["id"] != data["id"])
        if data[key] and any((other[key] or "").lower() == data[key].lower() for other in others):
            problems.append({"field": [key], "message": f"{key.capitalize()} has already been taken"})
    return problems


def _put(info, before: dict | None, given: dict) -> dict:
    shop = info.context.shop
    now = shop.clock.iso()
    base = before or {
        **dict.fromkeys(_PLAIN.values()), "id": shop.id("Customer"), "locale": "en", "tax_exempt": False, "tags": [],
        "default_address": None, "created_at": now,
    }  # fmt: skip
    after = {**base, **{ours: given[theirs] for theirs, ours in _PLAIN.items() if theirs in given}, "updated_at": now}
    if "tags" in given:
        after["tags"] = sorted({tag.strip() for tag in given["tags"] or () if tag.strip()})
    if given.get("addresses"):
        after["default_address"] = address(shop, given["addresses"][0], base["default_address"])
    problems = _problems(shop, after)
    if problems:
        return {"customer": None, "userErrors": problems}
    return {"customer": graph_shop.customer(shop, save(shop, info.context.deliveries, before, after)), "userErrors": []}


def create(_root, info, *, input):
    require(info, "write_customers", "customerCreate")
    if input.get("id"):
        problem = {"field": ["id"], "message": "Cannot specify ID on creation"}
        return {"customer": None, "userErrors": [problem]}
    with info.context.shop.store.transaction():
        return _put(info, None, input)


def update(_root, info, *, input):
    require(info, "write_customers", "customerUpdate")
    shop, found = info.context.shop, parse_gid(input.get("id") or "", "Customer")
    with shop.store.transaction():
        before = shop.store.get(shop.domain, "customer", found[1]) if found else None
        if before is None:
            return {"customer": None, "userErrors": [{"field": ["id"], "message": "Customer does not exist"}]}
        return _put(info, before, input)


def by_identifier(_root, info, *, identifier):
    require(info, "read_customers", "customerByIdentifier")
    shop = info.context.shop
    ((key, wanted),) = identifier.items()
    read = {"emailAddress": lambda c: c["email"], "phoneNumber": lambda c: c["phone"]}
    getter = read.get(key, lambda c: gid("Customer", c["id"]))
    for record in shop.store.all(shop.domain, "customer"):
        if (getter(record) or "").lower() == wanted.lower():
            return graph_shop.customer(shop, record)
    return None


QUERY = {"customerByIdentifier": by_identifier}
MUTATION = {"customerCreate": create, "customerUpdate": update}
