from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.connector_shopify import const

from .common import ADMIN_TOKEN, ALL_SCOPES, CLIENT_ID, CLIENT_SECRET, DOMAIN, ShopifyCase


@tagged("post_install", "-at_install")
class TestConnect(ShopifyCase):
    def setUp(self):
        super().setUp()
        self.backend.unlink()

    def wizard(self, **vals):
        return self.env["integration.connect"].create(
            {
                "platform": "shopify",
                "shopify_domain": "https://admin.shopify.com/store/one-shop/settings",
                "shopify_client_id": CLIENT_ID,
                "shopify_client_secret": CLIENT_SECRET,
                **vals,
            }
        )

    def backends(self):
        return self.env["integration.backend"].search([("platform", "=", "shopify")])

    def connected(self, **vals):
        action = self.wizard(**vals).action_connect()
        return self.env["integration.backend"].browse(action["res_id"])

    def imports(self, backend):
        return self.env["sync.job"].search([("backend_id", "=", backend.id), ("operation", "=", "import_order_period")])

    def test_app_of_the_dev_dashboard(self):
        backend = self.connected()
        self.assertEqual((backend.name, backend.state), ("One Shop", "connected"))
        self.assertEqual((backend.shopify_domain, backend.account_key), (DOMAIN, DOMAIN))
        self.assertEqual(backend._webhook_secrets(), [CLIENT_SECRET])
        report = backend.connection_report
        self.assertEqual(report["currency"], "USD")
        facts = dict(report["facts"])
        self.assertEqual((facts["Plan"], facts["Time zone"]), ("Advanced", "Europe/Paris"))
        self.assertIn("read_all_orders", facts["Access scopes"])
        self.assertEqual(report["missing"], [])
        self.assertEqual(len(self.imports(backend)), 1)

    def test_admin_token(self):
        backend = self.connected(
            shopify_auth="admin_token",
            shopify_client_id=False,
            shopify_client_secret=False,
            shopify_access_token=ADMIN_TOKEN,
            shopify_api_secret=CLIENT_SECRET,
        )
        self.assertEqual((backend.state, backend._webhook_secrets()), ("connected", [CLIENT_SECRET]))
        self.assertEqual(self.store.count("AccessToken"), 0)

    def test_form(self):
        with Form(self.env["integration.connect"]) as form:
            form.platform = "shopify"
            form.shopify_domain = "one-shop"
            form.shopify_client_id = CLIENT_ID
            form.shopify_client_secret = CLIENT_SECRET
        form.record.action_connect()
        self.assertEqual(self.backends().shopify_domain, DOMAIN)

    def test_first_import_goes_back_90_days(self):
        backend = self.connected()
        self.assertEqual(backend.connection_report["history_days"], 90)
        self.assertAlmostEqual((backend.create_date - backend.import_from).days, 90, delta=1)

    def test_first_import_goes_back_60_days_without_the_scope(self):
        self.store.scopes.remove("read_all_orders")
        backend = self.connected()
        (hint,) = backend.connection_report["missing"]
        self.assertIn("last 60 days", hint)
        self.assertIn("read_all_orders", hint)
        self.assertAlmostEqual((backend.create_date - backend.import_from).days, 60, delta=1)

    def test_missing_scopes_are_named(self):
        self.store.scopes = [scope for scope in ALL_SCOPES if not scope.endswith(("_customers", "_products"))]
        missing = self.connected().connection_report["missing"]
        self.assertEqual(len(missing), 2)
        self.assertIn("read_customers", missing[0])
        self.assertIn("read_products", missing[1])

    def test_scopes_are_asked_for_where_they_are_used(self):
        self.store.scopes = [scope for scope in ALL_SCOPES if "inventory" not in scope]
        backend = self.connected()
        self.assertEqual(backend.connection_report["missing"], [])
        backend.export_stock = True
        backend.action_test_connection()
        missing = " ".join(backend.connection_report["missing"])
        self.assertIn("write_inventory", missing)
        self.assertIn("quantities can't be set", missing)

    def test_scopes_of_translations_are_asked_for_where_there_are_languages(self):
        self.store.scopes = [scope for scope in ALL_SCOPES if scope not in const.TRANSLATION_SCOPES]
        backend = self.connected()
        backend.write({"import_products": True, "export_products": True})
        backend.action_test_connection()
        self.assertEqual(backend.connection_report["missing"], [])
        self.env["res.lang"]._activate_lang("fr_FR")
        backend.action_test_connection()
        missing = " ".join(backend.connection_report["missing"])
        for scope in const.TRANSLATION_SCOPES:
            self.assertIn(scope, missing)
        self.assertEqual(backend.state, "connected")

    def test_another_api_version_is_told(self):
        self.store.version = "2027-10"
        (hint,) = self.connected().connection_report["missing"]
        self.assertIn("2027-10 of its API instead of 2026-10", hint)

    def test_refused_credentials_leave_nothing_behind(self):
        with self.assertRaisesRegex(UserError, "The client secret is invalid"), self.env.cr.savepoint():
            self.wizard(shopify_client_secret="shpss_wrong").action_connect()
        self.assertFalse(self.backends())

    def test_connected_store_is_refused(self):
        self.connected()
        with self.assertRaisesRegex(UserError, "is connected already"), self.env.cr.savepoint():
            self.wizard().action_connect()
        self.assertEqual(len(self.backends()), 1)

    def test_what_is_no_store_is_refused(self):
        for entered in ("www.one-shop.com", "one-shop.myshopify.com.evil.example"):
            with self.assertRaisesRegex(UserError, r"Enter the one that ends with \.myshopify\.com"):
                self.wizard(shopify_domain=entered).action_connect()

    def test_what_is_missing_is_named(self):
        with self.assertRaisesRegex(UserError, "Store Address, Client Secret"):
            self.wizard(shopify_domain=False, shopify_client_secret=False).action_connect()

    def test_a_key_in_place_of_the_token(self):
        with self.assertRaisesRegex(UserError, "begin with shpat_"):
            self.wizard(
                shopify_auth="admin_token", shopify_access_token=CLIENT_SECRET, shopify_api_secret="x"
            ).action_connect()

    def test_address_is_written_in_one_form(self):
        backend = self.new_backend()
        backend.shopify_domain = "https://Other-Shop.myshopify.com/admin"
        self.assertEqual(backend.shopify_domain, "other-shop.myshopify.com")
        with self.assertRaises(ValidationError):
            backend.shopify_domain = "other-shop.com"
        with self.assertRaises(ValidationError):
            backend.shopify_domain = False

    def test_secrets_of_another_store(self):
        backend = self.connected()
        backend.action_disconnect()
        backend.account_key = "first-shop.myshopify.com"
        with self.assertRaisesRegex(UserError, "belong to another account: One Shop"):
            backend.action_connect()
