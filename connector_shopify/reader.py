"""Typed access to a parsed JSON payload: what is not as documented becomes a DataError that names the place."""

import re
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation

from odoo.addons.connector_base.canonical import clean_text, money
from odoo.addons.connector_base.transport import DataError

# More digits than any real amount has: beyond is nonsense that would cost memory.
_MAX_DIGITS = 18
_FRACTION = re.compile(r"\.\d+")


class Reader:
    """One JSON object.

    :param dict data: the parsed object
    :param str path: where it stands, for messages
    :param str external_id: the document it belongs to, for errors
    """

    __slots__ = ("data", "external_id", "path")

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
            f"The payload is not as Shopify documents it: {place} {what}.",
            remedy="Read it again from Shopify. If it fails again, report it with the payload's shape.",
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
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise self.error("is not a text", key)
        return clean_text(str(value))

    def required_text(self, key):
        """Return the non-empty text at `key`."""
        value = self.text(key)
        if not value:
            raise self.error("is missing", key)
        return value

    def identifier(self, key, default=None):
        """Return the id at `key` without its `gid://` wrapping; `default` when null or missing.

        :raise DataError: missing, and no `default` given
        """
        value = self.text(key).partition("?")[0].rpartition("/")[2]
        if not value and default is None:
            raise self.error("is missing", key)
        return value or default

    def flag(self, key, default=None):
        """Return the boolean at `key`; `default` when null or missing.

        :raise DataError: missing, and no `default` given
        """
        value = self.data.get(key)
        value = default if value is None else value
        if not isinstance(value, bool):
            raise self.error("is not a boolean", key)
        return value

    def count(self, key, default=None):
        """Return the whole number >= 0 at `key`; `default` when null or missing."""
        value = self.data.get(key)
        value = default if value is None else value
        if isinstance(value, bool) or not isinstance(value, int) or value < 0 or value > 10**9:
            raise self.error("is not a quantity", key)
        return value

    def amount(self, key):
        """Return the exact Decimal at `key`."""
        try:
            return self._bounded(money(self.data.get(key)), key)
        except ValueError:
            raise self.error("is not an amount", key) from None

    def number(self, key):
        """Return the number at `key` (a rate, a percentage) as the Decimal it is written as; 0 when null or missing."""
        value = self.data.get(key)
        if value is None:
            return Decimal(0)
        if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
            raise self.error("is not a number", key)
        try:
            return self._bounded(Decimal(str(value)), key)
        except InvalidOperation:
            raise self.error("is not a number", key) from None

    def _bounded(self, number, key):
        if number.is_zero():
            return Decimal(0)
        if not number.is_finite() or number.adjusted() > _MAX_DIGITS or number.as_tuple().exponent < -_MAX_DIGITS:
            raise self.error("is not a sensible number", key)
        return number

    def time(self, key):
        """Return the time at `key` as aware UTC datetime; None when null or missing."""
        value = self.text(key)
        if not value:
            return None
        try:
            # Python 3.10 reads neither a Z nor nanoseconds; a second is as exact as Shopify's own updated_at.
            moment = datetime.fromisoformat(_FRACTION.sub("", value.replace("Z", "+00:00")))
            if moment.tzinfo is None:
                raise ValueError(value)
            return moment.astimezone(timezone.utc)
        except (ValueError, OverflowError):
            raise self.error("is not a time with its offset", key) from None

    def required_time(self, key):
        """Return the time at `key`, aware UTC."""
        value = self.time(key)
        if value is None:
            raise self.error("is missing", key)
        return value

    def child(self, key):
        """Return the Reader of the object at `key`; None when null or missing."""
        value = self.data.get(key)
        return None if value is None else Reader(value, f"{self.path}.{key}", self.external_id)

    def required_child(self, key):
        """Return the Reader of the object at `key`."""
        child = self.child(key)
        if child is None:
            raise self.error("is missing", key)
        return child

    def children(self, key):
        """Return the Readers of the list of objects at `key`; empty when null or missing."""
        return [
            Reader(item, f"{self.path}.{key}[{index}]", self.external_id) for index, item in enumerate(self.items(key))
        ]

    def items(self, key):
        """Return the list at `key`; empty when null or missing."""
        value = self.data.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error("is not a list", key)
        return value

    def texts(self, key):
        """Return the list of texts at `key`; empty when null or missing."""
        values = self.items(key)
        if not all(isinstance(value, str) for value in values):
            raise self.error("is not a list of texts", key)
        return [clean_text(value) for value in values]
