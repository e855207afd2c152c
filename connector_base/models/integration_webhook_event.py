from odoo import fields, models


class IntegrationWebhookEvent(models.Model):
    _name = "integration.webhook.event"
    _description = "Webhook Event"

    backend_id = fields.Many2one("integration.backend", required=True, ondelete="cascade", index=True)
    event_id = fields.Char(required=True)
