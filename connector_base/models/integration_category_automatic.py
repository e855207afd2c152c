from odoo import models

from ..canonical import Product, field_digests


class IntegrationCategory(models.Model):
    """Categories whose products the platform chooses are never wished for.

    Products may come in before it is known which categories are of that kind: what both sides had agreed on stays
    agreed then, and is not sent.
    """

    _inherit = "integration.category"

    def write(self, vals):
        if "automatic" not in vals:
            return super().write(vals)
        changing = self.filtered(lambda category: category.automatic != bool(vals["automatic"]))
        agreed = changing._agreed_bindings()
        result = super().write(vals)
        for binding in agreed:
            binding.digests_out = {**binding.digests_out, **self._digest(binding)}
        return result

    def _agreed_bindings(self):
        """Return the products in these categories whose categories are as both sides last agreed on."""
        bindings = self.env["integration.binding.product"].search([("category_ids", "in", self.ids)])
        return bindings.filtered(
            lambda binding: (
                "category_ids" in (binding.digests_out or {})
                and binding.digests_out["category_ids"] == self._digest(binding)["category_ids"]
            )
        )

    def _digest(self, binding):
        """Return the fingerprint of the categories that are wished for, as the exporter states them."""
        wished = binding.category_ids.filtered(lambda category: not category.automatic)
        return field_digests(Product(category_ids=tuple(sorted(wished.mapped("external_id")))))
