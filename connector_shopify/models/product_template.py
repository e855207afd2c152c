from odoo import api, fields, models

from odoo.addons.connector_base.mirror import GROUPS, joined, mirror, search_synced_at

# Mirror field of the product -> where its binding has it
MIRRORED = {
    "shopify_product_id": "external_id",
    "shopify_handle": "remote_handle",
    "shopify_status": "remote_status",
    "shopify_vendor": "remote_vendor",
    "shopify_type": "remote_type",
    "shopify_tags": "remote_tags",
    "shopify_channels": "channel_ids.name",
    "shopify_url": "remote_url",
}


class ProductTemplate(models.Model):
    """Where the product is on Shopify. A product can be in several stores: what is shown comes from its bindings."""

    _inherit = "product.template"

    shopify_product_id = mirror("shopify", "Shopify Product ID", MIRRORED["shopify_product_id"])
    shopify_handle = mirror(
        "shopify", "Shopify Address", MIRRORED["shopify_handle"], help="The product's name in web addresses."
    )
    shopify_status = mirror("shopify", "Shopify Status", MIRRORED["shopify_status"])
    shopify_vendor = mirror("shopify", "Shopify Vendor", MIRRORED["shopify_vendor"])
    shopify_type = mirror("shopify", "Shopify Product Type", MIRRORED["shopify_type"])
    shopify_tags = mirror("shopify", "Shopify Tags", MIRRORED["shopify_tags"])
    shopify_channels = mirror(
        "shopify", "Shopify Publications", MIRRORED["shopify_channels"], help="Where Shopify shows it."
    )
    shopify_url = mirror("shopify", "Page in the Shopify Store", MIRRORED["shopify_url"])
    shopify_synced_at = fields.Datetime(
        "Last Shopify Sync",
        compute="_compute_shopify_mirror",
        search="_search_shopify_synced_at",
        groups=GROUPS,
        help="When the product was last sent to Shopify, or taken from there.",
    )

    @api.depends(
        "integration_binding_ids.backend_id.platform",
        *(f"integration_binding_ids.{path}" for path in MIRRORED.values()),
        "integration_binding_ids.synced_at",
    )
    def _compute_shopify_mirror(self):
        status = self.env["integration.binding.product"]._fields["remote_status"]
        labels = dict(status._description_selection(self.env))
        for template in self:
            bindings = template.integration_binding_ids.filtered(lambda binding: binding.platform == "shopify")
            for field, path in MIRRORED.items():
                template[field] = joined(bindings.mapped(path))
            template.shopify_status = joined(labels.get(binding.remote_status) for binding in bindings)
            template.shopify_url = next((binding.remote_url for binding in bindings if binding.remote_url), False)
            template.shopify_synced_at = max(filter(None, bindings.mapped("synced_at")), default=False)

    def _search_shopify_synced_at(self, operator, value):
        return search_synced_at("shopify", operator, value)
