from datetime import UTC, datetime, timedelta

from odoo import models

from odoo.addons.connector_base.canonical import digest

from .. import const
from ..criteria import time_text
from ..listing import Listing


class IntegrationAdapterMagento(models.AbstractModel):
    _inherit = "integration.adapter.magento"

    def _probe(self, backend, resource, since):
        """Override of `connector_base`: ids and times of what was updated since, in one small answer.

        They need not fit into it: who has so much to read doesn't ask in vain. Nor is it asked about what was updated
        just now: it may be once more in that second, which is all that a time says.
        """
        if resource not in const.PROBED:
            return None
        path, id_key = const.PROBED[resource]
        listing = Listing(id_key=id_key, page_size=const.STUBS_PAGE_SIZE)
        items, total = backend._magento_client().search(
            path, listing.criteria(since=time_text(since)), fields=(id_key, listing.time_field)
        )
        just_now = time_text(datetime.now(UTC) - timedelta(seconds=const.CLOCK_MARGIN))
        if total > len(items) or any(str(item.get(listing.time_field)) >= just_now for item in items):
            return None
        return digest(tuple(sorted((str(item.get(id_key)), str(item.get(listing.time_field))) for item in items)))
