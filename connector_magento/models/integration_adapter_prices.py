from odoo import models

from odoo.addons.connector_base.canonical import PriceList
from odoo.addons.connector_base.transport import DataError

from .. import const
from ..parser_reader import Reader
from ..parser_scope import scope_id
from ..price_push import Customers, push_tier_prices
from ..product_reading import read_by_id
from ..terms import read_all


class IntegrationAdapterMagento(models.AbstractModel):
    """Price lists: the tier prices of a group of customers, on all websites or on one.

    https://developer.adobe.com/commerce/webapi/rest/modules/catalog-prices/. Customers pay the tier price where it is
    lower than the product's own.
    """

    _inherit = "integration.adapter.magento"

    def _capabilities(self):
        """Override of `connector_base`."""
        return super()._capabilities() | {"prices_out"}

    def _fetch_price_lists(self, backend):
        """Override of `connector_base`: each group's; where there are several websites, on each of them too."""
        client = backend._magento_client()
        currency, currencies = client.base_currency(), {}
        for config in client.store_configs():
            node = Reader(config, "storeConfig")
            currencies.setdefault(node.text("website_id"), node.required_text("base_currency_code"))
        websites = [Reader(website, "website") for website in client.websites()]
        names = {website.required_identifier("id"): website.required_text("name") for website in websites}
        groups = self._magento_groups(client)
        lists = [PriceList(external_id=group_id, name=code, currency=currency) for group_id, code in groups.items()]
        if len(names) > 1:
            lists += [
                PriceList(
                    external_id=f"{group_id}:{website_id}",
                    name=f"{code}, {name}",
                    currency=currencies.get(website_id, currency),
                    scope_external_id=scope_id(const.WEBSITE, website_id),
                )
                for website_id, name in names.items()
                for group_id, code in {**groups, const.ALL_GROUPS_ID: const.ALL_GROUPS}.items()
            ]
        return lists

    def _price_batch(self):
        """Override of `connector_base`."""
        return const.INPUT_LIMIT

    def _push_prices(self, backend, price_list, prices):
        """Override of `connector_base`."""
        client = backend._magento_client()
        group_id, _colon, website = price_list.external_id.partition(":")
        groups = {**self._magento_groups(client), const.ALL_GROUPS_ID: const.ALL_GROUPS}
        if group_id not in groups:
            raise DataError(
                self.env._("Magento has no group of customers any more for the price list “%s”.", price_list.name),
                remedy=self.env._("Read the price lists again."),
            )
        ids = sorted({int(price.variant_external_id) for price in prices})
        found, unread = read_by_id(client, ids, fields=("id", "sku"))
        skus = {str(entry["id"]): entry["sku"] for entry in found}
        failed = {str(number): error for number, error in unread.items()}
        yield from push_tier_prices(client, Customers(groups[group_id], int(website or 0)), prices, skus, failed)

    def _magento_groups(self, client):
        """Return {id: code} of the groups of customers, that of visitors among them."""
        groups = read_all(client, "customerGroups/search", "id")
        return {str(group.get("id")): str(group.get("code")) for group in groups}
