from odoo import fields, models

from .sync_job import Operation


class SyncJob(models.Model):
    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("read_webhook_keys", "Read keys of webhooks")], ondelete={"read_webhook_keys": "cascade"}
    )

    def _operation_settings(self):
        """Override of `sync.job`."""
        return super()._operation_settings() | {
            "read_webhook_keys": Operation("webhooks", 90, "root.integration_webhooks")
        }

    def _run_read_webhook_keys(self, names):
        """Read the public keys that calls say they are signed with.

        :param list names: what the calls call them
        """
        backend = self.backend_id
        found = backend._adapter()._fetch_webhook_keys(backend, names)
        backend._keep_keys({name: found.get(name, "") for name in names})
        return self.env._("Keys read: %(found)s of %(asked)s.", found=len(found), asked=len(names))
