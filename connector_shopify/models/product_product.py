from odoo import api, models

from odoo.addons.connector_base.mirror import joined, mirror

BINDINGS = "integration_variant_binding_ids"


class ProductProduct(models.Model):
    """Which of a product's variants this is on Shopify."""

    _inherit = "product.product"

    shopify_variant_id = mirror("shopify", "Shopify Variant ID", "external_id", BINDINGS)
    shopify_inventory_item_id = mirror(
        "shopify", "Shopify Inventory Item", "inventory_external_id", BINDINGS, help="What Shopify counts the stock by."
    )

    @api.depends(
        "integration_variant_binding_ids.backend_id.platform",
        "integration_variant_binding_ids.external_id",
        "integration_variant_binding_ids.inventory_external_id",
    )
    def _compute_shopify_mirror(self):
        for variant in self:
            bindings = variant.integration_variant_binding_ids.filtered(lambda binding: binding.platform == "shopify")
            variant.shopify_variant_id = joined(bindings.mapped("external_id"))
            variant.shopify_inventory_item_id = joined(bindings.mapped("inventory_external_id"))
