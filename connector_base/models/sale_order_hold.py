from textwrap import shorten

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ..notification import notification

STATES = [("ok", "OK"), ("attention", "Needs a look"), ("held", "Held")]
ACTIVITY_TYPE = "connector_base.mail_activity_type_hold"
SUMMARY = 120  # characters of an activity's title


class SaleOrder(models.Model):
    """Exceptions of imported orders: a status, its reason and remedy, an activity, and the ways out."""

    _inherit = "sale.order"

    integration_hold_reason = fields.Text(string="Held Because", readonly=True, copy=False)
    integration_hold_remedy = fields.Text(string="What To Do", readonly=True, copy=False)
    integration_held = fields.Boolean(string="Held", compute="_compute_integration_held", search="_search_held")
    integration_state = fields.Selection(
        STATES,
        string="Import Status",
        compute="_compute_integration_state",
        store=True,
        index="btree_not_null",
        help="Held: it can't be confirmed before its reason is gone or it is released. "
        "Needs a look: a placeholder stands for a product that Odoo doesn't know.",
    )

    integration_exception = fields.Text(
        string="Why", compute="_compute_integration_exception", help="Why the order is held, or needs a look."
    )
    integration_exception_remedy = fields.Text(string="Remedy", compute="_compute_integration_exception")

    # === COMPUTE METHODS === #

    @api.depends("integration_hold_reason")
    def _compute_integration_held(self):
        for order in self:
            order.integration_held = bool(order.integration_hold_reason)

    def _search_held(self, operator, value):
        if operator != "in":
            return NotImplemented
        held, free = True in value, False in value
        if held and free:
            return Domain.TRUE
        return Domain("integration_hold_reason", "!=" if held else "=", False)

    @api.depends("integration_backend_id", "integration_hold_reason", "order_line.integration_unknown_product", "state")
    def _compute_integration_state(self):
        for order in self:
            if not order.integration_backend_id:
                order.integration_state = False
            elif order.state == "cancel":
                order.integration_state = "ok"
            elif order.integration_hold_reason:
                order.integration_state = "held"
            else:
                unknown = any(line.integration_unknown_product for line in order.order_line)
                order.integration_state = "attention" if unknown else "ok"

    @api.depends("integration_state", "integration_hold_reason", "integration_hold_remedy")
    def _compute_integration_exception(self):
        for order in self:
            reason, remedy = order.integration_hold_reason, order.integration_hold_remedy
            if order.integration_state == "attention":
                lines = order.order_line.filtered("integration_unknown_product")
                names = ", ".join(line.name.partition("\n")[0] for line in lines)
                reason = self.env._("Odoo doesn't know: %s.", names)
                remedy = self.env._("Choose the products on the lines, or give products these SKUs and check again.")
            order.integration_exception = reason
            order.integration_exception_remedy = remedy

    # === BUSINESS METHODS === #

    def _integration_hold(self, reason, remedy):
        """Hold the order for one more reason, and tell the responsible user; once for each reason.

        :param str reason: one line
        :param str remedy: one line
        """
        self.ensure_one()
        reasons = (self.integration_hold_reason or "").splitlines()
        if reason in reasons:
            return
        remedies = dict.fromkeys([*(self.integration_hold_remedy or "").splitlines(), remedy])
        self.write(
            {
                "integration_hold_reason": "\n".join([*reasons, reason]),
                "integration_hold_remedy": "\n".join(remedies),
            }
        )
        self._integration_tell_holds()

    def _integration_tell_holds(self):
        """Bring the activities of these orders in line with their holds, all in one go.

        A held order has one open activity that says why it is held and what to do; it is done by itself when the
        order is held no more. To be called when reasons have changed: an activity that its user has marked as done
        comes back only then.
        """
        activity_type = self.env.ref(ACTIVITY_TYPE)
        # no mail: a page of held orders would be a page of mails
        Activity = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        known = Activity.search(
            [
                ("res_model", "=", "sale.order"),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", activity_type.id),
            ]
        ).grouped("res_id")
        model_id = self.env["ir.model"]._get_id("sale.order")
        values_list, done = [], Activity.browse()
        for order in self:
            activities = known.get(order.id, Activity.browse())
            if not order.integration_hold_reason or order.state == "cancel":
                done |= activities
                continue
            values = order._integration_hold_activity_values()
            if activities:
                activities.write(values)
            else:
                user = order.user_id or order.sudo().integration_backend_id.user_id or self.env.user
                values.update(
                    activity_type_id=activity_type.id,
                    res_model_id=model_id,
                    res_id=order.id,
                    user_id=user.id,
                    automated=True,
                )
                values_list.append(values)
        Activity.create(values_list)
        if done:
            done.action_feedback(feedback=self.env._("The order is held no more."))

    def _integration_hold_activity_values(self):
        reasons = self.integration_hold_reason.splitlines()
        remedies = (self.integration_hold_remedy or "").splitlines()
        summary = shorten(reasons[0], SUMMARY, placeholder=" …")
        texts = [*(reasons[1:] if summary == reasons[0] else reasons), *remedies]
        return {"summary": summary, "note": Markup().join(Markup("<p>%s</p>") % text for text in texts)}

    def _action_cancel(self):
        """A cancelled order has nothing left to look at."""
        result = super()._action_cancel()
        if held := self.filtered("integration_hold_reason"):
            held.write({"integration_hold_reason": False, "integration_hold_remedy": False})
            held._integration_tell_holds()
        return result

    def _confirmation_error_message(self):
        if self.integration_hold_reason:
            return self.env._(
                "%(order)s is held and can't be confirmed.\n%(reason)s\n%(remedy)s",
                order=self.display_name,
                reason=self.integration_hold_reason,
                remedy=self.integration_hold_remedy or "",
            )
        return super()._confirmation_error_message()

    # === ACTION METHODS === #

    def action_integration_release(self):
        """Take the hold off: the user has compared the orders with the platform. The chatter keeps why and who."""
        held = self.filtered("integration_hold_reason")
        for order in held:
            order.message_post(
                body=self.env._("Released. The order was held because: %s", order.integration_hold_reason)
            )
        held.write({"integration_hold_reason": False, "integration_hold_remedy": False})
        held._integration_tell_holds()
        return True

    def action_integration_check_again(self):
        """Read the orders from their platforms again; what was missing may be there now."""
        orders = self.filtered("integration_external_id")
        for backend, of_backend in orders.grouped("integration_backend_id").items():
            backend.sudo()._enqueue(
                "import_order_ids", arguments={"external_ids": of_backend.mapped("integration_external_id")}
            )
        return notification(
            self.env._("The platform is being asked again. Orders: %s. Reload the page in a few seconds.", len(orders))
        )
