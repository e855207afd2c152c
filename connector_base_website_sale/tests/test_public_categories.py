from dataclasses import replace

from odoo import Command
from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Category
from odoo.addons.connector_base.tests.order_common import PLATFORM
from odoo.addons.connector_base.tests.product_in_common import make_product

from .common import WebsiteCase


@tagged("post_install", "-at_install")
class TestPublicCategories(WebsiteCase):
    """The platform has Men with Shirts and Hats in it, and Sale, whose products it chooses itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.documents = (
            Category(external_id="11", name="Shirts", parent_external_id="10"),
            Category(external_id="10", name="Men"),
            Category(external_id="12", name="Hats", parent_external_id="10"),
            Category(external_id="20", name="Sale", automatic=True),
        )
        cls.Public = cls.env["product.public.category"]

    def setUp(self):
        super().setUp()
        self.store_categories(*self.documents)
        self.men, self.shirts, self.hats, self.sale = (
            self.category(key).public_categ_id for key in ("10", "11", "12", "20")
        )

    def product(self, minutes=0, **values):
        values = {"category_ids": (), "currency": self.currency, **values}
        return self.put_in_shop(make_product("1", minutes, **values))

    def test_public_categories_are_made_once(self):
        self.assertEqual(self.shirts.display_name, "Men / Shirts")
        self.assertEqual(self.men.child_id, self.shirts | self.hats)
        count = self.Public.search_count([])
        self.store_categories(*self.documents)
        self.assertEqual(self.Public.search_count([]), count)

    def test_those_of_the_website_are_taken(self):
        caps = self.Public.create({"name": "caps ", "parent_id": self.men.id})
        self.store_categories(
            *self.documents,
            Category(external_id="13", name="Caps", parent_external_id="10"),
            Category(external_id="14", name="Caps", parent_external_id="10"),
        )
        self.assertEqual(self.category("13").public_categ_id, caps)
        self.assertNotIn(self.category("14").public_categ_id, (caps, self.Public), "it has one of its own")

    def test_names_and_places_follow_the_platform(self):
        renamed = [replace(self.documents[0], name="Blouses", parent_external_id=""), *self.documents[1:]]
        self.store_categories(*renamed)
        self.assertEqual((self.shirts.name, self.shirts.parent_id), ("Blouses", self.Public))
        self.hats.name = "Hats & Caps"
        renamed[2] = replace(renamed[2], name="Headwear")
        self.store_categories(*renamed)
        self.assertEqual(self.hats.name, "Hats & Caps", "people have called it otherwise")

    def test_categories_not_read_yet_wait_for_their_names(self):
        template = self.product(category_ids=("11", "99"))
        self.assertEqual(template.public_categ_ids, self.shirts)
        self.store_categories(*self.documents, Category(external_id="99", name="New"))
        self.assertEqual(template.public_categ_ids.mapped("name"), ["Shirts", "New"])
        self.assertEqual(self.push(), [])

    def test_products_follow_the_platform(self):
        own = self.Public.create({"name": "Only on the website"})
        template = self.product(category_ids=("11", "20"))
        self.assertEqual(template.public_categ_ids, self.shirts | self.sale)
        template.public_categ_ids |= own
        self.assertEqual(self.push(), [])
        self.product(1, category_ids=("12",))
        self.assertEqual(template.public_categ_ids, self.hats | own)
        self.assertEqual(self.push(), [])

    def test_products_are_followed_to_the_platform(self):
        template = self.product(category_ids=("11",))
        self.push()
        template.public_categ_ids = [Command.link(self.hats.id)]
        self.assertEqual(self.push(), [["categories"]])
        self.assertEqual(self.adapter.shop["1"].category_ids, ("11", "12"))
        self.shirts.product_tmpl_ids = [Command.unlink(template.id)]
        self.assertEqual(self.push(), [["categories"]])
        self.assertEqual(self.adapter.shop["1"].category_ids, ("12",))
        self.sale.product_tmpl_ids |= template
        self.assertEqual(self.push(), [], "the platform chooses the products of Sale")
        self.hats.unlink()
        self.assertEqual(self.push(), [], "a category of the website that is deleted says nothing of products")

    def test_wishes_for_the_channel_are_on_the_website(self):
        template = self.product(category_ids=("11",))
        self.binding_of("1").category_ids = self.category("12")
        self.assertEqual(template.public_categ_ids, self.hats)
        self.assertEqual(self.push(), [["categories"]])

    def test_new_products_join(self):
        cap = self.env["product.template"].create({"name": "Cap", "public_categ_ids": self.hats.ids})
        binding = self.env["integration.binding.product"].create(
            {"backend_id": self.backend.id, "odoo_id": cap.id, "category_ids": self.category("11").ids}
        )
        self.assertEqual(binding.category_ids, self.category("11") | self.category("12"))
        self.assertEqual(cap.public_categ_ids, self.shirts | self.hats)

    def test_several_channels(self):
        other = self.env["integration.backend"].create(
            {"name": "Other", "platform": PLATFORM, "state": "connected", "export_products": True}
        )
        self.store_categories(Category(external_id="h", name="Men"), backend=other)
        self.assertEqual(self.category("h", other).public_categ_id, self.men)
        template = self.product(category_ids=("10",))
        binding = self.env["integration.binding.product"].create(
            {"backend_id": other.id, "odoo_id": template.id, "external_id": "O1"}
        )
        self.assertEqual(binding.category_ids, self.category("h", other))
        self.product(1)
        self.assertEqual(template.public_categ_ids, self.men, "the other channel still has it there")
        binding.category_ids = False
        self.assertFalse(template.public_categ_ids)
        self.product(2, category_ids=("10",))
        self.assertEqual(binding.category_ids, self.category("h", other), "others hear of what is imported")

    def test_where_the_platform_decides(self):
        template = self.product(category_ids=("11",))
        self.backend.field_rule_ids = [Command.create({"field": "categories", "owner": "platform"})]
        template.public_categ_ids |= self.hats
        self.assertEqual(self.binding_of("1").category_ids, self.category("11"))

    def test_switched_off_and_on(self):
        self.backend.sync_public_categories = False
        self.store_categories(*self.documents, Category(external_id="30", name="Belts"))
        template = self.product(category_ids=("30",))
        self.assertFalse(self.category("30").public_categ_id)
        self.assertFalse(template.public_categ_ids)
        self.backend.sync_public_categories = True
        self.assertEqual(template.public_categ_ids.name, "Belts")
        self.assertEqual(self.push(), [])

    def test_chosen_by_hand(self):
        template = self.product(category_ids=("11",))
        tops = self.Public.create({"name": "Tops"})
        self.category("11").public_categ_id = tops
        self.assertIn(tops, template.public_categ_ids)
        template.public_categ_ids -= tops
        self.assertEqual(self.push(), [["categories"]])
        self.assertEqual(self.adapter.shop["1"].category_ids, ())

    def test_queries_dont_grow_with_the_page(self):
        """Not for the products of an import, nor for those of other channels that follow the website."""
        other = self.env["integration.backend"].create(
            {"name": "Other", "platform": PLATFORM, "state": "connected", "export_products": True}
        )
        self.store_categories(*self.documents, backend=other)

        def cost(start, count):
            external_ids = [str(number) for number in range(start, start + count)]
            self.import_products(*(make_product(key, category_ids=("11", "20")) for key in external_ids))
            bindings = self.env["integration.binding.product"].search(
                [("backend_id", "=", self.backend.id), ("external_id", "in", external_ids)]
            )
            bindings.create(
                [
                    {"backend_id": other.id, "odoo_id": binding.odoo_id.id, "external_id": f"O{binding.external_id}"}
                    for binding in bindings
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            backend = self.env["integration.product.importer"]._for_import(self.backend)
            hats = backend.env["integration.category"].browse(self.category("12").id)
            stated = {binding.with_env(backend.env): hats for binding in bindings}
            backend.env["integration.public.categories"]._follow_platform(backend, stated)
            self.env.flush_all()
            spent = self.env.cr.sql_log_count - before
            theirs = bindings.odoo_id.integration_binding_ids.filtered(lambda binding: binding.backend_id == other)
            self.assertEqual(theirs.category_ids, self.category("11", other) | self.category("12", other))
            return spent

        cost(100, 2)
        self.assertLessEqual(cost(200, 20), cost(300, 5))
