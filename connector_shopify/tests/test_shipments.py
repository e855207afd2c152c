"""Shipments of a store through the adapter, and which events lead to reading an order."""

import json
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import UNSET, Shipment, ShipmentLine
from odoo.addons.connector_base.transport import DataError, WebhookRequest

from .common import ShopifyCase, connection, graphql_order, headers, webhook_order


@tagged("post_install", "-at_install")
class TestShipments(ShopifyCase):
    def setUp(self):
        super().setUp()
        self.made, self.tracking = [], []
        self.store._OrderShipments = self._state
        self.store._FulfillmentCreate = self._create
        self.store._FulfillmentTrackingUpdate = self._update

    def _state(self, id):
        line = {"id": "gid://shopify/FulfillmentOrderLineItem/1", "remainingQuantity": 1}
        to_send = {
            "id": "gid://shopify/FulfillmentOrder/5",
            "status": "OPEN",
            "supportedActions": [{"action": "CREATE_FULFILLMENT"}],
            "assignedLocation": {"location": {"id": "gid://shopify/Location/7"}},
            "fulfillmentHolds": [],
            "lineItems": connection([{**line, "lineItem": {"id": "gid://shopify/LineItem/11"}}]),
        }
        return {"order": {"id": id, "fulfillments": [], "fulfillmentOrders": connection([to_send])}}

    def _create(self, fulfillment):
        self.made.append(fulfillment)
        fulfillment = {"id": f"gid://shopify/Fulfillment/{len(self.made)}"}
        return {"fulfillmentCreate": {"fulfillment": fulfillment, "userErrors": []}}

    def _update(self, id, tracking, notify):
        self.tracking.append((id, tracking, notify))
        errors = [{"field": ["fulfillmentId"], "message": "Not found"}] if id.endswith("/404") else []
        return {"fulfillmentTrackingInfoUpdate": {"fulfillment": None, "userErrors": errors}}

    def shipment(self, order="1", **changes):
        lines = (ShipmentLine(line_external_id="11", quantity=Decimal(1)),)
        values = {"order_external_id": order, "key": "k", "lines": lines, "carrier": "UPS", "tracking": ("1Z1",)}
        return Shipment(**{**values, **changes})

    def test_out(self):
        self.assertLessEqual({"shipments_in", "shipments_out"}, self.adapter._capabilities())
        (result,) = self.adapter._push_shipments(self.backend, [self.shipment()])
        self.assertEqual((result.external_ids, result.error), (("1",), None))
        self.assertEqual(self.made[0]["trackingInfo"], {"company": "UPS", "numbers": ["1Z1"]})
        self.assertIn("UPS", self.adapter._carriers(self.backend))

    def test_tracking(self):
        changed = self.shipment(tracking=("1Z9",), notify=True)
        self.adapter._push_tracking(self.backend, ["1", "2"], changed)
        self.assertEqual(
            self.tracking,
            [(f"gid://shopify/Fulfillment/{n}", {"company": "UPS", "numbers": ["1Z9"]}, True) for n in (1, 2)],
        )
        with self.assertRaisesRegex(DataError, "Not found") as caught:
            self.adapter._push_tracking(self.backend, ["404"], changed)
        self.assertTrue(caught.exception.remedy)

    def test_in_only_where_they_are_booked(self):
        self.store.orders = [graphql_order(1)]
        self.adapter._fetch_orders(self.backend, None)
        self.backend.import_shipments = True
        self.adapter._fetch_orders(self.backend, None)
        self.adapter._fetch_orders_by_id(self.backend, ["1"])
        asked = [variables.get("shipments") for name, variables in self.store.calls if name.startswith("Orders")]
        self.assertEqual(asked, [None, True, True])

    def test_events_that_only_say_which_order(self):
        body = json.dumps({"id": 9, "order_id": 1, "updated_at": "2026-11-20T12:00:00Z"}).encode()
        for topic in ("fulfillments/create", "fulfillments/update", "refunds/create"):
            request = WebhookRequest(
                method="POST",
                url="https://odoo.example.com/",
                headers={name.lower(): value for name, value in headers(body, topic=topic).items()},
                query={},
                body=body,
            )
            envelope = self.adapter._read_webhook(self.backend, request)
            self.assertEqual((envelope.resource, envelope.external_id), ("order", "1"))
            self.assertIsNone(self.adapter._parse_event(self.backend, topic, body))
        whole = json.dumps(webhook_order(1, fulfillments=[])).encode()
        document = self.adapter._parse_event(self.backend, "orders/updated", whole)
        self.assertIsNot(document.shipments, UNSET)
