"""Builders shared by the tests of product imports: canonical products, and a platform that has some."""

import io
from datetime import timedelta
from decimal import Decimal

from PIL import Image as Pillow

from odoo.addons.connector_base.canonical import UNSET, Image, Option, Product, Variant

from ..transport import DataError, Page
from .order_common import PLACED, EngineCase, FakeAdapter, add_test_platform


class ProductAdapter(FakeAdapter):
    """A platform that has products, categories and pictures."""

    def __init__(self):
        self.products, self.categories, self.channels, self.pictures, self.calls = {}, (), (), {}, []
        self.page_size = 2

    def _capabilities(self):
        return frozenset({"orders_in", "products_in"})

    def _tells_deletion(self, topic):
        return topic == "products/delete"

    def _count_products(self, backend, since):
        return len(self.products)

    def _fetch_products(self, backend, since, page=None):
        self.calls.append(("fetch", page))
        found = [product for product in self.products.values() if not since or product.updated_at >= since]
        start = int(page or 0)
        end = start + self.page_size
        return Page(documents=tuple(found[start:end]), next_page=str(end) if end < len(found) else None)

    def _fetch_products_by_id(self, backend, external_ids):
        self.calls.append(("by_id", tuple(external_ids)))
        return [self.products[key] for key in external_ids if key in self.products]

    def _parse_product_event(self, backend, topic, body):
        return None

    def _fetch_categories(self, backend, page=None):
        return Page(documents=tuple(self.categories))

    def _fetch_channels(self, backend):
        return self.channels

    def _read_image(self, backend, url):
        self.calls.append(("picture", url))
        if url not in self.pictures:
            raise DataError("The picture is gone.", external_id=url)
        return self.pictures[url]


class ProductCase(EngineCase):
    """A connected backend that imports products, in the currency of the company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adapter = ProductAdapter()
        for patcher in add_test_platform(cls.registry, cls.adapter):
            patcher.start()
            cls.addClassCleanup(patcher.stop)
        cls.backend.write({"import_products": True, "state": "connected"})
        cls.currency = cls.company.currency_id.name

    def setUp(self):
        super().setUp()
        self.adapter.__init__()

    def import_products(self, *documents, backend=None):
        """Import `documents` as one page; return the `ImportResult`."""
        return self.env["integration.product.importer"]._import_page(backend or self.backend, documents)

    def binding_of(self, external_id, backend=None):
        return self.env["integration.binding.product"].search(
            [("backend_id", "=", (backend or self.backend).id), ("external_id", "=", external_id)]
        )

    def import_product(self, document):
        """Import one document that must come in; return its template."""
        result = self.import_products(document)
        for _external_id, _name, error in result.failed:
            self.fail(getattr(error, "traceback", f"{error} {error.remedy}"))
        self.assertFalse(result.held, result.held)
        return self.binding_of(document.external_id).odoo_id

    def conflict_of(self, external_id):
        return self.env["integration.product.conflict"].search(
            [("backend_id", "=", self.backend.id), ("external_id", "=", external_id)]
        )

    def variants(self, template):
        """Return {options as text: variant} of the active variants."""
        return {
            " ".join(variant.product_template_attribute_value_ids.sorted("attribute_line_id").mapped("name")): variant
            for variant in template.product_variant_ids
        }


def make_variant(external_id="V1", price="10.00", options=(), **overrides):
    values = {"sku": f"SKU-{external_id}", "price": Decimal(price), **overrides}
    return Variant(external_id=external_id, inventory_external_id=f"I{external_id}", options=tuple(options), **values)


def make_product(external_id="1", minutes=0, variants=None, **overrides):
    """Return a canonical product; without overrides: one variant with a SKU of its own."""
    variants = (make_variant(f"V{external_id}"),) if variants is None else tuple(variants)
    names = list(dict.fromkeys(name for variant in variants for name, _value in variant.options))
    options = tuple(
        Option(
            name=name, values=tuple(dict.fromkeys(v for variant in variants for n, v in variant.options if n == name))
        )
        for name in names
    )
    values = {
        "title": f"Product {external_id}",
        "status": "active",
        "options": options,
        "updated_at": PLACED + timedelta(minutes=minutes),
        "created_at": PLACED,
        "images": UNSET,
        **overrides,
    }
    return Product(external_id=external_id, variants=variants, **values)


def make_grid(external_id, sizes=("S", "M"), colors=("Red", "Blue"), without=(), prices=None, **overrides):
    """Return a product with a variant for each size and color but those `without`."""
    variants = [
        make_variant(
            f"{external_id}-{size}-{color}",
            (prices or {}).get((size, color), "10.00"),
            (("Size", size), ("Color", color)),
        )
        for size in sizes
        for color in colors
        if (size, color) not in without
    ]
    return make_product(external_id, variants=variants, **overrides)


def make_picture(color, size=(8, 8)):
    """Return (content, canonical image) of a PNG of one colour."""
    stream = io.BytesIO()
    Pillow.new("RGB", size, color).save(stream, "PNG")
    return stream.getvalue(), Image(external_id=f"P-{color}", url=f"https://platform.example/{color}.png", alt=color)
