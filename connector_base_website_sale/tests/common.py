"""A platform whose products come in and go out, beside Odoo's eCommerce."""

from unittest import SkipTest
from unittest.mock import patch

from odoo.addons.connector_base.tests import product_common, product_in_common
from odoo.addons.connector_base.tests.common_jobs import run_queue_job


class ShopAdapter(product_common.ProductAdapter, product_in_common.ProductAdapter):
    """Speaks a platform with products in `shop`, both ways."""

    def __init__(self):
        product_in_common.ProductAdapter.__init__(self)
        product_common.ProductAdapter.__init__(self)
        self.products = self.shop

    def _capabilities(self):
        return frozenset({"orders_in", "products_in", "products_out"})


class WebsiteCase(product_in_common.ProductCase):
    """A channel that products are imported from and pushed to; `pushed` says what it was told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "connector_base_website_sale" not in cls.registry._init_modules:
            raise SkipTest("needs website_sale, and connector_base_website_sale with it")
        cls.adapter = ShopAdapter()
        cls.startClassPatcher(
            patch.object(cls.registry["integration.backend"], "_adapter", lambda backend: cls.adapter)
        )
        cls.backend.export_products = True
        cls.env["integration.change"].search([]).unlink()

    def store_categories(self, *documents, backend=None):
        job = (backend or self.backend)._enqueue("import_categories")
        job._store_categories(documents)

    def category(self, external_id, backend=None):
        return self.env["integration.category"].search(
            [("external_id", "=", external_id), ("backend_id", "=", (backend or self.backend).id)]
        )

    def put_in_shop(self, document):
        """Have the platform hold `document`, and Odoo import it with its pictures; return the template."""
        self.adapter.shop[document.external_id] = document
        template = self.import_product(document)
        for job in self.env["sync.job"].search(
            [("backend_id", "=", self.backend.id), ("operation", "=", "import_product_images")]
        ):
            run_queue_job(job)
        self.env.invalidate_all()
        return template

    def push(self):
        """Push what waits on the channel; return the sorted parts of each product that was told."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.adapter.calls.clear()
        if self.env["integration.change"]._count(self.backend, "product"):
            waiting = self.env["sync.job"].sudo()._waiting(f"push_products:{self.backend.id}")
            run_queue_job(waiting or self.backend._enqueue("push_products"))
        self.env.invalidate_all()
        return [parts for _title, parts in self.adapter.pushed]
