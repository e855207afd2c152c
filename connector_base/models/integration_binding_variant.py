from odoo import fields, models


class IntegrationBindingVariant(models.Model):
    _name = "integration.binding.variant"
    _description = "Variant Binding"
    _inherit = "integration.binding"

    _resource = "variant"

    odoo_id = fields.Many2one(
        "product.product",
        string="Variant",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    odoo_active = fields.Boolean(related="odoo_id.active", string="Active Here")
    external_parent_id = fields.Char(
        string="External Product",
        readonly=True,
        index=True,
        help="The platform's id of the product it is a variant of.",
    )
    inventory_external_id = fields.Char(
        string="External Stock ID", readonly=True, index="btree_not_null", help="What the platform counts stock by."
    )

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This platform variant is bound already on this sales channel."
    )

    def _url_details(self):
        return {"parent_external_id": self.external_parent_id or ""}
