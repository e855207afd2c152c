"""What Shopify's answers say about failure, as the one error tree. No Odoo import.

https://shopify.dev/docs/api/usage/response-codes
"""

import math
import re

from odoo.addons.connector_base.transport import ConfigurationError, DataError, RateLimited, TransientError

from . import const

_SCOPE = re.compile(r"`?((?:read|write)_[a-z_]+)`?")


class QueryTooCostly(DataError):
    """One query asks for more points than a query may: ask for a smaller page."""


def describe(response):
    """Return (code, message) of an answer with an error status; empty texts when it says nothing.

    `errors` may be a text, a list of GraphQL errors or a dict of fields; the token endpoint says `error`.
    """
    try:
        body = response.json()
    except ValueError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    errors = body.get("errors") or body.get("error_description") or body.get("error") or ""
    code = body.get("error") if isinstance(body.get("error"), str) else ""
    if isinstance(errors, list):
        first = errors[0] if isinstance(errors[0], dict) else {"message": str(errors[0])}
        return _code(first) or code, _message(errors)
    if isinstance(errors, dict):
        return code, "; ".join(f"{field}: {_plain(text)}" for field, text in errors.items())
    return code, str(errors)


def graphql_error(answer, request_id=""):
    """Return the error that a GraphQL answer (HTTP 200, parsed) states in its `errors`, None if it states none."""
    errors = answer.get("errors")
    if not errors:
        return None
    if not isinstance(errors, list):
        return ConfigurationError(f"Shopify refused the call: {errors}", remedy=const.REMEDIES[401])
    codes = {_code(error): error for error in reversed(errors) if isinstance(error, dict)}
    message = _message(errors)
    if const.CODE_THROTTLED in codes:
        return RateLimited(
            "Shopify's limit for API calls is reached.",
            retry_after=_wait(answer),
            code=const.CODE_THROTTLED,
            request_id=request_id,
        )
    if const.CODE_ACCESS_DENIED in codes:
        return _access_denied(codes[const.CODE_ACCESS_DENIED], message, request_id)
    if const.CODE_TOO_COSTLY in codes:
        return QueryTooCostly(message, code=const.CODE_TOO_COSTLY, request_id=request_id)
    if const.CODE_SHOP_INACTIVE in codes:
        return ConfigurationError(
            f"The store is not active: {message}",
            remedy=const.REMEDIES[402],
            code=const.CODE_SHOP_INACTIVE,
            request_id=request_id,
        )
    for code in codes:
        if code in const.TRANSIENT_CODES:
            return TransientError(f"Shopify failed: {message}", code=code, request_id=request_id)
    return DataError(
        f"Shopify did not understand the query: {message}",
        remedy="Please report this to the maintainers of the connector, with the request id.",
        code=next(iter(codes), ""),
        request_id=request_id,
    )


def user_error(errors, request_id=""):
    """Return the DataError of a mutation's non-empty list of `userErrors`."""
    texts = []
    for error in errors:
        field = ".".join(str(part) for part in error.get("field") or ())
        texts.append(f"{field}: {error.get('message')}" if field else str(error.get("message")))
    return DataError(
        "Shopify refused the change: " + "; ".join(texts), code=errors[0].get("code") or "", request_id=request_id
    )


def _access_denied(error, message, request_id):
    needed = (error.get("extensions") or {}).get("requiredAccess") or ""
    scopes = sorted(set(_SCOPE.findall(f"{needed} {error.get('message')}")))
    what = f" It needs the access scope {' or '.join(scopes)}." if scopes else ""
    return ConfigurationError(
        f"Shopify denies access: {message}{'' if message.endswith('.') else '.'}{what}",
        remedy=const.REMEDIES[403],
        code=const.CODE_ACCESS_DENIED,
        request_id=request_id,
    )


def _wait(answer):
    """Seconds until the bucket holds what the query asks for; None if the answer doesn't say."""
    cost = (answer.get("extensions") or {}).get("cost") or {}
    status = cost.get("throttleStatus") or {}
    try:
        missing = float(cost["requestedQueryCost"]) - float(status["currentlyAvailable"])
        return max(1.0, math.ceil(missing / float(status["restoreRate"]) * 10) / 10)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None


def _code(error):
    return str((error.get("extensions") or {}).get("code") or "")


def _message(errors):
    return "; ".join(_plain(error.get("message") if isinstance(error, dict) else error) for error in errors)


def _plain(text):
    return ", ".join(map(str, text)) if isinstance(text, list) else str(text)
