from odoo import models


class IntegrationAdapter(models.AbstractModel):
    """The port for accounts of several parts, and for asking cheaply whether anything changed."""

    _inherit = "integration.adapter"

    # === SCOPES: `scopes` === #

    def _fetch_scopes(self, backend):
        """Return all `Scope`s of the account, those that are switched off too.

        A scope that products are assigned to is a `Channel` as well: `Scope.channel_external_id` says which, and so a
        sales channel knows the products of the scopes it is for. Orders name the narrowest scope:
        `Order.scope_external_id`, price lists the one they hold for: `PriceList.scope_external_id`.
        """
        raise NotImplementedError()

    # === POLLING === #

    def _probe(self, backend, resource, since):
        """Return a text that changes whenever what `_fetch_<resource>` gives of the same `since` does.

        None when the platform has no way to tell that is much cheaper than reading.

        :param str resource: orders, products ...: what is polled
        :param datetime since: aware UTC
        """
        return None

    def _default_concurrency(self):
        """Return how many calls of all workers together an account takes at once; 0 when the platform doesn't mind."""
        return 0
