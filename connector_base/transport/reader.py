"""Typed access to a parsed JSON payload: what is not as documented becomes a DataError that names the place.

Each platform's addon has a Reader of its own below this one, with what the platform writes in its own way: ids,
booleans, numbers.
"""

import re
from datetime import datetime, timezone
from decimal import Decimal

from ..canonical.values import clean_text
from .errors import DataError

# More digits than any real amount has: beyond is nonsense that would cost memory
MAX_DIGITS = 18
_FRACTION = re.compile(r"\.\d+")


class Reader:
    """One JSON object.

    :param dict data: the parsed object
    :param str path: where it stands, for messages
    :param str external_id: the document it belongs to, for errors
    """

    __slots__ = ("data", "external_id", "path")

    # For messages: who documents the payload, and what to do about one that is otherwise
    platform = ""
    remedy = ""
    # What a text may be written as
    text_types = (str, int)
    # What a time without an offset counts in; None: there must be an offset
    time_zone = None

    def __init__(self, data, path, external_id=""):
        self.data = data
        self.path = path
        self.external_id = external_id
        if not isinstance(data, dict):
            raise self.error("is not an object")

    def error(self, what, key=None):
        """Return the DataError that says `what` is wrong here (at `key`)."""
        place = f"{self.path}.{key}" if key else self.path
        return DataError(
            f"The payload is not as {self.platform} documents it: {place} {what}.",
            remedy=self.remedy,
            external_id=self.external_id,
        )

    def states(self, key):
        """Return whether the payload has `key` at all, be it null."""
        return key in self.data

    def has(self, key):
        """Return whether `key` is there and not null."""
        return self.data.get(key) is not None

    def text(self, key, default=""):
        """Return the text at `key`, cleaned of what no database stores; `default` when null or missing."""
        value = self.data.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, self.text_types):
            raise self.error("is not a text", key)
        return clean_text(str(value))

    def required_text(self, key):
        """Return the non-empty text at `key`."""
        return self._required(self.text(key), key)

    def texts(self, key):
        """Return the list of texts at `key`; empty when null or missing."""
        values = self.items(key)
        if not all(isinstance(value, str) for value in values):
            raise self.error("is not a list of texts", key)
        return [clean_text(value) for value in values]

    def time(self, key):
        """Return the time at `key` as aware UTC datetime, in whole seconds; None when null or missing."""
        value = self.text(key)
        if not value:
            return None
        try:
            # Python 3.10 reads neither a Z nor nanoseconds
            moment = datetime.fromisoformat(_FRACTION.sub("", value.replace("Z", "+00:00")))
            if moment.tzinfo is None:
                if self.time_zone is None:
                    raise ValueError(value)
                moment = moment.replace(tzinfo=self.time_zone)
            return moment.astimezone(timezone.utc)
        except (ValueError, OverflowError):
            raise self.error("is not a time" if self.time_zone else "is not a time with its offset", key) from None

    def required_time(self, key):
        """Return the time at `key`, aware UTC."""
        return self._required(self.time(key), key)

    def child(self, key):
        """Return the Reader of the object at `key`; None when null or missing."""
        value = self.data.get(key)
        return None if value is None else self._reader(value, key)

    def required_child(self, key):
        """Return the Reader of the object at `key`."""
        return self._required(self.child(key), key)

    def children(self, key):
        """Return the Readers of the list of objects at `key`; empty when null or missing."""
        return [self._reader(item, f"{key}[{index}]") for index, item in enumerate(self.items(key))]

    def items(self, key):
        """Return the list at `key`; empty when null or missing."""
        value = self.data.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error("is not a list", key)
        return value

    def _reader(self, value, key):
        return type(self)(value, f"{self.path}.{key}", self.external_id)

    def _required(self, value, key):
        if value is None or value == "":
            raise self.error("is missing", key)
        return value

    def _sensible(self, number, key):
        """Return `number` (Decimal) as it is, or without the exponent of a zero.

        :raise DataError: it is infinite, or larger than any real one
        """
        if number.is_zero():
            return Decimal(0)
        if not number.is_finite() or number.adjusted() > MAX_DIGITS:
            raise self.error("is not a sensible number", key)
        return number
