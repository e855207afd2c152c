from functools import partial

from odoo import models

from odoo.addons.connector_base.transport import parsed_page

from .. import sales
from ..customer_push import CUSTOMERS, push_customers
from ..parser_parties import parse_customer
from ..parser_reader import Reader


class IntegrationAdapterMagento(models.AbstractModel):
    """Customers of a shop."""

    _inherit = "integration.adapter.magento"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"customer_groups", "customers_in", "customers_out"}

    def _fetch_customers(self, backend, since, page=None):
        """Override of `connector_base`."""
        client = backend._magento_client()
        payloads, following = sales.read_page(client, "customers/search", CUSTOMERS, since=since, page=page)
        return parsed_page(payloads, self._magento_customer_parser(backend, client, payloads), following)

    def _count_customers(self, backend, since):
        """Override of `connector_base`."""
        return sales.count(backend._magento_client(), "customers/search", "updated_at", since=since)

    def _fetch_customers_by_id(self, backend, external_ids):
        """Override of `connector_base`."""
        client = backend._magento_client()
        payloads = sales.read_by_id(client, "customers/search", external_ids)
        return list(map(self._magento_customer_parser(backend, client, payloads), payloads))

    def _magento_customer_parser(self, backend, client, payloads):
        groups = self._magento_customer_groups(backend, client) if payloads else None
        return partial(parse_customer, groups=groups)

    def _magento_customer_groups(self, backend, client):
        """Return {id: name} of the customer groups, None where nothing is made of them."""
        if not (backend.import_customer_tags or backend.import_customer_groups):
            return None
        groups = sales.read_all(client, "customerGroups/search", listing=sales.GROUPS)
        nodes = [Reader(group, "customerGroup") for group in groups]
        return {node.required_text("id"): node.text("code") for node in nodes}

    def _push_customers(self, backend, pushes):
        """Override of `connector_base`."""
        yield from push_customers(backend._magento_client(), pushes)
