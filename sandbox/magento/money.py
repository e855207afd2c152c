"""Money and quantities: exact inside, and numbers as PHP writes them outside (22, not 22.0)."""

from decimal import ROUND_HALF_UP, Decimal

CENT, FINE = Decimal("0.01"), Decimal("0.0001")
ZERO = Decimal(0)


def dec(value) -> Decimal:
    """A number of any kind, or nothing (0), as a Decimal."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    return Decimal(str(value)) if value not in (None, "") else ZERO


def cents(value) -> Decimal:
    """Rounded to two places, halves away from zero: ``PriceCurrency::round`` rounds every currency so."""
    return dec(value).quantize(CENT, ROUND_HALF_UP)


def num(value) -> int | float:
    """A JSON number of at most four places: amounts are ``decimal(20,4)`` in the database."""
    if isinstance(value, int):
        return value
    exact = dec(value).quantize(FINE, ROUND_HALF_UP)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


class Rounder:
    """Rounds to cents and carries what it cut off to the next amount of the same kind.

    Half a cent of three lines is thereby not lost thrice: ``Magento\\Framework\\Math\\Calculator::deltaRound``.
    """

    def __init__(self, start: Decimal = ZERO):
        self._start, self._carried = start, {}

    def round(self, amount: Decimal, kind="regular") -> Decimal:
        if not amount:
            return ZERO
        amount += self._carried.get(kind, self._start)
        rounded = cents(amount)
        self._carried[kind] = amount - rounded
        return rounded
