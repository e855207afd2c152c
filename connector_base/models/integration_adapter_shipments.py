from odoo import models


class IntegrationAdapter(models.AbstractModel):
    """The port for shipments. Capability `shipments_out`; incoming ones are part of the orders (`Order.shipments`)."""

    _inherit = "integration.adapter"

    def _push_shipments(self, backend, shipments):
        """Tell the platform what was sent; yield a `ShipmentResult` for each of `shipments` as soon as it is known.

        What was told before (by its key, or because the platform shows the same lines and tracking) is found, not told
        twice. Errors as in `_push_products`.

        :param list shipments: of `Shipment`
        """
        raise NotImplementedError()

    def _push_tracking(self, backend, external_ids, shipment):
        """Replace carrier and tracking numbers of the platform's shipments `external_ids` by those of `shipment`.

        :raise DataError: refused
        """
        raise NotImplementedError()

    def _carriers(self, backend):
        """Return the carrier names the platform knows, so that staff can choose; () when any text will do."""
        return ()
