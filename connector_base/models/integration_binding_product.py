from odoo import fields, models


class IntegrationBindingProduct(models.Model):
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

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This platform product is bound already on this sales channel."
    )
