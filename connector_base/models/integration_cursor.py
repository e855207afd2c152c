from odoo import fields, models


class IntegrationCursor(models.Model):
    _name = "integration.cursor"
    _description = "Incremental Import Cursor"

    backend_id = fields.Many2one("integration.backend", required=True, ondelete="cascade", index=True)
    resource = fields.Selection([("orders", "Orders")], required=True)

    _backend_resource_uniq = models.Constraint("UNIQUE(backend_id, resource)", "A backend has one cursor per resource.")
