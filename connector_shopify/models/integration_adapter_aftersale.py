from odoo import models

from odoo.addons.connector_base.canonical import UNSET, mark
from odoo.addons.connector_base.transport import DataError

from .. import const
from ..parser_refund import Suggestion
from ..renderer_refund import attempt_key, lines_input, refund_input


class IntegrationAdapterShopify(models.AbstractModel):
    """Refunds asked for from Odoo, and what staff note on orders."""

    _inherit = "integration.adapter.shopify"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"refunds_out", "orders_update", "order_tags_out"}

    def _preview_refund(self, backend, request):
        """Override of `connector_base`."""
        return self._suggest_refund(backend, request).preview()

    def _refund_order(self, backend, request):
        """Override of `connector_base`: the refund's note holds a mark by which it is found again."""
        suggestion = self._suggest_refund(backend, request)
        if done := suggestion.refund_noted(mark(request.key)):
            return done
        values = refund_input(request, suggestion)
        try:
            gid = backend._shopify_client().refund_create(values, key=attempt_key(request, values))
        except DataError as error:
            error.remedy = error.remedy or const.REFUND_REMEDIES["REFUSED"]
            raise
        return gid.rpartition("/")[2]

    def _suggest_refund(self, backend, request):
        """Return Shopify's `Suggestion` for a request.

        Shopify takes what is given back of shipping in the customer's currency. Where ours is another one, it is
        converted at the rate of the order, which a first answer tells.

        :raise DataError: the order is unknown, or these units can't be given back
        """
        client, currency = backend._shopify_client(), backend.order_currency
        order, lines = f"gid://shopify/Order/{request.order_external_id}", lines_input(request)
        first = request.shipping if currency == "presentment" else 0
        suggestion = Suggestion(client.suggested_refund(order, lines, first), currency)
        if request.shipping == first:
            return suggestion
        shipping = suggestion.in_customers(request.shipping)
        return Suggestion(client.suggested_refund(order, lines, shipping), currency)

    def _update_order(self, backend, change):
        """Override of `connector_base`: one call for each of the note, tags added, tags taken away."""
        client, order = backend._shopify_client(), f"gid://shopify/Order/{change.order_external_id}"
        try:
            if change.note is not UNSET:
                client.order_update({"id": order, "note": change.note})
            if change.tags_added:
                client.tags_add(order, change.tags_added)
            if change.tags_removed:
                client.tags_remove(order, change.tags_removed)
        except DataError as error:
            error.remedy = error.remedy or const.ORDER_REMEDY
            raise
        return True
