from odoo import api, models


class IntegrationRefundImporter(models.AbstractModel):
    """Refunds that were asked for from Odoo are not credited twice."""

    _inherit = "integration.refund.importer"

    @api.model
    def _waits_because(self, refund):
        """While a refund is being asked for by its credit note, what comes back may be just that one."""
        asked = self.env["integration.refund.request"].search_count(
            [("order_id", "=", refund.order_id.id), ("state", "=", "asked"), ("move_id", "!=", False)], limit=1
        )
        if asked:
            return self.env._("The platform is being asked for a refund of this order.")
        return super()._waits_because(refund)
