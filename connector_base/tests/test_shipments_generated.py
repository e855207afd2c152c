import os
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import ShipmentResult
from odoo.addons.connector_base.transport import DataError, TransientError

from .shipment_common import ShipmentCase, ShippingAdapter

EXAMPLES = int(os.environ.get("SHIPMENT_EXAMPLES", "2"))
ORDERED = 6
UNITS = st.integers(1, 3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("here"), UNITS),
        st.tuples(st.just("there"), UNITS),
        st.tuples(st.sampled_from(("push", "killed", "news")), st.just(0)),
    ),
    min_size=2,
    max_size=9,
)


class CountingAdapter(ShippingAdapter):
    """Refuses to send more than was ordered; `outside` are shipments that somebody else made."""

    def __init__(self):
        super().__init__()
        self.outside = []

    @property
    def sent(self):
        told = (line.quantity for shipment in self.shipments.values() for line in shipment.lines)
        return sum(told, Decimal(0)) + sum(self.outside, Decimal(0))

    def _push_shipments(self, backend, shipments):
        for shipment in shipments:
            more = sum(line.quantity for line in shipment.lines)
            if shipment.key not in self.shipments and self.sent + more > ORDERED:
                yield ShipmentResult(key=shipment.key, error=DataError("Nothing left to send."))
            else:
                yield from super()._push_shipments(backend, [shipment])


@tagged("post_install", "-at_install")
class TestShipmentsGenerated(ShipmentCase):
    """Whoever sends in whatever order, whatever is killed: both sides count each unit once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adapter.__class__ = CountingAdapter

    def documents_of(self, number):
        """Return the order as the platform has it now."""
        told = [
            self.shipment(f"F{key}", *((line.line_external_id, str(line.quantity)) for line in shipment.lines))
            for key, shipment in self.adapter.shipments.items()
        ]
        outside = [self.shipment(f"{number}-{at}", ("L1", units)) for at, units in enumerate(self.adapter.outside)]
        return self.document(number, lines=self.lines, shipments=(*told, *outside))

    @given(steps=STEPS)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    def test_each_unit_once(self, steps):
        self.adapter.__init__()
        self.minutes, here = 0, 0
        [line, _other] = self.document().lines
        self.lines = (
            type(line)(external_id="L1", title="Mug", sku=line.sku, quantity=Decimal(ORDERED), unit_price=Decimal(1)),
        )
        savepoint = self.env.cr.savepoint()
        try:
            order = self.order("2000", lines=self.lines)
            for step, units in [*steps, ("push", 0), ("news", 0)]:
                if step == "here":
                    here += self.send_here(order, units)
                elif step == "there":
                    if units := min(units, ORDERED - int(self.adapter.sent)):
                        self.adapter.outside.append(units)
                else:
                    getattr(self, f"do_{step}")(order)
            self.check(order, here)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def send_here(self, order, units):
        picking = self.open_pickings(order)[:1]
        units = min(units, int(sum(picking.move_ids.mapped("product_uom_qty"))))
        if units:
            self.ship(picking, mugs=units)
        return units

    def do_push(self, order):
        self.push()
        self.book()

    def do_killed(self, order):
        self.adapter.fail_after = TransientError("The connection broke.")
        self.try_push()
        self.adapter.fail_after = None

    def do_news(self, order):
        self.minutes += 1
        self.import_later(self.documents_of("2000"), self.minutes)
        self.book()

    def check(self, order, here):
        states = order.picking_ids.mapped("integration_shipment_state")
        outside = sum(self.adapter.outside)
        self.assertLessEqual(self.adapter.sent, ORDERED)
        self.assertLessEqual(order.order_line.qty_delivered, ORDERED)
        self.assertNotIn("waiting", states)
        self.assertNotIn("waiting", order.integration_shipment_ids.mapped("state"))
        if here + outside <= ORDERED:
            self.assertEqual(self.adapter.sent, here + outside)
            self.assertEqual(order.order_line.qty_delivered, here + outside)
            self.assertEqual(set(order.integration_shipment_ids.mapped("state")) - {"done"}, set())
            self.assertEqual(len(self.adapter.shipments), states.count("sent"))
