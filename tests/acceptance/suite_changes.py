"""What becomes of orders after they were imported: edited, given another address, deleted; and what comes back."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from odoo.addons.connector_base.models import integration_backend_reconcile, integration_reconciliation

from .suite_base import SuiteBase, news


class ChangeTrials(SuiteBase):
    """Odoo follows what happens to orders on the platform."""

    def imported(self):
        """Return a backend, and a quotation and a confirmed order of `plain_order` that it has imported."""
        backend = self.connect(import_products=False).with_context(integration_in_job=False)
        self.run_jobs(backend)
        ids = [self.account.place(), self.account.place()]
        self.hear(backend, "order")
        quotation, confirmed = (self.orders(backend)[external_id] for external_id in ids)
        confirmed.action_confirm()
        self.run_jobs(backend)
        self.account.calls()
        return backend, quotation, confirmed

    def assert_follows(self, backend, order):
        """The order is as the platform has it, which was told nothing."""
        self.assertEqual(self.account.writes(self.account.calls()), [])
        self.assertFalse(order.integration_hold_reason, order.integration_hold_reason)
        total = self.account.books()[order.integration_external_id]["total"]
        self.assertAlmostEqual(order.amount_total, float(total))
        self.assert_no_failures(backend)

    @news
    def test_order_edited_there(self):
        backend, *before = self.imported()
        edited = [self.account.edit(order.integration_external_id, 5) for order in before]
        self.hear(backend, "order")
        for old, external_id in zip(before, edited, strict=True):
            order = self.orders(backend)[external_id]
            goods = order.order_line.filtered(lambda line: line.product_id.default_code == "MUG")
            self.assertEqual(goods.product_uom_qty, 5)
            self.assert_follows(backend, order)
            if order != old:  # the platform put another order in its place
                self.assertEqual(old.state, "cancel")

    @news
    def test_address_and_note_change_there(self):
        backend, *orders = self.imported()
        for order in orders:
            self.account.touch(order.integration_external_id)
        self.account.readdress(orders[0].integration_external_id, "Lyon")
        self.account.readdress(orders[1].integration_external_id, "Nice")
        self.hear(backend, "order")
        for order, city in zip(orders, ("Lyon", "Nice"), strict=True):
            self.assertEqual((order.partner_shipping_id.city, order.partner_invoice_id.city), (city, "Paris"))
            self.assertEqual(order.integration_note, "touched")
            self.assert_follows(backend, order)
        self.assertEqual(orders[0].partner_id, orders[1].partner_id)
        self.assertEqual(orders[1].picking_ids.partner_id.city, "Nice")

    @news
    def test_order_deleted_there(self):
        """A quotation is cancelled, a confirmed order waits for somebody: nobody knows why it is gone."""
        backend, quotation, confirmed = self.imported()
        for order in quotation | confirmed:
            self.account.delete(order.integration_external_id)
        if self.can("webhooks"):
            self.hear(backend, "order")
        else:
            now = fields.Datetime.now()
            with (
                patch.object(integration_reconciliation, "RECENT_MINUTES", -5),
                patch.object(integration_backend_reconcile, "RECENT_MINUTES", -5),
            ):
                backend._reconcile(now - timedelta(days=2), now + timedelta(minutes=1))
                self.run_jobs(backend)
        self.assertTrue(quotation.integration_deleted_at and confirmed.integration_deleted_at)
        self.assertEqual((quotation.state, confirmed.state), ("cancel", "sale"))
        self.assertTrue(confirmed.integration_hold_reason and confirmed.integration_hold_remedy)
        self.account.calls()
        self.run_jobs(backend)
        self.assertEqual(self.account.writes(self.account.calls()), [])
