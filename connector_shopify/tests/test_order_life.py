import json

from odoo.tests import tagged

from odoo.addons.connector_base.transport import DataError

from ..parser import parse_order
from ..parser_webhook import parse_whole_order
from .common import ShopifyCase, bag, connection, graphql_order, webhook_order


def line(number, *, name="Mug", sku="MUG", price="20.0", tax="2.0", **changes):
    """A line of the API, one unit that is not shipped yet."""
    [template] = graphql_order(1)["lineItems"]["nodes"]
    return {
        **template,
        "id": f"gid://shopify/LineItem/{number}",
        "name": name,
        "sku": sku,
        "originalUnitPriceSet": bag(price),
        "taxLines": [{"title": "State Tax", "rate": 0.1, "priceSet": bag(tax)}],
        **changes,
    }


def returned(number, *, restock_type="RETURN", subtotal="20.0", tax="2.0"):
    """A refund of one unit without money."""
    entry = {
        "quantity": 1,
        "restockType": restock_type,
        "lineItem": {"id": f"gid://shopify/LineItem/{number}"},
        "subtotalSet": bag(subtotal),
        "totalTaxSet": bag(tax),
    }
    return {
        "id": "gid://shopify/Refund/7",
        "createdAt": "2026-11-20T11:00:00Z",
        "processedAt": None,
        "note": "",
        "refundLineItems": connection([entry]),
        "refundShippingLines": connection([]),
        "orderAdjustments": connection([]),
        "transactions": connection([]),
    }


@tagged("post_install", "-at_install")
class TestOrderLife(ShopifyCase):
    """What Shopify makes of orders after they were placed, or in other ways than in its web shop."""

    def setUp(self):
        super().setUp()
        self.backend.write({"tax_policy": "create", "state": "connected"})
        self.env["product.product"].create(
            [{"name": sku, "default_code": sku, "type": "consu", "invoice_policy": "order"} for sku in ("MUG", "CUP")]
        )

    def run_import(self, *payloads):
        documents = [parse_order(payload) for payload in payloads]
        result = self.env["integration.order.importer"]._import_page(self.backend, documents)
        self.assertFalse(result.failed, result.failed)
        return self.env["sale.order"].search([("integration_backend_id", "=", self.backend.id)])

    def job(self, order, **how):
        how = {"reason": "inventory", "restock": True, "refund": False, "notify": False, **how}
        return self.backend._enqueue(
            "cancel_order",
            arguments={"external_ids": [order.shopify_order_id], **how},
            external_id=order.shopify_order_id,
            record=order,
        )

    # === CANCEL THERE === #

    def test_cancel(self):
        self.store.orders = [graphql_order(1001)]
        order = self.run_import(self.store.orders[0])
        order.action_confirm()
        self.assertTrue(order.integration_can_cancel)
        job = self.job(order)
        job._run_cancel_order(**job.arguments)
        [(_name, variables)] = [call for call in self.store.calls if call[0] == "OrderCancel"]
        self.assertEqual(
            variables,
            {
                "id": "gid://shopify/Order/1001",
                "reason": "INVENTORY",
                "restock": True,
                "refund": False,
                "notify": False,
            },
        )
        self.assertEqual((order.state, order.shopify_cancel_reason), ("cancel", "inventory"))

    def test_refused_with_a_remedy(self):
        self.store.orders = [graphql_order(1001)]
        order = self.run_import(self.store.orders[0])
        message = "Cannot cancel an order that has fulfillments"
        for code, word in (("INVALID", "fulfillment"), ("NO_REFUND_PERMISSION", "app")):
            self.store.user_errors["orderCancel"] = [{"field": ["orderId"], "message": message, "code": code}]
            job = self.job(order)
            with self.assertRaises(DataError) as caught:
                job._run_cancel_order(**job.arguments)
            self.assertIn(message, caught.exception.message)
            self.assertIn(word, caught.exception.remedy)
        self.assertEqual(order.state, "draft")

    # === DELETED, ARCHIVED === #

    def test_deletion_is_understood(self):
        self.assertTrue(self.adapter._tells_deletion("orders/delete"))
        self.assertFalse(self.adapter._tells_deletion("orders/updated"))
        body = json.dumps({"id": 1001}).encode()
        self.assertIsNone(self.adapter._parse_event(self.backend, "orders/delete", body), "has to be looked for")

    def test_archived(self):
        order = self.run_import(graphql_order(1001, closedAt="2026-11-20T10:30:00Z"))
        self.assertTrue(order.integration_archived_at)
        webhook = parse_whole_order(webhook_order(1001, updated_at="2026-11-20T12:00:00Z"))
        self.env["integration.order.importer"]._import_page(self.backend, [webhook])
        self.assertFalse(order.integration_archived_at, "opened again")

    # === OTHER WAYS TO ORDER === #

    def test_point_of_sale(self):
        """Paid and taken along: no address, no delivery charge, fulfilled at once."""
        payload = webhook_order(
            1001,
            source_name="pos",
            fulfillment_status="fulfilled",
            closed_at="2026-11-20T10:00:00Z",
            location_id=655441491,
            email="",
            customer=None,
            payment_gateway_names=["cash"],
        )
        payload["line_items"][0].update(fulfillable_quantity=0, fulfillment_status="fulfilled")
        document = parse_whole_order(payload)
        self.env["integration.order.importer"]._import_page(self.backend, [document])
        order = self.env["sale.order"].search([("integration_backend_id", "=", self.backend.id)])
        self.assertEqual((order.amount_total, order.integration_hold_reason), (22.0, False))
        self.assertEqual((order.shopify_source_name, order.shopify_fulfillment_status), ("pos", "fulfilled"))
        self.assertEqual((order.integration_source, order.integration_fulfillment_status), ("pos", "fulfilled"))
        self.assertEqual(order.order_line.mapped("integration_kind"), ["product"])
        self.assertTrue(order.partner_id)

    def test_draft_order_becomes_an_order(self):
        """Converted drafts are orders of their own, without checkout; custom lines have no product."""
        custom = line(2, name="Engraving", sku="", price="10.0", tax="1.0", product=None, variant=None)
        order = self.run_import(
            graphql_order(
                1001,
                sourceName="shopify_draft_order",
                displayFinancialStatus="PENDING",
                totalPriceSet=bag("33.0"),
                lineItems=connection([line(1), custom]),
            )
        )
        self.assertEqual((order.amount_total, order.shopify_source_name), (33.0, "shopify_draft_order"))
        self.assertEqual(order.integration_financial_status, "pending")
        self.assertEqual(order.order_line.mapped("integration_unknown_product"), [False, True])

    # === EDITS AND EXCHANGES === #

    def test_edit_of_a_confirmed_order(self):
        """A unit added, and one taken out: `quantity` still counts it, a refund without money says it is gone."""
        order = self.run_import(
            graphql_order(1001, lineItems=connection([line(1), line(2, sku="CUP")]), totalPriceSet=bag("44.0"))
        )
        order.action_confirm()
        self.run_import(
            graphql_order(
                1001,
                updatedAt="2026-11-20T11:00:00Z",
                totalPriceSet=bag("88.0"),
                lineItems=connection(
                    [
                        line(1, quantity=2, currentQuantity=2, unfulfilledQuantity=2, taxLines=[]),
                        line(2, sku="CUP", currentQuantity=0, unfulfilledQuantity=0),
                        line(3, sku="CUP", price="24.0"),
                    ]
                ),
                refunds=[returned(2, restock_type="NO_RESTOCK")],
            )
        )
        self.assertFalse(order.integration_hold_reason)
        quantities = {kept.integration_external_id: kept.product_uom_qty for kept in order.order_line}
        self.assertEqual(quantities, {"1": 2, "2": 0, "3": 1})
        self.assertEqual(order.amount_total, 66.0)

    def test_exchange(self):
        """Goods that were shipped come back for others: Shopify adds a line and writes a refund of the one returned."""
        shipped = {"unfulfilledQuantity": 0}
        order = self.run_import(graphql_order(1001, lineItems=connection([line(1)])))
        order.action_confirm()
        order.picking_ids.button_validate()
        order._create_invoices().action_post()
        self.run_import(
            graphql_order(
                1001,
                updatedAt="2026-11-20T11:00:00Z",
                totalPriceSet=bag("55.0"),
                lineItems=connection(
                    [line(1, currentQuantity=0, **shipped), line(2, sku="CUP", price="30.0", tax="3.0")]
                ),
                refunds=[returned(1)],
            )
        )
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual(order.amount_total, 55.0, "before refunds: the return is a document of its own")
        open_moves = order.picking_ids.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        self.assertEqual(open_moves.mapped("product_id.default_code"), ["CUP"])
        self.assertEqual(order._create_invoices().amount_total, 33.0)
