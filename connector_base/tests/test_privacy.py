from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.connector_base.canonical import Customer
from odoo.addons.connector_base.transport import PrivacyCall

from .order_common import EngineCase, make_address, make_line, make_order

EMAIL = "zoe@example.com"


@tagged("post_install", "-at_install")
class TestPrivacy(EngineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "privacy_manager", "connector_base.group_integration_manager")
        cls.user = new_test_user(cls.env, "privacy_user", "connector_base.group_integration_user")

    def setUp(self):
        super().setUp()
        self.backend.write({"account_key": "shop.example", "state": "connected"})
        self.requests = self.env["integration.privacy.request"]

    def ask(self, kind="erase_customer", event_id="e-1", **changes):
        """Keep a call and do what it asks; return the request."""
        values = {"customer_external_id": "501", "email": EMAIL, "order_external_ids": ("1001",), **changes}
        call = PrivacyCall(event_id=event_id, kind=kind, account_key="shop.example", **values)
        request = self.requests._store("test", call)
        request._process()
        return request

    def order(self, external_id="1001", *, finished=True, customer="501", email=EMAIL):
        """Import an order of the customer; `finished` leaves nothing open of it."""
        order = self.import_order(
            make_order(
                external_id,
                customer=Customer(external_id=customer, email=email, name="Zoé Martin", phone="+33123456789"),
                shipping_address=make_address(name="Zoé Martin", street="1 rue du Bac"),
                lines=(make_line(),),
                note="Ring at Martin's",
            )
        )
        if finished:
            order._action_cancel()
        return order

    def event(self, external_id="1001", state="done"):
        return self.env["integration.webhook.event"].create(
            {
                "backend_id": self.backend.id,
                "event_id": f"wh-{external_id}-{state}",
                "resource": "order",
                "external_id": external_id,
                "state": state,
                "received_at": fields.Datetime.now(),
                "body": b"Zoe",
            }
        )

    # === ERASE === #

    def test_a_customer_is_erased(self):
        order = self.order()
        partners = order.partner_id | order.partner_shipping_id | order.partner_invoice_id
        event = self.event()
        request = self.ask()
        self.assertEqual(request.state, "done", request.result)
        self.assertIn(f"erased and archived: {len(partners)}", request.result)
        self.assertFalse(any(partners.mapped("active")))
        for partner in partners:
            self.assertIn("Erased customer", partner.name)
            self.assertFalse(partner.email or partner.phone or partner.street or partner.zip)
        self.assertFalse(self.env["integration.binding.partner"].search([("odoo_id", "in", partners.ids)]))
        self.assertFalse(order.integration_note)
        self.assertEqual(event._bodies()[event.id], b"")
        self.assertFalse(request.email)
        self.assertEqual(request.partner_ids, partners)

    def test_other_customers_stay(self):
        self.order()
        other = self.order("1002", customer="502", email="ann@example.com")
        kept = self.event("1002")
        self.ask()
        self.assertTrue(other.partner_id.active)
        self.assertEqual(other.partner_id.email, "ann@example.com")
        self.assertEqual(kept._bodies()[kept.id], b"Zoe")

    def test_a_guest_is_found_by_the_order_and_the_address(self):
        order = self.order(customer="")
        self.ask(customer_external_id="")
        self.assertFalse(order.partner_id.active)
        another = self.order("1003", customer="", email="ann@example.com")
        self.ask(event_id="e-2", customer_external_id="", order_external_ids=("1003",))
        self.assertTrue(another.partner_id.active)

    def test_what_is_open_keeps_the_customer_until_it_is_done(self):
        order = self.order(finished=False)
        request = self.ask()
        self.assertEqual(request.state, "waiting")
        self.assertIn(order.name, request.result)
        self.assertEqual(order.partner_id.email, EMAIL)
        activity = request.activity_ids
        self.assertEqual(activity.date_deadline, request.due_date)
        self.assertEqual(request.due_date, fields.Date.today() + timedelta(days=30))
        request._process()
        self.assertEqual(request.activity_ids, activity)
        order._action_cancel()
        self.requests._cron_process()
        self.assertEqual(request.state, "done")
        self.assertFalse(request.activity_ids)
        self.assertFalse(order.partner_id.active)

    def test_customers_of_two_channels_stay(self):
        order = self.order()
        other = self.backend.copy({"name": "Other Shop"})
        self.env["integration.binding.partner"].create(
            {"backend_id": other.id, "external_id": "9", "odoo_id": order.partner_id.id}
        )
        request = self.ask()
        self.assertEqual(request.state, "waiting")
        self.assertIn("Other Shop", request.result)

    def test_users_stay(self):
        order = self.order()
        self.user.partner_id = order.partner_id
        self.assertIn("users of Odoo", self.ask().result)

    def test_the_books_keep_who_they_name(self):
        order = self.order()
        partner = order.partner_id
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_line_ids": [fields.Command.create({"name": "Mug", "price_unit": 0.0})],
            }
        )
        self.assertIn("not paid", self.ask().result)
        invoice.action_post()
        request = self.ask(event_id="e-2")
        self.assertEqual(request.state, "done", request.result)
        self.assertIn("stay in the books", request.result)
        self.assertEqual(partner.name, "Zoé Martin")
        self.assertFalse(partner.email or partner.phone)

    def test_the_company_of_a_contact_stays(self):
        firm = self.env["res.partner"].create(
            {
                "name": "Martin SARL",
                "is_company": True,
                "street": "2 quai",
                "vat": "FR23334175221",
                "email": "a@b.example",
            }
        )
        colleague = self.env["res.partner"].create({"name": "Ann", "parent_id": firm.id, "email": "ann@b.example"})
        order = self.order()
        partner = order.partner_id
        partner.write({"parent_id": firm.id, "type": "contact"})
        order.write({"partner_invoice_id": firm.id})
        request = self.ask()
        self.assertEqual(request.state, "done", request.result)
        self.assertEqual((firm.name, firm.vat, firm.email), ("Martin SARL", "FR23334175221", "a@b.example"))
        self.assertTrue(firm.street)
        self.assertTrue(firm.active and colleague.active)
        self.assertEqual(colleague.email, "ann@b.example")
        self.assertIn("Erased customer", partner.name)

    def test_companies_stay(self):
        order = self.order()
        order.partner_id.is_company = True
        self.assertIn("These are companies", self.ask().result)

    def test_nobody_of_that_name(self):
        self.assertIn("No contact", self.ask().result)

    # === EXPORT === #

    def test_what_is_known_is_written_down(self):
        order = self.order()
        request = self.ask("export")
        self.assertIn("is ready", request.result)
        self.assertEqual(request.state, "waiting")
        text = request.attachment_id.raw.decode()
        for piece in ("Zoé Martin", EMAIL, "1 rue du Bac", order.name, "Ring at Martin", "10.00"):
            self.assertIn(piece, text)
        request._process()
        self.assertEqual(
            len(self.env["ir.attachment"].search([("res_id", "=", request.id), ("res_model", "=", request._name)])), 1
        )
        with self.assertRaises(AccessError):
            request.with_user(self.user).action_settle()
        request.with_user(self.manager).action_settle()
        self.assertEqual(request.state, "done")
        self.assertIn(self.manager.name, request.result)
        self.assertIn(str(request.attachment_id.id), request.with_user(self.manager).action_download()["url"])

    def test_erasing_forgets_what_was_written_down(self):
        self.order()
        export = self.ask("export")
        file = export.attachment_id
        self.assertEqual(self.ask(event_id="e-2").state, "done")
        self.assertFalse(file.exists() or export.email)

    # === AN ACCOUNT === #

    def test_an_account_is_erased_once_it_is_gone(self):
        order, event = self.order(), self.event()
        self.assertIn("connected again", self.ask("erase_account").result)
        self.assertTrue(event.exists())
        self.backend.state = "disconnected"
        request = self.ask("erase_account", "e-2")
        self.assertEqual(request.state, "done")
        self.assertFalse(event.exists())
        self.assertFalse(self.backend.credential_ids)
        self.assertTrue(order.exists())

    def test_an_account_nobody_knows(self):
        call = PrivacyCall(event_id="e-1", kind="erase_account", account_key="unknown.example")
        request = self.requests._store("test", call)
        self.assertFalse(self.requests._store("test", call))
        request._process()
        self.assertEqual((request.state, request.backend_id.ids), ("done", []))
        self.assertIn("Nothing is kept", request.result)

    # === RECORD === #

    def test_kept_once_per_channel(self):
        request = self.ask()
        self.assertFalse(self.ask())
        older = self.backend.copy({"name": "Before"})
        older.write({"account_key": "shop.example", "state": "disconnected", "active": False})
        both = self.ask(event_id="e-2")
        self.assertEqual(both.backend_id, self.backend | older)
        self.assertEqual(request.company_id, self.backend.company_id)

    def test_a_failure_is_its_own(self):
        officer = type(self.env["integration.privacy.officer"])
        with (
            patch.object(officer, "_do_export", side_effect=ValueError("boom")),
            self.assertLogs("odoo.addons.connector_base.models.integration_privacy_request", "ERROR"),
        ):
            request = self.ask("export")
        self.assertEqual(request.state, "waiting")
        self.assertIn("boom", request.result)
        self.assertEqual(self.ask(event_id="e-2").state, "done")

    def test_nobody_deletes_the_record(self):
        request = self.ask()
        with self.assertRaises(AccessError):
            request.with_user(self.manager).unlink()

    # === RETENTION === #

    def test_contents_are_forgotten_before_the_events(self):
        self.env["res.config.settings"].create({"integration_event_body_days": 7}).set_values()
        old, new, waiting = self.event("1"), self.event("2"), self.event("3", "new")
        (old | waiting).write({"received_at": fields.Datetime.now() - timedelta(days=8)})
        self.env.flush_all()
        self.env["integration.webhook.event"]._gc_bodies()
        bodies = (old | new | waiting)._bodies()
        self.assertEqual([bodies[event.id] for event in (old, new, waiting)], [b"", b"Zoe", b"Zoe"])
