from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .product_in_common import ProductCase, make_grid, make_product, make_variant


@tagged("post_install", "-at_install")
class TestProductLinking(ProductCase):
    def template(self, *codes, name="Cup", **values):
        """Create a product with a variant for each of `codes`, of an attribute Size if there are several."""
        if len(codes) == 1:
            return self.env["product.template"].create({"name": name, "default_code": codes[0], **values})
        size = self.env["product.attribute"].create(
            {"name": "size ", "value_ids": [(0, 0, {"name": name}) for name in "SML"[: len(codes)]]}
        )
        template = self.env["product.template"].create(
            {
                "name": name,
                "attribute_line_ids": [(0, 0, {"attribute_id": size.id, "value_ids": [(6, 0, size.value_ids.ids)]})],
                **values,
            }
        )
        for variant, code in zip(template.product_variant_ids, codes, strict=True):
            variant.default_code = code
        return template

    def sized(self, external_id, *codes, **overrides):
        """Return a product with a variant in a size of its own for each of `codes`."""
        variants = [
            make_variant(f"{external_id}-{size}", options=[("Size", size)], sku=code)
            for size, code in zip("SML", codes, strict=False)
        ]
        return make_product(external_id, variants=variants, **overrides)

    def test_by_sku(self):
        template = self.template("CUP")
        known = self.env["product.template"].search_count([])
        self.assertEqual(self.import_product(make_product("1", variants=[make_variant("V1", sku="CUP")])), template)
        self.assertEqual(self.env["product.template"].search_count([]), known)
        self.assertEqual(template.product_variant_id.integration_variant_binding_ids.external_id, "V1")
        self.assertFalse(self.binding_of("1").follows_options)

    def test_by_barcode_and_policies(self):
        template = self.template("CUP", barcode="4006381333931")
        document = make_product("1", variants=[make_variant("V1", sku="OTHER", barcode="4006381333931")])
        self.backend.product_link = "sku"
        self.assertNotEqual(self.import_product(document), template)
        self.binding_of("1").odoo_id.unlink()
        self.backend.product_link = "code"
        self.assertEqual(self.import_product(document), template)
        self.backend.product_link = "none"
        self.assertNotEqual(self.import_product(make_product("2", variants=[make_variant("V2", sku="CUP")])), template)

    def test_archived_and_foreign_products(self):
        archived = self.template("OLD", active=False)
        self.assertEqual(self.import_product(make_product("1", variants=[make_variant("A", sku="OLD")])), archived)
        self.template("HIDDEN", company_id=self.env["res.company"].create({"name": "Elsewhere"}).id)
        created = self.import_product(make_product("2", variants=[make_variant("B", sku="HIDDEN")]))
        self.assertNotEqual(created.name, "Cup")

    def test_variants_by_sku_and_options(self):
        template = self.template("A", "B")
        linked = self.import_product(self.sized("1", "A", "", "C"))
        self.assertEqual(linked, template)
        names = {b.external_id: b.odoo_id.default_code for b in template.integration_variant_binding_ids}
        self.assertEqual(names, {"1-S": "A", "1-M": "B", "1-L": "C"})
        self.assertEqual(len(template.product_variant_ids), 3)
        self.assertEqual(template.attribute_line_ids.attribute_id.name, "size ")
        new = template.product_variant_ids.filtered(lambda variant: variant.default_code == "C")
        self.assertEqual(new.product_template_attribute_value_ids.name, "L")

    def test_several(self):
        first, second = self.template("CUP"), self.template("CUP", name="Mug")
        result = self.import_products(make_product("1", variants=[make_variant("V1", sku="CUP")]))
        self.assertEqual([external_id for external_id, _reason in result.held], ["1"])
        conflict = self.conflict_of("1")
        self.assertRecordValues(conflict, [{"kind": "several", "state": "open", "codes": "CUP"}])
        self.assertEqual(conflict.candidate_ids, first | second)
        self.assertFalse(self.binding_of("1"))
        self.import_products(make_product("1", 1, variants=[make_variant("V1", sku="CUP")]))
        self.assertEqual(len(self.conflict_of("1")), 1, "one per product")
        second.default_code = "MUG"
        self.assertEqual(self.import_product(make_product("1", 2, variants=[make_variant("V1", sku="CUP")])), first)
        self.assertRecordValues(conflict, [{"state": "done", "product_tmpl_id": first.id}])

    def test_variants_of_several_products(self):
        self.template("A"), self.template("B")
        self.import_products(self.sized("1", "A", "B"))
        conflict = self.conflict_of("1")
        self.assertEqual((conflict.kind, len(conflict.candidate_ids)), ("templates", 2))

    def test_missing_codes(self):
        document = make_product("1", variants=[make_variant("V1", sku="")])
        self.import_products(document)
        self.assertEqual(self.conflict_of("1").kind, "missing")
        self.backend.product_unmatched = "create"
        self.assertTrue(self.import_product(document))
        self.backend.product_unmatched = "ask"
        self.import_products(make_product("2"))
        self.assertEqual(self.conflict_of("2").kind, "missing")

    def test_codes_that_are_there_twice(self):
        same = [make_variant("A", sku="X"), make_variant("B", sku="X")]
        within = self.sized("1", "X", "X")
        one, two = make_product("2", variants=same[:1]), make_product("3", variants=same[1:])
        result = self.import_products(within, one, two)
        self.assertEqual(result.created, ["2"])
        self.assertEqual({self.conflict_of(key).kind for key in "13"}, {"duplicate"})
        self.import_products(two)
        self.assertEqual(self.conflict_of("3").candidate_ids, self.binding_of("2").odoo_id, "the next time it is known")
        self.template("Y")
        both = [make_product(key, variants=[make_variant(f"V{key}", sku="Y")]) for key in "45"]
        self.assertEqual(len(self.import_products(*both).held), 2, "neither is the right one")

    def test_codes_and_options_that_contradict_each_other(self):
        self.template("A", "B")
        self.assertTrue(self.import_product(self.sized("1", "B", "A")), "the code counts more than the name")
        self.template("C", "D")
        self.import_products(self.sized("2", "D", ""))
        self.assertEqual(self.conflict_of("2").kind, "structure")

    def test_take_over_options(self):
        template = self.template("A", "B")
        self.adapter.products = {"1": self.sized("1", "A", "B")}
        self.import_products(self.adapter.products["1"])
        binding = self.binding_of("1")
        other = [
            make_variant("1-S", options=[("Cut", "Slim")], sku="A"),
            make_variant("1-M", options=[("Cut", "Wide")], sku="B"),
        ]
        self.adapter.products = {"1": make_product("1", 1, variants=other)}
        self.import_products(self.adapter.products["1"])
        self.assertEqual(set(self.variants(template)), {"S", "M"}, "its own attributes")
        with self.assertRaises(AccessError):
            salesman = self.env["res.users"].create(
                {
                    "name": "S",
                    "login": "options_salesman",
                    "group_ids": [(6, 0, self.env.ref("sales_team.group_sale_salesman").ids)],
                }
            )
            binding.with_user(salesman).action_follow_options()
        binding.action_follow_options()
        job = self.env["sync.job"].search(
            [("backend_id", "=", self.backend.id), ("operation", "=", "import_product_ids")]
        )
        job._run_import_product_ids(**job.arguments)
        self.assertEqual(set(self.variants(template)), {"Slim", "Wide"})
        self.assertEqual(template.attribute_line_ids.attribute_id.name, "Cut")

    def test_attributes_that_do_not_fit(self):
        template = self.template("A")
        self.import_products(self.sized("1", "A", "B"))
        self.assertEqual(self.conflict_of("1").kind, "structure")
        self.assertEqual(self.conflict_of("1").product_tmpl_id, template)

    def test_decisions(self):
        first, second = self.template("CUP"), self.template("CUP", name="Mug")
        documents = {key: make_product(key, variants=[make_variant(f"V{key}", sku="CUP")]) for key in "123"}
        self.adapter.products = documents
        self.import_products(*documents.values())
        link, create, ignore = (self.conflict_of(key) for key in "123")
        with self.assertRaises(UserError):
            link.action_link()
        link.product_tmpl_id = second
        link.action_link()
        create.action_create()
        ignore.action_ignore()
        jobs = self.env["sync.job"].search(
            [("backend_id", "=", self.backend.id), ("operation", "=", "import_product_ids")]
        )
        for job in jobs:
            job._run_import_product_ids(**job.arguments)
        self.assertEqual(self.binding_of("1").odoo_id, second)
        self.assertNotIn(self.binding_of("2").odoo_id, first | second)
        self.assertEqual((link.state, create.state), ("done", "done"))
        [(external_id, reason)] = self.import_products(documents["3"]).skipped
        self.assertEqual(external_id, "3")
        self.assertIn("decided", reason)
        ignore.action_reopen()
        self.assertEqual(len(self.import_products(documents["3"]).held), 1)

    def test_who_may_decide(self):
        self.template("CUP"), self.template("CUP")
        self.import_products(make_product("1", variants=[make_variant("V1", sku="CUP")]))
        users = {
            name: self.env["res.users"].create(
                {"name": name, "login": f"decide_{name}", "group_ids": [(6, 0, [self.env.ref(group).id])]}
            )
            for name, group in (
                ("user", "connector_base.group_integration_user"),
                ("salesman", "sales_team.group_sale_salesman"),
            )
        }
        conflict = self.conflict_of("1")
        self.assertEqual(conflict.with_user(users["salesman"]).name, "Product 1")
        with self.assertRaises(AccessError):
            conflict.with_user(users["salesman"]).action_create()
        conflict.with_user(users["user"]).action_create()
        self.assertEqual(conflict.state, "create")

    def test_products_that_orders_created(self):
        """Each variant an order brought is a product of its own: people say which one is meant."""
        self.backend.unknown_product = "create"
        from .order_common import make_line, make_order  # noqa: PLC0415

        lines = [make_line(f"L{c}", variant_external_id=f"1-{c}", sku=f"1-{c}", title=f"Shirt {c}") for c in "SM"]
        order = self.import_order(make_order("9", lines=tuple(lines)))
        self.import_products(self.sized("1", "1-S", "1-M"))
        conflict = self.conflict_of("1")
        self.assertEqual(conflict.candidate_ids, order.order_line.product_id.product_tmpl_id)
        conflict.action_create()
        template = self.import_product(self.sized("1", "1-S", "1-M"))
        self.assertEqual(
            set(template.product_variant_ids.integration_variant_binding_ids.mapped("external_id")), {"1-S", "1-M"}
        )
        single = self.import_order(make_order("8", lines=(make_line("L", variant_external_id="2-S", sku="2-S"),)))
        linked = self.import_product(make_product("2", variants=[make_variant("2-S", sku="2-S")]))
        self.assertEqual(linked, single.order_line.product_id.product_tmpl_id)

    def test_product_about_to_be_published(self):
        """Somebody published it in Odoo, and its creation on the platform is heard of before its answer is."""
        template = self.template("CUP")
        binding = self.env["integration.binding.product"].create(
            {"backend_id": self.backend.id, "odoo_id": template.id}
        )
        self.import_products(make_product("1", variants=[make_variant("V1", sku="CUP")]))
        self.assertEqual(self.binding_of("1"), binding)

    def test_grid_linked_whole(self):
        template = self.import_product(make_grid("1"))
        self.binding_of("1").unlink()
        template.product_variant_ids.integration_variant_binding_ids.unlink()
        self.assertEqual(self.import_product(make_grid("1")), template)
        self.assertEqual(len(template.product_variant_ids), 4)
