from dataclasses import replace
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.connector_base.transport import ConfigurationError, DataError, RateLimited, TransientError

from .common import run_queue_job
from .product_common import ProductCase, picture

PUSHER = "odoo.addons.connector_base.engine.product_pusher"


@tagged("post_install", "-at_install")
class TestProductPush(ProductCase):
    def variants_of(self, template):
        return self.env["integration.binding.variant"].search([("odoo_id.product_tmpl_id", "=", template.id)])

    def test_create(self):
        self.shirt.image_1920 = picture("red")
        binding = self.publish(self.shirt)
        self.push()
        [document] = self.adapter.shop.values()
        self.assertEqual((document.title, len(document.variants)), ("Shirt", 4))
        self.assertEqual((binding.external_id, binding.remote_status), ("P1", "active"))
        self.assertEqual(binding.remote_url, "https://shop.example/P1")
        self.assertFalse(binding.last_error)
        self.assertTrue(binding.pushed_at)
        bound = {variant.odoo_id: variant for variant in self.variants_of(self.shirt)}
        self.assertEqual(len(bound), 4)
        first = bound[self.shirt.product_variant_ids[0]]
        self.assertEqual((first.external_id, first.external_parent_id), ("P1-VS/Red", "P1"))
        self.assertEqual(first.inventory_external_id, "P1-VS/Red-S")
        [content] = self.adapter.contents.values()
        self.assertEqual(content[1:], ("image/png", content[2]))
        self.assertTrue(content[2].endswith(".png"))

    def test_nothing_is_told_twice(self):
        self.publish(self.shirt | self.cup)
        self.push()
        self.adapter.calls.clear()
        self.exporter._mark(self.bindings.search([("backend_id", "=", self.backend.id)]))
        self.push()
        self.assertEqual(self.adapter.calls, [])

    def test_one_change_is_one_call_with_what_changed(self):
        self.publish(self.shirt | self.cup)
        self.push()
        for change, part in (
            ({"list_price": 21}, "prices"),
            ({"name": "Polo Shirt"}, "basics"),
            ({"sale_ok": False}, "status"),
            ({"image_1920": picture("green")}, "images"),
        ):
            with self.subTest(part):
                self.adapter.calls.clear()
                self.shirt.write(change)
                self.assertEqual(self.push(), 1)
                self.assertEqual(self.adapter.pushed, [(self.shirt.name, [part])])
        self.assertEqual(self.adapter.shop["P1"].variants[3].price, Decimal(21))

    def test_what_is_changed_back_is_not_told(self):
        self.publish(self.cup)
        self.push()
        self.adapter.calls.clear()
        self.cup.name = "Mug"
        self.cup.name = "Cup"
        self.assertEqual(self.push(), 1)
        self.assertEqual(self.adapter.calls, [])

    def test_descriptions_of_pictures_are_the_platforms(self):
        self.cup.image_1920 = picture("red")
        binding = self.publish(self.cup)
        self.push()
        self.assertEqual([image.alt for image in self.adapter.shop["P1"].images], ["Cup"], "a new one is named")
        self.adapter.calls.clear()
        self.cup.name = "Mug"
        self.push()
        self.assertEqual(self.adapter.pushed, [("Mug", ["basics"])], "its pictures stay as they are")
        row = self.env["integration.binding.image"].search([("product_binding_id", "=", binding.id)])
        row.alt = "A mug on a table"  # somebody wrote it there
        further = self.env["integration.product.image"].create(
            {"product_tmpl_id": self.cup.id, "image_1920": picture("blue"), "name": "From behind"}
        )
        self.push()
        self.assertEqual([image.alt for image in self.adapter.shop["P1"].images], ["A mug on a table", "From behind"])
        further.name = "Its handle"
        self.push()
        self.assertEqual(self.adapter.shop["P1"].images[1].alt, "Its handle")
        self.adapter.calls.clear()
        self.exporter._mark(binding)
        self.push()
        self.assertFalse(self.adapter.pushed)

    def test_pictures_are_sent_once(self):
        self.shirt.image_1920 = picture("red")
        binding = self.publish(self.shirt)
        self.push()
        self.adapter.contents["sent before"] = True
        self.env["integration.product.pictures"]._picture_model().create(
            {"product_tmpl_id": self.shirt.id, "image_1920": picture("blue"), "name": "Back"}
        )
        self.push()
        self.assertEqual(len(self.adapter.contents), 3)
        known = self.env["integration.binding.image"].search([("product_binding_id", "=", binding.id)])
        self.assertEqual(len(known), 2)
        self.assertEqual(
            [image.external_id for image in self.adapter.shop["P1"].images], known.sorted("id").mapped("external_id")
        )
        self.shirt.image_1920 = False
        self.push()
        self.assertEqual(known.exists(), known[1])
        self.assertEqual(len(self.adapter.shop["P1"].images), 1)

    def test_variants_come_and_go(self):
        self.publish(self.shirt)
        self.push()
        size = self.shirt.attribute_line_ids[0]
        size.value_ids = [Command.create({"name": "L", "attribute_id": size.attribute_id.id})]
        self.push()
        self.assertEqual(len(self.adapter.shop["P1"].variants), 6)
        self.assertEqual(len(self.variants_of(self.shirt)), 6)
        gone = self.shirt.product_variant_ids[0]
        gone.active = False
        self.push()
        self.assertEqual(len(self.adapter.shop["P1"].variants), 5)
        self.assertNotIn(gone, self.variants_of(self.shirt).odoo_id)

    def test_a_refused_product_fails_alone(self):
        self.adapter.refuse["Cup"] = DataError("The SKU is taken.", remedy="Choose another one.")
        bindings = self.publish(self.cup | self.shirt)
        job = self.run_push()
        cup, shirt = bindings
        self.assertEqual((cup.last_error, cup.remedy), ("The SKU is taken.", "Choose another one."))
        self.assertEqual(shirt.external_id, "P1")
        self.assertEqual((job.items_done, job.items_failed, job.result), (1, 1, "Sent: 1, failed: 1"))
        [failed] = job.child_ids
        self.assertEqual((failed.document_name, failed.state, failed.operation), ("Cup", "failed", "push_product_ids"))
        self.adapter.refuse.clear()
        failed.action_retry()
        self.run_waiting(failed)
        self.assertEqual((failed.state, cup.external_id, cup.last_error), ("done", "P2", False))

    def run_waiting(self, job):
        run_queue_job(job)
        self.env.invalidate_all()

    def test_the_next_success_settles_a_failure(self):
        self.adapter.refuse["Cup"] = DataError("The SKU is taken.")
        binding = self.publish(self.cup)
        failed = self.run_push().child_ids
        self.adapter.refuse.clear()
        self.cup.default_code = "CUP-2"
        self.push()
        self.assertEqual((failed.state, binding.last_error), ("done", False))

    def test_a_change_that_is_taken_back_settles_its_failure(self):
        binding = self.publish(self.cup)
        self.push()
        self.adapter.refuse["Cup"] = DataError("The SKU is taken.")
        self.cup.default_code = "TAKEN"
        failed = self.run_push().child_ids
        self.assertEqual((failed.state, binding.last_error), ("failed", "The SKU is taken."))
        self.cup.default_code = "CUP"
        self.push()
        self.assertEqual((failed.state, binding.last_error), ("done", False))

    def test_refused_after_it_was_created(self):
        self.adapter.refuse["Shirt"] = DataError("A picture is broken.", code="halfway")
        self.shirt.image_1920 = picture("red")
        binding = self.publish(self.shirt)
        [failed] = self.run_push().child_ids
        self.assertEqual((binding.external_id, binding.last_error), ("P1", "A picture is broken."))
        self.assertEqual((failed.external_id, len(self.variants_of(self.shirt))), ("P1", 4))
        self.adapter.refuse.clear()
        self.adapter.calls.clear()
        failed.action_retry()
        self.run_waiting(failed)
        self.assertEqual((len(self.adapter.shop), binding.last_error, failed.state), (1, False, "done"))
        self.assertIn("images", self.adapter.pushed[0][1])

    @mute_logger(PUSHER)
    def test_a_programming_error_hits_one_product(self):
        self.adapter.refuse["Cup"] = KeyError("media")
        bindings = self.publish(self.cup | self.shirt)
        job = self.run_push()
        self.assertEqual((job.items_done, job.items_failed), (1, 1))
        self.assertEqual(job.child_ids.error_type, "bug")
        self.assertIn("media", bindings[0].last_error)
        self.assertEqual(bindings[1].remote_status, "active")

    def test_what_was_answered_before_an_error_is_kept(self):
        templates = self.env["product.template"].create([{"name": f"Plate {number}"} for number in range(5)])
        bindings = self.publish(templates)
        self.adapter.error, self.adapter.fail_after = RateLimited("Slow down.", retry_after=30), 2
        job = self.run_push()
        self.assertEqual(bindings.mapped("external_id"), ["P1", "P2", False, False, False])
        self.assertEqual(self.marked(), bindings[2:])
        self.assertEqual((job.state, job.items_done), ("pending", 2))
        self.assertTrue(job.eta)
        self.run_waiting(job)
        self.assertEqual(sorted(bindings.mapped("external_id")), ["P1", "P2", "P3", "P4", "P5"])
        self.assertEqual(len(self.adapter.shop), 5)
        self.assertEqual((job.state, job.items_done, job.items_total), ("done", 5, 5))

    def test_an_error_at_the_beginning_postpones_the_job(self):
        binding = self.publish(self.cup)
        self.adapter.error = TransientError("No answer.")
        with self.assertRaisesRegex(Exception, "No answer"):
            self.run_push()
        self.assertEqual((binding.external_id, len(self.adapter.shop)), (False, 0))

    def test_wrong_settings_stop_the_job(self):
        bindings = self.publish(self.cup | self.shirt)
        self.adapter.error, self.adapter.fail_after = ConfigurationError("No permission."), 1
        job = self.run_push()
        self.assertEqual(bindings.mapped("external_id"), ["P1", False])
        self.assertEqual(job.state, "pending")
        self.adapter.error, self.adapter.fail_after = ConfigurationError("No permission."), 0
        with self.assertRaisesRegex(Exception, "No permission"):
            self.run_waiting(job)

    def test_a_lost_answer_creates_nothing_twice(self):
        bindings = self.publish(self.cup | self.shirt)
        self.adapter.error, self.adapter.lost = TransientError("The line is dead."), 2
        with self.assertRaisesRegex(Exception, "The line is dead"):
            self.run_push()
        self.assertEqual(len(self.adapter.shop), 2, "the platform has done it")
        self.assertEqual(bindings.mapped("external_id"), [False, False])
        # as after the rollback of the job
        self.exporter._mark(bindings)
        self.push()
        self.assertEqual(len(self.adapter.shop), 2)
        self.assertEqual(bindings.mapped("external_id"), ["P1", "P2"])

    def test_many_products_are_one_job_with_progress(self):
        templates = self.env["product.template"].create([{"name": f"Plate {number}"} for number in range(130)])
        self.publish(templates)
        job = self.run_push()
        self.assertEqual((job.state, job.items_done, job.items_total), ("pending", 100, 130))
        self.run_waiting(job)
        self.assertEqual((job.state, job.items_done, job.items_total), ("done", 130, 130))
        self.assertEqual(len(self.adapter.shop), 130)

    # === TAKING OFF === #

    def test_archived_products_are_archived_there_and_come_back(self):
        binding = self.publish(self.cup)
        self.push()
        self.adapter.calls.clear()
        self.cup.active = False
        self.push()
        self.assertEqual(self.adapter.calls, [("archive", "P1")])
        self.assertEqual(binding.remote_status, "archived")
        self.cup.active = True
        self.push()
        self.assertEqual(self.adapter.pushed, [("Cup", ["status"])])
        self.assertEqual((binding.remote_status, self.adapter.shop["P1"].status), ("active", "active"))

    def test_products_are_deleted_where_the_channel_says_so(self):
        self.backend.product_removal = "delete"
        binding = self.publish(self.cup)
        self.push()
        binding.wanted = "removed"
        self.push()
        self.assertEqual((self.adapter.shop, binding.remote_status), ({}, "deleted"))
        self.adapter.calls.clear()
        self.cup.name = "Mug"
        self.push()
        self.assertEqual(self.adapter.calls, [])

    def test_products_stay_where_the_channel_says_so(self):
        self.backend.product_removal = "nothing"
        self.publish(self.cup)
        self.push()
        self.adapter.calls.clear()
        self.cup.active = False
        self.push()
        self.assertEqual(self.adapter.calls, [])

    def test_deleted_here(self):
        self.publish(self.cup | self.shirt)
        self.push()
        self.adapter.calls.clear()
        (self.cup | self.shirt).unlink()
        job = self.env["sync.job"].search([("operation", "=", "remove_products")])
        self.adapter.removal_errors = {"P2": DataError("It is in a bundle.")}
        self.run_waiting(job)
        self.assertEqual(self.adapter.calls, [("archive", "P1", "P2")])
        self.assertEqual((job.items_done, job.items_failed, job.child_ids.last_error), (1, 1, "It is in a bundle."))
        self.adapter.removal_errors.clear()
        job.child_ids.action_retry()
        self.run_waiting(job.child_ids)
        self.assertEqual(self.adapter.shop["P2"].status, "archived")

    def test_a_removal_that_is_refused(self):
        binding = self.publish(self.cup)
        self.push()
        self.adapter.removal_errors = {"P1": DataError("It is in a bundle.", remedy="Take it out.")}
        self.cup.active = False
        self.push()
        self.assertEqual((binding.last_error, binding.remote_status), ("It is in a bundle.", "active"))

    def test_deleted_there(self):
        binding = self.publish(self.cup)
        self.push()
        self.adapter.shop.clear()
        self.cup.name = "Mug"
        self.push()
        self.assertEqual(binding.remote_status, "deleted")
        self.assertIn("deleted there", binding.last_error)
        self.adapter.calls.clear()
        self.cup.name = "Beaker"
        self.push()
        self.assertEqual(self.adapter.calls, [], "somebody has to decide")

    def test_without_variants(self):
        made_to_order = self.env["product.attribute"].create(
            {"name": "Width", "create_variant": "dynamic", "value_ids": [Command.create({"name": "1 m"})]}
        )
        line = {"attribute_id": made_to_order.id, "value_ids": [Command.set(made_to_order.value_ids.ids)]}
        desk = self.env["product.template"].create({"name": "Desk", "attribute_line_ids": [Command.create(line)]})
        desk.product_variant_ids.unlink()
        binding = self.publish(desk)
        self.push()
        self.assertIn("no variant", binding.last_error)
        self.assertEqual(self.adapter.calls, [])

    def test_platform_fields_are_sent_when_the_product_is_new_only(self):
        self.backend.field_rule_ids = [Command.create({"field": "title", "owner": "platform"})]
        self.publish(self.cup)
        self.push()
        self.assertEqual(self.adapter.shop["P1"].title, "Cup")
        self.adapter.calls.clear()
        self.cup.name = "Mug"
        self.push()
        self.assertEqual(self.adapter.calls, [])

    def test_parts_the_platform_does_not_know_are_not_sent(self):
        self.adapter.parts = frozenset({"basics", "variants", "prices"})
        self.publish(self.cup)
        self.push()
        self.assertEqual(self.adapter.pushed, [("Cup", ["basics", "prices", "variants"])])
        self.adapter.calls.clear()
        self.cup.sale_ok = False
        self.push()
        self.assertEqual(self.adapter.calls, [])

    def test_the_platforms_own_way_of_writing_is_no_difference(self):
        binding = self.publish(self.cup)
        self.push()
        there = self.adapter.shop["P1"]
        self.adapter.shop["P1"] = replace(there, title="CUP")
        self.exporter._mark(binding)
        self.adapter.calls.clear()
        self.push()
        self.assertEqual(self.adapter.calls, [])

    def test_a_product_that_is_bound_twice(self):
        first, second = self.publish(self.cup), self.publish(self.cup, external_id="P9")
        self.push()
        self.adapter.shop["P9"] = self.adapter.shop["P1"]
        self.assertEqual(second.remote_status, "deleted", "it was not there at first")
        second.write({"remote_status": "active", "last_error": False})
        self.adapter.calls.clear()
        self.cup.name = "Mug"
        self.push()
        self.assertEqual({document.title for document in self.adapter.shop.values()}, {"Mug"})
        self.assertEqual(len({self.exporter._key(first), self.exporter._key(second)}), 2)

    def test_switched_off(self):
        self.publish(self.cup)
        self.backend.export_products = False
        job = self.backend._enqueue("push_products")
        self.run_waiting(job)
        self.assertEqual(self.adapter.calls, [])
        self.assertIn("no products", job.result)
        self.assertFalse(self.marked(), "nothing waits for a push that would never come")
