from odoo import api, fields, models


class IntegrationBinding(models.AbstractModel):
    """Says that an Odoo record is a certain external record on a certain backend.

    The UNIQUE constraint of each binding is what decides when webhook, poll and button race for the same record: the
    loser's transaction is run again.
    """

    _name = "integration.binding"
    _description = "Binding"
    _rec_name = "external_id"
    _order = "id desc"
    _check_company_auto = True

    # The canonical resource that is bound; what `integration.adapter._record_url` is asked for
    _resource = None

    backend_id = fields.Many2one(
        "integration.backend", string="Sales Channel", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True, precompute=True)
    platform = fields.Selection(related="backend_id.platform")
    external_id = fields.Char(string="External ID", required=True, readonly=True)
    external_url = fields.Char(string="Link", compute="_compute_external_url")
    remote_updated_at = fields.Datetime(
        string="Changed on the Platform",
        readonly=True,
        help="The platform's own time of the state that was applied last.",
    )
    digest_in = fields.Char(
        string="Fingerprint", readonly=True, help="Of what was imported last: equal means nothing to do."
    )

    @api.depends("backend_id", "external_id")
    def _compute_external_url(self):
        for binding in self:
            if not binding.external_id:
                binding.external_url = False
                continue
            resource, external_id = binding._url_target()
            binding.external_url = binding.backend_id._adapter()._record_url(
                binding.backend_id, resource, external_id, **binding._url_details()
            )

    def _url_target(self):
        """Return the (resource, external id) that `integration.adapter._record_url` is asked for."""
        return self._resource, self.external_id

    def _url_details(self):
        """Return further keyword arguments of `integration.adapter._record_url`."""
        return {}

    def action_open_record(self):
        """Open the Odoo record."""
        self.ensure_one()
        return self.odoo_id._get_records_action()
