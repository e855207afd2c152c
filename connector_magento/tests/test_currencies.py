"""Shops whose websites reckon in different currencies: prices for all stores are in none but the shop's own."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import UNSET

from .catalogue_common import CatalogueCase, FakeClient, simple

SITES = [{"id": 1, "code": "us", "name": "America"}, {"id": 2, "code": "eu", "name": "Europe"}]
CONFIGS = [
    {"code": "us", "website_id": 1, "locale": "en_US", "base_currency_code": "USD", "weight_unit": "kgs"},
    {"code": "eu", "website_id": 2, "locale": "fr_FR", "base_currency_code": "EUR", "weight_unit": "kgs"},
]


@tagged("post_install", "-at_install")
class TestCurrencies(CatalogueCase):
    """Books in dollars; the shop's own currency is the euro, its first website's the dollar."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(FakeClient, "_get_store_websites", lambda *_args: SITES))
        self.startPatcher(patch.object(FakeClient, "_get_store_storeconfigs", lambda *_args: CONFIGS))
        self.startPatcher(
            patch.object(FakeClient, "_get_directory_currency", lambda *_args: {"base_currency_code": "EUR"})
        )
        self.assertEqual(self.backend.company_id.currency_id.name, "USD")
        self.backend.write({"connection_report": {"currency": "EUR"}, "export_products": True})
        self.client.products = [simple(1, price=19.9)]

    def import_product(self):
        documents = self.adapter._fetch_products_by_id(self.backend, ["1"])
        self.assertEqual([document.currency for document in documents], ["EUR"])
        result = self.env["integration.product.importer"]._import_page(self.backend, documents)
        self.assertEqual(result.created, ["1"], result.failed)
        return self.env["integration.binding.product"].search([("backend_id", "=", self.backend.id)])

    def push(self, bindings):
        self.client.written()
        job = self.backend._enqueue("push_product_ids", arguments={"external_ids": []})
        self.env["integration.product.pusher"]._push(self.backend, bindings, job)
        return self.client.written()

    def test_prices_come_in_and_stay(self):
        for owner in ("newest", "odoo"):
            self.backend.product_owner = owner
            binding = self.import_product()
            pricelist, template = self.backend.pricelist_id, binding.odoo_id
            self.assertEqual((pricelist.currency_id.name, template.list_price), ("EUR", 0))
            self.assertEqual(pricelist._get_product_price(template.product_variant_id, 1.0), 19.9)
            template.write({"list_price": 50, "standard_price": 20})
            self.assertEqual(self.push(binding), [])
            pricelist.item_ids.fixed_price = 21
            self.push(binding)
            self.assertEqual(self.client.product("SKU-1")["price"], 21)
            binding.unlink()
            self.backend.pricelist_id = False
            template.unlink()
            self.client.products = [simple(1, price=19.9)]

    def test_nothing_but_the_pricelist_is_told(self):
        binding = self.import_product()
        self.backend.pricelist_id.item_ids.unlink()
        binding.odoo_id.write({"list_price": 50, "name": "Renamed"})
        self.push(binding)
        there = self.client.product("SKU-1")
        self.assertEqual((there["name"], there["price"]), ("Renamed", 19.9))
        self.backend.pricelist_id = False
        [planned] = self.env["integration.product.exporter"]._plan(self.backend, binding)
        self.assertIs(planned.document.variants[0].price, UNSET)

    def test_a_new_product_without_a_price_in_euros(self):
        template = self.env["product.template"].create({"name": "Kettle", "default_code": "KETTLE", "list_price": 49})
        self.env["integration.product.publisher"]._publish(
            self.backend, template, {"wanted": "published", "channels": None, "categories": None}
        )
        binding = self.env["integration.binding.product"].search([("odoo_id", "=", template.id)])
        self.assertEqual(self.push(binding), [])
        self.assertIn("EUR", binding.last_error)

    def test_price_lists(self):
        found = {one.external_id: one.currency for one in self.adapter._fetch_price_lists(self.backend)}
        self.assertEqual((found["2"], found["2:1"], found["2:2"]), ("EUR", "USD", "EUR"))
