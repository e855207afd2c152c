from collections import Counter
from datetime import datetime

from odoo import fields, models

from .sync_job import Operation

# Orders per queue job: what is done over when a worker dies, and how soon a pause takes effect
BATCH = 100


class SyncJob(models.Model):
    """Importing the orders placed in a period, beside the polling of changes; may be paused and resumed."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("import_order_period", "Import the orders of a period")],
        ondelete={"import_order_period": "cascade"},
    )
    paused = fields.Boolean(readonly=True, copy=False, help="Stopped by a user, to go on where it stood.")

    def _operation_settings(self):
        """Override of `sync.job`: what changes now goes before what was placed long ago."""
        return {**super()._operation_settings(), "import_order_period": Operation("orders", 35)}

    def _run_import_order_period(self, since, until, page=None, external_ids=None):
        """Import up to `BATCH` orders of the period and go on with the rest in the next queue job.

        The platform lists ids by creation time, which never changes, so nothing shifts while it is read. Orders that
        Odoo has in their present state cost no more than their place in that list: importing a period twice changes
        nothing. Held orders are looked at again: what was missing in Odoo may be there now.

        :param str since: ISO 8601, aware, included; None for all
        :param str until: ISO 8601, aware, excluded
        :param str page: the platform's token of the next page of ids; None: the first one, or none is left
        :param list external_ids: what is left to import of the page read before; None: a page is to be read
        """
        backend, adapter = self.backend_id, self.backend_id._adapter()
        period = datetime.fromisoformat(since) if since else None, datetime.fromisoformat(until)
        if external_ids is None:
            if page is None:
                self._progress(total=adapter._count_order_ids(backend, *period) or 0)
            found = adapter._list_order_ids(backend, *period, page)
            for error in found.failed:
                self._fail_document(error.external_id, error)
            self._progress(failed=len(found.failed))
            external_ids, page = self._due_of_page(found.documents), found.next_page
        batch, rest = external_ids[:BATCH], external_ids[BATCH:]
        if batch:
            self._import_batch(batch)
        if rest:
            self._chain({"since": since, "until": until, "page": page, "external_ids": rest})
        elif page is not None:
            self._chain({"since": since, "until": until, "page": page})
        return self._outcome_summary()

    def _due_of_page(self, stubs):
        """Return the ids of `stubs` that have to be read; count the others as unchanged."""
        compared = self.env["integration.order.comparer"]._compare(self.backend_id, stubs)
        due = {stub.external_id for stub in (*compared.unknown, *compared.outdated, *compared.held)}
        if compared.current:
            self._progress(done=len(compared.current))
            self.outcome_counts = Counter(self.outcome_counts or {}) + Counter(unchanged=len(compared.current))
        return [stub.external_id for stub in stubs if stub.external_id in due]

    def _import_batch(self, external_ids):
        documents, errors = self.backend_id._read_orders(external_ids)
        for external_id, error in errors.items():
            self._fail_document(external_id, error)
        self._import_orders(documents, source="period", unreadable=len(errors))
        # deleted on the platform since its ids were listed
        gone = set(external_ids) - errors.keys() - {document.external_id for document in documents}
        if gone:
            self._progress(done=len(gone))

    # === PAUSE === #

    def _is_pausable(self):
        """Whether the job is a chain that goes on where it stood, and holds up nothing else while it rests."""
        return self.operation == "import_order_period"

    def action_pause(self):
        """Let imports rest after the page they are working on, until they are resumed."""
        self._check_may_manage()
        jobs = self.sudo().filtered(lambda job: job._is_pausable() and job.state in ("pending", "processing"))
        jobs.paused = True
        if jobs:
            return jobs.action_cancel()
        return self._notify(self.env._("Nothing to pause: none of these imports is under way."))

    def action_retry(self):
        """Override of `sync.job`: what goes on is not paused any more."""
        self._check_may_manage()
        self.sudo().filtered("paused").paused = False
        return super().action_retry()

    def action_abandon(self):
        """End paused and running imports for good. What they brought stays."""
        self._check_may_manage()
        jobs = self.sudo()
        jobs.filtered("paused").paused = False
        running = jobs.filtered(lambda job: job.state in ("pending", "processing", "failed"))
        return running.action_cancel() if running else self._notify(self.env._("The import was cancelled."))
