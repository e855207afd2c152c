from odoo import fields, models


class IntegrationBackend(models.Model):
    """What happens to orders that change, or were there before."""

    _inherit = "integration.backend"

    confirmed_order_edits = fields.Selection(
        [("apply", "Apply where it is safe"), ("hold", "Always hold the order")],
        string="Edits of Confirmed Orders",
        required=True,
        default="apply",
        tracking=True,
        help="What happens when the platform changes or cancels an order that is confirmed in Odoo. Safe is what "
        "touches nothing that is delivered, invoiced or locked; everything else holds the order and says why.",
    )
    adopt_orders = fields.Boolean(
        string="Adopt Earlier Orders",
        tracking=True,
        help="Orders that came into Odoo by another way before (another connector, an import of files) are taken over "
        "instead of created a second time: same reference, customer and total. Switch it off when all are there.",
    )
