from unittest.mock import patch

from odoo.tests import tagged

from ..transport import ConfigurationError, Page
from .common import run_queue_job
from .product_in_common import ProductAdapter, ProductCase, make_product


class StockingAdapter(ProductAdapter):
    """Has products and stock, and takes both."""

    def _capabilities(self):
        return frozenset({"orders_in", "products_in", "products_out", "stock_out", "shipments_out"})

    def _product_parts(self):
        return frozenset({"basics"})

    def _fetch_orders(self, backend, since, page=None):
        return Page(documents=())

    def _count_orders(self, backend, since):
        return 0


@tagged("post_install", "-at_install")
class TestReconnect(ProductCase):
    """A channel that was disconnected looks at everything that may have changed meanwhile."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adapter = StockingAdapter()
        backends = cls.registry["integration.backend"]
        cls.startClassPatcher(patch.object(backends, "_adapter", lambda _backend: cls.adapter))

    def setUp(self):
        super().setUp()
        self.backend.write({"export_products": True, "export_stock": True, "export_shipments": True})
        self.adapter.products = {key: make_product(key) for key in "123"}
        self.import_products(*self.adapter.products.values())
        self.env["integration.change"].search([]).unlink()
        self.jobs()._cancel()

    def jobs(self, operation=None, state="pending"):
        found = self.env["sync.job"].search([("backend_id", "=", self.backend.id), ("state", "=", state)])
        return found.filtered(lambda job: operation in (None, job.operation))

    def disconnect(self):
        self.backend._stop_work()
        self.backend.state = "disconnected"

    def connect(self):
        self.backend.state = "connected"
        self.backend._start_work(None)

    def marked(self, kind):
        self.env.flush_all()
        self.env.cr.precommit.run()
        found = self.env["integration.change"].search([("backend_id", "=", self.backend.id), ("kind", "=", kind)])
        return set(found.mapped("res_id"))

    def test_deleted_on_the_platform_meanwhile(self):
        self.disconnect()
        del self.adapter.products["2"]
        self.connect()
        for job in self.jobs("import_product_ids"):
            run_queue_job(job)
        statuses = {key: self.binding_of(key).remote_status for key in "123"}
        self.assertEqual(statuses["2"], "deleted")
        self.assertNotIn("deleted", (statuses["1"], statuses["3"]))

    def test_deleted_where_nothing_tells_of_it(self):
        del self.adapter.products["2"]
        backends = self.env["integration.backend"]
        backends._cron_look_for_products()
        for job in self.jobs("import_product_ids"):
            run_queue_job(job)
        self.assertEqual(self.binding_of("2").remote_status, "deleted")
        # webhooks tell of it
        capabilities = self.adapter._capabilities() | {"webhooks"}
        self.env["ir.config_parameter"].set_param("connector_base.public_url", "https://odoo.example.com/")
        with patch.object(StockingAdapter, "_capabilities", lambda _adapter: capabilities):
            backends._cron_look_for_products()
        self.assertFalse(self.jobs("import_product_ids"))

    def test_what_else_is_read_anew(self):
        self.disconnect()
        self.connect()
        operations = set(self.jobs().mapped("operation"))
        self.assertLessEqual(
            {"import_orders", "import_products", "import_categories", "import_locations", "check_stock"}, operations
        )

    def test_changed_in_odoo_meanwhile(self):
        template = self.binding_of("1").odoo_id
        self.disconnect()
        template.name = "Renamed"
        self.connect()
        self.assertIn(self.binding_of("1").id, self.marked("product"))
        self.assertEqual(len(self.marked("stock")), 3)

    def test_deleted_in_odoo_meanwhile(self):
        self.disconnect()
        self.binding_of("1").odoo_id.unlink()
        [job] = self.jobs("remove_products", "cancelled")
        self.assertEqual(job.arguments, {"external_ids": ["1"]})
        self.connect()
        self.assertEqual(job.state, "pending")

    def test_interrupted_work_goes_on(self):
        left = self.backend._enqueue("import_order_ids", arguments={"external_ids": ["9"]})
        pictures = self.backend._enqueue("import_product_images", arguments={"external_ids": ["1"]})
        polled = self.backend._start_import("orders")
        asked = self.backend._enqueue("cancel_order", arguments={"external_ids": ["8"]})
        self.disconnect()
        self.assertEqual(set((left | pictures | polled | asked).mapped("state")), {"cancelled"})
        self.connect()
        self.assertEqual((left.state, pictures.state, asked.state), ("pending", "pending", "cancelled"))
        self.assertEqual(polled.state, "cancelled")
        self.assertEqual(len(self.jobs("import_orders")), 1, "the cursor goes on")
        self.assertFalse((left | pictures).filtered("interrupted"))

    def test_marks_noted_meanwhile_are_pushed(self):
        self.disconnect()
        self.env["integration.change"]._note_ids(self.backend, "shipment", [7])
        self.env["integration.change"]._wake({(self.backend.id, "shipment")})
        self.assertFalse(self.jobs("push_shipments"), "not while disconnected")
        self.connect()
        self.assertTrue(self.jobs("push_shipments"))

    def test_disconnected_by_the_platform(self):
        left = self.backend._enqueue("import_order_ids", arguments={"external_ids": ["9"]})
        self.backend._disconnected_by_platform(ConfigurationError("The app was removed."))
        self.assertEqual(left.state, "cancelled")
        self.connect()
        self.assertEqual(left.state, "pending")
