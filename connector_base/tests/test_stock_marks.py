from odoo import Command
from odoo.tests import tagged

from .stock_common import StockCase


@tagged("post_install", "-at_install")
class TestStockMarks(StockCase):
    """Whatever changes what can be sold marks the article, in one statement at the end of the transaction."""

    def assert_marks(self, bindings, what=""):
        self.assertEqual(self.marked(), bindings, what)
        self.settle()

    def test_stock(self):
        self.put(self.mug, 5)
        self.assert_marks(self.mug_binding, "goods")
        move = self.env["stock.move"].create(
            {
                "product_id": self.mug.id,
                "product_uom_qty": 2,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.customers.id,
            }
        )
        move._action_confirm()
        self.assert_marks(self.mug_binding, "a plan")
        move._action_assign()
        self.assert_marks(self.mug_binding, "a reservation")
        move.picked = True
        move._action_done()
        self.assert_marks(self.mug_binding, "a delivery")
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {"product_id": self.cup.id, "location_id": self.shelf.id, "inventory_quantity": 3}
        ).action_apply_inventory()
        self.assert_marks(self.cup_binding, "a count")

    def test_orders(self):
        order = self.add_order(self.mug, 1)
        self.assert_marks(self.mug_binding)
        order.order_line.product_uom_qty = 2
        self.assert_marks(self.mug_binding)
        order.order_line.product_id = self.cup
        self.assert_marks(self.mug_binding | self.cup_binding)
        order.action_cancel()
        self.assert_marks(self.cup_binding)
        order.order_line.name = "Another text"
        self.assert_marks(self.mug_binding.browse())
        self.env["sale.order"].create(
            {"partner_id": self.env.user.partner_id.id, "order_line": [Command.create({"product_id": self.mug.id})]}
        )
        self.assert_marks(self.mug_binding.browse(), "no order of a sales channel")

    def test_settings(self):
        both = self.mug_binding | self.cup_binding
        for values in ({"stock_basis": "forecast"}, {"stock_buffer": 1}, {"stock_percent": 50}, {"stock_minimum": 2}):
            self.backend.write(values)
            self.assert_marks(both, str(values))
        self.backend.write({"name": "Renamed"})
        self.assert_marks(both.browse())
        self.main.push = False
        self.assert_marks(both)
        self.second.location_ids = self.shelf
        self.assert_marks(both)
        self.mug.product_tmpl_id.write({"integration_stock_policy": "own", "integration_stock_buffer": 1})
        self.assert_marks(self.mug_binding)
        self.backend.state = "disconnected"
        self.put(self.mug, 1)
        self.assert_marks(both.browse(), "nobody to tell")
        self.backend.state = "connected"
        self.assert_marks(both, "connected again")

    def test_new_variant(self):
        pot = self.env["product.product"].create({"name": "Pot", "type": "consu", "is_storable": True})
        self.assert_marks(self.bind(pot, "30"))

    def test_import_tells_the_others(self):
        other = self.env["integration.backend"].create({"name": "Other shop", "platform": "fake"})
        other.write({"state": "connected", "export_stock": True})
        elsewhere = self.bind(self.mug, "77", backend=other)
        self.settle()
        self.env["stock.quant"].with_context(integration_from_backend=self.backend.id)._update_available_quantity(
            self.mug, self.shelf, 1
        )
        self.assertEqual(self.marked(other), elsewhere)

    def test_who_told_of_it_and_tells_what_is_left_needs_not_be_told(self):
        quants = self.env["stock.quant"].with_context(integration_from_backend=self.backend.id)
        self.env["ir.config_parameter"].set_param("connector_base.public_url", "https://odoo.example.com")
        quants._update_available_quantity(self.mug, self.shelf, 1)
        self.assert_marks(self.mug_binding.browse())
        self.sync()
        self.main.holds_orders = True
        self.settle()
        quants._update_available_quantity(self.mug, self.shelf, 1)
        self.assert_marks(self.mug_binding, "nobody tells what was taken off when it was sent")
        self.main.holds_orders = False
        self.env["ir.config_parameter"].set_param("connector_base.public_url", "http://localhost")
        self.backend.invalidate_recordset(["webhooks_reachable"])
        quants._update_available_quantity(self.mug, self.shelf, 1)
        self.assert_marks(self.mug_binding, "it tells of nothing")

    def test_rolled_back(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.put(self.mug, 1)
            raise ZeroDivisionError
        self.assert_marks(self.mug_binding.browse())

    def test_one_statement(self):
        """A hundred changes are one statement; a second flush says nothing more."""
        self.put(self.mug, 1)
        self.put(self.cup, 1)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.env.cr.flush()
        self.assertEqual(self.env.cr.sql_log_count - before, 1)
        self.env.cr.flush()
        self.assertEqual(self.env.cr.sql_log_count - before, 1)

    def test_nothing_where_nobody_is_told(self):
        self.backend.export_stock = False
        self.settle()
        self.put(self.mug, 1)
        self.add_order(self.mug, 1)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.env.cr.flush()
        self.assertEqual(self.env.cr.sql_log_count, before)

    def test_a_push_waits_after_the_commit(self):
        self.put(self.mug, 1)
        self.env.cr.flush()
        noted = self.env.cr.postcommit.data["integration_changes"]
        self.assertIn((self.backend.id, "stock"), noted)
        self.env["integration.change"]._wake(noted)
        job = self.env["sync.job"]._waiting(f"push_stock:{self.backend.id}")
        self.assertTrue(job.eta)
        self.perform(job)
        self.assertEqual(self.shop.stock["I10", "P1"], 1)
