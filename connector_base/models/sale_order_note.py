from odoo import models
from odoo.tools import plaintext2html


class SaleOrder(models.Model):
    """The customer's note on invoices, where the sales channel says so."""

    _inherit = "sale.order"

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        if self.integration_note and self.sudo().integration_backend_id.note_on_invoice:
            note = plaintext2html(self.integration_note)
            values["narration"] = (values["narration"] or "") + note
        return values


class StockMove(models.Model):
    """The customer's note on deliveries, where the sales channel says so."""

    _inherit = "stock.move"

    def _get_new_picking_values(self):
        values = super()._get_new_picking_values()
        orders = self.sale_line_id.order_id.filtered("integration_note")
        notes = [order.integration_note for order in orders if order.sudo().integration_backend_id.note_on_delivery]
        if notes:
            values["note"] = plaintext2html("\n".join(notes))
        return values
