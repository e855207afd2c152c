"""What a platform pays out, and what it consists of."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

PAYOUT_STATUSES = ("scheduled", "in_transit", "paid", "failed", "cancelled")
PAYOUT_ENTRY_KINDS = ("charge", "refund", "dispute", "adjustment", "reserve", "fee", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutEntry:
    """One movement of the platform's balance. `amount` and `net` are positive when the merchant gets them.

    `net` is `amount - fee`. `order_external_id` and `payment_external_id` (the order's transaction) are "" where the
    movement belongs to none; `title` is the platform's word for what it is.
    """

    external_id: str
    kind: str
    amount: Decimal
    fee: Decimal = Decimal(0)
    title: str = ""
    order_external_id: str = ""
    payment_external_id: str = ""
    processed_at: datetime | None = None

    @property
    def net(self):
        """What the movement adds to the payout."""
        return self.amount - self.fee


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """Money sent to the merchant's bank; a negative `amount` was taken from it. All amounts are in `currency`."""

    external_id: str
    issued_at: datetime
    status: str
    currency: str
    amount: Decimal
    entries: tuple[PayoutEntry, ...] = ()
    reference: str = ""

    @property
    def name(self):
        """What staff call the document."""
        return self.reference or self.external_id

    @property
    def updated_at(self):
        """What a listing is ordered by: payouts state no time of change."""
        return self.issued_at

    @property
    def difference(self):
        """`amount` minus what the entries add up to; 0 when the document is consistent."""
        return self.amount - sum((entry.net for entry in self.entries), Decimal(0))
