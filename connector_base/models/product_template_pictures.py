from odoo import fields, models


class ProductTemplate(models.Model):
    """Pictures beside the one on its form, which sales channels show."""

    _inherit = "product.template"

    integration_image_ids = fields.One2many(
        "integration.product.image", "product_tmpl_id", string="Further Pictures", copy=True
    )
