import base64

from odoo.tests import Form, new_test_user, tagged

from .product_common import ProductCase, picture


@tagged("post_install", "-at_install")
class TestProductPicturesForm(ProductCase):
    def test_product_managers_add_and_remove_pictures(self):
        """On the product's form, without any right to integrations; channels are told once for each change."""
        if self.env["integration.product.pictures"]._picture_model()._name != "integration.product.image":
            self.skipTest("another addon holds further pictures, and shows them in its own place")
        manager = new_test_user(
            self.env,
            "pictures",
            groups="base.group_user,sales_team.group_sale_salesman,product.group_product_manager",
        )
        binding = self.publish(self.cup)
        self.push()
        cup = self.cup.with_user(manager)
        view = "product.product_template_only_form_view"
        with Form(cup, view) as form, form.integration_image_ids.new() as further:
            further.name = "From below"
            further.image_1920 = picture("red")
        self.assertEqual(self.marked(), binding)
        self.adapter.calls.clear()
        self.push()
        self.assertEqual(self.adapter.pushed, [("Cup", ["images"])])
        [content] = self.adapter.contents.values()
        self.assertEqual(base64.b64encode(content[0]), picture("red"))
        with Form(cup, view) as form:
            form.integration_image_ids.remove(0)
        self.push()
        self.assertFalse(self.adapter.shop[binding.external_id].images)
