from collections import Counter
from datetime import timedelta

from odoo import fields, models

OVERLAP_MINUTES = 5
# How many different reasons a job keeps: the most frequent ones
SKIP_REASONS = 10


class SyncJob(models.Model):
    """Importing orders: page by page since a time, or by their ids."""

    _inherit = "sync.job"

    outcome_counts = fields.Json(
        readonly=True, copy=False, help="{outcome: number of documents}, over all pages so far."
    )
    skip_counts = fields.Json(
        readonly=True, copy=False, help="{why documents were left out: how many}, over all pages so far."
    )

    def _run_import_orders(self, **period):
        """Import one page of the orders updated since a time; arguments as those of `_import_listing`."""

        def take(documents, unreadable):
            return self._import_orders(documents, source="poll", unreadable=unreadable)

        def fail(errors):
            return self._fail_orders([(error.external_id, error) for error in errors])

        def said(_summary):
            return self.env._(
                "Orders read: %(done)s, failed: %(failed)s", done=self.items_done, failed=self.items_failed
            )

        return self._import_listing("orders", take, fail=fail, said=said, **period)

    def _run_import_order_ids(self, external_ids, replay=False):
        """Read these orders from the platform in one call and import them.

        :param bool replay: write also what is applied already, see the importer's `integration_replay`
        """
        if replay:
            self = self.with_context(integration_replay=True)  # noqa: PLW0642
        self._progress(total=len(external_ids))
        documents, errors = self.backend_id._read_orders(external_ids)
        unreadable = self._fail_orders(errors.items())
        summary = self._import_orders(documents, source="single", unreadable=unreadable)
        missing = set(external_ids) - errors.keys() - {document.external_id for document in documents}
        if missing:
            self._resolve_documents(missing)
            self.env["integration.order.updater"]._note_missing(self.backend_id, missing)
            self._progress(done=len(missing))
            return self.env._(
                "%(summary)s; not on the platform (any more): %(missing)s",
                summary=summary,
                missing=", ".join(sorted(missing)),
            )
        return summary

    def _import_orders(self, documents, source, unreadable=0):
        """Import canonical orders that were read from the platform; return what became of all of the job's orders.

        Those another transaction is importing right now are left to a job of their own, a second later.

        :param int unreadable: orders beside `documents` that could not be read, counted as failed
        """
        result = self._importer()._import_page(self.backend_id, documents, job=self, source=source)
        failed = len(result.failed)
        self._progress(done=len(documents) - failed, failed=failed + unreadable)
        self.outcome_counts = Counter(self.outcome_counts or {}) + result.counts + Counter(failed=unreadable)
        self._note_skipped(result.skipped)
        if result.busy:
            self.backend_id._enqueue(
                "import_order_ids", arguments={"external_ids": list(result.busy)}, priority=self.priority, eta=1
            )
        return self._outcome_summary()

    def _fail_orders(self, errors):
        """Keep orders that can't be read as failed documents; return how many these are.

        Those of parts of the account that the channel is not for are left out.

        :param errors: (external id, DataError) of each
        """
        elsewhere = self.env["integration.order.comparer"]._unreadable_elsewhere(self.backend_id, dict(errors))
        for external_id, error in errors:
            if external_id not in elsewhere:
                self._fail_document(external_id, error)
        if elsewhere:
            self._leave_out(elsewhere.items())
            self._resolve_documents(elsewhere)
        return len(errors) - len(elsewhere)

    def _fail_listed(self, errors):
        """Keep orders that a listing of ids states in a way nobody understands as failed documents."""
        if unreadable := self._fail_orders([(error.external_id, error) for error in errors]):
            self._progress(failed=unreadable)
            self.outcome_counts = Counter(self.outcome_counts or {}) + Counter(failed=unreadable)

    def _leave_out(self, skipped):
        """Count documents that were not handed to the importer because they are none of the channel's.

        :param skipped: (document, why) of each
        """
        if skipped:
            self._progress(done=len(skipped))
            self.outcome_counts = Counter(self.outcome_counts or {}) + Counter(skipped=len(skipped))
            self._note_skipped(skipped)

    def _note_skipped(self, skipped):
        """Keep why documents were left out.

        :param skipped: (document, why) of each
        """
        if skipped:
            reasons = Counter(reason for _document, reason in skipped)
            self.skip_counts = dict((Counter(self.skip_counts or {}) + reasons).most_common(SKIP_REASONS))

    def _outcome_summary(self):
        """Return one line on what became of the job's documents, over all of its pages."""
        counts = self.outcome_counts or {}
        texts = {
            "created": self.env._("%s created"),
            "updated": self.env._("%s updated"),
            "unchanged": self.env._("%s unchanged"),
            "skipped": self.env._("%s skipped"),
            "held": self.env._("%s held"),
            "failed": self.env._("%s failed"),
            "busy": self.env._("%s left to a job of their own"),
        }
        found = [text % counts[outcome] for outcome, text in texts.items() if counts.get(outcome)]
        summary = ", ".join(found) or self.env._("Nothing to do")
        if not self.skip_counts:
            return summary
        reasons = "; ".join(f"{reason} ({count})" for reason, count in self.skip_counts.items())
        return self.env._("%(summary)s. Skipped because: %(reasons)s", summary=summary, reasons=reasons)

    def _importer(self):
        return self.env["integration.order.importer"]

    def _overlap(self):
        """How far a cursor stays behind the newest update seen."""
        minutes = self.env["ir.config_parameter"].sudo().get_param("connector_base.cursor_overlap_minutes")
        return timedelta(minutes=float(minutes or OVERLAP_MINUTES))
