"""What passes from one step of an import to the next."""

from dataclasses import dataclass, field

from ..canonical import UNSET, digest
from .order_values import ZERO, Terms


@dataclass(slots=True, eq=False)
class Entry:
    """One document of a page on its way, with the binding and order it had before, if any.

    `lines_due` and `parties_due` say whether its lines and its customer and addresses have to be (re)written.
    """

    document: object
    digest: str
    binding: object
    order: object
    lines_digest: str
    parties_digest: str
    lines_due: bool
    parties_due: bool

    @property
    def external_id(self):
        return self.document.external_id


@dataclass(slots=True, eq=False)
class Draft:
    """One order about to be written.

    `mirror` are the values of what the document states, written at every import; `head` the others, `parties` customer
    and addresses. `lines` are values without `order_id`, `shown` the (subtotal, total) Odoo must show for each, `types`
    the types of their products. `holds` are (reason, remedy); that for the risk is `risk_hold` too.
    """

    entry: object
    mirror: dict
    head: dict = field(default_factory=dict)
    parties: dict = field(default_factory=dict)
    lines: list = field(default_factory=list)
    shown: list = field(default_factory=list)
    types: list = field(default_factory=list)
    terms: Terms | None = None
    holds: list = field(default_factory=list)
    risk_hold: tuple | None = None
    risk_changed: bool = False
    order: object = None

    @property
    def untaxed(self):
        return sum((subtotal for subtotal, _total in self.shown), ZERO)

    @property
    def total(self):
        return sum((total for _subtotal, total in self.shown), ZERO)


@dataclass(frozen=True, slots=True)
class Lookups:
    """What the resolvers found for a page: see their `CurrencyPage`, `ProductPage`, `TaxPage`.

    `parties` holds per external id (customer, invoice address, delivery address), `settings` its `OrderSettings`.
    """

    currencies: object
    products: object
    taxes: object
    parties: dict
    settings: dict


def lines_digest(document):
    """Return the digest of what the amounts come from: tells whether the platform changed them."""
    parts = tuple(
        (
            part.external_id,
            part.title,
            part.amount,
            getattr(part, "quantity", None),
            tuple((tax.title, tax.rate, tax.amount, *_stated(tax.included)) for tax in part.taxes),
        )
        for part in (*document.lines, *document.shipping_lines)
    )
    return digest((document.currency, document.taxes_included, document.total, parts))


def _stated(value):
    return () if value is UNSET else (value,)


def parties_digest(document):
    """Return the digest of customer and addresses, '' when the document doesn't state them all."""
    parties = (document.customer, document.billing_address, document.shipping_address)
    return "" if UNSET in parties else digest((*parties, document.email or ""))
