from odoo import fields, models


class IntegrationBackend(models.Model):
    """How orders of Magento are read and worked on."""

    _inherit = "integration.backend"

    magento_admin_path = fields.Char(
        string="Path of the Admin",
        default="admin",
        help="What stands behind the shop's address in that of its admin, for links to it: it is often changed for "
        "safety.",
    )
    magento_restock = fields.Boolean(
        string="Refunded Goods Come Back",
        help="Magento doesn't say whether goods that were sent and refunded are back. Set this if they are, as a rule: "
        "then they count as put back into stock.",
    )
    magento_invoice_shipped = fields.Boolean(
        string="Invoice What Is Sent",
        tracking=True,
        help="When Odoo tells Magento of a delivery, what of it is not invoiced there is invoiced first: an authorized "
        "payment is captured then, and one that Magento doesn't handle itself counts as paid.",
    )

    def _magento_order_terms(self):
        """Return how amounts of orders are read, as arguments of the parsers."""
        self.ensure_one()
        return {"currency": "base" if self.order_currency == "shop" else "order"}
