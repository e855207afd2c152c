"""How a call proves who it is: a token in the header, and the grant that gives tokens to a Dev-Dashboard app."""

from requests.auth import AuthBase

from odoo.addons.connector_base.transport import ConfigurationError, DataError, TransientError, raise_for_status

from . import const
from .errors import describe

_REMEDY = (
    "Check the client id and the client secret of the app. "
    "The app must be installed in the store, and both must belong to the same organization."
)


class TokenAuth(AuthBase):
    """Sends an admin token that does not expire (`shpat_...`)."""

    def __init__(self, token):
        self._token = token

    def __call__(self, request):
        request.headers[const.TOKEN_HEADER] = self._token
        return request

    def renew(self):
        """Return False: there is no other token to try."""
        return False


class RenewableTokenAuth(AuthBase):
    """Sends a token that can be had again.

    :param tokens: callable `(refused="") -> str` that returns a valid token; not the one that was `refused`
    """

    def __init__(self, tokens):
        self._tokens = tokens
        self._token = ""
        self._renewed = False

    def __call__(self, request):
        self._token = self._token or self._tokens()
        request.headers[const.TOKEN_HEADER] = self._token
        return request

    def renew(self):
        """Get another token after a refusal and return True; False if that was tried already."""
        if self._renewed:
            return False
        self._renewed = True
        self._token = self._tokens(refused=self._token)
        return True


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
