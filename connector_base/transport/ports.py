"""What transport needs from outside. The engine injects implementations on PostgreSQL; tests inject plain ones."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from .errors import DataError

# Most urgent first. A lane keeps back a share of the budget for those before it.
LANES = ("interactive", "webhooks", "orders", "stock", "catalogue")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One call to a platform, as the API call log shows it. Bodies are redacted, and None unless debugging."""

    at: datetime
    operation: str
    method: str
    url: str
    status: int | None
    duration_ms: float
    bytes_sent: int
    bytes_received: int
    cost: float = 0.0
    request_id: str = ""
    error: str = ""
    throttled: bool = False
    request_body: str | None = None
    response_body: str | None = None


class CallRecorder(Protocol):
    """Takes note of calls. Must not raise, and must not slow the call down."""

    debug: bool

    def record(self, call: CallRecord) -> None: ...


class Budget(Protocol):
    """A budget of calls or cost points, shared by every worker that uses the same platform account."""

    def acquire(self, api: str, cost: float) -> float:
        """Take `cost` from the bucket of `api`; return 0.0 when granted, else the seconds until it may be."""
        ...

    def feed(
        self,
        api: str,
        *,
        capacity: float | None = None,
        rate: float | None = None,
        remaining: float | None = None,
        refund: float = 0.0,
        retry_after: float | None = None,
    ) -> None:
        """Tell what the platform's answer says.

        :param capacity: size of the bucket
        :param rate: refill per second
        :param remaining: what is left; only ever lowers the budget, so that a late answer can't overspend it
        :param refund: what was acquired for this call beyond what it cost in the end
        :param retry_after: seconds during which the platform wants no call at all (a 429 without figures)
        """
        ...


class Slots(Protocol):
    """How many calls an account takes at once, of all workers together."""

    def enter(self) -> Any:
        """Take a slot; return what `leave` wants, None when all are taken."""
        ...

    def leave(self, slot: Any) -> None:
        """Give a slot back. One that is never given back, since its process died, is free again after a while."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a listing.

    :param next_page: the opaque token of the following page, None on the last one
    :param failed: a `DataError` for each document of the page that could not be understood; its `external_id` says
        which. They must not block the others.
    """

    documents: tuple[Any, ...]
    next_page: str | None = None
    failed: tuple[DataError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """An inbound request as received. Header names are lower case; `body` is the raw bytes."""

    method: str
    url: str
    headers: dict[str, str]
    query: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEnvelope:
    """What a verified request says of itself.

    :param event_id: the platform's id of this delivery, the same when it is sent again: what dedupes
    :param topic: the platform's name of what happened
    :param resource: the canonical resource: order, product, ... or `account` (uninstalled) or `` (ignored)
    :param external_id: the record concerned; empty for the account
    :param updated_at: the record's (else the event's) time, aware UTC; newest wins
    :param correlation_id: what ties several deliveries to one action; only stored
    :param reply: answer instead of a plain 200 (a challenge): nothing is stored then. (status, content type, body)
    """

    event_id: str
    topic: str
    resource: str
    external_id: str = ""
    updated_at: datetime | None = None
    correlation_id: str = ""
    reply: tuple[int, str, bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyCall:
    """What a platform asks of the data of one customer, or of a whole account, by law.

    :param event_id: the platform's id of this delivery, the same when it is sent again: what dedupes
    :param kind: `export` (tell what is known of the customer), `erase_customer` or `erase_account`
    :param account_key: whose data, as in `ConnectionReport`
    """

    event_id: str
    kind: str
    account_key: str
    customer_external_id: str = ""
    email: str = ""
    order_external_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    """What a connection test found. `missing` are sentences: what is missing and what to do.

    :param history_days: how far back a first import goes when nobody says otherwise
    :param visible_days: how far back the platform lets us read orders at all; None: without limit
    """

    account_name: str
    account_key: str
    facts: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    currency: str = ""
    history_days: int | None = None
    visible_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookReport:
    """State of the subscriptions after a check. Topics by what was found or done."""

    registered: tuple[str, ...] = ()
    created: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
