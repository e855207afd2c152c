from odoo import api, fields, models
from odoo.fields import Domain


class ProductTemplate(models.Model):
    """Where the product is on Shopify. A product can be in several stores: what is shown comes from its bindings."""

    _inherit = "product.template"

    shopify_product_id = fields.Char(
        string="Shopify Product ID",
        compute="_compute_shopify_product_id",
        search="_search_shopify_product_id",
        groups="sales_team.group_sale_salesman,connector_base.group_integration_user",
    )

    @api.depends("integration_binding_ids.external_id", "integration_binding_ids.backend_id.platform")
    def _compute_shopify_product_id(self):
        for template in self:
            bindings = template.integration_binding_ids.filtered(lambda binding: binding.platform == "shopify")
            template.shopify_product_id = ", ".join(sorted(bindings.mapped("external_id"))) or False

    def _search_shopify_product_id(self, operator, value):
        """Return the domain of templates with such an id; `in` with False finds those that are on no Shopify store."""
        if operator not in ("in", "like", "ilike", "=like", "=ilike"):
            return NotImplemented
        on_shopify = Domain("backend_id.platform", "=", "shopify")
        if operator != "in":
            return Domain("integration_binding_ids", "any", on_shopify & Domain("external_id", operator, value))
        wanted = [text for text in value if text]
        domain = Domain("integration_binding_ids", "any", on_shopify & Domain("external_id", "in", wanted))
        if False in value:
            domain |= Domain("integration_binding_ids", "not any", on_shopify)
        return domain
