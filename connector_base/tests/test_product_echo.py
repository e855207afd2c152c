from dataclasses import replace
from decimal import Decimal
from unittest.mock import patch

from odoo.tests import tagged

from ..canonical import PRODUCT_PARTS, Category
from .product_in_common import ProductAdapter, ProductCase, make_grid, make_picture, make_product, make_variant


@tagged("post_install", "-at_install")
class TestProductEcho(ProductCase):
    """What an import writes is no news to the platform it came from; what people change afterwards is."""

    def setUp(self):
        super().setUp()
        can = frozenset({"orders_in", "products_in", "products_out"})
        self.startPatcher(patch.object(ProductAdapter, "_capabilities", lambda adapter: can))
        self.startPatcher(
            patch.object(ProductAdapter, "_product_parts", lambda adapter: frozenset(PRODUCT_PARTS), create=True)
        )
        self.backend.export_products = True

    def marks(self):
        """Return the ids of the product bindings that wait to be pushed, as when the transaction is committed."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        changes = self.env["integration.change"].search([("backend_id", "=", self.backend.id)])
        ids = changes.filtered(lambda change: change.kind == "product").mapped("res_id")
        changes.unlink()
        return ids

    def parts(self):
        """Return the parts of product 1 that a push would send."""
        [planned] = self.env["integration.product.exporter"]._plan(self.backend, self.binding_of("1"))
        return planned.parts

    def test_import_with_pictures_then_a_change_on_both_sides(self):
        content, image = make_picture("red")
        self.adapter.pictures[image.url] = content
        document = make_grid("1", tags=("A", "B"), images=(image,), vendor="Acme", handle="x", currency=self.currency)
        template = self.import_product(document)
        self.assertFalse(self.marks())
        job = self.env["sync.job"].search(
            [("backend_id", "=", self.backend.id), ("operation", "=", "import_product_images")]
        )
        job._run_import_product_images(**job.arguments)
        self.assertFalse(self.marks())
        self.assertFalse(self.parts())

        template.with_context(integration_from_backend=False).list_price = 11.0
        self.assertEqual(self.marks(), self.binding_of("1").ids)
        self.assertEqual(self.parts(), {"prices"})

        renamed = replace(document, title="Renamed there", updated_at=make_product("1", 3).updated_at)
        self.import_products(renamed)
        self.assertEqual((template.name, template.list_price), ("Renamed there", 11.0))
        self.assertEqual(self.marks(), self.binding_of("1").ids)
        self.assertEqual(self.parts(), {"prices"})

        cheaper = tuple(replace(variant, price=Decimal("9.00")) for variant in document.variants)
        later = make_product("1", 60 * 24 * 365 * 20).updated_at
        self.import_products(replace(renamed, variants=cheaper, updated_at=later))
        self.assertEqual(template.list_price, 9.0, "changed on both sides: the later one")
        self.assertFalse(self.marks())
        self.assertFalse(self.parts())

    def test_category_that_turns_out_to_be_automatic(self):
        template = self.import_product(make_product("1", category_ids=("C1", "C2"), currency=self.currency))
        self.marks()
        category = self.env["integration.category"].search(
            [("backend_id", "=", self.backend.id), ("external_id", "=", "C2")]
        )
        category.automatic = True  # as when the categories are read, after the product
        self.assertFalse(self.parts())
        template.with_context(integration_from_backend=False).list_price = 11.0
        self.assertEqual(self.parts(), {"prices"})

    def test_wish_that_waits_when_a_category_turns_out_to_be_automatic(self):
        self.import_product(make_product("1", category_ids=("C1", "C2"), currency=self.currency))
        categories = (
            self.env["integration.category"].search([("backend_id", "=", self.backend.id)]).grouped("external_id")
        )
        self.binding_of("1").category_ids -= categories["C1"]
        categories["C2"].automatic = True
        self.assertEqual(self.parts(), {"categories"})

    def test_linked_product(self):
        template = self.env["product.template"].create({"name": "Cup", "default_code": "CUP"})
        self.marks()
        later = 60 * 24 * 365 * 20
        self.import_products(make_product("1", later, variants=[make_variant("V1", sku="CUP")], currency=self.currency))
        self.assertEqual(template.name, "Product 1")
        self.assertFalse(self.marks())

    def test_linked_product_whose_values_odoo_keeps(self):
        template = self.env["product.template"].create({"name": "Cup", "default_code": "CUP", "list_price": 12.0})
        self.marks()
        theirs = make_product("1", variants=[make_variant("V1", sku="CUP")], tags=("Blue",), currency=self.currency)
        self.import_products(theirs)
        self.assertEqual(template.name, "Cup", "it is newer in Odoo")
        self.assertEqual(self.marks(), self.binding_of("1").ids)
        self.assertEqual(self.parts(), {"basics", "prices"})
        [planned] = self.env["integration.product.exporter"]._plan(self.backend, self.binding_of("1"))
        agreed = self.binding_of("1").digests_out
        self.assertEqual(agreed.get("tags"), planned.digests["tags"], "what Odoo doesn't have is not taken away there")

    def test_linked_product_of_which_odoo_decides(self):
        self.backend.product_owner = "odoo"
        template = self.env["product.template"].create({"name": "Cup", "default_code": "CUP", "list_price": 12.0})
        self.marks()
        later = 60 * 24 * 365 * 20
        self.import_products(make_product("1", later, variants=[make_variant("V1", sku="CUP")], currency=self.currency))
        self.assertEqual(template.name, "Cup")
        self.assertEqual(self.marks(), self.binding_of("1").ids)
        self.assertLessEqual({"basics", "prices"}, self.parts())

    def test_categories_whose_products_the_platform_chooses(self):
        document = make_product("1", category_ids=("C1", "C9"), currency=self.currency)
        template = self.import_product(document)
        self.adapter.categories = (
            Category(external_id="C1", name="Cups"),
            Category(external_id="C9", name="New", automatic=True),
        )
        [job] = self.env["sync.job"].search([("operation", "=", "import_categories")])
        job._run_import_categories()
        self.assertFalse(self.marks())
        self.assertFalse(self.parts(), "that C9 chooses its products is no change of this one")
        self.import_products(replace(document, title="Other", updated_at=make_product("1", 1).updated_at))
        self.assertFalse(self.marks())
        template.list_price = 11.0
        self.assertEqual(self.parts(), {"prices"})
        cups = self.binding_of("1").category_ids.filtered(lambda category: not category.automatic)
        self.binding_of("1").category_ids -= cups
        self.adapter.categories = (Category(external_id="C9", name="New"),)
        job._run_import_categories()
        self.assertEqual(self.parts(), {"prices", "categories"}, "what people have changed is still to be sent")
