from odoo import fields, models


class IntegrationCursor(models.Model):
    _inherit = "integration.cursor"

    resource = fields.Selection(selection_add=[("products", "Products")], ondelete={"products": "cascade"})
