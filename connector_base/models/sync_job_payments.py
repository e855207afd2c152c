from odoo import fields, models

from .sync_job import Operation


class SyncJob(models.Model):
    """Booking of payments and refunds."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("book_payments", "Book payments and refunds")], ondelete={"book_payments": "cascade"}
    )

    def _operation_settings(self):
        return {**super()._operation_settings(), "book_payments": Operation("interactive", 50)}

    def _run_book_payments(self, order_ids, manual=False):
        """Book what the platform was paid and paid back for these orders; return what could not be booked.

        :param list order_ids: ids of sale orders
        :param bool manual: somebody asked for it, see `integration.refund.importer`
        """
        orders = self.env["sale.order"].browse(order_ids).exists()
        self._progress(total=len(orders))
        unpaid = self.env["integration.payment.importer"]._register_payments(orders)
        reasons = {order.name: reason for order, reason in unpaid.items()}
        refunds = self.env["integration.refund.importer"]._process(orders.integration_refund_ids, manual=manual)
        reasons.update({refund.order_id.name: reason for refund, reason in refunds.items()})
        self._progress(done=len(orders))
        if not reasons:
            return self.env._("Payments and refunds are booked.")
        return "\n".join(f"{name}: {reason}" for name, reason in sorted(reasons.items()))
