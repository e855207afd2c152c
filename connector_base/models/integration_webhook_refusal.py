from odoo import api, fields, models
from odoo.sql_db import Cursor

REASONS = [
    ("address", "Unknown address"),
    ("method", "Wrong method"),
    ("content_type", "Wrong content type"),
    ("size", "Too large"),
    ("signature", "Wrong signature"),
    ("malformed", "Not understood"),
    ("later", "To be sent again"),
]


class IntegrationWebhookRefusal(models.Model):
    """How many webhook calls were refused, per day and reason. A counter, so that an attack fills no table."""

    _name = "integration.webhook.refusal"
    _description = "Refused Webhook Calls per Day"
    _order = "day desc, count desc"
    _rec_name = "reason"

    backend_id = fields.Many2one(
        "integration.backend",
        "Sales Channel",
        readonly=True,
        ondelete="cascade",
        index=True,
        help="Empty for calls to an address that belongs to no connected sales channel.",
    )
    company_id = fields.Many2one(related="backend_id.company_id")
    day = fields.Date(readonly=True, required=True, index=True)
    reason = fields.Selection(REASONS, readonly=True, required=True)
    count = fields.Integer("Calls", readonly=True, aggregator="sum")
    last_at = fields.Datetime("Last Call", readonly=True)

    _day_reason_uniq = models.UniqueIndex("(COALESCE(backend_id, 0), day, reason)", "One counter per day and reason.")

    @api.model
    def _count(self, backend_id, reason):
        """Count one refused call, in a transaction of its own that waits for no disk: cheap under attack."""
        with self.env.registry.cursor() as cr:
            if isinstance(cr, Cursor):
                # READ COMMITTED: callers at the same moment add up instead of failing.
                cr.connection.autocommit = True
            cr.execute(
                """
                INSERT INTO integration_webhook_refusal (backend_id, day, reason, count, last_at)
                SELECT %s, (now() AT TIME ZONE 'utc')::date, %s, 1, now() AT TIME ZONE 'utc'
                  FROM set_config('synchronous_commit', 'off', true)
                ON CONFLICT (COALESCE(backend_id, 0), day, reason)
                DO UPDATE SET count = integration_webhook_refusal.count + 1, last_at = EXCLUDED.last_at
                """,
                [backend_id or None, reason],
            )

    @api.autovacuum
    def _gc_refusals(self):
        """Keep a year of counters."""
        self.search([("day", "<", "-365d")]).unlink()
