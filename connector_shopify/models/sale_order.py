from odoo import api, fields, models

from odoo.addons.connector_base.canonical import FINANCIAL_STATUSES, FULFILLMENT_STATUSES

from .. import const


def _selection(values):
    return [(value, value.replace("_", " ").capitalize()) for value in values]


class SaleOrder(models.Model):
    """What Shopify says of its order, to see, filter and group by."""

    _inherit = "sale.order"

    shopify_order_id = fields.Char(string="Shopify Order ID", readonly=True, copy=False, index="btree_not_null")
    shopify_order_name = fields.Char(string="Shopify Order", readonly=True, copy=False)
    shopify_confirmation_number = fields.Char(string="Confirmation Number", readonly=True, copy=False)
    shopify_financial_status = fields.Selection(
        _selection(FINANCIAL_STATUSES), string="Shopify Payment", readonly=True, copy=False
    )
    shopify_fulfillment_status = fields.Selection(
        _selection(FULFILLMENT_STATUSES), string="Shopify Fulfillment", readonly=True, copy=False
    )
    shopify_source_name = fields.Char(string="Shopify Source", readonly=True, copy=False)
    shopify_tags = fields.Char(readonly=True, copy=False)
    shopify_risk_level = fields.Selection(
        _selection(const.RISK_LEVELS), string="Shopify Risk", readonly=True, copy=False
    )
    shopify_gateway = fields.Char(string="Payment Gateway", readonly=True, copy=False)
    shopify_cancel_reason = fields.Char(string="Cancel Reason", readonly=True, copy=False)
    shopify_admin_url = fields.Char(string="In Shopify's Admin", compute="_compute_shopify_admin_url")

    @api.depends("shopify_order_id", "integration_backend_id.shopify_domain")
    def _compute_shopify_admin_url(self):
        for order in self:
            backend = order.integration_backend_id.sudo()
            order.shopify_admin_url = (
                backend._adapter()._order_url(backend, order.shopify_order_id) if order.shopify_order_id else False
            )
