from odoo import models

from odoo.addons.connector_base.transport import DataError

from .. import const
from ..shipment_push import push_shipments, push_tracking


class IntegrationAdapterMagento(models.AbstractModel):
    """Shipments, which come in with their orders and are told one by one."""

    _inherit = "integration.adapter.magento"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"shipments_in", "shipments_out"}

    def _push_shipments(self, backend, shipments):
        """Override of `connector_base`."""
        yield from push_shipments(backend._magento_client(), shipments, invoice=backend.magento_invoice_shipped)

    def _push_tracking(self, backend, external_ids, shipment):
        """Override of `connector_base`."""
        try:
            push_tracking(backend._magento_client(), external_ids, shipment)
        except DataError as error:
            error.remedy = const.SHIPMENT_REMEDY
            raise

    def _carriers(self, backend):
        """Override of `connector_base`: any other name will do too, without a link to follow the parcel."""
        return tuple(const.CARRIERS.values())
