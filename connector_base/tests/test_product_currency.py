"""Shops whose prices are in another currency than the company's books, and products without a price."""

from dataclasses import replace
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from ..canonical import UNSET
from .common import run_queue_job
from .order_common import make_line, make_order
from .product_common import ProductCase
from .product_in_common import make_grid, make_product, make_variant

AHEAD = 60 * 24 * 365 * 20  # minutes: later than whatever a test writes
GRID = {("S", "Red"): "19.90", ("S", "Blue"): "21.00", ("M", "Red"): "25.00", ("M", "Blue"): "99.00"}


class CurrencyCase(ProductCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.env["res.currency"].with_context(active_test=False).search([("name", "=", "CHF")])
        cls.foreign.write({"active": True, "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2})]})

    def place(self, document):
        """Have `document` in the shop and import it; return the template."""
        self.adapter.shop[document.external_id] = document
        result = self.env["integration.product.importer"]._import_page(self.backend, [document])
        self.assertFalse(result.failed, result.failed)
        self.precommit()
        return self.binding_of(document.external_id).odoo_id

    def binding_of(self, external_id):
        return self.bindings.search([("backend_id", "=", self.backend.id), ("external_id", "=", external_id)])

    def prices_there(self, external_id="1"):
        return [variant.price for variant in self.adapter.shop[external_id].variants]

    def tell_all(self):
        """Look at all products anew and push what differs; return what was told."""
        self.adapter.calls.clear()
        self.exporter._mark(self.bindings.search([("backend_id", "=", self.backend.id)]))
        self.push()
        return self.adapter.pushed

    def make_pricelist(self, currency=None, **values):
        return self.env["product.pricelist"].create(
            {"name": "Shop", "currency_id": (currency or self.foreign).id, **values}
        )

    def set_price(self, pricelist, product, price):
        return self.env["product.pricelist.item"].create(
            {
                "pricelist_id": pricelist.id,
                "applied_on": "0_product_variant",
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_id": product.id,
                "compute_price": "fixed",
                "fixed_price": price,
            }
        )


@tagged("post_install", "-at_install")
class TestForeignShop(CurrencyCase):
    """The shop sells in francs, the company keeps its books in another currency."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.write({"connection_report": {"currency": "CHF"}, "import_products": True})

    # === IN === #

    def test_without_a_pricelist_one_is_made(self):
        for owner in ("newest", "odoo", "platform"):
            with self.subTest(owner):
                self.backend.write({"product_owner": owner, "pricelist_id": False})
                key = f"{owner}1"
                template = self.place(make_grid(key, prices=GRID, currency="CHF"))
                pricelist = self.backend.pricelist_id
                self.assertEqual((pricelist.currency_id, pricelist.company_id), (self.foreign, self.company))
                prices = pricelist._get_products_price(template.product_variant_ids, 1.0)
                self.assertEqual(sorted(prices.values()), [19.9, 21.0, 25.0, 99.0])
                self.assertFalse(self.binding_of(key).import_note)
                self.assertEqual(template.list_price, 0, "nothing is converted")
                self.assertFalse(self.tell_all(), "and nothing is told")
                self.assertEqual(sorted(self.prices_there(key)), sorted(map(Decimal, GRID.values())))

    def test_channels_have_a_pricelist_each(self):
        other = self.backend.copy({"name": "Second shop"})
        other.write({"state": "connected", "connection_report": {"currency": "CHF"}})
        document = make_product("1", variants=[make_variant("V1", "19.90", sku="CUP")], title="Cup", currency="CHF")
        self.place(document)
        dearer = make_product("1", variants=[make_variant("V1", "24.90", sku="CUP")], title="Cup", currency="CHF")
        self.env["integration.product.importer"]._import_page(other, [dearer])
        cup = self.cup.product_variant_id
        self.assertNotEqual(self.backend.pricelist_id, other.pricelist_id)
        self.assertEqual(self.backend.pricelist_id._get_product_price(cup, 1.0), 19.9)
        self.assertEqual(other.pricelist_id._get_product_price(cup, 1.0), 24.9)
        self.assertEqual(self.cup.list_price, 7.5)

    def test_into_the_channels_pricelist(self):
        self.backend.pricelist_id = pricelist = self.make_pricelist()
        # 7.50 are 15.00 francs today
        document = make_product("1", variants=[make_variant("V1", "15.00", sku="CUP")], title="Cup", currency="CHF")
        self.place(document)
        cup = self.cup.product_variant_id
        self.foreign.rate_ids.rate = 3
        self.assertEqual(pricelist._get_product_price(cup, 1.0), 15, "whatever the rate becomes")
        self.assertFalse(self.tell_all())
        self.place(replace(document, variants=(replace(document.variants[0], price=Decimal(16)),)))
        self.assertEqual(pricelist._get_product_price(cup, 1.0), 16)
        self.assertEqual(len(pricelist.item_ids), 1)
        self.backend.product_owner = "odoo"
        self.place(replace(document, variants=(replace(document.variants[0], price=Decimal(99)),)))
        self.assertEqual(pricelist._get_product_price(cup, 1.0), 16, "of what is there Odoo decides")
        pricelist.item_ids.fixed_price = 17
        self.push()
        self.assertEqual(self.prices_there(), [Decimal(17)])

    def test_a_pricelist_in_another_currency_is_left_alone(self):
        self.backend.pricelist_id = pricelist = self.make_pricelist(self.company.currency_id)
        template = self.place(make_product("1", currency="CHF"))
        self.assertIn("CHF", self.binding_of("1").import_note)
        self.assertEqual((self.backend.pricelist_id, len(pricelist.item_ids), template.list_price), (pricelist, 0, 0))
        self.set_price(pricelist, template.product_variant_id, 5)
        self.assertFalse(self.tell_all(), "its prices are none of the shop's")
        template.name = "Renamed"
        self.push()
        self.assertEqual(self.adapter.pushed, [("Renamed", ["basics"])])
        self.assertEqual(self.prices_there(), [UNSET], "the whole document is handed over, its price is not stated")

    def test_prices_come_in_when_their_pricelist_is_chosen(self):
        self.backend.pricelist_id = self.make_pricelist(self.company.currency_id)
        template = self.place(make_product("1", currency="CHF"))
        self.adapter.calls.clear()
        self.backend.pricelist_id = pricelist = self.make_pricelist()
        [job] = (
            self.env["sync.job"]
            .search([("backend_id", "=", self.backend.id), ("state", "=", "pending")])
            .filtered(lambda job: job.operation == "import_product_ids")
        )
        self.push()
        run_queue_job(job)
        self.push()
        self.assertEqual(pricelist._get_product_price(template.product_variant_id, 1.0), 10)
        self.assertFalse(self.binding_of("1").import_note)
        self.assertFalse(self.adapter.pushed)
        self.assertEqual(self.prices_there(), [Decimal(10)])

    def test_products_that_orders_bring(self):
        self.backend.unknown_product = "create"
        own, other = self.company.currency_id.name, "CHF"
        for number, (currency, price) in enumerate(((own, 19.9), (other, 0))):
            line = make_line(sku=f"NEW-{number}", price="19.90")
            self.import_order(make_order(str(number), currency=currency, lines=(line,)))
            product = self.env["product.product"].search([("default_code", "=", f"NEW-{number}")])
            self.assertEqual(product.list_price, price)

    # === OUT === #

    def test_nothing_is_converted_by_the_days_rate(self):
        self.cup.standard_price = 3
        document = make_product(
            "1", variants=[make_variant("V1", "19.90", sku="CUP", cost=Decimal(4))], title="Cup", currency="CHF"
        )
        self.backend.product_owner = "odoo"
        self.place(document)
        self.backend.pricelist_id.item_ids.unlink()
        self.assertFalse(self.tell_all())
        self.foreign.rate_ids.rate = 5
        self.cup.list_price = 8
        self.push()
        self.cup.name = "Mug"
        self.push()
        self.assertEqual(self.adapter.pushed, [("Mug", ["basics"])])
        [variant] = self.adapter.shop["1"].variants
        self.assertEqual((variant.price, variant.compare_at_price, variant.cost), (UNSET, UNSET, UNSET))

    def test_a_rule_that_converts_was_meant_to(self):
        self.place(make_product("1", variants=[make_variant("V1", "19.90", sku="CUP")], currency="CHF"))
        pricelist = self.backend.pricelist_id
        pricelist.item_ids = [
            Command.clear(),
            Command.create({"compute_price": "percentage", "percent_price": 0, "applied_on": "3_global"}),
        ]
        self.tell_all()
        self.assertEqual(self.prices_there(), [Decimal(15)])

    def test_a_new_product_needs_a_price(self):
        binding = self.publish(self.cup)
        self.push()
        self.assertFalse(self.adapter.calls)
        self.assertFalse(binding.external_id)
        self.assertIn("CHF", binding.last_error)
        self.assertIn("pricelist", binding.remedy)
        self.backend.pricelist_id = pricelist = self.make_pricelist()
        self.push()
        self.assertFalse(self.adapter.calls, "a pricelist that says nothing of it gives it none")
        self.set_price(pricelist, self.cup.product_variant_id, 14.5)
        self.push()
        self.assertEqual((self.prices_there("P1"), binding.last_error), ([Decimal("14.5")], False))

    def test_a_new_variant_needs_a_price(self):
        document = make_grid("1", prices=GRID, sizes=("S",), colors=("Red",), currency="CHF")
        template = self.place(document)
        self.backend.product_owner = "platform"
        line = template.attribute_line_ids.filtered(lambda line: line.attribute_id.name == "Color")
        line.value_ids = [Command.create({"name": "Green", "attribute_id": line.attribute_id.id})]
        new = template.product_variant_ids - self.env["integration.binding.variant"].search([]).odoo_id
        new.default_code = "GREEN"
        self.tell_all()
        self.assertIn("CHF", self.binding_of("1").last_error)
        self.assertEqual(len(self.prices_there()), 1)
        self.set_price(self.backend.pricelist_id, new, 22)
        self.tell_all()
        self.assertFalse(self.binding_of("1").last_error)
        prices = {dict(variant.options)["Color"]: variant.price for variant in self.adapter.shop["1"].variants}
        self.assertEqual(prices, {"Red": UNSET, "Green": 22}, "it begins with Odoo's; of others the shop decides")

    def test_a_shop_that_names_no_currency(self):
        for name in ("", "XYZ"):
            self.backend.connection_report = {"currency": name}
            binding = self.publish(self.cup, external_id=f"P{name}")
            [planned] = self.exporter._plan(self.backend, binding)
            self.assertEqual(planned.document.variants[0].price, UNSET)


@tagged("post_install", "-at_install")
class TestProductsWithoutPrice(CurrencyCase):
    """0.00 in Odoo is no price: nothing is given away because of it."""

    def known(self, **values):
        """Have a product in the shop and in Odoo, of whose fields Odoo decides; return the template."""
        self.backend.product_owner = "odoo"
        currency = self.company.currency_id.name
        return self.place(make_product("1", variants=[make_variant("V1", "10.00", **values)], currency=currency))

    def test_a_price_that_is_gone_is_not_told(self):
        template = self.known(cost=Decimal(4))
        template.write({"list_price": 0, "standard_price": 0, "name": "Renamed"})
        self.push()
        self.assertEqual(self.adapter.pushed, [("Renamed", ["basics"])])
        template.list_price = 0.001
        self.push()
        self.assertEqual(len(self.adapter.pushed), 1)

    def test_what_the_shop_names_no_price_of(self):
        self.backend.product_owner = "odoo"
        currency = self.company.currency_id.name
        variant = make_variant("V1", price="1.00")
        self.place(make_product("1", variants=[replace(variant, price=UNSET)], currency=currency))
        self.assertFalse(self.tell_all())

    def test_a_reduction_to_nothing(self):
        template = self.known()
        self.backend.pricelist_id = pricelist = self.make_pricelist(self.company.currency_id)
        pricelist.item_ids = [
            Command.create({"compute_price": "percentage", "percent_price": 10, "applied_on": "3_global"})
        ]
        self.push()
        self.assertEqual(self.prices_there(), [Decimal(9)])
        self.adapter.calls.clear()
        template.list_price = 0
        self.push()
        self.assertFalse(self.adapter.pushed)

    def test_a_rule_may_say_that_it_is_free(self):
        template = self.known()
        self.backend.pricelist_id = pricelist = self.make_pricelist(self.company.currency_id)
        self.set_price(pricelist, template.product_variant_id, 0)
        self.push()
        self.assertEqual(self.prices_there(), [Decimal(0)])
        self.cup.list_price = 0
        self.set_price(pricelist, self.cup.product_variant_id, 0)
        self.publish(self.cup)
        self.push()
        self.assertEqual(self.prices_there("P1"), [Decimal(0)])

    def test_a_new_product_needs_a_price(self):
        self.cup.list_price = 0
        binding = self.publish(self.cup)
        self.push()
        self.assertFalse(self.adapter.calls)
        self.assertIn("no price", binding.last_error)
        self.cup.list_price = 5
        self.push()
        self.assertEqual(self.prices_there("P1"), [Decimal(5)])

    def test_platforms_that_are_told_no_prices(self):
        self.adapter.parts = self.adapter.parts - {"prices"}
        self.cup.list_price = 0
        binding = self.publish(self.cup)
        self.push()
        self.assertTrue(binding.external_id)

    def test_price_lists(self):
        price_list = self.env["integration.price.list"].create(
            {"backend_id": self.backend.id, "external_id": "L1", "name": "VIP", "currency_id": self.foreign.id}
        )
        price_list.pricelist_id = pricelist = self.make_pricelist()
        pricelist.item_ids = [
            Command.create({"compute_price": "percentage", "percent_price": 10, "applied_on": "3_global"})
        ]
        cup = self.cup.product_variant_id
        binding = self.env["integration.binding.variant"].create(
            {"backend_id": self.backend.id, "external_id": "V1", "odoo_id": cup.id}
        )
        exporter = self.env["integration.price.exporter"]
        self.assertEqual(exporter._wanted(price_list, binding)[binding].amount, Decimal("13.50"))
        self.cup.list_price = 0
        self.assertIsNone(exporter._wanted(price_list, binding)[binding].amount)
        self.set_price(pricelist, cup, 0)
        self.assertEqual(exporter._wanted(price_list, binding)[binding].amount, 0)
