from dataclasses import replace
from unittest.mock import patch

from odoo.tests import tagged

from ..engine import order_products, product_importer
from ..transport import DataError, PermissionMissing, WebhookEnvelope
from .order_common import PLACED, make_line, make_order
from .product_in_common import ProductCase, make_grid, make_product, make_variant


def line_of(product, index=0, external_id="L1"):
    """Return an order line of a variant of the canonical `product`."""
    variant = product.variants[index]
    return make_line(
        external_id,
        sku=variant.sku,
        title=product.title,
        product_external_id=product.external_id,
        variant_external_id=variant.external_id,
    )


@tagged("post_install", "-at_install")
class TestOrderProducts(ProductCase):
    """Orders bring the products that Odoo doesn't know yet."""

    def setUp(self):
        super().setUp()
        self.shirt = make_grid("9", updated_at=PLACED)
        self.adapter.products = {"9": self.shirt, "8": make_product("8")}
        self.adapter._parse_event = lambda backend, topic, body: None
        self.adapter._fetch_orders_by_id = lambda backend, ids: [self.orders[key] for key in ids]
        self.orders = {}

    def reads(self):
        return [ids for call, ids in self.adapter.calls if call == "by_id"]

    def test_products_come_first(self):
        self.backend.unknown_product = "create"
        self.import_orders(
            make_order("1", lines=(line_of(self.shirt), line_of(self.shirt, 1, "L2"))),
            make_order("2", lines=(line_of(self.shirt, 1), line_of(self.adapter.products["8"], 0, "L2"))),
        )
        self.assertEqual(self.reads(), [("8", "9")], "once for the whole page")
        template = self.binding_of("9").odoo_id
        self.assertEqual(len(template.product_variant_ids), 4)
        first, second = self.order_of("1").order_line.product_id, self.order_of("2").order_line.product_id
        self.assertEqual(first.product_tmpl_id, template)
        self.assertEqual(second.product_tmpl_id, template | self.binding_of("8").odoo_id)
        same = [("default_code", "=", self.shirt.variants[0].sku)]
        self.assertEqual(self.env["product.product"].search_count(same), 1)
        self.import_orders(make_order("3", lines=(line_of(self.shirt),)))
        self.assertEqual(len(self.reads()), 1, "known by now")

    def test_switched_off_costs_nothing(self):
        self.backend.import_products = False
        self.import_orders(make_order("1", lines=(line_of(self.shirt),)))
        self.assertFalse(self.reads())
        products = self.env["integration.order.products"].with_env(self.backend.env)
        with self.assertQueryCount(0):
            self.assertEqual(products._bring(self.backend, [make_order("2", lines=(line_of(self.shirt),))]), set())

    def test_known_products_cost_one_query(self):
        self.import_products(self.shirt)
        documents = [make_order(str(n), lines=(line_of(self.shirt, n % 4),)) for n in range(20)]
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(self.backend._syncs("products_in"))
        with self.assertQueryCount(1):
            self.assertEqual(self.env["integration.order.products"]._bring(self.backend, documents), set())
        self.assertFalse(self.reads())

    def test_what_is_to_decide_is_not_read_again(self):
        self.backend.unknown_product = "placeholder"
        unknown = make_product("7", variants=[make_variant("V7", sku="")])
        self.adapter.products["7"] = unknown
        order = make_order("1", lines=(line_of(unknown),))
        self.import_orders(order)
        self.assertTrue(self.order_of("1"), "the order comes in all the same")
        self.assertEqual(self.conflict_of("7").state, "open")
        self.import_orders(make_order("2", lines=(line_of(unknown),)))
        self.assertEqual(self.reads(), [("7",)])

    def test_what_cannot_be_read(self):
        self.backend.unknown_product = "placeholder"
        job = self.backend._enqueue("import_order_ids", arguments={"external_ids": ["1", "2"]})
        self.orders = {
            "1": make_order("1", lines=(line_of(self.shirt),)),
            "2": make_order("2", lines=(line_of(self.adapter.products["8"]),)),
        }
        read = self.adapter._fetch_products_by_id

        def refuse_shirts(backend, external_ids):
            if "9" in external_ids:
                raise DataError("Unreadable", external_id="9")
            return read(backend, external_ids)

        with patch.object(self.adapter, "_fetch_products_by_id", refuse_shirts, create=True):
            job._run_import_order_ids(["1", "2"])
        self.assertTrue(self.order_of("1"))
        self.assertEqual(self.order_of("2").order_line.product_id.product_tmpl_id, self.binding_of("8").odoo_id)
        [failed] = job.child_ids
        self.assertEqual((failed.operation, failed.external_id), ("import_product_ids", "9"))

    def test_without_permission_orders_come_in(self):
        def forbidden(backend, external_ids):
            raise PermissionMissing("Not allowed to read products.")

        with patch.object(self.adapter, "_fetch_products_by_id", forbidden, create=True):
            result = self.import_orders(make_order("1", lines=(line_of(self.shirt),)))
        self.assertEqual(result.created, ["1"])

    def test_orders_wait_for_who_imports_their_products(self):
        other = make_order("2", lines=(line_of(self.adapter.products["8"]),))
        self.orders = {"1": make_order("1", lines=(line_of(self.shirt),)), "2": other}
        events = self.env["integration.webhook.event"]
        for external_id in self.orders:
            envelope = WebhookEnvelope(
                event_id=f"order{external_id}",
                topic="orders/create",
                resource="order",
                external_id=external_id,
                updated_at=PLACED,
            )
            events._store(self.backend, envelope, b"{}")
        self.backend._ensure_drain()
        job = self.env["sync.job"]._waiting(f"drain_webhooks:{self.backend.id}")
        lock = product_importer.try_lock
        taken = product_importer.product_key(self.backend, "9")
        with patch.object(order_products, "try_lock", lambda cr, keys: lock(cr, keys) - {taken}):
            job._run_drain_webhooks()
        self.assertEqual(self.reads(), [("8",)], "what another transaction imports is not read")
        self.assertFalse(self.order_of("1"))
        self.assertTrue(self.order_of("2"))
        states = {event.external_id: event.state for event in events.search([("backend_id", "=", self.backend.id)])}
        self.assertEqual(states, {"1": "new", "2": "done"})
        job._run_drain_webhooks()
        self.assertEqual(self.order_of("1").order_line.product_id.product_tmpl_id, self.binding_of("9").odoo_id)

    def test_appeared_since_the_transaction_began(self):
        """Another transaction has committed the product, which can't be seen here: the order waits."""
        importer = type(self.env["integration.product.importer"])
        with patch.object(importer, "_lock_creations", lambda _importer, _backend, entries, _page: {"9"}):
            result = self.import_orders(make_order("1", lines=(line_of(self.shirt),)))
        self.assertEqual((result.busy, result.created), (["1"], []))
        self.assertEqual(self.import_orders(make_order("1", lines=(line_of(self.shirt),))).created, ["1"])

    def test_orders_and_products_start_together(self):
        self.backend.unknown_product = "create"
        known = self.env["product.template"].search_count([])
        result = self.import_orders(
            make_order("1", lines=(line_of(self.shirt),)), make_order("2", lines=(line_of(self.adapter.products["8"]),))
        )
        self.assertEqual(result.created, ["1", "2"])
        products = self.import_products(*self.adapter.products.values(), make_product("7"))
        self.assertEqual((sorted(products.unchanged), products.created, products.held), (["8", "9"], ["7"], []))
        self.assertEqual(self.env["product.template"].search_count([]), known + 3)
        self.assertFalse(self.env["integration.product.conflict"].search([("backend_id", "=", self.backend.id)]))

    def test_unchanged_orders_read_nothing(self):
        gone = replace(self.shirt, external_id="6", variants=(make_variant("V6", sku="GONE"),), options=())
        self.backend.unknown_product = "placeholder"
        order = make_order("1", lines=(line_of(gone),))
        self.import_orders(order)
        self.import_orders(order)
        self.assertEqual(self.reads(), [("6",)])


@tagged("post_install", "-at_install")
class TestProductsMadeFromOrders(ProductCase):
    """Products that order lines made, before products were imported."""

    def setUp(self):
        super().setUp()
        self.backend.write({"import_products": False, "unknown_product": "create"})

    def order_all(self, product, indexes):
        """Import an order of these variants of `product`; return what its lines made."""
        lines = tuple(line_of(product, index, f"L{index}") for index in indexes)
        self.import_orders(make_order("1", lines=lines))
        self.backend.import_products = True
        return self.order_of("1").order_line.product_id

    def decide_to_create(self, product):
        self.adapter.products = {product.external_id: product}
        conflict = self.conflict_of(product.external_id)
        conflict.action_create()
        jobs = self.env["sync.job"].search([("operation", "=", "import_product_ids"), ("state", "=", "pending")])
        for job in jobs:
            job._run_import_product_ids(**job.arguments)
        self.assertEqual(conflict.state, "done")

    def test_single_variant_is_linked(self):
        cup = make_product("5")
        product = self.order_all(cup, [0])
        renumbered = replace(cup, variants=(replace(cup.variants[0], sku="OTHER"),))
        self.assertEqual(self.import_product(renumbered), product.product_tmpl_id, "its variant is bound to it")
        self.assertEqual(len(self.env["integration.binding.variant"].search([("external_id", "=", "V5")])), 1)

    def test_variants_that_became_products_of_their_own(self):
        shirt = make_grid("9")
        made = self.order_all(shirt, [0, 1])
        self.assertEqual(len(made.product_tmpl_id), 2)
        self.import_products(shirt)
        conflict = self.conflict_of("9")
        self.assertEqual((conflict.kind, conflict.candidate_ids), ("templates", made.product_tmpl_id))
        self.assertIn("“Create in Odoo”", conflict.reason)
        self.decide_to_create(shirt)
        template = self.binding_of("9").odoo_id
        self.assertNotIn(template, made.product_tmpl_id)
        self.import_orders(make_order("2", lines=(line_of(shirt),)))
        self.assertEqual(self.order_of("2").order_line.product_id.product_tmpl_id, template)
        self.assertEqual(self.order_of("1").order_line.product_id, made, "what was sold stays what it was")

    def test_one_of_several_variants_became_a_product(self):
        shirt = make_grid("9")
        made = self.order_all(shirt, [2])
        self.import_products(shirt)
        conflict = self.conflict_of("9")
        self.assertEqual((conflict.kind, conflict.candidate_ids), ("structure", made.product_tmpl_id))
        self.assertIn("“Create in Odoo”", conflict.reason)
        self.decide_to_create(shirt)
        self.assertEqual(len(self.binding_of("9").odoo_id.product_variant_ids), 4)
