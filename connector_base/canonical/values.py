"""What every canonical document is built from: UNSET, exact money, digests."""

import dataclasses
import datetime
import enum
import hashlib
import json
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

# ISO 4217 minor units that are not 2 (https://www.six-group.com/en/products-services/financial-information/data-standards.html)
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_MINOR_UNITS = dict.fromkeys(_NO_DECIMALS.split(), 0) | dict.fromkeys(_THREE_DECIMALS.split(), 3)


class Unset(enum.Enum):
    """The type of `UNSET`: the payload does not state this value, so it overwrites nothing. Falsy."""

    UNSET = "unset"

    def __bool__(self):
        return False

    def __repr__(self):
        return "UNSET"


UNSET = Unset.UNSET


def money(value):
    """Return `value` (a decimal string, an int or a Decimal) as an exact, finite Decimal.

    Raises ValueError for floats (not exact), empty text and everything else that is no number.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise ValueError(f"not an exact amount: {value!r}")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"not an amount: {value!r}") from None
    if not amount.is_finite():
        raise ValueError(f"not a finite amount: {value!r}")
    return amount


def minor_units(currency):
    """Return the number of decimals of the ISO 4217 code `currency` (2 for most, 0 for JPY, 3 for KWD)."""
    return _MINOR_UNITS.get(currency, 2)


def quantize(amount, currency):
    """Round `amount` half up to the minor unit of `currency`."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_HALF_UP)


def digest(document):
    """Return the SHA-256 hex digest of a canonical document: equal content, equal digest, in any process.

    Fields at their defaults leave no trace: a field that is new to the canon changes no known document's digest.
    """
    text = json.dumps(_plain(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def mark(key):
    """Return what a comment or note on the platform holds for the document of `key` to be found again by."""
    return f"[Odoo {hashlib.sha256(key.encode()).hexdigest()[:10]}]"


def _plain(value):
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {
            field.name: _plain(item)
            for field in dataclasses.fields(value)
            if (item := getattr(value, field.name)) != field.default
        }
    raise TypeError(f"{type(value).__name__} does not belong in a canonical document")


def clean_text(text):
    """Return `text` without what no database stores: zero bytes, halves of surrogate pairs, spaces around."""
    text = text.replace("\x00", "")
    return (text if text.isascii() else text.encode("utf-8", "replace").decode()).strip()
