from odoo import fields, models

from .sync_job import Operation


class SyncJob(models.Model):
    """Booking of payments and refunds."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("book_payments", "Book payments and refunds"), ("book_refunds", "Book refunds")],
        ondelete={"book_payments": "cascade", "book_refunds": "cascade"},
    )

    def _operation_settings(self):
        settings = super()._operation_settings()
        return {
            **settings,
            "book_payments": Operation("interactive", 50),
            # after the imports and what the workflow does with them
            "book_refunds": settings["import_orders"]._replace(priority=30),
        }

    def _check_connected(self):
        """The books ask no platform."""
        return None if self.operation in ("book_payments", "book_refunds") else super()._check_connected()

    def _run_book_payments(self, order_ids):
        """Book what the platform was paid and paid back for these orders, as somebody asked for.

        :param list order_ids: ids of sale orders
        :return: what could not be booked
        """
        orders = self.env["sale.order"].browse(order_ids).exists()
        unpaid = self.env["integration.payment.importer"]._register_payments(orders)
        refunds = self.env["integration.refund.importer"]._process(orders.integration_refund_ids, manual=True)
        return self._booked(orders, {**unpaid, **{refund.order_id: reason for refund, reason in refunds.items()}})

    def _run_book_refunds(self, order_ids):
        """Book the refunds of these orders as their channels are set to.

        :param list order_ids: ids of sale orders
        :return: what could not be booked
        """
        orders = self.env["sale.order"].browse(order_ids).exists()
        refunds = self.env["integration.refund.importer"]._process(orders.integration_refund_ids)
        return self._booked(orders, {refund.order_id: reason for refund, reason in refunds.items()})

    def _booked(self, orders, reasons):
        self._progress(total=len(orders), done=len(orders))
        if not reasons:
            return self.env._("Everything is booked.")
        return "\n".join(sorted(f"{order.name}: {reason}" for order, reason in reasons.items()))
