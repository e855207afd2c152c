from odoo import fields, models
from odoo.exceptions import UserError

# Field of the wizard -> credential, per kind of app
_CREDENTIALS = {
    "client_credentials": {"shopify_client_id": "client_id", "shopify_client_secret": "client_secret"},
    "admin_token": {"shopify_access_token": "access_token", "shopify_api_secret": "api_secret"},
}


class IntegrationConnect(models.TransientModel):
    _inherit = "integration.connect"

    shopify_domain = fields.Char(string="Store Address")
    shopify_auth = fields.Selection(
        selection=lambda self: self.env["integration.backend"]._fields["shopify_auth"]._description_selection(self.env),
        string="App",
        default="client_credentials",
    )
    shopify_client_id = fields.Char(string="Client ID", compute="_compute_secrets", inverse="_inverse_secrets")
    shopify_client_secret = fields.Char(string="Client Secret", compute="_compute_secrets", inverse="_inverse_secrets")
    shopify_access_token = fields.Char(
        string="Admin API Access Token", compute="_compute_secrets", inverse="_inverse_secrets"
    )
    shopify_api_secret = fields.Char(string="API Secret Key", compute="_compute_secrets", inverse="_inverse_secrets")

    def _shopify_connection_values(self):
        """Return (values of the new backend, {credential key: secret}); see `_connection_values`.

        :raise UserError: something is missing, or the store's address is none
        """
        if not self.shopify_auth:
            raise UserError(self.env._("Choose which kind of app connects the store."))
        fields_of = _CREDENTIALS[self.shopify_auth]
        self._require("shopify_domain", *fields_of)
        token = self.shopify_access_token if self.shopify_auth == "admin_token" else ""
        if token and not token.strip().startswith("shpat_"):
            raise UserError(
                self.env._(
                    "That is no admin API access token: those begin with shpat_. It is shown once, when the app is "
                    "installed; the API key and the API secret key are something else."
                )
            )
        values = {
            "shopify_domain": self.env["integration.backend"]._shopify_normalized_domain(self.shopify_domain),
            "shopify_auth": self.shopify_auth,
        }
        return values, {key: self[name] for name, key in fields_of.items()}
