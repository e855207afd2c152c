from odoo import fields, models


class IntegrationBindingPartner(models.Model):
    _name = "integration.binding.partner"
    _description = "Partner Binding"
    _inherit = "integration.binding"

    _resource = "partner"

    odoo_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This platform customer is bound already on this sales channel."
    )
