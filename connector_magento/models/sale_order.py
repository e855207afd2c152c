from odoo import api, fields, models

from .. import const


class SaleOrder(models.Model):
    """What Magento says of its order, to see, filter and group by."""

    _inherit = "sale.order"

    magento_order_id = fields.Char(string="Magento Order ID", readonly=True, copy=False, index="btree_not_null")
    magento_increment_id = fields.Char(string="Magento Order", readonly=True, copy=False)
    magento_state = fields.Selection(list(const.ORDER_STATES.items()), readonly=True, copy=False)
    magento_status = fields.Char(readonly=True, copy=False, help="The shop's own word for where the order stands.")
    magento_store = fields.Char(readonly=True, copy=False)
    magento_group = fields.Char(string="Customer Group", readonly=True, copy=False)
    magento_payment = fields.Char(readonly=True, copy=False)
    magento_replaces = fields.Char(
        string="Replaces", readonly=True, copy=False, help="The order that was edited: this one took its place."
    )
    magento_replaced_by = fields.Char(
        string="Replaced By", readonly=True, copy=False, help="The order was edited: that one took its place."
    )
    magento_admin_url = fields.Char(string="In Magento's Admin", compute="_compute_magento_admin_url")

    @api.depends(
        "magento_order_id", "integration_backend_id.magento_base_url", "integration_backend_id.magento_admin_path"
    )
    def _compute_magento_admin_url(self):
        for order in self:
            backend = order.integration_backend_id.sudo()
            order.magento_admin_url = (
                backend._adapter()._order_url(backend, order.magento_order_id) if order.magento_order_id else False
            )
