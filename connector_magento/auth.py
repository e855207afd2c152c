"""How a call proves who it is: four keys that sign it, or a token. No Odoo import.

https://developer.adobe.com/commerce/webapi/get-started/authentication/
"""

import base64
import json
import logging
import time

from requests_oauthlib import OAuth1

from odoo.addons.connector_base.transport import (
    ConfigurationError,
    DataError,
    RenewableTokenAuth,
    TokenAuth,
    TransientError,
)

from . import const

# The library writes consumer keys, tokens and signatures to its log while debugging.
logging.getLogger("oauthlib").setLevel(logging.INFO)
logging.getLogger("requests_oauthlib").setLevel(logging.INFO)


class OAuth(OAuth1):
    """Signs each request with the four keys of an integration. They don't expire.

    https://developer.adobe.com/commerce/webapi/get-started/authentication/gs-authentication-oauth/
    """

    remedy = (
        "In Magento, under System > Integrations, check that the integration is active, and enter its four keys anew. "
        "The address of the shop must be the one that Magento knows itself by, and the clocks of this server and of "
        "the shop's may differ by ten minutes at most."
    )

    def __init__(self, consumer_key, consumer_secret, token, token_secret):
        super().__init__(
            consumer_key,
            client_secret=consumer_secret,
            resource_owner_key=token,
            resource_owner_secret=token_secret,
            signature_method=const.SIGNATURE_METHOD,
            decoding=None,  # headers of text, as everybody else makes them
        )

    def renew(self):
        """Return False: there are no other keys to try."""
        return False


class IntegrationToken(TokenAuth):
    """Sends the access token of an integration alone, where the shop allows it: it doesn't since 2.4.4 by itself."""

    remedy = (
        "In Magento, allow it under Stores > Configuration > Services > OAuth > Consumer Settings > Allow OAuth Access "
        "Tokens to be used as standalone Bearer tokens, or connect with all four keys of the integration."
    )


class AdminToken(RenewableTokenAuth):
    """Sends the token that an administrator gets for name and password."""

    remedy = "Check name and password of the administrator, and that the account is active and not locked."


def request_admin_token(client, username, password):
    """Get a token for an administrator; return (token, seconds it is valid, None when it doesn't say).

    :param client: a `MagentoClient` whose session signs nothing
    :raise ConfigurationError: wrong name or password, a locked account, or two-factor authentication
    :raise TransientError: no usable answer
    """
    try:
        token = client.call("POST", const.ADMIN_TOKEN_PATH, json={"username": username, "password": password})
    except (ConfigurationError, DataError) as error:
        # without its status: a 401 would make the call that needs the token ask for another one, and Magento locks
        # the account of who fails too often
        raise ConfigurationError(
            f"Magento gives the administrator no access token. {error.message}",
            remedy=f"{AdminToken.remedy} Where Magento asks administrators for a second factor, this way is closed: "
            "connect with the four keys of an integration.",
            code=error.code,
        ) from None
    if not isinstance(token, str) or not token:
        raise TransientError("Magento's answer holds no token.")
    return token, _seconds_left(token)


def _seconds_left(token):
    """Return how long a token is valid that is a JSON Web Token, which states it; None for any other one."""
    try:
        _header, claims, _signature = token.split(".")
        expires = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"]
        return max(int(expires) - int(time.time()), 0) or None
    except (ValueError, KeyError, TypeError):
        return None
