"""What a platform's listings of ids hold."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStub:
    """The little of an order that tells whether Odoo has it, and has its present state. Times are aware UTC."""

    external_id: str
    name: str
    created_at: datetime
    updated_at: datetime
