from odoo import fields, models


class IntegrationApiUsage(models.Model):
    _name = "integration.api.usage"
    _description = "API Usage per Hour"

    operation = fields.Char()
