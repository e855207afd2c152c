"""Tokens: the client credentials grant, and the never expiring token of an app made in the admin."""

import hmac
import secrets

from werkzeug.wrappers import Request, Response

from ..framework.web import json_response
from .shop import Shop

LIFETIME = 86399


def access_token(shop: Shop, request: Request) -> Response:
    """``POST /admin/oauth/access_token``. Errors are 400 or 401 with ``error`` and ``error_description``."""
    form = request.form if request.form else (request.get_json(silent=True) or {})
    config = shop.config
    if form.get("grant_type") != "client_credentials":
        return _refuse(400, "unsupported_grant_type", "The grant type is not supported")
    if not hmac.compare_digest(str(form.get("client_id", "")), config["client_id"]):
        return _refuse(
            400, "application_cannot_be_found", "The application could not be found. It may have been deleted"
        )
    if not config["installed"]:
        return _refuse(400, "app_not_installed", "The application is not installed on this shop")
    given = str(form.get("client_secret", ""))
    if not any(hmac.compare_digest(given, known) for known in shop.secrets()):
        return _refuse(401, "invalid_client", "The client secret is invalid")
    token = "shpca_" + secrets.token_hex(16)
    now = shop.clock.now()
    with shop.store.transaction():
        for old in shop.store.all(shop.domain, "token"):
            if old["expires"] <= now:
                shop.store.delete(shop.domain, "token", old["id"])
        shop.store.put(shop.domain, "token", token, {"id": token, "expires": now + LIFETIME})
    return json_response(
        {"access_token": token, "scope": ",".join(config["scopes"]), "expires_in": LIFETIME}, status=200
    )


def _refuse(status: int, error: str, description: str) -> Response:
    return json_response({"error": error, "error_description": description}, status=status)


def allowed(shop: Shop, token: str) -> bool:
    """Whether a token gives access now."""
    config = shop.config
    if not config["installed"] or not token:
        return False
    if hmac.compare_digest(token, config["admin_token"]):
        return True
    entry = shop.store.get(shop.domain, "token", token)
    return entry is not None and entry["expires"] > shop.clock.now()
