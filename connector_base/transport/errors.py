"""The one error tree of everything that talks to a platform.

Each error says whose fault it is by its class, what happened by its message, and what to do by its remedy.
Messages and remedies are English; what the user's language says is decided where errors are shown.
"""


class TransportError(Exception):
    """Base of the tree; never raised itself.

    :param message: what happened, one sentence, no secrets
    :param remedy: what the reader can do about it
    :param status: HTTP status, when there was an answer
    :param code: the platform's own error code
    :param request_id: the platform's id of the request, for its support
    """

    error_type = "error"
    remedy = ""

    def __init__(self, message, *, remedy="", status=None, code="", request_id=""):
        super().__init__(message)
        self.remedy = remedy or self.remedy
        self.status = status
        self.code = code
        self.request_id = request_id

    @property
    def message(self):
        return self.args[0]


class ConfigurationError(TransportError):
    """Authentication, permission, missing mapping or setting: work stops until the responsible user acts."""

    error_type = "configuration"


class PermissionMissing(ConfigurationError):
    """The platform doesn't let us do this one thing; what else we do goes on."""


class DataError(TransportError):
    """Validation, conflict, not found: only this document is affected.

    :param external_id: the document's id on the platform, when known
    :param scope_external_id: the part of the account an order is of, "" for none; None when unknown
    """

    error_type = "data"

    def __init__(self, message, *, external_id="", scope_external_id=None, **kwargs):
        super().__init__(message, **kwargs)
        self.external_id = external_id
        self.scope_external_id = scope_external_id


class TransientError(TransportError):
    """Network, 5xx, throttled: the same call later will do. `retry_after` is in seconds, None when nobody knows."""

    error_type = "transient"
    remedy = "Nothing to do: the work is repeated by itself."

    def __init__(self, message, *, retry_after=None, **kwargs):
        super().__init__(message, **kwargs)
        self.retry_after = retry_after


class RateLimited(TransientError):
    """The platform's budget for calls is spent; `retry_after` says until when."""

    error_type = "rate_limited"


class SignatureError(TransportError):
    """An inbound request whose signature is missing or wrong. Answered with 401; nothing is stored."""

    error_type = "signature"
