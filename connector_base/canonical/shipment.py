"""What was sent of an order."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentLine:
    """Units of one order line in a shipment. `lot` is a lot or serial number, "" where unknown."""

    line_external_id: str
    quantity: Decimal
    lot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """Goods of one order that left one location together.

    `carrier` is the platform's name or code of the carrier, `tracking` its numbers. `status`: `done` or `cancelled`.
    To the platform: `key` names the shipment for good, which makes sending it safe to repeat; `location_external_id`
    is "" where Odoo doesn't know it; `notify` says whether the platform tells the customer; `others` are the external
    ids of the order's other shipments as far as Odoo knows them, so that this one isn't taken for one of them.
    """

    external_id: str = ""
    order_external_id: str = ""
    key: str = ""
    lines: tuple[ShipmentLine, ...] = ()
    carrier: str = ""
    tracking: tuple[str, ...] = ()
    tracking_url: str = ""
    location_external_id: str = ""
    status: str = "done"
    shipped_at: datetime | None = None
    notify: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentResult:
    """What became of a `Shipment` sent. A platform may make several of one, for instance one per location."""

    key: str
    external_ids: tuple[str, ...] = ()
    error: Exception | None = None
