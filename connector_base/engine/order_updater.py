from odoo import api, models
from odoo.fields import Datetime

from .clock import naive


class IntegrationOrderUpdater(models.AbstractModel):
    """Brings what changed on the platform to orders that are in Odoo already.

    Quotations follow the platform. A confirmed order may have deliveries and invoices: its lines, addresses and state
    are never rewritten silently, the responsible user is told instead.
    """

    _name = "integration.order.updater"
    _description = "Order Updater"

    @api.model
    def _update(self, backend, drafts):
        """Update the orders of `drafts`; return those drafts whose lines were written anew."""
        rewritten, cancelled = [], []
        for draft in drafts:
            order, values = draft.order, dict(draft.mirror)
            if draft.entry.document.cancelled_at and not order.integration_cancelled_at:
                cancelled.append(draft)
            if order.state in ("draft", "sent"):
                values.update(draft.parties)
                if draft.entry.lines_due:
                    values.update(draft.head)
                    rewritten.append(draft)
            elif order.state == "sale":
                self._tell_changes(draft)
            changed = {name: value for name, value in values.items() if self._differs(order, name, value)}
            if changed:
                order.write(changed)
        self._rewrite_lines(rewritten)
        for draft in cancelled:
            self._cancel(draft)
        return rewritten

    @api.model
    def _differs(self, order, name, value):
        field = order._fields[name]
        return field.convert_to_cache(value, order) != field.convert_to_cache(order[name], order)

    @api.model
    def _rewrite_lines(self, drafts):
        if not drafts:
            return
        orders = self.env["sale.order"].union(*(draft.order for draft in drafts))
        # what users added themselves stays; if it spoils the total, the order is held
        orders.order_line.filtered("integration_kind").unlink()
        self.env.add_to_compute(orders._fields["currency_rate"], orders)  # a missing rate may be there now
        writer = self.env["integration.order.writer"]
        for draft in drafts:
            draft.order.write(writer._hold_values(draft))
        writer._create_lines(drafts)

    # === CONFIRMED ORDERS === #

    @api.model
    def _tell_changes(self, draft):
        entry, order = draft.entry, draft.order
        if entry.lines_digest != order.integration_lines_digest:
            order._integration_hold(
                self.env._(
                    "The platform changed this order after it was confirmed here: its total is %(total)s %(currency)s "
                    "now, here it is %(here)s.",
                    total=entry.document.total,
                    currency=entry.document.currency,
                    here=order.amount_total,
                ),
                self.env._("Compare the lines with the platform, change the order or credit it, then release it."),
            )
        if entry.parties_due:
            order._integration_hold(
                self.env._("The platform changed the customer or an address after the order was confirmed here."),
                self.env._("Compare the addresses with the platform and correct open deliveries, then release it."),
            )

    @api.model
    def _cancel(self, draft):
        """Cancel a quotation; tell about a confirmed order."""
        order, moment = draft.order, draft.entry.document.cancelled_at
        if order.state in ("draft", "sent"):
            order._action_cancel()
        elif order.state == "sale":
            order._integration_hold(
                self.env._(
                    "The platform cancelled this order on %s, after it was confirmed here.",
                    Datetime.to_string(naive(moment)),
                ),
                self.env._("Stop its deliveries and cancel it here, or credit it, then release it."),
            )
