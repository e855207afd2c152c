"""Who calls: OAuth 1.0a signatures, integration tokens as Bearer, administrators' tokens.

https://developer.adobe.com/commerce/webapi/get-started/authentication/
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from collections import OrderedDict
from urllib.parse import quote, unquote, urlsplit

from werkzeug.wrappers import Request

from .errors import ApiError, invalid, required
from .shop import ALL_RESOURCES, Shop

#: Seconds that a client's clock may be ahead, and that nonces are kept: an older timestamp is refused.
TIME_DEVIATION = 600
KEPT_NONCES = 200_000
NEEDED = (
    "oauth_consumer_key",
    "oauth_signature",
    "oauth_signature_method",
    "oauth_nonce",
    "oauth_timestamp",
    "oauth_token",
)
BAD_LOGIN = (
    "The account sign-in was incorrect or your account is disabled temporarily. Please wait and try again later."
)


class Guard:
    """Answers who calls and what he may; remembers nonces, in memory as long as their time stamps are accepted."""

    def __init__(self):
        self._nonces: OrderedDict[tuple, None] = OrderedDict()
        self._lock = threading.Lock()

    def resources(self, shop: Shop, request: Request) -> frozenset[str]:
        """The resources that the caller may use, none for strangers; raises ApiError for a bad signature."""
        header = request.headers.get("Authorization", "")
        scheme, _, value = header.partition(" ")
        if scheme.lower() == "bearer":
            return self._bearer(shop, value.strip())
        if "oauth " in header.lower():
            self._signed(shop, request, header)
            return frozenset(shop.config["resources"])
        return frozenset()

    @staticmethod
    def _bearer(shop: Shop, token: str) -> frozenset[str]:
        """Integration tokens since 2.4.4 only where ``oauth/consumer/enable_integration_as_bearer`` says so."""
        config = shop.config
        if (
            config["bearer"]
            and config["active"]
            and hmac.compare_digest(token.encode(), config["access_token"].encode())
        ):
            return frozenset(config["resources"])
        known = shop.get("admin_token", token)
        if known and known["expires"] > shop.clock.now():
            return frozenset((ALL_RESOURCES,))
        return frozenset()

    def _signed(self, shop: Shop, request: Request, header: str):
        config, given = shop.config, _protocol(header)
        if given.get("oauth_version", "1.0") != "1.0":
            raise invalid('The "%1" Oauth version isn\'t supported.', given["oauth_version"])
        absent = [name for name in NEEDED if name not in given]
        if absent:
            raise required(*absent)
        if len(given["oauth_token"]) != 32:
            raise invalid("The token length is invalid. Check the length and try again.")
        if given["oauth_signature_method"] != "HMAC-SHA256":
            raise invalid("Signature method %1 is not supported", given["oauth_signature_method"])
        if len(given["oauth_consumer_key"]) != 32:
            raise ApiError(401, "Consumer key is not the correct length")
        if given["oauth_consumer_key"] != config["consumer_key"]:
            raise ApiError(401, "A consumer having the specified key does not exist")
        self._fresh(shop, given["oauth_nonce"], given["oauth_timestamp"])
        if given["oauth_token"] != config["access_token"]:
            raise ApiError(401, "Specified token does not exist")
        if not config["active"]:
            raise ApiError(401, "Access token has been revoked")
        known = {name: value for name, value in given.items() if name != "oauth_signature"}
        key = f"{_encode(config['consumer_secret'])}&{_encode(config['access_token_secret'])}"
        right = (signature(key, request.method, url, known) for url in _addresses(shop, request))
        if not any(hmac.compare_digest(text, given["oauth_signature"]) for text in right):
            raise ApiError(401, "The signature is invalid. Verify and try again.")

    def _fresh(self, shop: Shop, nonce: str, stamp: str):
        now = time.time()  # who signs knows nothing of the sandbox's clock
        if not stamp.isdigit() or not now - TIME_DEVIATION <= int(stamp) <= now + TIME_DEVIATION:
            raise ApiError(
                401,
                "The timestamp value in the oauth_timestamp parameter is incorrect. Verify the value and try again.",
            )
        with self._lock:
            if (shop.domain, nonce) in self._nonces:
                raise ApiError(401, "The nonce is already being used by the consumer with ID %1", ["1"])
            self._nonces[shop.domain, nonce] = None
            if len(self._nonces) > KEPT_NONCES:
                self._nonces.popitem(last=False)


def _protocol(header: str) -> dict:
    """The ``oauth_...`` parameters of an Authorization header."""
    text = header[header.lower().index("oauth ") + 6 :]
    pairs = (part.strip().partition("=") for part in text.split(","))
    return {unquote(name): unquote(value.strip('"')) for name, _, value in pairs if re.match(r"oauth_[a-z_-]+", name)}


def _addresses(shop: Shop, request: Request) -> list[str]:
    """What the client may have signed: the shop's own address, or the one that the sandbox listens on."""
    sent = request.environ.get("REQUEST_URI") or request.full_path
    path = sent.split("/", 2)[2] if sent.count("/") > 1 else ""
    own = [f"{scheme}://{shop.domain}/{path}" for scheme in ("https", "http")]
    return [*own, *(f"{scheme}://{request.headers.get('Host', '')}{sent}" for scheme in ("http", "https"))]


def _encode(text: str) -> str:
    return quote(text, safe="~-._")


def signature(key: str, method: str, url: str, parameters: dict) -> str:
    """The signature over method, address without query, and all parameters sorted (RFC 5849, 3.4)."""
    parts = urlsplit(url)
    pairs = [(_encode(name), _encode(value)) for name, value in parameters.items()]
    for piece in parts.query.split("&") if parts.query else ():
        name, _, value = piece.partition("=")
        pairs.append((_encode(unquote(name.replace("+", " "))), _encode(unquote(value.replace("+", " ")))))
    joined = "&".join(f"{name}={value}" for name, value in sorted(pairs))
    base = "&".join(
        _encode(text) for text in (method.upper(), f"{parts.scheme}://{parts.netloc.lower()}{parts.path}", joined)
    )
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha256).digest()).decode()


def admin_token(shop: Shop, username: str, password: str, *, second_factor: bool = False) -> str:
    """A token of the administrator; he has every right. A JSON Web Token that nobody reads."""
    config = shop.config
    if config["two_factor"] and not second_factor:
        raise ApiError(401, "Please use the 2fa provider-specific endpoints to obtain a token.")
    if username != config["admin_user"] or not hmac.compare_digest(
        password.encode(), config["admin_password"].encode()
    ):
        raise ApiError(401, BAD_LOGIN)
    now = shop.clock.now()
    claims = {"uid": 1, "utypid": 2, "iat": int(now), "exp": int(now + config["admin_token_lifetime"])}
    parts = [{"kid": "1", "alg": "HS256"}, claims]
    token = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    token = f"{token}.{secrets.token_urlsafe(32)}"
    shop.put("admin_token", token, {"expires": claims["exp"]})
    return token
