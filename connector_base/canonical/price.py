"""Prices that hold for a part of a platform's customers only: a market, a group of companies."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """A list of prices of the platform, in one currency. `scope_external_id` is the scope it holds for, "" for all."""

    external_id: str
    name: str
    currency: str
    scope_external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPrice:
    """What a variant costs in a price list; `amount` None: what it costs everywhere else."""

    variant_external_id: str
    amount: Decimal | None
    compare_at_amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPriceResult:
    """What became of a `ListedPrice` sent."""

    price: ListedPrice
    error: Exception | None = None
