from unittest import SkipTest

from odoo import Command
from odoo.tests import tagged

from odoo.addons.connector_base.tests.stock_common import StockCase


@tagged("post_install", "-at_install")
class TestStockKits(StockCase):
    """A set of 2 mugs and a tray, which is a kit itself: 1 board and 4 screws."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "connector_base_mrp" not in cls.registry._init_modules:
            raise SkipTest("needs mrp, and connector_base_mrp with it")
        cls.board, cls.screw, cls.card, cls.tray, cls.set = cls.env["product.product"].create(
            [
                {"name": name, "type": "consu", "is_storable": storable}
                for name, storable in (
                    *(("Board", True), ("Screw", True), ("Card", False)),
                    *(("Tray", False), ("Set", False)),
                )
            ]
        )
        cls.make_kit(cls.tray, {cls.board: 1, cls.screw: 4})
        cls.bom = cls.make_kit(cls.set, {cls.mug: 2, cls.tray: 1, cls.card: 1})
        cls.set_binding = cls.bind(cls.set, "40")

    @classmethod
    def make_kit(cls, product, components):
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": component.id, "product_qty": quantity})
                    for component, quantity in components.items()
                ],
            }
        )

    def offered(self, binding):
        self.env.flush_all()
        quantities = self.env["integration.stock.quantities"]._offered(self.backend, binding, self.main)
        return quantities.get((binding.id, self.main.id))

    def test_as_many_as_the_scarcest_component_allows(self):
        self.put(self.mug, 9)
        self.put(self.board, 10)
        self.put(self.screw, 13)
        self.assertEqual(self.offered(self.set_binding), 3)
        self.put(self.screw, 100)
        self.assertEqual(self.offered(self.set_binding), 4)
        self.assertEqual(
            self.set.with_context(location=self.warehouse.lot_stock_id.id).free_qty, 4, "Odoo says the same"
        )

    def test_quotations_of_kits_hold_components(self):
        self.put(self.mug, 10)
        self.put(self.board, 10)
        self.put(self.screw, 100)
        self.add_order(self.set, 2)
        self.assertEqual((self.offered(self.set_binding), self.offered(self.mug_binding)), (3, 6))
        self.add_order(self.mug, 1)
        self.assertEqual((self.offered(self.set_binding), self.offered(self.mug_binding)), (2, 5))

    def test_components_mark_their_kits(self):
        self.put(self.screw, 1)
        self.assertEqual(self.marked(), self.set_binding)
        self.settle()
        self.put(self.mug, 1)
        self.assertEqual(self.marked(), self.set_binding | self.mug_binding)

    def test_bills_of_materials_mark_their_kits(self):
        self.bom.bom_line_ids[0].product_qty = 3
        self.assertEqual(self.marked(), self.set_binding)
        self.settle()
        self.bom.active = False
        self.assertEqual(self.marked(), self.set_binding)
        self.assertIsNone(self.offered(self.set_binding), "nobody counts it")

    def test_sent(self):
        self.put(self.mug, 2)
        self.put(self.board, 1)
        self.put(self.screw, 4)
        self.push()
        self.assertEqual(self.shop.stock["I40", "P1"], 1)
