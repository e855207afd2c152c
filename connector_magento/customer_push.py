"""Telling Magento of customers. No Odoo import.

https://developer.adobe.com/commerce/webapi/rest/modules/customers/
"""

from copy import copy

from odoo.addons.connector_base.canonical import CustomerPushResult
from odoo.addons.connector_base.transport import DataError, TransientError

from . import const, sales
from .errors import crash_over_one
from .listing import Listing
from .parser_reader import Reader, read
from .renderer_customer import changed_customer, new_customer

CUSTOMERS = Listing(id_key="id")


def push_customers(client, pushes):
    """Create or change customers; yield a `CustomerPushResult` per `CustomerPush` as soon as it is known.

    Who is to be created and is there already, by e-mail, is changed.

    :raise TransportError: as `shipment_push.push_shipments`
    """
    present, unread = _present(client, [push.account for push in pushes])
    creator = crash = None
    for push in pushes:
        account = push.account
        try:
            payload = present.get(account.external_id) or present.get(account.customer.email.lower())
            if payload:
                external_id = read(payload, "customer", "id").external_id
                customer = changed_customer(payload, account)
                if customer != {key: value for key, value in payload.items() if key != "addresses"}:
                    client.call("PUT", "customers/{}", external_id, json={"customer": customer})
            elif account.external_id:
                if unread:
                    raise copy(unread[0])
                raise DataError("The customer is not in Magento (any more).", remedy=const.CUSTOMER_REMEDY)
            else:
                creator = creator or _Creator(client)
                external_id = creator.make(account)
        except DataError as error:
            yield CustomerPushResult(key=push.key, error=error)
        except TransientError as error:
            crash = crash_over_one(error)
        else:
            yield CustomerPushResult(key=push.key, external_id=external_id)
    if crash:
        raise crash


def _present(client, accounts):
    """Look for customers; for new ones by e-mail.

    :return: {id and e-mail: customer} of those of `accounts` that Magento has; [DataError of those without an id]
    """
    ids = [account.external_id for account in accounts if account.external_id]
    emails = [account.customer.email for account in accounts if not account.external_id and account.customer.email]
    found = sales.read_by_id(client, "customers/search", ids)
    by_email = sales.read_by_id(client, "customers/search", emails, "email")
    present = {str(customer.get("email") or "").lower(): customer for customer in reversed(by_email)}
    unread = []
    for customer in found:
        try:
            present[read(customer, "customer", "id").external_id] = customer
        except DataError as error:
            unread.append(error)
    return present, unread


class _Creator:
    """Creates customers, of the shop's first website."""

    def __init__(self, client):
        self.client = client
        views = [Reader(view, "storeView") for view in client.store_views()]
        if not views:
            raise DataError("The shop has no store view.", remedy=const.CUSTOMER_REMEDY)
        self.website, self.store, self.code = min(
            (int(view.number("website_id", None)), int(view.number("id", None)), view.required_text("code"))
            for view in views
        )
        self.regions = {}

    def make(self, account):
        """Return the id of the new customer."""
        customer = new_customer(
            account,
            website_id=self.website,
            store_id=self.store,
            region_ids={
                key: number
                for place in account.addresses
                if place.state_code
                for key, number in self.regions_of(place.country_code).items()
            },
        )
        made = self.client.call("POST", "customers", json={"customer": customer}, store=self.code)
        return read(made, "customer", "id").external_id

    def regions_of(self, country):
        """Return {(country, code of the region): its id} of a country.

        https://developer.adobe.com/commerce/webapi/rest/modules/ (directory/countries)
        """
        if country not in self.regions:
            try:
                found = self.client.call("GET", "directory/countries/{}", country)
                regions = Reader(found, "country").children("available_regions")
            except DataError as error:
                if error.status != 404:
                    raise
                regions = []  # a country Magento doesn't know: it says so of the customer
            self.regions[country] = {
                (country, region.required_text("code")): int(region.number("id", None)) for region in regions
            }
        return self.regions[country]
