from datetime import datetime, timedelta

from odoo import api, fields, models

from ..engine.clock import aware
from .sync_job import Operation


class IntegrationCursor(models.Model):
    _inherit = "integration.cursor"

    resource = fields.Selection(selection_add=[("payouts", "Payouts")], ondelete={"payouts": "cascade"})

    @api.model
    def _interval(self, resource):
        """Override: payouts are made once a day."""
        return 24 * 60 if resource == "payouts" else super()._interval(resource)


class SyncJob(models.Model):
    """Importing payouts."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("import_payouts", "Import payouts")], ondelete={"import_payouts": "cascade"}
    )

    def _operation_settings(self):
        return {**super()._operation_settings(), "import_payouts": Operation("orders", 20)}

    def _run_import_payouts(self, since=None, page=None, started_at=None):
        """Import one page of the payouts issued since `since`, or since the oldest one that is still under way.

        Arguments as those of `_import_listing`.
        """
        backend = self.backend_id
        cursor = backend._cursor("payouts")
        if not cursor._take(self):
            return self.env._("Nothing done: another import is under way: %s", cursor.sync_job_id.display_name)
        started_at = started_at or fields.Datetime.to_string(fields.Datetime.now())
        if page is None:
            since = self._payouts_since(since)
        found = backend._adapter()._fetch_payouts(backend, datetime.fromisoformat(since) if since else None, page)
        for error in found.failed:
            self._fail_document(error.external_id, error, operation="import_payouts")
        counts = self.env["integration.payout.importer"]._import_page(backend, found.documents)
        self._progress(done=len(found.documents), failed=len(found.failed))
        cursor._advance(found.documents, aware(fields.Datetime.from_string(started_at)))
        if found.next_page:
            self._chain({"since": since, "page": found.next_page, "started_at": started_at})
        summary = self.env._(
            "Payouts read: %(read)s, new: %(new)s, booked: %(booked)s, to look at: %(problems)s",
            read=len(found.documents),
            **counts,
        )
        cursor.last_result = summary
        return summary

    def _payouts_since(self, since):
        """Return from when on to read: a payout under way changes its status later, but not its date.

        :param str since: ISO 8601, aware; None for everything
        """
        if not since:
            return None
        oldest = self.env["integration.payout"].search(
            [("backend_id", "=", self.backend_id.id), ("status", "in", ("scheduled", "in_transit"))],
            order="issued_at",
            limit=1,
        )
        if not oldest.issued_at:
            return since
        return min(datetime.fromisoformat(since), aware(oldest.issued_at) - timedelta(days=1)).isoformat()
