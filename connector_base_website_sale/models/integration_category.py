from odoo import fields, models


class IntegrationCategory(models.Model):
    _inherit = "integration.category"

    public_categ_id = fields.Many2one(
        "product.public.category",
        "Website Category",
        ondelete="set null",
        index="btree_not_null",
        help="Products of the one are products of the other. Empty: a category with its name is chosen or made when "
        "the categories are read, if the sales channel says so.",
    )

    _public_categ_uniq = models.Constraint(
        "UNIQUE(backend_id, public_categ_id)",
        "Another category of this sales channel belongs to this website category already.",
    )

    def write(self, vals):
        """Take public categories along: those that are called or placed as theirs were until now."""
        if {"name", "parent_id", "public_categ_id"}.isdisjoint(vals):
            return super().write(vals)
        before = [(category, category.name, category.parent_id.public_categ_id) for category in self]
        result = super().write(vals)
        if vals.get("public_categ_id"):
            self.env["integration.public.categories"]._fill(self)
        else:
            for category, name, parent in before:
                if category.public_categ_id and category.backend_id.sync_public_categories:
                    category._follow(name, parent)
        return result

    def _follow(self, old_name, old_parent):
        public = self.public_categ_id.sudo().with_context(lang=self.backend_id._product_lang())
        parent = self.parent_id.public_categ_id.sudo()
        values = {}
        if public.name == old_name != self.name:
            values["name"] = self.name
        if public.parent_id == old_parent != parent and public not in parent.parents_and_self:
            values["parent_id"] = parent.id
        if values:
            public.write(values)
