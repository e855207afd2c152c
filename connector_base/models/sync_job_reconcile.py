from datetime import datetime

from odoo import fields, models

from ..engine.clock import aware
from .sync_job import Operation


class SyncJob(models.Model):
    """Comparing the ids on a platform with those in Odoo, page by page."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("reconcile_orders", "Reconcile orders")], ondelete={"reconcile_orders": "cascade"}
    )

    def _operation_settings(self):
        """Override of `sync.job`."""
        return {**super()._operation_settings(), "reconcile_orders": Operation("orders", 30)}

    def _run_reconcile_orders(self, reconciliation_id, page=None, border=None, border_ids=()):
        """Compare one page of ids and go on with the next; what is missing is queued for import with the page.

        :param str page: the platform's token of the page; None for the first one
        :param str border: creation time up to which was compared, ISO 8601, naive UTC
        :param list border_ids: ids compared already that were created at `border`
        """
        run = self.env["integration.reconciliation"].browse(reconciliation_id).exists()
        if not run:
            return self.env._("Nothing done: the reconciliation was deleted meanwhile.")
        backend, adapter = self.backend_id, self.backend_id._adapter()
        since, until = aware(run.date_from), aware(run.date_to)
        if page is None:
            self._progress(total=adapter._count_order_ids(backend, since, until) or 0)
        found = adapter._list_order_ids(backend, since, until, page)
        if found.failed:
            raise found.failed[0]  # what can't be compared would be taken for missing
        start = datetime.fromisoformat(border) if border else run.date_from
        last = found.next_page is None
        end, ids = run._compare_page(found.documents, start, border_ids, last=last)
        self._progress(done=len(found.documents))
        if last:
            run.date_done = fields.Datetime.now()
        else:
            self._chain(
                {
                    "reconciliation_id": run.id,
                    "page": found.next_page,
                    "border": end.isoformat(),
                    "border_ids": ids,
                }
            )
        return run.summary
