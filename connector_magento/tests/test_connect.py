from datetime import datetime, timezone

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.connector_base.transport import ConfigurationError, TransientError

from .connect_common import ADMIN, HOST, KEYS, MagentoConnectCase

SINCE = datetime(2026, 11, 20, 8, tzinfo=timezone.utc)


@tagged("post_install", "-at_install")
class TestConnect(MagentoConnectCase):
    def setUp(self):
        super().setUp()
        self.capable("scopes")

    def backends(self):
        return self.env["integration.backend"].search([("platform", "=", "magento")])

    def admin(self, **vals):
        return {
            "magento_auth": "admin",
            "magento_admin_name": ADMIN["username"],
            "magento_admin_password": ADMIN["password"],
            **vals,
        }

    # === WAYS IN === #

    def test_four_keys(self):
        backend = self.connected()
        self.assertEqual((backend.state, backend.account_key), ("connected", f"{HOST}/store"))
        self.assertEqual(backend.magento_base_url, f"https://{HOST}/store")
        report = backend.connection_report
        facts = dict(report["facts"])
        self.assertEqual(facts["Version"], "Magento 2.4 Community")
        self.assertEqual((facts["Websites"], facts["Store views"]), ("Main Website", "English, French"))
        self.assertEqual((facts["Stock"], report["currency"]), ("By source", "EUR"))
        self.assertEqual(report["missing"], [])
        self.assertEqual(backend.calls_at_once, 4)
        self.assertTrue(all(header.startswith("OAuth ") for header in self.shop.headers))
        self.assertFalse(any(secret in header for header in self.shop.headers for secret in self.kept_secret()))

    def kept_secret(self):
        return (KEYS["consumer_secret"], KEYS["access_token_secret"])

    def test_form(self):
        with Form(self.env["integration.connect"]) as form:
            form.platform = "magento"
            form.magento_base_url = HOST
            for key, value in KEYS.items():
                setattr(form, f"magento_{key}", value)
        form.record.action_connect()
        self.assertEqual(self.backends().magento_base_url, f"https://{HOST}")

    def test_access_token_alone(self):
        backend = self.connected(
            magento_auth="bearer",
            magento_consumer_key=False,
            magento_consumer_secret=False,
            magento_access_token_secret=False,
        )
        self.assertEqual(backend.state, "connected")
        self.assertEqual(set(self.shop.headers), {f"Bearer {KEYS['access_token']}"})

    def test_administrator(self):
        backend = self.connected(**self.admin())
        self.assertEqual((backend.state, len(self.shop.tokens)), ("connected", 1))
        backend.action_test_connection()
        self.assertEqual(len(self.shop.tokens), 1, "a token lasts for a while")
        self.shop.tokens.clear()
        backend.action_test_connection()
        self.assertEqual((len(self.shop.tokens), backend.state), (1, "connected"))

    def test_an_administrator_and_one_call_at_once(self):
        """The call that gets the token is part of another one: it must not wait for that one's end."""
        backend = self.connected(**self.admin())
        backend.calls_at_once = 1
        self.shop.tokens.clear()
        backend.action_test_connection()
        self.assertEqual(backend.state, "connected")

    def test_two_factor_authentication(self):
        self.shop.two_factor = True
        with self.assertRaisesRegex(UserError, "second factor") as caught:
            self.wizard(**self.admin()).action_connect()
        self.assertIn("four keys of an integration", str(caught.exception))

    def test_a_wrong_password(self):
        with self.assertRaisesRegex(UserError, "sign-in was incorrect") as caught:
            self.wizard(**self.admin(magento_admin_password="other")).action_connect()
        self.assertIn("Check name and password", str(caught.exception))
        tries = [call for call in self.shop.calls if call[1] == "integration/admin/token"]
        self.assertEqual(len(tries), 1, "Magento locks who fails too often")

    # === REFUSALS === #

    def test_refused_credentials_leave_nothing_behind(self):
        with self.assertRaisesRegex(UserError, "refuses the credentials") as caught, self.env.cr.savepoint():
            self.wizard(magento_access_token="wrong").action_connect()
        self.assertIn("four keys", str(caught.exception))
        self.assertFalse(self.backends())

    def test_not_encrypted(self):
        with self.assertRaisesRegex(UserError, "not encrypted"):
            self.wizard(magento_base_url=f"http://{HOST}").action_connect()
        self.assertFalse(self.shop.calls)
        backend = self.connected()
        for entered in (f"http://{HOST}", "no address", False):
            with self.assertRaises(ValidationError):
                backend.magento_base_url = entered

    def test_what_is_missing_is_named(self):
        with self.assertRaisesRegex(UserError, "Shop Address, Consumer Secret"):
            self.wizard(magento_base_url=False, magento_consumer_secret=False).action_connect()

    def test_any_certificate_only_by_choice(self):
        self.connected()
        self.assertIsNot(self.verify, False)
        self.backends().magento_self_signed = True
        self.backends().action_test_connection()
        self.assertIs(self.verify, False)

    def test_rights_that_are_missing_by_what_needs_them(self):
        self.capable("scopes", "stock_out", "orders_cancel")
        self.shop.denied = {"inventory/sources", "orders/0/cancel", "store/websites"}
        backend = self.connected()
        missing = backend.connection_report["missing"]
        self.assertEqual(len(missing), 2, "stock is not kept in step")
        self.assertIn("Magento::store/websites is missing, which this needs: the connection.", missing[0])
        self.assertIn("Magento::orders/0/cancel is missing, which this needs: Cancel Orders.", missing[1])
        backend.export_stock = True
        action = backend.action_test_connection()
        self.assertIn("this needs: Export Stock.", action["params"]["message"])
        self.assertEqual(backend.state, "connected")

    def test_trying_changes_nothing(self):
        """What is written to is an order 0, or nothing at all."""
        self.capable("scopes", "orders_cancel", "orders_update", "refunds_out")
        self.connected()
        written = {path for method, path in self.shop.calls if method != "GET"}
        self.assertEqual(written, {"orders/0/cancel", "orders/0/comments", "order/0/refund", "order/0/invoice"})

    def test_an_old_version(self):
        self.shop.version = "Magento/2.3 (Enterprise)"
        [warning] = self.connected().connection_report["missing"]
        self.assertIn("Magento 2.3", warning)
        self.assertIn("Magento 2.4.4 to 2.4.9", warning)

    def test_mage_os_and_a_hidden_version(self):
        self.shop.version = "Mage-OS/1.3 (Community)"
        backend = self.connected()
        self.assertEqual(dict(backend.connection_report["facts"])["Version"], "Mage-OS 1.3 Community")
        self.assertEqual(backend.connection_report["missing"], [])
        self.shop.version = "<html>"
        backend.action_test_connection()
        self.assertNotIn("Version", dict(backend.connection_report["facts"]))

    def test_nobody_is_asked_for_a_public_address(self):
        """Magento tells of nothing by itself, so it need not reach Odoo; Adobe, that sends its events, must."""
        self.env["ir.config_parameter"].set_param("connector_base.public_url", "http://localhost")
        backend = self.connected()
        titles = [found.title for found in self.env["integration.preflight"]._findings(backend.company_id, backend)]
        self.assertNotIn("Public address", titles)
        self.capable("scopes", "webhooks")
        titles = [found.title for found in self.env["integration.preflight"]._findings(backend.company_id, backend)]
        self.assertNotIn("Public address", titles)
        backend.magento_events_client = "client"
        titles = [found.title for found in self.env["integration.preflight"]._findings(backend.company_id, backend)]
        self.assertIn("Public address", titles)

    # === LATER === #

    def test_the_integration_is_removed_in_magento(self):
        backend = self.connected()
        self.shop.refuse_all = True
        with self.assertRaises(ConfigurationError):
            backend._check_account()
        backend.action_test_connection()
        self.assertEqual(backend.state, "error")
        self.assertIn("check that the integration is active", backend.state_message)
        self.shop.refuse_all = False
        backend.action_test_connection()
        self.assertEqual(backend.state, "connected")

    def test_maintenance(self):
        backend = self.connected()
        self.shop.status = 503
        with self.assertRaises(TransientError) as caught:
            backend._read_scopes()
        self.assertEqual(caught.exception.retry_after, 60)
        backend.action_test_connection()
        self.assertEqual(backend.state, "connected", "it passes by itself")

    # === SCOPES AND PROBES === #

    def test_websites_stores_and_views(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        backend = self.connected()
        backend.action_refresh_scopes()
        names = backend.scope_ids.mapped("complete_name")
        site = "Main Website"
        store = f"{site} / Main Store"
        self.assertEqual(names, [site, store, f"{store} / English", f"{store} / French"])
        self.assertEqual(backend.scope_ids[-1].lang_id.code, "fr_FR")
        self.assertEqual(backend.scope_ids[-1].external_id, "store_view:2")

    def test_the_first_reading_waits(self):
        backend = self.connected()
        domain = [("backend_id", "=", backend.id), ("operation", "=", "import_scopes")]
        self.assertEqual(len(self.env["sync.job"].search(domain)), 1)

    def test_a_probe_tells_of_any_change(self):
        backend = self.connected()
        adapter = backend._adapter()

        def probe(*entries, total=None):
            items = [{"entity_id": number, "updated_at": f"2026-11-20 08:00:{second:02}"} for number, second in entries]
            self.shop.answers["orders"] = {"items": items, "total_count": len(items) if total is None else total}
            return adapter._probe(backend, "orders", SINCE)

        first = probe((1, 1), (2, 2))
        self.assertEqual(probe((2, 2), (1, 1)), first)
        self.assertEqual(len({first, probe((1, 3), (2, 2)), probe((1, 1)), probe(), probe((1, 1), (3, 2))}), 5)
        self.assertEqual(probe((1, 1), total=700), probe((1, 1), total=700))
        self.assertNotEqual(probe((1, 1), total=700), probe((1, 1), total=701))
        with freeze_time("2026-11-20 08:10:00"):
            self.assertIsNone(probe((1, 1), total=700), "others may be on their way, below those that are shown")
            self.assertEqual(probe((1, 1), (2, 2)), first)
        with freeze_time("2026-11-20 08:00:02"):
            self.assertIsNone(probe((1, 1), (2, 2)), "it may change again within this second")
        self.assertIsNone(adapter._probe(backend, "payouts", SINCE))
