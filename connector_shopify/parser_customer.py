"""Customers and companies to canonical documents. No Odoo import."""

from odoo.addons.connector_base.canonical import Customer, CustomerAccount

from .parser import ADDRESS_KEYS
from .parser_common import address, full_name
from .reader import Reader

# https://shopify.dev/docs/api/admin-graphql/2026-10/objects/CompanyAddress
PLACE_KEYS = {
    "name": "recipient",
    "company": "companyName",
    "street": "address1",
    "street2": "address2",
    "city": "city",
    "zip": "zip",
    "state_name": "province",
    "state_code": "zoneCode",
    "country_name": "country",
    "country_code": "countryCode",
    "phone": "phone",
}


def parse_customer(node):
    """Return the `CustomerAccount` of what GraphQL states of a customer, its default address first.

    :raise DataError: it is not as documented
    """
    reader = Reader(node, "customer", external_id=str(node.get("id") or "").rpartition("/")[2])
    email, phone = reader.child("defaultEmailAddress"), reader.child("defaultPhoneNumber")
    home = address(reader.child("defaultAddress"), ADDRESS_KEYS)
    others = (address(place, ADDRESS_KEYS) for place in reader.required_child("addressesV2").children("nodes"))
    return CustomerAccount(
        customer=Customer(
            external_id=reader.identifier("id"),
            email=email.text("emailAddress") if email else "",
            name=full_name(reader.text("firstName"), reader.text("lastName")),
            phone=phone.text("phoneNumber") if phone else "",
            company=home.company if home else "",
            language=reader.text("locale"),
            tags=tuple(sorted(reader.texts("tags"))),
            note=reader.text("note"),
        ),
        updated_at=reader.required_time("updatedAt"),
        addresses=tuple(dict.fromkeys(place for place in (home, *others) if place)),
    )


def parse_company(node):
    """Return the `CustomerAccount` of what GraphQL states of a company and its locations.

    :raise DataError: it is not as documented
    """
    reader = Reader(node, "company", external_id=f"company:{str(node.get('id') or '').rpartition('/')[2]}")
    name, number = reader.required_text("name"), reader.identifier("id")
    places, vat = [], ""
    for location in reader.required_child("locations").children("nodes"):
        places += [address(location.child(key), PLACE_KEYS) for key in ("billingAddress", "shippingAddress")]
        taxes = location.child("taxSettings")
        vat = vat or (taxes.text("taxRegistrationId") if taxes else "")
    return CustomerAccount(
        customer=Customer(
            external_id=f"company:{number}", name=name, company=name, company_external_id=number, vat=vat
        ),
        updated_at=reader.required_time("updatedAt"),
        addresses=tuple(dict.fromkeys(place for place in places if place)),
    )
