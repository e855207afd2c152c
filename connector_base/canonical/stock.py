"""What is in stock where. Quantities are whole units of the variant as the platform sells it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place from which the platform's orders are sent.

    `holds_orders`: the quantity there holds what was ordered until it is sent, and the platform sets that aside by
    itself; elsewhere an order lowers the quantity at once.
    """

    external_id: str
    name: str
    active: bool = True
    country_code: str = ""
    holds_orders: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevel:
    """What can be sold of one article at one location.

    `item_external_id` is the variant's `inventory_external_id`. To the platform: `expected` is what it is believed to
    have now; set only if it has, None for whatever it has. From the platform: `quantity` is None where the article is
    not stocked at the location.
    """

    item_external_id: str
    location_external_id: str
    quantity: int | None
    expected: int | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockResult:
    """What became of a `StockLevel` sent: all well, `stale` (it had another quantity than expected: read it again), or
    `error`."""

    level: StockLevel
    stale: bool = False
    error: Exception | None = None
