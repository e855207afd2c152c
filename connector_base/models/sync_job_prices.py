from odoo import fields, models

from ..transport.errors import TransientError
from .sync_job import Operation

# Variants of one push job
PUSH_PAGE = 1000
# First key of the advisory lock that lets one push of prices work per backend; the second is the backend's id
PUSH_LOCK = 777


class SyncJob(models.Model):
    """Pushing prices to the price lists of a platform."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("push_prices", "Send prices"), ("push_price_ids", "Send single prices")],
        ondelete={"push_prices": "cascade", "push_price_ids": "cascade"},
    )

    def _operation_settings(self):
        return {
            **super()._operation_settings(),
            "push_prices": Operation("catalogue", 25),
            "push_price_ids": Operation("catalogue", 30),
        }

    def _run_push_prices(self):
        """Send the prices that changed, of a page of variants, list by list."""
        backend = self.backend_id
        if not backend._syncs("prices_out"):
            return self.env._("Nothing done: this sales channel is not sent prices.")
        self._work_alone(PUSH_LOCK, "Another push of this sales channel is at work.")
        changes = self.env["integration.change"]
        variants = self.env["integration.binding.variant"].browse(changes._take(backend, "price", PUSH_PAGE)).exists()
        left, problem = self._push_price_lists(variants)
        if left:
            changes._note_ids(backend, "price", left.ids)
        if changes._count(backend, "price"):
            backend._ensure_waiting("push_prices", eta=problem and problem.retry_after)
        return self.env._(
            "Prices sent: %(done)s, refused: %(failed)s, variants left for later: %(left)s",
            done=self.items_done,
            failed=self.items_failed,
            left=len(left),
        )

    def _run_push_price_ids(self, external_ids):
        """Send the prices of these variants (ids on the platform) again."""
        variants = self.env["integration.binding.variant"].search(
            [("backend_id", "=", self.backend_id.id), ("external_id", "in", external_ids)]
        )
        _left, problem = self._push_price_lists(variants)
        if problem:
            raise problem

    def _push_price_lists(self, variants):
        """Send what differs of `variants` to each price list.

        :return: (variants of which something was not sent, the temporary error that prevented it, or None)
        :raise TransportError: nothing could be sent
        """
        exporter, adapter = self.env["integration.price.exporter"], self.backend_id._adapter()
        sent_any, refused = False, {}
        for price_list in self.backend_id.price_list_ids:
            differing = exporter._differing(price_list, variants)
            if not differing:
                continue
            self._progress(total=self.items_total + len(differing))
            by_id = {price.variant_external_id: binding for binding, price in differing.items()}
            sent, problem = {}, None
            try:
                for result in adapter._push_prices(
                    self.backend_id, exporter._document(price_list), list(differing.values())
                ):
                    binding = by_id.pop(result.price.variant_external_id)
                    if result.error:
                        refused[binding] = result.error
                    else:
                        sent[binding] = result.price
            except TransientError as error:
                if not (sent_any or sent):
                    raise
                problem = error
            exporter._note_sent(price_list, sent)
            sent_any = sent_any or bool(sent)
            self._progress(done=len(sent), failed=len(differing) - len(sent) - len(by_id))
            if problem:
                self._settle_prices(variants, refused)
                return variants, problem
        self._settle_prices(variants, refused)
        return variants.browse(), None

    def _settle_prices(self, variants, refused):
        for binding, error in refused.items():
            self._fail_document(
                binding.external_id,
                error,
                record=binding.odoo_id,
                document_name=binding.odoo_id.display_name,
                operation="push_price_ids",
            )
        well = variants.filtered(lambda binding: binding not in refused)
        self._resolve_documents(well.mapped("external_id"), operation="push_price_ids")
