from odoo import fields, models


class IntegrationCredential(models.Model):
    _name = "integration.credential"
    _description = "Encrypted Credential"

    backend_id = fields.Many2one("integration.backend", required=True, ondelete="cascade", index=True)
    key = fields.Char(required=True)
    expires_at = fields.Datetime()

    _backend_key_uniq = models.Constraint("UNIQUE(backend_id, key)", "A backend has one credential of each kind.")
