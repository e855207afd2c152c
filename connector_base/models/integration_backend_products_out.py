from odoo import api, fields, models


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

    # === BUSINESS METHODS === #

    def _product_lang(self):
        """Return the code of the shop's language, of another one if it was deactivated."""
        self.ensure_one()
        installed = self.env["res.lang"]._get_active_by("code")
        return self.product_lang if self.product_lang in installed else next(iter(installed))

    def _shop_currency(self):
        """Return the shop's currency as the platform named it when it was connected, else the company's."""
        self.ensure_one()
        code = (self.sudo().connection_report or {}).get("currency")
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)], limit=1)
        return currency if code and currency else self.company_id.currency_id
