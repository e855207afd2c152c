from odoo import models

from odoo.addons.connector_base.canonical import CustomerPushResult
from odoo.addons.connector_base.transport import DataError, parsed_page

from ..listing import CompanyListing, CustomerListing
from ..parser_customer import parse_company, parse_customer
from ..renderer_customer import customer_identifier, customer_input


class IntegrationAdapterShopify(models.AbstractModel):
    """Customers and companies of a store."""

    _inherit = "integration.adapter.shopify"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"customers_in", "customers_out", "companies_in"}

    def _fetch_customers(self, backend, since, page=None):
        """Override of `connector_base`."""
        return self._shopify_accounts(backend, CustomerListing, parse_customer, since, page)

    def _fetch_companies(self, backend, since, page=None):
        """Override of `connector_base`."""
        return self._shopify_accounts(backend, CompanyListing, parse_company, since, page)

    def _shopify_accounts(self, backend, kind, parse, since, page):
        listing = kind.resume(page) if page else kind.begin(since)
        nodes, following = listing.read_page(backend._shopify_client())
        return parsed_page(nodes, parse, following.token if following else None)

    def _count_customers(self, backend, since):
        """Override of `connector_base`."""
        return backend._shopify_client().customers_count(CustomerListing.begin(since).query)

    def _fetch_customers_by_id(self, backend, external_ids):
        """Override of `connector_base`."""
        gids = [f"gid://shopify/Customer/{external_id}" for external_id in external_ids]
        return [parse_customer(node) for node in backend._shopify_client().customers_by_id(gids)]

    def _push_customers(self, backend, pushes):
        """Override of `connector_base`."""
        client = backend._shopify_client()
        for push in pushes:
            try:
                gid = client.customer_set(customer_identifier(push.account), customer_input(push.account))
            except DataError as error:
                yield CustomerPushResult(key=push.key, error=error)
            else:
                yield CustomerPushResult(key=push.key, external_id=gid.rpartition("/")[2])
