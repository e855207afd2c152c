from datetime import timedelta

import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.connector_base.transport import TransientError

from .. import const
from ..auth import RenewableTokenAuth, TokenAuth, request_token
from ..client import ShopifyClient
from ..domains import normalize_domain

# A worker that renews the token holds its row for one call at most; another one waits that long for it.
TOKEN_LOCK_TIMEOUT = "40s"
TOKEN_LOCK_ATTEMPTS = 5
TOKEN_KEY = "oauth_token"


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
        """Return a token that is valid a while longer, not `refused`; get a new one from Shopify when there is none.

        Two workers may ask at once: the token's row is locked in a short transaction of its own, so that one renews
        and the other one takes what the first got. In the transaction that creates the backend nobody else can see the
        row: the token is then part of that transaction.

        :raise ConfigurationError: Shopify gives no token
        :raise TransientError: Shopify does not answer, or another worker is renewing all the time
        """
        token = self._find_secret(TOKEN_KEY, valid_for=const.TOKEN_MARGIN)
        if token and token != refused:
            return token
        client_id, client_secret = self._secret("client_id"), self._secret("client_secret")
        with self.env.registry.cursor() as cr:
            own = self.with_env(self.env(cr=cr))
            if not own._shopify_lock_token():
                own = self
            token = own._find_secret(TOKEN_KEY, valid_for=const.TOKEN_MARGIN)
            if token and token != refused:
                return token
            token, seconds, _scopes = request_token(self._session(), self.shopify_domain, client_id, client_secret)
            own._set_secret(TOKEN_KEY, token, fields.Datetime.now() + timedelta(seconds=seconds))
        self.env["integration.credential"].invalidate_model()
        return token

    def _shopify_lock_token(self):
        """Lock the token's row in this transaction; return whether there is one that this transaction sees.

        Who waited for a worker that renewed the token gets a serialization failure from PostgreSQL: only a new
        transaction sees what that one wrote.

        :raise TransientError: others hold the row all the time
        """
        cr = self.env.cr
        for _attempt in range(TOKEN_LOCK_ATTEMPTS):
            cr.execute(SQL("SET LOCAL lock_timeout = %s", TOKEN_LOCK_TIMEOUT))
            try:
                cr.execute(
                    SQL(
                        "SELECT id FROM integration_credential WHERE backend_id = %s AND key = %s FOR NO KEY UPDATE",
                        self.id,
                        TOKEN_KEY,
                    ),
                    log_exceptions=False,
                )
                return bool(cr.rowcount)
            except psycopg2.errors.SerializationFailure:
                cr.rollback()
            except psycopg2.errors.LockNotAvailable:
                break
        raise TransientError("Another worker is getting a new access token from Shopify.", retry_after=5)
