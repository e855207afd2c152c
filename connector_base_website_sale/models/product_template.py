from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        """Override: the categories on sales channels follow those of the website."""
        if "public_categ_ids" not in vals:
            return super().write(vals)
        before = {template: set(template.public_categ_ids.ids) for template in self}
        result = super().write(vals)
        moved = {}
        for template, was in before.items():
            now = set(template.public_categ_ids.ids)
            moved[template.id] = now - was, was - now
        self.env["integration.public.categories"]._follow_website(moved)
        return result
