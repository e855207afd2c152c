from odoo import api, fields, models


class IntegrationBindingProduct(models.Model):
    """A product on a sales channel. One without an external id is to be created there: somebody has published it."""

    _name = "integration.binding.product"
    _description = "Product Binding"
    _inherit = "integration.binding"

    _resource = "product"

    odoo_id = fields.Many2one(
        "product.template",
        string="Product",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    odoo_active = fields.Boolean(related="odoo_id.active", string="Active Here")
    external_id = fields.Char(required=False)

    # What the platform says; written by imports and pushes only
    remote_status = fields.Selection(
        [
            ("active", "Active"),
            ("draft", "Draft"),
            ("archived", "Archived"),
            ("unlisted", "Unlisted"),
            ("deleted", "Deleted"),
        ],
        string="On the Platform",
        readonly=True,
    )
    remote_handle = fields.Char("Address in the Shop", readonly=True)
    remote_url = fields.Char("Page in the Shop", readonly=True)
    remote_vendor = fields.Char("Vendor", readonly=True)
    remote_type = fields.Char("Product Type", readonly=True)
    remote_tags = fields.Char("Tags", readonly=True)

    # What is wanted there
    category_ids = fields.Many2many(
        "integration.category",
        "integration_binding_product_category_rel",
        string="Categories",
        domain="[('backend_id', '=', backend_id)]",
    )
    channel_ids = fields.Many2many(
        "integration.channel",
        "integration_binding_product_channel_rel",
        string="Published On",
        domain="[('backend_id', '=', backend_id)]",
    )

    # How far both agree
    digests_out = fields.Json(
        readonly=True, help="{field: fingerprint} of what the platform was last known to have, as Odoo would state it."
    )
    pulled_at = fields.Datetime("Last Import", readonly=True)
    pushed_at = fields.Datetime("Last Push", readonly=True)
    synced_at = fields.Datetime("Last Sync", compute="_compute_synced_at", help="When it was sent last, or taken over.")
    last_error = fields.Text(readonly=True, help="Why the last push failed.")
    remedy = fields.Text("What To Do", readonly=True)

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This platform product is bound already on this sales channel."
    )
    _unborn_uniq = models.UniqueIndex(
        "(backend_id, odoo_id) WHERE external_id IS NULL", "This product is about to be published there already."
    )

    @api.depends("pulled_at", "pushed_at")
    def _compute_synced_at(self):
        for binding in self:
            binding.synced_at = max(filter(None, (binding.pulled_at, binding.pushed_at)), default=False)
