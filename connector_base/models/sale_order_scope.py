from odoo import fields, models


class SaleOrder(models.Model):
    """Which part of the platform's account an order was placed in."""

    _inherit = "sale.order"

    integration_scope_id = fields.Many2one(
        "integration.scope",
        "Store",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The part of the sales channel's account that the order was placed in.",
    )
