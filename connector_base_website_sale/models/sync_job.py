from odoo import models


class SyncJob(models.Model):
    _inherit = "sync.job"

    def _store_categories(self, documents):
        """Override of `connector_base`: what is new gets a public category."""
        result = super()._store_categories(documents)
        self.env["integration.public.categories"]._link(self.backend_id)
        return result
