from odoo import api, models


class IntegrationProductDocuments(models.AbstractModel):
    _inherit = "integration.product.documents"

    @api.model
    def _find_prices(self, backend, currency, variants, found):
        """Override of `connector_base`: the website's price before a reduction."""
        result = super()._find_prices(backend, currency, variants, found)
        if backend.compare_at == "compare_list_price" and currency == backend.company_id.currency_id:
            found.compare_prices = {variant.id: variant.product_tmpl_id.compare_list_price for variant in variants}
        return result


class IntegrationProductExporter(models.AbstractModel):
    _inherit = "integration.product.exporter"

    @api.model
    def _watched(self):
        """Override of `connector_base`: documents state the website's price before a reduction, too."""
        of_templates, of_variants = super()._watched()
        return of_templates | {"compare_list_price"}, of_variants
