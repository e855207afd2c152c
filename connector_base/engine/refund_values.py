"""Taxes of credit notes from a platform's refunds. Pure arithmetic, nothing of the database.

Refund lines state their tax in one sum; it is shared over the taxes of the order line, so that after the last refund
each tax has been given back exactly.
"""

from decimal import Decimal
from typing import NamedTuple

from .order_values import split


class Leaf(NamedTuple):
    """One tax of an order line: its id, what of it is on the whole line, and how it compounds."""

    id: int
    weight: Decimal
    include_base_amount: bool = False
    is_base_affected: bool = True


def tax_shares(before, tax, weights, digits):
    """Return what of `tax` falls to each of `weights`, `before` having been given back by earlier refunds.

    It is the share of everything given back so far less that of what was given back before: the shares of all refunds
    of a line add up to its taxes.
    """
    due = split(before + tax, weights, digits)
    return [now - then for now, then in zip(due, split(before, weights, digits), strict=True)]
