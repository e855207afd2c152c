from odoo import fields, models


class IntegrationApiCall(models.Model):
    _name = "integration.api.call"
    _description = "API Call"

    operation = fields.Char()
