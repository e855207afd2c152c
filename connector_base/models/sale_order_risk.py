from odoo import fields, models

from .sale_order import RISKS


class SaleOrder(models.Model):
    """The risk of fraud that somebody has looked at and accepted."""

    _inherit = "sale.order"

    integration_risk_accepted = fields.Selection(
        RISKS, string="Accepted Risk", readonly=True, copy=False, help="The risk at which the order was released."
    )

    def action_integration_release(self):
        for level, orders in self.filtered("integration_hold_reason").grouped("integration_risk").items():
            orders.integration_risk_accepted = level
        return super().action_integration_release()
