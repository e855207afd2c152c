from odoo.tests import tagged

from odoo.addons.connector_shopify import parser, parser_webhook

from .common import DOMAIN, ShopifyCase, graphql_order, webhook_order


@tagged("post_install", "-at_install")
class TestMirrorFields(ShopifyCase):
    def test_values_of_an_order(self):
        order = graphql_order(1001, cancelledAt="2026-11-20T10:00:00Z", cancelReason="FRAUD")
        self.assertEqual(
            self.adapter._order_mirror_values(parser.parse_order(order)),
            {
                "shopify_order_id": "1001",
                "shopify_order_name": "#1001",
                "shopify_confirmation_number": "XPR0JKL42",
                "shopify_financial_status": "paid",
                "shopify_fulfillment_status": "unfulfilled",
                "shopify_source_name": "web",
                "shopify_tags": "b2c, vip",
                "shopify_risk_level": "medium",
                "shopify_gateway": "shopify_payments",
                "shopify_cancel_reason": "fraud",
            },
        )

    def test_what_a_webhook_does_not_state_is_left_alone(self):
        values = self.adapter._order_mirror_values(parser_webhook.parse_order(webhook_order(1001)))
        self.assertNotIn("shopify_risk_level", values)
        self.assertEqual(values["shopify_tags"], "b2c, vip")

    def test_link_of_an_order(self):
        partner = self.env["res.partner"].create({"name": "Ann"})
        order = self.env["sale.order"].create(
            {"partner_id": partner.id, "integration_backend_id": self.backend.id, "shopify_order_id": "1001"}
        )
        self.assertEqual(order.shopify_admin_url, f"https://{DOMAIN}/admin/orders/1001")
        self.assertFalse(self.env["sale.order"].create({"partner_id": partner.id}).shopify_admin_url)

    def test_product_id(self):
        Template = self.env["product.template"]
        one, two, none = Template.create([{"name": name} for name in ("One", "Two", "None")])
        second = self.env["integration.backend"].create(
            {"name": "Second", "platform": "shopify", "shopify_domain": "second-shop"}
        )
        Binding = self.env["integration.binding.product"]
        for template, backend, external_id in ((one, self.backend, "71"), (one, second, "72"), (two, second, "73")):
            Binding.create({"odoo_id": template.id, "backend_id": backend.id, "external_id": external_id})
        self.assertEqual((one | two | none).mapped("shopify_product_id"), ["71, 72", "73", False])
        ours = [("id", "in", (one | two | none).ids)]
        for domain, found in (
            ([("shopify_product_id", "=", "72")], one),
            ([("shopify_product_id", "in", ["71", "73"])], one | two),
            ([("shopify_product_id", "ilike", "7")], one | two),
            ([("shopify_product_id", "=", False)], none),
            ([("shopify_product_id", "!=", False)], one | two),
        ):
            self.assertEqual(Template.search(ours + domain), found, domain)
