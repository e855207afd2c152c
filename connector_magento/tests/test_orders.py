"""Orders of a shop: read, imported, shown, worked on."""

from datetime import datetime, timezone

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.connector_base.canonical import OrderChange
from odoo.addons.connector_base.transport import DataError

from .orders_common import HOST, MagentoOrdersCase, creditmemo, invoiced, magento_order, shipment

SINCE = datetime(2026, 11, 20, tzinfo=timezone.utc)
UNTIL = datetime(2026, 11, 21, tzinfo=timezone.utc)


@tagged("post_install", "-at_install")
class TestMagentoOrders(MagentoOrdersCase):
    def setUp(self):
        super().setUp()
        self.product = self.env["product.product"].create(
            {"name": "Mug", "default_code": "MUG", "type": "consu", "invoice_policy": "order"}
        )

    def run_import(self, documents=None):
        documents = documents or self.adapter._fetch_orders(self.backend, SINCE).documents
        result = self.env["integration.order.importer"]._import_page(self.backend, list(documents))
        self.assertFalse(result.failed, result.failed)
        return self.env["sale.order"].search([("integration_backend_id", "=", self.backend.id)], order="id")

    def test_a_page_with_what_belongs_to_it(self):
        plain, paid = magento_order(1), magento_order(2)
        self.add("orders", plain, paid, {**magento_order(3), "items": "nonsense"})
        self.add("invoices", invoiced(paid))
        self.add("creditmemos", creditmemo(paid))
        self.add("shipments", shipment(paid))
        page = self.adapter._fetch_orders(self.backend, SINCE)
        self.assertEqual([order.external_id for order in page.documents], ["1", "2"])
        self.assertEqual([error.external_id for error in page.failed], ["3"])
        self.assertEqual(self.shop.read, ["orders", "invoices", "creditmemos"])
        first, second = page.documents
        self.assertEqual((first.payments, first.refunds), ((), ()))
        self.assertEqual([len(second.payments), len(second.refunds)], [1, 1])
        self.backend.import_shipments = True
        [document] = self.adapter._fetch_orders_by_id(self.backend, ["2"])
        self.assertEqual(document.shipments[0].tracking, ("1Z1",))

    def test_counts_and_stubs(self):
        self.add("orders", magento_order(1), magento_order(2, created_at="2026-11-21 09:00:00"))
        self.assertEqual(self.adapter._count_orders(self.backend, SINCE), 2)
        self.assertEqual(self.adapter._count_order_ids(self.backend, SINCE, UNTIL), 1)
        [stub] = self.adapter._list_order_ids(self.backend, None, UNTIL).documents
        self.assertEqual((stub.external_id, stub.name), ("1", "000000001"))
        self.assertEqual(stub.scope_external_id, "store_view:1")

    def test_imported(self):
        paid = magento_order(1)
        self.add("orders", paid)
        self.add("invoices", invoiced(paid))
        self.backend.import_customer_tags = True
        order = self.run_import()
        self.assertEqual((order.amount_untaxed, order.amount_tax, order.amount_total), (45, 4, 49))
        goods = order.order_line.filtered(lambda line: line.integration_kind == "product")
        self.assertEqual((goods.product_id, goods.product_uom_qty, goods.price_unit), (self.product, 2, 20))
        self.assertFalse(order.integration_held, order.integration_hold_reason)
        self.assertEqual(order.integration_payment_ids.mapped("gateway"), ["checkmo"])
        self.assertEqual(order.partner_id.category_id.mapped("name"), ["Wholesale"])
        self.assertRecordValues(
            order,
            [
                {
                    "magento_order_id": "1",
                    "magento_increment_id": "000000001",
                    "magento_state": "processing",
                    "magento_status": "packing",
                    "magento_store": "Main Website / Main Store / Default",
                    "magento_group": "Wholesale",
                    "magento_payment": "Check / Money order",
                    "magento_admin_url": f"https://{HOST}/admin/sales/order/view/order_id/1/",
                }
            ],
        )
        self.backend.magento_admin_path = "backoffice"
        self.assertEqual(order.magento_admin_url, f"https://{HOST}/backoffice/sales/order/view/order_id/1/")

    def test_imported_again_it_follows(self):
        payload = self.add("orders", magento_order(1))
        self.run_import()
        payload.update(state="holded", status="holded", updated_at="2026-11-20 11:00:00")
        order = self.run_import()
        self.assertEqual((order.magento_state, order.integration_fulfillment_status), ("holded", "on_hold"))
        payload.update(state="at_the_tailor", status="x", updated_at="2026-11-20 11:30:00")
        self.assertRecordValues(self.run_import(), [{"magento_state": False, "magento_status": "x"}])
        payload.update(state="canceled", status="canceled", updated_at="2026-11-20 12:00:00")
        self.assertEqual(self.run_import().state, "cancel")

    def test_a_refund_is_kept(self):
        paid = self.add("orders", magento_order(1))
        self.add("invoices", invoiced(paid))
        self.add("creditmemos", creditmemo(paid))
        refund = self.run_import().integration_refund_ids
        self.assertEqual((refund.amount, sum(refund.line_ids.mapped("tax"))), (22, 2))

    def test_units_canceled_of_an_order_that_goes_on(self):
        """Of two mugs, one is invoiced, and Magento cancels the rest: the other one is not sent from here."""
        placed = self.add("orders", magento_order(1))
        order = self.run_import()
        order.action_confirm()
        placed["items"][0].update(qty_invoiced=1, row_invoiced=20, tax_invoiced=2, qty_canceled=1)
        placed.update(total_invoiced=27, total_paid=27, updated_at="2026-11-20 11:00:00")
        self.run_import()
        refund = order.integration_refund_ids
        self.assertEqual((refund.external_id, refund.amount), ("canceled-1", 22))
        self.env["integration.refund.importer"]._process(refund)
        self.assertEqual((order.state, order.picking_ids.move_ids.product_uom_qty), ("sale", 1))
        self.run_import()
        self.assertEqual(len(order.integration_refund_ids), 1)

    def test_the_shops_own_currency(self):
        payload = magento_order(1, order_currency_code="EUR", base_to_order_rate=0.5, base_grand_total=98)
        for entry, names in (
            (payload, ("subtotal", "shipping_amount", "shipping_incl_tax", "tax_amount", "total_paid")),
            (payload["items"][0], ("price", "price_incl_tax", "row_total", "row_total_incl_tax", "tax_amount")),
        ):
            entry.update({f"base_{name}": entry[name] * 2 for name in names})
        self.add("orders", payload)
        self.backend.order_currency = "shop"
        order = self.run_import()
        self.assertEqual((order.currency_id.name, order.amount_total, order.amount_tax), ("USD", 98, 8))

    def test_goods_that_come_back(self):
        paid = self.add("orders", magento_order(1))
        self.add("invoices", invoiced(paid))
        shipment(paid, 2)
        self.add("creditmemos", creditmemo(paid))
        for expected in (False, True):
            self.backend.magento_restock = expected
            [document] = self.adapter._fetch_orders_by_id(self.backend, ["1"])
            self.assertEqual(document.refunds[0].lines[0].restock, expected)

    def test_canceled_from_odoo(self):
        payload = self.add("orders", magento_order(1))
        order = self.run_import()

        def cancel():
            payload.update(state="canceled", status="canceled", updated_at="2026-11-20 12:00:00")
            return True

        self.shop.answers["orders/1/cancel"] = cancel
        job = self.backend._enqueue("cancel_order", record=order)
        job._run_cancel_order(["1"], reason="inventory", restock=True, refund=True, notify=True)
        self.assertEqual(self.told(), ["orders/1/cancel", "orders/1/comments"])
        self.assertIn("not in stock", self.shop.written[1][2]["statusHistory"]["comment"])
        self.assertEqual(order.state, "cancel")

    def test_held_and_released_from_odoo(self):
        payload = self.add("orders", magento_order(1))
        order = self.run_import()

        def hold():
            payload.update(state="holded", status="holded", updated_at="2026-11-20 12:00:00")
            return True

        self.shop.answers["orders/1/hold"] = hold
        self.assertTrue(order.integration_can_hold)
        order.action_integration_platform_hold()
        job = self.env["sync.job"].search([("operation", "=", "hold_order")])
        job._run_hold_order(**job.arguments)
        self.assertEqual((self.told(), order.integration_fulfillment_status), (["orders/1/hold"], "on_hold"))
        self.backend.state = "disconnected"
        order.invalidate_recordset(["integration_can_hold"])
        with self.assertRaises(UserError):
            order.action_integration_platform_release()

    def test_a_cancellation_that_magento_refuses(self):
        self.add("orders", magento_order(1))
        self.shop.answers["orders/1/cancel"] = False
        choices = {"reason": "other", "restock": True, "refund": True, "notify": False}
        with self.assertRaisesRegex(DataError, "packing") as caught:
            self.adapter._cancel_order(self.backend, "1", **choices)
        self.assertTrue(caught.exception.remedy)

    def test_notes(self):
        self.add("orders", magento_order(1))
        self.adapter._update_order(self.backend, OrderChange(order_external_id="1", note="Ring first"))
        self.assertEqual(self.told(), ["orders/1/comments"])

    def test_links(self):
        self.assertIn("/customer/", self.adapter._record_url(self.backend, "partner", "5"))
        self.assertEqual(self.adapter._record_url(self.backend, "category", "5"), "")
