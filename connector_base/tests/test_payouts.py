from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.fields import Domain
from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Payout, PayoutEntry

from .test_payments import PaymentCase, make_payment

ISSUED = datetime(2026, 3, 5, 8, tzinfo=timezone.utc)


def make_entry(external_id="B1", amount="12.00", fee="0.65", kind="charge", **overrides):
    values = {"payment_external_id": "T1", "order_external_id": "1001", "title": kind, **overrides}
    return PayoutEntry(external_id=external_id, kind=kind, amount=Decimal(amount), fee=Decimal(fee), **values)


def make_payout(*entries, **overrides):
    """Return a payout of `entries`; its amount is what they add up to unless given."""
    values = {
        "external_id": "P1",
        "issued_at": ISSUED,
        "status": "paid",
        "currency": "USD",
        "entries": entries,
        "amount": sum((entry.net for entry in entries), Decimal(0)),
        **overrides,
    }
    return Payout(**values)


@tagged("post_install", "-at_install")
class TestPayouts(PaymentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fees, cls.other, cls.reserve, cls.under_way = cls.env["account.account"].create(
            [
                {"name": "Gateway fees", "code": "620900", "account_type": "expense"},
                {"name": "Gateway adjustments", "code": "620901", "account_type": "expense"},
                {"name": "Gateway reserve", "code": "110900", "account_type": "asset_current"},
                {"name": "Under way", "code": "110901", "account_type": "asset_current", "reconcile": True},
            ]
        )
        cls.outstanding = cls.env["account.account"].create(
            {"name": "Card outstanding", "code": "110902", "account_type": "asset_current", "reconcile": True}
        )
        methods = cls.bank.inbound_payment_method_line_ids + cls.bank.outbound_payment_method_line_ids
        methods.payment_account_id = cls.outstanding
        cls.backend.write(
            {
                "payout_booking": "posted",
                "payout_journal_id": cls.env["account.journal"]
                .create({"name": "Payouts", "type": "general", "code": "PAYO"})
                .id,
                "payout_bank_account_id": cls.under_way.id,
                "payout_fee_account_id": cls.fees.id,
                "payout_other_account_id": cls.other.id,
                "payout_reserve_account_id": cls.reserve.id,
            }
        )

    def import_payouts(self, *documents):
        return self.env["integration.payout.importer"]._import_page(self.backend, documents)

    def payout(self, external_id="P1"):
        return self.env["integration.payout"].search([("external_id", "=", external_id)])

    def booked(self, external_id="P1"):
        """Return {account: balance} of the payout's entry."""
        groups = self.env["account.move.line"]._read_group(
            [("move_id", "=", self.payout(external_id).move_id.id)], ["account_id"], ["balance:sum"]
        )
        return {account: round(balance, 2) for account, balance in groups}

    def register(self, order):
        self.assertFalse(self.env["integration.payment.importer"]._register_payments(order))

    def test_a_paid_payout_settles_its_payments(self):
        order = self.paid_order(make_payment())
        self.register(order)
        counts = self.import_payouts(make_payout(make_entry()))
        payout = self.payout()
        self.assertEqual((payout.state, payout.problem, counts["booked"]), ("done", False, 1))
        self.assertEqual(self.booked(), {self.outstanding: -12.0, self.fees: 0.65, self.under_way: 11.35})
        self.assertEqual(payout.line_ids.order_id, order)
        payment = order.integration_payment_ids.payment_id
        self.assertTrue(payment._seek_for_lines()[0].reconciled, "the payment waits for the bank no more")
        self.assertEqual(self.import_payouts(make_payout(make_entry())), {"new": 0, "booked": 0, "problems": 0})

    def test_refunds_reserves_fees_and_what_odoo_does_not_know(self):
        order = self.paid_order(make_payment(), make_payment("T2", "4.00", "refund"))
        self.register(order)
        self.env["integration.payment.importer"]._book(order, Domain("kind", "=", "refund"))
        self.import_payouts(
            make_payout(
                make_entry(),
                make_entry("B2", "-4.00", "0", "refund", payment_external_id="T2"),
                make_entry("B3", "50.00", "1.50", payment_external_id="T9", order_external_id="9"),
                make_entry("B4", "-5.00", "0", "reserve", payment_external_id="", order_external_id=""),
                make_entry("B5", "-0.30", "0", "fee", payment_external_id="", order_external_id=""),
                make_entry("B6", "2.00", "0", "adjustment", payment_external_id="", order_external_id=""),
            )
        )
        self.assertEqual(self.payout().state, "done")
        self.assertEqual(
            self.booked(),
            {
                self.outstanding: -8.0,
                self.other: -52.0,
                self.reserve: 5.0,
                self.fees: 2.45,
                self.under_way: 52.55,
            },
        )

    def test_payments_that_are_not_booked_keep_the_payout_waiting(self):
        order = self.paid_order(make_payment())
        self.import_payouts(make_payout(make_entry()))
        payout = self.payout()
        self.assertEqual(payout.state, "problem")
        self.assertIn("#1001", payout.problem)
        self.register(order)
        self.import_payouts(make_payout(make_entry()))
        self.assertEqual((payout.state, payout.problem), ("done", False))

    def test_an_order_that_came_later_is_found(self):
        document = make_payout(make_entry())
        self.backend.payout_booking = "off"
        self.import_payouts(document)
        order = self.paid_order(make_payment())
        self.register(order)
        payout = self.payout()
        self.assertEqual(payout.state, "waiting")
        self.backend.payout_booking = "posted"
        payout.action_book()
        self.assertEqual((payout.state, payout.line_ids.order_id), ("done", order))

    def test_a_drafted_entry_settles_when_it_is_posted(self):
        order = self.paid_order(make_payment())
        self.register(order)
        self.backend.payout_booking = "draft"
        self.import_payouts(make_payout(make_entry()))
        payout = self.payout()
        self.assertEqual(payout.state, "draft")
        line = order.integration_payment_ids.payment_id._seek_for_lines()[0]
        self.assertFalse(line.reconciled)
        payout.move_id.action_post()
        self.assertTrue(line.reconciled)
        self.assertEqual(payout.state, "done")

    def test_missing_accounts_are_named(self):
        self.backend.payout_fee_account_id = False
        self.import_payouts(make_payout(make_entry("B1", "-1.00", "0.30", "adjustment", payment_external_id="")))
        payout = self.payout()
        self.assertEqual(payout.state, "problem")
        self.assertIn("Fees", payout.problem)
        self.assertTrue(payout.remedy)
        self.backend.payout_fee_account_id = self.fees
        payout.action_book()
        self.assertEqual(self.booked(), {self.other: 1.0, self.fees: 0.3, self.under_way: -1.3})

    def test_movements_that_do_not_add_up_are_not_booked(self):
        self.import_payouts(make_payout(make_entry(), amount=Decimal("11.00")))
        payout = self.payout()
        self.assertEqual((payout.state, payout.move_id.id), ("problem", False))
        self.assertIn("11.35", payout.problem)
        order = self.paid_order(make_payment())
        self.register(order)
        self.import_payouts(make_payout(make_entry()))
        self.assertEqual(payout.state, "done", "the platform has completed it")
        self.assertEqual(len(payout.line_ids), 1)

    def test_scheduled_payouts_wait_and_cancelled_ones_are_not_booked(self):
        scheduled = make_payout(make_entry(payment_external_id=""), status="scheduled")
        self.import_payouts(scheduled, replace(scheduled, external_id="P2", status="cancelled"))
        self.assertEqual((self.payout().state, self.payout("P2").state), ("waiting", "none"))
        self.import_payouts(replace(scheduled, status="paid"))
        self.assertEqual(self.payout().state, "done")

    def test_a_payout_that_fails_after_it_was_booked_says_so(self):
        document = make_payout(make_entry(payment_external_id=""))
        self.import_payouts(document)
        entry = self.payout().move_id
        self.import_payouts(replace(document, status="failed"))
        self.assertEqual((self.payout().state, self.payout().move_id), ("problem", entry))
        self.assertTrue(self.payout().remedy)

    def test_another_currency_than_the_payment(self):
        """Paid in USD, paid out in EUR: the payment is settled whole, the entry balances."""
        euro = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "EUR")])
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "company_id": self.company.id, "name": "2026-01-01", "rate": 0.9}
        )
        order = self.paid_order(make_payment())
        self.register(order)
        self.import_payouts(make_payout(make_entry(amount="10.77", fee="0.31"), currency="EUR"))
        self.assertEqual((self.payout().state, self.payout().problem), ("done", False))
        entry = self.payout().move_id
        self.assertAlmostEqual(sum(entry.line_ids.mapped("balance")), 0, 2)
        paid_out = entry.line_ids.filtered(lambda line: line.account_id == self.under_way)
        self.assertEqual((paid_out.currency_id, paid_out.amount_currency), (euro, 10.46))

    def test_the_cursor_goes_back_to_what_is_under_way(self):
        self.import_payouts(make_payout(make_entry(payment_external_id=""), status="in_transit"))
        job = self.backend._enqueue("import_payouts")
        self.assertEqual(job._payouts_since("2026-04-01T00:00:00+00:00"), "2026-03-04T08:00:00+00:00")
        self.assertIsNone(job._payouts_since(None))

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(("charge", "refund", "reserve", "fee", "adjustment", "dispute", "other")),
                st.integers(-10_000_000, 10_000_000),
                st.integers(0, 5_000),
            ),
            min_size=1,
            max_size=12,
        ),
        st.sampled_from(("USD", "EUR", "JPY")),
    )
    def test_any_payout_balances(self, movements, currency):
        decimals = 0 if currency == "JPY" else 2
        entries = [
            make_entry(
                f"B{number}",
                str(Decimal(amount).scaleb(-decimals)),
                str(Decimal(fee).scaleb(-decimals)),
                kind,
                payment_external_id="",
                order_external_id="",
            )
            for number, (kind, amount, fee) in enumerate(movements)
        ]
        with self.env.cr.savepoint() as savepoint:
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", currency)]).active = True
            document = make_payout(*entries, currency=currency)
            self.import_payouts(document)
            payout = self.payout()
            self.assertEqual((payout.state, payout.problem), ("done", False))
            paid = payout.move_id.line_ids.filtered(lambda line: line.account_id == self.under_way)
            self.assertEqual(Decimal(str(round(sum(paid.mapped("amount_currency")), 2))), document.amount)
            savepoint.rollback()
        self.env.invalidate_all()
