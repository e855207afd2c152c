from odoo import models

from ..parser_scope import parse_scopes


class IntegrationAdapterMagento(models.AbstractModel):
    _inherit = "integration.adapter.magento"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"scopes"}

    def _fetch_scopes(self, backend):
        """Override of `connector_base`: websites, their stores, and the views of these."""
        client = backend._magento_client()
        return parse_scopes(client.websites(), client.store_groups(), client.store_views(), client.store_configs())
