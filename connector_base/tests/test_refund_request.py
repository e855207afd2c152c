from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.connector_base.canonical import RefundPayment, RefundPreview
from odoo.addons.connector_base.transport import DataError, TransientError

from .common import run_queue_job
from .order_common import FakeAdapter, add_test_platform, make_line, make_order, make_shipping
from .test_payments import PaymentCase, make_payment
from .test_refunds import make_refund


class RefundingAdapter(FakeAdapter):
    """Refunds once per key; the refund stands on the order afterwards. `fail_after` is raised when it is done."""

    def __init__(self):
        self.documents, self.made, self.asked = {}, {}, []
        self.refusal = self.fail_after = None

    def _capabilities(self):
        return frozenset({"orders_in", "refunds_out"})

    def _fetch_orders_by_id(self, backend, external_ids):
        return [self.documents[external_id] for external_id in external_ids if external_id in self.documents]

    def _goods(self, request):
        return sum((line.quantity * 10 for line in request.lines), Decimal(0))

    def _preview_refund(self, backend, request):
        if self.refusal:
            raise self.refusal
        amount = self._goods(request) + request.shipping
        return RefundPreview(
            currency="USD",
            subtotal=self._goods(request),
            tax=Decimal(0),
            shipping=request.shipping,
            shipping_maximum=Decimal(5),
            amount=amount,
            maximum=Decimal(35),
            payments=(RefundPayment(gateway="card", amount=amount),),
        )

    def _refund_order(self, backend, request):
        self.asked.append(request)
        if self.refusal:
            raise self.refusal
        if request.key not in self.made:
            external_id = self.made[request.key] = f"R{len(self.made) + 1}"
            known = self.documents[request.order_external_id]
            lines = [(line.line_external_id, line.quantity, line.quantity * 10, "0") for line in request.lines]
            refund = make_refund(external_id, lines, paid=str(request.amount))
            self.documents[request.order_external_id] = replace(
                known, refunds=(*(known.refunds or ()), refund), updated_at=known.updated_at + timedelta(minutes=1)
            )
        if self.fail_after:
            raise self.fail_after
        return self.made[request.key]


@tagged("post_install", "-at_install")
class TestRefundRequest(PaymentCase):
    """Refunds asked for from Odoo: reckoned by the platform, made once, booked once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adapter = RefundingAdapter()
        for patcher in add_test_platform(cls.registry, cls.adapter):
            patcher.start()
            cls.addClassCleanup(patcher.stop)
        cls.backend.write({"state": "connected", "refund_booking": "posted"})

    def setUp(self):
        super().setUp()
        self.adapter.__init__()
        document = make_order(
            lines=(make_line(quantity="3", sku="SERVICE"),),
            shipping_lines=(make_shipping(),),
            payments=(make_payment(amount="35.00"),),
        )
        self.adapter.documents["1001"] = document
        self.order = self.import_order(document)
        self.order.action_confirm()
        self.order._create_invoices().action_post()
        self.payments._register_payments(self.order)

    def request(self, quantity=1, record=None, **values):
        """Fill in the form of the order (or `record`) and let the platform reckon; return it."""
        action = (record or self.order).action_integration_refund()
        request = self.env["integration.refund.request"].browse(action["res_id"])
        with Form(request) as form:
            for name, value in values.items():
                form[name] = value
            if quantity is not None:
                with form.line_ids.edit(0) as line:
                    line.quantity = quantity
        request.action_preview()
        return request

    def job(self):
        return self.env["sync.job"].search([("operation", "=", "refund_order")])

    def run_jobs(self):
        """Run what waits: the refund and its booking."""
        domain = [("operation", "in", ("refund_order", "book_refunds"))]
        while waiting := self.env["sync.job"].search(domain).filtered(lambda job: job.state == "pending"):
            run_queue_job(waiting[0])

    def test_refunded_and_booked_once(self):
        request = self.request(shipping=2)
        self.assertEqual(
            (request.amount, request.preview_payments), (12.0, f"card {self.order.currency_id.format(12)}")
        )
        request.action_refund()
        self.assertEqual(request.state, "asked")
        self.run_jobs()
        [asked] = self.adapter.asked
        self.assertEqual((asked.order_external_id, asked.amount, asked.shipping), ("1001", 12, 2))
        self.assertEqual([(line.line_external_id, line.quantity) for line in asked.lines], [("L1", 1)])
        refund = self.order.integration_refund_ids
        self.assertEqual((request.state, request.refund_id, refund.external_id), ("done", refund, "R1"))
        self.assertEqual((refund.state, refund.move_id.state, refund.amount), ("done", "posted", 12.0))
        self.import_orders(self.adapter.documents["1001"])
        self.run_jobs()
        self.assertEqual((len(self.order.integration_refund_ids), len(self.adapter.asked)), (1, 1))

    def test_changes_are_reckoned_again(self):
        request = self.request()
        request.line_ids.quantity = 2
        self.assertFalse(request.is_previewed)
        with self.assertRaises(UserError):
            request.action_refund()
        request.action_preview()
        self.assertEqual(request.amount, 20.0)
        request.amount = 36
        with self.assertRaises(UserError):
            request.action_refund()
        request.amount = 15
        request.action_refund()
        self.assertEqual(self.job().arguments, {"request_id": request.id})
        with self.assertRaises(UserError):
            request.action_refund()
        self.run_jobs()
        self.assertEqual(self.adapter.asked[0].amount, 15)

    def test_nothing_or_too_much(self):
        with self.assertRaises(UserError):
            self.request(quantity=0)
        with self.assertRaises(UserError):
            self.request(quantity=4)

    def test_by_a_credit_note(self):
        """The credit note that staff made books the refund: no second one is made."""
        invoice = self.order.invoice_ids
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        credit = self.env["account.move"].browse(
            wizard.create({"journal_id": invoice.journal_id.id}).refund_moves()["res_id"]
        )
        credit.invoice_line_ids.filtered(lambda line: line.sale_line_ids.integration_external_id != "L1").unlink()
        credit.invoice_line_ids.quantity = 2
        self.assertTrue(credit.integration_can_refund)
        request = self.request(quantity=None, record=credit)
        self.assertEqual((request.line_ids.quantity, request.amount), (2.0, credit.amount_total))
        request.action_refund()
        self.assertFalse(credit.integration_can_refund)
        self.run_jobs()
        refund = self.order.integration_refund_ids
        self.assertEqual((refund.move_id, request.refund_id), (credit, refund))
        credit.action_post()
        self.run_jobs()
        self.assertEqual(refund.state, "done")
        self.assertEqual(len(self.order.invoice_ids), 2)
        self.assertEqual(credit.payment_state, "paid", "the money paid back is booked and reconciled with it")

    def test_webhook_is_faster(self):
        """The refund comes in while it is still being asked for by a credit note."""
        credit = self.order.invoice_ids._reverse_moves()
        request = self.request(quantity=None, record=credit)
        request.action_refund()
        self.adapter._refund_order(self.backend, request._document())
        self.import_orders(self.adapter.documents["1001"])
        book = self.env["sync.job"].search([("operation", "=", "book_refunds")])
        self.assertTrue(book)
        run_queue_job(book[0])
        refund = self.order.integration_refund_ids
        self.assertEqual((refund.state, len(self.order.invoice_ids)), ("waiting", 2))
        self.run_jobs()
        self.assertEqual((refund.move_id, len(self.adapter.made)), (credit, 1))
        self.assertEqual(self.order.invoice_ids.filtered(lambda move: move.move_type == "out_refund"), credit)

    def test_lost_answer(self):
        request = self.request()
        request.action_refund()
        self.adapter.fail_after = TransientError("The connection broke.")
        for _try in range(2):
            with self.assertRaises(TransientError), self.env.cr.savepoint():
                self.job()._run_refund_order(request.id)
        self.adapter.fail_after = None
        self.run_jobs()
        self.assertEqual((len(self.adapter.made), request.external_id), (1, "R1"))

    def test_refused_and_asked_anew(self):
        request = self.request()
        request.action_refund()
        first = request._document().key
        self.adapter.refusal = DataError("Too much.", remedy="Give back less.")
        job = self.job()
        try:
            job._run_refund_order(request.id)
        except DataError as error:
            job._on_queue_failure("traceback", "DataError", str(error))
        self.assertEqual((request.state, request.problem, request.remedy), ("failed", "Too much.", "Give back less."))
        self.assertIn("Too much.", self.order.message_ids[0].body)
        self.assertNotEqual(request._document().key, first)
        with self.assertRaises(UserError):
            request.action_preview()
        self.adapter.refusal = None
        request.action_preview()
        request.action_refund()
        self.assertEqual((request.state, request.problem), ("asked", False))

    def test_refund_shows_later(self):
        request = self.request()
        request.action_refund()
        with patch.object(RefundingAdapter, "_fetch_orders_by_id", lambda *args: []):
            run_queue_job(self.job())
        self.assertEqual((request.state, len(request.refund_id)), ("done", 0))
        self.assertTrue(self.env["sync.job"].search([("operation", "=", "import_order_ids")]).eta)
        self.import_orders(self.adapter.documents["1001"])
        self.assertEqual(request.refund_id.external_id, "R1")

    def test_only_where_the_platform_can(self):
        self.assertTrue(self.order.integration_can_refund)
        self.backend.state = "disconnected"
        self.order.invalidate_recordset(["integration_can_refund"])
        self.assertFalse(self.order.integration_can_refund)
        self.assertFalse(self.order.invoice_ids.integration_can_refund, "an invoice gives nothing back")

    def test_access(self):
        seller, clerk, stranger = self.env["res.users"].create(
            [
                {"name": name, "login": name, "group_ids": [Command.set([self.env.ref(group).id])]}
                for name, group in (
                    ("seller", "sales_team.group_sale_salesman_all_leads"),
                    ("clerk", "account.group_account_invoice"),
                    ("stranger", "base.group_user"),
                )
            ]
        )
        action = self.order.with_user(seller).action_integration_refund()
        request = self.env["integration.refund.request"].with_user(seller).browse(action["res_id"])
        request.line_ids.quantity = 1
        request.action_preview()
        request.action_refund()
        self.assertEqual(request.state, "asked")
        credit = self.order.invoice_ids._reverse_moves()
        self.assertTrue(credit.with_user(clerk).action_integration_refund()["res_id"])
        with self.assertRaises(AccessError):
            request.with_user(stranger).read(["amount"])
        with self.assertRaises(AccessError):
            request.with_user(seller).unlink()
        other = self.env["res.company"].create({"name": "Other"})
        seller.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        for records in (request.sudo(), request.sudo().line_ids):
            mine = records.with_user(seller).sudo(False)
            self.assertFalse(mine.search_count([("id", "in", records.ids)]))

    def test_drafts_are_not_kept(self):
        request = self.request()
        kept = self.request()
        kept.action_refund()
        self.env.cr.execute("UPDATE integration_refund_request SET create_date = create_date - interval '2 days'")
        self.env.invalidate_all()
        request._gc_drafts()
        self.assertEqual((request + kept).exists(), kept)
