"""What a platform's listings of ids hold."""

from dataclasses import dataclass
from datetime import datetime

from .values import UNSET, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStub:
    """The little of an order that tells whether Odoo has it, and has its present state. Times are aware UTC.

    `scope_external_id` is that of the `Order`: "" when it is of none, UNSET when the listing doesn't say.
    """

    external_id: str
    name: str
    created_at: datetime
    updated_at: datetime
    scope_external_id: str | Unset = UNSET
