"""Refunds asked for from Odoo."""

from decimal import Decimal

from odoo.tests import Form

from .suite_shipments import ShipmentTrials


class RefundTrials(ShipmentTrials):
    """The platform pays back what staff ask for, once, and Odoo books what it made of it."""

    def refund(self, order, quantity):
        """Ask for a refund of so many of the order's first article, as staff do; return the request."""
        action = order.action_integration_refund()
        request = self.env["integration.refund.request"].browse(action["res_id"])
        with Form(request) as form, form.line_ids.edit(0) as line:
            line.quantity = quantity
        request.action_preview()
        request.action_refund()
        return request

    def assert_refunded_once(self, backend, order, request, quantity):
        [refund] = self.account.refunds(order.integration_external_id)
        self.assertEqual((refund["units"], refund["amount"]), ({"A": quantity}, Decimal(str(request.amount))))
        self.assertEqual(request.state, "done")
        [booked] = self.env["integration.refund"].search([("order_id", "=", order.id)])
        self.assertEqual(request.refund_id, booked)
        self.assertFalse(self.failures(backend))

    def test_refund_from_odoo(self):
        backend = self.connect_shipping("refunds_out")
        order = self.sold(backend, A=3)
        request = self.refund(order, 2)
        self.assertGreater(request.preview_maximum, request.amount)
        self.assertGreater(request.amount, 0)
        self.account.calls()
        self.run_jobs(backend)
        self.assert_refunded_once(backend, order, request, 2)
        self.assertEqual(self.account.writes(self.account.calls()), [self.account.refund_operation])

    def test_refund_of_unknown_outcome(self):
        backend = self.connect_shipping("refunds_out")
        order = self.sold(backend, A=3)
        request = self.refund(order, 1)
        self.account.fault("reset", after=True, match=self.account.refund_operation, count=1)
        self.run_until_stopped(backend)
        self.assertEqual(len(self.account.refunds(order.integration_external_id)), 1, "it was made")
        self.run_jobs(backend)
        self.assert_refunded_once(backend, order, request, 1)

    def test_refund_killed_in_the_middle(self):
        backend = self.connect_shipping("refunds_out")
        order = self.sold(backend, A=3)
        request = self.refund(order, 1)
        self.run_until_killed(backend, self.account.refund_operation)
        self.run_jobs(backend)
        self.assert_refunded_once(backend, order, request, 1)

    def test_more_than_can_be_refunded(self):
        """Somebody was faster: the platform refuses, and the request says so."""
        backend = self.connect_shipping("refunds_out")
        order = self.sold(backend, A=1)
        request, other = self.refund(order, 1), self.refund(order, 1)
        self.run_until_stopped(backend)
        self.run_jobs(backend)
        self.assertEqual(len(self.account.refunds(order.integration_external_id)), 1)
        self.assertEqual(sorted((request | other).mapped("state")), ["done", "failed"])
        refused = (request | other).filtered(lambda asked: asked.state == "failed")
        self.assertTrue(refused.problem and refused.remedy)
