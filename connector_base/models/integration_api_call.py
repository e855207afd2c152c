from odoo import api, fields, models
from odoo.tools import SQL

from ..database import LooseMany2one, gc_batch, int_parameter


class IntegrationApiCall(models.Model):
    """One row per call to a platform, also when the work around it rolled back. Append-only.

    Written by `engine.api_call_log`.
    """

    _name = "integration.api.call"
    _description = "API Call"
    _order = "id desc"
    _rec_name = "operation"
    _log_access = False

    at = fields.Datetime(string="Time", required=True, readonly=True)
    backend_id = LooseMany2one("integration.backend", string="Sales Channel", readonly=True)
    company_id = LooseMany2one("res.company", readonly=True)
    platform = fields.Char(readonly=True)
    operation = fields.Char(readonly=True)
    method = fields.Char(readonly=True)
    url = fields.Char(string="URL", readonly=True)
    status = fields.Integer(
        string="HTTP Status", readonly=True, aggregator=False, help="0: there was no answer, or not all of it."
    )
    failed = fields.Boolean(readonly=True)
    throttled = fields.Boolean(readonly=True, help="The platform refused the call because its budget was spent.")
    duration_ms = fields.Float(string="Duration (ms)", digits=(12, 1), readonly=True, aggregator="avg")
    bytes_sent = fields.Integer(readonly=True)
    bytes_received = fields.Integer(readonly=True, help="As they came over the wire: compressed.")
    cost = fields.Float(digits=(12, 2), readonly=True, help="What the platform charged, in its own points.")
    request_id = fields.Char(
        string="Request ID", readonly=True, help="The platform's own id of the request: tell it to its support."
    )
    error = fields.Char(readonly=True)
    lane = fields.Char(readonly=True, help="Whose share of the budget was used.")
    sync_job_ref = fields.Integer(string="Sync Job ID", readonly=True, aggregator=False)
    sync_job_id = fields.Many2one(
        "sync.job", compute="_compute_sync_job_id", search="_search_sync_job_id", help="Empty when it was deleted."
    )
    request_body = fields.Text(readonly=True, groups="connector_base.group_integration_manager")
    response_body = fields.Text(readonly=True, groups="connector_base.group_integration_manager")

    _at_idx = models.Index("(at)")
    _backend_idx = models.Index("(backend_id, id)")
    _failed_idx = models.Index("(id) WHERE failed")
    _job_idx = models.Index("(sync_job_ref) WHERE sync_job_ref IS NOT NULL")
    _body_idx = models.Index("(at) WHERE request_body IS NOT NULL OR response_body IS NOT NULL")

    @api.depends("sync_job_ref")
    def _compute_sync_job_id(self):
        jobs = self.env["sync.job"]
        existing = set(jobs.browse({call.sync_job_ref for call in self if call.sync_job_ref}).exists().ids)
        for call in self:
            call.sync_job_id = call.sync_job_ref if call.sync_job_ref in existing else False

    def _search_sync_job_id(self, operator, value):
        if operator == "any":
            return [("sync_job_ref", "in", self.env["sync.job"]._search(value))]
        if operator != "in":
            return NotImplemented
        return [("sync_job_ref", "in", [job or False for job in value])]

    @api.autovacuum
    def _gc_bodies(self):
        """Forget the bodies of calls older than `connector_base.api_body_hours` (24)."""
        hours = int_parameter(self.env, "connector_base.api_body_hours", 24)
        return gc_batch(
            self,
            SQL("UPDATE integration_api_call SET request_body = NULL, response_body = NULL"),
            SQL(
                "at < (now() AT TIME ZONE 'UTC') - %s * interval '1 hour'"
                " AND (request_body IS NOT NULL OR response_body IS NOT NULL)",
                hours,
            ),
        )

    @api.autovacuum
    def _gc_api_calls(self):
        """Delete calls older than `connector_base.api_call_days` (14); their roll-ups stay."""
        days = int_parameter(self.env, "connector_base.api_call_days", 14)
        return gc_batch(
            self,
            SQL("DELETE FROM integration_api_call"),
            SQL("at < (now() AT TIME ZONE 'UTC') - %s * interval '1 day'", days),
        )
