from datetime import datetime, timezone

from odoo import models

from odoo.addons.connector_base.canonical import digest

from .. import const
from ..criteria import time_text
from ..listing import Listing


class IntegrationAdapterMagento(models.AbstractModel):
    _inherit = "integration.adapter.magento"

    def _probe(self, backend, resource, since):
        """Override of `connector_base`: how many were updated since, and ids and times of the newest, in one call.

        The newest tell of all, since what is changed is the newest then. While more change than one answer shows, who
        commits late may come in below them, unseen: then all is read.
        """
        if resource not in const.PROBED:
            return None
        path, id_key = const.PROBED[resource]
        listing = Listing(id_key=id_key, page_size=const.STUBS_PAGE_SIZE)
        items, total = backend._magento_client().search(
            path, listing.criteria(since=time_text(since), newest_first=True), fields=(id_key, listing.time_field)
        )
        found = sorted((str(item.get(listing.time_field)), str(item.get(id_key))) for item in items)
        quiet_since = time_text(datetime.now(timezone.utc) - const.QUIET)
        if total > len(found) and (not found or found[-1][0] > quiet_since):
            return None
        return digest((total, *found))
