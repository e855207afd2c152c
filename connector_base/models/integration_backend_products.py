from odoo import fields, models
from odoo.exceptions import UserError

from ..transport.errors import DataError


class IntegrationBackend(models.Model):
    """How products of the platform come into Odoo; see engine/product_linker.py and engine/product_importer.py."""

    _inherit = "integration.backend"

    product_link = fields.Selection(
        [
            ("code", "The same SKU, else the same barcode"),
            ("sku", "The same SKU"),
            ("barcode", "The same barcode"),
            ("none", "Nothing: products are only linked by hand"),
        ],
        string="Same Product If",
        required=True,
        default="code",
        tracking=True,
        help="What makes a product of the platform be one that is in Odoo already. Where several could be meant, none "
        "is: the product is listed under Products to Decide.",
    )
    product_unmatched = fields.Selection(
        [
            ("create", "Create them"),
            ("coded", "Create them if all of their variants have a SKU or barcode, else ask"),
            ("ask", "Ask"),
        ],
        string="Unknown in Odoo",
        required=True,
        default="coded",
        tracking=True,
        help="What happens to products of the platform that are linked to none in Odoo. A product without SKU and "
        "barcode may be in Odoo all the same: only people can tell.",
    )
    product_gone = fields.Selection(
        [("keep", "Nothing"), ("unsell", "Can't be sold any more"), ("archive", "Archive it")],
        string="Deleted There",
        required=True,
        default="keep",
        tracking=True,
        help="What happens in Odoo to a product that was deleted on the platform. Products that are on another sales "
        "channel too are left alone.",
    )
    product_conflict_count = fields.Integer("Products to Decide", compute="_compute_product_counts")
    product_binding_count = fields.Integer("Products", compute="_compute_product_counts")

    # === COMPUTE METHODS === #

    def _compute_product_counts(self):
        conflicts = self._count_of("integration.product.conflict", [("state", "=", "open")])
        bindings = self._count_of("integration.binding.product", [("external_id", "!=", False)])
        for backend in self:
            backend.product_conflict_count = conflicts.get(backend, 0)
            backend.product_binding_count = bindings.get(backend, 0)

    def _count_of(self, model, domain):
        groups = (
            self.env[model].sudo()._read_group([("backend_id", "in", self.ids), *domain], ["backend_id"], ["__count"])
        )
        return {backend.with_env(self.env): count for backend, count in groups}

    # === ACTION METHODS === #

    def action_import_products(self):
        """Queue the import of what changed on the platform since the last time, of everything at first."""
        self.ensure_one()
        self.check_access("write")
        if not self._syncs("products_in"):
            raise UserError(self.env._("Switch on “Import Products” on the tab Products of “%s” first.", self.name))
        if self.state != "connected":
            raise UserError(
                self.env._("“%s” is not connected. Connect it first, or solve what its page says.", self.name)
            )
        self._enqueue("import_categories", identity_key=f"import_categories:{self.id}")
        return self._start_import("products")._get_records_action(name=self.env._("Import of Products"))

    def action_import_all_products(self):
        """Queue the import of all products, whenever they changed: what is equal is left alone."""
        self.ensure_one()
        self.check_access("write")
        self.sudo()._cursor("products").value = False
        return self.action_import_products()

    def action_import_categories(self):
        """Queue reading the platform's categories and publications."""
        for backend in self:
            backend.check_access("write")
            backend._enqueue("import_categories", identity_key=f"import_categories:{backend.id}")
        return self._notification(
            "info",
            self.env._("Categories and publications are being read"),
            self.env._("They stand here in a few seconds: reload the page."),
        )

    def action_open_product_conflicts(self):
        return self._open("connector_base.integration_product_conflict_action", [("state", "=", "open")])

    def action_open_product_bindings(self):
        return self._open("connector_base.integration_binding_product_action", [])

    def action_open_categories(self):
        return self._open("connector_base.integration_category_action", [])

    # === CRUD METHODS === #

    def write(self, vals):
        """What imports left out for want of a pricelist is read again when there is one."""
        result = super().write(vals)
        if vals.get("pricelist_id"):
            reading = self.filtered(lambda backend: backend.state == "connected" and backend._syncs("products_in"))
            domain = [("backend_id", "in", reading.ids), ("import_note", "!=", False)]
            self.env["integration.binding.product"].sudo().search(domain)._import_again()
        return result

    # === BUSINESS METHODS === #

    def _variant_parents(self, external_ids):
        """Return {external id of a variant: external id of its product} of those that Odoo knows.

        For platforms that list variants as products, and don't say what they are variants of.
        """
        self.ensure_one()
        bindings = (
            self.env["integration.binding.variant"]
            .sudo()
            .search_fetch(
                [("backend_id", "=", self.id), ("external_id", "in", list(external_ids))],
                ["external_id", "external_parent_id"],
            )
        )
        return {binding.external_id: binding.external_parent_id for binding in bindings if binding.external_parent_id}

    def _read_products(self, external_ids):
        """Read products in one call; when the platform or the parser refuses the batch, one by one.

        :return: the canonical products, and {external id: DataError} of those that can't be read
        """
        self.ensure_one()
        try:
            return list(self._adapter()._fetch_products_by_id(self, external_ids)), {}
        except DataError as error:
            if len(external_ids) == 1:
                return [], {external_ids[0]: error}
        documents, errors = [], {}
        for external_id in external_ids:
            found, failed = self._read_products([external_id])
            documents += found
            errors.update(failed)
        return documents, errors
