from dataclasses import replace
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from odoo.addons.connector_base.canonical import PRODUCT_PARTS, Image

from .product_common import ProductCase, picture


def shout(store):
    """Return the platform's way of keeping a product, with its title in capitals."""

    def stored(*arguments):
        result = store(*arguments)
        return replace(result, document=replace(result.document, title=result.document.title.upper()))

    return stored


@tagged("post_install", "-at_install")
class TestProductPull(ProductCase):
    """How pushes and imports meet: what an import wrote is not pushed back, what Odoo decides about is."""

    def setUp(self):
        super().setUp()
        self.binding = self.publish(self.cup)
        self.push()
        self.there = self.adapter.shop["P1"]
        self.adapter.calls.clear()

    def pull(self, document, **values):
        """Import `document`, of which the importer writes `values` to the product."""
        changed = self.exporter._changed_parts(self.backend, self.binding)
        importing = {"integration_from_backend": self.backend.id}
        self.cup.with_context(**importing).write(values)
        self.exporter.with_context(**importing)._note_pulled(self.backend, {self.binding: document})
        return changed[self.binding]

    def assertPushed(self, *parts):
        self.push()
        self.assertEqual([pushed for _title, pushed in self.adapter.pushed], [sorted(parts)] if parts else [])
        self.adapter.calls.clear()

    def test_what_was_pulled_is_not_pushed(self):
        changed = self.pull(replace(self.there, title="Mug", tags=()), name="Mug")
        self.assertEqual(changed, frozenset())
        self.assertFalse(self.marked())
        self.exporter._mark(self.binding)
        self.assertPushed()

    def test_changed_parts(self):
        self.cup.write({"name": "Mug", "list_price": 8})
        self.assertEqual(
            self.exporter._changed_parts(self.backend, self.binding), {self.binding: frozenset({"basics", "prices"})}
        )

    def test_a_product_that_was_just_linked_counts_as_changed(self):
        linked = self.bindings.create({"backend_id": self.backend.id, "odoo_id": self.shirt.id, "external_id": "55"})
        self.assertEqual(self.exporter._changed_parts(self.backend, linked), {linked: frozenset(PRODUCT_PARTS)})
        self.backend.export_products = False
        self.assertEqual(self.exporter._changed_parts(self.backend, linked), {linked: frozenset(PRODUCT_PARTS)})

    def test_a_change_here_and_one_of_another_part_there(self):
        self.cup.list_price = 9
        # the importer takes the title and leaves the price: it was changed here
        changed = self.pull(replace(self.there, title="Mug"), name="Mug")
        self.assertEqual(changed, frozenset({"prices"}))
        self.assertPushed("prices")
        self.assertEqual(self.adapter.shop["P1"].variants[0].price, Decimal(9))

    def test_a_change_here_that_the_import_overwrote(self):
        self.cup.list_price = 9
        variant = replace(self.there.variants[0], price=Decimal(6))
        self.pull(replace(self.there, variants=(variant,)), list_price=6)
        self.assertPushed()

    def test_the_same_change_on_both_sides(self):
        self.cup.list_price = 9
        variant = replace(self.there.variants[0], price=Decimal(9))
        self.pull(replace(self.there, variants=(variant,)))
        self.assertPushed()

    def test_what_odoo_can_not_hold_exactly_is_not_pushed(self):
        variant = replace(self.there.variants[0], weight=Decimal("0.2512"))
        self.pull(replace(self.there, variants=(variant,)), weight=0.25)
        self.assertPushed()

    def test_odoo_decides(self):
        self.backend.field_rule_ids = [Command.create({"field": "title", "owner": "odoo"})]
        self.push()
        self.adapter.shop["P1"] = replace(self.there, title="Renamed there")
        self.pull(self.adapter.shop["P1"])
        self.assertPushed("basics")
        self.assertEqual(self.adapter.shop["P1"].title, "Cup")
        # its webhook comes back
        self.pull(self.adapter.shop["P1"])
        self.assertPushed()
        # and once more the same change by the merchant
        self.pull(replace(self.there, title="Renamed there"))
        self.assertPushed("basics")

    def test_odoo_decides_and_the_platform_writes_it_in_its_own_way(self):
        self.backend.field_rule_ids = [Command.create({"field": "title", "owner": "odoo"})]
        self.push()
        self.adapter.brief = True
        own_way = replace(self.there, title="CUP")
        self.pull(own_way)
        self.assertPushed("basics")
        for _time in range(3):
            self.pull(own_way)
            self.assertPushed()
        self.cup.name = "Mug"
        self.assertPushed("basics")

    def test_an_answer_says_how_the_platform_writes_it(self):
        self.backend.product_owner = "odoo"
        self.cup.name = "Mug"
        with patch.object(type(self.adapter), "_store", autospec=True, side_effect=shout(type(self.adapter)._store)):
            self.assertPushed("basics")
        self.pull(replace(self.there, title="MUG"))
        self.assertPushed()

    def test_the_platform_decides(self):
        self.backend.field_rule_ids = [Command.create({"field": "price", "owner": "platform"})]
        self.assertPushed()
        self.cup.list_price = 9
        self.pull(self.there)
        self.assertPushed()

    def test_categories_the_platform_chooses_make_no_difference(self):
        self.env["integration.category"].create(
            [
                {"backend_id": self.backend.id, "external_id": "C1", "name": "Hand-picked"},
                {"backend_id": self.backend.id, "external_id": "C2", "name": "New", "automatic": True},
            ]
        )
        self.backend.product_owner = "odoo"
        self.push()
        self.adapter.calls.clear()
        self.pull(replace(self.there, category_ids=("C2",)))
        self.assertPushed()
        self.pull(replace(self.there, category_ids=("C1", "C2")))
        self.assertPushed("categories")

    def test_pictures_that_are_read_later(self):
        images = (Image(external_id="I1", url="https://platform.example/1"),)
        known = self.env["integration.binding.image"].create(
            {"product_binding_id": self.binding.id, "external_id": "I1", "url": images[0].url}
        )
        self.pull(replace(self.there, images=images))
        self.cup.name = "Mug"
        self.assertPushed("basics")
        # the job that reads them
        self.cup.with_context(integration_from_backend=self.backend.id).image_1920 = picture("red")
        checksums = self.env["integration.product.image"]._image_checksums(self.cup)
        known.checksum = checksums[self.cup.id]
        self.exporter._note_pulled(self.backend, {self.binding: None})
        self.exporter._mark(self.binding)
        self.assertPushed()
        self.cup.image_1920 = picture("blue")
        self.assertPushed("images")

    def test_a_picture_added_while_others_were_read(self):
        known = self.env["integration.binding.image"].create(
            {"product_binding_id": self.binding.id, "external_id": "I1"}
        )
        self.cup.image_1920 = picture("red")
        known.checksum = "another picture"
        self.exporter._note_pulled(self.backend, {self.binding: None})
        self.assertPushed("images")

    def test_a_page_is_noted_with_few_queries(self):
        templates = self.env["product.template"].create([{"name": f"Plate {number}"} for number in range(40)])
        bindings = self.publish(templates)
        self.push()
        bindings.digests_out = False
        counts = []
        for page in (bindings[:3], bindings):
            documents = {binding: self.adapter.shop[binding.external_id] for binding in page}
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.exporter._note_pulled(self.backend, documents)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)

    def test_nothing_is_noted_where_products_are_not_sent(self):
        self.backend.export_products = False
        with self.assertQueryCount(0):
            self.exporter._note_pulled(self.backend, {self.binding: self.there})
