"""Telling Magento of customers. No Odoo import.

https://developer.adobe.com/commerce/webapi/rest/modules/customers/
"""

from odoo.addons.connector_base.canonical import CustomerPushResult
from odoo.addons.connector_base.transport import DataError, TransientError

from . import const, sales
from .errors import crash_over_one
from .listing import Listing
from .renderer_customer import changed_customer, new_customer

CUSTOMERS = Listing(id_key="id")


def push_customers(client, pushes):
    """Create or change customers; yield a `CustomerPushResult` per `CustomerPush` as soon as it is known.

    Who is to be created and is there already, by e-mail, is changed.

    :raise TransportError: as `shipment_push.push_shipments`
    """
    present = _present(client, [push.account for push in pushes])
    creator = crash = None
    for push in pushes:
        account = push.account
        try:
            payload = present.get(account.external_id) or present.get(account.customer.email.lower())
            if payload:
                external_id = str(payload["id"])
                customer = changed_customer(payload, account)
                if customer != {key: value for key, value in payload.items() if key != "addresses"}:
                    client.call("PUT", "customers/{}", external_id, json={"customer": customer})
            elif account.external_id:
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
    """Return {id and e-mail: customer} of those of `accounts` that Magento has: new ones are looked for by e-mail."""
    ids = [account.external_id for account in accounts if account.external_id]
    emails = [account.customer.email for account in accounts if not account.external_id and account.customer.email]
    found = sales.read_by_id(client, "customers/search", ids)
    by_email = sales.read_by_id(client, "customers/search", emails, "email")
    return {
        **{str(customer["id"]): customer for customer in found},
        **{str(customer.get("email") or "").lower(): customer for customer in reversed(by_email)},
    }


class _Creator:
    """Creates customers, of the shop's first website."""

    def __init__(self, client):
        self.client = client
        self.view = min(client.store_views(), key=lambda view: (view["website_id"], view["id"]), default=None)
        if self.view is None:
            raise DataError("The shop has no store view.", remedy=const.CUSTOMER_REMEDY)
        self.regions = {}

    def make(self, account):
        """Return the id of the new customer."""
        customer = new_customer(
            account,
            website_id=self.view["website_id"],
            store_id=self.view["id"],
            region_ids={
                key: number
                for place in account.addresses
                if place.state_code
                for key, number in self.regions_of(place.country_code).items()
            },
        )
        made = self.client.call("POST", "customers", json={"customer": customer}, store=self.view["code"])
        return str(made["id"])

    def regions_of(self, country):
        """Return {(country, code of the region): its id} of a country.

        https://developer.adobe.com/commerce/webapi/rest/modules/ (directory/countries)
        """
        if country not in self.regions:
            try:
                regions = self.client.call("GET", "directory/countries/{}", country).get("available_regions") or []
            except DataError as error:
                if error.status != 404:
                    raise
                regions = []  # a country Magento doesn't know: it says so of the customer
            self.regions[country] = {(country, region["code"]): int(region["id"]) for region in regions}
        return self.regions[country]
