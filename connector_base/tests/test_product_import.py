from dataclasses import replace

from odoo.tests import tagged

from ..canonical import CustomAttribute, Translation
from .product_in_common import ProductCase, make_grid, make_product, make_variant


@tagged("post_install", "-at_install")
class TestProductImport(ProductCase):
    def test_simple_product(self):
        variant = make_variant(
            "V1", "19.90", barcode="4006381333931", weight=make_variant().price / 4, tracked=True, hs_code="690912"
        )
        template = self.import_product(make_product("1", variants=[variant], tags=("New", "Gift"), vendor="Acme"))
        self.assertRecordValues(
            template,
            [
                {
                    "name": "Product 1",
                    "type": "consu",
                    "is_storable": True,
                    "default_code": "SKU-V1",
                    "barcode": "4006381333931",
                    "list_price": 19.9,
                    "weight": 2.5,
                    "hs_code": "690912",
                    "sale_ok": True,
                    "product_variant_count": 1,
                }
            ],
        )
        self.assertEqual(set(template.product_tag_ids.mapped("name")), {"New", "Gift"})
        self.assertTrue(template.taxes_id, "the company's default")
        binding = self.binding_of("1")
        self.assertEqual((binding.remote_vendor, binding.remote_tags), ("Acme", "New, Gift"))
        variant_binding = template.product_variant_id.integration_variant_binding_ids
        self.assertRecordValues(
            variant_binding, [{"external_id": "V1", "external_parent_id": "1", "inventory_external_id": "IV1"}]
        )

    def test_options_become_attributes_once(self):
        one, two = self.import_products(make_grid("1"), make_grid("2", sizes=("m", "L"))).created
        one, two = self.binding_of(one).odoo_id, self.binding_of(two).odoo_id
        self.assertEqual(set(self.variants(one)), {"S Red", "S Blue", "M Red", "M Blue"})
        self.assertEqual(one.attribute_line_ids.attribute_id, two.attribute_line_ids.attribute_id)
        self.assertEqual(one.attribute_line_ids.attribute_id.mapped("create_variant"), ["always", "always"])
        sizes = self.env["product.attribute.value"].search([("attribute_id.name", "=", "Size")])
        self.assertEqual(sizes.mapped("name"), ["S", "M", "L"], "m is M")
        before = one.product_variant_ids
        one._create_variant_ids()
        self.assertEqual(one.product_variant_ids, before, "Odoo finds nothing missing")

    def test_sparse_product_gets_no_variant_more(self):
        template = self.import_product(make_grid("1", without=[("M", "Red")]))
        self.assertEqual(set(self.variants(template)), {"S Red", "S Blue", "M Blue"})
        self.assertTrue(template.has_dynamic_attributes())
        template._create_variant_ids()
        self.assertEqual(len(template.product_variant_ids), 3)
        self.import_product(make_grid("2"))
        self.assertEqual(len(self.variants(self.binding_of("2").odoo_id)), 4)

    def test_more_variants_than_odoo_makes(self):
        sizes = [str(number) for number in range(35)]
        template = self.import_product(make_grid("1", sizes=sizes, colors=[f"C{number}" for number in range(32)]))
        self.assertEqual(len(template.product_variant_ids), 1120)
        self.assertTrue(template.has_dynamic_attributes())

    def test_unchanged_older_and_newer(self):
        first = make_product("1", 5)
        self.import_products(first)
        self.assertEqual(self.import_products(first).unchanged, ["1"])
        later = make_product("1", 9).updated_at
        moved = replace(first, updated_at=later, variants=tuple(replace(v, updated_at=later) for v in first.variants))
        self.assertEqual(self.import_products(moved).unchanged, ["1"])
        [(external_id, reason)] = self.import_products(make_product("1", 8, title="Late")).skipped
        self.assertEqual((external_id, reason), ("1", "older than what was imported"))
        self.assertEqual(self.import_products(make_product("1", 10, title="Renamed")).updated, ["1"])
        self.assertEqual(self.binding_of("1").odoo_id.name, "Renamed")

    def test_variants_come_and_go(self):
        template = self.import_product(make_grid("1"))
        variants = self.variants(template)
        self.import_products(make_grid("1", sizes=("S", "L"), minutes=1))
        self.assertEqual(set(self.variants(template)), {"S Red", "S Blue", "L Red", "L Blue"})
        self.assertEqual(self.variants(template)["S Red"], variants["S Red"])
        self.assertFalse(variants["M Red"].active)
        self.assertFalse(variants["M Red"].integration_variant_binding_ids)
        self.import_products(make_grid("1", minutes=2))
        self.assertEqual(self.variants(template)["M Red"], variants["M Red"], "the archived one comes back")
        template._create_variant_ids()
        self.assertEqual(len(template.product_variant_ids), 4)

    def test_options_change_and_values_change_places(self):
        simple = make_product(
            "1", variants=[make_variant("A", options=[("Size", "S")]), make_variant("B", options=[("Size", "M")])]
        )
        template = self.import_product(simple)
        small = self.variants(template)["S"]
        self.import_products(
            make_product(
                "1",
                1,
                variants=[
                    make_variant("A", options=[("Size", "M"), ("Color", "Red")]),
                    make_variant("B", options=[("Size", "S"), ("Color", "Red")]),
                ],
            )
        )
        self.assertEqual(self.variants(template)["M Red"], small)
        self.import_products(make_product("1", 2, variants=[make_variant("A", options=[("Finish", "Matt")])]))
        self.assertEqual(self.variants(template), {"Matt": small})
        self.assertEqual(template.attribute_line_ids.attribute_id.name, "Finish")

    def test_prices_as_sums(self):
        prices = {("S", "Red"): "10.00", ("S", "Blue"): "12.00", ("M", "Red"): "11.00", ("M", "Blue"): "13.00"}
        template = self.import_product(make_grid("1", prices=prices))
        self.assertEqual(
            {name: variant.lst_price for name, variant in self.variants(template).items()},
            {"S Red": 10.0, "S Blue": 12.0, "M Red": 11.0, "M Blue": 13.0},
        )
        self.assertFalse(self.binding_of("1").import_note)
        self.import_products(make_grid("1", minutes=1))
        self.assertEqual(set(template.product_variant_ids.mapped("lst_price")), {10.0})

    def test_prices_that_are_no_sums(self):
        prices = {("M", "Blue"): "99.00"}
        template = self.import_product(make_grid("1", prices=prices))
        self.assertEqual(template.list_price, 10.0)
        self.assertIn("no sum", self.binding_of("1").import_note)
        self.backend.pricelist_id = self.env["product.pricelist"].create(
            {"name": "Shop", "currency_id": self.company.currency_id.id}
        )
        self.import_products(make_grid("1", prices=prices, minutes=1, title="Again"))
        variants = self.variants(template)
        self.assertEqual(self.backend.pricelist_id._get_product_price(variants["M Blue"], 1.0), 99.0)
        self.assertEqual(self.backend.pricelist_id._get_product_price(variants["S Blue"], 1.0), 10.0)
        self.assertEqual(len(self.backend.pricelist_id.item_ids), 1, "only where it differs")
        self.assertFalse(self.binding_of("1").import_note)

    def test_a_pricelist_is_never_applied_twice(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Reduced",
                "currency_id": self.company.currency_id.id,
                "item_ids": [(0, 0, {"compute_price": "percentage", "percent_price": 10, "applied_on": "3_global"})],
            }
        )
        template = self.import_product(make_product("1"))
        self.backend.pricelist_id = pricelist
        self.import_products(make_product("1", 1, variants=[make_variant("V1", "9.00")]))
        self.assertEqual(template.list_price, 10.0)
        self.assertEqual(len(pricelist.item_ids), 1)

    def test_status(self):
        template = self.import_product(make_product("1", status="draft"))
        self.assertEqual((template.active, template.sale_ok), (True, False))
        self.import_products(make_product("1", 1, status="archived"))
        self.assertFalse(template.active)
        self.assertFalse(template.with_context(active_test=False).product_variant_id.active)
        self.import_products(make_product("1", 2, status="active"))
        self.assertEqual((template.active, template.sale_ok, template.product_variant_count), (True, True, 1))
        archived = self.import_product(make_grid("2", status="archived"))
        self.assertFalse(archived.active)
        self.assertEqual(archived.product_variant_ids, archived.product_variant_ids.browse())
        self.import_products(make_grid("2", status="active", minutes=1))
        self.assertEqual(len(archived.product_variant_ids), 4)

    def test_status_of_a_product_that_is_sold_elsewhere_too(self):
        template = self.import_product(make_product("1"))
        other = self.backend.copy({"name": "Other shop"})
        self.env["integration.binding.product"].create(
            {"backend_id": other.id, "external_id": "77", "odoo_id": template.id}
        )
        self.import_products(make_product("1", 1, status="archived"))
        self.assertTrue(template.active and template.sale_ok)
        self.assertEqual(self.binding_of("1").remote_status, "archived")

    def test_barcode_that_somebody_has(self):
        self.env["product.product"].create({"name": "Cup", "barcode": "4006381333931"})
        self.backend.product_link = "sku"
        twins = [
            make_variant("A", barcode="111", options=[("Size", "S")]),
            make_variant("B", barcode="111", options=[("Size", "M")]),
        ]
        self.import_products(
            make_product("1", variants=[make_variant("V1", barcode="4006381333931")]), make_product("2", variants=twins)
        )
        template = self.binding_of("1").odoo_id
        self.assertFalse(template.barcode)
        self.assertIn("Cup", self.binding_of("1").import_note)
        variants = self.binding_of("2").odoo_id.product_variant_ids
        self.assertEqual(sorted(variants.mapped(lambda v: v.barcode or "")), ["", "111"])

    def test_custom_fields(self):
        mappings = self.env["integration.mapping"].create(
            [
                {"backend_id": self.backend.id, "kind": "attribute", "external_value": key, "odoo_field": name}
                for key, name in (
                    ("specs.note", "product.description_purchase"),
                    ("vendor", "product.description_picking"),
                    ("specs.volume", "variant.volume"),
                )
            ]
        )
        attributes = (CustomAttribute(key="specs.note", value="Fragile"), CustomAttribute(key="specs.new", value="x"))
        volume = make_variant("V1", attributes=(CustomAttribute(key="specs.volume", value="0.5"),))
        template = self.import_product(make_product("1", variants=[volume], attributes=attributes, vendor="Acme"))
        self.assertEqual((template.description_purchase, template.description_picking), ("Fragile", "Acme"))
        self.assertEqual(template.product_variant_id.volume, 0.5)
        found = self.env["integration.mapping"].search(
            [("backend_id", "=", self.backend.id), ("kind", "=", "attribute")]
        )
        self.assertEqual((found - mappings).mapped("external_value"), ["specs.new"], "offered to be mapped")
        bad = make_variant("V1", attributes=(CustomAttribute(key="specs.volume", value="much"),))
        self.import_products(make_product("1", 1, variants=[bad], attributes=()))
        self.assertFalse(template.description_purchase, "stated and empty")
        self.assertIn("much", self.binding_of("1").import_note)

    def test_translations(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        texts = (
            Translation(language="fr", field="title", value="Tasse"),
            Translation(language="xx", field="title", value="?"),
        )
        template = self.import_product(make_product("1", title="Cup", translations=texts))
        self.assertEqual((template.name, template.with_context(lang="fr_FR").name), ("Cup", "Tasse"))

    def test_categories_and_publications(self):
        sport = self.env["product.category"].create({"name": "Sport"})
        self.env["integration.category"].create(
            {"backend_id": self.backend.id, "external_id": "C1", "name": "Balls", "categ_id": sport.id}
        )
        template = self.import_product(make_product("1", category_ids=("C1", "C2"), channel_ids=("W",)))
        self.assertEqual(template.categ_id, sport)
        binding = self.binding_of("1")
        self.assertEqual(sorted(binding.category_ids.mapped("external_id")), ["C1", "C2"])
        self.assertEqual(binding.channel_ids.mapped("external_id"), ["W"])
        self.assertTrue(self.env["sync.job"]._waiting(f"import_categories:{self.backend.id}"), "asks for the names")
        self.import_products(make_product("1", 1, category_ids=("C2",)))
        self.assertEqual(binding.category_ids.mapped("external_id"), ["C2"])

    def test_one_bad_product_fails_alone(self):
        twins = [make_variant("A", options=[("Size", "S")]), make_variant("B", options=[("Size", "s")])]
        bad = make_product("2", variants=twins)
        worse = make_product("3", tags=(3,))
        result = self.import_products(make_product("1"), bad, worse, make_product("4"))
        self.assertEqual(sorted(result.created), ["1", "4"])
        self.assertEqual({external_id for external_id, _name, _error in result.failed}, {"2", "3"})

    def test_orders_of_imported_products(self):
        template = self.import_product(make_grid("1"))
        from .order_common import make_line, make_order  # noqa: PLC0415

        order = self.import_order(make_order("9", lines=(make_line(variant_external_id="1-M-Blue", sku=""),)))
        self.assertEqual(order.order_line.product_id, self.variants(template)["M Blue"])

    def test_queries_do_not_grow_with_the_page(self):
        def page(first, count):
            return [make_grid(f"{first}-{number}", tags=("A", "B")) for number in range(count)]

        self.import_products(*page(0, 2))
        self.env.invalidate_all()
        counts = []
        for first, count in ((1, 5), (2, 25)):
            documents = page(first, count)
            start = self.env.cr.sql_log_count
            result = self.import_products(*documents)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
            self.assertEqual(len(result.created), count)
        # Odoo's own: per attribute line one, per template two; none per variant
        per_product = (counts[1] - counts[0]) / 20
        self.assertLess(per_product, 5, counts)
        documents = page(2, 25)
        start = self.env.cr.sql_log_count
        self.assertEqual(len(self.import_products(*documents).unchanged), 25)
        self.assertLess(self.env.cr.sql_log_count - start, 12)
