from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from odoo.addons.connector_base.canonical import UNSET, Option, field_digests

from .product_common import ProductCase, picture


@tagged("post_install", "-at_install")
class TestProductDocuments(ProductCase):
    def build(self, *bindings):
        union = self.bindings.union(*bindings)
        return [
            stated.document for stated in self.env["integration.product.documents"]._build(self.backend, union).values()
        ]

    def test_simple_product(self):
        self.cup.write({"barcode": "4006381333931", "hs_code": "6912", "standard_price": 3.2})
        self.cup.country_of_origin = self.env.ref("base.de")
        self.cup.product_tag_ids = self.env["product.tag"].create([{"name": "Gift"}, {"name": "Kitchen"}])
        [document] = self.build(self.publish(self.cup))
        self.assertEqual((document.title, document.external_id, document.status), ("Cup", "", "active"))
        self.assertEqual(document.currency, self.company.currency_id.name)
        self.assertEqual(document.tags, ("Gift", "Kitchen"))
        self.assertEqual(document.options, ())
        [variant] = document.variants
        self.assertEqual((variant.options, variant.sku, variant.barcode), ((), "CUP", "4006381333931"))
        self.assertEqual(
            (variant.price, variant.cost, variant.weight), (Decimal("7.50"), Decimal("3.20"), Decimal("0.25"))
        )
        self.assertEqual((variant.hs_code, variant.origin_country_code), ("6912", "DE"))
        self.assertEqual((variant.tracked, variant.requires_shipping), (True, True))
        self.assertIs(variant.compare_at_price, UNSET)
        self.assertEqual(document.images, ())
        # there are none on this channel
        self.assertEqual((document.category_ids, document.channel_ids), (UNSET, UNSET))
        self.assertEqual((document.attributes, variant.attributes), (UNSET, UNSET))

    def test_options_are_those_in_use(self):
        [document] = self.build(self.publish(self.shirt))
        self.assertEqual(
            document.options, (Option(name="Size", values=("S", "M")), Option(name="Color", values=("Red", "Blue")))
        )
        self.assertEqual(document.variants[1].options, (("Size", "S"), ("Color", "Blue")))
        self.shirt.product_variant_ids.filtered(lambda variant: "Blue" in variant.display_name).active = False
        [document] = self.build(self.bindings.search([("odoo_id", "=", self.shirt.id)]))
        self.assertEqual(document.options[1].values, ("Red",))
        self.assertEqual([variant.sku for variant in document.variants], ["SHIRT-0", "SHIRT-2"])

    def test_attributes_that_make_no_variants_are_no_options(self):
        engraving = self.env["product.attribute"].create(
            {"name": "Engraving", "create_variant": "no_variant", "value_ids": [Command.create({"name": "Yes"})]}
        )
        self.cup.attribute_line_ids = [
            Command.create({"attribute_id": engraving.id, "value_ids": [Command.set(engraving.value_ids.ids)]})
        ]
        [document] = self.build(self.publish(self.cup))
        self.assertEqual((document.options, document.variants[0].options), ((), ()))

    def test_status(self):
        binding = self.publish(self.cup)
        self.assertEqual(self.build(binding)[0].status, "active")
        binding.wanted = "draft"
        self.assertEqual(self.build(binding)[0].status, "draft")
        binding.wanted = "published"
        self.cup.sale_ok = False
        self.assertEqual(self.build(binding)[0].status, "draft")
        self.cup.active = False
        self.assertEqual(self.build(binding)[0].status, "archived")
        self.backend.product_removal = "nothing"
        self.assertIs(self.build(binding)[0].status, UNSET)

    def test_prices_of_pricelists(self):
        binding = self.publish(self.shirt)
        variant = self.shirt.product_variant_ids[0]
        sale, before = self.env["product.pricelist"].create(
            [
                {
                    "name": "Sale",
                    "item_ids": [
                        Command.create(
                            {"applied_on": "1_product", "product_tmpl_id": self.shirt.id, "fixed_price": 15}
                        ),
                        Command.create(
                            {"applied_on": "0_product_variant", "product_id": variant.id, "fixed_price": 12}
                        ),
                    ],
                },
                {
                    "name": "Before",
                    "item_ids": [
                        Command.create({"compute_price": "percentage", "percent_price": -10, "date_end": "2020-01-01"}),
                        Command.create({"compute_price": "percentage", "percent_price": 25}),
                    ],
                },
            ]
        )
        self.backend.write({"pricelist_id": sale.id, "compare_at": "list_price"})
        self.assertEqual(
            [(item.price, item.compare_at_price) for item in self.build(binding)[0].variants[:2]],
            [(Decimal(12), Decimal(20)), (Decimal(15), Decimal(20))],
        )
        self.backend.write({"compare_at": "pricelist", "compare_at_pricelist_id": before.id})
        # 20 less 25 %: of the second variant's price it is no reduction
        self.assertEqual(
            [(item.price, item.compare_at_price) for item in self.build(binding)[0].variants[:2]],
            [(Decimal(12), Decimal(15)), (Decimal(15), None)],
        )

    def test_prices_in_the_shops_currency(self):
        yen = self.env.ref("base.JPY")
        yen.write({"active": True, "rate_ids": [Command.create({"name": "2020-01-01", "rate": 150})]})
        self.backend.connection_report = {"currency": "JPY"}
        self.cup.standard_price = 2
        self.backend.compare_at = "list_price"
        binding = self.publish(self.cup)
        [document] = self.build(binding)
        [cup] = document.variants
        self.assertEqual((document.currency, cup.price, cup.compare_at_price, cup.cost), ("JPY", *[UNSET] * 3))
        before, self.backend.pricelist_id = self.env["product.pricelist"].create(
            [
                {
                    "name": str(price),
                    "currency_id": yen.id,
                    "item_ids": [Command.create({"compute_price": "fixed", "fixed_price": price})],
                }
                for price in (1500, 1200)
            ]
        )
        self.backend.write({"compare_at": "pricelist", "compare_at_pricelist_id": before.id})
        [cup] = self.build(binding)[0].variants
        self.assertEqual((cup.price, cup.compare_at_price, cup.cost), (1200, 1500, UNSET))

    def test_weight_in_pounds_is_told_in_kilograms(self):
        self.env["ir.config_parameter"].set_param("product.weight_in_lbs", "1")
        self.cup.weight = 10
        [document] = self.build(self.publish(self.cup))
        self.assertAlmostEqual(float(document.variants[0].weight), 4.53592, places=4)

    def test_pictures(self):
        red, blue, green = picture("red"), picture("blue"), picture("green")
        first, second = self.shirt.product_variant_ids[:2]
        self.shirt.image_1920 = red
        first.image_variant_1920 = blue
        self.env["integration.product.pictures"]._picture_model().create(
            [
                {
                    "product_tmpl_id": self.shirt.id,
                    "image_1920": green,
                    "name": "From behind",
                    "product_variant_ids": [Command.set(second.ids)],
                },
                {"product_tmpl_id": self.shirt.id, "image_1920": red, "sequence": 20},
            ]
        )
        binding = self.publish(self.shirt)
        [document] = self.build(binding)
        self.assertEqual([image.alt for image in document.images][:2], ["Shirt", "From behind"])
        self.assertEqual(len(document.images), 3, "the same content is one picture")
        self.assertEqual(document.variants[0].image, document.images[2].checksum)
        self.assertEqual(document.variants[1].image, document.images[1].checksum)
        self.assertEqual(document.variants[2].image, "")
        before = field_digests(document)
        picture_of = document.images[2]
        self.env["integration.binding.image"].create(
            {
                "product_binding_id": binding.id,
                "external_id": "I9",
                "checksum": picture_of.checksum,
                "alt": picture_of.alt,
            }
        )
        [document] = self.build(binding)
        self.assertEqual((document.images[2].external_id, document.variants[0].image), ("I9", "I9"))
        self.assertEqual(field_digests(document), before, "what the platform calls a picture makes no difference")

    def test_nothing_is_said_about_pictures_that_are_still_read(self):
        binding = self.publish(self.shirt)
        self.env["integration.binding.image"].create({"product_binding_id": binding.id, "external_id": "I9"})
        [document] = self.build(binding)
        self.assertIs(document.images, UNSET)
        self.assertNotIn("images", field_digests(document))

    def test_categories_and_channels(self):
        shoes, everything = self.env["integration.category"].create(
            [
                {"backend_id": self.backend.id, "external_id": "C2", "name": "Shoes"},
                {"backend_id": self.backend.id, "external_id": "C1", "name": "Everything", "automatic": True},
            ]
        )
        store = self.env["integration.channel"].create(
            {"backend_id": self.backend.id, "external_id": "W1", "name": "Online Store"}
        )
        binding = self.publish(self.cup)
        [document] = self.build(binding)
        self.assertEqual((document.category_ids, document.channel_ids), ((), ()))
        binding.write(
            {"category_ids": [Command.set((shoes | everything).ids)], "channel_ids": [Command.set(store.ids)]}
        )
        [document] = self.build(binding)
        self.assertEqual((document.category_ids, document.channel_ids), (("C2",), ("W1",)))

    def test_mapped_fields(self):
        self.env["integration.mapping"].create(
            [
                {"backend_id": self.backend.id, "kind": "attribute", "external_value": key, "odoo_field": name}
                for key, name in (
                    ("care.text", "product.description_sale"),
                    ("vendor", "product.categ_id"),
                    ("size.volume", "variant.volume"),
                )
            ]
        )
        self.cup.write({"description_sale": "Wash by hand.", "volume": 0.4})
        self.cup.categ_id = self.env["product.category"].create({"name": "Acme"})
        [document] = self.build(self.publish(self.cup))
        self.assertEqual([(item.key, item.value) for item in document.attributes], [("care.text", "Wash by hand.")])
        self.assertEqual([(item.key, item.value) for item in document.variants[0].attributes], [("size.volume", "0.4")])
        self.assertEqual(document.vendor, "Acme")

    def test_translations(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.cup.with_context(lang="fr_FR").name = "Tasse"
        binding = self.publish(self.cup | self.shirt)
        cup, shirt = self.build(binding)
        self.assertEqual(cup.title, "Cup")
        texts = {(item.language, item.field): item.value for item in cup.translations}
        self.assertEqual({name for name, value in texts.items() if value}, {("fr-FR", "title")})
        self.assertEqual(texts["fr-FR", "title"], "Tasse")
        self.assertEqual(
            [(item.language, item.field, item.value) for item in shirt.translations],
            [(*name, "") for name in texts],
            "what is not translated is stated as empty",
        )
        self.backend.product_lang = "fr_FR"
        cup, shirt = self.build(binding)
        self.assertEqual((cup.title, cup.translations[0].value), ("Tasse", "Cup"))

    def test_the_text_for_quotations_is_only_a_beginning(self):
        if "description_ecommerce" in self.cup._fields:
            self.skipTest("the website has a text of its own")
        self.cup.description_sale = "Holds tea.\nAnd <coffee>."
        binding = self.publish(self.cup)
        [new] = self.exporter._plan(self.backend, binding)
        self.assertEqual(new.document.description, "<p>Holds tea.<br/>And &lt;coffee&gt;.</p>")
        binding.external_id = "P1"
        [known] = self.exporter._plan(self.backend, binding)
        self.assertIs(known.document.description, UNSET)
        self.assertEqual(known.digests, new.digests)

    def test_a_page_costs_the_same_whatever_its_size(self):
        templates = self.env["product.template"].create([{"name": f"Product {number}"} for number in range(30)])
        for template in templates[:15]:
            template.image_1920 = picture("red")
        bindings = self.publish(templates | self.make_shirt("Jacket") | self.shirt)
        counts = []
        for page in (bindings[:2] | bindings[-1:], bindings):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.build(page)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)
