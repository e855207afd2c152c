from odoo import models


class IntegrationAdapter(models.AbstractModel):
    """The port for what the platform pays out. Capability `payouts_in`."""

    _inherit = "integration.adapter"

    def _fetch_payouts(self, backend, since, page=None):
        """Return the `Page` of canonical payouts issued at or after `since`, oldest first, each with all its entries.

        :param datetime since: aware UTC; None for all
        :param str page: `next_page` of the page before; None for the first one
        """
        raise NotImplementedError()
