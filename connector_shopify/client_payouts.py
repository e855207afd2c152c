"""Shopify Payments: payouts and the movements they settle. No Odoo import."""

from odoo.addons.connector_base.transport import PermissionMissing

from . import const


class PayoutCalls:
    """Part of `ShopifyClient`."""

    def payouts(self, query, *, after=None):
        """Return (payouts, cursor of the next page or None) of the search `query`, oldest first; none without Shopify
        Payments.

        Each has `transactions`, all the balance transactions it settles.

        :raise PermissionMissing: the app may not read payouts
        """
        variables = {"query": query, "first": const.PAYOUTS_PAGE, "after": after}
        account = self._execute("payouts", variables).get("shopifyPaymentsAccount")
        if account is None:
            return [], None
        nodes, following = self._connection(account, "payouts")
        for node in nodes:
            # one without an id is refused by its parser
            node["transactions"] = self._payout_transactions(node["id"]) if node.get("id") else []
        return nodes, following

    def _payout_transactions(self, gid):
        number = gid.rpartition("/")[2]
        nodes, cursor = [], None
        while True:
            variables = {
                "query": f"payments_transfer_id:{number}",
                "first": const.TRANSACTIONS_PAGE,
                "after": cursor,
            }
            account = self._execute("payout_transactions", variables).get("shopifyPaymentsAccount")
            if account is None:
                raise PermissionMissing("Shopify no longer shows the payouts.", remedy=const.REMEDIES[403])
            page, cursor = self._connection(account, "balanceTransactions")
            # the search is an index of its own: what it gives is checked
            nodes += [node for node in page if (node.get("associatedPayout") or {}).get("id") == gid]
            if not cursor:
                return nodes
