from decimal import Decimal
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import ListedPrice, PriceList

from .catalogue_common import CatalogueCase, FakeClient, simple


@tagged("post_install", "-at_install")
class TestPrices(CatalogueCase):
    """Prices of groups of customers."""

    def setUp(self):
        super().setUp()
        self.client.products = [simple(number) for number in (1, 2, 3)]

    def test_price_lists(self):
        found = self.adapter._fetch_price_lists(self.backend)
        self.assertEqual(
            [(one.external_id, one.name, one.currency) for one in found],
            [("0", "NOT LOGGED IN", "USD"), ("2", "Wholesale", "USD")],
        )
        sites = [{"id": 1, "code": "base", "name": "Main"}, {"id": 2, "code": "de", "name": "German"}]
        with patch.object(FakeClient, "_get_store_websites", lambda client, params: sites):
            found = {one.external_id: one.name for one in self.adapter._fetch_price_lists(self.backend)}
        self.assertEqual(found["2:2"], "Wholesale, German")
        self.assertEqual(found["32000:1"], "ALL GROUPS, Main")

    def test_prices_are_set_and_taken_away(self):
        wholesale = PriceList(external_id="2", name="Wholesale", currency="USD")
        self.client.refused = {"SKU-2"}
        there = [
            self.tier("SKU-3", 12.5, "Wholesale"),
            self.tier("SKU-3", 11.0, "Wholesale", quantity=10),
            self.tier("SKU-3", 13.0, "Retailer"),
        ]
        deleted = []

        def delete(_client, body):
            deleted.extend(body["prices"])
            return []

        with (
            patch.object(FakeClient, "_post_products_tier_prices_information", lambda *_args: there, create=True),
            patch.object(FakeClient, "_post_products_tier_prices_delete", delete),
        ):
            results = self.adapter._push_prices(
                self.backend,
                wholesale,
                [
                    ListedPrice(variant_external_id="1", amount=Decimal("15.50")),
                    ListedPrice(variant_external_id="2", amount=Decimal("9.00")),
                    ListedPrice(variant_external_id="3", amount=None),
                    ListedPrice(variant_external_id="99", amount=Decimal("1.00")),
                ],
            )
            errors = {result.price.variant_external_id: result.error for result in results}
        self.assertEqual({key for key, error in errors.items() if error}, {"2", "99"})
        self.assertIn("The price of SKU-2 is invalid.", str(errors["2"]))
        self.assertEqual(deleted, there[:1], "that of this group, from the first unit on")

    def tier(self, sku, price, group, quantity=1):
        return {
            "price": price,
            "price_type": "fixed",
            "website_id": 0,
            "sku": sku,
            "customer_group": group,
            "quantity": quantity,
        }
