from odoo import fields, models


class IntegrationRateLimit(models.Model):
    _name = "integration.rate.limit"
    _description = "API Budget"

    account_key = fields.Char(required=True)
