from odoo import models

from odoo.addons.connector_base.mirror import mirror, mirror_synced_at


class ProductTemplate(models.Model):
    """Where the product is in Magento. A product can be in several shops: what is shown comes from its bindings."""

    _inherit = "product.template"

    magento_product_id = mirror("magento", "Magento Product ID", "external_id")
    magento_sku = mirror(
        "magento", "Magento SKU", "magento_sku", help="Of the product itself; variants have their own."
    )
    magento_type = mirror("magento", "Magento Product Type", "magento_type")
    magento_attribute_set = mirror("magento", "Magento Attribute Set", "magento_attribute_set")
    magento_visibility = mirror("magento", "Magento Visibility", "magento_visibility")
    magento_status = mirror("magento", "Magento Status", "remote_status")
    magento_websites = mirror("magento", "Magento Websites", "channel_ids.name", help="Where it is sold.")
    magento_url = mirror("magento", "Page in the Magento Shop", "remote_url")
    magento_synced_at = mirror_synced_at(
        "magento", "Last Magento Sync", help="When the product was last sent to Magento, or taken from there."
    )
