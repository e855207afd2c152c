from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Customer, CustomerAccount

from .order_common import PLACED, EngineCase, make_order


@tagged("post_install", "-at_install")
class TestCustomerGroups(EngineCase):
    """Customers have the pricelist of their group on the platform, unless a user gave them another one."""

    def setUp(self):
        super().setUp()
        self.placed = 0
        self.backend.import_customer_groups = True
        self.retail, self.wholesale, self.special = self.env["product.pricelist"].create(
            [{"name": name} for name in ("Retail", "Wholesale", "Special")]
        )

    def customer(self, number, group, name=""):
        email = f"{number.lower()}@example.com"
        return Customer(external_id=number, email=email, name=number, group_external_id=group, group_name=name)

    def order(self, number, group, name=""):
        customer = self.customer(number, group, name)
        self.placed += 1
        return self.import_order(make_order(str(self.placed), customer=customer, email=customer.email)).partner_id

    def map(self, group, pricelist):
        domain = [("backend_id", "=", self.backend.id), ("external_value", "=", group)]
        mapping = self.env["integration.mapping"].search(domain)
        self.assertEqual(mapping.kind, "customer_group")
        mapping.pricelist_id = pricelist
        return mapping

    def test_groups_are_noted_once(self):
        partner = self.order("C1", "2", "Wholesale")
        self.order("C2", "2", "Wholesale")
        self.assertFalse(partner.specific_property_product_pricelist)
        mapping = self.env["integration.mapping"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual((mapping.external_label, mapping.is_mapped), ("Wholesale", False))

    def test_customers_follow_their_group(self):
        self.order("C1", "1")
        self.order("C1", "2")
        self.map("1", self.retail)
        self.map("2", self.wholesale)
        partner = self.order("C2", "1")
        self.assertEqual(partner.specific_property_product_pricelist, self.retail)
        self.assertEqual(self.order("C2", "2"), partner)
        self.assertEqual(partner.specific_property_product_pricelist, self.wholesale)

    def test_what_a_user_chose_stays(self):
        self.order("C1", "1").specific_property_product_pricelist = self.special
        self.map("1", self.retail)
        partner = self.order("C1", "1")
        self.assertEqual(partner.specific_property_product_pricelist, self.special)

    def test_accounts_without_orders(self):
        account = CustomerAccount(customer=self.customer("C3", "1"), updated_at=PLACED)
        self.order("C1", "1")
        self.map("1", self.retail)
        self.env["integration.customer.importer"]._import_page(self.backend, [account])
        binding = self.env["integration.binding.partner"].search([("external_id", "=", "C3")])
        self.assertEqual(binding.odoo_id.specific_property_product_pricelist, self.retail)

    def test_not_wanted(self):
        self.backend.import_customer_groups = False
        self.order("C1", "1")
        self.assertFalse(self.env["integration.mapping"].search([("backend_id", "=", self.backend.id)]))
