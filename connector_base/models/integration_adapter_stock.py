from odoo import models


class IntegrationAdapter(models.AbstractModel):
    """The port for stock and locations. Capabilities `stock_in`, `stock_out`."""

    _inherit = "integration.adapter"

    def _fetch_locations(self, backend):
        """Return the list of the platform's `Location`s, inactive ones too."""
        raise NotImplementedError()

    def _fetch_stock(self, backend, item_external_ids, location_external_ids):
        """Return the `StockLevel`s of some articles at some locations; `quantity` None where not stocked.

        In as few calls as possible; articles the platform doesn't know are left out.
        """
        raise NotImplementedError()

    def _list_stock(self, backend, location_external_id, page=None):
        """Return the `Page` of the `StockLevel`s of all articles stocked at a location."""
        raise NotImplementedError()

    def _stocked(self, backend, bindings):
        """Return those of `bindings` (variants) whose stock the platform counts: none that consist of others there."""
        return bindings

    def _parse_stock_event(self, backend, topic, body):
        """Return the `StockLevel` that a stored webhook body states, None when it must be read from the platform.

        Events of resource `stock_level`. Of several with one external id only the newest is read: it names article and
        place together, or, where the body states no quantity, the variant. (Events of resource `location` need no
        body.)

        :param bytes body: as received
        :raise DataError: the body can't be understood
        """
        return None

    def _stock_batch(self):
        """Return how many levels one call may set."""
        raise NotImplementedError()

    def _push_stock(self, backend, levels, key):
        """Set quantities, in as few calls as possible; yield a `StockResult` per level as soon as it is known.

        Makes the article be stocked at the location if it isn't. Errors as in `_push_products`.

        :param list levels: of `StockLevel`
        :param str key: the same for the same levels when an attempt is repeated, another one otherwise
        """
        raise NotImplementedError()
