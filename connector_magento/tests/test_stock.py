from datetime import datetime

from odoo import Command
from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Location, StockLevel
from odoo.addons.connector_base.transport import iter_pages
from odoo.addons.connector_magento import const

from .catalogue_common import CatalogueCase, simple


@tagged("post_install", "-at_install")
class TestStock(CatalogueCase):
    """Stock by source, and in shops without sources."""

    def setUp(self):
        super().setUp()
        self.client.products = [simple(number) for number in (1, 2, 3)]
        self.client.source_items = [self.item("SKU-1", 7), self.item("SKU-2", 2.5)]

    def item(self, sku, quantity, source="default"):
        return {"sku": sku, "source_code": source, "quantity": quantity, "status": 1}

    def level(self, sku, quantity, expected=None, location="default"):
        return StockLevel(item_external_id=sku, location_external_id=location, quantity=quantity, expected=expected)

    def push(self, *levels):
        return {
            result.level.item_external_id: result for result in self.adapter._push_stock(self.backend, levels, "key")
        }

    def test_sources(self):
        self.assertEqual(
            self.adapter._fetch_locations(self.backend),
            [Location(external_id="default", name="Default Source", country_code="DE", holds_orders=True)],
        )
        found = self.adapter._fetch_stock(self.backend, ["SKU-1", "SKU-2", "SKU-3"], ["default"])
        self.assertEqual([level.quantity for level in found], [7, 2, None])
        pages = list(iter_pages(lambda page: self.adapter._list_stock(self.backend, "default", page)))
        self.assertEqual([level.quantity for page in pages for level in page.documents], [7, 2])

    def test_one_that_is_refused_keeps_no_other(self):
        self.client.refused = {"SKU-2"}
        results = self.push(self.level("SKU-1", 5), self.level("SKU-2", 6), self.level("SKU-3", 0))
        self.assertEqual({sku for sku, result in results.items() if result.error}, {"SKU-2"})
        self.assertTrue(results["SKU-2"].error.remedy)
        stored = self.stored()
        self.assertEqual(stored, {"SKU-1": (5, 1), "SKU-2": (2.5, 1), "SKU-3": (0, 1)})

    def stored(self):
        return {item["sku"]: (item["quantity"], item["status"]) for item in self.client.source_items}

    def test_what_was_sent_there_meanwhile_is_not_put_back(self):
        """Magento takes off a source what it sends; Odoo hears of it with the shipment."""
        self.client.source_items = [
            {"sku": f"SKU-{number}", "source_code": "default", "quantity": 7, "status": 1} for number in (1, 2, 3)
        ]
        self.client.calls.clear()
        results = self.push(self.level("SKU-1", 5, 7), self.level("SKU-2", 8, 9), self.level("SKU-3", 7, 9))
        self.assertEqual([results[f"SKU-{number}"].stale for number in (1, 2, 3)], [False, True, False])
        self.assertEqual([self.stored()[f"SKU-{number}"][0] for number in (1, 2, 3)], [5, 7, 7])
        self.assertEqual(self.client.calls, [("GET", "inventory/source-items"), ("POST", "inventory/source-items")])

    def test_without_sources(self):
        self.client.module_names.remove(const.MSI_MODULE)
        self.client.stock_items = {
            f"SKU-{number}": {"item_id": number, "qty": 7, "use_config_manage_stock": True} for number in (1, 2)
        }
        [place] = self.adapter._fetch_locations(self.backend)
        self.assertFalse(place.holds_orders)
        there = place.external_id
        found = self.adapter._fetch_stock(self.backend, ["SKU-1", "SKU-9"], [there])
        self.assertEqual([(level.item_external_id, level.quantity) for level in found], [("SKU-1", 7)])
        page = self.adapter._list_stock(self.backend, there)
        self.assertEqual([level.quantity for level in page.documents], [7, 7])
        results = self.push(self.level("SKU-1", 5, 7, there), self.level("SKU-2", 5, 9, there))
        self.assertEqual((results["SKU-1"].stale, results["SKU-2"].stale), (False, True))
        self.assertEqual([self.client.stock_items[f"SKU-{number}"]["qty"] for number in (1, 2)], [5, 7])
        self.push(self.level("SKU-1", 0, 5, there))
        self.assertEqual(self.client.stock_items["SKU-1"]["qty"], 0)
        self.assertTrue(self.client.stock_items["SKU-1"]["is_in_stock"], "the shop decides by its backorders")

    # === WHAT OPEN ORDERS WAIT FOR === #

    def place(self, **values):
        """Return a place of the shop, and a variant of which Odoo has ten there, on the channel."""
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.backend.company_id.id)], limit=1)
        place = self.env["integration.location"].create(
            {
                "backend_id": self.backend.id,
                "external_id": "default",
                "name": "Default",
                "location_ids": [Command.set(warehouse.lot_stock_id.ids)],
                "warehouse_id": warehouse.id,
                **values,
            }
        )
        product = self.env["product.product"].create({"name": "Mug", "default_code": "MUG", "is_storable": True})
        self.env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 10)
        binding = self.env["integration.binding.variant"].create(
            {"backend_id": self.backend.id, "external_id": "1", "odoo_id": product.id, "inventory_external_id": "MUG"}
        )
        return place, binding

    def order(self, product, quantity, backend=None):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Ann"}).id,
                "integration_backend_id": (backend or self.backend).id,
                "integration_external_id": "500",
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity, "integration_external_id": "501"}
                    )
                ],
            }
        )
        return order

    def told(self, place, binding):
        found = self.env["integration.stock.quantities"]._offered(self.backend, binding, place)
        return found[binding.id, place.id]

    def test_a_source_holds_what_its_orders_wait_for(self):
        """From the order until the shop knows that it left, the source is told the same."""
        place, binding = self.place(holds_orders=True)
        order = self.order(binding.odoo_id, 3)
        self.assertEqual(self.told(place, binding), 10, "the shop sets three aside by itself")
        order.action_confirm()
        self.assertEqual(self.told(place, binding), 10)
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 3, "picked": True})
        picking._action_done()
        self.assertEqual(self.told(place, binding), 10, "they have left, and the shop doesn't know")
        self.backend.stock_basis = "on_hand"
        self.assertEqual(self.told(place, binding), 10)
        self.backend.stock_basis = "free"
        self.env["integration.binding.shipment"].create(
            {
                "backend_id": self.backend.id,
                "external_id": "9",
                "odoo_id": picking.id,
                "order_id": order.id,
                "direction": "out",
                "lines": [["501", "3", ""]],
                "shipped_at": datetime(2026, 11, 21),
            }
        )
        self.assertEqual(self.told(place, binding), 7, "the shop has taken them off")

    def test_units_that_are_not_wanted_any_more_wait_for_nothing(self):
        """What the shop canceled, or gave back before it was sent, it sets aside no longer."""
        place, binding = self.place(holds_orders=True)
        order = self.order(binding.odoo_id, 5)
        order.action_confirm()
        self.backend.return_goods = "prepare"
        refund = self.env["integration.refund"].create(
            {
                "backend_id": self.backend.id,
                "order_id": order.id,
                "external_id": "canceled-500",
                "refunded_at": datetime(2026, 11, 21),
                "currency_id": order.currency_id.id,
                "line_ids": [
                    Command.create(
                        {
                            "kind": "line",
                            "line_external_id": "501",
                            "quantity": 3,
                            "restock": True,
                            "cancelled": True,
                        }
                    )
                ],
            }
        )
        self.env["integration.return.importer"]._return_goods(self.backend, refund)
        self.assertEqual(order.picking_ids.move_ids.product_uom_qty, 2)
        self.assertEqual(self.told(place, binding), 10, "eight are free, and two are set aside there")

    def test_two_sources_in_one_warehouse(self):
        """The shop sets the units of an order aside once: together its sources hold what there is."""
        place, binding = self.place(holds_orders=True)
        stock = place.warehouse_id.lot_stock_id
        shelves = self.env["stock.location"].create([{"name": name, "location_id": stock.id} for name in "AB"])
        second = self.env["integration.location"].create(
            {
                "backend_id": self.backend.id,
                "external_id": "second",
                "name": "Second",
                "location_ids": [Command.set(shelves[1].ids)],
                "holds_orders": True,
            }
        )
        place.location_ids = shelves[0]
        product = binding.odoo_id
        self.env["stock.quant"]._update_available_quantity(product, stock, -10)
        for shelf, quantity in zip(shelves, (10, 5), strict=True):
            self.env["stock.quant"]._update_available_quantity(product, shelf, quantity)
        self.order(product, 3).action_confirm()
        found = self.env["integration.stock.quantities"]._offered(self.backend, binding, place | second)
        self.assertEqual(sum(found.values()), 15, "twelve can be sold, and three are set aside there")

    def test_what_consists_of_others_has_no_stock_there(self):
        """A kit of Odoo's is told if it is a product like others there; Magento refuses quantities of bundles."""
        place, binding = self.place(holds_orders=True)
        product = self.env["integration.binding.product"].create(
            {
                "backend_id": self.backend.id,
                "external_id": "1",
                "odoo_id": binding.odoo_id.product_tmpl_id.id,
                "magento_type": "simple",
            }
        )
        binding.external_parent_id = "1"
        quantities = self.env["integration.stock.quantities"]
        self.assertTrue(quantities._offered(self.backend, binding, place))
        product.magento_type = "bundle"
        self.assertFalse(quantities._offered(self.backend, binding, place))

    def test_orders_of_others_are_taken_off(self):
        place, binding = self.place(holds_orders=True)
        other = self.backend.copy({"name": "Other"})
        self.order(binding.odoo_id, 3, other).action_confirm()
        self.assertEqual(self.told(place, binding), 7)

    def test_without_sources_an_order_counts_at_once(self):
        place, binding = self.place(holds_orders=False)
        self.order(binding.odoo_id, 3).action_confirm()
        self.assertEqual(self.told(place, binding), 7)
