from odoo import api, fields, models

from .. import encryption
from ..transport import ConfigurationError


class IntegrationBackend(models.Model):
    _inherit = "integration.backend"

    credential_ids = fields.One2many(
        "integration.credential", "backend_id", groups="connector_base.group_integration_manager"
    )
    encryption_problem = fields.Text(
        compute="_compute_encryption_problem", groups="connector_base.group_integration_manager"
    )

    def _compute_encryption_problem(self):
        try:
            encryption.check_keys()
        except ConfigurationError as error:
            self.encryption_problem = f"{error.message}\n{error.remedy}"
        else:
            self.encryption_problem = False

    @api.model_create_multi
    def create(self, vals_list):
        backends = super().create(vals_list)
        backends._ensure_credentials()
        return backends

    def _credential_keys(self):
        """Return {key: (label, is webhook secret)} of the credentials that this backend may have."""
        return self._adapter()._credential_keys() if self.platform else {}

    def _ensure_credentials(self):
        """Make sure that there is a row, empty at first, for each credential that the platform knows."""
        credentials = self.sudo().credential_ids
        credentials.create(
            [
                {"backend_id": backend.id, "key": key}
                for backend in self
                for key in backend._credential_keys()
                if key not in backend.sudo().credential_ids.mapped("key")
            ]
        )

    def _secret(self, key):
        """Return the credential `key` in plain text. Ask at the moment of use; never store, log or pass on the answer.

        :raise ConfigurationError: it is missing or can't be decrypted
        """
        self.ensure_one()
        secret = self._find_secret(key)
        if not secret:
            label = self._credential_keys().get(key, (key,))[0]
            raise ConfigurationError(
                f"{self.name} has no {label}.",
                remedy=f"Enter it under Credentials on {self.name}'s page.",
            )
        return secret

    def _find_secret(self, key, valid_for=0):
        """Return the credential `key` in plain text; '' when there is none that lasts `valid_for` seconds more.

        :raise ConfigurationError: it can't be decrypted
        """
        credential = self._credential(key)
        expires_at = credential.expires_at
        if not credential or (
            expires_at and expires_at <= fields.Datetime.add(fields.Datetime.now(), seconds=valid_for)
        ):
            return ""
        return credential._reveal()

    def _set_secret(self, key, value, expires_at=None):
        """Store `value` as the credential `key`, encrypted.

        :param expires_at: naive UTC datetime, None when it doesn't expire
        :raise ConfigurationError: no usable encryption key on the server
        """
        credential = self._credential(key)
        if not credential:
            credential = credential.create({"backend_id": self.id, "key": key})
        credential._store(value, expires_at=expires_at or False)

    def _webhook_secrets(self):
        """Return the secrets that webhooks may be signed with: the current ones, then those replaced recently."""
        self.ensure_one()
        keys = [key for key, (_label, is_webhook_secret) in self._credential_keys().items() if is_webhook_secret]
        # one query: asked for each webhook
        credentials = (
            self.env["integration.credential"]
            .sudo()
            .search_fetch(
                [("backend_id", "=", self.id), ("key", "in", keys)],
                ["ciphertext", "previous_ciphertext", "previous_until"],
            )
        )
        current = [credential._reveal() for credential in credentials]
        previous = [credential._reveal_previous() for credential in credentials]
        return [secret for secret in (*current, *previous) if secret]

    def _credential(self, key):
        self.ensure_one()
        return self.sudo().credential_ids.filtered(lambda credential: credential.key == key)
