from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const
from ..auth import RenewableTokenAuth, TokenAuth, request_token
from ..client import ShopifyClient
from ..domains import normalize_domain


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    platform = fields.Selection(selection_add=[("shopify", "Shopify")], ondelete={"shopify": "cascade"})
    shopify_domain = fields.Char(string="Store Address", help="<store>.myshopify.com", tracking=True)
    shopify_auth = fields.Selection(
        [
            ("client_credentials", "App of the Dev Dashboard (client id and secret)"),
            ("admin_token", "App made in the store's admin before 2026 (shpat_ token)"),
        ],
        string="App",
        default="client_credentials",
        tracking=True,
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("platform", "shopify_domain", "shopify_auth")
    def _check_shopify_domain(self):
        for backend in self.filtered(lambda backend: backend.platform == "shopify"):
            backend._shopify_normalized_domain(backend.shopify_domain)
            if not backend.shopify_auth:
                raise ValidationError(self.env._("Choose which kind of app connects %(name)s.", name=backend.name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `connector_base` to write the store's address in its one form."""
        for vals in vals_list:
            if vals.get("shopify_domain"):
                vals["shopify_domain"] = self._shopify_normalized_domain(vals["shopify_domain"])
        return super().create(vals_list)

    def write(self, vals):
        """Override of `connector_base` to write the store's address in its one form."""
        if vals.get("shopify_domain"):
            vals = dict(vals, shopify_domain=self._shopify_normalized_domain(vals["shopify_domain"]))
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _shopify_normalized_domain(self, text):
        """Return `<store>.myshopify.com` of what was entered.

        :raise ValidationError: it is not the address of a store
        """
        try:
            return normalize_domain(text)
        except ValueError:
            raise ValidationError(
                self.env._(
                    "“%(entered)s” is not the address of a Shopify store. Enter the one that ends with "
                    ".myshopify.com (Shopify shows it under Settings > Domains), or paste the address of the store's "
                    "admin page: https://admin.shopify.com/store/your-store",
                    entered=text or "",
                )
            ) from None

    def _shopify_client(self):
        """Return the client of this store's Admin API.

        :raise ConfigurationError: a credential is missing
        """
        self.ensure_one()
        if self.shopify_auth == "admin_token":
            auth = TokenAuth(self._secret("access_token"))
        else:
            auth = RenewableTokenAuth(self._shopify_token)
        return ShopifyClient(self._session(auth=auth), self.shopify_domain, auth, self._session())

    def _shopify_token(self, refused=""):
        """Return a token that is valid a while longer, not `refused`.

        :raise ConfigurationError: Shopify gives no token
        :raise TransientError: Shopify does not answer, or another worker is renewing all the time
        """

        def request():
            client_id, client_secret = self._secret("client_id"), self._secret("client_secret")
            token, seconds, _scopes = request_token(self._session(), self.shopify_domain, client_id, client_secret)
            return token, seconds

        return self._renewable_token("oauth_token", request, margin=const.TOKEN_MARGIN, refused=refused)
