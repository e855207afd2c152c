"""How every client talks HTTP. Plain Python, nothing of Odoo."""

from .errors import (
    ConfigurationError,
    DataError,
    RateLimited,
    SignatureError,
    TransientError,
    TransportError,
)
from .ports import (
    LANES,
    Budget,
    CallRecord,
    CallRecorder,
    ConnectionReport,
    Page,
    WebhookEnvelope,
    WebhookReport,
    WebhookRequest,
)
