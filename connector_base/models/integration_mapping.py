from odoo import fields, models


class IntegrationMapping(models.Model):
    _name = "integration.mapping"
    _description = "Platform Value Mapping"

    backend_id = fields.Many2one("integration.backend", required=True, ondelete="cascade", index=True)
    kind = fields.Selection([("tax", "Tax")], required=True)
    external_value = fields.Char(required=True)
