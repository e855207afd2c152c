from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _prepare_procurement_values(self):
        """Plan no delivery of an imported order in the past.

        Odoo plans from the date of the order, which is the day of its confirmation elsewhere but the platform's here: a
        delivery would be late when it is made, and refused where that day is in a closed period.
        """
        values = super()._prepare_procurement_values()
        if self.order_id.integration_backend_id:
            # the transaction's time, so that one launch gives one date
            values["date_planned"] = max(values["date_planned"], self.env.cr.now().replace(microsecond=0))
        return values
