from odoo import api, fields, models
from odoo.exceptions import UserError

from ..canonical import CANCEL_REASONS
from ..notification import CLOSE, notification


class IntegrationOrderCancel(models.TransientModel):
    """Asks how an order is to be cancelled on its platform, says what will happen, and queues it."""

    _name = "integration.order.cancel"
    _description = "Cancel on the Platform"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    platform_name = fields.Char(compute="_compute_platform_name")
    reason = fields.Selection(
        [
            ("customer", "The customer changed their mind"),
            ("inventory", "Not in stock"),
            ("fraud", "Fraud"),
            ("declined", "Payment declined"),
            ("staff", "Our mistake"),
            ("other", "Something else"),
        ],
        required=True,
        default=CANCEL_REASONS[0],
    )
    restock = fields.Boolean(default=True, string="Put Items Back into Stock")
    refund = fields.Boolean(default=True, string="Give the Money Back")
    notify = fields.Boolean(string="Tell the Customer")
    preview = fields.Json(compute="_compute_preview")
    preview_text = fields.Html(compute="_compute_preview", string="What Will Happen")
    warning = fields.Char(compute="_compute_preview")

    @api.depends("order_id")
    def _compute_platform_name(self):
        labels = dict(self.env["integration.backend"]._fields["platform"]._description_selection(self.env))
        for wizard in self:
            wizard.platform_name = labels.get(wizard.order_id.integration_platform, "")

    @api.depends("order_id", "restock", "refund", "notify", "reason")
    def _compute_preview(self):
        for wizard in self:
            order, platform = wizard.order_id, wizard.platform_name
            wizard.preview = {"there": wizard._there(), "here": wizard._here(), "platform": platform}
            wizard.preview_text = self.env["ir.qweb"]._render("connector_base.order_cancel_preview", wizard.preview)
            wizard.warning = (
                self.env._("%s says that this order is shipped, in whole or in part: it may refuse.", platform)
                if order.integration_fulfillment_status in ("fulfilled", "partial")
                else False
            )

    def _there(self):
        """Return what the platform will do, a sentence each."""
        order, status = self.order_id, self.order_id.integration_financial_status
        sentences = [self.env._("Order %s is cancelled for good: that can't be undone.", order.client_order_ref)]
        if status in ("paid", "partially_paid", "partially_refunded"):
            sentences.append(
                self.env._("What was paid and not given back yet is given back.")
                if self.refund
                else self.env._("The customer's money is kept.")
            )
        elif status == "authorized":
            sentences.append(self.env._("The authorized payment is released, nothing is charged."))
        sentences.append(
            self.env._("What is not shipped goes back into stock.")
            if self.restock
            else self.env._("Stock there stays as it is.")
        )
        sentences.append(
            self.env._("The customer is told.") if self.notify else self.env._("The customer is not told.")
        )
        return sentences

    def _here(self):
        """Return what will happen in Odoo once the platform has done it."""
        order = self.order_id.sudo()  # deliveries and invoices may be others' than the salesperson's
        if order.state == "cancel":
            return [self.env._("%s is cancelled already.", order.name)]
        updater = self.env["integration.order.updater"]
        if order.state == "sale" and (blocks := updater._cancel_blocks(order, follows=True)):
            return [
                self.env._("%(order)s is held for you to settle (%(why)s).", order=order.name, why=", ".join(blocks))
            ]
        deliveries = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        if deliveries:
            return [
                self.env._(
                    "%(order)s is cancelled with %(deliveries)s.",
                    order=order.name,
                    deliveries=", ".join(deliveries.mapped("name")),
                )
            ]
        return [self.env._("%s is cancelled.", order.name)]

    def action_cancel_there(self):
        """Queue the cancellation; a second click while it waits changes nothing."""
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        if not order.integration_can_cancel:
            raise UserError(
                self.env._(
                    "%(order)s can't be cancelled on %(platform)s (any more).",
                    order=order.name,
                    platform=self.platform_name,
                )
            )
        backend = order.integration_backend_id.sudo()
        external_id = order.integration_external_id
        order.integration_cancel_requested_at = fields.Datetime.now()
        backend._enqueue(
            "cancel_order",
            arguments={
                "external_ids": [external_id],
                "reason": self.reason,
                "restock": self.restock,
                "refund": self.refund,
                "notify": self.notify,
            },
            external_id=external_id,
            record=order,
            identity_key=f"cancel_order:{backend.id}:{external_id}",
        )
        reason = dict(self._fields["reason"]._description_selection(self.env))[self.reason]
        order.message_post(
            body=self.env._(
                "Cancellation requested on %(platform)s: %(reason)s", platform=self.platform_name, reason=reason
            )
        )
        message = self.env._(
            "%s is asked to cancel the order. What it answers appears on the order in a few seconds.",
            self.platform_name,
        )
        return notification(message, following=CLOSE)
