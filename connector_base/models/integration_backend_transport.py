from odoo import models


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"
