"""How a call proves who it is: a token in the header, and the grant that gives tokens to a Dev-Dashboard app."""

from requests.auth import AuthBase

from odoo.addons.connector_base.transport import ConfigurationError, TransientError
from odoo.addons.connector_base.transport.session import raise_for_status, read_json

from . import const
from .errors import describe


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

    :raise ConfigurationError: unknown app, wrong secret, app not installed or of another organisation
    :raise TransientError: no usable answer
    """
    response = session.request(
        "POST",
        f"https://{domain}{const.TOKEN_PATH}",
        operation="AccessToken",
        headers={"Accept": "application/json"},
        data={"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret},
    )
    if response.status_code in (400, 401, 403):
        code, message = describe(response)
        raise ConfigurationError(
            f"Shopify gave no access token for {domain}: {message or response.status_code}",
            remedy="Check client id and client secret of the app. App and store must belong to the same organisation, "
            "and the app must be installed in the store.",
            status=response.status_code,
            code=code,
            request_id=response.headers.get(const.REQUEST_ID_HEADER, ""),
        )
    raise_for_status(response, extract=describe)
    answer = read_json(response)
    try:
        return str(answer["access_token"]), int(answer["expires_in"]), frozenset(answer["scope"].split(","))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise TransientError(f"Shopify's answer holds no access token for {domain}.") from None
