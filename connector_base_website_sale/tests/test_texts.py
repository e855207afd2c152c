from dataclasses import replace
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Translation
from odoo.addons.connector_base.tests.product_in_common import make_product, make_variant

from .common import WebsiteCase

TEXT = '<p>Soft &amp; warm.</p><ul class="x"><li>Wool</li><li>Made in <b>Peru</b></li></ul>'
FRENCH = "<p>Doux et chaud.</p><ul><li>Laine</li><li>Fait au <b>Pérou</b></li></ul>"


@tagged("post_install", "-at_install")
class TestTexts(WebsiteCase):
    def product(self, minutes=0, **values):
        return self.put_in_shop(make_product("1", minutes, currency=self.currency, **values))

    def test_texts_of_the_shop(self):
        template = self.product(description=TEXT, seo_title="Warm hat", seo_description="A hat of wool")
        self.assertIn("<li>Wool</li>", template.description_ecommerce)
        self.assertEqual(
            (template.website_meta_title, template.website_meta_description), ("Warm hat", "A hat of wool")
        )
        self.assertEqual(self.push(), [])
        template.website_meta_title = "Very warm hat"
        self.assertEqual(self.push(), [["basics"]])
        self.assertEqual(self.adapter.shop["1"].seo_title, "Very warm hat")
        template.description_ecommerce = "<p>New</p>"
        self.assertEqual(self.push(), [["basics"]])
        self.assertEqual(self.adapter.shop["1"].description, "<p>New</p>")
        self.assertEqual(self.push(), [])

    def test_texts_that_are_emptied_there(self):
        template = self.product(description=TEXT, seo_title="Warm hat")
        self.product(60 * 24 * 365 * 20, description="", seo_title="")
        self.assertFalse(template.website_meta_title)
        self.assertFalse(template.description_ecommerce)
        self.assertEqual(self.push(), [])

    def test_translations(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        texts = (("title", "Bonnet"), ("description", FRENCH), ("seo_title", "Bonnet chaud"))
        french = tuple(Translation(language="fr", field=name, value=text) for name, text in texts)
        template = self.product(description=TEXT, seo_title="Warm hat", translations=french)
        there = template.with_context(lang="fr_FR")
        self.assertEqual((there.name, there.website_meta_title), ("Bonnet", "Bonnet chaud"))
        self.assertIn("<li>Laine</li>", there.description_ecommerce)
        self.assertIn("Pérou", there.description_ecommerce)
        self.assertIn("<li>Wool</li>", template.description_ecommerce, "the original stays")
        self.assertEqual(self.push(), [])
        there.website_meta_title = "Bonnet très chaud"
        self.assertEqual(self.push(), [["translations"]])

    def test_translations_with_other_paragraphs_are_left_out(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        short = (Translation(language="fr", field="description", value="<p>Doux et chaud.</p>"),)
        template = self.product(description=TEXT, translations=short)
        self.assertIn("<li>Wool</li>", template.description_ecommerce)
        self.assertIn("<li>Wool</li>", template.with_context(lang="fr_FR").description_ecommerce)
        self.assertIn("other paragraphs", self.binding_of("1").import_note)

    def test_price_before_a_reduction(self):
        variant = make_variant("V1", "10.00", compare_at_price=Decimal("15.00"))
        template = self.product(variants=[variant])
        self.assertEqual(template.compare_list_price, 15)
        template.compare_list_price = 16
        self.assertEqual(self.push(), [], "not unless the channel says so")
        template.compare_list_price = 15
        self.backend.compare_at = "compare_list_price"
        self.env["integration.product.exporter"]._agree(self.backend, self.binding_of("1"))
        self.assertEqual(self.push(), [])
        template.compare_list_price = 18
        self.assertEqual(self.push(), [["prices"]])
        self.assertEqual(self.adapter.shop["1"].variants[0].compare_at_price, Decimal("18.00"))
        template.compare_list_price = 9
        self.assertEqual(self.push(), [["prices"]])
        self.assertIsNone(self.adapter.shop["1"].variants[0].compare_at_price, "no reduction")
        reduced = replace(variant, price=Decimal("5.00"), compare_at_price=Decimal("6.00"))
        self.product(60 * 24 * 365 * 20, variants=[reduced])
        self.assertEqual((template.list_price, template.compare_list_price), (5, 6))
        self.assertEqual(self.push(), [])
