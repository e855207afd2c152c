from odoo import models

from odoo.addons.connector_base.mirror import mirror, mirror_synced_at


class ProductTemplate(models.Model):
    """Where the product is on Shopify. A product can be in several stores: what is shown comes from its bindings."""

    _inherit = "product.template"

    shopify_product_id = mirror("shopify", "Shopify Product ID", "external_id")
    shopify_handle = mirror("shopify", "Shopify Address", "remote_handle", help="The product's name in web addresses.")
    shopify_status = mirror("shopify", "Shopify Status", "remote_status")
    shopify_vendor = mirror("shopify", "Shopify Vendor", "remote_vendor")
    shopify_type = mirror("shopify", "Shopify Product Type", "remote_type")
    shopify_tags = mirror("shopify", "Shopify Tags", "remote_tags")
    shopify_channels = mirror("shopify", "Shopify Publications", "channel_ids.name", help="Where Shopify shows it.")
    shopify_url = mirror("shopify", "Page in the Shopify Store", "remote_url")
    shopify_synced_at = mirror_synced_at(
        "shopify", "Last Shopify Sync", help="When the product was last sent to Shopify, or taken from there."
    )
