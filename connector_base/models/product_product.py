from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    integration_variant_binding_ids = fields.One2many(
        "integration.binding.variant",
        "odoo_id",
        string="Variant on Sales Channels",
        groups="sales_team.group_sale_salesman,connector_base.group_integration_user",
    )
