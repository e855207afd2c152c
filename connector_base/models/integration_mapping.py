from odoo import api, fields, models


class IntegrationMapping(models.Model):
    """A user's rule from a platform's value to an Odoo record."""

    _name = "integration.mapping"
    _description = "Platform Value Mapping"
    _rec_name = "external_value"
    _order = "backend_id, kind, external_label, external_value, id"
    _check_company_auto = True

    backend_id = fields.Many2one(
        "integration.backend", string="Sales Channel", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    platform = fields.Selection(related="backend_id.platform")
    kind = fields.Selection(
        [
            ("tax", "Tax"),
            ("carrier", "Carrier"),
            ("payment_method", "Payment method"),
        ],
        required=True,
    )
    external_value = fields.Char(string="Platform's Value", required=True)
    external_label = fields.Char(string="Platform's Name")
    tax_id = fields.Many2one(
        "account.tax", check_company=True, domain="[('type_tax_use', '=', 'sale')]", ondelete="restrict"
    )
    carrier_id = fields.Many2one("delivery.carrier", check_company=True, ondelete="restrict")
    journal_id = fields.Many2one(
        "account.journal",
        string="Payment Journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        ondelete="restrict",
    )
    is_mapped = fields.Boolean(string="Mapped", compute="_compute_is_mapped", store=True)
    auto = fields.Boolean(
        string="Found by Import", readonly=True, help="An import met this value and didn't know what to make of it."
    )
    active = fields.Boolean(default=True)

    _backend_kind_value_uniq = models.Constraint(
        "UNIQUE(backend_id, kind, external_value)", "This value is mapped already on this sales channel."
    )

    @api.model
    def _target_fields(self):
        """Return {kind: name of the field that holds what a value of this kind is mapped to}."""
        return {"tax": "tax_id", "carrier": "carrier_id", "payment_method": "journal_id"}

    @api.depends("kind", "tax_id", "carrier_id", "journal_id")
    def _compute_is_mapped(self):
        targets = self._target_fields()
        for mapping in self:
            mapping.is_mapped = bool(mapping.kind and mapping[targets[mapping.kind]])

    @api.depends("external_label", "external_value")
    def _compute_display_name(self):
        for mapping in self:
            mapping.display_name = mapping.external_label or mapping.external_value

    # === BUSINESS METHODS === #

    @api.model
    def _find(self, backend, kind, values):
        """Return {value: mapping} of those of `values` that are mapped to an Odoo record; in one query.

        :param str kind: a value of the field `kind`
        :param values: the platform's values
        """
        target = self._target_fields()[kind]
        mappings = self.sudo().search_fetch(
            [
                ("backend_id", "=", backend.id),
                ("kind", "=", kind),
                ("external_value", "in", list(values)),
                ("is_mapped", "=", True),
            ],
            ["external_value", target],
        )
        return {mapping.external_value: mapping for mapping in mappings}

    @api.model
    def _note_missing(self, backend, kind, labels):
        """Add a row to be filled in by staff for each value that has none yet.

        Two transactions that note the same value collide on the UNIQUE constraint: the loser's is run again.

        :param dict labels: {value: what the platform calls it}
        """
        mappings = self.sudo().with_context(active_test=False)
        known = mappings.search_fetch(
            [("backend_id", "=", backend.id), ("kind", "=", kind), ("external_value", "in", list(labels))],
            ["external_value"],
        )
        missing = labels.keys() - set(known.mapped("external_value"))
        mappings.create(
            [
                {
                    "backend_id": backend.id,
                    "kind": kind,
                    "external_value": value,
                    "external_label": labels[value],
                    "auto": True,
                }
                for value in sorted(missing)
            ]
        )
