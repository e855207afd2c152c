import json
from datetime import datetime, timezone

from odoo.tests import tagged

from .common import ShopifyCase, graphql_order, webhook_order


@tagged("post_install", "-at_install")
class TestImport(ShopifyCase):
    """From Shopify's answers and webhooks to sales orders."""

    def setUp(self):
        super().setUp()
        self.backend.write({"tax_policy": "create", "unknown_product": "create"})

    def run_import(self, documents):
        return self.env["integration.order.importer"]._import_page(self.backend, list(documents))

    def orders(self):
        return self.env["sale.order"].search([("integration_backend_id", "=", self.backend.id)])

    def fetch(self):
        since = datetime(2026, 11, 1, tzinfo=timezone.utc)
        return self.adapter._fetch_orders(self.backend, since).documents

    def test_order_of_the_api(self):
        self.store.orders = [graphql_order(1001), graphql_order(1002)]
        result = self.run_import(self.fetch())
        self.assertEqual(result.failed, [])
        order = self.orders().filtered(lambda order: order.shopify_order_id == "1001")
        self.assertEqual(len(self.orders()), 2)
        self.assertEqual((order.amount_total, order.amount_tax, order.currency_id.name), (22.0, 2.0, "USD"))
        self.assertEqual(order.partner_id.email, "ann@example.com")
        self.assertEqual((order.shopify_order_name, order.shopify_risk_level), ("#1001", "medium"))
        self.assertEqual(order.shopify_financial_status, "paid")
        self.assertIn("/admin/orders/1001", order.shopify_admin_url)

    def test_webhook_then_poll_make_one_order(self):
        body = json.dumps(webhook_order(1001)).encode()
        self.run_import([self.adapter._parse_event(self.backend, "orders/create", body)])
        self.assertEqual(self.orders().shopify_risk_level, False)
        self.store.orders = [graphql_order(1001)]
        self.run_import(self.fetch())
        self.assertEqual(len(self.orders()), 1)
        self.assertEqual(self.orders().shopify_risk_level, "medium")
        self.run_import([self.adapter._parse_event(self.backend, "orders/updated", body)])
        self.assertEqual(self.orders().shopify_risk_level, "medium", "a webhook does not state the risk")
        self.assertEqual(self.orders().amount_total, 22.0)

    def test_company_of_the_api(self):
        company = {"id": "gid://shopify/Company/77", "name": "Engines Ltd"}
        entity = {"company": company, "location": {"taxSettings": {"taxRegistrationId": "BE0477472701"}}}
        self.store.orders = [graphql_order(1001, purchasingEntity=entity)]
        self.run_import(self.fetch())
        person = self.orders().partner_id
        firm = person.parent_id
        self.assertEqual(person.email, "ann@example.com")
        self.assertRecordValues(firm, [{"name": "Engines Ltd", "vat": "BE0477472701", "is_company": True}])
        self.assertEqual(self.orders().partner_invoice_id.commercial_partner_id, firm)
        binding = self.env["integration.binding.partner"].search([("odoo_id", "=", firm.id)])
        self.assertIn("/admin/companies/77", binding.external_url)
