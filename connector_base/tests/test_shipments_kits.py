from decimal import Decimal
from unittest import SkipTest

from odoo import Command
from odoo.tests import tagged

from .shipment_common import ShipmentCase


@tagged("post_install", "-at_install")
class TestShipmentsKits(ShipmentCase):
    """A kit is told in whole ones, and delivered in its parts; needs the modules for kits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "mrp.bom" not in cls.env:
            raise SkipTest("sale_mrp is not installed")
        kit = cls.env["product.product"].create({"name": "Breakfast", "default_code": "KIT", "type": "consu"})
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": cls.mug.id, "product_qty": 2}),
                    Command.create({"product_id": cls.plate.id, "product_qty": 1}),
                ],
            }
        )

    def kits(self):
        """Return the confirmed order of 3 kits: 6 mugs, 3 plates."""
        [line, _other] = self.document().lines
        self.lines = (self.with_sku(line),)
        return self.order(lines=self.lines)

    def with_sku(self, line):
        return type(line)(
            external_id="L1", title="Breakfast", sku="KIT", quantity=Decimal(3), unit_price=line.unit_price
        )

    def test_whole_kits_are_told(self):
        order = self.kits()
        self.ship(order.picking_ids, mugs=5, plates=1)
        self.push()
        self.ship(self.open_pickings(order), plates=2)
        self.push()
        self.ship(self.open_pickings(order))
        self.push()
        self.assertEqual(self.told(order), [{"L1": Decimal(1)}, {"L1": Decimal(1)}, {"L1": Decimal(1)}])

    def test_a_part_of_a_kit_is_nothing_to_tell(self):
        order = self.kits()
        picking = self.ship(order.picking_ids, mugs=6)
        self.push()
        self.assertEqual((picking.integration_shipment_state, self.told(order)), (False, []))
        self.ship(self.open_pickings(order))
        self.push()
        self.assertEqual(self.told(order), [{"L1": Decimal(3)}])

    def test_kits_sent_outside(self):
        order = self.kits()
        for minutes, shipments in enumerate((("F1",), ("F1", "F2")), start=1):
            document = self.document(
                lines=self.lines,
                shipments=tuple(
                    self.shipment(key, ("L1", quantity)) for key, quantity in zip(shipments, ("1", "2"), strict=False)
                ),
            )
            self.import_later(document, minutes)
            self.book()
        self.assertEqual(order.order_line.qty_delivered, 3)
        self.assertEqual(len(order.picking_ids), 2)
        first = order.integration_shipment_ids.filtered(lambda binding: binding.external_id == "F1").odoo_id
        self.assertEqual({move.product_id: move.quantity for move in first.move_ids}, {self.mug: 2, self.plate: 1})


@tagged("post_install", "-at_install")
class TestShipmentsDropship(ShipmentCase):
    """What a supplier sends to the customer is told like any delivery; needs the module for dropshipping."""

    def test_dropshipped(self):
        route = self.env.ref("stock_dropshipping.route_drop_shipping", raise_if_not_found=False)
        if not route:
            self.skipTest("stock_dropshipping is not installed")
        supplier = self.env["res.partner"].create({"name": "Supplier"})
        self.mug.write(
            {
                "route_ids": [Command.set(route.ids)],
                "seller_ids": [Command.create({"partner_id": supplier.id, "price": 1})],
            }
        )
        order = self.order(lines=(self.document().lines[0],))
        purchase = order._get_purchase_orders()
        purchase.button_confirm()
        [picking] = purchase.picking_ids
        self.ship(picking, tracking="1Z1")
        self.push()
        self.assertEqual(self.told(order), [{"L1": Decimal(3)}])
        self.assertEqual(picking.integration_shipment_state, "sent")
