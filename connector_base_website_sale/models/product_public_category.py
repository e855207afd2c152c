from odoo import models


class ProductPublicCategory(models.Model):
    _inherit = "product.public.category"

    def write(self, vals):
        """Override: the categories on sales channels follow those of the website."""
        if "product_tmpl_ids" not in vals:
            return super().write(vals)
        before = {category: set(category.product_tmpl_ids.ids) for category in self}
        result = super().write(vals)
        moved = {}
        for category, was in before.items():
            now = set(category.product_tmpl_ids.ids)
            for template_id in now ^ was:
                joined, left = moved.setdefault(template_id, (set(), set()))
                (joined if template_id in now else left).add(category.id)
        self.env["integration.public.categories"]._follow_website(moved)
        return result
