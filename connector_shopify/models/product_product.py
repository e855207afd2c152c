from odoo import models

from odoo.addons.connector_base.mirror import VARIANTS, mirror


class ProductProduct(models.Model):
    """Which of a product's variants this is on Shopify."""

    _inherit = "product.product"

    shopify_variant_id = mirror("shopify", "Shopify Variant ID", "external_id", VARIANTS)
    shopify_inventory_item_id = mirror(
        "shopify", "Shopify Inventory Item", "inventory_external_id", VARIANTS, help="What Shopify counts the stock by."
    )
