"""Tokens in a header. Whoever signs each request (OAuth 1.0a, AWS) brings an `AuthBase` of its own."""

from requests.auth import AuthBase


class TokenAuth(AuthBase):
    """Sends a token that does not expire. A platform with another header says so in a subclass."""

    header = "Authorization"
    scheme = "Bearer "

    def __init__(self, token):
        self._token = token

    def __call__(self, request):
        request.headers[self.header] = f"{self.scheme}{self._token}"
        return request

    def renew(self):
        """Return False: there is no other token to try."""
        return False


class RenewableTokenAuth(TokenAuth):
    """Sends a token that can be had again.

    :param tokens: callable `(refused="") -> str` that returns a valid token; not the one that was `refused`
    """

    def __init__(self, tokens):
        super().__init__("")
        self._tokens = tokens
        self._renewed = False

    def __call__(self, request):
        self._token = self._token or self._tokens()
        return super().__call__(request)

    def renew(self):
        """Get another token after a refusal and return True; False if that was tried already."""
        if self._renewed:
            return False
        self._renewed = True
        self._token = self._tokens(refused=self._token)
        return True
