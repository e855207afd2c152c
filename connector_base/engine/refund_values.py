"""Amounts of credit notes from a platform's refunds. Pure arithmetic, nothing of the database.

Refund lines state their tax in one sum; it is shared over the taxes of the order line, so that after the last refund
each tax has been given back exactly.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Leaf(NamedTuple):
    """One tax of an order line: its id, what of it is on the whole line, and how it compounds."""

    id: int
    weight: Decimal
    include_base_amount: bool = False
    is_base_affected: bool = True


def cumulated_shares(amount, weights, digits):
    """Split `amount` over `weights` (not all zero): rounded half up, the last one of weight takes the remainder."""
    quantum = Decimal(1).scaleb(-digits)
    whole = sum(weights, ZERO)
    last = max(index for index, weight in enumerate(weights) if weight)
    parts, rest = [], amount
    for index, weight in enumerate(weights):
        part = rest if index == last else (amount * weight / whole).quantize(quantum, ROUND_HALF_UP) if weight else ZERO
        parts.append(part)
        rest -= part
    return parts


def tax_shares(before, tax, weights, digits):
    """Return what of `tax` falls to each of `weights`, `before` having been given back by earlier refunds.

    It is the share of everything given back so far less that of what was given back before: the shares of all refunds
    of a line add up to its taxes.
    """
    due = cumulated_shares(before + tax, weights, digits)
    return [now - then for now, then in zip(due, cumulated_shares(before, weights, digits), strict=True)]


def manual_tax_data(leaves, shares, net, *, quantity, price_unit, currency_id, rate, company_digits):
    """Return `extra_tax_data` of a credit note's line: all four amounts per tax, as for order lines.

    :param list[Leaf] leaves: the line's taxes, `shares` their amounts in the same order
    :param Decimal net: the line without taxes
    :param float rate: units of the currency per unit of the company's
    """
    manual, preceding = {}, ZERO
    for leaf, share in zip(leaves, shares, strict=True):
        base = float(net + preceding if leaf.is_base_affected else net)
        if leaf.include_base_amount:
            preceding += share
        manual[str(leaf.id)] = {
            "tax_amount_currency": float(share),
            "tax_amount": _company(float(share), rate, company_digits),
            "base_amount_currency": base,
            "base_amount": _company(base, rate, company_digits),
        }
    return {
        "currency_id": currency_id,
        "price_unit": price_unit,
        "discount": 0.0,
        "quantity": quantity,
        "rate": rate,
        "manual_total_excluded_currency": float(net),
        "manual_total_excluded": _company(float(net), rate, company_digits),
        "manual_tax_amounts": manual,
    }


def _company(amount, rate, digits):
    return amount if rate == 1.0 else round(amount / rate, digits)
