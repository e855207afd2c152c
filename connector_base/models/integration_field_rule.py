from odoo import api, fields, models

# Who decides about a field of products: Odoo always, the platform always, whoever changed it last, or the platform
# when the product is created in Odoo and nobody afterwards.
OWNERS = [
    ("odoo", "Odoo"),
    ("platform", "The platform"),
    ("newest", "Whoever changed it last"),
    ("create", "The platform, only for new products"),
]
PRODUCT_FIELDS = [
    ("title", "Name"),
    ("description", "Description"),
    ("handle", "Address in the Shop"),
    ("vendor", "Vendor"),
    ("product_type", "Product Type"),
    ("tags", "Tags"),
    ("seo", "Search Engine Texts"),
    ("status", "Status"),
    ("sku", "SKU"),
    ("barcode", "Barcode"),
    ("price", "Price"),
    ("compare_at_price", "Price Before Reduction"),
    ("cost", "Cost"),
    ("weight", "Weight"),
    ("customs", "Customs Code and Origin"),
    ("images", "Pictures"),
    ("categories", "Categories"),
    ("attributes", "Custom Fields"),
    ("translations", "Translations"),
    ("channels", "Publications"),
]


class IntegrationFieldRule(models.Model):
    """An exception from who decides about products on a sales channel: for one field."""

    _name = "integration.field.rule"
    _description = "Field Owner"
    _order = "backend_id, field"
    _rec_name = "field"

    backend_id = fields.Many2one("integration.backend", "Sales Channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="backend_id.company_id")
    field = fields.Selection(PRODUCT_FIELDS, required=True)
    owner = fields.Selection(OWNERS, required=True, default="odoo")

    _backend_field_uniq = models.Constraint("UNIQUE(backend_id, field)", "This field has a rule already.")


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    product_owner = fields.Selection(
        OWNERS,
        string="Who Decides",
        required=True,
        default="newest",
        tracking=True,
        help="Whose value counts where Odoo and the platform differ. Fields may have a rule of their own.",
    )
    field_rule_ids = fields.One2many("integration.field.rule", "backend_id", string="Other Rules for Fields", copy=True)

    @api.model
    def _product_fields(self):
        return [field for field, _label in PRODUCT_FIELDS]

    def _field_owners(self):
        """Return {product field: owner}, of all of `PRODUCT_FIELDS`."""
        self.ensure_one()
        rules = {rule.field: rule.owner for rule in self.field_rule_ids}
        return {field: rules.get(field, self.product_owner) for field in self._product_fields()}
