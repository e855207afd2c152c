from odoo.tests import tagged

from odoo.addons.connector_shopify import parser, parser_webhook

from .common import DOMAIN, ShopifyCase, graphql_order, webhook_order

MIRRORED = ("product_id", "handle", "status", "vendor", "type", "tags", "channels", "url")


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

    def test_mirror_of_a_product(self):
        Template = self.env["product.template"]
        tee, mug, none = Template.create([{"name": name} for name in ("Tee", "Mug", "None")])
        channel = self.env["integration.channel"].create(
            {"backend_id": self.backend.id, "external_id": "3", "name": "Online Store"}
        )
        binding, _other = self.env["integration.binding.product"].create(
            [
                {
                    "odoo_id": tee.id,
                    "backend_id": self.backend.id,
                    "external_id": "71",
                    "remote_status": "draft",
                    "remote_handle": "tee",
                    "remote_url": "https://one.example/products/tee",
                    "remote_vendor": "Weavers",
                    "remote_type": "Shirts",
                    "remote_tags": "cotton, summer",
                    "channel_ids": channel.ids,
                    "pulled_at": "2026-11-20 10:00:00",
                    "pushed_at": "2026-11-20 11:00:00",
                },
                {"odoo_id": mug.id, "backend_id": self.backend.id},  # about to be published
            ]
        )
        self.assertEqual(
            [tee[f"shopify_{name}"] for name in MIRRORED],
            [
                "71",
                "tee",
                "Draft",
                "Weavers",
                "Shirts",
                "cotton, summer",
                "Online Store",
                "https://one.example/products/tee",
            ],
        )
        self.assertEqual(str(tee.shopify_synced_at), "2026-11-20 11:00:00")
        self.assertEqual(mug.mapped("shopify_product_id") + none.mapped("shopify_synced_at"), [False, False])
        ours = [("id", "in", (tee | mug | none).ids)]
        for domain, found in (
            ([("shopify_status", "=", "draft")], tee),
            ([("shopify_status", "!=", "draft")], mug | none),
            ([("shopify_handle", "ilike", "TE")], tee),
            ([("shopify_tags", "ilike", "summer")], tee),
            ([("shopify_channels", "ilike", "online")], tee),
            ([("shopify_channels", "=", False)], mug | none),
            ([("shopify_product_id", "!=", False)], tee),
            ([("shopify_synced_at", ">=", "2026-11-20 10:30:00")], tee),
            ([("shopify_synced_at", ">", "2026-11-20 11:00:00")], Template),
        ):
            self.assertEqual(Template.search(ours + domain), found, domain)
        binding.remote_status = "active"
        self.assertEqual(tee.shopify_status, "Active")

    def test_mirror_of_a_variant(self):
        tee = self.env["product.product"].create({"name": "Tee"})
        self.env["integration.binding.variant"].create(
            {
                "odoo_id": tee.id,
                "backend_id": self.backend.id,
                "external_id": "501",
                "external_parent_id": "71",
                "inventory_external_id": "701",
            }
        )
        self.assertEqual((tee.shopify_variant_id, tee.shopify_inventory_item_id), ("501", "701"))
        self.assertEqual(self.env["product.product"].search([("shopify_inventory_item_id", "=", "701")]), tee)

    def test_the_mirror_is_on_the_forms(self):
        tee = self.env["product.product"].create({"name": "Tee"})
        for record, field in ((tee.product_tmpl_id, "shopify_channels"), (tee, "shopify_inventory_item_id")):
            self.assertIn(field, record.get_view(view_type="form")["arch"])
