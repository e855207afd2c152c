from odoo import models

from odoo.addons.connector_base.mirror import VARIANTS, mirror


class ProductProduct(models.Model):
    """Which of a product's variants this is in Magento: there, each is a product."""

    _inherit = "product.product"

    magento_variant_id = mirror("magento", "Magento Variant ID", "external_id", VARIANTS)
    magento_variant_sku = mirror(
        "magento", "Magento Variant SKU", "inventory_external_id", VARIANTS, help="What Magento counts the stock by."
    )
