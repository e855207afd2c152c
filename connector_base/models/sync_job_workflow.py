from collections import Counter

from odoo import fields, models

PAGE = 50  # orders: more at once gain nothing


class SyncJob(models.Model):
    """Running the workflow on imported orders, a page of them per queue job."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("run_workflow", "Run the order workflow")], ondelete={"run_workflow": "cascade"}
    )

    def _operation_settings(self):
        settings = super()._operation_settings()
        # after the imports: orders come in first
        return {**settings, "run_workflow": settings["import_orders"]._replace(priority=35)}

    def _check_connected(self):
        """Workflows ask no platform: they go on while it is out of reach."""
        return None if self.operation == "run_workflow" else super()._check_connected()

    def _run_run_workflow(self, order_ids=(), external_ids=()):
        """Run the workflow on the first page of the orders, go on with the others in a new queue job.

        Orders that another transaction works on get a job of their own, a second later.

        :param list external_ids: the platform's ids, in place of `order_ids`: the retry of an order that stopped
        """
        backend = self.backend_id
        orders = self.env["sale.order"].browse(order_ids).exists()
        if external_ids:
            orders |= orders.search(
                [("integration_backend_id", "=", backend.id), ("integration_external_id", "in", external_ids)]
            )
        if not self.items_total:
            self._progress(total=len(orders))
        page, rest = orders[:PAGE], orders[PAGE:]
        result = self.env["integration.order.workflow"]._run(backend, page)
        for order, error in result.stopped.items():
            self._fail_document(
                order.integration_external_id,
                error,
                record=order,
                document_name=order.client_order_ref,
                operation="run_workflow",
            )
        well = result.done | result.waiting | result.idle
        self._resolve_documents(well.mapped("integration_external_id"), operation="run_workflow")
        self._progress(done=len(page) - len(result.stopped), failed=len(result.stopped))
        if result.busy:
            backend._enqueue("run_workflow", arguments={"order_ids": result.busy.ids}, eta=1)
        if rest:
            self._chain({"order_ids": rest.ids})
        counts = {
            "done": len(result.done),
            "waiting": len(result.waiting),
            "stopped": len(result.stopped),
            "idle": len(result.idle),
            "busy": len(result.busy),
        }
        self.outcome_counts = Counter(self.outcome_counts or {}) + Counter(counts)
        return self._workflow_summary()

    def _workflow_summary(self):
        """Return one line on what became of the job's orders, over all of its pages."""
        counts = self.outcome_counts or {}
        texts = {
            "done": self.env._("Done: %s"),
            "waiting": self.env._("waiting: %s"),
            "stopped": self.env._("stopped: %s"),
            "idle": self.env._("nothing to do: %s"),
            "busy": self.env._("left to a job of their own: %s"),
        }
        return ", ".join(text % counts[outcome] for outcome, text in texts.items() if counts.get(outcome))
