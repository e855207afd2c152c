from odoo import api, fields, models

PAGE = 50  # orders whose shipments are booked in one transaction


class IntegrationBackend(models.Model):
    """How shipments are told to a platform, and booked where they were sent outside of Odoo."""

    _inherit = "integration.backend"

    notify_shipments = fields.Boolean(
        "Tell the Customer",
        default=True,
        tracking=True,
        help="The platform tells the customer of a shipment that Odoo reports, in the platform's own words.",
    )
    shipment_shortage = fields.Selection(
        [("hold", "Ask us"), ("force", "Deliver all the same")],
        string="When Stock Is Missing",
        required=True,
        default="hold",
        tracking=True,
        help="What was sent outside of Odoo, but isn't in stock here: an activity asks what to do, or it is delivered "
        "and the stock becomes negative.",
    )
    carrier_ids = fields.One2many("integration.carrier", "backend_id", "Carriers", copy=True)
    known_carriers = fields.Text("Carriers the Platform Knows", compute="_compute_known_carriers")

    def _queue_bookings(self, orders):
        """Queue the booking of the shipments of these orders that wait for it."""
        self.ensure_one()
        for start in range(0, len(orders), PAGE):
            self._enqueue("book_shipments", arguments={"order_ids": orders[start : start + PAGE].ids})

    @api.depends("platform", "capability_codes")
    def _compute_known_carriers(self):
        for backend in self:
            can_send = "shipments_out" in (backend.capability_codes or "").split(",")
            backend.known_carriers = ", ".join(backend._adapter()._carriers(backend)) if can_send else False
