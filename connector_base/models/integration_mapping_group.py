from odoo import api, fields, models


class IntegrationMapping(models.Model):
    """Groups of customers: the platform's group and the pricelist its customers have in Odoo."""

    _inherit = "integration.mapping"

    kind = fields.Selection(
        selection_add=[("customer_group", "Customer group")], ondelete={"customer_group": "cascade"}
    )
    pricelist_id = fields.Many2one("product.pricelist", check_company=True, ondelete="restrict")

    @api.model
    def _target_fields(self):
        return {**super()._target_fields(), "customer_group": "pricelist_id"}

    @api.depends("pricelist_id")
    def _compute_is_mapped(self):
        return super()._compute_is_mapped()


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    import_customer_groups = fields.Boolean(
        string="Pricelists by Customer Group",
        help="Customers get the pricelist that their group on the platform is mapped to, under Integrations > "
        "Configuration > Mappings. One that was given to them in Odoo stays.",
    )
