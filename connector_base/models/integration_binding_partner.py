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
    odoo_active = fields.Boolean(related="odoo_id.active", string="Active Here")

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This platform customer is bound already on this sales channel."
    )

    def _url_target(self):
        """Ids of what a customer id doesn't tell: `guest:`, `company:` and `contact:` (a customer within a company)."""
        kind, colon, external_id = self.external_id.partition(":")
        if colon and kind == "contact":
            kind, colon, external_id = external_id.rpartition("|")[0].rpartition(":")
            return (kind or self._resource), external_id
        return (kind, external_id) if colon and kind in ("company", "guest") else super()._url_target()
