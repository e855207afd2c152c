from markupsafe import Markup

from odoo import fields, models

from .sync_job import Operation


class SyncJob(models.Model):
    """Refunding an order on its platform."""

    _inherit = "sync.job"

    operation = fields.Selection(
        selection_add=[("refund_order", "Refund an order on the platform")], ondelete={"refund_order": "cascade"}
    )

    def _operation_settings(self):
        return {**super()._operation_settings(), "refund_order": Operation("interactive", 80)}

    def _run_refund_order(self, request_id):
        """Have the platform refund what a request says, and book what it made of it.

        Run again after an unknown outcome, the platform finds what it made the first time.

        :param int request_id: an `integration.refund.request`
        """
        request = self.env["integration.refund.request"].browse(request_id).exists()
        if request.state != "asked":
            return self.env._("Nothing done: the refund is not asked for (any more).")
        self._progress(total=1)
        backend, order = self.backend_id, request.order_id
        external_id = backend._adapter()._refund_order(backend, request._document())
        request._refunded(external_id)
        document = self._read_order(order.integration_external_id)
        if document:
            self._import_orders([document], source="refund")
        else:
            self._progress(done=1)
        if request.refund_id:
            # the import may have had nothing to do: the refund's webhook can be faster
            order._integration_queue_refunds()
        else:
            arguments = {"external_ids": [order.integration_external_id]}
            backend._enqueue("import_order_ids", arguments=arguments, eta=15)
        return self.env._("The platform made refund %s.", external_id)

    def _on_queue_failure(self, exc_info, exc_name, exc_message):
        """Say on the request and its order that the platform refused: somebody waits for it."""
        result = super()._on_queue_failure(exc_info, exc_name, exc_message)
        if self.operation == "refund_order" and self.error_type == "data":
            request = self.env["integration.refund.request"].browse(self.arguments["request_id"]).exists()
            if request.state == "asked":
                request._refused(self.last_error, self.remedy)
                title = self.env._("The order could not be refunded on its platform: %s", self.last_error or "")
                request.order_id.message_post(body=Markup("<p>%s</p><p>%s</p>") % (title, self.remedy or ""))
        return result
