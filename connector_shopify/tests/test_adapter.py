from datetime import datetime, timezone

from odoo.tests import tagged

from odoo.addons.connector_base.transport import ConfigurationError, RateLimited, TransientError
from odoo.addons.connector_shopify import const

from .common import DOMAIN, ShopifyCase, graphql_order

SINCE = datetime(2026, 11, 1, tzinfo=timezone.utc)


@tagged("post_install", "-at_install")
class TestAdapter(ShopifyCase):
    def test_orders_page_by_page(self):
        self.store.orders = [graphql_order(number) for number in range(1001, 1001 + const.ORDERS_PAGE + 5)]
        page = self.adapter._fetch_orders(self.backend, SINCE)
        self.assertEqual(len(page.documents), const.ORDERS_PAGE)
        self.assertEqual(page.documents[0].external_id, "1001")
        last = self.adapter._fetch_orders(self.backend, SINCE, page.next_page)
        self.assertEqual((len(last.documents), last.next_page), (5, None))
        queries = [variables["query"] for name, variables in self.store.calls if name == "Orders"]
        self.assertEqual(queries, ["updated_at:>='2026-11-01T00:00:00Z'"] * 2)

    def test_an_order_that_is_not_as_documented_does_not_block_its_page(self):
        self.store.orders = [graphql_order(1), graphql_order(2, totalPriceSet=None), graphql_order(3)]
        page = self.adapter._fetch_orders(self.backend, SINCE)
        self.assertEqual([document.external_id for document in page.documents], ["1", "3"])
        (error,) = page.failed
        self.assertEqual(error.external_id, "2")
        self.assertIn("order.totalPriceSet is missing", error.message)

    def test_orders_by_id(self):
        self.store.orders = [graphql_order(1), graphql_order(2)]
        documents = self.adapter._fetch_orders_by_id(self.backend, ["2", "77"])
        self.assertEqual([document.external_id for document in documents], ["2"])
        many = [str(number) for number in range(const.IDS_PAGE + 1)]
        self.adapter._fetch_orders_by_id(self.backend, many)
        self.assertEqual(self.store.count("OrdersById"), 3)

    def test_currency_setting(self):
        self.store.orders = [graphql_order(1)]
        self.adapter._fetch_orders(self.backend, SINCE)
        self.backend.order_currency = "shop"
        self.adapter._fetch_orders(self.backend, SINCE)
        self.adapter._fetch_orders_by_id(self.backend, ["1"])
        asked = [variables["presentment"] for name, variables in self.store.calls if name.startswith("Orders")]
        self.assertEqual(asked, [True, False, False])

    def test_count(self):
        self.store.orders = [graphql_order(1)]
        self.assertEqual(self.adapter._count_orders(self.backend, SINCE), 1)
        self.assertEqual(self.adapter._count_orders(self.backend, None), 1)
        self.assertEqual(self.store.calls[-1], ("OrdersCount", {"query": ""}))

    def test_links(self):
        link = self.adapter._record_url
        self.assertEqual(self.adapter._order_url(self.backend, "5"), f"https://{DOMAIN}/admin/orders/5")
        self.assertEqual(link(self.backend, "order", "5"), f"https://{DOMAIN}/admin/orders/5")
        self.assertEqual(link(self.backend, "partner", "6"), f"https://{DOMAIN}/admin/customers/6")
        self.assertEqual(link(self.backend, "product", "7"), f"https://{DOMAIN}/admin/products/7")
        self.assertEqual(
            link(self.backend, "variant", "8", parent_external_id="7"), f"https://{DOMAIN}/admin/products/7/variants/8"
        )
        self.assertEqual(link(self.backend, "variant", "8"), "")
        self.assertEqual(link(self.backend, "stock", "9"), "")

    def test_errors_of_the_store(self):
        for status, kind in ((402, ConfigurationError), (423, ConfigurationError), (429, RateLimited)):
            self.store.status = status
            with self.assertRaises(kind) as caught:
                self.adapter._fetch_orders(self.backend, SINCE)
            self.assertTrue(caught.exception.remedy)
        self.store.status = 503
        with self.assertRaises(TransientError):
            self.adapter._check_connection(self.backend)
