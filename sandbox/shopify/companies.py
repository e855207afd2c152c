"""Companies that customers buy for, with their locations."""

from .customers import blank_address
from .listing import listing
from .paging import nested
from .shop import Shop, gid

_KNOWN = {"created_at": ("time", lambda c: c["created_at"]), "updated_at": ("time", lambda c: c["updated_at"])}


def add(shop: Shop, wanted: dict) -> dict:
    """A new company; ``wanted``: name, tax_id, locations [{name, phone, billing_address, shipping_address}]."""
    now = shop.clock.iso()
    data = {
        "id": shop.id("Company"), "name": wanted["name"], "tax_id": wanted.get("tax_id"), "created_at": now,
        "updated_at": now, "locations": [_location(shop, entry) for entry in wanted.get("locations") or ()],
    }  # fmt: skip
    shop.store.put(shop.domain, "company", data["id"], data)
    return data


def _location(shop: Shop, wanted: dict) -> dict:
    addresses = {}
    for key in ("billing_address", "shipping_address"):
        given = wanted.get(key)
        addresses[key] = {**blank_address(), **given, "id": shop.id("MailingAddress")} if given else None
    number = shop.id("CompanyLocation")
    return {"id": number, "name": wanted.get("name") or f"Location {number}", "phone": wanted.get("phone"), **addresses}


def _address(company: dict, data: dict | None) -> dict | None:
    if data is None:
        return None
    recipient = " ".join(part for part in (data.get("first_name"), data.get("last_name")) if part)
    plain = ("address1", "address2", "city", "zip", "province", "country", "phone")
    return {
        "__typename": "CompanyAddress",
        "id": gid("CompanyAddress", data["id"]),
        "recipient": recipient or None,
        "companyName": company["name"],
        **{key: data.get(key) for key in plain},
        "zoneCode": data.get("province_code"),
        "countryCode": data["country_code"],
    }


def _location_node(company: dict, data: dict) -> dict:
    return {
        "__typename": "CompanyLocation",
        "id": gid("CompanyLocation", data["id"]),
        "name": data["name"],
        "phone": data["phone"],
        "taxSettings": {"taxRegistrationId": company["tax_id"]},
        "billingAddress": _address(company, data["billing_address"]),
        "shippingAddress": _address(company, data["shipping_address"]),
    }


def node(_shop: Shop, data: dict) -> dict:
    return {
        "__typename": "Company",
        "id": gid("Company", data["id"]),
        "name": data["name"],
        "createdAt": data["created_at"],
        "updatedAt": data["updated_at"],
        "locations": nested(data["locations"], lambda entry: _location_node(data, entry)),
    }


QUERY = {
    "companies": listing(
        "company", "read_companies", "companies", known=_KNOWN, words=[lambda c: c["name"]],
        sorters={
            "ID": lambda c: c["id"], "NAME": lambda c: c["name"], "CREATED_AT": lambda c: c["created_at"],
            "UPDATED_AT": lambda c: c["updated_at"],
        },
        show=node,
    )
}  # fmt: skip
