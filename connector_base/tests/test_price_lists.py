from decimal import Decimal

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged

from odoo.addons.connector_base.canonical import ListedPriceResult, PriceList
from odoo.addons.connector_base.transport import DataError, RateLimited

from .common import run_queue_job
from .order_common import PLATFORM, FakeAdapter, add_test_platform

BATCH = 2


class PriceAdapter(FakeAdapter):
    """A shop with price lists; `prices` is what it was told per list, `calls` how often."""

    def __init__(self):
        self.lists = (PriceList(external_id="P1", name="Europe", currency="EUR"),)
        self.prices, self.refuse, self.calls, self.allowed = {}, set(), 0, None

    def _capabilities(self):
        return frozenset({"prices_out"})

    def _fetch_price_lists(self, backend):
        return self.lists

    def _price_batch(self):
        return BATCH

    def _push_prices(self, backend, price_list, prices):
        for start in range(0, len(prices), BATCH):
            if self.allowed is not None and self.calls >= self.allowed:
                raise RateLimited("Slow down", retry_after=5)
            self.calls += 1
            for price in prices[start : start + BATCH]:
                if price.variant_external_id in self.refuse:
                    error = DataError("Unknown variant", remedy="Publish it first")
                    yield ListedPriceResult(price=price, error=error)
                    continue
                told = self.prices.setdefault(price_list.external_id, {})
                told[price.variant_external_id] = (price.amount, price.compare_at_amount)
                yield ListedPriceResult(price=price)


@tagged("post_install", "-at_install")
class TestPriceLists(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adapter = PriceAdapter()
        for patcher in add_test_platform(cls.registry, cls.adapter):
            patcher.start()
            cls.addClassCleanup(patcher.stop)
        cls.euro = cls.env["res.currency"].with_context(active_test=False).search([("name", "=", "EUR")])
        cls.euro.active = True
        cls.backend = cls.env["integration.backend"].create({"name": "Test shop", "platform": PLATFORM})
        cls.backend.write({"state": "connected", "export_prices": True})
        cls.products = cls.env["product.product"].create(
            [{"name": f"Mug {n}", "list_price": 10.0 * n} for n in (1, 2, 3)]
        )
        cls.env["integration.binding.variant"].create(
            [
                {"backend_id": cls.backend.id, "external_id": f"V{n}", "odoo_id": product.id}
                for n, product in enumerate(cls.products, 1)
            ]
        )
        cls.pricelist = cls.env["product.pricelist"].create({"name": "Europe", "currency_id": cls.euro.id})
        cls.rules = cls.env["product.pricelist.item"].create(
            [
                {
                    "pricelist_id": cls.pricelist.id,
                    "applied_on": "0_product_variant",
                    "product_id": product.id,
                    "compute_price": "fixed",
                    "fixed_price": price,
                }
                for product, price in zip(cls.products, (8.5, 17.0), strict=False)
            ]
        )
        cls.backend.action_refresh_price_lists()

    def setUp(self):
        super().setUp()
        self.adapter.__init__()
        self.price_list = self.backend.price_list_ids
        self.take_all()

    def take_all(self):
        self.env["integration.change"]._take(self.backend, "price", 100)

    def push(self):
        job = self.backend._enqueue("push_prices")
        run_queue_job(job)
        return job

    def choose(self):
        self.price_list.pricelist_id = self.pricelist
        self.push()
        self.adapter.calls = 0

    def test_lists_of_parts_that_the_channel_is_not_for(self):
        self.env["integration.scope"].create(
            [
                {"backend_id": self.backend.id, "external_id": "W1", "name": "One", "kind": "website", "chosen": True},
                {"backend_id": self.backend.id, "external_id": "W2", "name": "Two", "kind": "website"},
            ]
        )
        self.backend.only_scopes = True
        self.adapter.lists = tuple(
            PriceList(external_id=f"P{n}", name=f"List {n}", currency="EUR", scope_external_id=scope)
            for n, scope in enumerate(("", "W1", "W2"))
        )
        self.backend.action_refresh_price_lists()
        self.assertEqual(set(self.backend.price_list_ids.filtered("active").mapped("name")), {"List 0", "List 1"})

    def test_lists_are_found_kept_and_lost(self):
        self.assertEqual((self.price_list.name, self.price_list.currency_id), ("Europe", self.euro))
        self.adapter.lists = (PriceList(external_id="P2", name="Japan", currency="JPY"),)
        self.backend.action_refresh_price_lists()
        self.assertEqual(self.backend.price_list_ids.mapped("name"), ["Japan"])
        self.assertFalse(self.price_list.active)

    def test_what_a_rule_says_is_sent_and_nothing_else(self):
        self.choose()
        self.assertEqual(self.adapter.prices, {"P1": {"V1": (Decimal("8.50"), None), "V2": (Decimal("17.00"), None)}})
        self.assertEqual(self.price_list.item_count, 2)

    def test_a_changed_rule_is_one_price_in_one_call(self):
        self.choose()
        self.rules[0].fixed_price = 7.25
        self.push()
        self.assertEqual((self.adapter.prices["P1"]["V1"], self.adapter.calls), ((Decimal("7.25"), None), 1))
        self.rules[0].fixed_price = 7.25
        self.push()
        self.assertEqual(self.adapter.calls, 1, "nothing differs, nothing is sent")

    def test_a_rule_that_goes_takes_its_price_along(self):
        self.choose()
        self.rules[0].unlink()
        self.push()
        self.assertEqual(self.adapter.prices["P1"]["V1"], (None, None))
        self.assertEqual(self.price_list.item_count, 1)

    def test_a_product_price_that_rules_build_on(self):
        self.rules[0].write({"compute_price": "percentage", "percent_price": 10})
        self.choose()
        first = self.adapter.prices["P1"]["V1"][0]
        self.products[0].list_price = 20
        self.push()
        self.assertEqual(self.adapter.prices["P1"]["V1"][0], 2 * first)

    def test_pricelists_that_build_on_others(self):
        base = self.env["product.pricelist"].create({"name": "Base", "currency_id": self.euro.id})
        rule = self.env["product.pricelist.item"].create(
            {"pricelist_id": base.id, "compute_price": "fixed", "fixed_price": 5.0}
        )
        self.rules.unlink()
        self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.pricelist.id,
                "compute_price": "formula",
                "base": "pricelist",
                "base_pricelist_id": base.id,
                "price_discount": 20,
            }
        )
        self.choose()
        self.assertEqual(self.adapter.prices["P1"]["V3"], (Decimal("4.00"), None))
        rule.fixed_price = 10
        self.push()
        self.assertEqual(self.adapter.prices["P1"]["V3"], (Decimal("8.00"), None))

    def test_the_price_before_reduction_is_shown_where_it_is_higher(self):
        before = self.env["product.pricelist"].create({"name": "Before", "currency_id": self.euro.id})
        self.env["product.pricelist.item"].create(
            {"pricelist_id": before.id, "compute_price": "fixed", "fixed_price": 10.0}
        )
        self.price_list.compare_pricelist_id = before
        self.choose()
        self.assertEqual(self.adapter.prices["P1"]["V1"], (Decimal("8.50"), Decimal("10.00")))
        self.assertEqual(self.adapter.prices["P1"]["V2"], (Decimal("17.00"), None))
        with self.assertRaises(ValidationError):
            self.price_list.compare_pricelist_id = self.pricelist

    def test_a_refused_price_says_why_and_keeps_no_other(self):
        self.adapter.refuse.add("V1")
        self.price_list.pricelist_id = self.pricelist
        job = self.push()
        self.assertEqual((job.items_done, job.items_failed), (1, 1))
        failed = job.child_ids
        self.assertEqual((failed.external_id, failed.remedy), ("V1", "Publish it first"))
        self.adapter.refuse.clear()
        failed.action_retry()
        run_queue_job(failed)
        self.assertIn("V1", self.adapter.prices["P1"])
        self.assertEqual(failed.state, "done")

    def test_a_limit_in_the_middle_loses_and_repeats_nothing(self):
        self.env["product.pricelist.item"].create(
            {"pricelist_id": self.pricelist.id, "product_id": self.products[2].id,
             "applied_on": "0_product_variant", "compute_price": "fixed", "fixed_price": 25}
        )  # fmt: skip
        self.price_list.pricelist_id = self.pricelist
        self.adapter.allowed = 1
        self.push()
        self.assertEqual(len(self.adapter.prices["P1"]), BATCH)
        waiting = self.env["sync.job"].search([("operation", "=", "push_prices"), ("state", "=", "pending")])
        self.adapter.allowed = None
        run_queue_job(waiting)
        self.assertEqual((set(self.adapter.prices["P1"]), self.adapter.calls), ({"V1", "V2", "V3"}, 2))

    def test_nothing_is_noted_where_nothing_is_sent(self):
        self.backend.export_prices = False
        self.rules[0].fixed_price = 1
        self.products[0].list_price = 1
        self.assertEqual(self.env["integration.change"]._count(self.backend, "price"), 0)
