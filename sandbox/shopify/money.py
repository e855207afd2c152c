"""Money as whole minor units (cents, yen, fils): integers, so that nothing drifts. Own rounding, own allocation."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

#: Decimal places where they differ from two (ISO 4217).
EXPONENTS = {
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
    "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip

#: What one US dollar buys: fixed, so that a seed is the same every day.
PER_DOLLAR = {
    "USD": "1", "EUR": "0.92", "GBP": "0.79", "JPY": "155.3", "KWD": "0.307", "CAD": "1.37", "AUD": "1.52",
    "CHF": "0.88", "SEK": "10.45", "PLN": "3.98", "MXN": "17.2", "BRL": "5.1", "INR": "83.4", "NZD": "1.66",
}  # fmt: skip


def exponent(currency: str) -> int:
    return EXPONENTS.get(currency, 2)


def half_up(value: Fraction) -> int:
    """Nearest integer, halves away from zero."""
    sign = -1 if value < 0 else 1
    return sign * int((abs(value) * 2 + 1) // 2)


def to_minor(amount, currency: str) -> int:
    """Minor units of a decimal amount, rounded half up. ``"10.00", "JPY"`` -> 10."""
    scaled = Decimal(str(amount)).scaleb(exponent(currency))
    return int(scaled.quantize(Decimal(1), ROUND_HALF_UP))


def text(minor: int, currency: str) -> str:
    """``1050, "USD"`` -> ``"10.50"``: with all decimals of the currency, as REST payloads write money."""
    places = exponent(currency)
    if not places:
        return str(minor)
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def short_text(minor: int, currency: str) -> str:
    """``1050`` -> ``"10.5"``, ``1000`` -> ``"10.0"``: as GraphQL's Decimal writes money."""
    whole, _, cents = text(minor, currency).partition(".")
    return f"{whole}.{cents.rstrip('0') or '0'}"


def rate_between(shop_currency: str, currency: str) -> str:
    """How many ``currency`` one unit of the shop's currency is, as a decimal text. Raises KeyError if unknown."""
    if shop_currency == currency:
        return "1"
    rate = Decimal(PER_DOLLAR[currency]) / Decimal(PER_DOLLAR[shop_currency])
    return format(rate.quantize(Decimal("0.000001")).normalize(), "f")


def convert(minor: int, source: str, target: str, rate: str) -> int:
    """Minor units of ``target`` for minor units of ``source``; ``rate`` = target units per source unit."""
    if source == target:
        return minor
    shift = Fraction(10) ** (exponent(target) - exponent(source))
    return half_up(Fraction(minor) * Fraction(rate) * shift)


def share_out(total: int, weights: list[int]) -> list[int]:
    """Split ``total`` over ``weights`` proportionally; what rounding leaves goes to the largest remainders."""
    weight = sum(weights)
    if not weight:
        return [0] * len(weights)
    shares = [total * part // weight for part in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-(total * weights[index] % weight), index))
    for index in by_remainder[: total - sum(shares)]:
        shares[index] += 1
    return shares
