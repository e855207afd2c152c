from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import encryption
from ..transport import ConfigurationError

# Platforms go on signing with the old secret for a while (some: an hour) and send failed calls again for hours
PREVIOUS_SECRET_HOURS = 24
STORED_FIELDS = ("ciphertext", "hint", "expires_at", "changed_at", "previous_ciphertext", "previous_until")
# A hint must not help guessing: no characters of short secrets
HINT_MINIMUM_LENGTH = 16


class IntegrationCredential(models.Model):
    """One secret of a backend. It goes in through `value`, and comes out nowhere but in `_reveal`, which only code on
    the server can call: see `integration.backend._secret`."""

    _name = "integration.credential"
    _description = "Encrypted Credential"
    _order = "backend_id, id"
    _rec_name = "key"

    backend_id = fields.Many2one(
        "integration.backend", string="Sales Channel", required=True, ondelete="cascade", index=True
    )
    platform = fields.Selection(related="backend_id.platform")
    company_id = fields.Many2one(related="backend_id.company_id")
    key = fields.Char(required=True, help="What the platform's addon calls this credential.")
    label = fields.Char(string="Credential", compute="_compute_label")
    value = fields.Char(
        string="New Value",
        compute="_compute_value",
        inverse="_inverse_value",
        copy=False,
        help="Write-only: what is stored is encrypted and never shown again.",
    )
    hint = fields.Char(string="Stored", readonly=True, copy=False, help="The last characters of what is stored.")
    expires_at = fields.Datetime(readonly=True, copy=False)
    changed_at = fields.Datetime(string="Last Changed", readonly=True, copy=False)
    previous_until = fields.Datetime(
        string="Previous Accepted Until",
        readonly=True,
        copy=False,
        help="Webhooks signed with the secret before this one are accepted until then.",
    )
    ciphertext = fields.Char(groups=fields.NO_ACCESS, copy=False)
    previous_ciphertext = fields.Char(groups=fields.NO_ACCESS, copy=False)

    _backend_key_uniq = models.Constraint("UNIQUE(backend_id, key)", "A backend has one credential of each kind.")

    # === COMPUTE METHODS === #

    @api.depends("key", "backend_id.platform")
    def _compute_label(self):
        for credential in self:
            keys = credential.backend_id._credential_keys()
            credential.label = keys[credential.key][0] if credential.key in keys else credential.key

    @api.depends("label")
    def _compute_display_name(self):
        for credential in self:
            credential.display_name = credential.label

    def _compute_value(self):
        self.value = ""

    def _inverse_value(self):
        for credential in self:
            if not credential.value:  # left empty in the form: keep what is stored
                continue
            with credential.backend_id._user_errors():
                credential._store(credential.value)
            credential.backend_id.sudo()._message_log(
                body=self.env._(
                    "%(credential)s replaced (%(hint)s).", credential=credential.label, hint=credential.hint
                )
            )
        # what was written must not be echoed by a read in the same transaction, as web_save does
        self.invalidate_recordset(["value"])

    # === CONSTRAINT METHODS === #

    @api.constrains("backend_id", "key")
    def _check_key(self):
        for credential in self:
            keys = credential.backend_id._credential_keys()
            if credential.key not in keys:
                raise ValidationError(
                    self.env._(
                        "%(backend)s has no credential “%(key)s”. It has: %(keys)s.",
                        backend=credential.backend_id.name,
                        key=credential.key,
                        keys=", ".join(keys),
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        if "backend_id" in vals or "key" in vals:
            raise UserError(
                self.env._("A credential can't be moved to another channel. Enter it there, and delete it here.")
            )
        return super().write(vals)

    # === ACTION METHODS === #

    def action_replace(self):
        """Ask for a new value."""
        self.ensure_one()
        return self._get_records_action(target="new", name=self.label)

    def action_forget(self):
        """Remove what is stored, also what is still accepted of before."""
        self.check_access("write")
        for credential in self:
            credential.sudo().write(dict.fromkeys(STORED_FIELDS, False))
            credential.backend_id.sudo()._message_log(
                body=self.env._("%(credential)s removed.", credential=credential.label)
            )

    # === BUSINESS METHODS === #

    def _store(self, value, expires_at=False):
        """Encrypt and keep `value`; a replaced webhook secret is accepted for a while longer.

        :param str value: the secret; blanks around it, as left by copying, are cut off
        :param expires_at: naive UTC datetime, False when it doesn't expire
        :raise ConfigurationError: no usable encryption key
        """
        self.ensure_one()
        self = self.sudo()  # noqa: PLW0642  nobody else may write the ciphertext
        value = value.strip()
        now = fields.Datetime.now()
        vals = {
            "ciphertext": encryption.encrypt(value),
            "hint": f"•••• {value[-4:]}" if len(value) >= HINT_MINIMUM_LENGTH else "••••",
            "expires_at": expires_at,
            "changed_at": now,
        }
        if self._is_webhook_secret() and self._readable_secret() not in ("", value):
            vals["previous_ciphertext"] = self.ciphertext
            vals["previous_until"] = now + timedelta(hours=PREVIOUS_SECRET_HOURS)
        self.write(vals)

    def _reveal(self):
        """Return the secret in plain text, '' when none is stored.

        :raise ConfigurationError: it can't be decrypted
        """
        self.ensure_one()
        ciphertext = self.sudo().ciphertext
        return encryption.decrypt(ciphertext) if ciphertext else ""

    def _reveal_previous(self):
        """Return the secret before the current one in plain text while it is still accepted, else ''."""
        self.ensure_one()
        credential = self.sudo()
        if not credential.previous_until or credential.previous_until <= fields.Datetime.now():
            return ""
        return encryption.decrypt(credential.previous_ciphertext)

    def _reencrypt(self):
        """Encrypt what is stored anew if it was not made with the first key; return whether it was.

        :raise ConfigurationError: it can't be decrypted
        """
        self.ensure_one()
        credential = self.sudo()
        vals = {
            name: encryption.reencrypt(credential[name])
            for name in ("ciphertext", "previous_ciphertext")
            if credential[name] and encryption.key_of(credential[name]) != 0
        }
        credential.write(vals)
        return bool(vals)

    def _is_webhook_secret(self):
        return self.backend_id._credential_keys().get(self.key, ("", False))[1]

    def _readable_secret(self):
        try:
            return self._reveal()
        except ConfigurationError:  # its key is lost: being replaced is the remedy
            return ""

    @api.autovacuum
    def _gc_previous_secrets(self):
        expired = self.sudo().search([("previous_until", "<", fields.Datetime.now())])
        expired.write({"previous_ciphertext": False, "previous_until": False})
