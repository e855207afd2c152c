"""What Shopify's answers say about failure, as the one error tree. No Odoo import.

https://shopify.dev/docs/api/usage/response-codes
"""

import math
import re

from odoo.addons.connector_base.transport import (
    ConfigurationError,
    DataError,
    PermissionMissing,
    RateLimited,
    TransientError,
)

from . import const

_REPORT = "Please report this to the maintainers of the connector, with the request id."
_SCOPE = re.compile(r"`?((?:read|write)_[a-z_]+)`?")


class QueryTooCostly(DataError):
    """One query asks for more points than a query may: ask for a smaller page."""

    remedy = _REPORT


class Refused(DataError):
    """A mutation was refused.

    :param list user_errors: what it states, each with field (a path into what was sent), message and maybe a code
    """

    def __init__(self, message, *, user_errors, **kwargs):
        super().__init__(message, **kwargs)
        self.user_errors = user_errors


def describe(response):
    """Return (code, message) of an answer with an error status; empty texts when it says nothing known.

    `errors` may be a text, a list of GraphQL errors or a dict of fields; the token endpoint says `error`.
    """
    body = response.json()
    if not isinstance(body, dict):
        return "", ""
    errors = body.get("errors") or body.get("error_description") or body.get("error") or ""
    code = body.get("error") if isinstance(body.get("error"), str) else ""
    if isinstance(errors, list):
        return next(filter(None, map(_code, errors)), code), _message(errors)
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
    codes = [_code(error) for error in errors]
    code = next((code for code in _ERRORS if code in codes), codes[0])
    error = _ERRORS.get(code, _not_understood)(answer, _message(errors))
    error.code, error.request_id = code, request_id
    return error


def _throttled(answer, _message):
    return RateLimited("Shopify's limit for API calls is reached.", retry_after=_wait(answer))


def _access_denied(answer, message):
    needed = [error.get("extensions") for error in answer["errors"] if isinstance(error, dict)]
    scopes = sorted(set(_SCOPE.findall(f"{needed} {message}")))
    what = f" It needs the access scope {' or '.join(scopes)}." if scopes else ""
    return PermissionMissing(f"Shopify denies access: {message.rstrip('.')}.{what}", remedy=const.REMEDIES[403])


def _too_costly(_answer, message):
    return QueryTooCostly(f"Shopify refuses the query as too costly: {message}")


def _shop_inactive(_answer, message):
    return ConfigurationError(f"The store is not active: {message}", remedy=const.REMEDIES[402])


def _failed(_answer, message):
    return TransientError(f"Shopify failed: {message}")


def _not_understood(_answer, message):
    return DataError(
        f"Shopify did not understand the query: {message}",
        remedy=_REPORT,
    )


# https://shopify.dev/docs/api/usage/response-codes#graphql-error-codes; of several errors the first one here counts
_ERRORS = {
    "THROTTLED": _throttled,
    "ACCESS_DENIED": _access_denied,
    "SHOP_INACTIVE": _shop_inactive,
    "MAX_COST_EXCEEDED": _too_costly,
    "INTERNAL_SERVER_ERROR": _failed,
    const.CODE_TIMEOUT: _failed,
}


def user_error(errors, request_id=""):
    """Return the `Refused` of a mutation's non-empty list of `userErrors`."""
    texts = []
    for error in errors:
        field = ".".join(str(part) for part in error.get("field") or ())
        texts.append(f"{field}: {error.get('message')}" if field else str(error.get("message")))
    return Refused(
        "Shopify refused the change: " + "; ".join(texts),
        user_errors=errors,
        code=errors[0].get("code") or "",
        request_id=request_id,
    )


def _wait(answer):
    """Seconds until the bucket holds what the query asks for; None if the answer doesn't say."""
    try:
        cost = answer["extensions"]["cost"]
        status = cost["throttleStatus"]
        missing = float(cost["requestedQueryCost"]) - float(status["currentlyAvailable"])
        return max(1.0, math.ceil(missing / float(status["restoreRate"]) * 10) / 10)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None


def _code(error):
    extensions = error.get("extensions") if isinstance(error, dict) else None
    return str(extensions.get("code") or "") if isinstance(extensions, dict) else ""


def _message(errors):
    return "; ".join(_plain(error.get("message") if isinstance(error, dict) else error) for error in errors)


def _plain(text):
    return ", ".join(map(str, text)) if isinstance(text, list) else str(text)
