from odoo import api, fields, models

# Who sees where products are on sales channels
SEEN_BY = "sales_team.group_sale_salesman,connector_base.group_integration_user"


class ProductTemplate(models.Model):
    _inherit = "product.template"

    integration_binding_ids = fields.One2many(
        "integration.binding.product",
        "odoo_id",
        string="On Sales Channels",
        groups=SEEN_BY,
    )
    integration_variant_binding_ids = fields.Many2many(
        "integration.binding.variant",
        string="Variants on Sales Channels",
        compute="_compute_integration_variant_binding_ids",
        groups=SEEN_BY,
    )

    @api.depends("product_variant_ids.integration_variant_binding_ids")
    def _compute_integration_variant_binding_ids(self):
        for template in self:
            template.integration_variant_binding_ids = template.product_variant_ids.integration_variant_binding_ids
