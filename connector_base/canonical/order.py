"""Orders as platforms state them. All amounts are Decimals in `Order.currency`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .partner import Address, Customer
from .shipment import Shipment
from .values import UNSET, Unset

LINE_KINDS = ("product", "gift_card", "tip", "duty", "fee")
FINANCIAL_STATUSES = (
    "pending",
    "authorized",
    "partially_paid",
    "paid",
    "partially_refunded",
    "refunded",
    "voided",
    "expired",
)
CANCEL_REASONS = ("customer", "inventory", "fraud", "declined", "staff", "other")
FULFILLMENT_STATUSES = ("unfulfilled", "partial", "fulfilled", "on_hold")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLine:
    """One tax on one line. `rate` is a fraction (0.2 = 20 %), `amount` the platform's own rounded amount.

    `included` says whether the amount is part of the line's price, where an order has both kinds; UNSET: as the order's
    `taxes_included` says.
    """

    title: str
    rate: Decimal
    amount: Decimal
    included: bool | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of goods, or a tip, duty or fee.

    `unit_price` is as shown to the customer (tax-included when the order says so); `discount` is everything taken off
    the whole line, its share of order-level discounts included, tax-included or not like the price.
    The line's amount after discount is `unit_price * quantity - discount`.
    """

    external_id: str
    title: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal = Decimal(0)
    taxes: tuple[TaxLine, ...] = ()
    kind: str = "product"
    sku: str = ""
    barcode: str = ""
    product_external_id: str = ""
    variant_external_id: str = ""
    vendor: str = ""
    requires_shipping: bool = True
    properties: tuple[tuple[str, str], ...] = ()

    @property
    def gross(self):
        """Price times quantity, before discount."""
        return self.unit_price * self.quantity

    @property
    def amount(self):
        """What the customer pays for the line: after discount, tax-included or not like the price."""
        return self.gross - self.discount


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingLine:
    """One shipping charge; `price` and `discount` tax-included or not like the order's lines."""

    external_id: str
    title: str
    price: Decimal
    discount: Decimal = Decimal(0)
    taxes: tuple[TaxLine, ...] = ()
    code: str = ""
    carrier: str = ""

    @property
    def amount(self):
        return self.price - self.discount


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """Why something was taken off; the amounts themselves stand on the lines."""

    title: str
    code: str = ""
    kind: str = "fixed"  # fixed | percentage
    value: Decimal = Decimal(0)
    target: str = "line"  # line | shipping


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One transaction. kind: authorization | capture | sale | void | refund | change;
    status: success | pending | failure | error."""

    external_id: str
    kind: str
    status: str
    gateway: str
    amount: Decimal
    currency: str
    processed_at: datetime | None = None
    parent_external_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLine:
    """Quantity of an order line given back; `subtotal` tax-included or not like the order, `tax` its tax.

    `restock`: the goods go back to stock; `cancelled`: they had not left it yet.
    """

    line_external_id: str
    quantity: Decimal
    subtotal: Decimal
    tax: Decimal
    restock: bool
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundShipping:
    """What of a shipping charge is given back; an empty `line_external_id` is the order's only shipping line."""

    line_external_id: str
    subtotal: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAdjustment:
    """What is given back beyond lines and shipping (goodwill), negative when held back of them (a restocking fee)."""

    external_id: str
    subtotal: Decimal
    tax: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """What the order is worth less; `payments` are the transactions that paid it back, if it had been paid."""

    external_id: str
    created_at: datetime
    lines: tuple[RefundLine, ...] = ()
    shipping: tuple[RefundShipping, ...] = ()
    adjustments: tuple[RefundAdjustment, ...] = ()
    payments: tuple[Payment, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """The utm parameters of the visit that led to the order; "" for what is not stated."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    content: str = ""
    term: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A sales order as placed or edited, before refunds.

    Timestamps are aware UTC datetimes. A field that the payload does not state is UNSET.
    `total` is what the platform says the customer owes; `difference` checks it against the lines.
    """

    external_id: str
    name: str
    created_at: datetime
    updated_at: datetime
    currency: str
    taxes_included: bool
    lines: tuple[OrderLine, ...]
    total: Decimal
    shipping_lines: tuple[ShippingLine, ...] = ()
    subtotal: Decimal | Unset = UNSET
    discount_total: Decimal | Unset = UNSET
    shipping_total: Decimal | Unset = UNSET
    tax_total: Decimal | Unset = UNSET
    shop_currency: str | Unset = UNSET
    processed_at: datetime | Unset = UNSET
    cancelled_at: datetime | Unset | None = UNSET
    cancel_reason: str | Unset = UNSET
    closed_at: datetime | Unset | None = UNSET
    customer: Customer | Unset | None = UNSET
    email: str | Unset = UNSET
    phone: str | Unset = UNSET
    billing_address: Address | Unset | None = UNSET
    shipping_address: Address | Unset | None = UNSET
    discounts: tuple[Discount, ...] | Unset = UNSET
    payments: tuple[Payment, ...] | Unset = UNSET
    refunds: tuple[Refund, ...] | Unset = UNSET
    shipments: tuple[Shipment, ...] | Unset = UNSET
    financial_status: str | Unset = UNSET
    fulfillment_status: str | Unset = UNSET
    gateways: tuple[str, ...] | Unset = UNSET
    tags: tuple[str, ...] | Unset = UNSET
    note: str | Unset = UNSET
    attributes: tuple[tuple[str, str], ...] | Unset = UNSET
    source: str | Unset = UNSET
    scope_external_id: str | Unset = UNSET
    risk: str | Unset = UNSET  # low | medium | high
    confirmation_number: str | Unset = UNSET
    utm: Campaign | Unset = UNSET
    landing_url: str | Unset = UNSET  # path and query of the first page of the buyer's visit
    referrer_url: str | Unset = UNSET
    test: bool = False

    def includes(self, tax):
        """Whether the amount of TaxLine `tax` is part of its line's price."""
        return self.taxes_included if tax.included is UNSET else tax.included

    @property
    def difference(self):
        """`total` minus what lines, shipping and (tax-excluded) taxes add up to; 0 when the document is consistent."""
        parts = (*self.lines, *self.shipping_lines)
        computed = sum((part.amount for part in parts), Decimal(0))
        added = (tax.amount for part in parts for tax in part.taxes if not self.includes(tax))
        return self.total - sum(added, computed)

    @property
    def tax_by_rate(self):
        """Sum of the tax amounts of lines and shipping, per rate."""
        totals = {}
        for part in (*self.lines, *self.shipping_lines):
            for tax in part.taxes:
                totals[tax.rate] = totals.get(tax.rate, Decimal(0)) + tax.amount
        return totals
