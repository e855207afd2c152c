from odoo import api, models


class IntegrationProductPictures(models.AbstractModel):
    """Further pictures of products are the website's: those of the product, and those of its variants."""

    _inherit = "integration.product.pictures"

    @api.model
    def _picture_model(self):
        """Override of `connector_base`: the website's pictures."""
        return self.env["product.image"]

    @api.model
    def _further(self, templates):
        """Override of `connector_base`: videos are no pictures."""
        found = self._picture_model().search(
            [
                ("video_url", "=", False),
                "|",
                ("product_tmpl_id", "in", templates.ids),
                ("product_variant_id.product_tmpl_id", "in", templates.ids),
            ]
        )
        return dict(found.grouped(lambda picture: picture._integration_templates().id))
