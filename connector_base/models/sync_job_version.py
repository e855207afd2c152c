from odoo import fields, models

from .sync_job import Operation


class SyncJob(models.Model):
    """Asking a platform about the version of its API."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("check_version", "Check the version of the API")], ondelete={"check_version": "cascade"}
    )

    def _operation_settings(self):
        """Override of `sync.job`."""
        return {**super()._operation_settings(), "check_version": Operation("catalogue", 10)}

    def _run_check_version(self):
        """Ask, and keep what was found on the backend."""
        sentences = self.backend_id._adapter()._check_version(self.backend_id)
        self.backend_id._note_version(sentences)
        return " ".join(sentences) or self.env._("The version of the API is in order.")
