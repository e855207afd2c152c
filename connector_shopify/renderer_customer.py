"""Customers as `customerSet` takes them. No Odoo import."""

from odoo.addons.connector_base.canonical import split_name


def customer_identifier(account):
    """Return who is meant: by id, else by e-mail, so that nobody is created twice."""
    if account.external_id:
        return {"id": f"gid://shopify/Customer/{account.external_id}"}
    return {"email": account.customer.email}


def customer_input(account):
    """Return the `CustomerSetInput` of a `CustomerAccount`; lists that are not stated stay as they are.

    https://shopify.dev/docs/api/admin-graphql/2026-10/input-objects/CustomerSetInput
    """
    customer = account.customer
    first, last = split_name(customer.name)
    values = {"firstName": first, "lastName": last, "phone": customer.phone}
    for name, value in (("email", customer.email), ("locale", customer.language)):
        if value:  # neither can be taken away
            values[name] = value
    if account.addresses:
        values["addresses"] = [_address(address) for address in account.addresses]
    return {name: value or None for name, value in values.items()}


def _address(address):
    first, last = split_name(address.name)
    values = {
        "firstName": first,
        "lastName": last,
        "company": address.company,
        "address1": address.street,
        "address2": address.street2,
        "city": address.city,
        "zip": address.zip,
        "provinceCode": address.state_code,
        "countryCode": address.country_code,
        "phone": address.phone,
    }
    return {name: value for name, value in values.items() if value}
