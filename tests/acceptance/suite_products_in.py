"""Products that come in."""

from .suite_base import LONG_AGO, SuiteBase, news

MANY_VARIANTS = {"Size": list("ABCDEFGHIJKLMNOPQRST"), "Colour": list("ABCDEFGHIJKLMNOPQ")}


class ProductInTrials(SuiteBase):
    """Products of the account become products of Odoo, and stay equal to them."""

    def templates(self, backend):
        """Return {external id: template} of what was imported."""
        bindings = self.env["integration.binding.product"].search([("backend_id", "=", backend.id)])
        self.assertEqual(len(bindings), len(bindings.odoo_id), "two products are one in Odoo")
        return {binding.external_id: binding.odoo_id for binding in bindings}

    def as_in_odoo(self, backend):
        """Return what `Platform.products` says, as Odoo has it."""
        further = self.env["integration.product.image"]
        return {
            external_id: {
                "title": template.name,
                "pictures": bool(template.image_1920)
                + further.search_count([("product_tmpl_id", "=", template.id), ("product_variant_ids", "=", False)]),
                "variants": {
                    variant.default_code: {"price": round(variant.lst_price, 2), "barcode": variant.barcode or ""}
                    for variant in template.product_variant_ids
                },
            }
            for external_id, template in self.templates(backend).items()
        }

    def assert_same_products(self, backend):
        """Odoo has each product of the account once, as the account has it."""
        wanted = {
            external_id: {
                "title": product["title"],
                "pictures": product["pictures"],
                "variants": {
                    sku: {**variant, "price": float(variant["price"])} for sku, variant in product["variants"].items()
                },
            }
            for external_id, product in self.account.products().items()
        }
        found = self.as_in_odoo(backend)
        self.assertEqual(set(found), set(wanted))
        for external_id, product in wanted.items():
            self.assertEqual(found[external_id], product, external_id)

    def import_products(self, backend):
        backend._start_import("products")
        self.run_jobs(backend)

    def test_products_come_in_with_variants_and_pictures(self):
        external_id = self.account.place_product(
            title="Shirt", price="19.90", sku="SHIRT", options={"Size": ["S", "M"]}
        )
        self.account.add_picture(external_id, "front")
        self.account.add_picture(external_id, "back")
        backend = self.connect_with("products_in", import_products=True)
        self.assert_same_products(backend)
        self.assertFalse(self.failures(backend))
        self.account.calls()
        self.import_products(backend)
        self.assert_same_products(backend)
        again = backend._start_import("products")
        self.run_jobs(backend)
        self.assertFalse(set(again.outcome_counts or {}) & {"created", "updated"})

    def test_product_pages_while_products_change(self):
        backend = self.connect_with("products_in")
        ids = [self.account.place_product(title=f"Product {number}", sku=f"P{number}") for number in range(8)]
        added = []

        def change():
            if len(added) < 2:
                self.account.change_product(ids[len(added)], title=f"Changed {len(added)}")
                self.account.change_product(ids[-1 - len(added)], title=f"Changed too {len(added)}")
                added.append(self.account.place_product(title=f"Late {len(added)}", sku=f"LATE{len(added)}"))

        adapter = backend._adapter()
        with self.account.small_product_pages(3):
            pages = self.listed(lambda token: adapter._fetch_products(backend, LONG_AGO, token), change)
        newest = {document.external_id: document for page in pages for document in page}
        self.assertLessEqual({*ids, *added}, set(newest))
        self.assertEqual(
            {external_id: document.title for external_id, document in newest.items()},
            {external_id: product["title"] for external_id, product in self.account.products().items()},
        )
        found = adapter._fetch_products_by_id(backend, [*ids, "999999"])
        self.assertEqual({document.external_id: document for document in found}, {key: newest[key] for key in ids})
        self.assertEqual(adapter._count_products(backend, LONG_AGO), len(newest))

    def test_only_what_changed_is_read_again(self):
        backend = self.connect_with("products_in", import_products=True)
        changed = self.account.place_product(title="New", sku="NEW")
        self.import_products(backend)
        self.stand_in.control("clock", {"advance": 7200})
        self.account.change_product(changed, title="Newer", price="3.50")
        backend._start_import("products")
        job = self.next_job(backend)
        self.run_jobs(backend)
        self.assertEqual(job.items_done, 1)
        self.assert_same_products(backend)

    def test_more_than_three_hundred_variants(self):
        backend = self.connect_with("products_in")
        external_id = self.account.place_product(title="Rug", price="99.00", sku="RUG", options=MANY_VARIANTS)
        backend._enqueue("import_product_ids", arguments={"external_ids": [external_id]})
        self.run_jobs(backend)
        template = self.templates(backend)[external_id]
        self.assertEqual(len(template.product_variant_ids), 340)
        self.assertEqual(set(template.product_variant_ids.mapped("lst_price")), {99.0})
        bound = self.env["integration.binding.variant"].search([("backend_id", "=", backend.id)])
        self.assertEqual(bound.odoo_id, template.product_variant_ids)
        self.assertEqual(len(set(bound.mapped("inventory_external_id"))), 340)

    @news
    def test_product_webhooks_again_and_out_of_order(self):
        backend = self.connect_with("products_in", "webhooks", import_products=True)
        external_id = self.account.place_product(title="Lamp", sku="LAMP", price="30.00")
        self.account.change_product(external_id, title="Lamp II", price="31.00")
        received = self.arrived(backend, "product")
        self.assertEqual([envelope.external_id for envelope, _body in received], [external_id] * 2)
        self.store(backend, received[::-1] * 2)
        self.run_jobs(backend)
        self.assert_same_products(backend)
        self.account.calls()
        self.store(backend, received)
        self.run_jobs(backend)
        self.assertEqual(self.account.calls(), [], "a delivery that comes again is known")

    @news
    def test_product_deleted_there(self):
        external_id = self.account.place_product(title="Gone", sku="GONE")
        backend = self.connect_with("products_in", import_products=True)
        backend.product_gone = "archive"
        template = self.templates(backend)[external_id]
        self.account.delete_product(external_id)
        if self.can("webhooks"):
            self.hear(backend, "product")
        else:
            backend._look_for_products()
            self.run_jobs(backend)
        binding = self.env["integration.binding.product"].search([("external_id", "=", external_id)])
        self.assertEqual(binding.remote_status, "deleted")
        self.assertFalse(template.active)

    def test_product_of_the_same_sku_is_linked(self):
        template = self.env["product.template"].create({"name": "Ours", "default_code": "SAME"})
        external_id = self.account.place_product(title="Theirs", sku="SAME")
        backend = self.connect_with("products_in", import_products=True)
        self.assertEqual(self.templates(backend)[external_id], template)

    def test_product_import_killed_in_the_middle(self):
        for number in range(5):
            self.account.place_product(title=f"Product {number}", sku=f"P{number}")
        backend = self.connect_with("products_in")
        backend.import_products = True
        self.run_jobs(backend)
        with self.account.small_product_pages(3):
            backend._start_import("products")
            self.run_until_killed(backend, self.account.products_operation, 2)
            self.run_jobs(backend)
        self.assert_same_products(backend)
