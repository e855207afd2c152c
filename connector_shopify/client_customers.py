"""Customers and companies. No Odoo import."""

from . import const


class CustomerCalls:
    """Part of `ShopifyClient`."""

    def customers(self, query, *, after=None):
        """Return (customers, cursor of the next page or None) of the search `query`, oldest update first."""
        variables = {"query": query, "first": const.CUSTOMERS_PAGE, "after": after}
        return self._connection(self._execute("customers", variables), "customers")

    def customers_by_id(self, gids):
        """Return the customers with the global ids `gids`; unknown ones are left out."""
        nodes = []
        for start in range(0, len(gids), const.CUSTOMERS_PAGE):
            nodes += self._execute("customers_by_id", {"ids": gids[start : start + const.CUSTOMERS_PAGE]})["nodes"]
        return [node for node in nodes if node and node.get("id")]

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

    def companies(self, query, *, after=None):
        """Return (companies with all their locations, cursor of the next page or None), oldest update first."""
        variables = {"query": query, "first": const.COMPANIES_PAGE, "after": after}
        nodes, following = self._connection(self._execute("companies", variables), "companies")
        for node in nodes:
            locations, cursor = self._connection(node, "locations")
            while cursor:
                variables = {"id": node["id"], "first": const.NESTED_PAGE, "after": cursor}
                owner = self._execute("company_locations", variables).get("node") or {"locations": {"nodes": []}}
                more, cursor = self._connection(owner, "locations")
                locations += more
        return nodes, following
