from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_remaining_moves(self):
        """Override of `stock_account`, which looks variant by variant for the goods a new cost is the value of.

        Variants that an import is just creating (context `integration_new_variants`) have none yet.
        """
        return {} if self.env.context.get("integration_new_variants") else super()._get_remaining_moves()
