from odoo import api, fields, models

# What of a channel is kept in step beside orders: switches of the backend, each with the capability it needs
FLOWS = {
    "import_products": "products_in",
    "export_products": "products_out",
    "export_stock": "stock_out",
    "import_shipments": "shipments_in",
    "export_shipments": "shipments_out",
    "import_customers": "customers_in",
}


class IntegrationConnect(models.TransientModel):
    """Asks what is kept in step from the start."""

    _inherit = "integration.connect"

    capability_codes = fields.Char(compute="_compute_capability_codes")
    import_products = fields.Boolean(
        default=True,
        help="Products of the platform are created in Odoo, or linked to those of the same SKU or barcode.",
    )
    export_products = fields.Boolean(help="Products you publish on the channel, and their changes, go to the platform.")
    export_stock = fields.Boolean(help="The platform is told what is in stock, whenever it changes in Odoo.")
    import_shipments = fields.Boolean(help="What was sent outside of Odoo is booked as delivered.")
    export_shipments = fields.Boolean(help="The platform is told what Odoo has sent, with tracking numbers.")
    import_customers = fields.Boolean(help="Customers come to Odoo whether they have ordered or not.")

    @api.depends("platform")
    def _compute_capability_codes(self):
        for wizard in self:
            wizard.capability_codes = (
                self.env["integration.backend"].new({"platform": wizard.platform}).capability_codes
                if wizard.platform
                else ""
            )

    def _connection_values(self):
        values, secrets = super()._connection_values()
        possible = (self.capability_codes or "").split(",")
        flows = {name: self[name] for name, capability in FLOWS.items() if capability in possible}
        return {**values, **flows}, secrets
