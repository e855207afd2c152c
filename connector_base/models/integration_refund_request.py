from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..canonical import RefundRequest, RefundRequestLine
from ..notification import CLOSE, notification
from ..transport.errors import TransportError

DRAFT_DAYS = 1  # how long what nobody sent off is kept


class IntegrationRefundRequest(models.Model):
    """A refund that staff ask the platform for: the form it is filled in on, and the record of what became of it.

    The platform makes the refund; it comes back with the order and is booked like any other, by the credit note it was
    asked for, if there is one. Amounts are in the order's currency.
    """

    _name = "integration.refund.request"
    _description = "Refund on the Platform"
    _order = "id desc"
    _check_company_auto = True

    backend_id = fields.Many2one(related="order_id.integration_backend_id", store=True, index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade", index=True)
    platform_name = fields.Char(compute="_compute_platform_name", compute_sudo=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    move_id = fields.Many2one(
        "account.move",
        string="Credit Note",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        help="Books the refund; without one it is booked as refunds are that were made on the platform.",
    )
    line_ids = fields.One2many("integration.refund.request.line", "request_id")
    shipping = fields.Monetary(help="What of the shipping charge is given back.")
    amount = fields.Monetary("Paid Back", help="Taxes included. The platform reckons it; you may give back less.")
    note = fields.Char("Reason", help="For staff: the customer doesn't see it.")
    notify = fields.Boolean("Tell the Customer", default=True)
    # What the platform reckoned, as of the present lines
    is_previewed = fields.Boolean(readonly=True)
    preview_subtotal = fields.Monetary("Goods", readonly=True)
    preview_tax = fields.Monetary("Taxes", readonly=True)
    preview_shipping_maximum = fields.Monetary("Shipping Left", readonly=True)
    preview_maximum = fields.Monetary("Can Be Paid Back", readonly=True)
    preview_payments = fields.Char("By", readonly=True, help="The payment methods it goes back to.")
    state = fields.Selection(
        [("draft", "Draft"), ("asked", "Asked For"), ("failed", "Refused"), ("done", "Refunded")],
        required=True,
        readonly=True,
        default="draft",
        index=True,
    )
    attempt = fields.Integer(readonly=True, default=1, help="What was refused is asked for anew, by another key.")
    external_id = fields.Char("Refund ID", readonly=True, copy=False, index="btree_not_null")
    refund_id = fields.Many2one("integration.refund", readonly=True, ondelete="set null", index="btree_not_null")
    problem = fields.Text(readonly=True)
    remedy = fields.Text("What To Do", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("order_id")
    def _compute_display_name(self):
        for request in self:
            request.display_name = self.env._("Refund of %s", request.order_id.display_name)

    @api.depends("backend_id")
    def _compute_platform_name(self):
        labels = dict(self.env["integration.backend"]._fields["platform"]._description_selection(self.env))
        for request in self:
            request.platform_name = labels.get(request.backend_id.platform, "")

    # === CRUD METHODS === #

    def write(self, vals):
        """What the platform reckoned was for other lines."""
        if {"line_ids", "shipping"} & vals.keys():
            vals = {"is_previewed": False, **vals}
        return super().write(vals)

    @api.autovacuum
    def _gc_drafts(self):
        """Delete what nobody sent off."""
        limit = fields.Datetime.now() - timedelta(days=DRAFT_DAYS)
        self.search([("state", "=", "draft"), ("create_date", "<", limit)]).unlink()

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, order, move=None):
        """Return the action that shows a new request: for `order`, of what its credit note `move` takes back."""
        quantities, goods = (
            {},
            order.order_line.filtered(lambda line: line.integration_kind in ("product", "gift_card")),
        )
        for line in move.invoice_line_ids if move else ():
            for sold in line.sale_line_ids & goods:
                quantities[sold] = quantities.get(sold, 0.0) + line.quantity
        refunded = order.sudo().integration_refund_ids.line_ids.grouped("order_line_id")
        lines = []
        for line in goods:
            given_back = sum(refunded[line].mapped("quantity")) if line in refunded else 0.0
            left = max(0.0, line.product_uom_qty - given_back)
            lines.append(
                {
                    "order_line_id": line.id,
                    "refundable": left,
                    "quantity": min(left, quantities.get(line, 0.0)),
                    "cancelled": not line.qty_delivered,
                }
            )
        request = self.create(
            {
                "order_id": order.id,
                "move_id": move.id if move else False,
                "amount": move.amount_total if move else 0.0,
                "line_ids": [fields.Command.create(values) for values in lines],
            }
        )
        return request._show()

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refund on %s", self.platform_name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _decimal(self, amount):
        return Decimal(str(self.currency_id.round(amount)))

    def _document(self):
        """Return the canonical `RefundRequest`."""
        lines = self.line_ids.filtered(lambda line: line.quantity > 0)
        return RefundRequest(
            order_external_id=self.order_id.integration_external_id,
            lines=tuple(
                RefundRequestLine(
                    line_external_id=line.order_line_id.integration_external_id,
                    quantity=Decimal(str(line.quantity)).normalize() + Decimal(0),
                    restock=line.restock,
                    cancelled=line.cancelled,
                )
                for line in lines
            ),
            shipping=self._decimal(self.shipping),
            amount=self._decimal(self.amount),
            key=f"refund-{self.id}-{self.attempt}",
            note=self.note or "",
            notify=self.notify,
        )

    def _preview(self):
        """Ask the platform what it reckons for the present lines.

        :raise TransportError: it can't be asked, or refuses
        """
        backend = self.sudo().backend_id
        found = backend._adapter()._preview_refund(backend, self._document())
        amount, maximum = float(found.amount), float(found.maximum)
        self.write(
            {
                "preview_subtotal": float(found.subtotal),
                "preview_tax": float(found.tax),
                "preview_shipping_maximum": float(found.shipping_maximum),
                "preview_maximum": maximum,
                "preview_payments": ", ".join(
                    f"{payment.gateway} {self.currency_id.format(float(payment.amount))}" for payment in found.payments
                ),
                "amount": min(self.move_id.amount_total, maximum) if self.move_id else amount,
                "is_previewed": True,
            }
        )

    def _refunded(self, external_id):
        """Note what the platform made of it."""
        self.write({"state": "done", "external_id": external_id, "problem": False, "remedy": False})
        self._link()

    def _refused(self, problem, remedy):
        """The platform said no: staff may correct it and ask again."""
        self.write(
            {
                "state": "failed",
                "problem": problem,
                "remedy": remedy,
                "attempt": self.attempt + 1,
                "is_previewed": False,
            }
        )

    def _link(self):
        """Book the platform's refund by the credit note it was asked for; no other is made for it."""
        for request in self.filtered(lambda request: request.external_id and not request.refund_id):
            refund = request.refund_id.search(
                [("backend_id", "=", request.backend_id.id), ("external_id", "=", request.external_id)]
            )
            if refund:
                request.refund_id = refund
                if request.move_id and not refund.move_id:
                    refund.move_id = request.move_id

    # === ACTION METHODS === #

    def action_preview(self):
        """Fill in what the platform reckons."""
        self.ensure_one()
        self._check_open()
        try:
            self._preview()
        except TransportError as error:
            raise UserError(self.sudo().backend_id._user_message(error)) from error
        return self._show()

    def _check_open(self):
        self.check_access("write")
        self.order_id.check_access("read")
        if self.state not in ("draft", "failed"):
            raise UserError(self.env._("%s is asked for already.", self.display_name))
        if not self.line_ids.filtered("quantity") and not self.shipping and not self.amount:
            raise UserError(self.env._("Say what is given back: quantities, shipping or an amount."))
        for line in self.line_ids:
            if line.order_line_id.product_uom_id.compare(line.quantity, line.refundable) > 0:
                raise UserError(
                    self.env._(
                        "Of %(product)s, %(left)g can be refunded.",
                        product=line.order_line_id.product_id.display_name,
                        left=line.refundable,
                    )
                )

    def action_refund(self):
        """Queue the refund; the same request is never refunded twice."""
        self.ensure_one()
        self._check_open()
        if not self.is_previewed:
            raise UserError(self.env._("Let the platform reckon first: what is given back has changed."))
        if self.currency_id.compare_amounts(self.amount, self.preview_maximum) > 0:
            raise UserError(self.env._("The platform can pay back no more than %s.", self.preview_maximum))
        self.sudo().write({"state": "asked", "problem": False, "remedy": False})
        order = self.order_id
        self.sudo().backend_id._enqueue(
            "refund_order",
            arguments={"request_id": self.id},
            external_id=order.integration_external_id,
            record=order,
            identity_key=f"refund_order:{self.id}",
        )
        message = self.env._("Refund requested on %s.", self.platform_name)
        order.sudo().message_post(body=" ".join(filter(None, [message, self.note])))
        return notification(
            self.env._("%s is asked for the refund. It appears on the order in a few seconds.", self.platform_name),
            following=CLOSE,
        )


class IntegrationRefundRequestLine(models.Model):
    """What of one order line is to be given back."""

    _name = "integration.refund.request.line"
    _description = "Refund on the Platform, Line"
    _order = "request_id, id"

    request_id = fields.Many2one("integration.refund.request", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="request_id.company_id")
    order_line_id = fields.Many2one(
        "sale.order.line", "Line", required=True, readonly=True, ondelete="cascade", index=True
    )
    refundable = fields.Float("Not Given Back Yet", digits="Product Unit", readonly=True)
    quantity = fields.Float("Give Back", digits="Product Unit")
    restock = fields.Boolean("Back to Stock", default=True)
    cancelled = fields.Boolean("Not Sent Yet", help="These units have not been sent, and will not be.")

    def write(self, vals):
        """What the platform reckoned was for other lines."""
        self.request_id.filtered("is_previewed").is_previewed = False
        return super().write(vals)


class IntegrationRefund(models.Model):
    _inherit = "integration.refund"

    @api.model_create_multi
    def create(self, vals_list):
        """Refunds that were asked for from Odoo are booked by the credit note they were asked for."""
        refunds = super().create(vals_list)
        requests = self.env["integration.refund.request"].search(
            [("external_id", "in", refunds.mapped("external_id")), ("state", "=", "done")]
        )
        requests._link()
        return refunds
