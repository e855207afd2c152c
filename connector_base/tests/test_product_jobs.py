import base64
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..canonical import Category, Channel
from ..engine import product_importer
from ..transport import DataError, WebhookEnvelope
from .order_common import PLACED
from .product_in_common import ProductCase, make_grid, make_picture, make_product, make_variant


@tagged("post_install", "-at_install")
class TestProductJobs(ProductCase):
    def run_all(self, *operations):
        """Run the waiting jobs of `operations`, and what they queue, to the end; return the jobs that ran."""
        ran = self.env["sync.job"]
        while True:
            jobs = self.env["sync.job"].search(
                [("backend_id", "=", self.backend.id), ("operation", "in", operations), ("state", "=", "pending")],
                order="id",
            )
            if not jobs:
                return ran
            for job in jobs:
                queued = job.queue_job_id
                arguments = job.arguments or {}
                getattr(job._as_worker(), f"_run_{job.operation}")(**arguments)
                queued.write({"state": "done"})
                ran |= job

    def event(self, external_id, topic="products/update", resource="product"):
        events = self.env["integration.webhook.event"]
        envelope = WebhookEnvelope(
            event_id=f"e{events.search_count([])}",
            topic=topic,
            resource=resource,
            external_id=external_id,
            updated_at=PLACED,
        )
        events._store(self.backend, envelope, b"{}")
        return events.search([("event_id", "=", envelope.event_id), ("backend_id", "=", self.backend.id)])

    def drain(self):
        self.backend._ensure_drain()
        job = self.env["sync.job"]._waiting(f"drain_webhooks:{self.backend.id}")
        job._run_drain_webhooks()
        return job

    def test_pages_cursor_and_progress(self):
        self.adapter.products = {str(n): make_product(str(n), n) for n in range(5)}
        action = self.backend.action_import_products()
        job = self.env["sync.job"].browse(action["res_id"])
        self.run_all("import_products")
        self.assertEqual([page for _call, page in self.adapter.calls], [None, "2", "4"])
        self.assertEqual((job.items_total, job.items_done, job.items_failed), (5, 5, 0))
        self.assertIn("5 created", job._outcome_summary())
        cursor = self.backend._cursor("products")
        self.assertTrue(cursor.value)
        self.assertIn("5", cursor.last_result)
        self.assertTrue(self.env["sync.job"]._waiting(f"import_categories:{self.backend.id}"))
        self.backend.action_import_products()
        self.run_all("import_products")
        self.assertEqual(len(self.env["integration.binding.product"].search([("backend_id", "=", self.backend.id)])), 5)

    def test_switched_off(self):
        self.backend.import_products = False
        with self.assertRaises(UserError):
            self.backend.action_import_products()
        event = self.event("1")
        self.drain()
        self.assertEqual(event.state, "ignored")
        cursor = self.backend._cursor("products")
        self.env["integration.cursor"]._cron_poll()
        self.assertFalse(cursor.sync_job_id)
        self.backend.import_products = True
        self.env["integration.cursor"]._cron_poll()
        self.assertTrue(cursor.sync_job_id)

    def test_failed_products_are_jobs_of_their_own(self):
        bad = make_product("2", variants=[make_variant("A", options=[("Size", "S")]), make_variant("B")])
        self.adapter.products = {"1": make_product("1"), "2": bad}
        self.backend._enqueue("import_product_ids", arguments={"external_ids": ["1", "2"]})
        [job] = self.run_all("import_product_ids")
        child = job.child_ids
        self.assertRecordValues(
            child,
            [{"external_id": "2", "operation": "import_product_ids", "state": "failed", "document_name": "Product 2"}],
        )
        self.adapter.products["2"] = make_product("2")
        self.backend._enqueue("import_product_ids", arguments={"external_ids": ["2"]})
        self.run_all("import_product_ids")
        self.assertEqual(child.state, "done")

    def test_to_decide_is_counted(self):
        self.adapter.products = {"1": make_product("1", variants=[make_variant("A", sku="")])}
        self.backend._enqueue("import_product_ids", arguments={"external_ids": ["1"]})
        [job] = self.run_all("import_product_ids")
        self.assertIn("1 to be decided", job._outcome_summary())
        self.assertEqual(self.backend.product_conflict_count, 1)
        job._fail_document("2", DataError("Broken."), operation="import_product_ids")
        self.adapter.products = {"2": make_product("2", variants=[make_variant("B", sku="")])}
        self.backend._enqueue("import_product_ids", arguments={"external_ids": ["2"]})
        self.run_all("import_product_ids")
        self.assertEqual(job.child_ids.state, "done", "a question is no failure")
        self.assertEqual(self.backend.action_open_product_conflicts()["res_model"], "integration.product.conflict")

    def test_busy_products_are_left_to_a_later_job(self):
        @contextmanager
        def held(*keys):
            held_keys = {product_importer.product_key(self.backend, key) for key in keys}
            with patch.object(product_importer, "try_lock", lambda cr, keys: set(keys) - held_keys):
                yield

        self.adapter.products = {key: make_product(key) for key in "12"}
        job = self.backend._enqueue("import_product_ids", arguments={"external_ids": ["1", "2"]})
        with held("2"):
            job._run_import_product_ids(**job.arguments)
        self.assertTrue(self.binding_of("1"))
        self.assertFalse(self.binding_of("2"))
        job.queue_job_id.write({"state": "done"})
        [later] = self.run_all("import_product_ids")
        self.assertEqual(later.arguments, {"external_ids": ["2"]})
        self.assertTrue(self.binding_of("2"))

    def test_events(self):
        self.adapter.products = {"1": make_product("1")}
        known, unknown, nameless = self.event("1"), self.event("7"), self.event("")
        self.drain()
        self.assertEqual((known.state, unknown.state, nameless.state), ("done", "ignored", "failed"))
        self.assertTrue(self.binding_of("1"))
        with patch.object(
            type(self.adapter), "_parse_product_event", side_effect=DataError("Broken.", external_id="1")
        ):
            broken = self.event("1")
            job = self.drain()
        self.assertEqual(broken.state, "failed")
        self.assertEqual(job.child_ids.operation, "import_product_ids")

    def test_deleted_on_the_platform(self):
        outcomes = {"keep": (True, True), "unsell": (True, False), "archive": (False, True)}
        for number, (policy, outcome) in enumerate(outcomes.items()):
            with self.subTest(policy):
                self.backend.product_gone = policy
                template = self.import_product(make_product(str(number)))
                event = self.event(str(number), "products/delete")
                self.drain()
                binding = self.binding_of(str(number))
                self.assertEqual((event.state, binding.remote_status), ("done", "deleted"))
                self.assertEqual((template.active, template.sale_ok), outcome)
                variants = template.with_context(active_test=False).product_variant_ids
                self.assertFalse(variants.integration_variant_binding_ids)
        shared = self.import_product(make_product("9"))
        self.env["integration.binding.product"].create(
            {"backend_id": self.backend.copy({"name": "Other"}).id, "external_id": "9", "odoo_id": shared.id}
        )
        self.event("9", "products/delete")
        self.drain()
        self.assertTrue(shared.active, "sold elsewhere too")

    def test_missing_when_read_by_id_is_deleted(self):
        self.import_product(make_product("1"))
        self.backend._enqueue("import_product_ids", arguments={"external_ids": ["1"]})
        self.run_all("import_product_ids")
        self.assertEqual(self.binding_of("1").remote_status, "deleted")
        self.import_product(make_product("1", 5))
        self.assertEqual(self.binding_of("1").remote_status, "active", "restored")

    def test_categories(self):
        self.adapter.categories = [
            Category(external_id="C2", name="Balls", parent_external_id="C1", handle="balls"),
            Category(external_id="C1", name="Sport", automatic=True),
        ]
        self.adapter.channels = (Channel(external_id="W", name="Online Store"),)
        self.backend.action_import_categories()
        self.run_all("import_categories")
        category = self.env["integration.category"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual(category.mapped("complete_name"), ["Sport", "Sport / Balls"])
        self.assertEqual(self.env["integration.channel"].search([]).mapped("name"), ["Online Store"])
        self.adapter.categories = [Category(external_id="C2", name="Rackets")]
        event = self.event("C2", resource="category")
        self.drain()
        self.assertEqual(event.state, "done")
        self.run_all("import_categories")
        category = self.env["integration.category"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual(category.mapped("complete_name"), ["Rackets"], "what is gone is archived")

    # === PICTURES === #

    def picture_calls(self):
        return sum(call == "picture" for call, _details in self.adapter.calls)

    def with_pictures(self, *colors, minutes=0, **variants):
        pictures = {color: make_picture(color) for color in colors}
        for content, image in pictures.values():
            self.adapter.pictures[image.url] = content
        grid = make_grid("1", images=tuple(image for _content, image in pictures.values()), minutes=minutes)
        shown = []
        for variant in grid.variants:
            name = variant.external_id.rpartition("-")[2]
            shown.append(replace(variant, image=pictures[variants[name]][1].key) if name in variants else variant)
        return replace(grid, variants=tuple(shown))

    def further(self, template):
        return self.env["integration.product.pictures"]._pictures(template)

    def test_pictures(self):
        template = self.import_product(self.with_pictures("red", "blue", "green", Blue="blue"))
        self.assertTrue(self.binding_of("1").images_due)
        self.assertEqual(self.picture_calls(), 0, "not while products are imported")
        self.run_all("import_product_images")
        self.assertEqual(self.picture_calls(), 3)
        self.assertTrue(template.image_1920)
        further = self.further(template)
        self.assertEqual(further.mapped("name"), ["blue", "green"])
        blue = [variant for name, variant in self.variants(template).items() if "Blue" in name]
        self.assertEqual(set(further[0].product_variant_ids), set(blue))
        self.assertTrue(all(variant.image_variant_1920 for variant in blue))
        rows = self.env["integration.binding.image"].search([("product_binding_id", "=", self.binding_of("1").id)])
        checksums = self.env["integration.product.image"]._image_checksums(template | template.browse())
        self.assertEqual(rows.sorted("sequence")[0].checksum, checksums[template.id])
        self.assertFalse(self.binding_of("1").images_due)

        self.import_products(self.with_pictures("blue", "red", "green", minutes=1, Blue="blue"))
        self.run_all("import_product_images")
        self.assertEqual(self.picture_calls(), 3, "another order needs no content")
        self.assertEqual(self.further(template).mapped("name"), ["red", "green"])
        self.assertFalse(any(variant.image_variant_1920 for variant in blue), "they show the product's now")

        self.import_products(self.with_pictures("blue", minutes=2))
        self.assertFalse(self.further(template))
        self.import_products(self.with_pictures(minutes=3))
        self.assertFalse(template.image_1920)

    def test_pictures_that_the_platform_is_still_processing(self):
        document = self.with_pictures("red", "blue")
        ready = document.images
        now = datetime.now(timezone.utc)
        unready = (ready[0], replace(ready[1], url=""))
        self.adapter.products["1"] = replace(document, images=unready, updated_at=now)
        template = self.import_product(self.adapter.products["1"])
        [job] = self.run_all("import_product_images")
        self.assertEqual((self.picture_calls(), len(self.further(template)), job.items_failed), (1, 0, 0))
        self.assertTrue(self.binding_of("1").images_due)
        again = self.env["sync.job"].search([("operation", "=", "import_product_ids"), ("state", "=", "pending")])
        self.assertGreater(again.eta, fields.Datetime.now())
        again._run_import_product_ids(**again.arguments)
        self.assertEqual(len(self.run_all("import_product_images")), 1, "nothing new yet: it is tried again")
        self.adapter.products["1"] = replace(document, images=ready, updated_at=now)
        again._run_import_product_ids(**again.arguments)
        self.run_all("import_product_images")
        self.assertEqual((self.picture_calls(), len(self.further(template))), (2, 1))
        self.assertFalse(self.binding_of("1").images_due)

    def test_pictures_that_are_never_ready(self):
        document = self.with_pictures("red")
        self.adapter.products["1"] = replace(document, images=(replace(document.images[0], url=""),))
        self.import_product(self.adapter.products["1"])  # it changed long ago
        self.run_all("import_product_images")
        self.assertFalse(self.env["sync.job"].search([("operation", "=", "import_product_ids")]))

    def test_big_pictures_and_bad_ones(self):
        content, image = make_picture("red", size=(2200, 100))
        self.adapter.pictures[image.url] = content
        bad, gone = make_picture("blue")[1], make_picture("green")[1]
        self.adapter.pictures[bad.url] = b"no picture"
        template = self.import_product(make_product("1", images=(gone, bad, image)))
        [job] = self.run_all("import_product_images")
        self.assertTrue(template.image_1920, "the first that can be read")
        self.assertEqual(job.items_failed, 1)
        self.assertEqual(job.child_ids.mapped("operation"), ["import_product_images"])
        rows = self.env["integration.binding.image"].search([("product_binding_id.odoo_id", "=", template.id)])
        self.assertEqual(len(rows.filtered("checksum")), 1)
        self.assertEqual(
            rows.filtered("checksum").checksum,
            self.env["integration.product.image"]._image_checksums(template)[template.id],
        )
        self.adapter.calls.clear()
        self.import_products(make_product("1", 1, images=(image,)))
        self.run_all("import_product_images")
        self.assertEqual(self.picture_calls(), 0, "made smaller, and known all the same")
        self.assertEqual(job.child_ids.state, "done", "all that are there now are read")

    def test_a_picture_that_failed_is_read_by_a_retry(self):
        content, image = make_picture("red")
        template = self.import_product(make_product("1", images=(image,)))
        [job] = self.run_all("import_product_images")
        self.assertFalse(template.image_1920)
        with self.assertRaises(DataError):
            job.child_ids._run_import_product_images(external_ids=["1"])
        self.adapter.pictures[image.url] = content
        job.child_ids._run_import_product_images(external_ids=["1"])
        self.assertTrue(template.image_1920)

    def test_a_picture_with_new_content_replaces_the_old_one(self):
        (red, first), (blue, second), (green, _third) = (make_picture(color) for color in ("red", "blue", "green"))
        self.adapter.pictures.update({first.url: red, second.url: blue})
        template = self.import_product(make_product("1", images=(first, second)))
        self.run_all("import_product_images")
        old = self.further(template)
        changed = replace(second, url=f"{second.url}?v=2")
        self.adapter.pictures[changed.url] = green
        self.import_products(make_product("1", 1, images=(first, changed)))
        self.run_all("import_product_images")
        self.assertEqual(self.picture_calls(), 3)
        self.assertFalse(old.exists())
        self.assertEqual(base64.b64decode(self.further(template).image_1920), green)
        same = replace(changed, url=f"{second.url}?v=3")
        self.adapter.pictures[same.url] = green
        known = self.further(template)
        self.import_products(make_product("1", 2, images=(first, same)))
        self.run_all("import_product_images")
        self.assertEqual(self.further(template), known)

    def test_pictures_of_staff_stay(self):
        template = self.import_product(self.with_pictures("red"))
        self.run_all("import_product_images")
        own = (
            self.env["integration.product.pictures"]
            ._picture_model()
            .create({"product_tmpl_id": template.id, "name": "Ours", "image_1920": template.image_1920})
        )
        own.image_1920 = base64.b64encode(make_picture("black")[0])
        self.import_products(self.with_pictures("red", "blue", minutes=60 * 24 * 365 * 20))
        self.run_all("import_product_images")
        self.assertIn(own, self.further(template))
        self.assertEqual(len(self.further(template)), 2)

    def test_many_pictures_are_read_in_several_jobs(self):
        contents = {}
        for number in range(3):
            pictures = [make_picture(color) for color in ("red", "blue")]
            contents.update({image.url: content for content, image in pictures})
            self.import_product(make_product(str(number), images=tuple(image for _content, image in pictures)))
        self.adapter.pictures = contents
        with patch("odoo.addons.connector_base.models.sync_job_product_images.CHUNK", 2):
            job = self.backend._enqueue("import_product_images", arguments={"external_ids": ["0", "1", "2"]})
            job._run_import_product_images(**job.arguments)
            self.assertEqual(job.arguments, {"external_ids": ["1", "2"]})
            self.assertEqual((job.items_total, job.items_done), (3, 1))
