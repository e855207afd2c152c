from odoo import fields, models
from odoo.exceptions import UserError

# Field of the wizard -> credential, per way of authentication
_CREDENTIALS = {
    "oauth": {
        "magento_consumer_key": "consumer_key",
        "magento_consumer_secret": "consumer_secret",
        "magento_access_token": "access_token",
        "magento_access_token_secret": "access_token_secret",
    },
    "bearer": {"magento_access_token": "access_token"},
    "admin": {"magento_admin_name": "admin_name", "magento_admin_password": "admin_password"},
}


class IntegrationConnect(models.TransientModel):
    _inherit = "integration.connect"

    magento_base_url = fields.Char(string="Shop Address")
    magento_auth = fields.Selection(
        selection=lambda self: self.env["integration.backend"]._fields["magento_auth"]._description_selection(self.env),
        string="Connected by",
        default="oauth",
    )
    magento_self_signed = fields.Boolean(
        string="Accept Any Certificate",
        help="For a shop with a self-signed certificate in a network of your own: whoever can stand between this "
        "server and the shop can read everything and act for Odoo.",
    )
    magento_consumer_key = fields.Char(string="Consumer Key", compute="_compute_secrets", inverse="_inverse_secrets")
    magento_consumer_secret = fields.Char(
        string="Consumer Secret", compute="_compute_secrets", inverse="_inverse_secrets"
    )
    magento_access_token = fields.Char(string="Access Token", compute="_compute_secrets", inverse="_inverse_secrets")
    magento_access_token_secret = fields.Char(
        string="Access Token Secret", compute="_compute_secrets", inverse="_inverse_secrets"
    )
    magento_admin_name = fields.Char(
        string="Administrator's Name", compute="_compute_secrets", inverse="_inverse_secrets"
    )
    magento_admin_password = fields.Char(
        string="Administrator's Password", compute="_compute_secrets", inverse="_inverse_secrets"
    )

    def _magento_connection_values(self):
        """Return (values of the new backend, {credential key: secret}); see `_connection_values`.

        :raise UserError: something is missing
        :raise ValidationError: the shop's address is none
        """
        if not self.magento_auth:
            raise UserError(self.env._("Choose what connects the shop."))
        fields_of = _CREDENTIALS[self.magento_auth]
        self._require("magento_base_url", *fields_of)
        values = {
            "magento_base_url": self.env["integration.backend"]._magento_normalized_url(self.magento_base_url),
            "magento_auth": self.magento_auth,
            "magento_self_signed": self.magento_self_signed,
        }
        return values, {key: self[name] for name, key in fields_of.items()}
