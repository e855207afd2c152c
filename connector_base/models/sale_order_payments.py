from collections import defaultdict

from odoo import api, fields, models

from ..notification import notification

PAGE = 50


class SaleOrder(models.Model):
    """What the platform says of an order's money, and the button that books it."""

    _inherit = "sale.order"

    integration_payment_ids = fields.One2many(
        "integration.payment", "order_id", string="Platform Payments", readonly=True, copy=False
    )
    integration_refund_ids = fields.One2many(
        "integration.refund", "order_id", string="Platform Refunds", readonly=True, copy=False
    )
    integration_refunded_uninvoiced = fields.Boolean(
        string="Refunded Before Invoicing",
        readonly=True,
        copy=False,
        help="The platform gave back the whole order before it was invoiced: there is nothing to invoice.",
    )
    integration_authorized = fields.Monetary(
        string="Authorized", compute="_compute_integration_money", help="Reserved, and neither captured nor voided yet."
    )
    integration_captured = fields.Monetary(
        string="Captured", compute="_compute_integration_money", help="What the customer paid, less change given."
    )
    integration_refunded = fields.Monetary(string="Paid Back", compute="_compute_integration_money")
    integration_open = fields.Monetary(
        string="Open",
        compute="_compute_integration_money",
        help="What the customer still owes by the platform's figures: the order less its refunds, less what was paid. "
        "Negative: the customer's credit.",
    )

    @api.depends(
        "amount_total",
        "integration_refund_ids.amount",
        "integration_payment_ids.status",
        "integration_payment_ids.amount",
    )
    def _compute_integration_money(self):
        for order in self:
            payments = order.integration_payment_ids.filtered(
                lambda payment, currency=order.currency_id: (
                    payment.status == "success" and payment.currency_id == currency
                )
            )
            sums = defaultdict(float)
            for payment in payments:
                sums[payment.kind] += payment.amount
            order.integration_authorized = sum(
                order._integration_still_authorized(payment, payments)
                for payment in payments
                if payment.kind == "authorization"
            )
            order.integration_captured = sums["sale"] + sums["capture"] - sums["change"]
            order.integration_refunded = sums["refund"]
            owed = order.amount_total - sum(order.integration_refund_ids.mapped("amount"))
            order.integration_open = owed - order.integration_captured + order.integration_refunded

    @api.depends("integration_refund_ids.move_id")
    def _get_invoiced(self):
        """Credit notes of refunds belong to the order also when no line of theirs is one of the order's."""
        result = super()._get_invoiced()
        for order in self:
            if credits := order.sudo().integration_refund_ids.move_id.with_env(order.env):
                order.invoice_ids |= credits
                order.invoice_count = len(order.invoice_ids)
        return result

    def _integration_still_authorized(self, authorization, payments):
        following = payments.filtered(lambda payment: payment.parent_external_id == authorization.external_id)
        if "void" in following.mapped("kind"):
            return 0.0
        captured = sum(payment.amount for payment in following if payment.kind == "capture")
        return max(0.0, authorization.amount - captured)

    def _integration_queue_refunds(self):
        """Queue the booking of what can be booked of these orders' refunds, where channels do it by themselves."""
        refunds = self.env["integration.refund"].sudo().search([("order_id", "in", self.ids)])
        due = self.env["integration.refund.importer"]._due(refunds)
        for backend, of_backend in due.grouped("backend_id").items():
            order_ids = of_backend.order_id.ids
            for start in range(0, len(order_ids), PAGE):
                backend._enqueue("book_refunds", arguments={"order_ids": order_ids[start : start + PAGE]})

    def action_confirm(self):
        """Goods that were refunded before the order was confirmed are not to be sent."""
        result = super().action_confirm()
        self.filtered("integration_backend_id")._integration_queue_refunds()
        return result

    def action_integration_release(self):
        """Book what had to wait for the release."""
        result = super().action_integration_release()
        self.filtered(lambda order: not order.integration_held)._integration_queue_refunds()
        return result

    def action_integration_book_payments(self):
        """Queue the booking of these orders' payments and refunds."""
        self.check_access("write")
        for backend, orders in self.filtered("integration_backend_id").grouped("integration_backend_id").items():
            for start in range(0, len(orders), PAGE):
                backend.sudo()._enqueue("book_payments", arguments={"order_ids": orders[start : start + PAGE].ids})
        return notification(self.env._("Payments and refunds are being booked. Reload the page in a few seconds."))


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    integration_refund_line_ids = fields.One2many("integration.refund.line", "order_line_id", readonly=True, copy=False)

    @api.depends(
        "integration_refund_line_ids.quantity",
        "integration_refund_line_ids.undelivered",
        "integration_refund_line_ids.refund_id.move_id.state",
        "order_id.integration_refunded_uninvoiced",
    )
    def _compute_qty_to_invoice(self):
        """What a refund credited is not to be invoiced again.

        Odoo takes credited quantities for not invoiced. Goods that are refunded before they were sent, but sold by
        what is delivered, are invoiced all the same, and credited: the books show what the platform charged.
        """
        result = super()._compute_qty_to_invoice()
        for line in self.filtered(lambda line: line.state == "sale" and line.integration_kind):
            if line.order_id.integration_refunded_uninvoiced:
                line.qty_to_invoice = 0.0
            elif line.integration_refund_line_ids:
                line.qty_to_invoice = max(0.0, line.qty_to_invoice + line._integration_refund_correction())
        return result

    @api.depends("integration_refund_line_ids.refund_id.move_id.state")
    def _compute_invoice_status(self):
        """A line is invoiced also when some of it was credited after."""
        result = super()._compute_invoice_status()
        for line in self.filtered(lambda line: line.state == "sale" and line.integration_kind):
            if line.invoice_status != "no" or line.qty_to_invoice or not line.integration_refund_line_ids:
                continue
            if line.product_uom_id.compare(line._integration_invoiced_before(), line.product_uom_qty) >= 0:
                line.invoice_status = "invoiced"
        return result

    def _integration_credited(self):
        """Return the quantity of the line that credit notes of refunds took back: Odoo takes it for not invoiced."""
        return sum(
            line.quantity
            for line in self.integration_refund_line_ids
            if line.refund_id.move_id and line.refund_id.move_id.state != "cancel"
        )

    def _integration_invoiced_before(self):
        """Return the quantity that invoices have had, credited or not."""
        return self.qty_invoiced + self._integration_credited()

    def _integration_refund_correction(self):
        lines, credited = self.integration_refund_line_ids, self._integration_credited()
        if self.product_id.invoice_policy == "order":
            return -credited
        returns = lines.refund_id.picking_ids.move_ids.filtered(
            lambda move: move.state == "done" and move.sale_line_id == self and move.to_refund
        )
        return sum(lines.mapped("undelivered")) + sum(returns.mapped("quantity")) - credited
