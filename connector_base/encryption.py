"""Encryption of credentials with keys that live outside the database.

Keys come from the server's configuration: environment variable ODOO_INTEGRATION_KEYS, else `encryption_keys` in the
`[integration]` section of odoo.conf. Comma separated: the first one encrypts, all of them decrypt.
"""

import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from .models.integration_backend_transport import server_option
from .transport import ConfigurationError

NEW_KEY_COMMAND = 'python3 -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


def configured_keys():
    """Return the configured keys, the encrypting one first; an empty list when there is none."""
    return [key.strip() for key in server_option("encryption_keys").split(",") if key.strip()]


def check_keys():
    """Check that at least one key is configured and that each is usable.

    :raise ConfigurationError: otherwise, with the command that makes a key
    """
    _fernets()


def encrypt(text):
    """Return the ciphertext of `text`, made with the first key."""
    return MultiFernet(_fernets()).encrypt(text.encode()).decode()


def decrypt(ciphertext):
    """Return the text of `ciphertext`, made with any of the keys.

    :raise ConfigurationError: none of the keys fits
    """
    try:
        return MultiFernet(_fernets()).decrypt(ciphertext.encode()).decode()
    except InvalidToken:
        raise ConfigurationError(
            "A stored credential can't be decrypted with the server's encryption keys.",
            remedy="Add the key it was stored with to encryption_keys again (behind the current one), "
            "or enter the credential anew.",
        ) from None


def reencrypt(ciphertext):
    """Return `ciphertext` made anew with the first key.

    :raise ConfigurationError: none of the keys fits
    """
    return encrypt(decrypt(ciphertext))


def fingerprint(key):
    """Return eight hex digits that tell keys apart and give nothing of them away."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def key_of(ciphertext):
    """Return the position of the key that `ciphertext` was made with, None when none of them fits."""
    for position, fernet in enumerate(_fernets()):
        try:
            fernet.decrypt(ciphertext.encode())
        except InvalidToken:
            continue
        return position
    return None


def _fernets():
    keys = configured_keys()
    if not keys:
        raise ConfigurationError(
            "No encryption key is configured on the server, so credentials can be neither stored nor read.",
            remedy=f"Make a key with: {NEW_KEY_COMMAND}\n"
            "Then set it as ODOO_INTEGRATION_KEYS in the server's environment, or as encryption_keys in section "
            "[integration] of odoo.conf, restart Odoo, and keep a copy of it outside the database's backups.",
        )
    fernets = []
    for position, key in enumerate(keys, start=1):
        try:
            fernets.append(Fernet(key))
        except ValueError:
            raise ConfigurationError(
                f"Encryption key number {position} in the server's configuration is not a valid key.",
                remedy=f"Make a key with: {NEW_KEY_COMMAND}",
            ) from None
    return fernets
