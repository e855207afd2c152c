from dataclasses import replace
from datetime import datetime, timedelta, timezone

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.connector_base.canonical import Customer, CustomerAccount, CustomerPushResult
from odoo.addons.connector_base.transport import DataError, Page, RateLimited

from .common import run_queue_job
from .order_common import PLATFORM, FakeAdapter, add_test_platform, make_address, make_order

T0 = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)


def make_account(external_id="C1", *, minutes=0, addresses=None, **customer):
    values = {"email": f"{external_id}@example.com".lower(), "name": "Ada Lovelace", "phone": "", **customer}
    return CustomerAccount(
        customer=Customer(external_id=external_id, **values),
        updated_at=T0 + timedelta(minutes=minutes),
        addresses=(make_address(),) if addresses is None else addresses,
    )


class CustomerAdapter(FakeAdapter):
    """A shop with customers; `accounts` is what it holds, `pushed` what it was told."""

    def __init__(self):
        self.accounts = {}
        self.pushed = []
        self.refuse = {}

    def _capabilities(self):
        return frozenset({"orders_in", "customers_in", "customers_out"})

    def _fetch_customers(self, backend, since, page=None):
        found = sorted(self.accounts.values(), key=lambda account: account.updated_at)
        found = [account for account in found if not since or account.updated_at >= since]
        start = int(page or 0)
        more = len(found) > start + 2
        return Page(documents=tuple(found[start : start + 2]), next_page=str(start + 2) if more else None)

    def _count_customers(self, backend, since):
        return len(self.accounts)

    def _fetch_customers_by_id(self, backend, external_ids):
        return [self.accounts[key] for key in external_ids if key in self.accounts]

    def _push_customers(self, backend, pushes):
        for push in pushes:
            error = self.refuse.get(push.account.customer.name)
            if error and not isinstance(error, DataError):
                raise error
            if not error:
                self.pushed.append(push.account)
            external_id = push.account.external_id or f"N{len(self.pushed)}"
            yield CustomerPushResult(key=push.key, external_id="" if error else external_id, error=error)


class CustomerCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adapter = CustomerAdapter()
        for patcher in add_test_platform(cls.registry, cls.adapter):
            patcher.start()
            cls.addClassCleanup(patcher.stop)
        cls.backend = cls.env["integration.backend"].create(
            {"name": "Test shop", "platform": PLATFORM, "import_customers": True, "export_customers": True}
        )
        cls.backend.state = "connected"

    def setUp(self):
        super().setUp()
        self.adapter.__init__()
        self.env.cr.postcommit.clear()

    def import_accounts(self, *accounts):
        return self.env["integration.customer.importer"]._import_page(self.backend, accounts)

    def binding(self, external_id="C1"):
        return self.env["integration.binding.partner"].search(
            [("backend_id", "=", self.backend.id), ("external_id", "=", external_id)]
        )

    def marked(self):
        return self.env["integration.change"]._count(self.backend, "customer")

    def push(self):
        job = self.backend._enqueue("push_customers")
        run_queue_job(job)
        return job


@tagged("post_install", "-at_install")
class TestCustomersIn(CustomerCase):
    def test_a_new_customer_with_its_addresses(self):
        office = make_address(name="Office", street="1 Main St")
        result = self.import_accounts(make_account(phone="+1 312 555 0100", addresses=(make_address(), office)))
        self.assertEqual(result.created, ["C1"])
        partner = self.binding().odoo_id
        self.assertEqual((partner.name, partner.email, partner.city), ("Ada Lovelace", "c1@example.com", "Chicago"))
        self.assertEqual(partner.child_ids.mapped("street"), ["1 Main St"])
        self.assertEqual(self.marked(), 0, "what comes from a channel is not told to it")

    def test_known_by_order_or_email(self):
        order = make_order(customer=Customer(external_id="C1", email="c1@example.com", name="Ada Lovelace"))
        self.env["integration.order.importer"]._import_page(self.backend, [order])
        known = self.env["res.partner"].create({"name": "Grace Hopper", "email": "C2@example.com"})
        partner = self.binding().odoo_id
        self.import_accounts(make_account(), make_account("C2", name="G. Hopper"))
        self.assertEqual((self.binding().odoo_id, self.binding("C2").odoo_id), (partner, known))
        self.assertEqual(known.name, "Grace Hopper", "what was there before is not overwritten")

    def test_the_platforms_change_follows_unless_odoo_was_changed(self):
        self.import_accounts(make_account(phone="+1 312 555 0100"))
        partner = self.binding().odoo_id
        moved = make_address(street="5 Elm St")
        changed = make_account(minutes=5, name="Ada King", email="ada@king.example", addresses=(moved,))
        self.import_accounts(changed)
        self.assertEqual((partner.name, partner.email, partner.street), ("Ada King", "ada@king.example", "5 Elm St"))
        partner.name = "Countess of Lovelace"
        again = replace(
            changed, updated_at=T0 + timedelta(minutes=9), customer=replace(changed.customer, name="A. King")
        )
        self.import_accounts(again)
        self.assertEqual(partner.name, "Countess of Lovelace")

    def test_unchanged_and_older_ones_are_left_alone(self):
        account = make_account(minutes=5)
        self.import_accounts(account)
        result = self.import_accounts(account)
        self.assertEqual(result.unchanged, ["C1"])
        result = self.import_accounts(make_account(name="Old"))
        self.assertEqual([external_id for external_id, _reason in result.skipped], ["C1"])

    def test_a_company(self):
        firm = Customer(name="Acme Ltd", company="Acme Ltd", company_external_id="77")
        result = self.import_accounts(
            CustomerAccount(
                customer=replace(firm, external_id="company:77"), updated_at=T0, addresses=(make_address(),)
            )
        )
        self.assertFalse(result.failed)
        self.assertTrue(self.binding("company:77").odoo_id.is_company)

    def test_a_bad_one_blocks_nobody(self):
        broken = make_account("C2", name="x" * 5, addresses=(make_address(street=5),))
        result = self.import_accounts(make_account(), broken, make_account("C3"))
        self.assertEqual(sorted(result.created), ["C1", "C3"])
        self.assertEqual([external_id for external_id, _name, _error in result.failed], ["C2"])

    def test_pages_and_cursor(self):
        self.adapter.accounts = {f"C{n}": make_account(f"C{n}", minutes=n) for n in range(5)}
        job = self.backend._start_import("customers")
        for _page in range(3):
            run_queue_job(job)
        self.assertEqual((job.items_total, job.items_done, job.state), (5, 5, "done"))
        self.assertEqual(self.backend._cursor("customers").value, datetime(2026, 3, 1, 9, 29))

    def test_only_who_wants_customers_polls_for_them(self):
        self.assertIn("customers", self.backend._imported_resources())
        self.backend.import_customers = False
        self.assertNotIn("customers", self.backend._imported_resources())


@tagged("post_install", "-at_install")
class TestCustomersOut(CustomerCase):
    def setUp(self):
        super().setUp()
        self.import_accounts(make_account())
        self.partner = self.binding().odoo_id

    def test_nothing_is_told_after_an_import(self):
        self.env["integration.change"]._note_ids(self.backend, "customer", self.binding().ids)
        self.push()
        self.assertEqual(self.adapter.pushed, [])

    def test_one_change_is_told_once(self):
        self.partner.write({"name": "Ada King"})
        self.partner.write({"phone": "+13125550111"})
        self.partner.write({"comment": "likes mugs"})
        self.assertEqual(self.marked(), 1)
        self.push()
        [account] = self.adapter.pushed
        self.assertEqual((account.external_id, account.customer.name, account.addresses), ("C1", "Ada King", ()))
        self.partner.write({"name": "Ada King"})
        self.push()
        self.assertEqual(len(self.adapter.pushed), 1, "equal values are no change")
        self.assertEqual(self.marked(), 0)

    def test_who_is_not_on_a_channel_or_exports_nothing(self):
        self.env["res.partner"].create({"name": "Nobody"}).name = "Still nobody"
        self.backend.export_customers = False
        self.partner.name = "Ada King"
        self.assertEqual(self.marked(), 0)

    def test_changes_on_both_sides(self):
        """Odoo's name was changed and not told yet when the platform changes the e-mail: both go through."""
        self.partner.name = "Ada King"
        self.import_accounts(make_account(minutes=5, email="ada@king.example"))
        self.assertEqual((self.partner.name, self.partner.email), ("Ada King", "ada@king.example"))
        self.push()
        [account] = self.adapter.pushed
        self.assertEqual((account.customer.name, account.customer.email), ("Ada King", "ada@king.example"))

    def test_what_was_told_may_be_changed_there(self):
        self.partner.name = "Ada King"
        self.push()
        self.import_accounts(make_account(minutes=5, name="Ada Byron"))
        self.assertEqual(self.partner.name, "Ada Byron")

    def test_the_name_beside_the_address_stays_there(self):
        """A platform keeps the old name beside the address: that is nobody else."""
        self.partner.name = "Ada King"
        self.push()
        self.import_accounts(make_account(minutes=5, name="Ada King", addresses=(make_address(name="Ada Lovelace"),)))
        self.assertFalse(self.partner.child_ids)
        elsewhere = make_address(name="Ada Lovelace", street="7 Oak St")
        self.import_accounts(make_account(minutes=9, name="Ada King", addresses=(make_address(), elsewhere)))
        self.assertEqual(self.partner.child_ids.mapped("street"), ["7 Oak St"])

    def test_a_refusal_says_why_and_its_retry_helps(self):
        self.adapter.refuse["Ada !"] = DataError("Email is taken", remedy="Merge the two customers")
        self.partner.name = "Ada !"
        job = self.push()
        self.assertEqual((job.items_failed, self.binding().last_error), (1, "Email is taken"))
        failed = job.child_ids
        self.assertEqual(
            (failed.state, failed.remedy, failed.record_id), ("failed", "Merge the two customers", self.partner.id)
        )
        self.adapter.refuse.clear()
        failed.action_retry()
        run_queue_job(failed)
        self.assertEqual((failed.state, self.binding().last_error), ("done", False))
        self.assertEqual([account.customer.name for account in self.adapter.pushed], ["Ada !"])

    def test_a_limit_in_the_middle_keeps_what_was_told(self):
        self.import_accounts(make_account("C2"), make_account("C3"))
        partners = (self.binding("C2") + self.binding("C3")).odoo_id
        partners[0].name, partners[1].name = "First", "Second"
        self.adapter.refuse["Second"] = RateLimited("Slow down", retry_after=7)
        self.push()
        self.assertEqual([account.customer.name for account in self.adapter.pushed], ["First"])
        self.assertEqual(self.marked(), 1)
        waiting = self.env["sync.job"].search([("operation", "=", "push_customers"), ("state", "=", "pending")])
        self.assertTrue(waiting.eta)
        self.adapter.refuse.clear()
        run_queue_job(waiting)
        self.assertEqual([account.customer.name for account in self.adapter.pushed], ["First", "Second"])

    def test_create_on_a_channel(self):
        new, silent = self.env["res.partner"].create(
            [
                {
                    "name": "Grace",
                    "email": "grace@example.com",
                    "city": "NYC",
                    "country_id": self.env.ref("base.us").id,
                },
                {"name": "Silent"},
            ]
        )
        wizard = self.env["integration.customer.publish"].with_context(active_ids=(new + silent + self.partner).ids)
        action = wizard.create({"backend_id": self.backend.id}).action_publish()
        self.assertIn("Silent", action["params"]["message"])
        self.push()
        [account] = self.adapter.pushed
        self.assertEqual(
            (account.external_id, account.customer.email, account.addresses[0].city), ("", "grace@example.com", "NYC")
        )
        self.assertEqual(new.integration_binding_ids.external_id, "N1")
        with self.assertRaises(UserError):
            wizard.create({"backend_id": self.backend.id}).action_publish()
