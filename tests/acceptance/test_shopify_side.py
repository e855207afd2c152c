"""What goes beside orders at Shopify, through jobs as they run: customers, companies, price lists, payouts,
translations."""

from decimal import Decimal

from odoo.tests import TransactionCase, tagged

from odoo.addons.connector_shopify import const

from .shopify import ADDRESS, DOMAIN, Shopify
from .suite_base import SuiteBase

DAY = 24 * 3600


@tagged("post_install", "-at_install")
class TestShopifySide(SuiteBase, TransactionCase):
    platform = Shopify

    def control(self, what, payload=None):
        return self.stand_in.control(f"shops/{DOMAIN}/{what}", payload)

    def partner(self, backend, external_id):
        return self.env["integration.binding.partner"].search(
            [("backend_id", "=", backend.id), ("external_id", "=", str(external_id))]
        ).odoo_id  # fmt: skip

    def calls(self, operation):
        """How often the store was asked for `operation` so far."""
        return self.stand_in.app.services.log.of(DOMAIN)["counts"].get(f"operation:{operation}", 0)

    def test_customers_come_and_go(self):
        ada = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "default_address": ADDRESS}
        made = self.control("customers", ada)
        backend = self.connect(import_products=False)
        backend.write({"import_customers": True, "export_customers": True})
        backend._start_import("customers")
        self.run_jobs(backend)
        partner = self.partner(backend, made["id"])
        self.assertEqual((partner.name, partner.email, partner.city), ("Ada Lovelace", "ada@example.com", "Paris"))
        before = self.calls("CustomerSet")
        partner.name = "Ada King"
        backend._enqueue("push_customers")
        self.run_jobs(backend)
        self.assertEqual(self.calls("CustomerSet") - before, 1)
        [stored] = [entry for entry in self.control("customers")["customers"] if entry["id"] == made["id"]]
        self.assertEqual((stored["first_name"], stored["last_name"]), ("Ada", "King"))
        # its own news, read again, is no change; a change there is
        self.stand_in.control("clock", {"advance": 600})
        self.control(f"customers/{made['id']}", {"last_name": "Byron"})
        backend._start_import("customers")
        self.run_jobs(backend)
        self.assertEqual(partner.name, "Ada Byron")
        backend._enqueue("push_customers")
        self.run_jobs(backend)
        self.assertEqual(self.calls("CustomerSet") - before, 1, "what came in does not go out again")

    def test_a_contact_becomes_a_customer_once(self):
        backend = self.connect(import_products=False)
        backend.export_customers = True
        partner = self.env["res.partner"].create(
            {
                "name": "Grace Hopper",
                "email": "grace@example.com",
                "city": "Bonn",
                "country_id": self.env.ref("base.de").id,
            }
        )
        wizard = self.env["integration.customer.publish"].with_context(active_ids=partner.ids)
        wizard.create({"backend_id": backend.id}).action_publish()
        # the call is carried out, its answer is lost: the next try finds who was made
        self.account.fault("reset", match="CustomerSet", after=True, count=1)
        job = backend._enqueue("push_customers")
        with self.assertRaises(Exception):  # noqa: B017 - postponed, as the runner does
            job._execute()
        self.env.flush_all()
        backend._enqueue("push_customers")
        self.run_jobs(backend)
        found = [entry for entry in self.control("customers")["customers"] if entry["email"] == "grace@example.com"]
        self.assertEqual(len(found), 1)
        self.assertEqual(partner.integration_binding_ids.external_id, str(found[0]["id"]))
        self.assertEqual(found[0]["default_address"]["city"], "Bonn")

    def test_companies_come_with_their_places(self):
        place = {
            "first_name": "Goods",
            "last_name": "In",
            "address1": "First St 1",
            "city": "Bonn",
            "country_code": "DE",
        }
        made = self.control("companies", {"name": "Acme GmbH", "locations": [{"shipping_address": place}]})
        backend = self.connect(import_products=False)
        backend.import_companies = True
        backend._start_import("companies")
        self.run_jobs(backend)
        firm = self.partner(backend, f"company:{made['id']}")
        self.assertTrue(firm.is_company)
        self.assertEqual(firm.name, "Acme GmbH")
        self.assertIn("Bonn", [firm.city, *firm.child_ids.mapped("city")])

    def test_prices_of_a_market(self):
        self.control("products", {"title": "Mug", "price": "10.00", "sku": "MUG", "options": {"Size": ["S", "L"]}})
        backend = self.connect_with("products_in")
        backend._start_import("products")
        self.run_jobs(backend)
        made = self.control("price-lists", {"name": "Europe", "currency": "EUR"})
        backend.action_refresh_price_lists()
        price_list = backend.price_list_ids.filtered(lambda one: one.external_id == str(made["id"]))
        pricelist = self.env["product.pricelist"].create({"name": "Europe", "currency_id": price_list.currency_id.id})
        rule = self.env["product.pricelist.item"].create(
            {"pricelist_id": pricelist.id, "compute_price": "fixed", "fixed_price": 12.5}
        )
        price_list.pricelist_id = pricelist
        backend.export_prices = True
        backend._enqueue("push_prices")
        self.run_jobs(backend)
        variants = self.env["integration.binding.variant"].search([("backend_id", "=", backend.id)])
        stored = {one["id"]: one for one in self.control("price-lists")["price_lists"]}[made["id"]]["prices"]
        self.assertEqual(len(variants), 2)
        self.assertEqual(set(stored), set(variants.mapped("external_id")))
        self.assertEqual({price for price, _before in stored.values()}, {"12.50"})
        self.assertEqual(self.calls("PriceListSet"), 1)
        rule.unlink()
        backend._enqueue("push_prices")
        self.run_jobs(backend)
        stored = {one["id"]: one for one in self.control("price-lists")["price_lists"]}[made["id"]]["prices"]
        self.assertEqual(stored, {})

    def test_payouts_are_read_as_the_books_say(self):
        for _order in range(3):
            spec = {**self.account.plain_order(), "gateway": "shopify_payments", "financial": "paid"}
            self.account.place(**spec)
        self.stand_in.control("clock", {"advance": 4 * DAY})
        backend = self.connect(import_products=False)
        backend.write({"import_payouts": True, "payout_booking": "off"})
        backend._start_import("payouts")
        self.run_jobs(backend)
        books = {str(entry["id"]).rpartition("/")[2]: entry for entry in self.control("payouts")["payouts"]}
        payouts = self.env["integration.payout"].search([("backend_id", "=", backend.id)])
        self.assertEqual(set(payouts.mapped("external_id")), set(books))
        self.assertFalse([payout.problem for payout in payouts if payout.problem])
        for payout in payouts:
            self.assertEqual(Decimal(str(payout.amount)), Decimal(str(books[payout.external_id]["net"])))
        charges = payouts.line_ids.filtered(lambda line: line.kind == "charge")
        self.assertEqual(len(charges.order_id), 3)
        self.assertTrue(all(charges.mapped("payment_id")))

    # === TRANSLATIONS === #

    def translated_product(self, **texts):
        """Make Odoo speak French, and a mug at the store that does; return its id there."""
        self.env["res.lang"]._activate_lang("fr_FR")
        external_id = self.account.place_product(title="Mug", price="9.00", sku="MUG")
        self.control(f"products/{external_id}/translations", {"fr": texts})
        return external_id

    def template_of(self, external_id):
        return self.env["integration.binding.product"].search([("external_id", "=", external_id)]).odoo_id

    def texts(self, external_id):
        """Return {(language, key): text} of what is translated at the store."""
        stored = self.control(f"products/{external_id}")["translations"]
        return {(entry["locale"], entry["key"]): entry["value"] for entry in stored}

    def assert_calls(self, backend, *operations):
        """What waits takes just these calls."""
        self.account.calls()
        self.run_jobs(backend)
        self.assertFalse(self.failures(backend))
        self.assertEqual(self.account.calls(), list(operations))

    def test_translations_come_and_go(self):
        external_id = self.translated_product(title="Tasse")
        self.control(f"products/{external_id}/translations", {"de": {"title": "Becher"}})
        backend = self.connect_with("products_in", "products_out", import_products=True)
        template = self.template_of(external_id)
        french = template.with_context(lang="fr_FR")
        self.assertEqual((template.name, french.name), ("Mug", "Tasse"))
        self.assert_calls(backend)
        # what changed goes out: the original is looked at, the translation written
        french.name = "Grande tasse"
        self.assert_calls(backend, "TranslatableContents", "TranslationsRegister")
        self.assertEqual(
            self.texts(external_id),
            {("fr", "title"): "Grande tasse", ("de", "title"): "Becher"},
            "German is not Odoo's",
        )
        self.assert_calls(backend)
        template.list_price = 10
        self.assert_calls(backend, "ProductVariantsUpdate")
        # with its original, which comes first
        template.name = "Bowl"
        french.name = "Bol"
        self.assert_calls(backend, "ProductUpdate", "TranslatableContents", "TranslationsRegister")
        # what was translated there comes with the product, and is no news there
        self.arrived(backend, "product")
        self.control(f"products/{external_id}/translations", {"fr": {"title": "Jatte"}})
        self.account.change_product(external_id, vendor="Potters")
        self.store(backend, self.arrived(backend, "product"))
        self.run_jobs(backend)
        self.assertEqual(french.name, "Jatte")
        self.assertEqual(template.name, "Bowl")
        self.account.calls()
        template.list_price = 11
        self.assert_calls(backend, "ProductVariantsUpdate")
        # what is emptied is taken away
        template.update_field_translations("name", {"fr_FR": False})
        self.assert_calls(backend, "TranslatableContents", "TranslationsRemove")
        self.assertEqual(self.texts(external_id), {("de", "title"): "Becher"})

    def test_a_new_product_goes_with_its_translations(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        backend = self.connect_with("products_out")
        template = self.env["product.template"].create({"name": "Mug", "list_price": 9.0, "default_code": "MUG"})
        template.with_context(lang="fr_FR").name = "Tasse"
        self.env["integration.product.publisher"]._publish(
            backend, template, {"wanted": "published", "channels": None, "categories": None}
        )
        self.run_jobs(backend)
        self.assertEqual(self.account.calls()[-3:], ["ProductSet", "TranslatableContents", "TranslationsRegister"])
        [external_id] = self.account.products()
        self.assertEqual(self.texts(external_id), {("fr", "title"): "Tasse"})
        self.env["integration.product.exporter"]._mark(template.integration_binding_ids)
        self.assert_calls(backend)

    def test_without_the_scopes_only_translations_wait(self):
        external_id = self.translated_product(title="Tasse")
        scopes = self.account.shop.config["scopes"]
        self.account._forbid(*const.TRANSLATION_SCOPES)
        backend = self.connect_with("products_in", "products_out", import_products=True)
        template = self.template_of(external_id)
        french = template.with_context(lang="fr_FR")
        self.assertEqual((template.name, french.name), ("Mug", "Mug"))
        template.list_price = 10
        french.name = "Grande tasse"
        self.run_jobs(backend)
        self.assertFalse(self.failures(backend))
        self.assertEqual(backend.state, "connected")
        [variant] = self.account.products()[external_id]["variants"].values()
        self.assertEqual((variant["price"], self.texts(external_id)), (10, {("fr", "title"): "Tasse"}))
        backend.action_test_connection()
        missing = " ".join(backend.connection_report["missing"])
        self.assertTrue(all(scope in missing for scope in const.TRANSLATION_SCOPES), missing)
        # once the app may, they go with the product's next change
        self.stand_in.control(f"shops/{DOMAIN}", {"scopes": scopes})
        template.list_price = 11
        self.run_jobs(backend)
        self.assertEqual(self.texts(external_id), {("fr", "title"): "Grande tasse"})
