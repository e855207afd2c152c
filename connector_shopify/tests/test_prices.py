from decimal import Decimal
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import ListedPrice, PriceList
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_shopify import const

from .common import ShopifyCase


class FakeClient:
    """Refuses the variant 2; notes what it is told."""

    def __init__(self):
        self.told = []

    def price_list_set(self, gid, prices, removed):
        if any(price["variantId"].endswith("/2") for price in prices):
            raise DataError("No such variant", code="VARIANT_NOT_FOUND")
        self.told.append((gid, [price["price"]["amount"] for price in prices], removed))


@tagged("post_install", "-at_install")
class TestPrices(ShopifyCase):
    def test_prices_are_set_and_removed_and_a_bad_one_fails_alone(self):
        client, price_list = FakeClient(), PriceList(external_id="9", name="Europe", currency="EUR")
        prices = [
            ListedPrice(variant_external_id="1", amount=Decimal("8.50")),
            ListedPrice(variant_external_id="2", amount=Decimal(1)),
            ListedPrice(variant_external_id="3", amount=None),
        ]
        with patch.object(type(self.backend), "_shopify_client", lambda backend: client):
            results = list(self.adapter._push_prices(self.backend, price_list, prices))
        self.assertEqual([result.price for result in results], prices)
        self.assertEqual([bool(result.error) for result in results], [False, True, False])
        self.assertEqual(results[1].error.remedy, const.PRICE_REMEDIES["VARIANT_NOT_FOUND"])
        gid = "gid://shopify/PriceList/9"
        self.assertEqual(client.told, [(gid, ["8.50"], []), (gid, [], ["gid://shopify/ProductVariant/3"])])
