"""Typed access to a payload of Magento's: what is not as documented becomes a DataError that names the place."""

import json
from datetime import datetime, timezone
from decimal import ROUND_HALF_UP, Decimal

from odoo.addons.connector_base.canonical import clean_text, money
from odoo.addons.connector_base.transport import DataError

from . import tables

ZERO = Decimal(0)
# Magento stores amounts and quantities with four decimals. PHP may write one that is none as 4.2999999999999998.
STORED = Decimal("0.0001")
# More than any real amount: beyond is nonsense that would cost memory
MAX_DIGITS = 18


class Reader:
    """One JSON object, parsed with `parse_float=Decimal`.

    Numbers may be Decimals, ints or texts of numbers; ids and flags too: Magento's modules write them either way.

    :param dict data: the parsed object
    :param str path: where it stands, for messages
    :param str external_id: the document it belongs to, for errors
    :param bool base: read amounts in the base currency instead of the order's
    """

    __slots__ = ("base", "data", "external_id", "path")

    def __init__(self, data, path, external_id="", *, base=False):
        self.data = data
        self.path = path
        self.external_id = external_id
        self.base = base
        if not isinstance(data, dict):
            raise self.error("is not an object")

    def error(self, what, key=None):
        """Return the DataError that says `what` is wrong here (at `key`)."""
        place = f"{self.path}.{key}" if key else self.path
        return DataError(
            f"The payload is not as Magento documents it: {place} {what}.",
            remedy="Read it again from Magento. If it fails again, look for an extension of the shop that changes what "
            "its API answers.",
            external_id=self.external_id,
        )

    def has(self, key):
        """Return whether `key` is there and not null."""
        return self.data.get(key) is not None

    def text(self, key, default=""):
        """Return the text at `key`, cleaned of what no database stores; `default` when null or missing."""
        value = self.data.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            raise self.error("is not a text", key)
        return clean_text(str(value))

    def required_text(self, key):
        """Return the non-empty text at `key`."""
        value = self.text(key)
        if not value:
            raise self.error("is missing", key)
        return value

    def identifier(self, key):
        """Return the id at `key` as text; "" when null, missing or 0, which is how Magento says none."""
        value = self.text(key)
        return "" if value == "0" else value

    def required_identifier(self, key):
        """Return the id at `key` as text."""
        value = self.identifier(key)
        if not value:
            raise self.error("is missing", key)
        return value

    def flag(self, key, default=False):
        """Return the boolean at `key`, written as a boolean, 0/1 or "0"/"1"; `default` when null or missing."""
        value = self.data.get(key)
        if value is None or value == "":
            return default
        if str(value) not in ("0", "1", "True", "False"):
            raise self.error("is not a boolean", key)
        return str(value) in ("1", "True")

    def number(self, key, default=ZERO):
        """Return the number at `key` with the four decimals Magento stores; `default` when null or missing.

        :raise DataError: no number, or missing without a `default` (None)
        """
        value = self.data.get(key)
        if value is None or value == "":
            if default is None:
                raise self.error("is missing", key)
            return default
        try:
            number = money(value)
        except ValueError:
            raise self.error("is not a number", key) from None
        if number.is_zero():
            return ZERO
        if number.adjusted() > MAX_DIGITS:
            raise self.error("is not a sensible number", key)
        return number.quantize(STORED, ROUND_HALF_UP)

    def amount(self, key, default=ZERO):
        """Return the amount called `key`, in the currency this reader was asked for; as `number`."""
        if self.base:
            key = tables.BASE_NAMES.get(key, f"base_{key}")
        return self.number(key, default)

    def time(self, key):
        """Return the time at `key` (UTC, `2026-11-21 09:30:00`) as aware datetime; None when null or missing.

        https://developer.adobe.com/commerce/webapi/rest/use-rest/performing-searches/ says that times are UTC.
        """
        value = self.text(key)
        if not value or value.startswith("0000"):
            return None
        try:
            moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=timezone.utc)
            return moment.astimezone(timezone.utc).replace(microsecond=0)
        except (ValueError, OverflowError):
            raise self.error("is not a time", key) from None

    def required_time(self, key):
        """Return the time at `key`, aware UTC."""
        value = self.time(key)
        if value is None:
            raise self.error("is missing", key)
        return value

    def child(self, key):
        """Return the Reader of the object at `key`; None when null, missing or empty (PHP writes that as a list)."""
        value = self.data.get(key)
        return None if value is None or value == [] else self._reader(value, key)

    def child_or_empty(self, key):
        """Return the Reader of the object at `key`, an empty one when there is none."""
        return self.child(key) or self._reader({}, key)

    @property
    def extension(self):
        """The Reader of the extension attributes."""
        return self.child_or_empty("extension_attributes")

    def children(self, key):
        """Return the Readers of the list of objects at `key`; empty when null or missing."""
        return [self._reader(item, f"{key}[{index}]") for index, item in enumerate(self.items(key))]

    def items(self, key):
        """Return the list at `key`; empty when null or missing. PHP writes a list with gaps as an object."""
        value = self.data.get(key)
        if value is None:
            return []
        if isinstance(value, dict):
            return list(value.values())
        if not isinstance(value, list):
            raise self.error("is not a list", key)
        return value

    def embedded(self, key):
        """Return the Readers of the list of objects that is written as a JSON text at `key`."""
        text = self.text(key)
        try:
            values = json.loads(text, parse_float=Decimal, parse_constant=None) if text else []
        except (ValueError, RecursionError):
            raise self.error("is not JSON", key) from None
        return self._reader({key: values}, key).children(key)

    def _reader(self, value, key):
        return Reader(value, f"{self.path}.{key}", self.external_id, base=self.base)


def read(payload, kind, key="entity_id", *, base=False):
    """Return the Reader of a whole document.

    :param dict payload: the document
    :param str kind: what it is, for messages
    :param str key: where its id stands
    :raise DataError: it is no object, or has no id
    """
    node = Reader(payload, kind, base=base)
    node.external_id = node.required_identifier(key)
    return node
