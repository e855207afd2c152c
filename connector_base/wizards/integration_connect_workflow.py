from odoo import fields, models


class IntegrationConnect(models.TransientModel):
    _inherit = "integration.connect"

    workflow_active = fields.Boolean(
        "Confirm Paid Orders",
        help="Paid orders are confirmed and their stock is reserved. Off: all orders come in as quotations. Invoices, "
        "payments and deliveries can be switched on later on the channel's page, tab Workflow.",
    )

    def _connection_values(self):
        values, secrets = super()._connection_values()
        return {**values, "workflow_active": self.workflow_active}, secrets
