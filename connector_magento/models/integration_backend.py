from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const
from ..addresses import NotSecure, normalize_base_url
from ..auth import AdminToken, IntegrationToken, OAuth, request_admin_token
from ..client import MagentoClient


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    platform = fields.Selection(selection_add=[("magento", "Magento")], ondelete={"magento": "cascade"})
    magento_base_url = fields.Char(
        string="Shop Address", tracking=True, help="https://shop.example.com, with its path if the shop has one."
    )
    magento_auth = fields.Selection(
        [
            ("oauth", "Integration (four keys)"),
            ("bearer", "Integration (access token alone, where the shop allows it)"),
            ("admin", "Administrator (name and password)"),
        ],
        string="Connected by",
        default="oauth",
        tracking=True,
    )
    magento_self_signed = fields.Boolean(
        string="Accept Any Certificate",
        tracking=True,
        help="For a shop with a self-signed certificate in a network of your own: whoever can stand between this "
        "server and the shop can read everything and act for Odoo.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("platform", "magento_base_url", "magento_auth")
    def _check_magento_base_url(self):
        for backend in self.filtered(lambda backend: backend.platform == "magento"):
            backend._magento_normalized_url(backend.magento_base_url)
            if not backend.magento_auth:
                raise ValidationError(self.env._("Choose what connects %(name)s.", name=backend.name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `connector_base` to write the shop's address in its one form."""
        for vals in vals_list:
            if vals.get("magento_base_url"):
                vals["magento_base_url"] = self._magento_normalized_url(vals["magento_base_url"])
        return super().create(vals_list)

    def write(self, vals):
        """Override of `connector_base` to write the shop's address in its one form."""
        if vals.get("magento_base_url"):
            vals = dict(vals, magento_base_url=self._magento_normalized_url(vals["magento_base_url"]))
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _magento_normalized_url(self, text):
        """Return the shop's address in its one form.

        :raise ValidationError: it is none, or one without encryption
        """
        try:
            return normalize_base_url(text)
        except NotSecure:
            raise ValidationError(
                self.env._(
                    "“%(entered)s” is not encrypted: the keys of the shop must not go there. Enter its address with "
                    "https://.",
                    entered=text,
                )
            ) from None
        except ValueError:
            raise ValidationError(
                self.env._(
                    "“%(entered)s” is not the address of a shop. Enter what stands before /rest in the address of its "
                    "API, e.g. https://shop.example.com or https://example.com/shop.",
                    entered=text or "",
                )
            ) from None

    def _magento_client(self):
        """Return the client of this shop's REST API.

        :raise ConfigurationError: a credential is missing
        """
        self.ensure_one()
        if self.magento_auth == "oauth":
            keys = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
            auth = OAuth(*(self._secret(key) for key in keys))
        elif self.magento_auth == "bearer":
            auth = IntegrationToken(self._secret("access_token"))
        else:
            auth = AdminToken(self._magento_admin_token)
        return self._magento_client_with(auth)

    def _magento_client_with(self, auth):
        session = self._session(auth=auth, verify=not self.magento_self_signed)
        return MagentoClient(session, self.magento_base_url, auth)

    def _magento_admin_token(self, refused=""):
        """Return a token of the administrator, not `refused`.

        :raise ConfigurationError: Magento gives none
        :raise TransientError: Magento does not answer, or another worker is renewing all the time
        """

        def request():
            name, password = self._secret("admin_name"), self._secret("admin_password")
            return request_admin_token(self._magento_client_with(None), name, password)

        return self._renewable_token("admin_token", request, margin=const.ADMIN_TOKEN_MARGIN, refused=refused)
