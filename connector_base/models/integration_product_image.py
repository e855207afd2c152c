from odoo import api, fields, models


class IntegrationProductImage(models.Model):
    """A further picture of a product, beside the one on its form; or of one of its variants."""

    _name = "integration.product.image"
    _description = "Product Picture"
    _inherit = ["image.mixin"]
    _order = "sequence, id"

    name = fields.Char("Description", help="What can be seen; read out to those who can't see it.")
    sequence = fields.Integer(default=10)
    product_tmpl_id = fields.Many2one(
        "product.template", "Product", required=True, ondelete="cascade", index=True, check_company=True
    )
    product_variant_ids = fields.Many2many(
        "product.product",
        "integration_product_image_variant_rel",
        string="Variants",
        domain="[('product_tmpl_id', '=', product_tmpl_id)]",
        help="Those that are shown with this picture.",
    )
    company_id = fields.Many2one(related="product_tmpl_id.company_id")
    image_1920 = fields.Image(required=True)
    checksum = fields.Char(compute="_compute_checksum", help="Of the content (SHA-1).")

    @api.depends("image_1920")
    def _compute_checksum(self):
        checksums = self._image_checksums(self)
        for image in self:
            image.checksum = checksums.get(image.id)

    @api.model
    def _image_checksums(self, records, field="image_1920"):
        """Return {id: SHA-1 hex} of the pictures that `records` (of any one model) hold in `field`, unread."""
        attachments = (
            self.env["ir.attachment"]
            .sudo()
            .search_fetch(
                [("res_model", "=", records._name), ("res_field", "=", field), ("res_id", "in", records.ids)],
                ["res_id", "checksum"],
            )
        )
        return {attachment.res_id: attachment.checksum for attachment in attachments}


class IntegrationBindingImage(models.Model):
    """Says that a picture with a certain content is there on the platform, with a product: it is sent once."""

    _name = "integration.binding.image"
    _description = "Picture on a Sales Channel"
    _order = "product_binding_id, id"

    product_binding_id = fields.Many2one(
        "integration.binding.product", required=True, readonly=True, ondelete="cascade", index=True
    )
    backend_id = fields.Many2one(related="product_binding_id.backend_id")
    external_id = fields.Char(string="External ID", required=True, readonly=True)
    checksum = fields.Char(readonly=True, help="Of the content Odoo has for it (SHA-1); empty before it was read.")
    url = fields.Char(readonly=True)

    _external_uniq = models.Constraint(
        "UNIQUE(product_binding_id, external_id)", "This picture is known already for this product."
    )
