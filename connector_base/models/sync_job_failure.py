import logging
import sys

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.job_errors import describe
from ..transport.errors import ConfigurationError, PermissionMissing
from .sync_job import ERROR_TYPES

_logger = logging.getLogger(__name__)


class SyncJob(models.Model):
    """What a job says about its failures, and its failed documents."""

    _inherit = "sync.job"

    retry_count = fields.Integer(
        "Tries Postponed", readonly=True, copy=False, aggregator=False, help="How often the work had to be postponed."
    )
    postponed_since = fields.Datetime(
        readonly=True, copy=False, help="When the present series of temporary errors began; the job gives up in time."
    )
    last_error = fields.Text(readonly=True, copy=False)
    error_type = fields.Selection(ERROR_TYPES, readonly=True, copy=False)
    remedy = fields.Text("What To Do", readonly=True, copy=False)
    cause_key = fields.Char("Cause", readonly=True, copy=False, help="Equal for failures that have one cause.")
    traceback = fields.Text(readonly=True, copy=False, groups="connector_base.group_integration_manager")
    summary = fields.Char("What Happened", compute="_compute_summary", help="The error of a failure, else the result.")

    @api.depends("last_error", "result")
    def _compute_summary(self):
        for job in self:
            job.summary = job.last_error or job.result

    def _failure_values(self, failure):
        return {
            "last_error": failure.message,
            "error_type": failure.error_type,
            "remedy": failure.remedy,
            "cause_key": failure.cause,
            "traceback": failure.traceback,
        }

    def _clear_failure(self):
        """Forget the postponements and errors of earlier tries: this one went well."""
        if self.retry_count or self.last_error:
            self.write(
                {
                    "retry_count": 0,
                    "postponed_since": False,
                    "last_error": False,
                    "error_type": False,
                    "remedy": False,
                    "cause_key": False,
                    "traceback": False,
                }
            )

    def _note_postponed(self, failure):
        """Remember on the job why this try was postponed. Written after the rollback of the try, which it outlives."""
        statement = SQL(
            "UPDATE sync_job SET retry_count = COALESCE(retry_count, 0) + 1,"
            " postponed_since = COALESCE(postponed_since, now() AT TIME ZONE 'utc'),"
            " last_error = %s, error_type = %s, remedy = %s, cause_key = %s WHERE id = %s",
            failure.message,
            failure.error_type,
            failure.remedy,
            failure.cause,
            self.id,
        )
        registry, name = self.env.registry, str(self)

        def write():
            try:
                with registry.cursor() as cr:
                    cr.execute("SET LOCAL lock_timeout = '1s'")
                    cr.execute(statement)
            except psycopg2.Error:
                _logger.warning("could not note on %s why it was postponed", name, exc_info=True)

        self.env.cr.postrollback.add(write)

    def _on_queue_failure(self, exc_info, exc_name, exc_message):
        """Say on the job why it failed. queue_job calls this in the transaction that stores `failed`."""
        # queue_job hands over text only, but calls from within its `except` block.
        error = sys.exc_info()[1]
        failure = describe(error) if error else describe(RuntimeError(exc_message))
        self.write({**self._failure_values(failure), "traceback": exc_info})
        cause = error.__cause__ or error if error else None
        if isinstance(cause, ConfigurationError) and not self._is_side_issue(cause):
            self.backend_id._fail(cause)

    def _is_side_issue(self, error):
        """Whether everything but this job can go on: a permission is missing that orders don't need to come in."""
        return isinstance(error, PermissionMissing) and not self.operation.startswith("import_order")

    # === FAILED DOCUMENTS === #

    def _fail_document(self, external_id, error, record=None, document_name="", operation="import_order_ids"):
        """Keep a document that failed within this job as a job of its own: a person can retry it alone.

        The same document failing again updates the job it has. In the job that retries the document, this raises
        `error`: the failure is the job's own.

        :param error: what went wrong, any exception
        :param record: the Odoo record concerned, when there is one
        :param operation: what a retry does, with {"external_ids": [external_id]}
        """
        self.ensure_one()
        if self.external_id == external_id and self.operation == operation:
            raise error
        values = {
            **self._failure_values(describe(error)),
            "parent_id": self.id,
            "document_name": document_name,
            "res_model": record._name if record else False,
            "record_id": record.id if record else False,
        }
        known = self._unfinished_document_jobs([external_id], operation)
        if failed := known.filtered(lambda job: job.state == "failed"):
            failed.write(values)
        if known:
            return known[0]
        return self.create(
            {
                **values,
                "name": dict(self._fields["operation"]._description_selection(self.env))[operation],
                "backend_id": self.backend_id.id,
                "operation": operation,
                "arguments": {"external_ids": [external_id]},
                "priority": self._operation_settings()[operation].priority,
                "external_id": external_id,
                "outcome": "failed",
            }
        )

    def _resolve_documents(self, external_ids, operation="import_order_ids"):
        """Mark earlier failures of these documents as done: they went well in this job."""
        failed = self._unfinished_document_jobs(external_ids, operation).filtered(lambda job: job.state == "failed")
        without_queue_job = failed.filtered(lambda job: not job.queue_job_id)
        without_queue_job.outcome = "done"
        (failed - without_queue_job).queue_job_id._change_job_state(
            "done", result=self.env._("The document went well in a later job: %s", self.display_name)
        )

    def _unfinished_document_jobs(self, external_ids, operation):
        return (
            self.search(
                [
                    ("backend_id", "=", self.backend_id.id),
                    ("external_id", "in", list(external_ids)),
                    ("operation", "=", operation),
                    ("state", "in", ("failed", "pending", "processing")),
                ]
            )
            - self
        )
