from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import BackendCase


@tagged("post_install", "-at_install")
class TestBinding(BackendCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["product.template"].create({"name": "Chair"})
        cls.partner = cls.env["res.partner"].create({"name": "Ada"})
        cls.order = cls.env["sale.order"].create({"partner_id": cls.partner.id})
        cls.records = {
            "order": cls.order,
            "partner": cls.partner,
            "product": cls.template,
            "variant": cls.template.product_variant_id,
        }

    def bind(self, resource, external_id="1", **vals):
        return self.env[f"integration.binding.{resource}"].create(
            {
                "backend_id": self.backend.id,
                "external_id": external_id,
                "odoo_id": self.records[resource].id,
                **vals,
            }
        )

    @mute_logger("odoo.sql_db")
    def test_external_id_is_bound_once_per_backend(self):
        other = self.backend.copy()
        for resource in self.records:
            self.bind(resource)
            self.bind(resource, backend_id=other.id)
            with self.assertRaises(UniqueViolation) as raised, self.env.cr.savepoint():
                self.bind(resource)
            self.assertEqual(
                raised.exception.diag.constraint_name, f"integration_binding_{resource}_backend_external_uniq"
            )

    def test_links(self):
        self.assertEqual(self.bind("order", "42").external_url, "https://fake-shop.example/orders/42")
        self.assertEqual(
            self.bind("variant", "7", external_parent_id="3").external_url,
            "https://fake-shop.example/products/3/variants/7",
        )
        self.assertFalse(self.bind("partner").external_url)

    def test_open_record(self):
        for resource, record in self.records.items():
            action = self.bind(resource).with_user(self.salesman).action_open_record()
            self.assertEqual((action["res_model"], action["res_id"]), (record._name, record.id))

    def test_goes_with_its_record_and_backend(self):
        binding = self.bind("partner")
        self.env["res.partner"].create({"name": "Bob"})
        copy = self.backend.copy()
        other = self.bind("partner", "2", backend_id=copy.id)
        copy.unlink()
        self.assertFalse(other.exists())
        self.order.unlink()
        self.partner.unlink()
        self.assertFalse(binding.exists())

    def test_record_of_another_company_is_refused(self):
        self.template.company_id = self.other_company
        with self.assertRaisesRegex(UserError, "company"):
            self.bind("product")
        partner = self.env["res.partner"].create({"name": "Eve", "company_id": self.other_company.id})
        with self.assertRaisesRegex(UserError, "company"):
            self.bind("partner", odoo_id=partner.id)

    def test_users_read_but_do_not_write(self):
        binding = self.bind("order")
        for user in (self.user, self.salesman):
            self.assertEqual(binding.with_user(user).external_id, "1")
            with self.assertRaises(AccessError):
                binding.with_user(user).write({"external_id": "2"})
        with self.assertRaises(AccessError):
            binding.with_user(self.employee).read(["external_id"])

    def test_product_page(self):
        self.bind("product", "3")
        self.bind("variant", "7", external_parent_id="3")
        self.assertEqual(self.template.integration_binding_ids.external_id, "3")
        self.assertEqual(self.template.integration_variant_binding_ids.external_id, "7")
        form = Form(self.template.with_user(self.env.ref("base.user_admin")))
        self.assertEqual(len(form.integration_binding_ids), 1)
        self.assertEqual(len(form.integration_variant_binding_ids), 1)

    def test_copied_product_is_bound_to_nothing(self):
        self.bind("product")
        self.bind("variant")
        copy = self.template.copy()
        self.assertFalse(copy.integration_binding_ids)
        self.assertFalse(copy.integration_variant_binding_ids)

    def test_product_form_of_users_who_see_no_channels(self):
        self.bind("product")
        self.employee.group_ids |= self.env.ref("product.group_product_manager")
        form = Form(self.template.with_user(self.employee))
        form.name = "Stool"
        form.save()
        self.assertNotIn("integration_binding_ids", self.template.with_user(self.employee).fields_get())
