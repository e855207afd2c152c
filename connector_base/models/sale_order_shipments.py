from odoo import api, fields, models

from .integration_binding_shipment import SHIPMENT_ACTIVITY


class SaleOrder(models.Model):
    """An order's shipments on its platform."""

    _inherit = "sale.order"

    integration_shipment_ids = fields.One2many(
        "integration.binding.shipment", "order_id", string="Platform Shipments", readonly=True, copy=False
    )
    integration_shipment_count = fields.Integer(compute="_compute_integration_shipment_count")

    @api.depends("integration_shipment_ids")
    def _compute_integration_shipment_count(self):
        for order in self:
            order.integration_shipment_count = len(order.sudo().integration_shipment_ids)

    def action_integration_shipments(self):
        """Show the shipments of these orders on their platforms."""
        action = self.env["ir.actions.act_window"]._for_xml_id("connector_base.integration_binding_shipment_action")
        return {**action, "domain": [("order_id", "in", self.ids)], "context": {}}

    def action_confirm(self):
        """Book what was sent before the order was confirmed."""
        result = super().action_confirm()
        self.sudo().filtered("integration_backend_id.import_shipments")._integration_queue_shipments()
        return result

    def _integration_queue_shipments(self):
        """Queue the booking of these orders' shipments that wait for it; quotations wait for their confirmation."""
        waiting = self.env["integration.binding.shipment"].sudo().search(
            [("order_id", "in", self.ids), ("state", "!=", "done"), ("order_id.state", "=", "sale")]
        )  # fmt: skip
        for backend, of_backend in waiting.grouped("backend_id").items():
            backend._queue_bookings(of_backend.order_id)

    def _integration_tell_about_shipment(self, summary, remedy):
        """Give the responsible user an activity about a shipment, once for the same sentence."""
        self.ensure_one()
        if not self._integration_shipment_activities(summary):
            order = self.sudo().with_context(mail_activity_automation_skip=False, mail_activity_quick_update=True)
            user = order.user_id or order.integration_backend_id.user_id or self.env.user
            order.activity_schedule(SHIPMENT_ACTIVITY, user_id=user.id, summary=summary, note=remedy)

    def _integration_shipment_settled(self, summary):
        """Take away the activity that says `summary`."""
        self._integration_shipment_activities(summary).unlink()

    def _integration_shipment_activities(self, summary):
        kind = self.env.ref(SHIPMENT_ACTIVITY)
        return self.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind and activity.summary == summary
        )
