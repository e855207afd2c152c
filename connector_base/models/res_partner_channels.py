from odoo import fields, models

from ..engine.customer_exporter import SENT_FIELDS


class ResPartner(models.Model):
    _inherit = "res.partner"

    integration_binding_ids = fields.One2many(
        "integration.binding.partner",
        "odoo_id",
        string="On Sales Channels",
        groups="sales_team.group_sale_salesman,connector_base.group_integration_user",
    )

    def write(self, vals):
        """Let sales channels know of what they are told."""
        result = super().write(vals)
        if SENT_FIELDS & vals.keys() and self.env["integration.backend"].sudo()._exports_customers():
            self.env["integration.customer.exporter"]._note_changes(self)
        return result
