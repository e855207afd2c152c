"""A platform that counts stock in memory, for the tests of the stock engine."""

from datetime import datetime, timezone

from odoo import Command
from odoo.tests import TransactionCase

from ..canonical import Location, StockLevel, StockResult
from ..transport import DataError, Page, TransientError
from .common_jobs import FakeAdapter, JobsMixin


class StockShop(FakeAdapter):
    """What the platform has: `stock` is {(article, place): quantity}; it sets by comparison and repeats by key."""

    batch = 4

    def __init__(self):
        super().__init__()
        self.stock = {}
        self.places = [Location(external_id="P1", name="Main Street"), Location(external_id="P2", name="Harbour")]
        self.pushed = []  # the levels of each call
        self.answers = {}  # {key: results}
        self.refused = set()  # articles
        self.throttle_after = None  # calls
        self.lose_answer = False

    def _capabilities(self):
        return super()._capabilities() | {"stock_in", "stock_out"}

    def _record_url(self, backend, resource, external_id, **_details):
        return ""

    def _stock_batch(self):
        return self.batch

    def _fetch_locations(self, backend):
        return list(self.places)

    def _fetch_stock(self, backend, item_external_ids, location_external_ids):
        self._call("fetch_stock")
        items = {item for item, _place in self.stock}
        return [
            StockLevel(item_external_id=item, location_external_id=place, quantity=self.stock.get((item, place)))
            for item in item_external_ids
            for place in location_external_ids
            if item in items
        ]

    def _list_stock(self, backend, location_external_id, page=None):
        self._call("list_stock", location_external_id, page)
        found = sorted(item for item, place in self.stock if place == location_external_id)
        start = int(page or 0)
        shown = found[start : start + self.page_size]
        levels = [
            StockLevel(
                item_external_id=item,
                location_external_id=location_external_id,
                quantity=self.stock[item, location_external_id],
            )
            for item in shown
        ]
        end = start + self.page_size
        return Page(documents=tuple(levels), next_page=str(end) if end < len(found) else None)

    def _parse_stock_event(self, backend, topic, body):
        if body == b"bad":
            raise DataError("No quantity in the event")
        item, place, quantity = body.decode().split(":")
        return StockLevel(
            item_external_id=item,
            location_external_id=place,
            quantity=int(quantity) if quantity else None,
            updated_at=datetime.now(timezone.utc),
        )

    def _push_stock(self, backend, levels, key):
        if self.throttle_after is not None and len(self.pushed) >= self.throttle_after:
            raise TransientError("Slow down", retry_after=7)
        self.pushed.append(list(levels))
        if key not in self.answers:
            self.answers[key] = [self._set(level) for level in levels]
            if self.lose_answer:
                raise TransientError("The connection broke")
        yield from self.answers[key]

    def _set(self, level):
        if level.item_external_id in self.refused:
            return StockResult(level=level, error=DataError("Not tracked", remedy="Track it there."))
        key = level.item_external_id, level.location_external_id
        if level.expected is not None and self.stock.get(key) != level.expected:
            return StockResult(level=level, stale=True)
        self.stock[key] = level.quantity
        return StockResult(level=level)


class StockCase(JobsMixin, TransactionCase):
    """A shop with two places, each with a stock location of its own, that is told of stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.shelf, cls.harbour = cls.env["stock.location"].create(
            [
                {"name": "Shelf", "location_id": cls.warehouse.lot_stock_id.id, "usage": "internal"},
                {"name": "Harbour", "location_id": cls.warehouse.view_location_id.id, "usage": "internal"},
            ]
        )
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.adapter = StockShop()
        cls.main, cls.second = cls.env["integration.location"].create(
            [
                {
                    "backend_id": cls.backend.id,
                    "external_id": external_id,
                    "name": external_id,
                    "location_ids": [Command.set(location.ids)],
                }
                for external_id, location in (("P1", cls.warehouse.lot_stock_id), ("P2", cls.harbour))
            ]
        )
        cls.backend.export_stock = True
        cls.mug, cls.cup = cls.env["product.product"].create(
            [{"name": name, "type": "consu", "is_storable": True} for name in ("Mug", "Cup")]
        )
        cls.mug_binding, cls.cup_binding = cls.bind(cls.mug, "10"), cls.bind(cls.cup, "20")

    def setUp(self):
        super().setUp()
        self.told = 0
        self.open_shop()

    def open_shop(self):
        """Begin with an empty platform, and nothing to be sent."""
        type(self).adapter = self.shop = StockShop()
        self.settle()

    @classmethod
    def bind(cls, product, external_id, backend=None):
        return cls.env["integration.binding.variant"].create(
            {
                "backend_id": (backend or cls.backend).id,
                "external_id": external_id,
                "inventory_external_id": f"I{external_id}",
                "odoo_id": product.id,
            }
        )

    @classmethod
    def put(cls, product, quantity, location=None):
        """Add goods to what lies in a stock location."""
        cls.env["stock.quant"]._update_available_quantity(product, location or cls.warehouse.lot_stock_id, quantity)

    def settle(self):
        """End the transaction's collecting, and forget all marks."""
        self.env.cr.flush()
        self.env["integration.change"].search([]).unlink()

    def marked(self, backend=None):
        """Return the variant bindings that are marked now."""
        self.env.cr.flush()
        changes = self.env["integration.change"].search(
            [("backend_id", "=", (backend or self.backend).id), ("kind", "=", "stock")]
        )
        return self.env["integration.binding.variant"].browse(set(changes.mapped("res_id")))

    def push(self):
        """Run the pushes until none is left, as the runner does; return the first sync job."""
        self.env.cr.flush()
        job = self.backend._enqueue("push_stock", identity_key=f"push_stock:{self.backend.id}")
        self.perform_chain(job)
        return job

    def sync(self):
        """Send all, and forget what was asked."""
        self.backend._note_all_stock()
        self.push()
        self.shop.pushed.clear()
        self.shop.calls.clear()

    def level(self, binding=None, place=None):
        return self.env["integration.stock.level"].search(
            [
                ("binding_id", "=", (binding or self.mug_binding).id),
                ("location_id", "=", (place or self.main).id),
            ]
        )

    def add_order(self, product, quantity, state="draft", backend=None, **values):
        """Return an order imported from `backend`, of one line."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env.ref("base.partner_admin").id,
                "integration_backend_id": (backend or self.backend).id,
                "warehouse_id": self.warehouse.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": quantity})],
                **values,
            }
        )
        if state == "sale":
            order.action_confirm()
        return order

    def tell(self, *bodies):
        """Store the platform's notifications, and process them."""
        for body in bodies:
            self.told += 1
            item, place, _quantity = body.split(":")
            self.env.cr.execute(
                "INSERT INTO integration_webhook_event (backend_id, event_id, topic, resource, external_id, body,"
                " received_at, state, attempts) VALUES (%s, %s, 'levels', 'stock_level', %s, %s, now(), 'new', 0)",
                [
                    self.backend.id,
                    f"{self.id()} {self.told}",
                    f"{item}:{place}",
                    body.encode(),
                ],
            )
        self.perform(self.backend._enqueue("drain_webhooks"))
