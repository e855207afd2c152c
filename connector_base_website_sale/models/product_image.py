from odoo import api, fields, models


class ProductImage(models.Model):
    """A further picture of a product, on the website and on sales channels."""

    _inherit = "product.image"

    # It describes what can be seen. Pictures of platforms may have no description: they are given none
    name = fields.Char(required=False)
    product_variant_ids = fields.Many2many(
        "product.product",
        "integration_website_image_variant_rel",
        string="Shown With",
        compute="_compute_product_variant_ids",
        store=True,
        readonly=False,
        domain="[('product_tmpl_id', '=', product_tmpl_id)]",
        help="The variants that sales channels show with this picture, unless they have one of their own.",
    )

    @api.depends("product_variant_id")
    def _compute_product_variant_ids(self):
        for image in self:
            image.product_variant_ids |= image.product_variant_id

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        images = super().create(vals_list)
        images._integration_note()
        return images

    def write(self, vals):
        templates = self._integration_templates()
        result = super().write(vals)
        self._integration_note(templates)
        return result

    def unlink(self):
        self._integration_note()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _integration_templates(self):
        return self.product_tmpl_id | self.product_variant_id.product_tmpl_id

    def _integration_note(self, templates=()):
        """Mark the products of these pictures, and `templates`, on the channels that are told about them."""
        self.env["integration.product.exporter"]._note_products(
            templates=[*self._integration_templates().ids, *(template.id for template in templates)]
        )
