from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("several", "Several products fit"),
    ("templates", "Its variants are several products in Odoo"),
    ("duplicate", "Its code is there twice on the platform"),
    ("missing", "No product fits"),
    ("structure", "The variants don't fit together"),
]


class IntegrationProductConflict(models.Model):
    """A product of the platform that Odoo can't tell what to do with: a person decides."""

    _name = "integration.product.conflict"
    _description = "Product to Decide"
    _order = "backend_id, name, id"
    _check_company_auto = True

    backend_id = fields.Many2one(
        "integration.backend", "Sales Channel", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    external_id = fields.Char("External ID", required=True, readonly=True)
    external_url = fields.Char("Link", compute="_compute_external_url")
    name = fields.Char("On the Platform", required=True, readonly=True)
    codes = fields.Char("SKUs and Barcodes", readonly=True)
    kind = fields.Selection(KINDS, "Problem", required=True, readonly=True)
    reason = fields.Text("Why", readonly=True)
    candidate_ids = fields.Many2many(
        "product.template",
        "integration_product_conflict_candidate_rel",
        string="Could Be",
        readonly=True,
        context={"active_test": False},
        help="Products in Odoo that have one of its codes or variants.",
    )
    product_tmpl_id = fields.Many2one(
        "product.template",
        "Product in Odoo",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        help="What it is linked to by “Link”.",
    )
    state = fields.Selection(
        [
            ("open", "To Decide"),
            ("link", "Being Linked"),
            ("create", "Being Created"),
            ("ignored", "Left Out"),
            ("done", "Settled"),
        ],
        "Status",
        required=True,
        readonly=True,
        default="open",
        index=True,
    )

    _backend_external_uniq = models.Constraint(
        "UNIQUE(backend_id, external_id)", "This platform product is listed already."
    )

    @api.depends("backend_id", "external_id")
    def _compute_external_url(self):
        for conflict in self:
            backend = conflict.backend_id
            conflict.external_url = backend._adapter()._record_url(backend, "product", conflict.external_id)

    # === ENGINE === #

    @api.model
    def _decisions(self, backend, external_ids):
        """Return {external id: conflict} of what is known about products of the platform, open or decided."""
        conflicts = self.search_fetch(
            [("backend_id", "=", backend.id), ("external_id", "in", list(external_ids))],
            ["external_id", "state", "product_tmpl_id"],
        )
        return {conflict.external_id: conflict for conflict in conflicts}

    @api.model
    def _store(self, backend, found):
        """Keep conflicts, one per product: what is new about a product replaces what was known.

        :param dict found: {external id: values of the conflict}
        """
        known = self._decisions(backend, found)
        new = []
        for external_id, values in found.items():
            values = {**values, "state": "open"}  # noqa: PLW2901
            if external_id in known:
                known[external_id].write(values)
            else:
                new.append({**values, "backend_id": backend.id, "external_id": external_id})
        self.create(new)

    # === ACTION METHODS === #

    def action_link(self):
        """Link each product to the one chosen in Odoo."""
        for conflict in self:
            if not conflict.product_tmpl_id:
                raise UserError(self.env._("Choose the product in Odoo that “%s” is linked to first.", conflict.name))
        return self._decide("link")

    def action_create(self):
        """Create a product in Odoo for each."""
        return self._decide("create")

    def action_ignore(self):
        """Leave these products out of imports until somebody decides otherwise."""
        self.check_access("write")
        self.sudo().state = "ignored"
        return True

    def action_reopen(self):
        """Ask again."""
        self.check_access("write")
        self.sudo().filtered(lambda conflict: conflict.state != "done").state = "open"
        return True

    def _decide(self, decision):
        """Note what was decided, and import the products now: people watch."""
        self.check_access("write")
        conflicts = self.sudo().filtered(lambda conflict: conflict.state != "done")
        conflicts.state = decision
        jobs = self.env["sync.job"]
        for backend, of_backend in conflicts.grouped("backend_id").items():
            jobs |= backend._enqueue(
                "import_product_ids", arguments={"external_ids": of_backend.mapped("external_id")}, priority=90
            )
        return self.env["integration.backend"]._notification(
            "info",
            self.env._("The products are being imported"),
            self.env._("What comes of it stands here in a few seconds: reload the page."),
        )
