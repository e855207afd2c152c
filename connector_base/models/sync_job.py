from odoo import fields, models


class SyncJob(models.Model):
    _name = "sync.job"
    _description = "Sync Job"

    backend_id = fields.Many2one("integration.backend", required=True, ondelete="cascade", index=True)
