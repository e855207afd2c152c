from odoo import fields, models


class IntegrationBindingShipment(models.Model):
    """Says that a transfer was told to a platform, or was done because the platform told of it."""

    _name = "integration.binding.shipment"
    _description = "Shipment Binding"
    _inherit = "integration.binding"

    _resource = "shipment"

    odoo_id = fields.Many2one(
        "stock.picking",
        string="Transfer",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    order_external_id = fields.Char(readonly=True, help="The platform's order it belongs to.")
    direction = fields.Selection(
        [("in", "Sent outside of Odoo"), ("out", "Sent by Odoo")], string="Origin", required=True, readonly=True
    )
    remote_status = fields.Selection(
        [("done", "Sent"), ("cancelled", "Cancelled")], string="On the Platform", readonly=True, default="done"
    )
    tracking = fields.Char("Tracking Numbers", readonly=True, help="As the platform has them.")
    carrier = fields.Char(readonly=True, help="As the platform has it.")

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This shipment is bound already on this sales channel."
    )

    def _url_target(self):
        """Shipments are shown on the page of their order."""
        return "order", self.order_external_id or self.external_id
