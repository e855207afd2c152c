from dataclasses import replace
from datetime import datetime, timezone

from odoo import Command
from odoo.tests import tagged

from odoo.addons.connector_base.canonical import UNSET
from odoo.addons.connector_base.transport import DataError

from .shipment_common import ShipmentCase


@tagged("post_install", "-at_install")
class TestShipmentsIn(ShipmentCase):
    """What was sent outside of Odoo is delivered here, once, as far as it can be without guessing."""

    def news(self, *shipments, minutes=1, external_id="1001", **values):
        """Import the order as it is so many minutes later, and book what can be booked."""
        document = self.document(external_id, shipments=tuple(shipments), **values)
        self.import_later(document, minutes)
        self.book()
        return self.order_of(external_id)

    def lot(self, product, name, quantity=1):
        lot = self.env["stock.lot"].create({"name": name, "product_id": product.id})
        self.stock(product, quantity, lot=lot)
        return lot

    def delivered(self, order):
        return {line.integration_external_id: line.qty_delivered for line in order.order_line}

    def test_whole_order(self):
        order = self.order()
        sent = datetime(2026, 3, 2, tzinfo=timezone.utc)
        self.news(self.shipment("F1", ("L1", "3"), ("L2", "2"), tracking=("1Z1", "1Z2"), shipped_at=sent))
        [picking] = order.picking_ids
        self.assertEqual((picking.state, picking.carrier_tracking_ref), ("done", "1Z1, 1Z2"))
        self.assertEqual(picking.integration_shipment_state, "outside")
        binding = order.integration_shipment_ids
        self.assertEqual((binding.state, binding.direction, binding.odoo_id), ("done", "in", picking))
        self.assertFalse(self.env["integration.change"].search([("kind", "=", "shipment")]), "no echo")
        jobs = self.jobs("book_shipments")
        self.news(self.shipment("F1", ("L1", "3"), ("L2", "2"), tracking=("1Z1", "1Z2")), minutes=2, note="x")
        self.assertEqual(self.jobs("book_shipments"), jobs)

    def test_in_parts(self):
        order = self.order()
        self.warehouse.out_type_id.create_backorder = "never"
        first = self.shipment("F1", ("L1", "2"), tracking=("A",))
        self.news(first)
        self.assertEqual(self.delivered(order), {"L1": 2, "L2": 0})
        self.news(first, self.shipment("F2", ("L1", "1"), ("L2", "2"), tracking=("B",)), minutes=2)
        self.assertEqual(self.delivered(order), {"L1": 3, "L2": 2})
        self.assertEqual(sorted(order.picking_ids.mapped("carrier_tracking_ref")), ["A", "B"])
        self.assertEqual(len(order.picking_ids), 2)

    def test_several_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.order()
        self.news(self.shipment("F1", ("L1", "1")))
        self.assertEqual(self.delivered(order), {"L1": 1, "L2": 0})
        self.assertEqual(order.integration_shipment_ids.odoo_id.picking_type_id, self.warehouse.out_type_id)
        self.news(self.shipment("F1", ("L1", "1")), self.shipment("F2", ("L1", "2"), ("L2", "2")), minutes=2)
        self.assertEqual(self.delivered(order), {"L1": 3, "L2": 2})
        self.assertFalse(self.open_pickings(order))

    def test_what_brings_the_goods_first(self):
        """A delivery that waits for an internal transfer of its goods: as much of that is validated before."""
        order = self.order(lines=(self.document().lines[0],))
        delivery = order.picking_ids.move_ids
        delivery._do_unreserve()
        output = self.warehouse.wh_output_stock_loc_id
        output.active = True
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.int_type_id.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": output.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.mug.id,
                            "product_uom_qty": 3,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": output.id,
                            "move_dest_ids": [Command.link(delivery.id)],
                        }
                    )
                ],
            }
        )
        delivery.write({"procure_method": "make_to_order", "location_id": output.id})
        transfer.action_confirm()
        self.news(self.shipment("F1", ("L1", "2")), lines=(self.document().lines[0],))
        self.assertEqual(order.integration_shipment_ids.problem, False)
        self.assertEqual((self.delivered(order), transfer.move_ids.quantity), ({"L1": 2}, 2))

    def test_carrier(self):
        charge = self.env["product.product"].create({"name": "Delivery", "type": "service"})
        method = self.env["delivery.carrier"].create({"name": "Parcel", "product_id": charge.id})
        self.backend.carrier_ids = [Command.create({"carrier_id": method.id, "name": "UPS"})]
        order = self.order()
        self.news(self.shipment("F1", ("L1", "3"), ("L2", "2"), carrier="ups"))
        self.assertEqual(order.picking_ids.carrier_id, method)

    def test_nearest_warehouse_first(self):
        """Of an order that leaves two warehouses, the one that stands for the shipment's place is delivered."""
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self.env["stock.quant"]._update_available_quantity(self.mug, other.lot_stock_id, 10)
        order = self.order(lines=(self.document().lines[0],))
        moves = order.picking_ids.move_ids
        order.picking_ids.move_ids.product_uom_qty = 1
        extra = order.picking_ids.copy({"picking_type_id": other.out_type_id.id, "location_id": other.lot_stock_id.id})
        extra.move_ids.write({"product_uom_qty": 2, "sale_line_id": order.order_line.id})
        extra.move_ids.location_id = other.lot_stock_id
        extra.action_confirm()
        for place, warehouse in (("HERE", self.warehouse), ("THERE", other)):
            self.env["integration.location"].create(
                {"backend_id": self.backend.id, "external_id": place, "name": place, "warehouse_id": warehouse.id}
            )
        document = self.document(
            lines=(self.document().lines[0],),
            shipments=(self.shipment("F1", ("L1", "2"), location_external_id="THERE"),),
        )
        self.import_later(document)
        self.book()
        self.assertEqual(extra.state, "done")
        self.assertNotEqual(moves.picking_id.state, "done")

    # === ONCE === #

    def test_delivered_in_odoo_before(self):
        """An old order that staff or the workflow delivered is not delivered again: the shipment is that delivery."""
        order = self.order(fulfillment_status="fulfilled")
        self.ship(order.picking_ids)
        self.news(self.shipment("F1", ("L1", "3"), tracking=("A",)), self.shipment("F2", ("L2", "2"), tracking=("B",)))
        [picking] = order.picking_ids
        self.assertEqual((picking.integration_shipment_state, picking.carrier_tracking_ref), ("outside", "A, B"))
        self.assertEqual(set(order.integration_shipment_ids.mapped("state")), {"done"})

    def test_partly_delivered_in_odoo(self):
        order = self.order()
        self.ship(order.picking_ids, mugs=1)
        self.push()
        key = order.integration_shipment_ids.external_id
        self.news(self.shipment(key, ("L1", "1")), self.shipment("F1", ("L1", "2"), ("L2", "1")))
        self.assertEqual(self.delivered(order), {"L1": 3, "L2": 1})

    def test_what_odoo_is_about_to_tell_comes_first(self):
        order = self.order()
        self.ship(order.picking_ids, mugs=1)
        self.news(self.shipment("F1", ("L1", "2")))
        binding = order.integration_shipment_ids
        self.assertEqual((binding.state, self.delivered(order)["L1"]), ("waiting", 1))
        self.push()
        self.book()
        self.assertEqual((binding.state, self.delivered(order)["L1"]), ("done", 3))

    def test_what_could_not_be_told_was_entered_there_by_hand(self):
        order = self.order()
        self.adapter.refused["1001"] = DataError("No.")
        [picking] = self.ship(order.picking_ids)
        self.push()
        self.news(self.shipment("F1", ("L1", "3")))
        self.assertEqual(picking.integration_shipment_state, "failed", "the plates are not known there")
        self.news(self.shipment("F1", ("L1", "3")), self.shipment("F2", ("L2", "2")), minutes=2)
        self.assertEqual(picking.integration_shipment_state, "outside")
        self.assertEqual(self.delivered(order), {"L1": 3, "L2": 2})

    def test_booked_again_changes_nothing(self):
        order = self.order()
        self.news(self.shipment("F1", ("L1", "1")))
        for _again in range(2):
            self.env["integration.shipment.booker"]._book(self.backend, order)
        self.assertEqual(self.delivered(order), {"L1": 1, "L2": 0})

    def test_quotation_waits_for_its_confirmation(self):
        order = self.news(self.shipment("F1", ("L1", "3"), ("L2", "2")))
        self.assertFalse(self.jobs("book_shipments"))
        order.action_confirm()
        self.book()
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])

    def test_waiting_workflow_goes_on(self):
        order = self.order()
        self.backend.workflow_active = True
        order.integration_workflow_state = "waiting"
        self.news(self.shipment("F1", ("L1", "3"), ("L2", "2")))
        self.assertTrue(self.jobs("run_workflow").filtered(lambda job: order.id in job.arguments["order_ids"]))

    # === WHAT NOBODY CAN GUESS === #

    def test_not_in_stock(self):
        self.stock(self.plate, -99)
        order = self.order()
        self.news(self.shipment("F1", ("L1", "3"), ("L2", "2")))
        [binding] = order.integration_shipment_ids
        self.assertEqual((binding.state, self.delivered(order)), ("problem", {"L1": 0, "L2": 0}))
        self.assertIn("missing: 1", binding.problem)
        self.assertEqual(self.activities(order).summary, binding.problem)
        self.stock(self.plate, 1)
        binding.action_book()
        self.book()
        self.assertEqual((binding.state, binding.problem), ("done", False))
        self.assertFalse(self.activities(order))
        self.assertEqual(order.picking_ids.mapped("state"), ["done"])

    def test_forced(self):
        self.stock(self.plate, -99)
        self.backend.shipment_shortage = "force"
        order = self.order()
        self.news(self.shipment("F1", ("L1", "3"), ("L2", "2")))
        self.assertEqual(order.picking_ids.state, "done")
        self.assertEqual(self.plate.with_context(location=self.warehouse.lot_stock_id.id).qty_available, -1)

    def test_more_than_is_open(self):
        order = self.order()
        self.news(self.shipment("F1", ("L1", "4")))
        self.assertIn("1 of", order.integration_shipment_ids.problem)
        self.assertEqual(self.delivered(order)["L1"], 0)
        order.integration_shipment_ids.action_settle()
        self.assertEqual((order.integration_shipment_ids.state, len(self.activities(order))), ("done", 0))

    def test_lines_unknown_or_missing(self):
        order = self.order()
        self.news(self.shipment("F1", ("L9", "1")), self.shipment("F2"))
        self.assertEqual(order.integration_shipment_ids.mapped("state"), ["problem", "problem"])
        self.assertEqual(len(self.activities(order)), 2)

    def test_somebody_has_begun_to_pick(self):
        order = self.order()
        order.picking_ids.move_ids[1].picked = True
        self.news(self.shipment("F1", ("L1", "3")), self.shipment("F2", ("L2", "1")))
        for shipment in order.integration_shipment_ids:
            self.assertIn("begun to pick", shipment.problem)

    def test_serial_numbers(self):
        phone = self.env["product.product"].create(
            {"name": "Phone", "default_code": "PHONE", "is_storable": True, "tracking": "serial"}
        )
        for name in ("S1", "S2", "S3"):
            self.lot(phone, name)
        line = replace(self.document().lines[0], sku="PHONE", quantity=2 * self.document().lines[0].quantity / 3)
        order = self.order(lines=(line,))
        self.news(self.shipment("F1", ("L1", "1")), lines=(line,))
        self.assertIn("which lots", order.integration_shipment_ids.problem)
        self.news(self.shipment("F1", ("L1", "1")), self.shipment("F2", ("L1", "1", "S3")), minutes=2, lines=(line,))
        self.assertEqual(order.picking_ids.move_line_ids.filtered("picked").lot_id.name, "S3")
        self.news(
            self.shipment("F1", ("L1", "1")),
            self.shipment("F2", ("L1", "1", "S3")),
            self.shipment("F3", ("L1", "1", "S9")),
            minutes=3,
            lines=(line,),
        )
        last = order.integration_shipment_ids.filtered(lambda binding: binding.external_id == "F3")
        self.assertIn("S9", last.problem)

    def test_only_one_lot(self):
        wine = self.env["product.product"].create(
            {"name": "Wine", "default_code": "WINE", "is_storable": True, "tracking": "lot"}
        )
        self.lot(wine, "2019", 10)
        line = replace(self.document().lines[0], sku="WINE")
        order = self.order(lines=(line,))
        self.news(self.shipment("F1", ("L1", "3")), lines=(line,))
        self.assertEqual(order.picking_ids.move_line_ids.lot_id.name, "2019")
        self.assertEqual(self.delivered(order), {"L1": 3})

    def test_service_lines_are_not_goods(self):
        self.env["product.product"].create({"name": "Engraving", "default_code": "ENGRAVE", "type": "service"})
        line = replace(self.document().lines[0], sku="ENGRAVE")
        order = self.order(lines=(line,))
        self.news(self.shipment("F1", ("L1", "3")), lines=(line,))
        self.assertEqual(order.integration_shipment_ids.state, "done")

    # === WHAT CHANGES THERE === #

    def test_other_tracking_number(self):
        order = self.order()
        self.news(self.shipment("F1", ("L1", "3"), ("L2", "2"), tracking=("A",)))
        self.news(self.shipment("F1", ("L1", "3"), ("L2", "2"), tracking=("B",)), minutes=2)
        self.assertEqual(order.picking_ids.carrier_tracking_ref, "B")
        self.assertFalse(self.env["integration.change"].search([("kind", "=", "shipment")]))

    def test_cancelled_before_and_after_it_was_booked(self):
        order = self.order()
        self.news(self.shipment("F0", ("L1", "1"), status="cancelled"), self.shipment("F1", ("L1", "4")))
        binding = order.integration_shipment_ids
        self.assertEqual((binding.external_id, binding.state), ("F1", "problem"))
        self.news(self.shipment("F1", ("L1", "4"), status="cancelled"), minutes=2)
        self.assertEqual((binding.state, len(self.activities(order))), ("done", 0))
        self.news(self.shipment("F2", ("L1", "3"), ("L2", "2")), minutes=3)
        self.news(self.shipment("F2", ("L1", "3"), ("L2", "2"), status="cancelled"), minutes=4)
        self.assertIn(order.picking_ids.name, self.activities(order).summary)

    def test_switched_off(self):
        self.backend.import_shipments = False
        order = self.order()
        self.news(self.shipment("F1", ("L1", "3")))
        self.assertFalse(order.integration_shipment_ids)
        self.assertEqual(order.picking_ids.state, "assigned")

    # === THE HOT PATH === #

    def test_queries(self):
        """A page costs nothing more without shipments, and a fixed number of queries with them."""
        count = {}
        for size, shipments in ((1, UNSET), (10, UNSET), (1, True), (10, True)):
            documents = [
                self.document(
                    f"{size}{shipments}{number}",
                    shipments=(self.shipment(f"F{size}-{number}", ("L1", "3")),) if shipments else UNSET,
                )
                for number in range(size)
            ]
            self.env.invalidate_all()
            drafts = self.drafts(documents)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["integration.shipment.importer"]._store(self.backend, drafts)
            self.env.flush_all()
            count[size, bool(shipments)] = self.env.cr.sql_log_count - before
        self.assertEqual((count[1, False], count[10, False]), (0, 0))
        self.assertLessEqual(count[10, True], count[1, True] + 1)

    def drafts(self, documents):
        """Return what the importer has of imported documents when it comes to their shipments."""
        self.backend.import_shipments = False
        self.import_orders(*documents)
        self.backend.import_shipments = True
        orders = [self.order_of(document.external_id) for document in documents]
        for order in orders:
            self.assertEqual(order.state, "draft")
        return [Draft(Entry(document), order) for document, order in zip(documents, orders, strict=True)]


class Entry:
    def __init__(self, document):
        self.document, self.external_id = document, document.external_id


class Draft:
    def __init__(self, entry, order):
        self.entry, self.order = entry, order
