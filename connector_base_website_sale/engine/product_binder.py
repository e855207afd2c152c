from odoo import api, models


class IntegrationProductBinder(models.AbstractModel):
    _inherit = "integration.product.binder"

    @api.model
    def _bind(self, backend, entries, lookups):
        """Override of `connector_base`: products are in the website's categories as in those of the platform."""
        result = super()._bind(backend, entries, lookups)
        stated = {
            entry.binding: self.env["integration.category"].union(
                *(lookups.categories[key] for key in entry.document.category_ids)
            )
            for entry in entries
            if "categories" in entry.applied and (entry.document.category_ids or entry.document.category_ids == ())
        }
        self.env["integration.public.categories"]._follow_platform(backend, stated)
        return result
