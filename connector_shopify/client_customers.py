"""Customers and companies. No Odoo import."""

from . import const


class CustomerCalls:
    """Part of `ShopifyClient`."""

    def customers(self, query, *, first, after=None):
        """Return (customers, cursor of the next page or None) of the search `query`, oldest update first."""
        variables = {"query": query, "first": first, "after": after}
        return self._connection(self._execute("customers", variables), "customers")

    def customers_by_id(self, gids):
        """Return the customers with the global ids `gids`; unknown ones are left out."""
        return self._by_ids("customers_by_id", gids, const.CUSTOMERS_PAGE)

    def customers_count(self, query):
        """Return how many customers the search `query` finds."""
        count = self._execute("customers_count", {"query": query}).get("customersCount") or {}
        return count.get("count")

    def customer_set(self, identifier, customer):
        """Create a customer, or change the one that `identifier` names; return its global id.

        :param dict identifier: {"id": global id} or {"email": address}
        :param dict customer: `CustomerSetInput`: what it leaves out stays
        :raise DataError: refused
        """
        payload = self._mutate("customer_set", {"identifier": identifier, "input": customer})
        return payload["customer"]["id"]

    def companies(self, query, *, first, after=None):
        """Return (companies with all their locations, cursor of the next page or None), oldest update first."""
        variables = {"query": query, "first": first, "after": after}
        nodes, following = self._connection(self._execute("companies", variables), "companies")
        for node in nodes:
            self._read_on(node, "locations", "company_locations")
        return nodes, following
