"""A platform in memory that holds products, for the tests of what is told about them."""

import base64
import io
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from PIL import Image as PilImage

from odoo import Command

from odoo.addons.connector_base.canonical import PRODUCT_PARTS, UNSET, Image, Product, ProductPushResult, Variant
from odoo.addons.connector_base.transport import DataError

from .common import run_queue_job
from .order_common import EngineCase, FakeAdapter

NOW = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)


def picture(color):
    """Return a small PNG of one color, as Odoo's fields take it."""
    content = io.BytesIO()
    PilImage.new("RGB", (8, 8), color).save(content, "PNG")
    return base64.b64encode(content.getvalue())


class ProductAdapter(FakeAdapter):
    """Speaks a platform whose `shop` holds {external id: Product}; `calls` is what it was told.

    `refuse` is {title: error} of products that are refused (with the code `halfway` after they were created);
    `fail_after` makes the platform fail with `error` once so many products of a call are done; `lost` more of them are
    done by then, but their answers got lost.
    """

    def __init__(self):
        self.shop = {}
        self.keys = {}
        self.calls = []
        self.contents = {}
        self.refuse = {}
        self.error = None
        self.fail_after = 0
        self.lost = 0
        self.removal_errors = {}
        self.parts = frozenset(PRODUCT_PARTS)
        self.brief = False  # whether it answers with ids only

    def _capabilities(self):
        return frozenset({"orders_in", "products_in", "products_out"})

    def _product_parts(self):
        return self.parts

    def _fetch_products_by_id(self, backend, external_ids):
        self.calls.append(("read", *external_ids))
        return [self.shop[external_id] for external_id in external_ids if external_id in self.shop]

    def _push_products(self, backend, pushes, read_image):
        for done, push in enumerate(pushes):
            if self.error and done >= self.fail_after:
                for lost in pushes[done : done + self.lost]:
                    self._store(lost, read_image)
                error, self.error, self.lost = self.error, None, 0
                raise error
            yield self._push(push, read_image)

    def _push(self, push, read_image):
        self.calls.append(("push", push.document.title or push.document.external_id, push.parts))
        error = self.refuse.get(push.document.title)
        if error:
            if not isinstance(error, DataError):
                raise error
            if error.code == "halfway":
                return replace(self._store(push, read_image), error=error)
            return ProductPushResult(key=push.key, error=error)
        if push.document.external_id and push.document.external_id not in self.shop:
            return ProductPushResult(key=push.key, error=DataError("It is not there.", status=404), missing=True)
        return self._store(push, read_image)

    def _store(self, push, read_image):
        """Do what is asked for; what was created under the same key before is found again."""
        external_id = push.document.external_id or self.keys.setdefault(push.key, f"P{len(self.keys) + 1}")
        known = self.shop.get(external_id)
        images, image_ids = [], []
        for image in push.document.images or ():
            if image.checksum not in self.contents:
                self.contents[image.checksum] = read_image(image.checksum)
            image_id = image.external_id or f"{external_id}-I{image.checksum[:6]}"
            image_ids.append((image.checksum, image_id))
            images.append(Image(external_id=image_id, alt=image.alt, url=f"https://platform.example/{image_id}"))
        keys = dict(image_ids)
        variants = []
        for variant in push.document.variants:
            options = "/".join(value for _name, value in variant.options)
            variant_id = variant.external_id or f"{external_id}-V{options}"
            image = keys.get(variant.image, variant.image) if variant.image is not UNSET else UNSET
            variants.append(
                replace(variant, external_id=variant_id, inventory_external_id=f"{variant_id}-S", image=image)
            )
        document = replace(
            push.document,
            external_id=external_id,
            variants=tuple(variants),
            images=tuple(images) if push.document.images is not UNSET else UNSET,
            url=f"https://shop.example/{external_id}",
            updated_at=(known.updated_at if known else NOW) + timedelta(seconds=1),
        )
        self.shop[external_id] = document
        if self.brief:
            ids = tuple(Variant(external_id=variant.external_id, options=variant.options) for variant in variants)
            document = Product(external_id=external_id, variants=ids)
        return ProductPushResult(key=push.key, document=document, image_ids=tuple(image_ids))

    def _remove_products(self, backend, external_ids, *, delete):
        self.calls.append(("delete" if delete else "archive", *external_ids))
        for external_id in set(external_ids) - self.removal_errors.keys():
            if delete:
                self.shop.pop(external_id, None)
            elif external_id in self.shop:
                self.shop[external_id] = replace(self.shop[external_id], status="archived")
        return {key: error for key, error in self.removal_errors.items() if key in external_ids}

    @property
    def pushed(self):
        """The (title, sorted parts) of the products that were told, in order."""
        return [(call[1], sorted(call[2])) for call in self.calls if call[0] == "push"]


class ProductCase(EngineCase):
    """A connected channel that is told about products, and a product with four variants."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adapter = ProductAdapter()
        cls.startClassPatcher(
            patch.object(cls.registry["integration.backend"], "_adapter", lambda backend: cls.adapter)
        )
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.backend = cls.env["integration.backend"].browse(cls.backend.id)
        cls.backend.write({"state": "connected", "export_products": True})
        cls.exporter = cls.env["integration.product.exporter"]
        cls.bindings = cls.env["integration.binding.product"]
        cls.shirt = cls.make_shirt()
        cls.cup = cls.env["product.template"].create(
            {"name": "Cup", "default_code": "CUP", "list_price": 7.5, "weight": 0.25, "is_storable": True}
        )
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    def setUp(self):
        super().setUp()
        type(self).adapter = ProductAdapter()

    @classmethod
    def make_shirt(cls, name="Shirt"):
        attributes = cls.env["product.attribute"].create(
            [
                {"name": "Size", "value_ids": [Command.create({"name": "S"}), Command.create({"name": "M"})]},
                {"name": "Color", "value_ids": [Command.create({"name": "Red"}), Command.create({"name": "Blue"})]},
            ]
        )
        template = cls.env["product.template"].create(
            {
                "name": name,
                "list_price": 20,
                "attribute_line_ids": [
                    Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]})
                    for attribute in attributes
                ],
            }
        )
        for number, variant in enumerate(template.product_variant_ids):
            variant.default_code = f"{name.upper()}-{number}"
        return template

    def publish(self, templates, **values):
        """Publish `templates` on the channel, not pushed yet; return the bindings."""
        bindings = self.bindings.create(
            [{"backend_id": self.backend.id, "odoo_id": template.id, **values} for template in templates]
        )
        self.exporter._mark(bindings)
        return bindings

    def precommit(self):
        """Do what is done before a commit."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def push(self):
        """Run pushes until nothing waits; return the number of jobs it took."""
        jobs = 0
        self.precommit()
        while self.env["integration.change"]._count(self.backend, "product"):
            self.run_push()
            jobs += 1
        self.env.invalidate_all()
        return jobs

    def run_push(self):
        """Run one push job; return it."""
        self.precommit()
        job = self.env["sync.job"].sudo()._waiting(f"push_products:{self.backend.id}")
        job = job or self.backend._enqueue("push_products", identity_key=f"push_products:{self.backend.id}")
        run_queue_job(job)
        return job

    def marked(self):
        """Return the bindings that wait to be looked at by a push."""
        self.precommit()
        marks = self.env["integration.change"].search([("backend_id", "=", self.backend.id), ("kind", "=", "product")])
        return self.bindings.browse(sorted(set(marks.mapped("res_id"))))
