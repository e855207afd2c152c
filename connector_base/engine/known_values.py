"""Values that an import knows and Odoo would otherwise compute record by record."""


class KnownValues:
    """What the create hooks of order and line fill in, per record to be created.

    A context value (compared by identity). Records are told apart by `key_fields` of their values: other addons may
    add or reorder records in `create`.
    """

    def __init__(self, key_fields):
        self._key_fields = key_fields
        self._values = {}

    def _key(self, values):
        return tuple(values.get(name) for name in self._key_fields)

    def add(self, values, known):
        """Note that the record created from `values` has `known`."""
        self._values[self._key(values)] = known

    def fill(self, vals_list):
        """Complete the create values of `vals_list` in place."""
        for values in vals_list:
            if known := self._values.get(self._key(values)):
                values.update(known)
