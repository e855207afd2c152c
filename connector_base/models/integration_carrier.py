from odoo import api, fields, models


class IntegrationCarrier(models.Model):
    """What a platform calls the carrier of a delivery method. Several methods may go by one carrier."""

    _name = "integration.carrier"
    _description = "Carrier on a Sales Channel"
    _rec_name = "name"
    _order = "backend_id, carrier_id, id"
    _check_company_auto = True

    backend_id = fields.Many2one(
        "integration.backend", string="Sales Channel", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    carrier_id = fields.Many2one(
        "delivery.carrier", string="Delivery Method", required=True, check_company=True, ondelete="cascade"
    )
    name = fields.Char("Carrier on the Platform", required=True, help="As the platform writes it, e.g. UPS.")

    _backend_carrier_uniq = models.Constraint(
        "UNIQUE(backend_id, carrier_id)", "This delivery method has a carrier on this sales channel already."
    )

    @api.model
    def _names(self, backend):
        """Return {delivery method: what the platform calls its carrier}, one query."""
        return {row.carrier_id: row.name for row in self.sudo().search([("backend_id", "=", backend.id)])}

    @api.model
    def _methods(self, backend):
        """Return {the platform's carrier, lower case: delivery method}: the first where several go by one carrier."""
        rows = self.sudo().search([("backend_id", "=", backend.id)], order="id desc")
        return {row.name.strip().lower(): row.carrier_id for row in rows}
