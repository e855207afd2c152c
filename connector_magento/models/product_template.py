from odoo import api, fields, models

from odoo.addons.connector_base.mirror import GROUPS, joined, mirror, search_synced_at

# Mirror field of the product -> where its binding has it
MIRRORED = {
    "magento_product_id": "external_id",
    "magento_sku": "magento_sku",
    "magento_type": "magento_type",
    "magento_attribute_set": "magento_attribute_set",
    "magento_visibility": "magento_visibility",
    "magento_status": "remote_status",
    "magento_websites": "channel_ids.name",
    "magento_url": "remote_url",
}
CHOICES = {"magento_status": "remote_status", "magento_visibility": "magento_visibility"}


class ProductTemplate(models.Model):
    """Where the product is in Magento. A product can be in several shops: what is shown comes from its bindings."""

    _inherit = "product.template"

    magento_product_id = mirror("magento", "Magento Product ID", MIRRORED["magento_product_id"])
    magento_sku = mirror(
        "magento", "Magento SKU", MIRRORED["magento_sku"], help="Of the product itself; variants have their own."
    )
    magento_type = mirror("magento", "Magento Product Type", MIRRORED["magento_type"])
    magento_attribute_set = mirror("magento", "Magento Attribute Set", MIRRORED["magento_attribute_set"])
    magento_visibility = mirror("magento", "Magento Visibility", MIRRORED["magento_visibility"])
    magento_status = mirror("magento", "Magento Status", MIRRORED["magento_status"])
    magento_websites = mirror("magento", "Magento Websites", MIRRORED["magento_websites"], help="Where it is sold.")
    magento_url = mirror("magento", "Page in the Magento Shop", MIRRORED["magento_url"])
    magento_synced_at = fields.Datetime(
        "Last Magento Sync",
        compute="_compute_magento_mirror",
        search="_search_magento_synced_at",
        groups=GROUPS,
        help="When the product was last sent to Magento, or taken from there.",
    )

    @api.depends(
        "integration_binding_ids.backend_id.platform",
        *(f"integration_binding_ids.{path}" for path in MIRRORED.values()),
        "integration_binding_ids.synced_at",
    )
    def _compute_magento_mirror(self):
        bindings = self.env["integration.binding.product"]
        labels = {name: dict(bindings._fields[path]._description_selection(self.env)) for name, path in CHOICES.items()}
        for template in self:
            bindings = template.integration_binding_ids.filtered(lambda binding: binding.platform == "magento")
            for name, path in MIRRORED.items():
                named = labels.get(name)
                template[name] = joined(named.get(value) if named else value for value in bindings.mapped(path))
            template.magento_url = next((binding.remote_url for binding in bindings if binding.remote_url), False)
            template.magento_synced_at = max(filter(None, bindings.mapped("synced_at")), default=False)

    def _search_magento_synced_at(self, operator, value):
        return search_synced_at("magento", operator, value)
