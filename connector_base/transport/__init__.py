"""How every client talks HTTP. Plain Python, nothing of Odoo."""

from .auth import RenewableTokenAuth, TokenAuth
from .errors import (
    ConfigurationError,
    DataError,
    PermissionMissing,
    RateLimited,
    SignatureError,
    TransientError,
    TransportError,
)
from .halving import send_in_halves
from .pagination import iter_pages, link_url, parsed_page
from .pictures import read_picture
from .ports import (
    LANES,
    Budget,
    CallRecord,
    CallRecorder,
    ConnectionReport,
    Page,
    PrivacyCall,
    Slots,
    WebhookEnvelope,
    WebhookReport,
    WebhookRequest,
)
from .rate_limit import take, with_rate_limit
from .reader import Reader
from .redaction import redact, redact_url
from .responses import Response, raise_for_status, read_json, retry_after
from .session import Outcome, Session
from .signatures import sign_hmac, verify_hmac, verify_rsa
