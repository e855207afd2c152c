from odoo import fields, models


class SaleOrder(models.Model):
    """How likely an order is to be delivered and kept, with every factor that counts; see engine/order_score.py."""

    _inherit = "sale.order"

    integration_use_score = fields.Boolean(related="integration_backend_id.use_score")
    integration_scored_on = fields.Datetime(string="Scored On", readonly=True, copy=False)
    integration_purchase_count = fields.Integer(
        string="Earlier Purchases",
        readonly=True,
        copy=False,
        help="Confirmed orders of this customer before this one.",
    )
    integration_delivery_score = fields.Integer(
        string="Delivery Score",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="100 and the points of every factor that applies, between 0 and 100.",
    )
    integration_delivery_probability = fields.Float(
        string="Delivery Probability",
        digits=(5, 1),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="In percent, how likely the order is to be delivered and kept: 100 / (1 + e^((40 - score) / 15)). "
        "A score of 40 is 50 %, 70 is 88 %, 100 is 98 %.",
    )
    integration_score_factors = fields.Text(string="Factors", readonly=True, copy=False)
    integration_recommended_carrier_id = fields.Many2one(
        "delivery.carrier", string="Recommended Carrier", readonly=True, copy=False
    )
    integration_carrier_reason = fields.Char(string="Why This Carrier", readonly=True, copy=False)

    def action_integration_score(self):
        """Score these orders by the factors as they are now."""
        self.check_access("write")
        self.env["integration.order.score"]._score(self.filtered("integration_backend_id"))
        return True
