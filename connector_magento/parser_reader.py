"""Typed access to a payload of Magento's: what is not as documented becomes a DataError that names the place."""

import json
from datetime import timezone
from decimal import ROUND_HALF_UP, Decimal

from odoo.addons.connector_base import transport
from odoo.addons.connector_base.canonical import money

from . import tables

ZERO = Decimal(0)
# Magento stores amounts and quantities with four decimals. PHP may write one that is none as 4.2999999999999998.
STORED = Decimal("0.0001")


class Reader(transport.Reader):
    """One JSON object, parsed with `parse_float=Decimal`.

    Numbers may be Decimals, ints or texts of numbers; ids and flags too: Magento's modules write them either way.
    Times are UTC: https://developer.adobe.com/commerce/webapi/rest/use-rest/performing-searches/

    :param bool base: read amounts in the base currency instead of the order's
    """

    __slots__ = ("base",)

    platform = "Magento"
    remedy = (
        "Read it again from Magento. If it fails again, look for an extension of the shop that changes what its API "
        "answers."
    )
    text_types = (str, int, Decimal)
    time_zone = timezone.utc

    def __init__(self, data, path, external_id="", *, base=False):
        super().__init__(data, path, external_id)
        self.base = base

    def identifier(self, key):
        """Return the id at `key` as text; "" when null, missing or 0, which is how Magento says none."""
        value = self.text(key)
        return "" if value == "0" else value

    def required_identifier(self, key):
        """Return the id at `key` as text."""
        return self._required(self.identifier(key), key)

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
            return self._required(default, key)
        try:
            number = money(value)
        except ValueError:
            raise self.error("is not a number", key) from None
        number = self._sensible(number, key)
        return number.quantize(STORED, ROUND_HALF_UP) if number else number

    def amount(self, key, default=ZERO):
        """Return the amount called `key`, in the currency this reader was asked for; as `number`."""
        if self.base:
            key = tables.BASE_NAMES.get(key, f"base_{key}")
        return self.number(key, default)

    def time(self, key):
        """Override: a time of zeros is none."""
        return None if self.text(key).startswith("0000") else super().time(key)

    def child(self, key):
        """Override: PHP writes an empty object as a list."""
        return None if self.data.get(key) == [] else super().child(key)

    def child_or_empty(self, key):
        """Return the Reader of the object at `key`, an empty one when there is none."""
        return self.child(key) or self._reader({}, key)

    @property
    def extension(self):
        """The Reader of the extension attributes."""
        return self.child_or_empty("extension_attributes")

    def items(self, key):
        """Override: PHP writes a list with gaps as an object."""
        value = self.data.get(key)
        return list(value.values()) if isinstance(value, dict) else super().items(key)

    def embedded(self, key):
        """Return the Readers of the list of objects that is written as a JSON text at `key`."""
        text = self.text(key)
        try:
            values = json.loads(text, parse_float=Decimal, parse_constant=None) if text else []
        except (ValueError, RecursionError):
            raise self.error("is not JSON", key) from None
        return self._reader({key: values}, key).children(key)

    def _reader(self, value, key):
        reader = super()._reader(value, key)
        reader.base = self.base
        return reader


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
