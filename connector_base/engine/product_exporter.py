from odoo import api, models


class IntegrationProductExporter(models.AbstractModel):
    _name = "integration.product.exporter"
    _description = "Product Exporter"

    @api.model
    def _changed_parts(self, backend, bindings):
        """Return {binding: frozenset of `PRODUCT_PARTS` that changed in Odoo since both sides last agreed}."""
        return {}

    @api.model
    def _note_pulled(self, backend, documents):
        """Take over what was imported as what the platform has; mark what Odoo has to tell it.

        :param dict documents: {product binding: the canonical `Product` it was imported from}; None instead of
            the product when only its pictures were read
        """
