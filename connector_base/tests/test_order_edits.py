from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Customer

from .order_common import PLACED, EngineCase, make_address, make_line, make_order, make_shipping, make_tax


def later(document, minutes=1, **changes):
    """Return `document` as it looks some minutes later; the total follows the lines unless given."""
    document = replace(document, updated_at=document.updated_at + timedelta(minutes=minutes), **changes)
    return document if "total" in changes else replace(document, total=document.total - document.difference)


class EditCase(EngineCase):
    """An order of two mugs and a plate, confirmed, in stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.tax_policy = "create"
        cls.plate = cls.env["product.product"].create(
            {"name": "Plate", "default_code": "PLATE", "type": "consu", "invoice_policy": "order"}
        )
        cls.mug.invoice_policy = "order"

    def mugs(self, quantity="2", price="10.00", tax=None, **overrides):
        tax = tax or str(Decimal(quantity) * Decimal(price) / 5)
        return make_line("L1", price=price, quantity=quantity, title="Blue mug", taxes=[make_tax(tax)], **overrides)

    def plates(self, quantity="1", **overrides):
        return make_line("L2", price="7.00", quantity=quantity, title="Plate", sku="PLATE", **overrides)

    def confirmed(self, *lines, **overrides):
        document = make_order(lines=lines or (self.mugs(), self.plates()), **overrides)
        order = self.import_order(document)
        order.action_confirm()
        return document, order

    def update(self, document):
        result = self.import_orders(document)
        self.assertEqual(result.updated, [document.external_id], result)

    def demand(self, order):
        """Return {product: quantity} of what is still to be delivered."""
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        found = {}
        for move in moves:
            found[move.product_id] = found.get(move.product_id, 0) + move.product_uom_qty
        return {product: quantity for product, quantity in found.items() if quantity}

    def deliver(self, order, **quantities):
        """Deliver the open moves, or of some products `quantities` by their SKU; the rest stays open."""
        picking = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        for move in picking.move_ids:
            move.quantity = quantities.get(
                move.product_id.default_code.replace("-", "_"), 0 if quantities else move.product_uom_qty
            )
            move.picked = bool(move.quantity)
        picking.with_context(skip_backorder=True).button_validate()

    def assert_total(self, order, document):
        self.assertEqual(order.amount_total, float(document.total))
        self.env.flush_all()
        order.order_line._compute_amount()
        order._compute_amounts()
        self.assertEqual(order.amount_total, float(document.total), "Odoo computes the same")

    def said(self, order):
        return " ".join(order.message_ids.mapped("body"))


@tagged("post_install", "-at_install")
class TestOrderEdits(EditCase):
    def test_quantity_raised(self):
        document, order = self.confirmed()
        line = order.order_line[0]
        document = later(document, lines=(self.mugs("3", tax="6.01"), self.plates()))
        self.update(document)
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual(order.order_line[0], line)
        self.assertEqual(self.demand(order), {self.mug: 3, self.plate: 1})
        self.assert_total(order, document)
        self.assertIn("quantity 2 → 3", self.said(order))
        self.assertIn("31.00 USD → 43.01 USD", self.said(order))

    def test_quantity_lowered(self):
        document, order = self.confirmed()
        document = later(document, lines=(self.mugs("1", tax="1.99"), self.plates()))
        self.update(document)
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual(self.demand(order), {self.mug: 1, self.plate: 1})
        self.assert_total(order, document)

    def test_line_added(self):
        document, order = self.confirmed(self.mugs())
        document = later(document, lines=(self.mugs(), self.plates("4")), shipping_lines=(make_shipping(),))
        self.update(document)
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual(self.demand(order), {self.mug: 2, self.plate: 4})
        self.assertEqual(order.order_line.mapped("integration_kind"), ["product", "product", "shipping"])
        self.assert_total(order, document)
        self.assertIn("Plate: added, 4 at 7.00", self.said(order))

    def test_line_removed_and_brought_back(self):
        document, order = self.confirmed()
        removed = later(document, lines=(self.plates(),))
        self.update(removed)
        self.assertEqual(self.demand(order), {self.plate: 1})
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [1, 0], "a confirmed line can't be deleted")
        self.assert_total(order, removed)
        self.assertIn("Blue mug: removed (2)", self.said(order))
        again = later(removed, lines=(self.plates(), self.mugs("1")))
        self.update(again)
        self.assertEqual(len(order.order_line), 2)
        self.assertEqual(self.demand(order), {self.plate: 1, self.mug: 1})
        self.assert_total(order, again)
        self.assertFalse(order.integration_hold_reason)

    def test_price_discount_and_tax_changed(self):
        document, order = self.confirmed()
        edited = make_line(
            "L1", price="9.50", quantity="2", discount=Decimal("1.33"), taxes=[make_tax("1.78", "0.1", "Reduced")]
        )
        document = later(document, lines=(edited, self.plates()))
        self.update(document)
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual(order.order_line[0].tax_ids.amount, 10.0)
        self.assert_total(order, document)
        self.assertIn("unit price 10.00 → 9.50", self.said(order))
        self.assertIn("discount 0 % → 7 %", self.said(order))
        invoice = order._create_invoices()
        self.assertEqual(invoice.amount_total, float(document.total))

    def test_head_follows(self):
        document, order = self.confirmed()
        self.update(later(document, note="Ring twice", tags=("gift",), closed_at=PLACED))
        self.assertEqual((order.integration_note, order.integration_tags), ("Ring twice", "gift"))
        self.assertTrue(order.integration_archived_at)
        self.assertFalse(order.integration_hold_reason)
        self.update(later(document, 2, closed_at=None))
        self.assertFalse(order.integration_archived_at, "opened again")

    def test_delivered_line_is_not_lowered(self):
        document, order = self.confirmed()
        self.deliver(order)
        self.update(later(document, lines=(self.mugs("1"), self.plates())))
        self.assertEqual(order.amount_total, 31.0)
        self.assertIn("Blue mug: quantity 2 → 1", order.integration_hold_reason)
        self.assertIn("delivered 2 of now 1", order.integration_hold_reason)
        self.assertIn("31.00 USD → 19.00 USD", order.integration_hold_reason)
        self.assertEqual(len(order.integration_hold_reason.splitlines()), 1)

    def test_open_part_of_a_delivered_line_is_lowered(self):
        document, order = self.confirmed(self.mugs("5"))
        self.deliver(order, MUG_BLUE=2)
        self.assertEqual(order.order_line.qty_delivered, 2)
        document = later(document, lines=(self.mugs("3"),))
        self.update(document)
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual(self.demand(order), {self.mug: 1})
        self.assert_total(order, document)

    def test_delivered_order_gets_another_line(self):
        document, order = self.confirmed(self.mugs())
        self.deliver(order)
        document = later(document, lines=(self.mugs(), self.plates()))
        self.update(document)
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual(self.demand(order), {self.plate: 1})
        self.assert_total(order, document)

    def test_invoiced_price_is_not_changed(self):
        document, order = self.confirmed()
        order._create_invoices().action_post()
        changed = later(document, lines=(self.mugs(price="9.00"), self.plates()))
        self.update(changed)
        self.assertEqual(order.amount_total, 31.0)
        self.assertIn("invoiced 2 at the earlier price", order.integration_hold_reason)
        order.invoice_ids._reverse_moves(cancel=True)
        self.import_orders(changed)
        self.assertFalse(order.integration_hold_reason, "credited, so it could follow")
        self.assertFalse(order.activity_ids)
        self.assert_total(order, changed)

    def test_invoices_make_the_edited_whole(self):
        document, order = self.confirmed(self.mugs("3", price="3.33", tax="2.00"), self.plates())
        order._create_invoices().action_post()
        document = later(document, lines=(self.mugs("6", price="3.33", tax="4.00"), self.plates("2")))
        self.update(document)
        self.assertFalse(order.integration_hold_reason)
        order._create_invoices().action_post()
        self.assertEqual(len(order.invoice_ids), 2)
        self.assertAlmostEqual(sum(order.invoice_ids.mapped("amount_total")), float(document.total))

    def test_tax_of_invoiced_pieces_may_not_move(self):
        """4.03 tax on 6 pieces are not twice the 2.00 invoiced on 3: the invoices would be off a cent."""
        document, order = self.confirmed(self.mugs("3", price="3.33", tax="2.00"))
        order._create_invoices().action_post()
        self.update(later(document, lines=(self.mugs("6", price="3.33", tax="4.03"),)))
        self.assertIn("earlier price", order.integration_hold_reason)

    def test_locked_order(self):
        document, order = self.confirmed()
        order.action_lock()
        changed = later(document, lines=(self.mugs("3"), self.plates()))
        self.update(changed)
        self.assertEqual(order.amount_total, 31.0)
        self.assertIn("locked", order.integration_hold_reason)
        order.action_unlock()
        self.import_orders(changed)
        self.assertFalse(order.integration_hold_reason)
        self.assert_total(order, changed)

    def test_locked_order_with_its_lines_in_another_order(self):
        odd = self.plates("3", discount=Decimal("0.01"))
        document, order = self.confirmed(self.mugs(), odd)
        order.action_lock()
        self.update(later(document, lines=(odd, self.mugs())))
        self.assertFalse(order.integration_hold_reason)
        self.assert_total(order, document)

    def test_tax_moved_between_two_rates(self):
        """Net and total stay, what each tax gets does not."""
        taxes = [make_tax("1.00", "0.05", "GST"), make_tax("1.40", "0.07", "PST")]
        document, order = self.confirmed(make_line(price="20.00", taxes=taxes))
        order._create_invoices().action_post()
        taxes = [make_tax("1.01", "0.05", "GST"), make_tax("1.39", "0.07", "PST")]
        self.update(later(document, lines=(make_line(price="20.00", taxes=taxes),)))
        self.assertIn("tax amounts", order.integration_hold_reason)

    def test_nothing_is_done_by_half(self):
        document, order = self.confirmed()
        self.deliver(order)
        self.update(later(document, lines=(self.mugs("1"), self.plates("5"))))
        self.assertEqual(order.amount_total, 31.0)
        self.assertFalse(self.demand(order))

    def test_edit_and_back_lifts_the_hold(self):
        document, order = self.confirmed()
        self.deliver(order)
        self.update(later(document, lines=(self.mugs("1"), self.plates())))
        self.assertTrue(order.integration_hold_reason)
        self.update(later(document, 2))
        self.assertFalse(order.integration_hold_reason)
        self.assertFalse(order.activity_ids)

    def test_other_reasons_stay(self):
        document, order = self.confirmed()
        self.deliver(order)
        order._integration_hold("The risk is high.", "Call the customer.")
        self.update(later(document, lines=(self.mugs("1"), self.plates())))
        self.assertEqual(len(order.integration_hold_reason.splitlines()), 2)
        self.update(later(document, 2))
        self.assertEqual(order.integration_hold_reason, "The risk is high.")
        self.assertEqual(order.integration_hold_remedy, "Call the customer.")

    def test_lines_of_users_stay(self):
        document, order = self.confirmed()
        own = order.order_line.create(
            {"order_id": order.id, "product_id": self.plate.id, "price_unit": 1.0, "tax_ids": False}
        )
        document = later(document, lines=(self.mugs("3"), self.plates()))
        self.update(document)
        self.assertTrue(own.exists())
        self.assertEqual(order.amount_total, float(document.total) + 1)
        self.assertIn("44.00 USD", order.integration_hold_reason)

    def test_what_users_added_to_lines_of_a_quotation_survives(self):
        plan = self.env["account.analytic.plan"].create({"name": "Channels"})
        account = self.env["account.analytic.account"].create({"name": "Web", "plan_id": plan.id})
        document = make_order(lines=(self.mugs(sku="NOBODY"), self.plates()))
        order = self.import_order(document)
        mugs, plates = order.order_line
        mugs.product_id = self.mug
        mugs.analytic_distribution = {str(account.id): 100}
        document = later(document, lines=(self.mugs("5", sku="NOBODY"),))
        self.update(document)
        self.assertFalse(plates.exists())
        self.assertEqual(order.order_line, mugs)
        self.assertEqual(mugs.product_id, self.mug)
        self.assertFalse(mugs.integration_unknown_product)
        self.assertEqual(mugs.analytic_distribution, {str(account.id): 100})
        self.assert_total(order, document)
        self.assertIn("quantity 2 → 5", self.said(order))

    def test_placeholder_is_mended_on_a_quotation(self):
        line = make_line("L1", sku="LATER")
        document = make_order(lines=(line,))
        order = self.import_order(document)
        self.assertTrue(order.order_line.integration_unknown_product)
        late = self.env["product.product"].create({"name": "Late", "default_code": "LATER", "type": "consu"})
        self.update(later(document, lines=(replace(line, quantity=Decimal(2)),)))
        self.assertEqual(order.order_line.product_id, late)
        self.assertEqual(order.order_line.name, "Blue mug")
        self.assertEqual(order.amount_total, 20.0)

    def test_address_follows_while_nothing_is_shipped(self):
        document, order = self.confirmed()
        moved = later(document, shipping_address=make_address(street="1 New Road"))
        self.update(moved)
        self.assertEqual(order.partner_shipping_id.street, "1 New Road")
        self.assertEqual(order.picking_ids.partner_id, order.partner_shipping_id)
        self.assertFalse(order.integration_hold_reason)
        self.assertIn("1 New Road", self.said(order))
        self.deliver(order)
        self.update(later(moved, shipping_address=make_address(street="2 Newer Road")))
        self.assertEqual(order.partner_shipping_id.street, "1 New Road")
        self.assertIn("2 Newer Road", order.integration_hold_reason)
        self.assertIn(order.picking_ids.name, order.integration_hold_reason)

    def test_invoice_address_follows_while_nothing_is_invoiced(self):
        document, order = self.confirmed()
        moved = later(document, billing_address=make_address(street="1 New Road"), shipping_address=make_address())
        self.update(moved)
        self.assertEqual(order.partner_invoice_id.street, "1 New Road")
        order._create_invoices()
        self.update(later(moved, billing_address=make_address(street="2 Newer Road")))
        self.assertEqual(order.partner_invoice_id.street, "1 New Road")
        self.assertIn("2 Newer Road", order.integration_hold_reason)

    def test_another_customer(self):
        document, order = self.confirmed()
        bob = Customer(external_id="C2", email="bob@example.com", name="Bob")
        self.update(later(document, customer=bob, email="bob@example.com"))
        self.assertEqual(order.partner_id.name, "Ada Lovelace")
        self.assertIn("another customer", order.integration_hold_reason)

    def test_always_hold(self):
        self.backend.confirmed_order_edits = "hold"
        document, order = self.confirmed()
        self.update(later(document, lines=(self.mugs("3"), self.plates())))
        self.assertEqual(order.amount_total, 31.0)
        self.assertIn("Blue mug: quantity 2 → 3", order.integration_hold_reason)

    def test_another_currency(self):
        document, order = self.confirmed(make_line())
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.env.ref("base.EUR").id,
                "name": "2020-01-01",
                "rate": 0.9,
                "company_id": self.company.id,
            }
        )
        self.update(later(document, currency="EUR"))
        self.assertEqual(order.currency_id.name, "USD")
        self.assertIn("EUR", order.integration_hold_reason)

    def test_tax_that_is_not_there(self):
        self.backend.tax_policy = "match"
        document, order = self.confirmed(self.plates())
        self.update(later(document, lines=(self.plates(taxes=[make_tax("0.12", "0.0171")]),)))
        self.assertEqual(order.amount_total, 7.0)
        self.assertIn("1.71", order.integration_hold_reason)

    def test_cancelled_with_its_deliveries(self):
        document, order = self.confirmed()
        self.update(later(document, cancelled_at=PLACED, cancel_reason="customer"))
        self.assertEqual(order.state, "cancel")
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})
        self.assertIn(order.picking_ids.name, self.said(order))
        self.assertFalse(order.integration_hold_reason)

    def test_shipped_order_is_held_when_cancelled(self):
        document, order = self.confirmed()
        self.deliver(order, MUG_BLUE=1)
        cancelled = later(document, cancelled_at=PLACED)
        self.update(cancelled)
        self.assertEqual(order.state, "sale")
        self.assertIn("shipped: WH/OUT", order.integration_hold_reason)
        order.action_integration_release()
        self.update(later(cancelled, note="x"))
        self.assertFalse(order.integration_hold_reason, "released is released")

    def test_invoiced_order_is_held_when_cancelled_until_it_is_credited(self):
        document, order = self.confirmed()
        invoice = order._create_invoices()
        invoice.action_post()
        cancelled = later(document, cancelled_at=PLACED)
        self.update(cancelled)
        self.assertEqual(order.state, "sale")
        self.assertIn(invoice.name, order.integration_hold_reason)
        invoice._reverse_moves(cancel=True)
        self.import_orders(cancelled)
        self.assertEqual(order.state, "cancel")
        self.assertFalse(order.integration_hold_reason)

    def test_held_order_is_cancelled(self):
        document, order = self.confirmed()
        order.action_lock()
        edited = later(document, lines=(self.mugs("3"), self.plates()))
        self.update(edited)
        order.action_unlock()
        self.update(later(edited, cancelled_at=PLACED))
        self.assertEqual((order.state, order.integration_hold_reason), ("cancel", False))

    def test_exchange(self):
        """Goods sent back for others: the returned ones stay in the lines (their refund is a document of its own)."""
        document, order = self.confirmed(self.mugs())
        self.deliver(order)
        order._create_invoices().action_post()
        document = later(document, lines=(self.mugs(), self.plates("2")), financial_status="partially_refunded")
        self.update(document)
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual(self.demand(order), {self.plate: 2})
        self.assertEqual(order._create_invoices().amount_total, 14.0)
        self.assert_total(order, document)

    def test_hold_keeps_from_confirming(self):
        order = self.import_order(make_order(total=Decimal(12)))
        with self.assertRaises(UserError):
            order.action_confirm()


@tagged("post_install", "-at_install")
class TestDeletedOrders(EditCase):
    def delete(self, *external_ids):
        return self.env["integration.order.updater"]._note_deleted(self.backend, external_ids)

    def binding(self, order):
        return self.env["integration.binding.order"].search([("odoo_id", "=", order.id)])

    def test_quotation_is_cancelled(self):
        order = self.import_order(make_order())
        self.assertEqual(self.delete("1001"), order)
        self.assertEqual(order.state, "cancel")
        self.assertTrue(order.integration_deleted_at)
        self.assertEqual(self.binding(order).remote_state, "deleted")
        self.assertFalse(self.delete("1001"), "said once")

    def test_confirmed_order_is_held(self):
        document, order = self.confirmed()
        self.delete("1001")
        self.assertEqual(order.state, "sale")
        self.assertIn("deleted", order.integration_hold_reason)
        self.assertEqual(len(order.activity_ids), 1)
        self.update(document)
        self.assertFalse(order.integration_deleted_at, "it is there after all")
        self.assertEqual(self.binding(order).remote_state, "present")
        self.assertFalse(order.integration_hold_reason)

    def test_found_by_the_filter(self):
        order = self.import_order(make_order())
        other = self.import_order(make_order("1002"))
        self.delete("1001")
        view = self.env.ref("connector_base.sale_order_view_search_life")
        self.assertIn("integration_deleted_at", view.arch)
        found = self.env["sale.order"].search(
            [("integration_deleted_at", "!=", False), ("id", "in", (order + other).ids)]
        )
        self.assertEqual(found, order)
        self.assertEqual(order.copy().integration_deleted_at, False)
