from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import BackendCase


@tagged("post_install", "-at_install")
class TestSecurity(BackendCase):
    def our_models(self):
        """Yield the models that our addons define."""
        for record in self.env["ir.model"].search([]):
            model = self.env.get(record.model)
            if model is not None and (model._original_module or "").startswith("connector_"):
                yield model

    def test_every_model_has_an_acl(self):
        models = [model for model in self.our_models() if not model._abstract]
        self.assertGreater(len(models), 10)
        for model in models:
            access = self.env["ir.model.access"].search([("model_id.model", "=", model._name)])
            with self.subTest(model=model._name):
                self.assertTrue(access, "no ACL")
                self.assertTrue(all(access.mapped("group_id")), "an ACL for everybody")

    def test_every_model_with_a_company_has_a_rule(self):
        for model in self.our_models():
            if model._abstract or model._transient or not {"company_id", "backend_id"} & model._fields.keys():
                continue
            rules = self.env["ir.rule"].search([("model_id.model", "=", model._name)])
            with self.subTest(model=model._name):
                self.assertTrue(
                    any("company_ids" in (rule.domain_force or "") and not rule.groups for rule in rules),
                    "no multi-company rule for all users",
                )

    def test_companies_are_kept_apart(self):
        order = self.env["sale.order"].create({"partner_id": self.env["res.partner"].create({"name": "A"}).id})
        records = [
            self.backend,
            self.webhook_credential,
            self.env["integration.mapping"].create(
                {"backend_id": self.backend.id, "kind": "tax", "external_value": "VAT"}
            ),
            self.env["integration.binding.order"].create(
                {"backend_id": self.backend.id, "external_id": "1", "odoo_id": order.id}
            ),
            self.env["integration.binding.partner"].create(
                {"backend_id": self.backend.id, "external_id": "1", "odoo_id": order.partner_id.id}
            ),
        ]
        for record in records:
            with self.subTest(model=record._name):
                self.assertTrue(record.with_user(self.manager).search([("id", "=", record.id)]))
                self.assertFalse(record.with_user(self.stranger).search([("id", "=", record.id)]))
                with self.assertRaises(AccessError):
                    record.with_user(self.stranger).read(["id", "display_name"])
                with self.assertRaises(AccessError):
                    record.with_user(self.stranger).unlink()

    def test_a_stranger_can_not_reach_in(self):
        self.credential.unlink()
        for model, vals in (
            ("integration.credential", {"key": "token"}),
            ("integration.mapping", {"kind": "tax", "external_value": "VAT"}),
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.stranger).create({"backend_id": self.backend.id, **vals})
        with self.assertRaises(AccessError):
            self.env["integration.backend"].with_user(self.stranger).create(
                {"name": "Mine?", "platform": "fake", "company_id": self.company.id}
            )

    def test_users_and_salesmen_look_on(self):
        for user in (self.user, self.salesman):
            backend = self.backend.with_user(user)
            self.assertEqual(backend.name, "Main Shop")
            for action in (lambda backend=backend: backend.write({"name": "Mine"}), backend.unlink, backend.copy):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    action()
        with self.assertRaises(AccessError):
            self.backend.with_user(self.employee).read(["name"])

    def test_all_who_may_see_a_channel_can_open_its_page(self):
        self.backend._cursor("orders")
        self.backend.connection_report = {"account_name": "Shop", "currency": "", "facts": [], "missing": []}
        for user in (self.manager, self.user, self.salesman):
            backend = self.backend.with_user(user)
            with self.subTest(user=user.login):
                self.assertEqual(Form(backend).name, "Main Shop")
                for view_type in ("list", "kanban"):
                    arch = etree.fromstring(backend.get_view(view_type=view_type)["arch"])
                    names = set(arch.xpath("//field/@name"))
                    self.assertIn("order_count", names)
                    backend.web_read({name: {} for name in names})
