from odoo import models


class IntegrationBackend(models.Model):
    """What people call the things that a channel keeps in step."""

    _inherit = "integration.backend"

    def _flow_label(self, flow):
        """Return what users call a capability: as the switch for it, if there is one."""
        resource, _underscore, direction = flow.rpartition("_")
        switch = f"{'import' if direction == 'in' else 'export'}_{resource}"
        if switch in self._fields:
            return self._fields[switch]._description_string(self.env)
        labels = {
            "orders_in": self.env._("Import Orders"),
            "orders_cancel": self.env._("Cancel Orders"),
            "orders_hold": self.env._("Hold Orders"),
            "orders_update": self.env._("Notes and Tags of Orders"),
            "refunds_out": self.env._("Refunds"),
            "stock_in": self.env._("Import Stock"),
            "webhooks": self.env._("Webhooks"),
        }
        return labels.get(flow, flow)
