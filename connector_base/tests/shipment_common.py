"""A platform that takes and tells shipments, and an order of three mugs and two plates in stock."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.addons.connector_base.canonical import Shipment, ShipmentLine, ShipmentResult
from odoo.addons.connector_base.transport import DataError
from odoo.addons.queue_job.job import Job

from .common import run_queue_job
from .order_common import EngineCase, FakeAdapter, add_test_platform, make_line, make_order


class ShippingAdapter(FakeAdapter):
    """Keeps what it is told, and knows it again unless it is said to be another shipment.

    `fail` is raised before it does anything, `fail_after` after it did.
    """

    def __init__(self):
        self.calls = []
        self.shipments = {}
        self.refused = {}
        self.fail = self.fail_after = None
        self.reach = None  # shipments told before `fail`

    def _capabilities(self):
        return frozenset({"orders_in", "shipments_in", "shipments_out"})

    def _carriers(self, backend):
        return ("UPS", "DHL")

    def _push_shipments(self, backend, shipments):
        self.calls.append([shipment.key for shipment in shipments])
        for number, shipment in enumerate(shipments):
            if self.fail and (self.reach is None or number >= self.reach):
                raise self.fail
            if error := self.refused.get(shipment.order_external_id):
                yield ShipmentResult(key=shipment.key, error=error)
                continue
            if shipment.key in self.shipments and f"F{shipment.key}" in shipment.others:
                yield ShipmentResult(key=shipment.key, error=DataError("Nothing is left to send."))
                continue
            self.shipments.setdefault(shipment.key, shipment)
            if self.fail_after:
                raise self.fail_after
            yield ShipmentResult(key=shipment.key, external_ids=(f"F{shipment.key}",))

    def _push_tracking(self, backend, external_ids, shipment):
        self.calls.append([*external_ids])
        self.shipments[shipment.key] = shipment


class ShipmentCase(EngineCase):
    """A sales channel that is told of shipments and tells of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adapter = ShippingAdapter()
        for patcher in add_test_platform(cls.registry, cls.adapter):
            patcher.start()
            cls.addClassCleanup(patcher.stop)
        cls.backend.write({"state": "connected", "export_shipments": True, "import_shipments": True})
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.mug.is_storable = True
        cls.plate = cls.env["product.product"].create({"name": "Plate", "default_code": "PLATE", "is_storable": True})
        for product in cls.mug + cls.plate:
            cls.stock(product, 100)

    def setUp(self):
        super().setUp()
        self.adapter.__init__()
        self.woken = []
        changes = type(self.env["integration.change"])
        self.startPatcher(
            patch.object(changes, "_wake_later", lambda model, backend_id, kind: self.woken.append((backend_id, kind)))
        )

    @classmethod
    def stock(cls, product, quantity, lot=None):
        cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, quantity, lot_id=lot)

    def document(self, external_id="1001", **values):
        lines = (make_line(quantity="3"), make_line("L2", quantity="2", sku="PLATE", title="Plate"))
        return make_order(external_id, **{"lines": lines, "fulfillment_status": "unfulfilled", **values})

    def order(self, external_id="1001", **values):
        """Return the confirmed order of `document`."""
        order = self.import_order(self.document(external_id, **values))
        order.action_confirm()
        return order

    def import_later(self, document, minutes=1):
        """Import the order as the platform has it so many minutes later."""
        return self.import_orders(replace(document, updated_at=document.updated_at + timedelta(minutes=minutes)))

    def ship(self, picking, mugs=None, plates=None, tracking=False):
        """Validate a transfer, all of it or so many, leaving a backorder; return it."""
        quantities = {self.mug: mugs, self.plate: plates}
        for move in picking.move_ids:
            wanted = quantities.get(move.product_id)
            move.quantity = move.product_uom_qty if mugs is None and plates is None else wanted or 0
            move.picked = bool(move.quantity)
        picking.carrier_tracking_ref = tracking
        picking._action_done()
        return picking

    def open_pickings(self, order):
        return order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))

    def jobs(self, operation):
        return self.env["sync.job"].search([("operation", "=", operation)], order="id")

    def push(self):
        """Run one push job to its end; return it."""
        job = self.backend._enqueue("push_shipments")
        run_queue_job(job)
        return job

    def book(self):
        """Run the booking jobs that wait."""
        for job in self.jobs("book_shipments").filtered(lambda job: job.state == "pending"):
            run_queue_job(job)

    def try_push(self):
        """Run a push that fails, as a killed or postponed one: all it did in Odoo is taken back."""
        job = self.backend._enqueue("push_shipments")
        queued = Job.load(self.env, job.queue_job_id.uuid)
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        try:
            queued.perform()
        except Exception as error:
            return error
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
        return None

    def shipment(self, external_id, *lines, **values):
        """Return a canonical shipment; lines are (line id, quantity[, lot])."""
        found = tuple(
            ShipmentLine(line_external_id=line, quantity=Decimal(quantity), lot="".join(lot))
            for line, quantity, *lot in lines
        )
        return Shipment(external_id=external_id, lines=found, **values)

    def told(self, order):
        """Return what the platform was told of an order: a list of {line id: quantity}."""
        return [
            {line.line_external_id: line.quantity for line in shipment.lines}
            for shipment in self.adapter.shipments.values()
            if shipment.order_external_id == order.integration_external_id
        ]

    def activities(self, order):
        kind = self.env.ref("connector_base.mail_activity_type_shipment")
        return order.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
