from odoo import models

from odoo.addons.connector_base.transport import DataError

from .. import const
from ..carriers import CARRIERS
from ..renderer_shipment import tracking_input
from ..shipment_push import push_shipments


class IntegrationAdapterShopify(models.AbstractModel):
    """Shipments, which are Shopify's fulfillments.

    https://shopify.dev/docs/apps/build/orders-fulfillment/order-management-apps/build-fulfillment-solutions
    """

    _inherit = "integration.adapter.shopify"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"shipments_in", "shipments_out"}

    def _order_contents(self, backend):
        """Override of `connector_shopify`: what was sent is only asked for where it is booked, for it costs points."""
        return {**super()._order_contents(backend), "shipments": backend._syncs("shipments_in")}

    def _push_shipments(self, backend, shipments):
        """Override of `connector_base`."""
        yield from push_shipments(backend._shopify_client(), shipments)

    def _push_tracking(self, backend, external_ids, shipment):
        """Override of `connector_base`."""
        client, tracking = backend._shopify_client(), tracking_input(shipment)
        for external_id in external_ids:
            try:
                client.fulfillment_tracking_update(
                    f"gid://shopify/Fulfillment/{external_id}", tracking, notify=shipment.notify
                )
            except DataError as error:
                error.remedy = error.remedy or const.SHIPMENT_REMEDY
                raise

    def _carriers(self, backend):
        """Override of `connector_base`: any other name will do too, without a link to follow the parcel."""
        return CARRIERS
