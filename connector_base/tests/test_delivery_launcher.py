"""Confirming and launching by pages, compared with Odoo's own `action_confirm` record by record."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from odoo.addons.connector_base.engine.delivery_launcher import FAST_PARAMETER

MADE = ("stock.reference", "stock.picking", "stock.move", "stock.move.line")
# Given anew each time (names come from sequences that don't roll back), or about when and by whom
ANEW = {"id", "name", "display_name", "create_date", "write_date", "access_token", "complete_reference", "reference"}
ANEW |= {"message_main_attachment_id", "message_ids", "message_follower_ids", "activity_ids", "procurement_values"}


@tagged("post_install", "-at_install")
class TestDeliveryLauncher(TransactionCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.launcher = cls.env["integration.delivery.launcher"]
        cls.partner = cls.env["res.partner"].create({"name": "Ada Lovelace"})
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.second = cls.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        cls.two_steps = cls.env["stock.warehouse"].create(
            {"name": "Two steps", "code": "TWO", "delivery_steps": "pick_ship"}
        )
        product = {"type": "consu", "list_price": 10.0}
        cls.plenty, cls.scarce, cls.none, cls.consumable, cls.service = cls.env["product.product"].create(
            [
                {**product, "name": "Plenty", "is_storable": True, "weight": 1.5},
                {**product, "name": "Scarce", "is_storable": True},
                {**product, "name": "None", "is_storable": True},
                {**product, "name": "Consumable", "sale_delay": 4},
                {"name": "Service", "type": "service"},
            ]
        )
        for warehouse in cls.warehouse + cls.second + cls.two_steps:
            cls.stock(cls.plenty, warehouse, 1000)
            cls.stock(cls.scarce, warehouse, 3)

    @classmethod
    def stock(cls, product, warehouse, quantity):
        cls.env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, quantity)

    def order(self, *lines, warehouse=None, **values):
        """Return a quotation with `lines` of (product, quantity[, more values])."""
        return self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "warehouse_id": (warehouse or self.warehouse).id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity, **(more[0] if more else {})})
                    for product, quantity, *more in lines
                ],
                **values,
            }
        )

    def page(self):
        """Return a page with everything an order can ask of a warehouse."""
        dozen = {"product_uom_id": self.env.ref("uom.product_uom_dozen").id}
        carrier = self.env["delivery.carrier"].create({"name": "Post", "product_id": self.service.id})
        route = self.second.delivery_route_id
        route.sale_selectable = True
        return (
            self.order((self.plenty, 2), (self.consumable, 1), (self.service, 1))
            + self.order((self.plenty, 1), (self.plenty, 4), (self.scarce, 2), carrier_id=carrier.id)
            + self.order((self.scarce, 2), (self.none, 1), commitment_date="2026-04-01 10:00:00")
            + self.order((self.plenty, 1, dozen), (self.consumable, 0))
            + self.order((self.service, 1))
            + self.order((self.plenty, 3), (self.consumable, 2), warehouse=self.second)
            + self.order((self.plenty, 3), (self.scarce, 5), (self.consumable, 2), warehouse=self.two_steps)
            + self.order((self.plenty, 1, {"route_ids": [Command.set(route.ids)]}), (self.scarce, 1))
        )

    def made(self, run, orders):
        """Return what `run` makes of `orders`: every stored field of every new record; then undo it."""
        newest = {model: self.env[model].search([], order="id desc", limit=1).id or 0 for model in MADE}
        savepoint = self.env.cr.savepoint()
        run()
        self.env.invalidate_all()
        records = {model: self.env[model].search([("id", ">", last)], order="id") for model, last in newest.items()}
        rank = {model: {id_: at for at, id_ in enumerate(found.ids)} for model, found in records.items()}
        made = {model: [self.values(record, rank) for record in found] for model, found in records.items()}
        made["sale.order"] = [self.values(order, rank) for order in orders]
        made["sale.order.line"] = [self.values(line, rank) for line in orders.order_line]
        made["quants"] = sorted(
            (quant.product_id.id, quant.location_id.id, quant.quantity, quant.reserved_quantity)
            for quant in self.env["stock.quant"].search([("product_id", "in", orders.order_line.product_id.ids)])
        )
        savepoint.close(rollback=True)
        return made

    def values(self, record, rank):
        names = [name for name, field in record._fields.items() if field.store and name not in ANEW]
        values = record.read(names, load=False)[0] | {"id": 0}
        for name in names:
            field = record._fields[name]
            if field.relational and field.comodel_name in rank:
                ranks = rank[field.comodel_name]
                values[name] = [ranks.get(other.id, other.id) for other in record[name].sorted("id")]
        return values

    def assert_same(self, orders):
        def ours():
            self.launcher._confirm(orders)
            self.launcher._launch(orders)

        with freeze_time("2026-03-02 08:00:00"):
            odoo = self.made(orders.action_confirm, orders)
            with self.assertNoLogs("odoo.addons.connector_base.engine.delivery_launcher", "WARNING"):
                fast = self.made(ours, orders)
        self.assertTrue(odoo["stock.move"])
        for model, records in odoo.items():
            self.assertEqual(len(records), len(fast[model]), model)
            for theirs, mine in zip(records, fast[model], strict=True):
                self.assertEqual(theirs, mine, model)

    def confirmed(self, *orders):
        page = self.env["sale.order"].concat(*orders)
        self.launcher._confirm(page)
        return page

    # === EQUAL TO ODOO === #

    def test_a_page_of_all_kinds_is_as_odoo_makes_it(self):
        self.assertTrue(self.launcher._is_fast())
        with patch("odoo.addons.connector_base.engine.delivery_launcher.SAMPLE", 1):
            self.assert_same(self.page())

    def test_goods_are_reserved_by_hand_where_the_operation_says_so(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        self.assert_same(self.page())

    def test_one_delivery_per_order_though_lines_ask_for_other_carriers_or_dates(self):
        self.env["ir.config_parameter"].set_param("stock.merge_only_same_date", "True")
        self.assert_same(self.order((self.plenty, 1), (self.plenty, 2, {"customer_lead": 7.0}), (self.scarce, 4)))

    def test_reordering_rules_are_triggered(self):
        self.warehouse.resupply_wh_ids = self.second
        route = self.env["stock.route"].search([("supplier_wh_id", "=", self.second.id)], limit=1)
        self.scarce.route_ids = route
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.scarce.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "trigger": "auto",
                "product_min_qty": 2,
                "product_max_qty": 9,
            }
        )
        orders = self.order((self.scarce, 3), (self.plenty, 1)) + self.order((self.plenty, 1))
        self.assert_same(orders)
        self.confirmed(orders)
        self.launcher._launch(orders)
        resupply = self.env["stock.move"].search([("product_id", "=", self.scarce.id), ("sale_line_id", "=", False)])
        self.assertTrue(resupply)

    def test_goods_made_to_order_are_pulled(self):
        self.warehouse.resupply_wh_ids = self.second
        route = self.env["stock.route"].search([("supplier_wh_id", "=", self.second.id)], limit=1)
        pull = route.rule_ids.filtered(lambda rule: rule.location_dest_id == self.warehouse.lot_stock_id)
        delivery = self.warehouse.delivery_route_id.rule_ids.filtered(lambda rule: rule.action != "push")
        delivery.procure_method = "make_to_order"
        self.plenty.route_ids = route
        self.assertTrue(pull)
        self.assert_same(self.order((self.plenty, 2)) + self.order((self.plenty, 5)))

    # === TWO STEPS, TWICE, LOCKED, FAILED === #

    def test_confirmed_without_deliveries_then_launched_once(self):
        page = self.confirmed(self.order((self.plenty, 2)), self.order((self.service, 1)))
        self.assertEqual(set(page.mapped("state")), {"sale"})
        self.assertFalse(page.picking_ids)
        self.launcher._launch(page)
        self.launcher._launch(page)
        self.assertEqual(page.picking_ids.move_ids.mapped("quantity"), [2.0])
        self.assertEqual(page.picking_ids.mapped("state"), ["assigned"])
        self.assertFalse(page.picking_ids.message_ids)

    def test_a_cancelled_delivery_is_not_made_again(self):
        page = self.confirmed(self.order((self.plenty, 2)))
        self.launcher._launch(page)
        page.picking_ids.action_cancel()
        self.launcher._launch(page)
        self.assertEqual(page.picking_ids.mapped("state"), ["cancel"])

    def test_quotations_and_cancelled_orders_are_not_delivered(self):
        quotation, cancelled = self.order((self.plenty, 1)), self.order((self.plenty, 1))
        cancelled._action_cancel()
        self.launcher._launch(quotation + cancelled)
        self.assertFalse((quotation + cancelled).picking_ids)

    def test_locked_orders_are_delivered_and_stay_locked(self):
        page = self.confirmed(self.order((self.plenty, 1)))
        page.action_lock()
        self.launcher._launch(page)
        self.assertEqual(page.picking_ids.mapped("state"), ["assigned"])
        self.assertTrue(page.locked)

    def test_a_product_that_cannot_be_delivered_fails_the_page(self):
        self.warehouse.delivery_route_id.rule_ids.active = False
        page = self.confirmed(self.order((self.plenty, 1), warehouse=self.second), self.order((self.plenty, 1)))
        with self.assertRaises(UserError):
            self.launcher._launch(page)
        self.assertFalse(page.picking_ids)

    # === SWITCHED OFF === #

    def test_a_differing_sample_switches_it_off_and_odoo_does_the_page(self):
        page = self.confirmed(self.order((self.plenty, 2)), self.order((self.consumable, 1)))
        launch = type(self.launcher)._launch_fast

        def late(launcher, lines):
            launch(launcher, lines)
            lines.order_id.picking_ids.move_ids.date = "2031-01-01 00:00:00"

        with (
            patch.object(type(self.launcher), "_launch_fast", late),
            patch("odoo.addons.connector_base.engine.delivery_launcher.SAMPLE", 1),
            self.assertLogs("odoo.addons.connector_base.engine.delivery_launcher", "WARNING"),
        ):
            self.launcher._launch(page)
        self.assertEqual(self.env["ir.config_parameter"].sudo().get_param(FAST_PARAMETER), "False")
        self.assertEqual(len(page.picking_ids), 2)
        self.assertTrue(all(date.year < 2031 for date in page.picking_ids.move_ids.mapped("date")))

    def test_another_addons_way_of_making_transfers_is_respected(self):
        moves = self.env.registry["stock.move"]
        with (
            patch.object(moves, "_search_picking_for_assignation", moves._search_picking_for_assignation),
            patch.object(moves, "_module", "stock_grouping", create=True),
        ):
            self.assertFalse(self.launcher._is_fast())
        self.assertTrue(self.launcher._is_fast())
