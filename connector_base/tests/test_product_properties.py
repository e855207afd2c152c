from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.product_page import combination, name_key, split_prices, used_options
from .product_in_common import ProductCase
from .product_strategies import PRICES, additive_prices, trees

DATABASE = settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@tagged("post_install", "-at_install")
class TestProductProperties(ProductCase):
    def check(self, document):
        """Odoo has just the platform's variants, each with its options, SKU, id, and price if it can say it."""
        binding = self.binding_of(document.external_id)
        template = binding.odoo_id
        bindings = self.env["integration.binding.variant"].search([("backend_id", "=", self.backend.id)])
        bound = {b.external_id: b.odoo_id for b in bindings if b.external_parent_id == document.external_id}
        self.assertEqual(bound.keys(), {variant.external_id for variant in document.variants})
        self.assertEqual(set(bound.values()), set(template.product_variant_ids))
        for variant in document.variants:
            product = bound[variant.external_id]
            values = product.product_template_attribute_value_ids
            self.assertEqual(
                {(name_key(v.attribute_id.name), name_key(v.name)) for v in values}, set(combination(variant))
            )
            self.assertEqual(product.default_code, variant.sku)
            if not binding.import_note:
                self.assertAlmostEqual(product.lst_price, float(variant.price), 2)
        used = template.product_variant_ids.product_template_attribute_value_ids
        lines = template.attribute_line_ids
        self.assertEqual(lines.product_template_value_ids.filtered("ptav_active"), used, "no value that nobody has")
        self.assertEqual(set(lines.value_ids), set(used.product_attribute_value_id))

    @DATABASE
    @given(versions=st.tuples(*(trees(minutes=number) for number in range(3))))
    def test_any_tree_becomes_any_other(self, versions):
        with self.env.cr.savepoint() as savepoint:
            for version in versions:
                result = self.import_products(version)
                self.assertFalse(result.failed, result.failed and result.failed[0][2])
                self.check(version)
            if not result.unchanged:
                variants = self.binding_of("1").odoo_id.product_variant_ids
                self.assertEqual(self.import_products(versions[-1]).unchanged, ["1"])
                self.assertEqual(self.binding_of("1").odoo_id.product_variant_ids, variants)
            savepoint.rollback()
            self.env.invalidate_all()

    @settings(DATABASE, max_examples=5)
    @given(documents=st.tuples(*(trees(external_id=str(number)) for number in range(4))))
    def test_a_page_is_as_good_as_one_by_one(self, documents):
        with self.env.cr.savepoint() as savepoint:
            result = self.import_products(*documents)
            self.assertEqual(sorted(result.created), ["0", "1", "2", "3"])
            for document in documents:
                self.check(document)
                template = self.binding_of(document.external_id).odoo_id
                before = template.product_variant_ids
                template._create_variant_ids()
                self.assertEqual(template.product_variant_ids, before, "Odoo neither misses nor minds any")
            savepoint.rollback()
            self.env.invalidate_all()


class TestSplitPrices(BaseCase):
    @settings(deadline=None, database=None)
    @given(prices=additive_prices())
    def test_sums_are_found(self, prices):
        base, extras = split_prices(prices)
        for chosen, price in prices:
            self.assertEqual(base + sum(extras.get(item, 0) for item in chosen.items()), price)
        self.assertTrue(all(extra > 0 for extra in extras.values()))

    @settings(deadline=None, database=None)
    @given(document=trees(), prices=st.data())
    def test_never_another_price(self, document, prices):
        rows = [(dict(variant.options), prices.draw(PRICES)) for variant in document.variants]
        found = split_prices(rows)
        if found:
            base, extras = found
            self.assertEqual(
                [base + sum(extras.get(i, 0) for i in chosen.items()) for chosen, _p in rows], [p for _c, p in rows]
            )
        if len(document.options) <= 1 or len({price for _chosen, price in rows}) == 1:
            self.assertTrue(found, "one option can say any prices, and one price needs none")

    @settings(deadline=None, database=None)
    @given(document=trees())
    def test_used_options(self, document):
        options = used_options(document)
        self.assertEqual(
            {(name, value) for name, values in options for value in values},
            {item for variant in document.variants for item in variant.options},
        )
