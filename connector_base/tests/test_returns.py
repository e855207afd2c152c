from dataclasses import replace
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from odoo.addons.connector_base.canonical import RefundLine

from .order_common import make_line, make_order
from .test_payments import PaymentCase
from .test_refunds import make_refund


@tagged("post_install", "-at_install")
class TestReturns(PaymentCase):
    """Refunded goods come back: off the delivery when not sent, by a return when sent; once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.refunds = cls.env["integration.refund.importer"]
        cls.mug.write({"is_storable": True, "invoice_policy": "delivery"})
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.env["stock.quant"]._update_available_quantity(cls.mug, cls.warehouse.lot_stock_id, 100)

    def refunded_order(self, quantity="1", *, cancelled=False, restock=True, external_id="1001", delivered=0):
        """Return a confirmed order of 3 mugs with a refund; `delivered` of them are sent before."""
        line = RefundLine(
            line_external_id="L1",
            quantity=Decimal(quantity),
            subtotal=Decimal(quantity) * 10,
            tax=Decimal(0),
            restock=restock,
            cancelled=cancelled,
        )
        document = make_order(
            external_id,
            lines=(make_line(quantity="3"),),
            refunds=(replace(make_refund(f"R{external_id}"), lines=(line,)),),
        )
        order = self.import_order(document)
        order.action_confirm()
        if delivered:
            self.deliver(order.picking_ids, delivered)
        return order

    def deliver(self, pickings, quantity):
        for move in pickings.move_ids:
            move.quantity = quantity
            move.picked = True
        pickings._action_done()

    def process(self, order):
        self.refunds._process(order.integration_refund_ids)
        return order.integration_refund_ids

    def open_moves(self, order):
        return order.picking_ids.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))

    def test_not_sent(self):
        order = self.refunded_order(cancelled=True)
        for _again in range(2):
            refund = self.process(order)
        self.assertEqual((self.open_moves(order).product_uom_qty, self.open_moves(order).quantity), (2.0, 2.0))
        self.assertEqual((refund.line_ids.undelivered, refund.goods_done, len(refund.picking_ids)), (1.0, True, 0))

    def test_nothing_left_to_send(self):
        order = self.refunded_order("3", cancelled=True)
        self.process(order)
        self.assertEqual(order.picking_ids.mapped("state"), ["cancel"])

    def test_three_steps(self):
        """What leads to the delivery in the warehouse is reduced with it."""
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.refunded_order(cancelled=True)
        self.process(order)
        self.assertEqual(set(self.open_moves(order).mapped("product_uom_qty")), {2.0})

    def test_sent_and_prepared(self):
        order = self.refunded_order(delivered=3)
        for _again in range(2):
            refund = self.process(order)
        [back] = refund.picking_ids
        self.assertEqual((back.state, back.move_ids.product_uom_qty), ("assigned", 1.0))
        self.assertEqual(back.picking_type_id.code, "incoming")
        self.deliver(back, 1)
        self.assertEqual(order.order_line.qty_delivered, 2.0)

    def test_sent_and_received(self):
        self.backend.return_goods = "validate"
        order = self.refunded_order("2", delivered=3)
        refund = self.process(order)
        self.assertEqual((refund.picking_ids.state, order.order_line.qty_delivered), ("done", 1.0))

    def test_partly_sent(self):
        """Sent goods come back first when the platform had sent them; what was not sent stays to be sent."""
        order = self.refunded_order("2", delivered=2)
        self.assertEqual(self.open_moves(order).product_uom_qty, 1.0)
        refund = self.process(order)
        self.assertEqual(refund.picking_ids.move_ids.product_uom_qty, 2.0)
        self.assertEqual((self.open_moves(order) - refund.picking_ids.move_ids).product_uom_qty, 1.0)
        more = self.refunded_order("3", delivered=2, external_id="1002")
        refund = self.process(more)
        self.assertEqual((refund.picking_ids.move_ids.product_uom_qty, refund.line_ids.undelivered), (2.0, 1.0))

    def test_not_restocked_or_off(self):
        order = self.refunded_order(restock=False, delivered=3)
        self.assertFalse(self.process(order).picking_ids)
        self.backend.return_goods = "off"
        other = self.refunded_order(delivered=3, external_id="1002")
        refund = self.process(other)
        self.assertEqual((refund.goods_done, len(refund.picking_ids)), (False, 0))

    def test_not_confirmed_yet(self):
        order = self.refunded_order(cancelled=True)
        quotation = self.import_order(
            make_order("1003", lines=(make_line(quantity="3"),), refunds=(make_refund("R3", [("L1", "1", "10", "0")]),))
        )
        self.assertFalse(self.process(quotation).goods_done)
        self.assertTrue(self.process(order).goods_done)

    def test_invoiced_and_credited(self):
        """Sold by delivery: one of three is refunded unsent, the books show three sold and one given back."""
        self.backend.refund_booking = "posted"
        order = self.refunded_order(cancelled=True)
        self.process(order)
        self.deliver(order.picking_ids, 2)
        self.assertEqual(order.order_line.qty_to_invoice, 3.0)
        order._create_invoices().action_post()
        refund = self.process(order)
        self.assertEqual((refund.state, refund.move_id.amount_total), ("done", 10.0))
        self.assertEqual((order.order_line.qty_to_invoice, order.invoice_status), (0.0, "invoiced"))

    def test_returned_credited_not_invoiced_again(self):
        self.backend.write({"refund_booking": "posted", "return_goods": "validate"})
        order = self.refunded_order(delivered=3)
        order._create_invoices().action_post()
        refund = self.process(order)
        self.assertEqual((refund.state, refund.picking_ids.state), ("done", "done"))
        self.assertEqual((order.order_line.qty_delivered, order.order_line.qty_to_invoice), (2.0, 0.0))
        self.assertEqual(order.order_line.qty_invoiced, 2.0)

    def test_access(self):
        users = self.env["res.users"].create(
            [
                {
                    "name": group,
                    "login": group,
                    "group_ids": [Command.set([self.env.ref("base.group_user").id, self.env.ref(group).id])],
                }
                for group in ("sales_team.group_sale_salesman_all_leads", "stock.group_stock_user")
            ]
        )
        order = self.refunded_order()
        refund = self.process(order)
        self.assertEqual(refund.with_user(users[0]).read(["amount", "problem"])[0]["amount"], 10.0)
        self.assertFalse(refund.with_user(users[0]).has_access("write"))
        self.assertFalse(refund.with_user(users[1]).has_access("read"))
        other = self.env["res.company"].create({"name": "Other"})
        users[0].write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        for records in (refund, refund.line_ids):
            self.assertFalse(records.with_user(users[0]).search_count([("id", "in", records.ids)]))
