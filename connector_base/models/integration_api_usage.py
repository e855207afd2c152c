from odoo import api, fields, models
from odoo.tools import SQL

from ..database import LooseMany2one, gc_batch, int_parameter


class IntegrationApiUsage(models.Model):
    """Calls per backend, operation and hour. Kept when the calls themselves are gone.

    Written by `engine.api_call_log`.
    """

    _name = "integration.api.usage"
    _description = "API Usage per Hour"
    _order = "hour desc, id desc"
    _rec_name = "operation"
    _log_access = False

    hour = fields.Datetime(required=True, readonly=True, help="Start of the hour.")
    backend_id = LooseMany2one("integration.backend", string="Sales Channel", required=True, readonly=True)
    company_id = LooseMany2one("res.company", readonly=True)
    platform = fields.Char(readonly=True)
    operation = fields.Char(required=True, readonly=True)
    calls = fields.Integer(readonly=True)
    errors = fields.Integer(readonly=True)
    throttled = fields.Integer(readonly=True, help="Calls refused because the platform's budget was spent.")
    bytes_sent = fields.Float(digits=(16, 0), readonly=True)
    bytes_received = fields.Float(digits=(16, 0), readonly=True)
    cost = fields.Float(digits=(16, 2), readonly=True, help="What the platform charged, in its own points.")
    duration_ms = fields.Float(string="Duration (ms)", digits=(16, 1), readonly=True, help="Of all calls together.")
    duration_max = fields.Float(
        string="Longest Call (ms)", digits=(16, 1), readonly=True, aggregator="max", help="The slowest single call."
    )
    duration_avg = fields.Float(
        string="Average Call (ms)", digits=(16, 1), compute="_compute_duration_avg", aggregator=None
    )

    # The constraint's index also serves the counters on a backend.
    _hour_uniq = models.Constraint("UNIQUE(backend_id, operation, hour)", "This hour is counted already.")
    _hour_idx = models.Index("(hour)")

    @api.depends("calls", "duration_ms")
    def _compute_duration_avg(self):
        for usage in self:
            usage.duration_avg = usage.duration_ms / usage.calls if usage.calls else 0.0

    @api.autovacuum
    def _gc_api_usage(self):
        """Delete roll-ups older than `connector_base.api_usage_days` (400)."""
        days = int_parameter(self.env, "connector_base.api_usage_days", 400)
        return gc_batch(
            self,
            SQL("DELETE FROM integration_api_usage"),
            SQL("hour < (now() AT TIME ZONE 'UTC') - %s * interval '1 day'", days),
        )
