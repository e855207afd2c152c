"""Events that only say what to look at: of a variant, the product is read; of stock, what lies there."""

from unittest.mock import patch

from odoo.tests import tagged

from ..transport import WebhookEnvelope
from .product_in_common import ProductCase, make_grid, make_product
from .stock_common import StockCase


class ThinEvents:
    def event(self, external_id, topic="products/update", resource="product"):
        events = self.env["integration.webhook.event"]
        envelope = WebhookEnvelope(
            event_id=f"thin {events.search_count([])}", topic=topic, resource=resource, external_id=external_id
        )
        events._store(self.backend, envelope, b"{}")
        return events.search([("event_id", "=", envelope.event_id), ("backend_id", "=", self.backend.id)])

    def drain(self):
        self.backend._ensure_drain()
        self.env["sync.job"]._waiting(f"drain_webhooks:{self.backend.id}")._run_drain_webhooks()


@tagged("post_install", "-at_install")
class TestEventsOfVariants(ThinEvents, ProductCase):
    def setUp(self):
        super().setUp()
        self.grid = make_grid("7")
        self.adapter.products = {"7": self.grid, "9": make_product("9")}
        self.members = [variant.external_id for variant in self.grid.variants]
        self.adapter._fetch_products_by_id = self.by_id
        self.addCleanup(self.adapter.__dict__.pop, "_fetch_products_by_id")

    def by_id(self, backend, external_ids):
        """As platforms do that list variants as products: of a variant, its product."""
        asked = {"7" if external_id in self.members else external_id for external_id in external_ids}
        return [self.adapter.products[key] for key in sorted(asked) if key in self.adapter.products]

    def test_the_product_of_a_variant_is_read(self):
        events = self.event(self.members[0]) | self.event(self.members[1]) | self.event("7") | self.event("9")
        self.drain()
        self.assertEqual(set(events.mapped("state")), {"done"})
        self.assertEqual(len(self.binding_of("7").odoo_id.product_variant_ids), 4)
        self.assertTrue(self.binding_of("9"))
        self.assertFalse(self.binding_of(self.members[0]))

    def test_a_variant_is_deleted(self):
        self.import_products(self.grid)
        event = self.event(self.members[0], topic="products/delete")
        self.drain()
        self.assertEqual(event.state, "done")
        self.assertNotEqual(self.binding_of("7").remote_status, "deleted")
        job = self.env["sync.job"].search(
            [("backend_id", "=", self.backend.id), ("operation", "=", "import_product_ids")]
        )
        self.assertEqual(job.arguments, {"external_ids": ["7"]})

    def test_a_product_is_deleted(self):
        self.import_products(self.grid)
        self.event("7", topic="products/delete")
        self.drain()
        self.assertEqual(self.binding_of("7").remote_status, "deleted")


@tagged("post_install", "-at_install")
class TestThinStockEvents(ThinEvents, StockCase):
    def test_what_lies_there_is_read(self):
        self.put(self.mug, 5)
        self.push()
        self.shop.stock["I10", "P1"] = 9
        binding = self.env["integration.binding.variant"].search(
            [("backend_id", "=", self.backend.id), ("odoo_id", "=", self.mug.id)]
        )
        event = self.event(binding.external_id, "stock", "stock_level")
        unknown = self.event("404", "stock", "stock_level")
        with patch.object(type(self.shop), "_parse_stock_event", lambda *_arguments: None):
            self.drain()
        self.assertEqual((event.state, unknown.state), ("done", "ignored"))
        self.assertEqual(self.level().remote_quantity, 9)
        self.push()
        self.assertEqual(self.shop.stock["I10", "P1"], 5, "somebody changed it there: Odoo says what there is")
