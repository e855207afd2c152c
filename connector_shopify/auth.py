"""How a call proves who it is: a token in the header, and the grant that gives tokens to a Dev-Dashboard app."""

from odoo.addons.connector_base import transport
from odoo.addons.connector_base.transport import ConfigurationError, DataError, TransientError, raise_for_status

from . import const
from .errors import describe

_REMEDY = (
    "Check the client id and the client secret of the app. "
    "The app must be installed in the store, and both must belong to the same organization."
)


class TokenAuth(transport.TokenAuth):
    """Sends an admin token that does not expire (`shpat_...`)."""

    header, scheme = const.TOKEN_HEADER, ""


class RenewableTokenAuth(transport.RenewableTokenAuth):
    """Sends a token of a day."""

    header, scheme = const.TOKEN_HEADER, ""


def request_token(session, domain, client_id, client_secret):
    """Get a token by the client-credentials grant; return (token, seconds it is valid, set of scopes).

    https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant

    :raise ConfigurationError: unknown app, wrong secret, app not installed or of another organization
    :raise TransientError: no usable answer
    """
    response = session.request(
        "POST",
        f"https://{domain}{const.TOKEN_PATH}",
        operation="AccessToken",
        data={"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret},
    )
    try:
        raise_for_status(response, extract=describe)
    except (ConfigurationError, DataError) as error:
        raise ConfigurationError(
            f"Shopify gives no access token for {domain}. {error.message}",
            remedy=_REMEDY if error.status in (400, 401, 403) else const.REMEDIES.get(error.status, error.remedy),
            status=error.status,
            code=error.code,
            request_id=error.request_id,
        ) from None
    answer = response.json()
    try:
        return str(answer["access_token"]), int(answer["expires_in"]), frozenset(answer["scope"].split(","))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise TransientError(
            f"Shopify's answer holds no access token for {domain}.", request_id=response.request_id
        ) from None
