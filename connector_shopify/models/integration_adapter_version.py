from odoo import fields, models
from odoo.tools import format_date

from .. import const
from ..versions import end_of_support, newest_supported


class IntegrationAdapterShopify(models.AbstractModel):
    """The version of the Admin API. https://shopify.dev/docs/api/usage/versioning"""

    _inherit = "integration.adapter.shopify"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"api_version"}

    def _check_version(self, backend):
        """Override of `connector_base`: what the answer's header says, then whether and how long ours is supported."""
        client = backend._shopify_client()
        versions = client.api_versions()
        newest = newest_supported(versions)
        supported = {version.get("handle") for version in versions if version.get("supported")}
        if client.api_version != const.API_VERSION or const.API_VERSION not in supported:
            return (
                self.env._(
                    "Shopify does not support version %(wanted)s of its API any more and answers with %(used)s, in "
                    "which fields may be missing: update the connector. The newest version is %(newest)s.",
                    wanted=const.API_VERSION,
                    used=client.api_version,
                    newest=newest,
                ),
            )
        end = end_of_support(const.API_VERSION)
        if (end - fields.Date.today()).days > const.VERSION_NOTICE_DAYS:
            return ()
        return (
            self.env._(
                "Shopify supports version %(wanted)s of its API until %(date)s: update the connector before. The "
                "newest version is %(newest)s.",
                wanted=const.API_VERSION,
                date=format_date(self.env, end),
                newest=newest,
            ),
        )
