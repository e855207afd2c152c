from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import (
    PRODUCT_PARTS,
    Category,
    Channel,
    Product,
    ProductPush,
    Translation,
    Variant,
)
from odoo.addons.connector_base.transport import ConfigurationError, TransientError, iter_pages
from odoo.addons.connector_shopify import const

from .product_common import ProductCase, graphql_product


def pushed(number, price="17.50"):
    """A push of a new price."""
    variant = Variant(external_id=f"{number}0", options=(("Size", "M"),), price=Decimal(price))
    document = Product(external_id=str(number), title=f"Tee {number}", variants=(variant,))
    return ProductPush(key=f"k{number}", document=document, parts=frozenset({"prices"}))


@tagged("post_install", "-at_install")
class TestProducts(ProductCase):
    def push(self, *pushes):
        return list(self.adapter._push_products(self.backend, list(pushes), None))

    def fetch(self, since=None):
        return list(iter_pages(lambda page: self.adapter._fetch_products(self.backend, since, page)))

    # === IN === #

    def test_capabilities(self):
        self.assertLessEqual({"products_in", "products_out"}, self.adapter._capabilities())

    def test_pages(self):
        self.store.products = [graphql_product(number) for number in range(1, const.PRODUCTS_PAGE + 3)]
        pages = self.fetch()
        self.assertEqual([len(page.documents) for page in pages], [const.PRODUCTS_PAGE, 2])
        self.assertEqual(pages[0].documents[0].title, "Tee 1")
        self.assertEqual(self.adapter._count_products(self.backend, None), const.PRODUCTS_PAGE + 2)

    def test_one_product_that_can_not_be_read_blocks_no_other(self):
        self.store.products = [graphql_product(1, title=None), graphql_product(2)]
        (page,) = self.fetch()
        self.assertEqual([document.external_id for document in page.documents], ["2"])
        self.assertEqual([error.external_id for error in page.failed], ["1"])

    def test_nor_does_one_without_an_id(self):
        """Shopify says that there is none; also where translations are read, by the ids."""
        self.store.products = [graphql_product(1), graphql_product(2, id=None), graphql_product(3, updatedAt=None)]
        self.env["res.lang"]._activate_lang("fr_FR")
        (page,) = self.fetch()
        self.assertEqual([document.external_id for document in page.documents], ["1"])
        self.assertEqual([error.external_id for error in page.failed], ["", "3"])

    def test_by_id(self):
        self.store.products = [graphql_product(number) for number in (1, 2, 3)]
        found = self.adapter._fetch_products_by_id(self.backend, ["3", "1", "404"])
        self.assertEqual([document.external_id for document in found], ["3", "1"])
        self.assertEqual(self.store.count("ProductsById"), 1)

    def test_a_small_import_asks_nothing_more(self):
        self.store.products = [graphql_product(1)]
        self.fetch()
        self.assertEqual([name for name, _variables in self.store.calls], ["AccessToken", "Products"])

    def test_a_big_import_goes_on_in_bulk(self):
        self.store.products = [graphql_product(number) for number in range(1, const.PRODUCTS_PAGE + 3)]
        self.store.count_of_products = const.BULK_FROM
        page = self.adapter._fetch_products(self.backend, None)
        self.assertEqual(len(page.documents), const.PRODUCTS_PAGE)
        self.assertEqual(len(self.store.operations), 2)
        with self.assertRaises(TransientError):
            self.adapter._fetch_products(self.backend, None, page.next_page)
        for operation in self.store.operations.values():
            operation["status"] = "FAILED"
        page = self.adapter._fetch_products(self.backend, None, page.next_page)
        self.assertEqual(page.documents, ())
        page = self.adapter._fetch_products(self.backend, None, page.next_page)
        self.assertEqual(len(page.documents), const.PRODUCTS_PAGE)

    def test_translations_are_read_into_the_languages_of_odoo(self):
        """One call for the store's languages, one for each that Odoo has too; none where Odoo has but one."""
        for code in ("fr_FR", "de_DE"):
            self.env["res.lang"]._activate_lang(code)
        self.store.products = [graphql_product(1), graphql_product(2)]
        self.store.translations = {"gid://shopify/Product/1": {"title": "Maillot 1", "product_type": "Maillots"}}
        (page,) = self.fetch()
        read = ["ShopLocales", "ProductTranslations"]
        self.assertEqual([name for name, _variables in self.store.calls], ["AccessToken", "Products", *read])
        texts = [
            {(text.language, text.field): text.value for text in document.translations} for document in page.documents
        ]
        self.assertEqual({name: text for name, text in texts[0].items() if text}, {("fr-FR", "title"): "Maillot 1"})
        self.assertEqual(texts[0].keys(), texts[1].keys())
        self.assertFalse(any(texts[1].values()))
        self.assertEqual(
            self.adapter._fetch_products_by_id(self.backend, ["1"])[0].translations, page.documents[0].translations
        )
        self.env["res.lang"].search([("code", "in", ["fr_FR", "de_DE"])]).active = False
        self.store.calls.clear()
        self.fetch()
        self.assertEqual([name for name, _variables in self.store.calls], ["Products"])

    def test_a_webhook_is_read_again(self):
        self.assertIsNone(self.adapter._parse_product_event(self.backend, "products/update", b"{}"))

    def test_categories_and_channels(self):
        page = self.adapter._fetch_categories(self.backend)
        self.assertEqual(page.documents, (Category(external_id="9", name="Summer", handle="summer"),))
        self.assertIsNone(page.next_page)
        self.assertEqual(self.adapter._fetch_channels(self.backend), (Channel(external_id="2", name="Shop"),))

    def test_a_picture_is_read_without_the_token(self):
        self.assertEqual(self.adapter._read_image(self.backend, "https://cdn.shopify.com/1.png"), b'"PNG"')
        ((_name, headers),) = self.store.calls
        self.assertNotIn("X-Shopify-Access-Token", headers)

    # === OUT === #

    def test_a_price_is_one_call(self):
        self.store.products = [graphql_product(1)]
        (result,) = self.push(pushed(1))
        self.assertIsNone(result.error)
        calls = [call for call in self.store.calls if call[0] != "AccessToken"]
        variants = [{"id": "gid://shopify/ProductVariant/10", "price": "17.50"}]
        self.assertEqual(calls, [("ProductVariantsUpdate", {"id": "gid://shopify/Product/1", "variants": variants})])
        self.assertEqual(result.document.updated_at.isoformat(), "2026-11-20T12:00:00+00:00")

    def test_a_translation_is_two_calls(self):
        """One to know the original, of as many products as there are; one to write each product's."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.store.products = [graphql_product(1), graphql_product(2)]
        texts = (
            Translation(language="fr-FR", field="title", value="Maillot"),
            Translation(language="fr-FR", field="seo_title", value="Maillots"),
            Translation(language="de-DE", field="title", value="Hemd"),
        )
        pushes = [
            ProductPush(
                key=f"k{number}",
                document=Product(
                    external_id=str(number), title="Tee", variants=pushed(number).document.variants, translations=texts
                ),
                parts=frozenset({"translations"}),
            )
            for number in (1, 2)
        ]
        results = self.push(*pushes)
        self.assertEqual([(result.error, result.untold) for result in results], [(None, texts[1:])] * 2)
        calls = [call for call in self.store.calls if call[0] != "AccessToken"]
        title = {"locale": "fr", "key": "title", "value": "Maillot"}
        ids = ["gid://shopify/Product/1", "gid://shopify/Product/2"]
        self.assertEqual(
            calls,
            [
                ("TranslatableContents", {"ids": ids, "first": 2}),
                *(
                    (
                        "TranslationsRegister",
                        {
                            "id": gid,
                            "translations": [{**title, "translatableContentDigest": f"digest of Tee {gid[-1]}"}],
                        },
                    )
                    for gid in ids
                ),
            ],
        )

    def test_what_is_refused_of_one_keeps_no_other(self):
        self.store.products = [graphql_product(1), graphql_product(2)]
        refusal = {"field": ["variants", "0", "price"], "message": "is too high", "code": "INVALID_INPUT"}
        self.store.user_errors["gid://shopify/Product/1"] = [refusal]
        first, second = self.push(pushed(1), pushed(2))
        self.assertEqual(str(first.error), "Shopify refused the product: variant M, price: is too high")
        self.assertIsNone(second.error)

    def test_results_come_as_soon_as_they_are_known(self):
        self.store.products = [graphql_product(1), graphql_product(2)]
        results = self.adapter._push_products(self.backend, [pushed(1), pushed(2)], None)
        self.assertIsNone(next(results).error)
        self.store.status = 503
        with self.assertRaises(TransientError):
            next(results)

    def test_a_missing_scope_stops_all(self):
        self.store.products = [graphql_product(1)]
        self.store.status = 403
        with self.assertRaises(ConfigurationError):
            self.push(pushed(1))

    def test_parts(self):
        self.assertEqual(self.adapter._product_parts(), frozenset(PRODUCT_PARTS))

    def test_removing(self):
        self.store.products = [graphql_product(1), graphql_product(2)]
        self.store.user_errors["gid://shopify/Product/2"] = [{"field": ["id"], "message": "is in a bundle"}]
        for delete, operation in ((True, "ProductDelete"), (False, "ProductUpdate")):
            errors = self.adapter._remove_products(self.backend, ["1", "2"], delete=delete)
            self.assertEqual(list(errors), ["2"])
            self.assertEqual(self.store.count(operation), 2)
