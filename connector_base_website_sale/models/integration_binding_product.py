from odoo import api, models


class IntegrationBindingProduct(models.Model):
    """What people wish of categories on a sales channel is so on the website. Imports see to it themselves."""

    _inherit = "integration.binding.product"

    @api.model_create_multi
    def create(self, vals_list):
        bindings = super().create(vals_list)
        if by_people := bindings._not_imported():
            self.env["integration.public.categories"]._join(by_people)
        return bindings

    def write(self, vals):
        if "category_ids" not in vals:
            return super().write(vals)
        before = {binding: binding.category_ids for binding in self._not_imported()}
        result = super().write(vals)
        self.env["integration.public.categories"]._move_products(
            {
                binding: (binding.category_ids - was, was - binding.category_ids)
                for binding, was in before.items()
                if was != binding.category_ids
            }
        )
        return result

    def _not_imported(self):
        """Return those of channels with website categories that are not written by an import from there."""
        origin = self.env.context.get("integration_from_backend")
        return self.filtered(
            lambda binding: binding.backend_id.id != origin and binding.backend_id.sync_public_categories
        )
