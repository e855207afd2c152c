import math
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import BaseCase, tagged

from ..engine.stock_quantities import offered
from .stock_common import StockCase


class TestOffered(BaseCase):
    @given(
        st.integers(-1000, 1000),
        st.integers(0, 100),
        st.integers(0, 50),
        st.integers(0, 50),
        st.sampled_from([1, 4, 10]),
    )
    def test_share_buffer_minimum(self, units, percent, buffer, minimum, parts):
        """Never more than the share, never what is kept back, nothing below the minimum; whole units."""
        quantity = Fraction(units, parts)
        found = offered(float(quantity), percent=percent, buffer=buffer, minimum=minimum)
        exact = math.floor(quantity * percent / 100) - buffer
        self.assertEqual(found, exact if exact >= max(minimum, 1) else 0)
        self.assertIsInstance(found, int)

    def test_sums_of_floats(self):
        self.assertEqual(offered(sum([0.1] * 30)), 3)
        self.assertEqual(offered(0.9999999999), 1)


@tagged("post_install", "-at_install")
class TestStockQuantities(StockCase):
    """Which quantity is offered where."""

    def offered(self, product=None, place=None, backend=None):
        backend = backend or self.backend
        product, place = product or self.mug, place or self.main
        binding = product.integration_variant_binding_ids.filtered(lambda item: item.backend_id == backend)
        self.env.flush_all()
        found = self.env["integration.stock.quantities"]._offered(backend, binding, place)
        return found.get((binding.id, place.id))

    def move(self, product, quantity, source, target, **values):
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": source.id,
                "location_dest_id": target.id,
                **values,
            }
        )
        move._action_confirm()
        return move

    def test_places_are_the_locations_and_what_lies_below(self):
        self.put(self.mug, 3)
        self.put(self.mug, 4, self.shelf)
        self.put(self.mug, 5, self.harbour)
        self.assertEqual((self.offered(), self.offered(place=self.second)), (7, 5))
        self.second.location_ids = self.harbour | self.shelf
        self.assertEqual((self.offered(), self.offered(place=self.second)), (7, 9), "the shelf counts for both")
        self.main.location_ids = self.shelf
        self.assertEqual(self.offered(), 4)

    def test_basis(self):
        self.put(self.mug, 10)
        self.move(self.mug, 4, self.warehouse.lot_stock_id, self.customers)._action_assign()
        self.move(self.mug, 3, self.warehouse.lot_stock_id, self.customers)
        self.move(self.mug, 20, self.suppliers, self.shelf)
        self.move(self.mug, 1, self.shelf, self.warehouse.lot_stock_id)
        expected = {"on_hand": 10, "free": 6, "forecast": 10 - 4 - 3 + 20}
        for basis, quantity in expected.items():
            self.backend.stock_basis = basis
            self.assertEqual(self.offered(), quantity, basis)
        product = self.mug.with_context(location=self.warehouse.lot_stock_id.ids)
        self.assertEqual(
            expected,
            {"on_hand": product.qty_available, "free": product.free_qty, "forecast": product.virtual_available},
        )

    def test_quotations_of_imported_orders_hold(self):
        other = self.env["integration.backend"].create({"name": "Other shop", "platform": "fake"})
        self.put(self.mug, 10)
        self.add_order(self.mug, 2)
        self.add_order(self.mug, 3, backend=other)
        self.assertEqual(self.offered(), 5)
        self.add_order(self.mug, 1, integration_fulfillment_status="fulfilled")
        self.add_order(self.mug, 1, integration_cancelled_at="2026-01-01")
        self.add_order(self.mug, 1).action_cancel()
        self.env["sale.order"].create(
            {"partner_id": self.env.user.partner_id.id, "order_line": [Command.create({"product_id": self.mug.id})]}
        )
        self.assertEqual(self.offered(), 5, "sent, cancelled, or a mere offer to somebody")
        self.backend.stock_basis = "forecast"
        self.assertEqual(self.offered(), 5)
        self.backend.stock_basis = "on_hand"
        self.assertEqual(self.offered(), 10)

    def test_quotations_in_other_units(self):
        self.put(self.mug, 30)
        order = self.add_order(self.mug, 1)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.assertEqual(self.offered(), 18)

    def test_confirming_changes_nothing(self):
        """What a quotation held its delivery holds, also where nothing is reserved for it."""
        self.put(self.mug, 10)
        order = self.add_order(self.mug, 4)
        self.assertEqual(self.offered(), 6)
        order.action_confirm()
        self.assertEqual(self.offered(), 6)
        order.picking_ids.do_unreserve()
        self.assertEqual(self.offered(), 6)
        self.put(self.mug, -8)
        self.assertEqual(self.offered(), 0, "oversold")

    def test_orders_hold_in_their_warehouse(self):
        self.put(self.mug, 10)
        self.put(self.mug, 10, self.harbour)
        self.add_order(self.mug, 4)
        self.assertEqual((self.offered(), self.offered(place=self.second)), (6, 10))
        self.main.location_ids = self.shelf
        self.put(self.mug, 5, self.shelf)
        self.assertEqual(self.offered(), 1, "a part of the warehouse's stock")

    def test_settings(self):
        self.put(self.mug, 11)
        self.backend.write({"stock_percent": 50, "stock_buffer": 2})
        self.assertEqual(self.offered(), 3)
        self.backend.stock_minimum = 4
        self.assertEqual(self.offered(), 0)
        self.mug.product_tmpl_id.write({"integration_stock_policy": "own", "integration_stock_buffer": 1})
        self.assertEqual(self.offered(), 4)
        self.mug.integration_stock_policy = "excluded"
        self.assertIsNone(self.offered())
        self.mug.write({"integration_stock_policy": "channel", "is_storable": False})
        self.assertIsNone(self.offered())

    def test_queries_do_not_grow(self):
        """As many queries for 40 articles as for 2."""
        products = self.env["product.product"].create(
            [{"name": f"A{number}", "type": "consu", "is_storable": True} for number in range(40)]
        )
        for number, product in enumerate(products):
            self.bind(product, f"3{number:02}")
            self.put(product, number + 1)
        self.add_order(products[0], 1)
        bindings = products.integration_variant_binding_ids
        counts = []
        for some in (bindings[:2], bindings):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.env["integration.stock.quantities"]._offered(self.backend, some, self.main | self.second)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertEqual(found[bindings[39].id, self.main.id], 40)
