from odoo import fields, models


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    compare_at = fields.Selection(
        selection_add=[("compare_list_price", "The “Compare to Price” of the product")],
        ondelete={"compare_list_price": "set default"},
    )
    sync_public_categories = fields.Boolean(
        "Website Categories",
        default=True,
        tracking=True,
        help="Each category of the channel is a category of the website, too, and products that are put into one of "
        "them or taken out of it are so in the other.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("sync_public_categories"):
            for backend in self:
                self.env["integration.public.categories"]._link(backend)
                linked = self.env["integration.category"].sudo().search([("backend_id", "=", backend.id)])
                self.env["integration.public.categories"]._fill(linked)
        return result
