from odoo import fields, models

# What a disconnection cancels and nothing else begins again: no mark, event, cursor or daily check leads to it. What
# people asked for themselves (cancel or refund an order, take an inventory) is theirs to retry.
RESUMED = (
    "agree_products",
    "book_payments",
    "book_refunds",
    "book_shipments",
    "import_customer_ids",
    "import_order_ids",
    "import_product_ids",
    "import_product_images",
    "push_customer_ids",
    "push_price_ids",
    "push_product_ids",
    "push_stock_items",
    "remove_products",
    "run_workflow",
    "update_order",
)


class SyncJob(models.Model):
    """Work that a disconnection interrupted."""

    _inherit = "sync.job"

    interrupted = fields.Boolean(
        readonly=True, copy=False, help="Cancelled as the channel was disconnected; goes on when it is connected again."
    )

    def _interrupt(self):
        """Cancel these jobs, to go on when their channel is connected again, as far as nothing else sees to that."""
        self.filtered(lambda job: job.operation in RESUMED).interrupted = True
        self._cancel()

    def _resume(self):
        """Let interrupted jobs go on."""
        self.write({"interrupted": False, "stop_requested": False})
        self.filtered(lambda job: job.state == "cancelled")._run_again()
