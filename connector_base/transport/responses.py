"""What an answer says, and which error it is."""

import contextlib
import email.utils
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .errors import ConfigurationError, DataError, RateLimited, TransientError
from .redaction import redact, redact_url

MAX_MESSAGE = 500
MAX_RETRY_AFTER = 86_400.0

_REQUEST_ID_HEADERS = ("x-request-id", "x-correlation-id", "request-id", "x-amzn-requestid", "x-amz-request-id")

# status -> (class, what happened, what to do). The text of the platform, when it gives one, comes first.
_STATUSES = {
    400: (DataError, "The platform refused the request as invalid.", ""),
    401: (
        ConfigurationError,
        "The platform refused the credentials.",
        "Renew the credentials of this store, then test the connection.",
    ),
    402: (
        ConfigurationError,
        "The platform account is frozen or unpaid.",
        "Settle the account with the platform, then test the connection.",
    ),
    403: (
        ConfigurationError,
        "The platform does not permit this to the connected app.",
        "Grant the missing permission on the platform, then test the connection.",
    ),
    404: (
        ConfigurationError,
        "The platform does not know this address.",
        "Check the address of the store; it may have been renamed or closed.",
    ),
    409: (DataError, "The platform reports a conflict with its current data.", ""),
    422: (DataError, "The platform refused the data.", ""),
    423: (
        ConfigurationError,
        "The platform account is locked.",
        "Ask the platform's support to unlock the account, then test the connection.",
    ),
    408: (TransientError, "The platform gave up waiting for the request.", ""),
    425: (TransientError, "The platform is not ready for the request yet.", ""),
    429: (RateLimited, "The platform takes no more calls for the moment.", ""),
    430: (RateLimited, "The platform takes no more calls for the moment.", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer, read to its end.

    :param content: the body, decompressed
    :param url: the address asked, without credentials
    """

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    url: str = ""
    operation: str = ""
    secrets: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def text(self):
        return self.content.decode("utf-8", "replace")

    @property
    def request_id(self):
        """The platform's id of the request, for its support; empty when it gives none."""
        return next((self.headers[name] for name in _REQUEST_ID_HEADERS if name in self.headers), "")

    def json(self, **options):
        """Return the decoded body; see `read_json`."""
        return read_json(self, **options)


def read_json(response, *, parse_float=None):
    """Return the decoded JSON body.

    :param parse_float: `Decimal` where amounts are numbers, else they lose their exact value
    :raise TransientError: not JSON: a proxy's or maintenance HTML page, an empty or a truncated body
    """
    with contextlib.suppress(ValueError):
        return json.loads(response.content, parse_float=parse_float)
    head = response.content[:200].lstrip().lower()
    if not head:
        what = "The platform's answer is empty."
    elif head.startswith(b"<") or "html" in response.headers.get("Content-Type", "").lower():
        what = "The platform answered with a web page instead of data; it may be under maintenance."
    else:
        what = "The platform's answer is incomplete or damaged."
    raise TransientError(
        what,
        status=response.status_code,
        request_id=response.request_id,
        retry_after=retry_after(response.headers),
    )


def raise_for_status(response, *, extract=None):
    """Raise the error of the tree that the HTTP status stands for; nothing for 2xx.

    401, 402, 403, 404, 423 and redirects: `ConfigurationError`; 408, 425, 5xx: `TransientError`; 429, 430:
    `RateLimited`; all other 4xx: `DataError`. A client that expects a 404 looks at the status first.

    :param extract: callable(response) -> (code, message): the platform's own words. It may use `response.json()`
        freely: an answer that isn't JSON then has no words.
    """
    status = response.status_code
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise _redirect_error(response)
    code, words = "", ""
    if extract:
        # TransientError: a proxy's page instead of the platform's error document
        with contextlib.suppress(TransientError):
            code, words = extract(response)
    if status >= 500:
        kind, what, remedy = TransientError, "The platform has a problem of its own.", ""
    else:
        kind, what, remedy = _STATUSES.get(status, (DataError, "The platform refused the request.", ""))
    words = redact(str(words or ""), response.secrets).strip()[:MAX_MESSAGE]
    message = f"{what} It says: {words}" if words else f"{what} (HTTP {status})"
    details = {"remedy": remedy, "status": status, "code": str(code or ""), "request_id": response.request_id}
    if issubclass(kind, TransientError):
        details["retry_after"] = retry_after(response.headers)
    raise kind(message, **details)


def retry_after(headers):
    """Return the seconds a `Retry-After` header asks for (a number, or an HTTP date), None when there is no sane one.

    Never negative; a day at most.
    """
    value = (headers.get("Retry-After") or "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
        except (TypeError, ValueError, OverflowError):
            return None
    if math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


def _redirect_error(response):
    target = redact_url(response.headers.get("Location", ""), response.secrets)
    return ConfigurationError(
        f"{urlsplit(response.url).hostname or 'The platform'} sends us to another address: {target or 'unknown'}.",
        remedy="Check the address of the store. Redirects are not followed, lest credentials go to a stranger.",
        status=response.status_code,
        request_id=response.request_id,
    )
