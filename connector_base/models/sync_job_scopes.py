from datetime import timedelta

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
        """Read the parts. Orders of a new one that the channel is for were left out as long as it was unknown."""
        backend = self.backend_id
        known = backend._chosen_external_ids()
        scopes = backend._read_scopes().filtered("active")
        if backend.only_scopes and backend._chosen_external_ids() - known and backend._syncs("orders_in"):
            backend._start_history(fields.Datetime.now() - timedelta(days=backend.reconcile_days))
        self._progress(total=len(scopes), done=len(scopes))
        return self.env._("Parts: %s", len(scopes))
