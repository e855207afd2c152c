from odoo import api, fields, models
from odoo.fields import Domain

GROUPS = "sales_team.group_sale_salesman,connector_base.group_integration_user"
ON_SHOPIFY = Domain("backend_id.platform", "=", "shopify")
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


def mirror(string, path, bindings="integration_binding_ids", **options):
    """Return a text field that shows, and finds, what the Shopify bindings of a record have at `path`."""
    return fields.Char(
        string=string,
        compute="_compute_shopify_mirror",
        search=lambda records, operator, value: search_mirror(bindings, path, operator, value),
        groups=GROUPS,
        **options,
    )


def search_mirror(bindings, path, operator, value):
    """Return the domain of records whose Shopify bindings have such a value; `in` with False: that have none."""
    if operator not in ("in", "like", "ilike", "=like", "=ilike"):
        return NotImplemented
    if operator != "in":
        return Domain(bindings, "any", ON_SHOPIFY & Domain(path, operator, value))
    domain = Domain(bindings, "any", ON_SHOPIFY & Domain(path, "in", [text for text in value if text]))
    if False in value:
        domain |= Domain(bindings, "not any", ON_SHOPIFY & Domain(path, "!=", False))
    return domain


def joined(values):
    """Return the different values, sorted, as one text; False for none."""
    return ", ".join(sorted({value for value in values if value})) or False


class ProductTemplate(models.Model):
    """Where the product is on Shopify. A product can be in several stores: what is shown comes from its bindings."""

    _inherit = "product.template"

    shopify_product_id = mirror("Shopify Product ID", MIRRORED["shopify_product_id"])
    shopify_handle = mirror("Shopify Address", MIRRORED["shopify_handle"], help="The product's name in web addresses.")
    shopify_status = mirror("Shopify Status", MIRRORED["shopify_status"])
    shopify_vendor = mirror("Shopify Vendor", MIRRORED["shopify_vendor"])
    shopify_type = mirror("Shopify Product Type", MIRRORED["shopify_type"])
    shopify_tags = mirror("Shopify Tags", MIRRORED["shopify_tags"])
    shopify_channels = mirror("Shopify Publications", MIRRORED["shopify_channels"], help="Where Shopify shows it.")
    shopify_url = mirror("Page in the Shopify Store", MIRRORED["shopify_url"])
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
        """Return the domain of templates that were synced at such a time, whichever way."""
        if operator not in (">", ">=", "<", "<="):
            return NotImplemented
        compared = Domain("pulled_at", operator, value) | Domain("pushed_at", operator, value)
        return Domain("integration_binding_ids", "any", ON_SHOPIFY & compared)
