from odoo import fields, models
from odoo.tools import SQL

from .sync_job import ERROR_TYPES


class SyncJobCause(models.Model):
    """The error inbox: what failed and still waits for somebody, one row per sales channel, operation and cause."""

    _name = "sync.job.cause"
    _description = "Cause of Failed Sync Jobs"
    _auto = False
    _order = "job_count desc, last_seen desc"
    _rec_name = "cause_key"

    backend_id = fields.Many2one("integration.backend", "Sales Channel", readonly=True)
    platform = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    operation = fields.Selection(
        selection=lambda self: self.env["sync.job"]._fields["operation"]._description_selection(self.env), readonly=True
    )
    error_type = fields.Selection(ERROR_TYPES, readonly=True)
    cause_key = fields.Char("Cause", readonly=True)
    last_error = fields.Text("Example", readonly=True)
    remedy = fields.Text("What To Do", readonly=True)
    job_count = fields.Integer("Failed Jobs", readonly=True, aggregator="sum")
    first_seen = fields.Datetime(readonly=True)
    last_seen = fields.Datetime(readonly=True)

    @property
    def _table_query(self):
        # Two arms, so that each can use its index: failed queue jobs, and failed documents without one.
        return SQL(
            """
            WITH failed AS (
                SELECT job.* FROM queue_job JOIN sync_job job ON job.queue_job_id = queue_job.id
                 WHERE queue_job.state = 'failed'
                UNION ALL
                SELECT job.* FROM sync_job job WHERE job.queue_job_id IS NULL AND job.outcome = 'failed'
            )
            SELECT min(id) AS id, backend_id, platform, company_id, operation, error_type, cause_key,
                   (array_agg(last_error ORDER BY write_date DESC, id DESC))[1] AS last_error,
                   (array_agg(remedy ORDER BY write_date DESC, id DESC))[1] AS remedy,
                   count(*)::integer AS job_count, min(create_date) AS first_seen, max(write_date) AS last_seen
              FROM failed
             GROUP BY backend_id, platform, company_id, operation, error_type, cause_key
            """
        )

    def _jobs(self):
        """Return the failed sync jobs of these causes."""
        jobs = self.env["sync.job"]
        for cause in self:
            jobs |= jobs.search(
                [
                    ("backend_id", "=", cause.backend_id.id),
                    ("operation", "=", cause.operation),
                    ("error_type", "=", cause.error_type),
                    ("cause_key", "=", cause.cause_key),
                    ("state", "=", "failed"),
                ]
            )
        return jobs

    def action_retry_all(self):
        """Retry every job that failed for this cause."""
        return self._jobs().action_retry()

    def action_open_jobs(self):
        """List the failed jobs of this cause."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Failed Jobs"),
            "res_model": "sync.job",
            "domain": [("id", "in", self._jobs().ids)],
            "views": [(False, "list"), (False, "form")],
        }
