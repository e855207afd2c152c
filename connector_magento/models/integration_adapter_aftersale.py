from odoo import models

from odoo.addons.connector_base.canonical import mark
from odoo.addons.connector_base.transport import DataError

from .. import const, sales
from ..parser_reckoning import Reckoning
from ..renderer_refund import pays_online, refund_body


class IntegrationAdapterMagento(models.AbstractModel):
    """Refunds asked for from Odoo, which are Magento's credit memos."""

    _inherit = "integration.adapter.magento"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"refunds_out"}

    def _preview_refund(self, backend, request):
        """Override of `connector_base`: Magento has no preview, so it is reckoned here as Magento does."""
        return self._magento_reckoning(backend, backend._magento_client(), request).preview()

    def _refund_order(self, backend, request):
        """Override of `connector_base`: the memo's comment holds a mark by which it is found again.

        What Magento can pay back by itself, it does; else it only notes the memo, and the money goes back by hand.
        """
        client = backend._magento_client()
        reckoning = self._magento_reckoning(backend, client, request)
        if done := reckoning.memo_noted(mark(request.key)):
            return done
        invoice, body = reckoning.invoice(), refund_body(request, reckoning)
        online = [found for found in reckoning.invoices if pays_online(found.data)] if request.amount != 0 else []
        if online and not invoice:
            raise DataError(
                "The units are of several invoices, and Magento pays each back for itself.",
                code="SEVERAL",
                remedy=const.REFUND_REMEDIES["SEVERAL"],
            )
        if online and invoice in online:
            made = client.call("POST", "invoice/{}/refund", invoice.external_id, json={**body, "isOnline": True})
        else:
            made = client.call("POST", "order/{}/refund", request.order_external_id, json=body)
        return str(made)

    def _magento_reckoning(self, backend, client, request):
        """Return the `Reckoning` of a request.

        :raise DataError: the order is unknown, or these units can't be given back
        """
        order_id = request.order_external_id
        order = client.call("GET", "orders/{}", order_id)
        invoices = list(sales.read_all(client, "invoices", ("order_id", "eq", order_id)))
        memos = list(sales.read_all(client, "creditmemos", ("order_id", "eq", order_id)))
        return Reckoning(order, invoices, memos, request, **backend._magento_order_terms())
