import re

from odoo import api, fields, models, tools

# What decides who is told about products, and what they are told
LISTENING = {"export_products", "active", "state"}
TOLD = {
    "pricelist_id",
    "compare_at",
    "compare_at_pricelist_id",
    "product_lang",
    "product_owner",
    "field_rule_ids",
    "product_removal",
}


class IntegrationBackend(models.Model):
    """What the platform is told about products."""

    _inherit = "integration.backend"

    product_lang = fields.Selection(
        "_selection_product_lang",
        string="Shop's Language",
        required=True,
        default=lambda self: self.env.lang or "en_US",
        help="Products are sent in this language; what is translated into the others goes along as translations.",
    )
    compare_at = fields.Selection(
        [("none", "Nothing"), ("list_price", "The sales price of the product"), ("pricelist", "A pricelist")],
        string="Price Before Reduction",
        required=True,
        default="none",
        tracking=True,
        help="Shown crossed out in the shop where it is higher than the price.",
    )
    compare_at_pricelist_id = fields.Many2one(
        "product.pricelist", string="Pricelist Before Reduction", check_company=True, tracking=True
    )
    product_removal = fields.Selection(
        [("archive", "Archive them"), ("delete", "Delete them"), ("nothing", "Nothing")],
        string="Removed Products",
        required=True,
        default="archive",
        tracking=True,
        help="What happens on the platform to products that are archived or deleted in Odoo, or taken off the channel.",
    )

    @api.model
    def _selection_product_lang(self):
        return self.env["res.lang"].get_installed()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        backends = super().create(vals_list)
        self.env.registry.clear_cache()
        return backends

    def write(self, vals):
        listened = self._told_about_products() if not LISTENING.isdisjoint(vals) else self.browse()
        result = super().write(vals)
        if not LISTENING.isdisjoint(vals):
            self.env.registry.clear_cache()
            for backend in self._told_about_products() - listened:
                backend._start_telling("export_products" in vals)
        if not TOLD.isdisjoint(vals):
            self.env["integration.product.exporter"]._note_backend(self)
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === BUSINESS METHODS === #

    def _told_about_products(self):
        """Return those that are told about changes of products; while they have a problem the changes wait."""
        return self.filtered(
            lambda backend: (
                backend.active
                and backend.export_products
                and backend.state in ("connected", "error")
                and backend._syncs("products_out")
            )
        )

    @api.model
    @tools.ormcache()
    def _product_exporters(self):
        """Return the ids of all backends that are told about changes of products."""
        return frozenset(self.sudo().search([("export_products", "=", True)])._told_about_products().ids)

    def _start_telling(self, switched_on):
        """Begin to listen to changes: after a pause, what changed meanwhile is sent.

        When products are to be sent for the first time, what both sides have counts as agreed on: only what changes
        from now on is sent, and nothing on the platform is overwritten by surprise.
        """
        if switched_on:
            self._enqueue("agree_products", identity_key=f"agree_products:{self.id}")
        else:
            self.env["integration.product.exporter"]._note_backend(self)

    def _product_lang(self):
        """Return the code of the shop's language, of another one if it was deactivated."""
        self.ensure_one()
        installed = self.env["res.lang"]._get_active_by("code")
        return self.product_lang if self.product_lang in installed else next(iter(installed))

    def _translation_languages(self):
        """Return {code: BCP 47 tag} of the languages that products are translated into: all but the shop's."""
        main = self._product_lang()
        return {code: _bcp47(code) for code in self.env["res.lang"]._get_active_by("code") if code != main}

    def _shop_currency(self):
        """Return the currency of the shop's prices as the platform named it when it was connected.

        The company's if the platform was never asked; an empty one if it named none, or one that Odoo doesn't know.
        """
        self.ensure_one()
        code = (self.sudo().connection_report or {}).get("currency")
        if code is None:
            return self.company_id.currency_id
        return self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)], limit=1)


def _bcp47(code):
    """Return the BCP 47 tag of an Odoo language code: pt-BR of pt_BR, sr-Latn of sr@latin."""
    return re.sub("@latin$", "-Latn", code).replace("_", "-")
