"""Addresses in the words of the control API, or in Magento's, as orders and customers hold them."""

from .countries import region_id
from .shop import Shop

#: Magento's own word -> the other word for it that the control API takes.
WORDS = {
    "firstname": "first_name", "lastname": "last_name", "postcode": "zip", "country_id": "country_code",
    "telephone": "phone", "region": "province", "region_code": "province_code",
}  # fmt: skip
PLAIN = ("city", "company", "email", "fax", "middlename", "prefix", "suffix", "vat_id")


def plain(given: dict) -> dict:
    """The values of an address by Magento's words; what is not given is None."""
    found = {name: given.get(name, given.get(other)) for name, other in WORDS.items()}
    found.update({name: given.get(name) for name in PLAIN})
    region = given.get("region")
    if isinstance(region, dict):
        found.update(region=region.get("region"), region_code=region.get("region_code"))
    street = given.get("street")
    if street is None:
        street = [line for line in (given.get("address1"), given.get("address2")) if line]
    found["street"] = [street] if isinstance(street, str) else street
    found["region_id"] = region_id(found["country_id"], found["region_code"])
    return found


#: Told as null when there is nothing: the API says so of everything that an address must have.
COMPULSORY = ("city", "country_id", "firstname", "lastname", "postcode", "telephone")


def order_address(shop: Shop, given: dict | None, kind: str, order_id: int, email: str | None) -> dict | None:
    """An address of an order; None stays None."""
    if given is None:
        return None
    values = plain(given)
    values["email"] = values["email"] or email
    filled = {name: value for name, value in values.items() if value not in (None, []) or name in COMPULSORY}
    own = {"address_type": kind, "entity_id": shop.id("order address"), "parent_id": order_id}
    if given.get("customer_id"):
        own["customer_address_id"] = given["id"]
    return {**own, **filled}
