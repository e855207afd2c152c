from dataclasses import replace
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.connector_base.transport import ConfigurationError, TransientError

from .common import SECRET, BackendCase

REFUSED = ConfigurationError("The platform refuses the token.", remedy="Enter a new one.", status=401)


class ConnectionCase(BackendCase):
    """The import itself is another part's: only that it is asked for is looked at here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend._set_secret("token", SECRET)
        cls.Backend = type(cls.backend)

    def setUp(self):
        super().setUp()
        self.start_import = self.replace("_start_history")
        self.sync_now = self.replace("action_sync_now")
        self.check_webhooks = self.replace("action_check_webhooks")

    def replace(self, name):
        patcher = patch.object(self.Backend, name)
        self.addCleanup(patcher.stop)
        return patcher.start()

    def connect(self, backend=None):
        return (backend or self.backend).with_user(self.manager).action_connect()

    def activities(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "integration.backend"),
                ("res_id", "=", self.backend.id),
                ("activity_type_id", "=", self.env.ref("connector_base.mail_activity_type_connection").id),
            ]
        )


@tagged("post_install", "-at_install")
class TestConnect(ConnectionCase):
    @freeze_time("2026-11-01 10:00:00")
    def test_connect(self):
        self.connect()
        self.assertEqual(self.backend.state, "connected")
        self.assertEqual(self.backend.account_key, "fake-shop.example")
        self.assertEqual(self.fake.calls, [("check", SECRET)])
        since = datetime(2026, 8, 3, 10)
        self.assertEqual(self.backend.import_from, since)
        self.start_import.assert_called_once_with(since)

    @freeze_time("2026-11-01 10:00:00")
    def test_platform_shows_less_history(self):
        self.fake.report = replace(self.fake.report, history_days=60, missing=("Scope read_all_orders is missing.",))
        action = self.connect()
        self.start_import.assert_called_once_with(datetime(2026, 9, 2, 10))
        self.assertIn("read_all_orders", action["params"]["message"])

    def test_first_import_begins_where_the_user_says(self):
        self.backend.import_from = datetime(2026, 1, 1)
        self.connect()
        self.start_import.assert_called_once_with(datetime(2026, 1, 1))

    def test_webhooks_are_registered_where_they_can_arrive(self):
        for reachable in (False, True):
            with self.subTest(reachable=reachable), patch.object(self.Backend, "webhooks_reachable", reachable):
                backend = self.backend.copy()
                self.fake.report = replace(self.fake.report, account_key=f"shop-{reachable}")
                backend._set_secret("token", SECRET)
                self.connect(backend)
                self.assertEqual(self.check_webhooks.called, reachable)

    def test_refused(self):
        self.fake.error = REFUSED
        with self.assertRaisesRegex(UserError, r"(?s)The platform refuses the token.*Enter a new one"):
            self.connect()
        self.assertEqual(self.backend.state, "draft")
        self.assertFalse(self.backend.account_key)
        self.start_import.assert_not_called()

    def test_missing_secret(self):
        self.credential.unlink()
        with self.assertRaisesRegex(UserError, "has no Access Token"):
            self.connect()

    def test_connected_twice(self):
        self.connect()
        with self.assertRaisesRegex(UserError, "connected already"):
            self.connect()

    def test_archived(self):
        self.backend.action_archive()
        with self.assertRaisesRegex(UserError, "archived"):
            self.connect()

    def test_account_of_another_backend(self):
        self.connect()
        second = self.backend.copy({"name": "Second"})
        second._set_secret("token", SECRET)
        for state in ("connected", "error"):
            self.backend.state = state
            with self.assertRaisesRegex(UserError, "connected already, as “Main Shop”"):
                self.connect(second)
        self.backend.state = "disconnected"
        self.connect(second)
        with self.assertRaisesRegex(UserError, "connected already, as “Second”"):
            self.connect()

    def test_account_of_another_company_is_not_named(self):
        self.backend.company_id = self.other_company
        self.connect_as_root(self.backend)
        second = self.backend.copy({"name": "Second", "company_id": self.company.id})
        second._set_secret("token", SECRET)
        with self.assertRaisesRegex(UserError, "in another company") as raised:
            self.connect(second)
        self.assertNotIn("Main Shop", str(raised.exception))

    def connect_as_root(self, backend):
        backend.action_connect()
        self.assertEqual(backend.state, "connected")

    @mute_logger("odoo.sql_db")
    def test_database_refuses_a_second_connection_too(self):
        self.connect()
        second = self.backend.copy()
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            second.write({"state": "error", "account_key": self.backend.account_key})
            second.flush_recordset()

    def test_credentials_of_another_account(self):
        self.connect()
        self.backend.state = "disconnected"
        self.fake.report = replace(self.fake.report, account_name="Other", account_key="other.example")
        with self.assertRaisesRegex(UserError, "belong to another account: Other"):
            self.connect()
        self.assertEqual(self.backend.account_key, "fake-shop.example")

    def test_only_managers_connect(self):
        for user in (self.user, self.salesman, self.stranger):
            for action in ("action_connect", "action_test_connection", "action_disconnect"):
                with self.subTest(user=user.login, action=action), self.assertRaises(AccessError):
                    getattr(self.backend.with_user(user), action)()
        self.assertEqual(self.fake.calls, [])


@tagged("post_install", "-at_install")
class TestConnectionTest(ConnectionCase):
    def check(self):
        return self.backend.with_user(self.manager).action_test_connection()["params"]

    def test_what_the_platform_says_is_kept(self):
        self.fake.report = replace(
            self.fake.report, facts=(("Plan", "<b>Basic</b>"),), missing=("Grant the scope read_orders.",)
        )
        with freeze_time("2026-11-01 10:00:00"):
            params = self.check()
        self.assertEqual((params["type"], params["message"]), ("warning", "Grant the scope read_orders."))
        self.assertEqual(self.backend.last_check, datetime(2026, 11, 1, 10))
        summary = str(self.backend.connection_summary)
        for text in ("Fake Shop", "EUR", "Grant the scope read_orders.", "&lt;b&gt;Basic&lt;/b&gt;"):
            self.assertIn(text, summary)
        self.assertNotIn("<b>", summary)

    def test_it_works(self):
        self.assertEqual(self.check()["type"], "success")
        self.assertEqual(self.backend.state, "draft")
        self.assertFalse(self.backend.account_key)

    def test_refused_before_connecting(self):
        self.fake.error = REFUSED
        params = self.check()
        self.assertEqual(params["type"], "danger")
        self.assertEqual(self.backend.state_message, "The platform refuses the token.\nEnter a new one.")
        self.assertEqual(self.backend.state, "draft")
        self.assertFalse(self.activities())
        self.fake.error = None
        self.check()
        self.assertFalse(self.backend.state_message)

    def test_refused_and_well_again(self):
        self.connect()
        self.fake.error = REFUSED
        self.check()
        self.assertEqual(self.backend.state, "error")
        self.assertEqual(len(self.activities()), 1)
        self.fake.error = None
        self.check()
        self.assertEqual(self.backend.state, "connected")
        self.assertFalse(self.activities())

    def test_no_answer_changes_nothing(self):
        self.connect()
        self.fake.error = TransientError("The platform does not answer.")
        self.assertEqual(self.check()["type"], "warning")
        self.assertEqual(self.backend.state, "connected")
        self.assertFalse(self.backend.state_message)


@tagged("post_install", "-at_install")
class TestFailure(ConnectionCase):
    def setUp(self):
        super().setUp()
        self.connect()

    def test_the_responsible_user_is_told_once(self):
        for _again in range(3):
            self.backend._fail(REFUSED)
        activity = self.activities()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn("Enter a new one.", activity.note)
        self.assertEqual(self.backend.state, "error")
        self.assertEqual(self.backend.state_message, "The platform refuses the token.\nEnter a new one.")

    def test_another_failure_changes_what_is_said(self):
        self.backend._fail(REFUSED)
        self.backend.user_id = self.user
        self.backend._fail(ConfigurationError("The shop is <closed>."))
        activity = self.activities()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.user)
        self.assertIn("The shop is &lt;closed&gt;.", activity.note)

    def test_recovery_closes_the_activity(self):
        self.backend._fail(REFUSED)
        self.backend._recover()
        self.assertEqual(self.backend.state, "connected")
        self.assertFalse(self.backend.state_message)
        self.assertFalse(self.activities())
        self.backend._fail(REFUSED)
        self.assertEqual(len(self.activities()), 1)

    def test_told_also_when_nobody_is_responsible(self):
        self.backend.user_id = False
        self.backend._fail(REFUSED)
        self.assertEqual(self.activities().user_id, self.backend.create_uid)

    def test_nothing_to_say_when_not_connected(self):
        for state in ("draft", "disconnected"):
            self.backend.state = state
            self.backend._fail(REFUSED)
            self.backend._recover()
            self.assertEqual(self.backend.state, state)
        self.assertFalse(self.activities())


@tagged("post_install", "-at_install")
class TestDisconnect(ConnectionCase):
    def setUp(self):
        super().setUp()
        self.connect()
        self.fake.calls.clear()

    def disconnect(self):
        self.backend.with_user(self.manager).action_disconnect()

    def test_everything_stays_but_the_work(self):
        job = self.backend._enqueue("import_order_ids", arguments={"external_ids": ["1"]})
        self.backend._fail(REFUSED)
        self.disconnect()
        self.assertEqual(self.backend.state, "disconnected")
        self.assertFalse(self.backend.state_message)
        self.assertFalse(self.activities())
        self.assertEqual(job.state, "cancelled")
        self.assertEqual(self.fake.calls, [("remove_webhooks", self.backend.webhook_url)])
        self.assertEqual(self.backend._secret("token"), SECRET)
        self.assertEqual(self.backend.account_key, "fake-shop.example")

    def test_platform_that_does_not_answer_is_no_obstacle(self):
        self.fake.error = REFUSED
        self.disconnect()
        self.assertEqual(self.backend.state, "disconnected")
        self.assertIn("The platform refuses the token.", self.backend.message_ids[0].body)

    def test_connecting_again_goes_on(self):
        self.disconnect()
        self.start_import.reset_mock()
        self.connect()
        self.start_import.assert_not_called()
        self.sync_now.assert_called_once_with()

    def test_archiving_disconnects(self):
        self.backend.with_user(self.manager).action_archive()
        self.assertEqual(self.backend.state, "disconnected")
        self.assertFalse(self.backend.active)


@tagged("post_install", "-at_install")
class TestBackendRecord(ConnectionCase):
    def test_copy(self):
        self.connect()
        copy = self.backend.copy()
        self.assertEqual(copy.name, "Main Shop (copy)")
        self.assertEqual(copy.state, "draft")
        for name in ("account_key", "connection_report", "last_check", "import_from", "debug_until"):
            self.assertFalse(copy[name], name)
        self.assertNotEqual(copy.sudo().webhook_token, self.backend.sudo().webhook_token)

    def test_connected_backend_keeps_platform_and_company(self):
        self.connect()
        for vals in ({"company_id": self.other_company.id}, {"platform": "other"}):
            with self.assertRaisesRegex(UserError, "can't change its platform or company"):
                self.backend.write(vals)
        self.backend.write({"company_id": self.company.id, "platform": "fake"})

    def test_connected_backend_is_not_deleted(self):
        self.connect()
        with self.assertRaisesRegex(UserError, "Disconnect and archive it instead"):
            self.backend.unlink()
        self.backend.copy().unlink()

    def test_settings_of_another_company_are_refused(self):
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Far Away", "code": "FAR", "company_id": self.other_company.id}
        )
        with self.assertRaisesRegex(UserError, "company"):
            self.backend.warehouse_id = warehouse

    def test_settings_are_tracked(self):
        backend = self.backend.with_context(tracking_disable=False).copy()
        self.env.flush_all()
        self.env.cr.precommit.run()
        backend.write({"unknown_product": "create", "debug_until": datetime.now() + timedelta(hours=1)})
        self.env.flush_all()
        self.env.cr.precommit.run()
        tracked = backend.message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertEqual(sorted(tracked), ["debug_until", "unknown_product"])

    def test_order_count(self):
        order = self.env["sale.order"].create({"partner_id": self.env["res.partner"].create({"name": "A"}).id})
        self.env["integration.binding.order"].create(
            {"backend_id": self.backend.id, "external_id": "1", "odoo_id": order.id}
        )
        self.assertEqual(self.backend.order_count, 1)
        self.assertEqual(self.backend.copy().order_count, 0)

    def test_sandbox_is_said(self):
        self.assertFalse(self.backend.is_sandbox)
        with patch.dict("os.environ", {"ODOO_INTEGRATION_SANDBOX_URL": "http://127.0.0.1:9999"}):
            self.backend.invalidate_recordset(["is_sandbox"])
            self.assertTrue(self.backend.is_sandbox)
