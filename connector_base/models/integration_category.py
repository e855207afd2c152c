from odoo import api, fields, models


class IntegrationCategory(models.Model):
    """A category or collection of a sales channel. Products are put into them per channel, on their binding."""

    _name = "integration.category"
    _description = "Sales Channel Category"
    _inherit = "integration.binding"
    _rec_name = "name"
    _order = "backend_id, complete_name, id"
    _parent_store = True
    _parent_name = "parent_id"

    _resource = "category"

    name = fields.Char(required=True)
    complete_name = fields.Char("Full Name", compute="_compute_complete_name", store=True, recursive=True)
    parent_id = fields.Many2one("integration.category", index="btree_not_null", ondelete="set null")
    parent_path = fields.Char(index=True)
    handle = fields.Char(readonly=True)
    automatic = fields.Boolean(
        readonly=True, help="The platform chooses the products of this category by rules of its own."
    )
    active = fields.Boolean(default=True)
    categ_id = fields.Many2one(
        "product.category",
        "Product Category",
        ondelete="set null",
        index="btree_not_null",
        help="New products of this category are given this product category in Odoo.",
    )

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This category is known already on this sales channel."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for category in self:
            names = (category.parent_id.complete_name, category.name)
            category.complete_name = " / ".join(name for name in names if name)
