"""Refunds, shipments and customers through the adapter."""

from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import (
    Customer,
    CustomerAccount,
    CustomerPush,
    RefundRequest,
    RefundRequestLine,
    Shipment,
    ShipmentLine,
    mark,
)
from odoo.addons.connector_base.transport import DataError

from .orders_common import MagentoOrdersCase, creditmemo, invoiced, magento_order, shipment


@tagged("post_install", "-at_install")
class TestMagentoRefunds(MagentoOrdersCase):
    def setUp(self):
        super().setUp()
        self.order = self.add("orders", magento_order(1))

    def request(self, **changes):
        line = RefundRequestLine(line_external_id="11", quantity=Decimal(1))
        return RefundRequest(**{"order_external_id": "1", "lines": (line,), "key": "k", **changes})

    def test_preview(self):
        self.add("invoices", invoiced(self.order))
        found = self.adapter._preview_refund(self.backend, self.request(shipping=Decimal(5)))
        self.assertEqual((found.subtotal, found.tax, found.shipping, found.amount), (20, 2, 5, 27))
        self.assertEqual((found.maximum, found.shipping_maximum, found.currency), (49, 5, "USD"))
        self.assertFalse(self.shop.written)

    def test_nothing_was_invoiced(self):
        with self.assertRaisesRegex(DataError, "0 can be refunded") as caught:
            self.adapter._preview_refund(self.backend, self.request())
        self.assertTrue(caught.exception.remedy)

    def test_by_hand(self):
        self.add("invoices", invoiced(self.order))
        self.assertEqual(self.adapter._refund_order(self.backend, self.request()), "901")
        self.assertEqual(self.told(), ["order/1/refund"])

    def test_online_where_magento_can(self):
        self.add("invoices", invoiced(self.order, "t1"))
        self.adapter._refund_order(self.backend, self.request())
        self.assertTrue(self.shop.written[0][2]["isOnline"])
        self.adapter._refund_order(self.backend, self.request(amount=Decimal(0), key="l"))
        self.assertEqual(self.told(), ["invoice/100/refund", "order/1/refund"])

    def test_made_once(self):
        self.add("invoices", invoiced(self.order))
        self.add("creditmemos", creditmemo(self.order, comments=[{"comment": f"Broken {mark('k')}"}]))
        self.assertEqual(self.adapter._refund_order(self.backend, self.request()), "101")
        self.assertFalse(self.shop.written)

    def test_of_several_invoices(self):
        first = self.add("invoices", invoiced(self.order, "t1"))
        first["items"][0]["qty"] = 1
        self.add("invoices", {**first, "entity_id": 105})
        both = (RefundRequestLine(line_external_id="11", quantity=Decimal(2)),)
        with self.assertRaisesRegex(DataError, "several invoices") as caught:
            self.adapter._refund_order(self.backend, self.request(lines=both))
        self.assertTrue(caught.exception.remedy)


@tagged("post_install", "-at_install")
class TestMagentoShipments(MagentoOrdersCase):
    def setUp(self):
        super().setUp()
        self.order = self.add("orders", magento_order(1))

    def shipment(self, **changes):
        lines = (ShipmentLine(line_external_id="11", quantity=Decimal(1)),)
        values = {"order_external_id": "1", "key": "k", "lines": lines, "carrier": "DHL", "tracking": ("JD1", "JD2")}
        return Shipment(**{**values, **changes})

    def test_told(self):
        (result,) = self.adapter._push_shipments(self.backend, [self.shipment()])
        self.assertEqual((result.external_ids, result.error), (("901",), None))
        [(_method, path, body)] = self.shop.written
        self.assertEqual((path, len(body["tracks"])), ("order/1/ship", 2))
        self.assertIn("DHL", self.adapter._carriers(self.backend))

    def test_invoiced_first_where_it_is_wanted(self):
        self.backend.magento_invoice_shipped = True
        list(self.adapter._push_shipments(self.backend, [self.shipment()]))
        self.assertEqual(self.told(), ["order/1/invoice", "order/1/ship"])

    def test_tracking(self):
        self.add("shipments", shipment(self.order))
        self.adapter._push_tracking(self.backend, ["102"], self.shipment(tracking=("JD9",)))
        self.assertEqual(self.told(), ["shipment/track", "shipment/track/7"])
        self.shop.refused["shipment/track"] = "Not this time"
        with self.assertRaisesRegex(DataError, "Not this time") as caught:
            self.adapter._push_tracking(self.backend, ["102"], self.shipment(tracking=("JD9",)))
        self.assertIn("Send Again", caught.exception.remedy)


@tagged("post_install", "-at_install")
class TestMagentoCustomers(MagentoOrdersCase):
    def setUp(self):
        super().setUp()
        self.customer = self.add(
            "customers/search",
            {
                "id": 501,
                "entity_id": 501,
                "email": "ann@example.com",
                "firstname": "Ann",
                "lastname": "Lee",
                "group_id": 1,
                "updated_at": "2026-11-20 09:00:00",
                "addresses": [],
                "extension_attributes": {"is_subscribed": True},
            },
        )

    def test_in(self):
        self.backend.import_customer_tags = True
        page = self.adapter._fetch_customers(self.backend, None)
        self.assertEqual(self.adapter._count_customers(self.backend, None), 1)
        self.env["integration.customer.importer"]._import_page(self.backend, list(page.documents))
        binding = self.env["integration.binding.partner"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual((binding.external_id, binding.odoo_id.email), ("501", "ann@example.com"))
        self.assertEqual(set(binding.odoo_id.category_id.mapped("name")), {"Wholesale", "newsletter"})
        self.assertFalse(self.adapter._fetch_customers_by_id(self.backend, ["7"]))

    def test_groups_are_read_only_where_they_are_kept(self):
        self.adapter._fetch_customers(self.backend, None)
        self.assertEqual(self.shop.read, ["customers/search"])

    def test_out(self):
        account = CustomerAccount(customer=Customer(external_id="501", email="ann@example.com", name="Ann Berg"))
        [result] = self.adapter._push_customers(self.backend, [CustomerPush(key="1", account=account)])
        self.assertEqual((result.external_id, self.told()), ("501", ["customers/501"]))
