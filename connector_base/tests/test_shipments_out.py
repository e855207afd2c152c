from dataclasses import replace
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.connector_base.canonical import RefundLine
from odoo.addons.connector_base.transport import ConfigurationError, DataError, TransientError

from .shipment_common import ShipmentCase
from .test_refunds import make_refund


@tagged("post_install", "-at_install")
class TestShipmentsOut(ShipmentCase):
    """What Odoo sends is told to the platform: once, whole, and again only where something changed."""

    def marks(self):
        return self.env["integration.change"].search([("kind", "=", "shipment")])

    def test_told_once(self):
        order = self.order()
        [picking] = order.picking_ids
        self.ship(picking, tracking="1Z1, 1Z2,1Z1")
        self.assertEqual(picking.integration_shipment_state, "waiting")
        self.assertEqual(self.woken, [(self.backend.id, "shipment")])
        self.push()
        [shipment] = self.adapter.shipments.values()
        self.assertEqual(self.told(order), [{"L1": Decimal(3), "L2": Decimal(2)}])
        self.assertEqual((shipment.order_external_id, shipment.tracking), ("1001", ("1Z1", "1Z2")))
        self.assertTrue(shipment.notify)
        self.assertTrue(shipment.shipped_at.tzinfo)
        self.assertEqual(picking.integration_shipment_state, "sent")
        [binding] = picking.integration_shipment_ids
        self.assertEqual((binding.direction, binding.tracking, binding.order_id), ("out", "1Z1, 1Z2", order))
        self.assertEqual(binding.content, "3 x Mug, 2 x Plate")
        self.push()
        self.assertEqual(len(self.adapter.calls), 1)

    def test_unchanged_costs_no_call(self):
        picking = self.ship(self.order().picking_ids, tracking="1Z1")
        self.push()
        picking.carrier_tracking_ref = "1Z1"
        self.assertEqual(len(self.marks()), 1)
        job = self.push()
        self.assertEqual(len(self.adapter.calls), 1)
        self.assertEqual(picking.integration_shipment_state, "sent")
        self.assertEqual(job.result, "nothing new: 1")

    def test_backorders_are_further_shipments(self):
        order = self.order()
        self.ship(order.picking_ids, mugs=2, tracking="A")
        self.push()
        self.ship(self.open_pickings(order), mugs=1, plates=1, tracking="B")
        self.ship(self.open_pickings(order), tracking="C")
        self.push()
        one, two = Decimal(1), Decimal(2)
        self.assertEqual(self.told(order), [{"L1": two}, {"L1": one, "L2": one}, {"L2": one}])
        first = order.integration_shipment_ids.filtered(lambda binding: binding.tracking == "A").external_id
        self.assertEqual([shipment.others for shipment in self.adapter.shipments.values()], [(), (first,), (first,)])
        self.assertEqual(len(self.adapter.calls), 2)

    def test_stock_is_looked_at_where_it_holds_orders(self):
        """What was sent to such a place while the shipment was told held its goods still."""
        order = self.order()
        self.backend.export_stock = True
        mug = order.order_line.product_id.filtered(lambda product: product.name == "Mug")
        variant = self.env["integration.binding.variant"].create(
            {"backend_id": self.backend.id, "external_id": "mug", "odoo_id": mug.id}
        )
        place = self.env["integration.location"].create(
            {"backend_id": self.backend.id, "external_id": "main", "name": "Main"}
        )
        for holds_orders in (False, True):
            place.holds_orders = holds_orders
            self.ship(self.open_pickings(order), mugs=1)
            self.env.cr.precommit.run()
            marks = self.env["integration.change"].search([("kind", "=", "stock")])
            self.assertIn(variant.id, marks.mapped("res_id"))
            marks.unlink()
            self.push()
            self.env.cr.precommit.run()
            marks = self.env["integration.change"].search([("kind", "=", "stock")])
            self.assertEqual(variant.id in marks.mapped("res_id"), holds_orders)

    def test_in_units_of_the_order_line(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.import_order(self.document())
        line = order.order_line.filtered(lambda line: line.integration_external_id == "L1")
        line.product_uom_id = dozen
        order.action_confirm()
        self.ship(order.picking_ids, mugs=30)
        self.push()
        self.assertEqual(self.told(order), [{"L1": Decimal("2.5")}])

    def test_tracking_later(self):
        picking = self.ship(self.order().picking_ids)
        self.push()
        picking.carrier_tracking_ref = "1Z9"
        self.assertEqual(picking.integration_shipment_state, "waiting")
        self.push()
        [binding] = picking.integration_shipment_ids
        self.assertEqual(self.adapter.calls[1:], [[binding.external_id]])
        self.assertEqual((binding.tracking, picking.integration_shipment_state), ("1Z9", "sent"))

    def test_carrier_and_place(self):
        charge = self.env["product.product"].create({"name": "Delivery", "type": "service"})
        method, other = self.env["delivery.carrier"].create(
            [{"name": name, "product_id": charge.id} for name in ("UPS Ground", "Our van")]
        )
        self.backend.carrier_ids = [Command.create({"carrier_id": method.id, "name": "UPS"})]
        self.env["integration.location"].create(
            {
                "backend_id": self.backend.id,
                "external_id": "LOC7",
                "name": "Main",
                "warehouse_id": self.warehouse.id,
            }
        )
        self.backend.notify_shipments = False
        for number, carrier in (("1001", method), ("1002", other)):
            order = self.order(number)
            order.picking_ids.carrier_id = carrier
            self.ship(order.picking_ids)
        self.push()
        shipments = list(self.adapter.shipments.values())
        self.assertEqual([shipment.carrier for shipment in shipments], ["UPS", "Our van"])
        self.assertEqual({shipment.location_external_id for shipment in shipments}, {"LOC7"})
        self.assertFalse(shipments[0].notify)
        self.assertEqual(self.backend.known_carriers, "UPS, DHL")

    def test_what_is_not_told(self):
        """Other orders, what the platform has as fulfilled, lines it doesn't have, channels that want none."""
        plain = self.env["sale.order"].create(
            {
                "partner_id": self.env.user.partner_id.id,
                "order_line": [Command.create({"product_id": self.mug.id})],
            }
        )
        plain.action_confirm()
        self.ship(plain.picking_ids)
        fulfilled = self.order("1002", fulfillment_status="fulfilled")
        self.ship(fulfilled.picking_ids)
        self.assertEqual(fulfilled.picking_ids.integration_shipment_state, "known")
        self.backend.export_shipments = False
        quiet = self.order("1003")
        self.ship(quiet.picking_ids)
        self.backend.export_shipments = True
        added = self.order("1004")
        added.order_line.integration_external_id = False
        self.ship(added.picking_ids)
        self.assertFalse((plain + quiet + added).picking_ids.filtered("integration_shipment_state"))
        self.assertFalse(self.marks())

    def test_several_steps_tell_the_last(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self.order()
        self.ship(order.picking_ids)
        self.assertFalse(self.marks())
        self.ship(self.open_pickings(order))
        self.push()
        self.assertEqual(self.told(order), [{"L1": Decimal(3), "L2": Decimal(2)}])

    # === WHEN IT GOES WRONG === #

    def test_refused_and_sent_again(self):
        good, bad = self.order("1001"), self.order("1002")
        self.adapter.refused["1002"] = DataError("The order is on hold there.", remedy="Release it there.")
        for order in good + bad:
            self.ship(order.picking_ids)
        job = self.push()
        self.assertEqual(good.picking_ids.integration_shipment_state, "sent")
        picking = bad.picking_ids
        self.assertEqual(picking.integration_shipment_state, "failed")
        self.assertEqual(picking.integration_shipment_error, "The order is on hold there.")
        self.assertEqual(picking.integration_shipment_remedy, "Release it there.")
        [failed] = job.child_ids
        self.assertEqual((failed.external_id, failed.state), ("1002", "failed"))
        self.assertEqual((failed.res_model, failed.record_id), ("stock.picking", picking.id))
        self.assertEqual((job.items_done, job.items_failed), (1, 1))
        self.assertEqual((picking.integration_push_job_count, bad.integration_job_count), (1, 1))
        self.assertTrue(picking.integration_can_tell)
        self.adapter.refused.clear()
        picking.action_integration_send_shipment()
        self.assertEqual(picking.integration_shipment_state, "waiting")
        self.push()
        self.assertEqual((picking.integration_shipment_state, picking.integration_shipment_error), ("sent", False))
        self.assertEqual(failed.state, "done")
        self.assertFalse(picking.integration_can_tell)

    def test_retry_of_the_failed_document(self):
        order = self.order()
        self.adapter.refused["1001"] = DataError("No.")
        self.ship(order.picking_ids)
        failed = self.push().child_ids
        with self.assertRaises(DataError):
            failed._run_push_shipments(**failed.arguments)
        self.adapter.refused.clear()
        failed._run_push_shipments(**failed.arguments)
        self.assertEqual(order.picking_ids.integration_shipment_state, "sent")

    def test_killed_after_the_platform_did_it(self):
        order = self.order()
        self.ship(order.picking_ids)
        self.adapter.fail_after = TransientError("The connection broke.")
        for _try in range(2):
            self.assertTrue(self.try_push())
            self.assertEqual((len(self.adapter.shipments), len(self.marks())), (1, 1))
        self.adapter.fail_after = None
        self.push()
        self.assertEqual((len(self.adapter.shipments), len(order.integration_shipment_ids)), (1, 1))
        self.assertEqual((order.picking_ids.integration_shipment_state, len(self.marks())), ("sent", 0))

    def test_rate_limit_in_the_middle(self):
        """What was told is kept, the rest is told later: nothing twice, nothing lost."""
        orders = self.env["sale.order"].union(*(self.order(str(number)) for number in range(1001, 1006)))
        for order in orders:
            self.ship(order.picking_ids)
        self.adapter.fail, self.adapter.reach = TransientError("Throttled", retry_after=30), 2
        self.push()
        states = orders.picking_ids.mapped("integration_shipment_state")
        self.assertEqual((states.count("sent"), states.count("waiting"), len(self.marks())), (2, 3, 3))
        waiting = self.jobs("push_shipments").filtered(lambda job: job.state == "pending")
        self.assertEqual(len(waiting), 1)
        self.assertTrue(waiting.eta)
        self.adapter.fail = None
        self.push()
        self.assertEqual(set(orders.picking_ids.mapped("integration_shipment_state")), {"sent"})
        self.assertEqual([len(call) for call in self.adapter.calls], [5, 3])
        self.assertEqual(len(self.adapter.shipments), 5)

    def test_nothing_reached(self):
        self.ship(self.order().picking_ids)
        for error in (TransientError("Down"), ConfigurationError("Access was taken away.")):
            self.adapter.fail = error
            self.assertTrue(self.try_push())
            self.assertEqual(len(self.marks()), 1)

    def test_bug_is_alone(self):
        orders = self.order("1001") + self.order("1002")
        for order in orders:
            self.ship(order.picking_ids)
        poison = self.adapter._push_shipments

        def stumble(backend, shipments):
            if any(shipment.order_external_id == "1001" for shipment in shipments):
                raise KeyError("line")
            yield from poison(backend, shipments)

        self.adapter._push_shipments = stumble
        self.addCleanup(lambda: self.adapter.__dict__.pop("_push_shipments", None))
        job = self.push()
        self.assertEqual(orders.picking_ids.mapped("integration_shipment_state"), ["failed", "sent"])
        self.assertEqual(job.child_ids.error_type, "bug")

    def test_platform_says_nothing(self):
        order = self.order()
        self.ship(order.picking_ids)
        self.adapter._push_shipments = lambda backend, shipments: iter(())
        self.addCleanup(lambda: self.adapter.__dict__.pop("_push_shipments", None))
        self.push()
        self.assertEqual(order.picking_ids.integration_shipment_state, "failed")

    # === COMING BACK === #

    def test_own_shipment_comes_back(self):
        order = self.order()
        self.ship(order.picking_ids, mugs=1, tracking="A")
        self.push()
        key = order.integration_shipment_ids.external_id
        news = self.document(
            shipments=(self.shipment(key, ("L1", "1"), tracking=("A",)),), fulfillment_status="partial"
        )
        self.import_later(news)
        self.assertFalse(self.jobs("book_shipments"))
        self.assertEqual(len(order.integration_shipment_ids), 1)
        self.assertFalse(self.marks())
        self.ship(self.open_pickings(order))
        self.assertEqual(len(self.marks()), 1)

    def test_own_shipment_in_the_platforms_words(self):
        """Its spelling of the carrier is no news, a number that Odoo doesn't have is; neither is told back."""
        order = self.order()
        self.ship(order.picking_ids)
        self.push()
        binding = order.integration_shipment_ids
        same = self.shipment(binding.external_id, ("L1", "3"), ("L2", "2"), carrier="Other", tracking=("1Z7",))
        self.import_later(self.document(shipments=(same,)))
        self.assertEqual((binding.carrier, binding.tracking), (False, "1Z7"))
        self.assertEqual(order.picking_ids.carrier_tracking_ref, "1Z7")
        self.assertFalse(self.marks())
        self.import_later(self.document(shipments=(replace(same, tracking=("1z7",)),)), minutes=2)
        self.assertEqual(order.picking_ids.carrier_tracking_ref, "1Z7")

    def test_own_shipment_comes_back_before_it_is_noted(self):
        """Killed after the platform did it, and the webhook was faster than the next try."""
        order = self.order()
        self.ship(order.picking_ids)
        self.adapter.fail_after = TransientError("The connection broke.")
        self.try_push()
        [key] = self.adapter.shipments
        news = self.document(shipments=(self.shipment(f"F{key}", ("L1", "3"), ("L2", "2")),))
        self.import_later(news)
        self.book()
        [binding] = order.integration_shipment_ids
        self.assertEqual((binding.state, binding.odoo_id.id), ("waiting", False))
        self.adapter.fail_after = None
        self.push()
        self.book()
        self.assertEqual((binding.state, binding.direction, binding.odoo_id), ("done", "out", order.picking_ids))
        self.assertEqual((len(order.picking_ids), len(self.adapter.shipments)), (1, 1))

    def test_cancelled_there(self):
        order = self.order()
        self.ship(order.picking_ids)
        self.push()
        binding = order.integration_shipment_ids
        gone = self.shipment(binding.external_id, ("L1", "3"), ("L2", "2"), status="cancelled")
        news = self.document(shipments=(gone,))
        self.import_later(news)
        self.assertEqual(binding.remote_status, "cancelled")
        self.assertIn(order.picking_ids.name, self.activities(order).summary)
        self.assertTrue(order.picking_ids.integration_can_tell)
        order.picking_ids.action_integration_send_shipment()
        self.push()
        self.assertEqual(len(self.adapter.shipments), 2, "another shipment, by another key")
        self.assertFalse(order.picking_ids.integration_can_tell)

    def test_returned(self):
        order = self.order()
        picking = self.ship(order.picking_ids)
        self.push()
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = line.move_id.quantity
        self.ship(wizard._create_return())
        self.assertIn(picking.name, self.activities(order).summary)
        self.assertFalse(self.marks(), "a return is no shipment")

    def test_returned_because_the_platform_refunded_it(self):
        self.backend.return_goods = "validate"
        order = self.order()
        self.ship(order.picking_ids)
        self.push()
        line = RefundLine(
            line_external_id="L1", quantity=Decimal(1), subtotal=Decimal(10), tax=Decimal(0), restock=True
        )
        self.import_later(self.document(refunds=(replace(make_refund(), lines=(line,)),)))
        self.env["integration.refund.importer"]._process(order.integration_refund_ids)
        self.assertEqual(order.integration_refund_ids.picking_ids.state, "done")
        self.assertFalse(self.activities(order))

    # === PEOPLE === #

    def test_nothing_to_send(self):
        with self.assertRaises(UserError):
            self.order().picking_ids.action_integration_send_shipment()

    def test_access(self):
        order = self.order()
        self.ship(order.picking_ids)
        self.push()
        keeper, stranger = self.env["res.users"].create(
            [{"name": name, "login": name} for name in ("keeper", "stranger")]
        )
        # the carriers of a transfer are not readable without the right to create contacts
        groups = self.env.ref("stock.group_stock_user") + self.env.ref("base.group_partner_manager")
        keeper.group_ids = groups + self.env.ref("base.group_user")
        stranger.group_ids = self.env.ref("base.group_user")
        binding = order.integration_shipment_ids
        picking = order.picking_ids.with_user(keeper)
        with Form(picking) as form:
            self.assertEqual(form.integration_shipment_state, "sent")
        self.assertEqual(picking.integration_shipment_count, 1)
        self.assertTrue(picking.web_read({"integration_backend_id": {"fields": {"display_name": {}}}}))
        self.assertTrue(binding.with_user(keeper).read(["external_url", "content"]))
        picking.action_integration_send_shipment()
        binding.with_user(keeper).action_settle()
        with self.assertRaises(AccessError):
            binding.with_user(keeper).write({"state": "waiting"})
        with self.assertRaises(AccessError):
            binding.with_user(stranger).action_settle()
        other = self.env["res.company"].create({"name": "Other"})
        keeper.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(binding.with_user(keeper).search([("id", "=", binding.id)]))
