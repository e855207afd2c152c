from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo.tests import Form, tagged

from .order_common import PLACED, EngineCase, make_address, make_line, make_order, make_shipping, make_tax


def later(document, minutes=1, **changes):
    """Return `document` as it looks some minutes later; the total follows the lines unless given."""
    document = replace(document, updated_at=document.updated_at + timedelta(minutes=minutes), **changes)
    return document if "total" in changes else replace(document, total=document.total - document.difference)


@tagged("post_install", "-at_install")
class TestOrderUpdate(EngineCase):
    def update(self, document):
        result = self.import_orders(document)
        self.assertEqual(result.updated, [document.external_id], result)

    def activities(self, order):
        return self.env["mail.activity"].search([("res_model", "=", "sale.order"), ("res_id", "=", order.id)])

    def test_status_changes_leave_the_lines(self):
        document = make_order(financial_status="pending")
        order = self.import_order(document)
        line = order.order_line
        line.price_unit = 7.0  # what staff changed on a draft stays as long as the platform's lines do
        order.client_order_ref = "ours"
        before = self.env.cr.sql_log_count
        self.update(later(document, financial_status="paid"))
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 20)
        self.assertEqual(order.integration_financial_status, "paid")
        self.assertEqual(order.order_line, line)
        self.assertEqual(order.amount_total, 7.0)
        self.assertFalse(order.integration_hold_reason)

    def test_draft_follows_the_platform(self):
        document = make_order(lines=(make_line(), make_line("L2", price="5.00")))
        order = self.import_order(document)
        lines = (make_line(quantity="3"), make_line("L3", price="1.00"))
        self.update(later(document, lines=lines, shipping_lines=(make_shipping(),)))
        self.assertEqual(order.amount_total, 36.0)
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [3.0, 1.0, 1.0])
        self.assertEqual(order.order_line.mapped("integration_kind"), ["product", "product", "shipping"])

    def test_address_of_a_draft(self):
        document = make_order()
        order = self.import_order(document)
        self.update(later(document, shipping_address=make_address(street="1 New Road")))
        self.assertEqual(order.partner_shipping_id.street, "1 New Road")
        self.assertEqual(order.partner_shipping_id.parent_id, order.partner_id)
        self.assertEqual(order.partner_shipping_id.type, "delivery")
        self.assertEqual(order.partner_invoice_id, order.partner_id)

    def test_known_addresses_are_not_looked_at_again(self):
        document = make_order(shipping_address=make_address(street="1 New Road"))
        order = self.import_order(document)
        order.partner_shipping_id.street = "1 New Road, corrected by staff"
        self.update(later(document, financial_status="paid"))
        self.assertEqual(order.partner_shipping_id.street, "1 New Road, corrected by staff")
        self.assertEqual(len(order.partner_id.child_ids), 1)

    def test_draft_is_cancelled(self):
        document = make_order()
        order = self.import_order(document)
        self.update(later(document, cancelled_at=PLACED))
        self.assertEqual(order.state, "cancel")

    def test_confirmed_order_is_not_rewritten(self):
        self.backend.confirmed_order_edits = "hold"
        document = make_order()
        order = self.import_order(document)
        order.action_confirm()
        line = order.order_line
        changed = later(document, lines=(make_line(quantity="2"),))
        self.update(changed)
        self.assertEqual(order.order_line, line)
        self.assertEqual(order.amount_total, 10.0)
        self.assertIn("20.00", order.integration_hold_reason)
        activity = self.activities(order)
        self.assertEqual(activity.user_id, self.backend.user_id)
        self.assertIn("20.00", activity.summary)
        self.import_orders(changed)
        self.update(later(changed, financial_status="paid"))
        self.assertEqual(len(self.activities(order)), 1, "said once")
        order.action_integration_release()
        self.update(later(changed, minutes=2, financial_status="paid", note="x"))
        self.assertFalse(order.integration_hold_reason, "released is released")

    def test_confirmed_order_is_cancelled_there(self):
        self.backend.confirmed_order_edits = "hold"
        document = make_order()
        order = self.import_order(document)
        order.action_confirm()
        self.update(later(document, cancelled_at=PLACED))
        self.assertEqual(order.state, "sale")
        self.assertIn("cancelled", order.integration_hold_reason)
        self.assertEqual(len(self.activities(order)), 1)
        order.action_integration_release()
        self.update(later(document, minutes=2, cancelled_at=PLACED, note="x"))
        self.assertFalse(order.integration_hold_reason, "said once")
        self.assertFalse(self.activities(order))

    def test_confirmed_order_gets_another_address_there(self):
        self.backend.confirmed_order_edits = "hold"
        document = make_order()
        order = self.import_order(document)
        order.action_confirm()
        self.update(later(document, shipping_address=make_address(street="1 New Road")))
        self.assertEqual(order.partner_shipping_id, order.partner_id)
        self.assertIn("address", order.integration_hold_reason)

    def test_total_spoilt_by_own_lines_is_held(self):
        document = make_order()
        order = self.import_order(document)
        order.order_line.create({"order_id": order.id, "product_id": self.mug.id, "price_unit": 1.0, "tax_ids": False})
        self.update(later(document, lines=(make_line(quantity="2"),)))
        self.assertEqual(order.amount_total, 21.0)
        self.assertIn("21.0", order.integration_hold_reason)
        self.assertEqual(order.order_line.mapped("integration_kind"), ["product", False])

    def test_quantity_edited_by_staff_keeps_the_price(self):
        order = self.import_order(make_order(lines=(make_line(price="33.33"),)))
        self.mug.list_price = 77.0
        order.order_line.product_uom_qty = 3
        self.assertEqual(order.order_line.price_unit, 33.33)
        self.assertEqual(order.amount_total, 99.99)

    def test_product_chosen_for_a_placeholder(self):
        """Only the product changes: price, discount and taxes stay the platform's."""
        self.backend.tax_policy = "create"
        line = make_line(sku="NOBODY", price="10.00", discount=Decimal("1.00"), taxes=[make_tax("1.81")])
        order = self.import_order(make_order(lines=(line,)))
        taxes = order.order_line.tax_ids
        self.mug.write({"list_price": 77.0, "taxes_id": False})
        with Form(order) as form, form.order_line.edit(0) as edited:
            edited.product_id = self.mug
        self.assertFalse(order.order_line.integration_unknown_product)
        self.assertEqual(order.order_line.product_id, self.mug)
        self.assertEqual(order.order_line.tax_ids, taxes)
        self.assertEqual((order.order_line.price_unit, order.order_line.discount), (10.0, 10.0))
        self.assertEqual((order.amount_untaxed, order.amount_total), (9.0, 10.81))

    def test_update_buttons_leave_the_platforms_figures(self):
        self.backend.tax_policy = "create"
        line = make_line(discount=Decimal("1.00"), taxes=[make_tax("1.79")])
        order = self.import_order(make_order(lines=(line,)))
        self.mug.write({"list_price": 77.0, "taxes_id": False})
        order.action_update_taxes()
        order.action_update_prices()
        self.assertEqual((order.amount_untaxed, order.amount_total), (9.0, 10.79))

    def test_price_list_with_discounts_stays_out(self):
        self.env.user.group_ids += self.env.ref("sale.group_discount_per_so_line")
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Half price",
                "item_ids": [(0, 0, {"compute_price": "percentage", "percent_price": 50.0, "applied_on": "3_global"})],
            }
        )
        self.backend.pricelist_id = pricelist
        order = self.import_order(make_order(lines=(make_line(price="10.00", discount=Decimal("1.00")),)))
        self.assertEqual(order.pricelist_id, pricelist)
        order.order_line.product_uom_qty = 4
        self.assertEqual((order.order_line.price_unit, order.order_line.discount), (10.0, 10.0))
        self.assertEqual(order.amount_total, 36.0)

    def test_deleted_order_comes_back(self):
        """The binding goes with the order: the platform still has it."""
        document = make_order()
        self.import_order(document).unlink()
        self.assertEqual(self.import_orders(document).created, ["1001"])

    def test_total_of_the_document_is_shown(self):
        order = self.import_order(make_order(total=Decimal("12.00")))
        self.assertEqual(order.amount_total, 10.0)
        self.assertIn("12.00", order.integration_hold_reason)
