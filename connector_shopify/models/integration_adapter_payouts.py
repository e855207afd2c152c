from odoo import models

from odoo.addons.connector_base.transport import parsed_page

from ..listing import PayoutListing
from ..parser_payout import parse_payout


class IntegrationAdapterShopify(models.AbstractModel):
    """What Shopify Payments pays out."""

    _inherit = "integration.adapter.shopify"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"payouts_in"}

    def _fetch_payouts(self, backend, since, page=None):
        """Override of `connector_base`."""
        listing = PayoutListing.resume(page) if page else PayoutListing.begin(since)
        nodes, following = listing.read_page(backend._shopify_client())
        return parsed_page(nodes, parse_payout, following.token if following else None)
