from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.connector_base.transport import DataError
from odoo.addons.queue_job.job import Job

from .common import run_queue_job
from .product_common import ProductCase


@tagged("post_install", "-at_install")
class TestProductPublish(ProductCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_manager, cls.integration_user, cls.salesman = cls.env["res.users"].create(
            [
                {
                    "name": name,
                    "login": f"publish_{name}",
                    "group_ids": [Command.set([cls.env.ref(group).id for group in groups])],
                }
                for name, groups in (
                    ("product manager", ("sales_team.group_sale_salesman", "product.group_product_manager")),
                    ("integration user", ("connector_base.group_integration_user",)),
                    ("salesman", ("sales_team.group_sale_salesman",)),
                )
            ]
        )
        cls.store, cls.pos = cls.env["integration.channel"].create(
            [
                {"backend_id": cls.backend.id, "external_id": "W1", "name": "Online Store", "publish": True},
                {"backend_id": cls.backend.id, "external_id": "W2", "name": "Point of Sale"},
            ]
        )
        cls.category = cls.env["integration.category"].create(
            {"backend_id": cls.backend.id, "external_id": "C1", "name": "Kitchen"}
        )

    def preview(self, wizard):
        """Look at what would be sent; in the test's own transaction, rolled back to where it was."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            wizard.action_preview()

    def wizard(self, templates, purpose="publish", user=None, **values):
        action = templates.with_user(user or self.env.user)._integration_open_publish(purpose)
        wizard = self.env[action["res_model"]].with_user(user or self.env.user).browse(action["res_id"])
        wizard.write(values)
        return wizard

    def bound(self, template):
        return self.bindings.search([("odoo_id", "=", template.id), ("backend_id", "=", self.backend.id)])

    def run_job(self, operation):
        job = self.env["sync.job"].search([("operation", "=", operation)], order="id desc", limit=1)
        run_queue_job(job)
        self.env.invalidate_all()
        return job

    # === WIZARD === #

    def test_publish(self):
        for user in (self.product_manager, self.integration_user):
            with self.subTest(user.name):
                template = self.env["product.template"].create({"name": user.name})
                wizard = self.wizard(template, user=user, category_ids=[Command.set(self.category.ids)])
                self.assertEqual((wizard.backend_id, wizard.channel_ids), (self.backend, self.store))
                wizard.action_apply()
                binding = self.bound(template)
                self.assertEqual(
                    (binding.sync_state, binding.channel_ids, binding.category_ids),
                    ("waiting", self.store, self.category),
                )
                self.run_job("push_products")
                self.assertEqual((binding.sync_state, binding.remote_status), ("live", "active"))
                document = self.adapter.shop[binding.external_id]
                self.assertEqual((document.channel_ids, document.category_ids), (("W1",), ("C1",)))

    def test_who_may_not(self):
        with self.assertRaises(AccessError):
            self.wizard(self.cup, user=self.salesman)
        binding = self.publish(self.cup)
        with self.assertRaises(AccessError):
            binding.with_user(self.salesman).action_update_now()
        self.assertEqual(self.cup.with_user(self.salesman).integration_binding_ids.sync_state, "waiting")

    def test_change_what_is_published(self):
        binding = self.publish(self.cup, channel_ids=[Command.set(self.store.ids)])
        self.push()
        action = binding.with_user(self.product_manager).action_change()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.channel_ids, self.store)
        wizard.write({"channel_ids": [Command.set(self.pos.ids)], "wanted": "draft"})
        wizard.action_apply()
        self.push()
        self.assertEqual(self.adapter.shop["P1"].channel_ids, ("W2",))
        self.assertEqual((binding.remote_status, binding.sync_state), ("draft", "draft"))

    def test_several_products_keep_what_they_have(self):
        self.publish(self.cup, channel_ids=[Command.set(self.pos.ids)])
        self.push()
        self.wizard(self.cup | self.shirt).action_apply()
        self.assertEqual(self.bound(self.cup).channel_ids, self.store | self.pos)
        self.assertEqual(self.bound(self.shirt).channel_ids, self.store)

    def test_preview_of_something_new(self):
        wizard = self.wizard(self.cup | self.shirt)
        self.preview(wizard)
        self.assertEqual(wizard.line_ids.mapped("outcome"), ["created", "created"])
        for text in ("Cup", "7.50", "Online Store", "CUP"):
            self.assertIn(text, wizard.line_ids[0].changes)
        self.assertEqual((self.adapter.calls, self.bound(self.cup)), ([], self.bindings))

    def test_preview_of_a_change(self):
        self.publish(self.cup | self.shirt)
        self.push()
        self.adapter.calls.clear()
        self.cup.write({"name": "Mug", "list_price": 9})
        wizard = self.wizard(self.cup | self.shirt, purpose="update")
        self.preview(wizard)
        self.assertEqual(dict(zip(wizard.line_ids.product_tmpl_id, wizard.line_ids.mapped("outcome"), strict=True)),
                         {self.cup: "updated", self.shirt: "unchanged"})  # fmt: skip
        changes = wizard.line_ids.filtered(lambda line: line.product_tmpl_id == self.cup).changes
        for text in ("<del>Cup</del>", "Mug", "<del>7.5</del>", "<td>9</td>"):
            self.assertIn(text, changes)
        self.assertEqual([call[0] for call in self.adapter.calls], ["read"])
        wizard.action_apply()
        self.run_job("push_products")
        self.assertEqual(self.adapter.pushed, [("Mug", ["basics", "prices"])])

    def test_preview_of_what_was_deleted_there(self):
        self.publish(self.cup | self.shirt)
        self.push()
        del self.adapter.shop["P1"]
        self.cup.name = "Mug"
        wizard = self.wizard(self.cup | self.shirt, purpose="update", everything=True)
        self.preview(wizard)
        self.assertEqual(set(wizard.line_ids.mapped("outcome")), {"missing", "unchanged"})

    def test_send_everything_again(self):
        self.publish(self.cup)
        self.push()
        self.adapter.calls.clear()
        self.wizard(self.cup, purpose="update", everything=True).action_apply()
        self.push()
        [(_title, parts)] = self.adapter.pushed
        self.assertIn("basics", parts)
        self.assertIn("prices", parts)

    def test_take_off(self):
        binding = self.publish(self.cup)
        self.push()
        self.wizard(self.cup | self.shirt, purpose="remove", user=self.product_manager).action_apply()
        self.push()
        self.assertEqual((self.adapter.shop["P1"].status, binding.sync_state), ("archived", "removed"))
        self.assertFalse(self.bound(self.shirt))

    def test_a_channel_that_is_not_told_of_removals(self):
        self.backend.product_removal = "nothing"
        binding = self.publish(self.cup)
        self.push()
        for act in (binding.action_take_off, self.wizard(self.cup, purpose="remove").action_apply):
            with self.assertRaisesRegex(UserError, "archived or deleted"):
                act()
        self.assertEqual(binding.wanted, "published")

    def test_nothing_to_update(self):
        with self.assertRaisesRegex(UserError, "None of these products"):
            self.wizard(self.cup, purpose="update").action_apply()

    def test_products_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.cup.company_id = other
        with self.assertRaisesRegex(UserError, "another company"):
            self.wizard(self.cup).action_apply()

    def test_no_channel_is_told(self):
        self.backend.export_products = False
        self.env["integration.backend"].search([]).export_products = False
        with self.assertRaisesRegex(UserError, "Export Products"):
            self.wizard(self.cup)

    # === BUTTONS === #

    def test_update_now(self):
        binding = self.publish(self.cup)
        self.push()
        self.adapter.calls.clear()
        binding.with_user(self.product_manager).action_update_now()
        job = self.run_job("push_product_ids")
        self.assertEqual((job.external_id, job.res_model, job.record_id), ("P1", "product.template", self.cup.id))
        self.assertEqual(len(self.adapter.pushed), 1)
        self.assertEqual(self.cup.with_user(self.product_manager).integration_job_count, 1)

    def test_update_now_says_what_is_wrong(self):
        binding = self.publish(self.cup)
        self.push()
        self.adapter.refuse["Cup"] = DataError("The SKU is taken.", remedy="Choose another one.")
        binding.action_update_now()
        job = self.env["sync.job"].search([("operation", "=", "push_product_ids")])
        queued = Job.load(self.env, job.queue_job_id.uuid)
        error = DataError("The SKU is taken.", remedy="Choose another one.")
        queued.set_failed(exc_info="", exc_name="DataError", exc_message="The SKU is taken.")
        queued.store()
        try:
            raise error
        except DataError:
            queued.on_fail({"exc_info": "", "exc_name": "DataError", "exc_message": "The SKU is taken."})
        self.assertEqual((job.state, job.last_error), ("failed", "The SKU is taken."))
        self.assertEqual((binding.last_error, binding.remedy), ("The SKU is taken.", "Choose another one."))

    def test_off_and_on_again(self):
        binding = self.publish(self.cup).with_user(self.product_manager)
        self.push()
        binding.action_take_off()
        self.push()
        self.assertEqual(binding.sync_state, "removed")
        binding.action_put_back()
        self.push()
        self.assertEqual((binding.sync_state, self.adapter.shop["P1"].status), ("live", "active"))

    def deleted_there(self):
        binding = self.publish(self.shirt)
        self.push()
        self.adapter.shop.clear()
        self.shirt.name = "Polo"
        self.push()
        self.assertEqual(binding.sync_state, "deleted")
        return binding.with_user(self.product_manager)

    def test_publish_again(self):
        binding = self.deleted_there()
        self.adapter.keys.clear()
        binding.action_publish_again()
        self.assertEqual(binding.sync_state, "waiting")
        self.push()
        self.assertEqual((binding.sync_state, len(self.adapter.shop)), ("live", 1))
        variants = self.env["integration.binding.variant"].search(
            [("odoo_id", "in", self.shirt.product_variant_ids.ids)]
        )
        self.assertEqual(len(variants), 4)

    def test_forget(self):
        binding = self.deleted_there()
        binding.action_forget()
        self.assertFalse(self.bound(self.shirt))
        self.assertFalse(self.env["integration.binding.variant"].search([("external_parent_id", "=", "P1")]))

    def test_buttons_of_a_channel_that_is_not_told(self):
        binding = self.publish(self.cup)
        self.backend.export_products = False
        with self.assertRaisesRegex(UserError, "Export Products"):
            binding.action_update_now()

    def test_send_all_changes(self):
        self.publish(self.cup)
        self.push()
        self.adapter.calls.clear()
        self.backend.action_send_all_products()
        job = self.run_job("push_products")
        self.assertEqual((job.result, self.adapter.calls), ("nothing to send: 1", []))

    # === WHAT PEOPLE SEE === #

    def test_states_can_be_searched(self):
        self.adapter.refuse["Cup"] = DataError("The SKU is taken.")
        cup, shirt = self.publish(self.cup | self.shirt)
        waiting = self.bindings.create(
            {"backend_id": self.backend.id, "odoo_id": self.env["product.template"].create({"name": "Plate"}).id}
        )
        self.precommit()
        self.env["integration.change"].search([("res_id", "=", waiting.id)]).unlink()
        self.push()
        drafts = self.bindings.create(
            [
                {
                    "backend_id": self.backend.id,
                    "odoo_id": self.env["product.template"].create({"name": status}).id,
                    "external_id": status,
                    "remote_status": status,
                    "wanted": wanted,
                }
                for status, wanted in (("draft", "published"), ("archived", "removed"), ("deleted", "published"))
            ]
        )
        states = ("failed", "live", "waiting", "draft", "removed", "deleted")
        expected = dict(zip(cup | shirt | waiting | drafts, states, strict=True))
        for binding, state in expected.items():
            with self.subTest(state):
                self.assertEqual(binding.sync_state, state)
                found = self.bindings.search([("sync_state", "=", state), ("backend_id", "=", self.backend.id)])
                self.assertEqual(found, binding)
        templates = self.env["product.template"].with_user(self.salesman)
        domain = [("integration_binding_ids.sync_state", "in", ("failed", "deleted"))]
        self.assertEqual(set(templates.search(domain).ids), set((cup | drafts[2]).odoo_id.ids))
        self.assertEqual(self.cup.with_user(self.salesman).integration_sync_state, "failed")
        self.assertEqual(self.cup.with_user(self.salesman).integration_channel_names, "Test shop")

    def test_forms_open(self):
        self.publish(self.cup)
        for user in (self.salesman, self.product_manager, self.integration_user):
            for view_type in ("form", "list", "search", "kanban"):
                self.env["product.template"].with_user(user).get_view(view_type=view_type)
        arch = self.env["product.product"].with_user(self.product_manager).get_view(view_type="form")["arch"]
        self.assertIn("integration_binding_ids", arch)
