from odoo import fields, models

from ..engine.job_errors import backoff
from ..transport.errors import ConfigurationError, TransientError
from .sync_job import Operation

# First key of the advisory lock that lets one push of products work per backend; the second is the backend's id.
PUSH_LOCK = 7741
PUSH_PAGE = 100
AGREE_PAGE = 500


class SyncJob(models.Model):
    """Telling platforms about products."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[
            ("push_products", "Send products"),
            ("push_product_ids", "Send single products"),
            ("remove_products", "Take products off"),
            ("agree_products", "Note what products are like"),
        ],
        ondelete={
            "push_products": "cascade",
            "push_product_ids": "cascade",
            "remove_products": "cascade",
            "agree_products": "cascade",
        },
    )

    def _operation_settings(self):
        return {
            **super()._operation_settings(),
            "push_products": Operation("catalogue", 30),
            "push_product_ids": Operation("interactive", 65),
            "remove_products": Operation("catalogue", 30),
            "agree_products": Operation("catalogue", 55),
        }

    def _run_push_products(self):
        """Tell the platform about a page of the products that changed; go on with the next page.

        What the platform has answered is kept whatever happens next: after an error in the midst of a page the
        products it did not come to are marked again, and the job goes on with them when the error says.
        """
        backend = self.backend_id
        self._take_push_lock()
        changes = self.env["integration.change"]
        if not backend._syncs("products_out"):
            changes.search([("backend_id", "=", backend.id), ("kind", "=", "product")]).unlink()
            return self.env._("Nothing done: this sales channel is told about no products (any more).")
        self._progress(total=self.items_done + self.items_failed + changes._count(backend, "product"))
        ids = changes._take(backend, "product", PUSH_PAGE)
        bindings = self.env["integration.binding.product"].browse(ids).exists()
        if not bindings:
            # their bindings are gone, or another job was faster
            return self._summary_of_pushes()
        pushed = self.env["integration.product.pusher"]._push(backend, bindings, self)
        if pushed.error and not pushed.results and len(pushed.left) == len(bindings):
            raise pushed.error  # nothing was done: all is put back by the rollback
        self._count_push(pushed, len(ids) - len(bindings))
        if pushed.left:
            self.env["integration.product.exporter"]._mark(pushed.left)
        if pushed.left or changes._count(backend, "product"):
            self._go_on_pushing(pushed.error)
        return self._summary_of_pushes()

    def _go_on_pushing(self, error):
        """Let this job push the next page, unless another one waits to."""
        key = f"push_products:{self.backend_id.id}"
        if self._waiting(key):
            return
        eta = None
        if isinstance(error, TransientError):
            eta = backoff(0, error.retry_after)
        self._chain({}, eta=eta, identity_key=key)

    def _count_push(self, pushed, vanished):
        counts = dict(self.outcome_counts or {})
        for outcome, count in (
            ("sent", pushed.done),
            ("unchanged", pushed.unchanged),
            ("removed", pushed.removed),
            ("failed", pushed.failed),
        ):
            counts[outcome] = counts.get(outcome, 0) + count
        self.outcome_counts = counts
        self._progress(done=pushed.done + pushed.unchanged + pushed.removed + vanished, failed=pushed.failed)

    def _summary_of_pushes(self):
        texts = (
            ("sent", self.env._("Sent: %s")),
            ("unchanged", self.env._("nothing to send: %s")),
            ("removed", self.env._("taken off: %s")),
            ("failed", self.env._("failed: %s")),
        )
        counts = self.outcome_counts or {}
        return ", ".join(text % counts[name] for name, text in texts if counts.get(name)) or self.env._("Nothing to do")

    def _take_push_lock(self):
        self._work_alone(PUSH_LOCK, "Another push of products is at work.")

    # === SINGLE PRODUCTS === #

    def _run_push_product_ids(self, external_ids, everything=False):
        """Tell the platform about these products now.

        :param list external_ids: of the products there; of those that are new, the keys they are created by
        :param bool everything: send also what it was told before
        """
        backend = self.backend_id
        self._take_push_lock()
        if not backend._syncs("products_out"):
            raise ConfigurationError(
                self.env._("“%s” is told about no products.", backend.name),
                remedy=self.env._("Switch on “Export Products” on its tab Products, then retry."),
            )
        bindings = self.env["integration.product.exporter"]._by_names(backend, external_ids)
        self._progress(total=len(external_ids))
        if everything:
            bindings.write({"digests_out": False, "digests_seen": False})
        pushed = self.env["integration.product.pusher"]._push(backend, bindings, self)
        if pushed.error and not pushed.results and len(pushed.left) == len(bindings):
            raise pushed.error
        if pushed.left:
            self.env["integration.product.exporter"]._mark(pushed.left)
        self._count_push(pushed, len(external_ids) - len(bindings))
        return self._summary_of_pushes()

    def _run_remove_products(self, external_ids):
        """Archive or delete products there that are no longer in Odoo, as the channel says."""
        backend = self.backend_id
        if not backend._syncs("products_out") or backend.product_removal == "nothing":
            return self.env._("Nothing done: this sales channel is not told of removed products (any more).")
        delete = backend.product_removal == "delete"
        errors = backend._adapter()._remove_products(backend, external_ids, delete=delete)
        for external_id, error in errors.items():
            self._fail_document(external_id, error, operation="remove_products")
        self._progress(total=len(external_ids), done=len(external_ids) - len(errors), failed=len(errors))
        self._resolve_documents(set(external_ids) - errors.keys(), operation="remove_products")
        return self.env._("Taken off: %s", len(external_ids) - len(errors))

    def _run_agree_products(self, after=0):
        """Take products as they are as what both sides agree on, where they never agreed; see `_start_telling`.

        :param int after: the last binding of the page before
        """
        bindings = self.env["integration.binding.product"].search(
            [
                ("backend_id", "=", self.backend_id.id),
                ("external_id", "!=", False),
                ("digests_out", "=", False),
                ("id", ">", after),
            ],
            order="id",
            limit=AGREE_PAGE,
        )
        self.env["integration.product.exporter"]._agree(self.backend_id, bindings)
        self._progress(done=len(bindings))
        if len(bindings) == AGREE_PAGE:
            self._chain({"after": bindings[-1:].id})
        return self.env._("Products noted: %s", self.items_done)

    def _on_queue_failure(self, exc_info, exc_name, exc_message):
        """Say on the product too why it could not be sent: this job's own try was rolled back."""
        result = super()._on_queue_failure(exc_info, exc_name, exc_message)
        if self.operation == "push_product_ids" and self.error_type in ("data", "bug"):
            names = (self.arguments or {}).get("external_ids") or []
            bindings = self.env["integration.product.exporter"]._by_names(self.backend_id, names)
            bindings.write({"last_error": self.last_error, "remedy": self.remedy})
        return result
