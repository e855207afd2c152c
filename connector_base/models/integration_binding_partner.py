from odoo import fields, models


class IntegrationBindingPartner(models.Model):
    """A contact on a sales channel. One without an external id is to be created there."""

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
    external_id = fields.Char(required=False)
    agreed_values = fields.Json(
        readonly=True, help="What the platform stated last, as Odoo writes it: tells whose change a difference is."
    )
    digest_out = fields.Char(readonly=True, help="Fingerprint of what the platform was last known to have.")
    pushed_at = fields.Datetime("Last Push", readonly=True)
    last_error = fields.Text(readonly=True, help="Why the last push failed.")
    remedy = fields.Text("What To Do", readonly=True)

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This platform customer is bound already on this sales channel."
    )
    _unborn_uniq = models.UniqueIndex(
        "(backend_id, odoo_id) WHERE external_id IS NULL", "This customer is about to be created there already."
    )

    def _url_target(self):
        """Ids of what a customer id doesn't tell: `guest:`, `company:` and `contact:` (a customer within a company)."""
        kind, colon, external_id = (self.external_id or "").partition(":")
        if colon and kind == "contact":
            kind, colon, external_id = external_id.rpartition("|")[0].rpartition(":")
            return (kind or self._resource), external_id
        return (kind, external_id) if colon and kind in ("company", "guest") else super()._url_target()
