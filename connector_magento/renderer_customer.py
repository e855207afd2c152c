"""Canonical customers -> what `customers` takes. Pure.

https://developer.adobe.com/commerce/webapi/rest/modules/customers/ (CustomerInterface). A customer is written as a
whole: what Magento has is taken, and changed where Odoo states something.
"""

from odoo.addons.connector_base.canonical import split_name

from .parser_parties import NO_NAME, full_name
from .parser_reader import Reader


def changed_customer(payload, account):
    """Return the customer `payload` with what a `CustomerAccount` states; addresses stay as they are.

    A name that reads the same stays as Magento has it: where its parts begin, Odoo doesn't know.
    """
    customer, values = account.customer, {key: value for key, value in payload.items() if key != "addresses"}
    if customer.name and customer.name != full_name(Reader(payload, "customer")):
        values.update(names(customer.name), prefix=None, middlename=None, suffix=None)
    if customer.email:
        values["email"] = customer.email
    return values


def new_customer(account, *, website_id, store_id, region_ids):
    """Return the customer that a `CustomerAccount` is created as, without a password: it sets one when it comes.

    :param dict region_ids: {(country code, region code): Magento's id}
    """
    customer = account.customer
    values = {"email": customer.email, **names(customer.name), "website_id": website_id, "store_id": store_id}
    if account.addresses:
        values["addresses"] = [
            {
                **_address(place, customer, region_ids),
                "default_billing": index == 0,
                "default_shipping": index == 0,
            }
            for index, place in enumerate(account.addresses)
        ]
    return values


def names(name):
    """Return first and last name of one in one piece. Magento wants both."""
    first, last = split_name(name)
    return {"firstname": first or NO_NAME, "lastname": last or NO_NAME}


def _address(place, customer, region_ids):
    values = {
        **names(place.name or customer.name),
        "street": [line for line in (place.street, place.street2) if line] or ["-"],
        "city": place.city or "-",
        "postcode": place.zip,
        "country_id": place.country_code,
        "telephone": place.phone or customer.phone or "-",
    }
    if place.company:
        values["company"] = place.company
    if region_id := region_ids.get((place.country_code, place.state_code)):
        values["region_id"] = region_id
    return values
