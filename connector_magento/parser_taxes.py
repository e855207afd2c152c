"""The taxes of an order's lines by rate. Pure.

https://developer.adobe.com/commerce/webapi/rest/modules/sales/ (OrderTaxDetailsItemInterface): an order states in
`extension_attributes.item_applied_taxes` what of which tax is on which item; a tax that is several rates together names
them in its own extension attributes.
"""

from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

from odoo.addons.connector_base.canonical import TaxLine, minor_units

from . import tables
from .parser_reader import ZERO

HUNDRED = Decimal(100)
UNNAMED = "Tax"  # orders of before Magento 2.2, and of some extensions, name none


class Applied(NamedTuple):
    title: str
    rate: Decimal
    amount: Decimal


class AppliedTaxes:
    """What an order says about its taxes.

    :param Reader order: the order
    :param str currency: of the amounts
    """

    def __init__(self, order, currency):
        self.currency = currency
        self._of = {}
        for node in order.extension.children("item_applied_taxes"):
            item_id = node.identifier("item_id") or node.identifier("associated_item_id")
            entries = self._of.setdefault((node.text("type") or tables.TAXED_PRODUCT, item_id), [])
            for tax in node.children("applied_taxes"):
                entries += _applied(tax, currency)
        self._named = [tax for node in order.extension.children("applied_taxes") for tax in _applied(node, currency)]

    def lines(self, kind, item_id, amount, percent=None):
        """Return the TaxLines of `amount`, as Magento split it over its rates; () for none.

        :param str kind: what is taxed, as `item_applied_taxes` calls it
        :param str item_id: the item, "" for what belongs to the order
        :param Decimal amount: the tax of all rates, which is what counts
        :param Decimal percent: the rate where none is named; None where it isn't stated either
        """
        entries = [entry for entry in self._of.get((kind, item_id), ()) if entry.rate or entry.amount]
        if not amount and not any(entry.amount for entry in entries):
            return ()
        if not entries:
            return (self._unnamed(amount, percent),)
        parts = [entry.amount for entry in entries]
        if sum(parts, ZERO) != amount:
            parts = share(amount, parts if any(parts) else [entry.rate for entry in entries], self.currency)
        return tuple(
            TaxLine(title=entry.title, rate=entry.rate, amount=part) for entry, part in zip(entries, parts, strict=True)
        )

    def _unnamed(self, amount, percent):
        """The tax of what is not listed: named like the order's tax of that rate, or its only one."""
        rate = percent / HUNDRED if percent else None
        found = {(tax.title, tax.rate) for tax in self._named if rate is None or tax.rate == rate}
        title, known = found.pop() if len(found) == 1 else (UNNAMED, ZERO)
        return TaxLine(title=title, rate=known if rate is None else rate, amount=amount)


def _applied(tax, currency):
    """Return the `Applied`s of a tax, one per rate it consists of."""
    percent, amount = tax.number("percent"), tax.amount("amount")
    title = tax.text("title") or tax.text("code") or UNNAMED
    rates = tax.extension.children("rates")
    if len(rates) < 2:
        return [Applied(title, percent / HUNDRED, amount)]
    percents = [rate.number("percent") for rate in rates]
    return [
        Applied(rate.text("title") or rate.text("code") or title, percent / HUNDRED, part)
        for rate, percent, part in zip(rates, percents, share(amount, percents, currency), strict=True)
    ]


def share(amount, weights, currency):
    """Split `amount` over `weights` in minor units of `currency`; what rounding leaves goes to the largest remainders.

    Weights of nothing count alike.
    """
    if not any(weights):
        weights = [Decimal(1)] * len(weights)
    whole = sum(weights, ZERO)
    unit = Decimal(1).scaleb(-minor_units(currency)).copy_sign(amount)
    exact = [amount * weight / whole if whole else ZERO for weight in weights]
    parts = [part.quantize(unit, rounding=ROUND_DOWN) for part in exact]
    order = sorted(range(len(parts)), key=lambda index: (-abs(exact[index] - parts[index]), index))
    left = amount - sum(parts, ZERO)
    for index in order:
        if abs(left) < abs(unit):
            break
        parts[index] += unit
        left -= unit
    parts[order[0]] += left
    return parts
