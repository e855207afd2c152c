from odoo import api, models

from odoo.addons.connector_base.mirror import joined, mirror

BINDINGS = "integration_variant_binding_ids"


class ProductProduct(models.Model):
    """Which of a product's variants this is in Magento: there, each is a product."""

    _inherit = "product.product"

    magento_variant_id = mirror("magento", "Magento Variant ID", "external_id", BINDINGS)
    magento_variant_sku = mirror(
        "magento", "Magento Variant SKU", "inventory_external_id", BINDINGS, help="What Magento counts the stock by."
    )

    @api.depends(
        "integration_variant_binding_ids.backend_id.platform",
        "integration_variant_binding_ids.external_id",
        "integration_variant_binding_ids.inventory_external_id",
    )
    def _compute_magento_mirror(self):
        for variant in self:
            bindings = variant.integration_variant_binding_ids.filtered(lambda binding: binding.platform == "magento")
            variant.magento_variant_id = joined(bindings.mapped("external_id"))
            variant.magento_variant_sku = joined(bindings.mapped("inventory_external_id"))
