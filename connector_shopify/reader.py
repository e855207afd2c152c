"""Typed access to a payload of Shopify's: what is not as documented becomes a DataError that names the place."""

from decimal import Decimal, InvalidOperation

from odoo.addons.connector_base import transport
from odoo.addons.connector_base.canonical import money
from odoo.addons.connector_base.transport.reader import MAX_DIGITS


class Reader(transport.Reader):
    """One JSON object."""

    __slots__ = ()

    platform = "Shopify"
    remedy = "Read it again from Shopify. If it fails again, report it with the payload's shape."

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
            return self._sensible(money(self.data.get(key)), key)
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
            return self._sensible(Decimal(str(value)), key)
        except InvalidOperation:
            raise self.error("is not a number", key) from None

    def _sensible(self, number, key):
        """Override: nor has it more decimals than any real one."""
        number = super()._sensible(number, key)
        if number.as_tuple().exponent < -MAX_DIGITS:
            raise self.error("is not a sensible number", key)
        return number
