"""A Shopify store with products at the HTTP seam, and its pictures beside it."""

from urllib.parse import urlsplit

from .common import FakeStore, ShopifyCase, connection, response_to

CDN = "cdn.shopify.com"


def graphql_variant(number, size, **changes):
    """A variant as the API answers it."""
    return {
        "id": f"gid://shopify/ProductVariant/{number}",
        "sku": f"TEE-{size}",
        "barcode": None,
        "price": "19.90",
        "compareAtPrice": None,
        "taxable": True,
        "updatedAt": "2026-11-20T10:00:00Z",
        "selectedOptions": [{"name": "Size", "value": size}],
        "inventoryItem": {
            "id": f"gid://shopify/InventoryItem/{number + 200}",
            "tracked": True,
            "requiresShipping": True,
            "harmonizedSystemCode": None,
            "countryCodeOfOrigin": None,
            "unitCost": None,
            "measurement": {"weight": {"unit": "GRAMS", "value": 180}},
        },
        "media": {"nodes": []},
        "metafields": connection([]),
        **changes,
    }


def graphql_product(number, **changes):
    """A T-shirt in two sizes with a picture, as the API answers it."""
    return {
        "id": f"gid://shopify/Product/{number}",
        "title": f"Tee {number}",
        "descriptionHtml": "<p>Soft</p>",
        "handle": f"tee-{number}",
        "vendor": "Weavers",
        "productType": "Shirts",
        "tags": ["summer"],
        "status": "ACTIVE",
        "onlineStoreUrl": None,
        "createdAt": "2026-11-01T10:00:00Z",
        "updatedAt": "2026-11-20T12:00:00Z",
        "seo": {"title": None, "description": None},
        "priceRangeV2": {"minVariantPrice": {"currencyCode": "USD"}},
        "options": [{"id": f"gid://shopify/ProductOption/{number}", "name": "Size", "values": ["M", "L"]}],
        "variants": connection([graphql_variant(number * 10, "M"), graphql_variant(number * 10 + 1, "L")]),
        "media": connection(
            [
                {
                    "__typename": "MediaImage",
                    "id": f"gid://shopify/MediaImage/{number}",
                    "alt": "Front",
                    "image": {"url": f"https://{CDN}/{number}.png"},
                }
            ]
        ),
        "collections": connection([]),
        "metafields": connection([]),
        "resourcePublicationsV2": connection([]),
        **changes,
    }


class ProductStore(FakeStore):
    """Answers what is asked of products."""

    def __init__(self):
        super().__init__()
        self.products = []
        self.count_of_products = None
        self.operations = {}
        self.translations = {}  # {product's global id: {key: text in French}}

    def _Products(self, query, first, after):
        start = int(after or 0)
        page = self.products[start : start + first]
        return {"products": connection(page, start + first, len(self.products))}

    def _ProductsById(self, ids):
        known = {product["id"]: product for product in self.products}
        return {"nodes": [known.get(gid) for gid in ids]}

    def _ProductsCount(self, query):
        return {"productsCount": {"count": self.count_of_products or len(self.products)}}

    def _Collections(self, first, after):
        collection = {"id": "gid://shopify/Collection/9", "title": "Summer", "handle": "summer", "sources": []}
        return {"collections": connection([collection])}

    def _Publications(self, first, after):
        return {
            "publications": connection(
                [
                    {"id": "gid://shopify/Publication/2", "catalog": {"__typename": "AppCatalog", "title": "Shop"}},
                    {"id": "gid://shopify/Publication/8", "catalog": {"__typename": "MarketCatalog", "title": "EU"}},
                ]
            )
        }

    def _BulkOperationRunQuery(self, query):
        operation = f"gid://shopify/BulkOperation/{len(self.operations)}"
        self.operations[operation] = {"id": operation, "status": "RUNNING", "fileSize": None, "url": None}
        return {"bulkOperationRunQuery": {"bulkOperation": {"id": operation}, "userErrors": []}}

    def _BulkOperation(self, id):
        return {"bulkOperation": self.operations[id]}

    def _changed(self, operation, gid, errors):
        product = next((product for product in self.products if product["id"] == gid), None)
        return {operation: {"product": product, "userErrors": errors}}

    def _ProductVariantsUpdate(self, id, variants):
        return self._changed("productVariantsBulkUpdate", id, self.user_errors.get(id, []))

    def _ProductUpdate(self, product):
        return self._changed("productUpdate", product["id"], self.user_errors.get(product["id"], []))

    def _ProductDelete(self, id):
        return {"productDelete": {"deletedProductId": id, "userErrors": self.user_errors.get(id, [])}}

    def _resources(self, ids, **shown):
        known = {product["id"]: product for product in self.products}
        nodes = [
            {"resourceId": gid, **{name: show(known[gid]) for name, show in shown.items()}}
            for gid in ids
            if gid in known
        ]
        return {"translatableResourcesByIds": {"nodes": nodes}}

    def _ShopLocales(self):
        return {"shopLocales": [{"locale": code, "primary": code == "en"} for code in ("en", "fr", "ja")]}

    def _ProductTranslations(self, ids, first, locale):
        def translations(product):
            texts = self.translations.get(product["id"], {}) if locale == "fr" else {}
            return [{"key": key, "value": text} for key, text in texts.items()]

        return self._resources(ids, translations=translations)

    def _TranslatableContents(self, ids, first):
        def contents(product):
            return [{"key": "title", "digest": f"digest of {product['title']}"}, {"key": "meta_title", "digest": None}]

        return {**self._ShopLocales(), **self._resources(ids, translatableContent=contents)}

    def _TranslationsRegister(self, id, translations):
        self.translations.setdefault(id, {}).update({entry["key"]: entry["value"] for entry in translations})
        return {"translationsRegister": {"userErrors": self.user_errors.get(id, [])}}


class ProductCase(ShopifyCase):
    """Tests with a store that has products."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = ProductStore()

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Override to answer for the pictures, too."""
        if urlsplit(r.url).hostname == CDN:
            cls.store.calls.append(("Picture", dict(r.headers)))
            return response_to(r, 200, {"Content-Type": "image/png"}, "PNG")
        return super()._request_handler(s, r, **kw)
