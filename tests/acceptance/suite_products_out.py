"""Products that go out."""

from odoo.addons.connector_base.canonical import PRODUCT_PARTS

from .suite_base import SuiteBase, news

# A PNG of one pixel
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class ProductOutTrials(SuiteBase):
    """What changes in Odoo is there on the platform, by as few calls as it takes, once."""

    def template(self, name="Teapot", **values):
        """Make a product in Odoo."""
        return self.env["product.template"].create(
            {"name": name, "default_code": name.upper(), "list_price": 25.0, "is_storable": True, **values}
        )

    def publish(self, backend, templates):
        """Publish products as a user does."""
        self.env["integration.product.publisher"]._publish(
            backend, templates, {"wanted": "published", "channels": None, "categories": None}
        )

    def published(self, backend, template):
        """Return the external id of a product that has one."""
        binding = self.env["integration.binding.product"].search(
            [("backend_id", "=", backend.id), ("odoo_id", "=", template.id)]
        )
        self.assertTrue(binding.external_id, binding.last_error)
        return binding.external_id

    def assert_no_calls(self, backend):
        """Whatever waits, the platform is not called."""
        self.account.calls()
        self.run_jobs(backend)
        self.assertEqual(self.account.calls(), [])

    def test_product_is_created_once(self):
        backend = self.connect_with("products_out")
        template = self.template(barcode="4006381333931", image_1920=PICTURE)
        self.publish(backend, template)
        self.run_jobs(backend)
        self.assertFalse(self.failures(backend))
        external_id = self.published(backend, template)
        self.assertEqual(
            self.account.products(),
            {
                external_id: {
                    "title": "Teapot",
                    "status": "active",
                    "pictures": 1,
                    "variants": {"TEAPOT": {"price": 25, "barcode": "4006381333931"}},
                }
            },
        )
        self.publish(backend, template)
        self.assert_no_calls(backend)

    def test_every_change_is_one_call(self):
        """Each part by itself: exactly the calls it takes, and none for a change that is taken back."""
        backend = self.connect_with("products_out")
        template = self.template()
        self.publish(backend, template)
        self.run_jobs(backend)
        external_id = self.published(backend, template)
        changes = {
            "images": {"image_1920": PICTURE},
            "basics": {"name": "Kettle"},
            "status": {"sale_ok": False},
            "variants": {"barcode": "4006381333931"},
            "prices": {"list_price": 27.5},
        }
        self.assertLessEqual(changes.keys(), set(PRODUCT_PARTS))
        for part in [part for part in changes if part in backend._adapter()._product_parts()]:
            with self.subTest(part=part):
                self.account.calls()
                template.write(changes[part])
                self.run_jobs(backend)
                calls, several = self.account.calls(), self.account.calls_per_part.get(part)
                if several:
                    self.assertLessEqual(set(calls), several)
                    writes = self.account.writes(calls)
                    self.assertEqual(len(writes), len(set(writes)), calls)
                else:
                    self.assertEqual(len(calls), 1, calls)
                self.assert_no_calls(backend)
        product = self.account.products()[external_id]
        self.assertEqual((product["title"], product["status"], product["pictures"]), ("Kettle", "draft", 1))
        self.assertEqual(product["variants"]["TEAPOT"], {"price": 27.5, "barcode": "4006381333931"})
        template.name = "Pot"
        template.name = "Kettle"
        self.assert_no_calls(backend)
        self.assertFalse(self.failures(backend))

    @news
    def test_an_import_is_not_pushed_back(self):
        """Zero calls after an import; then one for a change here, none when it comes back."""
        external_id = self.account.place_product(
            title="Shirt", price="19.90", sku="SHIRT", options={"Size": ["S", "M"]}
        )
        self.account.add_picture(external_id, "front")
        backend = self.connect_with("products_in", "products_out", import_products=True)
        self.assert_no_calls(backend)
        binding = self.env["integration.binding.product"].search([("external_id", "=", external_id)])
        template = binding.odoo_id
        template.list_price = 21.0
        self.run_jobs(backend)
        self.assertEqual(self.account.writes(self.account.calls()), [self.account.variant_prices_operation])
        prices = {variant["price"] for variant in self.account.products()[external_id]["variants"].values()}
        self.assertEqual(prices, {21})
        self.account.change_product(external_id, title="Shirt, long")
        self.hear(backend, "product")
        self.assertEqual(template.name, "Shirt, long")
        self.assertEqual(self.account.writes(self.account.calls()), [])

    def test_prices_of_a_shop_in_another_currency(self):
        """They come into a pricelist, and change there by nothing but that."""
        pounds = self.env.ref("base.GBP")
        pounds.active = True
        self.env.company.currency_id = pounds
        place = {"title": "Shirt", "price": "19.90", "sku": "SHIRT", "options": {"Size": ["S", "M"]}}
        external_id = self.account.place_product(**place)

        def prices_there():
            return {float(variant["price"]) for variant in self.account.products()[external_id]["variants"].values()}

        backend = self.connect_with("products_in", "products_out", import_products=True)
        self.assert_no_calls(backend)
        backend.product_owner = "odoo"
        template = self.env["integration.binding.product"].search([("external_id", "=", external_id)]).odoo_id
        pricelist = backend.pricelist_id
        self.assertEqual(set(pricelist._get_products_price(template.product_variant_ids, 1.0).values()), {19.9})
        template.list_price = 50
        self.assert_no_calls(backend)
        template.name = "Pullover"
        self.run_jobs(backend)
        self.assertEqual(prices_there(), {19.9})
        pricelist.item_ids.fixed_price = 21
        self.run_jobs(backend)
        self.assertEqual(prices_there(), {21})
        self.assert_no_failures(backend)
        self.publish(backend, self.template())
        self.run_jobs(backend)
        self.assertEqual(set(self.account.products()), {external_id})
        self.assertIn(pricelist.currency_id.name, self.failures(backend).last_error)

    def test_creation_of_unknown_outcome(self):
        """The answer got lost after the product was made: it is found, not made again."""
        backend = self.connect_with("products_out")
        first, template = self.template("First"), self.template()
        self.publish(backend, first)
        self.run_jobs(backend)
        self.publish(backend, template)
        self.account.fault("reset", after=True, match=self.account.product_create_operation, count=1)
        self.run_until_stopped(backend)
        self.assertEqual(len(self.account.products()), 2, "it was made")
        self.run_jobs(backend)
        self.assertEqual(set(self.account.products()), {self.published(backend, one) for one in first | template})

    def test_creation_killed_in_the_middle(self):
        backend = self.connect_with("products_out")
        templates = self.template("Cup") | self.template("Bowl") | self.template("Dish")
        self.publish(backend, templates)
        self.run_until_killed(backend, self.account.product_create_operation, 2)
        self.run_jobs(backend)
        self.assertEqual(
            {product["title"] for product in self.account.products().values()}, set(templates.mapped("name"))
        )
        self.assertEqual(set(self.account.products()), {self.published(backend, one) for one in templates})

    def test_throttled_in_the_middle_of_products(self):
        """What was told is kept, the rest is told later."""
        backend = self.connect_with("products_out")
        templates = self.template("Cup") | self.template("Bowl") | self.template("Dish")
        self.publish(backend, templates)
        self.run_jobs(backend)
        self.account.calls()
        for template in templates:
            template.list_price += 1
        self.account.throttle(match=self.account.product_price_operation, count=1)
        self.run_next(backend)
        self.wait_for_budget()
        self.run_jobs(backend)
        carried_out = [call for call in self.account.calls() if call == self.account.product_price_operation]
        self.assertEqual(len(carried_out), 4, "one was refused")
        prices = {variant["price"] for one in self.account.products().values() for variant in one["variants"].values()}
        self.assertEqual(prices, {26})
        self.assertFalse(self.failures(backend))

    def test_a_refused_product_keeps_no_other(self):
        backend = self.connect_with("products_out")
        good, bad = self.template("Good"), self.template("Bad")
        self.publish(backend, good | bad)
        self.run_jobs(backend)
        self.account.delete_product(self.published(backend, bad))
        (good | bad).write({"list_price": 30.0})
        self.run_jobs(backend)
        [product] = self.account.products().values()
        self.assertEqual(product["variants"]["GOOD"]["price"], 30)
        binding = self.env["integration.binding.product"].search([("odoo_id", "=", bad.id)])
        self.assertEqual(binding.remote_status, "deleted")
        self.assertTrue(binding.last_error and binding.remedy)

    def test_product_taken_off(self):
        for removal in ("archive", "delete"):
            with self.subTest(removal=removal):
                self.env["integration.backend"].search([("platform", "=", self.account.name)]).action_archive()
                backend = self.connect_with("products_out")
                backend.product_removal = removal
                template = self.template(f"Off {removal}")
                self.publish(backend, template)
                self.run_jobs(backend)
                external_id = self.published(backend, template)
                self.account.calls()
                template.action_archive()
                self.run_jobs(backend)
                self.assertEqual(len(self.account.writes(self.account.calls())), 1)
                found = self.account.products().get(external_id)
                wanted = self.account.archived_status if removal == "archive" else None
                self.assertEqual(found and found["status"], wanted)
                self.assert_no_calls(backend)

    def test_permission_of_products_missing(self):
        """It stops what needs it, and says so; orders go on."""
        backend = self.connect_with("products_out")
        self.publish(backend, self.template())
        word = self.account.forbid("products_out")
        self.run_until_stopped(backend)
        [job] = self.failures(backend)
        self.assertEqual(job.error_type, "configuration")
        self.assertIn(word, job.last_error + job.remedy)
        self.assertIn(word, " ".join(backend._adapter()._check_connection(backend).missing))
        external_id = self.account.place()
        backend._enqueue("import_order_ids", arguments={"external_ids": [external_id]})
        self.run_jobs(backend)
        self.assertIn(external_id, self.orders(backend))
