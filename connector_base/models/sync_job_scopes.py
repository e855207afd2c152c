from odoo import fields, models

from .sync_job import Operation


class SyncJob(models.Model):
    """Reading the parts of the platform's account."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("import_scopes", "Read the parts of the account")], ondelete={"import_scopes": "cascade"}
    )

    def _operation_settings(self):
        """Override of `sync.job`: before orders, which are given to parts."""
        return {**super()._operation_settings(), "import_scopes": Operation("interactive", 65)}

    def _run_import_scopes(self):
        scopes = self.backend_id._read_scopes().filtered("active")
        self._progress(total=len(scopes), done=len(scopes))
        return self.env._("Parts: %s", len(scopes))
