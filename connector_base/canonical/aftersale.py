"""What Odoo asks of a platform after the sale: refunds, and what staff note on an order. Amounts are Decimals in the
order's currency (`Order.currency`), as in orders."""

from dataclasses import dataclass
from decimal import Decimal

from .values import UNSET, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequestLine:
    """Units of one order line to give back.

    `restock`: the platform counts them into its stock again, at `location_external_id` ("": where they came from).
    `cancelled`: they had not been sent, and will not be.
    """

    line_external_id: str
    quantity: Decimal
    restock: bool = False
    cancelled: bool = False
    location_external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """What to give back of one order.

    `shipping`: how much of what was charged for shipping, tax-included or not like the order's lines.
    `amount`: what is paid back altogether, taxes included; None for what the platform reckons (see `RefundPreview`).
    0 pays nothing back: the order is only worth less.
    `key` names the refund for good, which makes asking for it safe to repeat. `note` is for staff of the platform;
    `notify` says whether the platform tells the customer.
    """

    order_external_id: str
    lines: tuple[RefundRequestLine, ...] = ()
    shipping: Decimal = Decimal(0)
    amount: Decimal | None = None
    key: str = ""
    note: str = ""
    notify: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPayment:
    """What goes back the way one payment came, named by that payment."""

    gateway: str
    amount: Decimal
    parent_external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPreview:
    """What the platform reckons for a `RefundRequest`; nothing has happened yet.

    :param subtotal: of the lines, without taxes unless the order's prices include them
    :param tax: of lines and shipping
    :param shipping: what of shipping is given back, of `shipping_maximum` that is left of it
    :param amount: what would be paid back altogether, taxes included
    :param maximum: what can still be paid back of the order
    :param payments: how `amount` would be paid back; () when nothing was paid yet
    """

    currency: str
    subtotal: Decimal
    tax: Decimal
    shipping: Decimal
    shipping_maximum: Decimal
    amount: Decimal
    maximum: Decimal
    payments: tuple[RefundPayment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """What staff changed on one order that the platform is to show. Tags are added and taken away one by one: those
    that others put there meanwhile stay."""

    order_external_id: str
    note: str | Unset = UNSET
    tags_added: tuple[str, ...] = ()
    tags_removed: tuple[str, ...] = ()
