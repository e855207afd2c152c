from odoo import models


class IntegrationAdapter(models.AbstractModel):
    """The port for what Odoo asks of a platform after the sale.

    Capabilities `refunds_out`, `orders_update`, `order_tags_out`, `orders_hold`.
    """

    _inherit = "integration.adapter"

    # === REFUNDS: `refunds_out` === #

    def _preview_refund(self, backend, request):
        """Return the `RefundPreview` of a `RefundRequest`: what the platform reckons for its lines and shipping.

        Its `amount` and `key` don't matter here. Changes nothing on the platform.

        :raise DataError: the order is unknown, or these lines can't be given back
        """
        raise NotImplementedError()

    def _refund_order(self, backend, request):
        """Refund what a `RefundRequest` says; return the external id of the platform's refund.

        Asked again with the same request (same key), also after an unknown outcome, it returns the refund made the
        first time. What is paid back goes the way it was paid. The refund comes back with the order: read that
        afterwards to book it.

        :raise DataError: refused: more than was paid, units that were given back already, an order that is unknown
        """
        raise NotImplementedError()

    # === HOLDS: `orders_hold` === #

    def _hold_order(self, backend, external_id, *, hold):
        """Have the platform hold the order, or release it; nothing changes of one that is in that state.

        Orders that are held have the fulfillment status `on_hold`.

        :raise DataError: the order is unknown, or the platform refuses
        """
        raise NotImplementedError()

    # === NOTES: `orders_update`, TAGS: `order_tags_out` === #

    def _update_order(self, backend, change):
        """Tell the platform what an `OrderChange` says, and nothing else; telling it again changes nothing.

        :return: whether a note is the order's own from then on (`Order.note`), not a remark beside it
        :raise DataError: the order is unknown, or the platform refuses a tag or the note
        """
        raise NotImplementedError()
