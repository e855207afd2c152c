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

    def _run_import_orders(self, since=None, page=None, started_at=None):
        """Import one page of the orders updated since `since`; arguments as those of `_import_listing`."""

        def take(documents, unreadable):
            return self._import_orders(documents, source="poll", unreadable=unreadable)

        def said(_summary):
            return self.env._(
                "Orders read: %(done)s, failed: %(failed)s", done=self.items_done, failed=self.items_failed
            )

        return self._import_listing(
            "orders",
            take,
            single="import_order_ids",
            said=said,
            since=since,
            page=page,
            started_at=started_at,
        )

    def _run_import_order_ids(self, external_ids, replay=False):
        """Read these orders from the platform in one call and import them.

        :param bool replay: write also what is applied already, see the importer's `integration_replay`
        """
        if replay:
            self = self.with_context(integration_replay=True)  # noqa: PLW0642
        self._progress(total=len(external_ids))
        documents, errors = self.backend_id._read_orders(external_ids)
        for external_id, error in errors.items():
            self._fail_document(external_id, error)
        summary = self._import_orders(documents, source="single", unreadable=len(errors))
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
        if result.skipped:
            reasons = Counter(reason for _external_id, reason in result.skipped)
            self.skip_counts = dict((Counter(self.skip_counts or {}) + reasons).most_common(SKIP_REASONS))
        if result.busy:
            self.backend_id._enqueue(
                "import_order_ids", arguments={"external_ids": list(result.busy)}, priority=self.priority, eta=1
            )
        return self._outcome_summary()

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
