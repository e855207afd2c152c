import logging
from datetime import timedelta

from cryptography.fernet import Fernet
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw, get_public_method
from odoo.tests import tagged

from odoo.addons.connector_base import encryption
from odoo.addons.connector_base.transport import ConfigurationError

from .common import SECRET, BackendCase


@tagged("post_install", "-at_install")
class TestCredentialStorage(BackendCase):
    def row(self, credential):
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(c)::text FROM integration_credential c WHERE id = %s", [credential.id])
        return self.env.cr.fetchone()[0]

    def test_stored_encrypted_and_given_to_server_code(self):
        self.credential.with_user(self.manager).value = SECRET
        row = self.row(self.credential)
        self.assertNotIn(SECRET, row)
        self.assertIn('"ciphertext": "gAAAA', row)
        self.assertEqual(self.backend._secret("token"), SECRET)

    def test_same_secret_twice_differs_in_the_database(self):
        self.backend._set_secret("token", SECRET)
        first = self.credential.sudo().ciphertext
        self.backend._set_secret("token", SECRET)
        self.assertNotEqual(self.credential.sudo().ciphertext, first)

    def test_hint_shows_the_end_of_long_secrets_only(self):
        self.credential.value = SECRET
        self.assertEqual(self.credential.hint, "•••• fin1")
        self.credential.value = "short-pass"
        self.assertEqual(self.credential.hint, "••••")

    def test_blanks_of_copying_are_cut_off(self):
        self.credential.value = f"  {SECRET}\n"
        self.assertEqual(self.backend._secret("token"), SECRET)

    def test_empty_keeps_what_is_stored(self):
        self.credential.value = SECRET
        self.credential.value = ""
        self.assertEqual(self.backend._secret("token"), SECRET)

    def test_a_backend_has_a_row_for_each_credential(self):
        self.assertEqual(sorted(self.backend.credential_ids.mapped("key")), ["token", "webhook_secret"])
        self.assertEqual(self.credential.label, "Access Token")
        self.assertFalse(self.credential.hint)
        self.backend._ensure_credentials()
        self.assertEqual(len(self.backend.credential_ids), 2)

    def test_unknown_key_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "no credential “pin”"):
            self.backend.credential_ids.create({"backend_id": self.backend.id, "key": "pin"})

    def test_a_credential_stays_with_its_backend(self):
        other = self.backend.copy()
        for vals in ({"backend_id": other.id}, {"key": "webhook_secret"}):
            with self.assertRaisesRegex(UserError, "can't be moved"):
                self.credential.with_user(self.manager).write(vals)

    def test_copy_of_a_backend_has_no_secrets(self):
        self.backend._set_secret("token", SECRET)
        copy = self.backend.copy()
        self.assertEqual(len(copy.credential_ids), 2)
        self.assertFalse(any(copy.credential_ids.mapped("hint")))
        self.assertFalse(any(copy.credential_ids.sudo().mapped("ciphertext")))

    def test_copy_of_a_credential_has_no_secret(self):
        self.backend._set_secret("token", SECRET)
        vals = self.credential.sudo().copy_data()[0]
        self.assertFalse({"value", "ciphertext", "previous_ciphertext", "hint"} & vals.keys())

    def test_replacing_is_noted_on_the_backend_without_the_secret(self):
        self.credential.with_user(self.manager).value = SECRET
        bodies = " ".join(self.backend.message_ids.mapped("body"))
        self.assertIn("Access Token replaced", bodies)
        self.assertNotIn(SECRET, bodies)
        tracked = self.env["mail.tracking.value"].search([("mail_message_id", "in", self.backend.message_ids.ids)])
        self.assertNotIn(SECRET, str(tracked.read()))

    def test_forget(self):
        self.backend._set_secret("webhook_secret", "old-secret-0123456789")
        self.backend._set_secret("webhook_secret", SECRET)
        self.webhook_credential.with_user(self.manager).action_forget()
        self.assertEqual(self.backend._webhook_secrets(), [])
        row = self.row(self.webhook_credential)
        self.assertNotIn("gAAAA", row)
        self.assertIn("Webhook Secret removed.", self.backend.message_ids[0].body)
        with self.assertRaises(AccessError):
            self.credential.with_user(self.user).action_forget()

    def test_expired(self):
        now = fields.Datetime.now()
        self.backend._set_secret("token", SECRET, expires_at=now + timedelta(minutes=10))
        self.assertEqual(self.backend._find_secret("token"), SECRET)
        self.assertEqual(self.backend._find_secret("token", valid_for=300), SECRET)
        self.assertEqual(self.backend._find_secret("token", valid_for=900), "")
        with freeze_time(now + timedelta(minutes=11)), self.assertRaises(ConfigurationError):
            self.backend._secret("token")

    def test_a_new_secret_without_expiry_clears_the_old_ones(self):
        self.backend._set_secret("token", SECRET, expires_at=fields.Datetime.now())
        self.backend._set_secret("token", "another-secret-value-01")
        self.assertEqual(self.backend._secret("token"), "another-secret-value-01")


@tagged("post_install", "-at_install")
class TestCredentialErrors(BackendCase):
    def test_missing_credential(self):
        with self.assertRaises(ConfigurationError) as raised:
            self.backend._secret("token")
        self.assertEqual(raised.exception.message, "Main Shop has no Access Token.")
        self.assertIn("Credentials", raised.exception.remedy)

    def test_no_key(self):
        self.use_keys()
        with self.assertRaises(UserError) as raised:
            self.credential.value = SECRET
        self.assertIn("No encryption key", str(raised.exception))
        self.assertIn(encryption.NEW_KEY_COMMAND, str(raised.exception))
        self.assertNotIn(SECRET, str(raised.exception))
        self.assertFalse(self.credential.sudo().ciphertext)
        self.assertIn(encryption.NEW_KEY_COMMAND, self.backend.with_user(self.manager).encryption_problem)

    def test_command_makes_a_usable_key(self):
        code = encryption.NEW_KEY_COMMAND.removeprefix('python3 -c "').removesuffix('"')
        printed = []
        exec(code, {"print": printed.append})
        self.use_keys(*printed)
        encryption.check_keys()

    def test_invalid_key(self):
        self.use_keys(self.key, "not-a-key")
        with self.assertRaisesRegex(UserError, "key number 2 .* is not a valid key") as raised:
            self.credential.value = SECRET
        self.assertNotIn(self.key, str(raised.exception))

    def test_lost_key(self):
        self.backend._set_secret("token", SECRET)
        self.use_keys(Fernet.generate_key().decode())
        with self.assertRaisesRegex(ConfigurationError, "can't be decrypted") as raised:
            self.backend._secret("token")
        self.assertIn("enter the credential anew", raised.exception.remedy)
        self.assertIsNone(raised.exception.__cause__)

    def test_lost_key_can_be_replaced(self):
        self.backend._set_secret("webhook_secret", SECRET)
        self.use_keys(Fernet.generate_key().decode())
        self.webhook_credential.value = "another-secret-value-01"
        self.assertEqual(self.backend._webhook_secrets(), ["another-secret-value-01"])

    def test_second_key_decrypts_first_encrypts(self):
        self.backend._set_secret("token", SECRET)
        new_key = Fernet.generate_key().decode()
        self.use_keys(new_key, self.key)
        self.assertEqual(self.backend._secret("token"), SECRET)
        self.assertEqual(encryption.key_of(self.credential.sudo().ciphertext), 1)
        self.backend._set_secret("token", SECRET)
        self.assertEqual(encryption.key_of(self.credential.sudo().ciphertext), 0)

    def test_no_problem_no_banner(self):
        self.assertFalse(self.backend.with_user(self.manager).encryption_problem)


@tagged("post_install", "-at_install")
class TestWebhookSecrets(BackendCase):
    def test_nothing_stored_nothing_accepted(self):
        self.assertEqual(self.backend._webhook_secrets(), [])

    def test_replaced_secret_is_accepted_for_a_day(self):
        now = fields.Datetime.now()
        self.backend._set_secret("webhook_secret", "old-secret-0123456789")
        with freeze_time(now):
            self.webhook_credential.with_user(self.manager).value = "new-secret-0123456789"
            self.assertEqual(self.backend._webhook_secrets(), ["new-secret-0123456789", "old-secret-0123456789"])
        with freeze_time(now + timedelta(hours=23)):
            self.assertEqual(len(self.backend._webhook_secrets()), 2)
        with freeze_time(now + timedelta(hours=24)):
            self.assertEqual(self.backend._webhook_secrets(), ["new-secret-0123456789"])

    def test_entering_the_same_again_keeps_the_previous_one(self):
        self.backend._set_secret("webhook_secret", "old-secret-0123456789")
        for _again in range(2):
            self.backend._set_secret("webhook_secret", "new-secret-0123456789")
        self.assertEqual(self.backend._webhook_secrets(), ["new-secret-0123456789", "old-secret-0123456789"])

    def test_other_credentials_leave_nothing_behind(self):
        self.backend._set_secret("token", "old-secret-0123456789")
        self.backend._set_secret("token", "new-secret-0123456789")
        self.assertFalse(self.credential.sudo().previous_ciphertext)

    def test_previous_secret_is_forgotten(self):
        self.backend._set_secret("webhook_secret", "old-secret-0123456789")
        self.backend._set_secret("webhook_secret", "new-secret-0123456789")
        self.env["integration.credential"]._gc_previous_secrets()
        self.assertTrue(self.webhook_credential.sudo().previous_ciphertext)
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            self.env["integration.credential"]._gc_previous_secrets()
        self.assertFalse(self.webhook_credential.sudo().previous_ciphertext)
        self.assertFalse(self.webhook_credential.previous_until)


@tagged("post_install", "-at_install")
class TestNobodyReadsSecrets(BackendCase):
    """Over RPC, as the user who may do most: member of every group, but not the superuser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.env.ref("base.user_admin")
        cls.admin.group_ids |= cls.env.ref("connector_base.group_integration_manager") | cls.env.ref(
            "base.group_system"
        )
        cls.backend._set_secret("token", SECRET)
        cls.ciphertext = cls.credential.sudo().ciphertext

    def call(self, method, *args, user=None, model="integration.credential", **kwargs):
        """Call a public method the way RPC does."""
        return call_kw(self.env(user=user or self.admin)[model], method, args, kwargs)

    def assertSafe(self, answer):
        self.assertNotIn(SECRET, str(answer))
        self.assertNotIn(self.ciphertext, str(answer))

    def test_reading(self):
        ids = self.credential.ids
        fields_given = self.call("fields_get")
        self.assertFalse({"ciphertext", "previous_ciphertext"} & fields_given.keys())
        self.assertSafe(self.call("read", ids))
        self.assertSafe(self.call("web_read", ids, {name: {} for name in fields_given}))
        self.assertSafe(self.call("search_read", [("id", "in", ids)]))
        self.assertSafe(self.call("web_search_read", [("id", "in", ids)], {name: {} for name in fields_given}))
        self.assertSafe(self.call("copy_data", ids))
        self.assertSafe(self.call("name_search", "Access"))
        self.assertSafe(self.call("export_data", ids, [*fields_given, "backend_id/credential_ids/value"]))
        backend = {"credential_ids": {"fields": {name: {} for name in fields_given}}}
        self.assertSafe(self.call("web_read", self.backend.ids, backend, model="integration.backend"))

    def test_ciphertext_is_nobodys(self):
        ids = self.credential.ids
        for name in ("ciphertext", "previous_ciphertext"):
            for attempt in (
                ("read", ids, [name]),
                ("web_read", ids, {name: {}}),
                ("search_read", [], [name]),
                ("export_data", ids, [name]),
                ("search", [(name, "like", "gAAAA")]),
                ("search_count", [(name, "!=", False)]),
                ("formatted_read_group", [], [name]),
                ("formatted_read_group", [], [], [f"{name}:array_agg"]),
                ("search", [], 0, None, name),
                ("write", ids, {name: "x"}),
                ("web_save", ids, {name: "x"}, {}),
                ("create", [{"backend_id": self.backend.id, "key": "token", name: "x"}]),
            ):
                with self.subTest(field=name, attempt=attempt[0]), self.assertRaises(AccessError):
                    self.call(*attempt)
        with self.assertRaises(AccessError):
            self.call(
                "search",
                [("credential_ids.ciphertext", "like", "gAAAA")],
                model="integration.backend",
            )

    def test_value_can_not_be_searched_or_grouped(self):
        for attempt in (
            ("search", [("value", "=", SECRET)]),
            ("search_count", [("value", "like", "swordfish%")]),
            ("formatted_read_group", [], ["value"]),
            ("search", [], 0, None, "value"),
        ):
            with self.subTest(attempt=attempt[0]), self.assertRaises(ValueError):
                self.call(*attempt)

    def test_saving_does_not_echo(self):
        spec = {"value": {}, "hint": {}, "display_name": {}}
        answer = self.call("web_save", self.credential.ids, {"value": SECRET}, spec)
        self.assertSafe(answer)
        self.assertEqual(answer[0]["value"], "")
        nested = {"credential_ids": [(1, self.credential.id, {"value": SECRET})]}
        answer = self.call(
            "web_save",
            self.backend.ids,
            nested,
            {"credential_ids": {"fields": spec}},
            model="integration.backend",
        )
        self.assertSafe(answer)
        self.credential.unlink()
        vals = {"backend_id": self.backend.id, "key": "token", "value": SECRET}
        answer = self.call("web_save", [], vals, spec)
        self.assertSafe(answer)
        self.assertEqual(self.backend._secret("token"), SECRET)

    def test_onchange_does_not_echo(self):
        spec = {name: {} for name in ("value", "hint", "label", "key")}
        answer = self.call("onchange", self.credential.ids, {"value": SECRET}, ["value"], spec)
        self.assertSafe(answer)

    def test_server_methods_are_private(self):
        for model, methods in {
            "integration.credential": ("_reveal", "_reveal_previous", "_store", "_readable_secret", "mapped"),
            "integration.backend": ("_secret", "_find_secret", "_set_secret", "_webhook_secrets", "_credential"),
            "integration.connect": ("_entered_secrets", "_connection_values"),
        }.items():
            for method in methods:
                with self.subTest(method=method), self.assertRaises(AccessError):
                    get_public_method(self.env[model], method)

    def test_ordinary_users_see_no_credentials_at_all(self):
        for user in (self.user, self.salesman, self.employee):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.call("search_read", [], user=user)
                with self.assertRaises(AccessError):
                    self.call("write", self.credential.ids, {"value": "x"}, user=user)
        for user in (self.user, self.salesman):
            with self.assertRaises(AccessError):
                self.call("read", self.backend.ids, ["credential_ids"], user=user, model="integration.backend")

    def test_another_companys_manager_sees_none(self):
        self.assertEqual(self.call("search_read", [], user=self.stranger), [])
        with self.assertRaises(AccessError):
            self.call("write", self.credential.ids, {"value": "x"}, user=self.stranger)

    def test_sql_log_holds_no_secret(self):
        with self.assertLogs("odoo.sql_db", logging.DEBUG) as logs:
            self.call("write", self.credential.ids, {"value": SECRET})
            self.env.flush_all()
        self.assertTrue(any("integration_credential" in line for line in logs.output))
        self.assertSafe([line for line in logs.output if SECRET in line])
