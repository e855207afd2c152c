from datetime import datetime, timezone
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.connector_base.transport import iter_pages
from odoo.addons.connector_magento.models import integration_adapter_products as products

from .catalogue_common import CatalogueCase, configurable, simple

SIZES = {"21": "S", "22": "M"}


@tagged("post_install", "-at_install")
class TestProducts(CatalogueCase):
    """Products of a Magento shop in Odoo, and back."""

    def fetch(self, since=None):
        return list(iter_pages(lambda page: self.adapter._fetch_products(self.backend, since, page)))

    def import_all(self):
        """Import what the shop has; return {external id: template}."""
        documents = [document for page in self.fetch() for document in page.documents]
        result = self.env["integration.product.importer"]._import_page(self.backend, documents)
        self.assertFalse(result.failed, result.failed)
        bindings = self.env["integration.binding.product"].search([("backend_id", "=", self.backend.id)])
        return {binding.external_id: binding.odoo_id for binding in bindings}

    # === IN === #

    def test_pages_hold_each_product_once_whole(self):
        """A variant is no product: it brings the one it belongs to, on whatever page it is."""
        self.client.products = [*configurable(12, SIZES), simple(3), simple(30)]
        with patch.object(products, "PRODUCTS", products.Listing(id_key="id", page_size=2)):
            pages = self.fetch()
        self.assertEqual(
            [[document.external_id for document in page.documents] for page in pages], [["3", "12"], ["12"], ["30"]]
        )
        for page in pages:
            for document in page.documents:
                self.assertEqual(len(document.variants), 2 if document.external_id == "12" else 1)
        first = pages[0].documents[1]
        self.assertEqual(first.updated_at, datetime(2026, 11, 20, 12, 0, 10, tzinfo=timezone.utc), "the page's last")
        self.assertEqual(self.adapter._count_products(self.backend, None), 3)

    def test_products_without_an_id_or_a_sku_keep_no_other(self):
        self.client.products = [simple(1), simple(2, sku=None), simple(3), {**simple(4), "id": None}]
        with patch.object(products, "PRODUCTS", products.Listing(id_key="id", page_size=4)):
            [page] = self.fetch()
        self.assertEqual([document.external_id for document in page.documents], ["1", "3"])
        self.assertEqual([error.external_id for error in page.failed], ["2", ""])
        self.assertIn("product.sku is missing", page.failed[0].message)
        self.assertIn("product.id is missing", page.failed[1].message)

    def test_what_makes_no_sense_is_not_taken_for_deleted(self):
        self.client.products = [simple(1), simple(2, sku=None)]
        documents, errors = self.backend._read_products(["1", "2"])
        self.assertEqual([document.external_id for document in documents], ["1"])
        self.assertEqual(list(errors), ["2"])
        self.assertEqual(list(self.adapter._remove_products(self.backend, ["1", "2"], delete=False)), ["2"])

    def test_variants_that_odoo_knows_need_no_search(self):
        self.client.products = [*configurable(12, SIZES), simple(3)]
        self.import_all()
        self.client.products[0]["updated_at"] = "2026-11-21 08:00:00"
        self.client.calls.clear()
        [page] = self.fetch(datetime(2026, 11, 21, tzinfo=timezone.utc))
        self.assertEqual([document.external_id for document in page.documents], ["12"])
        # the page, its product, and the other variant
        self.assertEqual(self.client.calls.count(("GET", "products")), 3)

    def test_products_become_products(self):
        self.client.products = [
            *configurable(12, SIZES),
            simple(20, type_id="virtual", status=2),
            simple(21, custom={"special_price": "15.0000", "cost": "7.50", "country_of_manufacture": "DE"}),
        ]
        found = self.import_all()
        self.assertEqual(sorted(found), ["12", "20", "21"])
        tee, service, cheap = found["12"], found["20"], found["21"]
        self.assertEqual(tee.product_variant_ids.mapped("default_code"), ["TEE-S", "TEE-M"])
        self.assertEqual(tee.attribute_line_ids.attribute_id.name, "Size")
        self.assertTrue(tee.is_storable)
        self.assertEqual((service.type, service.sale_ok, service.active), ("service", False, True))
        self.assertEqual((cheap.list_price, cheap.standard_price), (15.0, 7.5))
        self.assertEqual(cheap.country_of_origin.code, "DE")

    def test_mirror_fields(self):
        self.client.products = configurable(12, SIZES)
        tee = self.import_all()["12"]
        self.assertEqual((tee.magento_product_id, tee.magento_sku, tee.magento_type), ("12", "TEE", "configurable"))
        self.assertEqual((tee.magento_attribute_set, tee.magento_visibility), ("Default", "Catalog, search"))
        self.assertEqual(tee.magento_url, "https://shop.example.com/catalog/product/view/id/12")
        variant = tee.product_variant_ids[0]
        self.assertEqual((variant.magento_variant_id, variant.magento_variant_sku), ("10", "TEE-S"))
        self.assertIn(tee, tee.search([("magento_sku", "=", "TEE")]))
        self.assertNotIn(tee, tee.search([("magento_type", "=", "simple")]))

    def test_what_is_archived_in_odoo_stays_so(self):
        """Magento archives nothing: there it is disabled."""
        self.client.products = [simple(1)]
        template = self.import_all()["1"]
        template.action_archive()
        self.client.products[0].update(status=2, updated_at="2099-01-01 00:00:00")
        self.import_all()
        self.assertFalse(template.active)

    def test_categories_and_websites(self):
        page = self.adapter._fetch_categories(self.backend)
        self.assertEqual(
            [(category.external_id, category.parent_external_id, category.name) for category in page.documents],
            [("2", "", "Default Category"), ("3", "2", "Shirts")],
        )
        [channel] = self.adapter._fetch_channels(self.backend)
        self.assertEqual((channel.external_id, channel.name), ("1", "Main Website"))

    def test_one_that_makes_no_sense_keeps_no_other(self):
        self.client.products = [simple(1, type_id=None), simple(2)]
        [page] = self.fetch()
        self.assertEqual([document.external_id for document in page.documents], ["2"])
        self.assertEqual([error.external_id for error in page.failed], ["1"])

    # === OUT === #

    def publish(self, template):
        self.env["integration.product.publisher"]._publish(
            self.backend, template, {"wanted": "published", "channels": None, "categories": None}
        )
        self.push()
        return self.env["integration.binding.product"].search([("odoo_id", "=", template.id)])

    def push(self):
        """Send what changed; return the calls that wrote something."""
        self.client.written()
        bindings = self.env["integration.binding.product"].search([("backend_id", "=", self.backend.id)])
        job = self.backend._enqueue("push_product_ids", arguments={"external_ids": []})
        pushed = self.env["integration.product.pusher"]._push(self.backend, bindings, job)
        self.assertFalse(pushed.error)
        return self.client.written()

    def test_a_product_goes_out_and_its_changes(self):
        self.backend.export_products = True
        template = self.env["product.template"].create(
            {"name": "Kettle", "default_code": "KETTLE", "list_price": 49.0, "is_storable": True, "weight": 1.5}
        )
        binding = self.publish(template)
        self.assertFalse(binding.last_error)
        there = self.client.product("KETTLE")
        self.assertEqual((there["name"], there["price"], there["weight"], there["status"]), ("Kettle", 49.0, 1.5, 1))
        self.assertEqual(binding.external_id, str(there["id"]))
        self.assertEqual((template.magento_sku, template.magento_type), ("KETTLE", "simple"))
        self.assertEqual(self.push(), [])
        template.list_price = 45.0
        self.assertEqual(self.push(), [("PUT", "products/{}")])
        self.assertEqual(there["price"], 45.0)
        template.default_code = False
        template.name = "Pot"
        self.assertEqual(self.push(), [("PUT", "products/{}")])
        self.assertEqual((there["sku"], there["name"]), ("KETTLE", "Pot"), "Magento needs one")

    def test_no_sku(self):
        self.backend.export_products = True
        binding = self.publish(self.env["product.template"].create({"name": "Nameless"}))
        self.assertIn("has no SKU", binding.last_error)
        self.assertIn("internal reference", binding.remedy)

    def test_products_are_taken_off(self):
        self.backend.export_products = True
        template = self.env["product.template"].create({"name": "Kettle", "default_code": "KETTLE"})
        external_id = self.publish(template).external_id
        self.assertEqual(self.adapter._remove_products(self.backend, [external_id, "999"], delete=False), {})
        self.assertEqual(self.client.product("KETTLE")["status"], 2)
        self.assertEqual(self.adapter._remove_products(self.backend, [external_id], delete=True), {})
        self.assertFalse(self.client.products)

    def test_an_import_is_not_sent_back(self):
        self.backend.write({"export_products": True, "import_products": True})
        self.client.products = [*configurable(12, SIZES), simple(1)]
        self.import_all()
        self.assertEqual(self.push(), [])
