from decimal import Decimal
from unittest import SkipTest

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import KitComponent
from odoo.addons.connector_base.tests.product_in_common import ProductCase, make_product, make_variant


@tagged("post_install", "-at_install")
class TestProductKits(ProductCase):
    """A platform's set of two cups and a plate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "connector_base_mrp" not in cls.registry._init_modules:
            raise SkipTest("needs mrp, and connector_base_mrp with it")

    def article(self, number, minutes=0, **changes):
        variant = make_variant(external_id=f"V{number}", sku=f"K{number}", **changes)
        return make_product(external_id=f"P{number}", title=f"Article {number}", minutes=minutes, variants=(variant,))

    def kit(self, cups=2, minutes=0):
        counts = {"V1": cups, "V2": 1}
        parts = [KitComponent(variant_external_id=part, quantity=Decimal(count)) for part, count in counts.items()]
        return self.article(3, minutes, components=tuple(parts), tracked=False)

    def lines(self, template):
        [bom] = template.bom_ids
        return {line.product_id.default_code: line.product_qty for line in bom.bom_line_ids}

    def template(self):
        return self.binding_of("P3").odoo_id

    def test_a_kit_and_its_parts_on_one_page(self):
        self.import_products(self.kit(), self.article(1), self.article(2))
        template = self.template()
        self.assertEqual(self.lines(template), {"K1": 2.0, "K2": 1.0})
        self.assertEqual(template.bom_ids.type, "phantom")
        self.import_products(self.kit(cups=3, minutes=1))
        self.assertEqual(self.lines(template), {"K1": 3.0, "K2": 1.0})

    def test_a_part_that_comes_later(self):
        self.import_products(self.kit(), self.article(1))
        self.assertFalse(self.template().bom_ids)
        self.assertIn("V2", self.binding_of("P3").import_note)
        self.import_products(self.article(2))
        self.import_products(self.kit())
        self.assertEqual(self.lines(self.template()), {"K1": 2.0, "K2": 1.0})
        self.assertFalse(self.binding_of("P3").import_note)

    def test_what_people_made_is_theirs(self):
        self.import_products(self.article(1), self.article(2), self.kit())
        bom = self.template().bom_ids
        bom.integration_backend_id = False
        self.import_products(self.kit(cups=5, minutes=1))
        self.assertEqual(self.lines(self.template()), {"K1": 2.0, "K2": 1.0})
