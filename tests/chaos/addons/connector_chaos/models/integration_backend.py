from odoo import api, fields, models

SECRET = "chaos-webhook-secret"


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    platform = fields.Selection(selection_add=[("chaos", "Chaos")], ondelete={"chaos": "cascade"})
    chaos_note = fields.Char()

    @api.model
    def chaos_connect(self):
        """Make a connected backend; return its id, webhook path and currency."""
        backend = self.create({"name": "Chaos", "platform": "chaos"})
        backend._set_secret("webhook_secret", SECRET)
        backend.write({"state": "connected", "account_key": f"chaos-{backend.id}"})
        return {
            "id": backend.id,
            "path": f"/connector/webhook/chaos/{backend.webhook_token}",
            "currency": backend.company_id.currency_id.name,
        }

    def chaos_enqueue(self, operation, arguments=None, eta=None):
        """Queue a job; return its id."""
        return self._enqueue(operation, arguments=arguments, eta=eta).id

    def chaos_import(self):
        """Start (or find) the import of orders."""
        return self._start_import("orders").id

    def chaos_import_period(self):
        """Start the import of all orders by their ids."""
        return self._start_history(None).id

    def chaos_sweep(self):
        """Do what the cron does each minute, now, and for events of any age."""
        self._ensure_drain()
