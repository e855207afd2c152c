from odoo import fields, models

from .product_template import SEEN_BY


class ProductProduct(models.Model):
    _inherit = "product.product"

    integration_variant_binding_ids = fields.One2many(
        "integration.binding.variant",
        "odoo_id",
        string="Variant on Sales Channels",
        groups=SEEN_BY,
    )
