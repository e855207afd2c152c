from dataclasses import replace

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Customer

from .order_common import PLATFORM, EngineCase, make_address, make_order


@tagged("post_install", "-at_install")
class TestPartnerResolver(EngineCase):
    def guest(self, external_id, email="", **overrides):
        return make_order(external_id, customer=None, email=email, **overrides)

    def test_new_customer(self):
        partner = self.import_order(
            make_order(
                customer=Customer(
                    external_id="C1", email="ADA@Example.com", name="Ada Lovelace", phone="+1 312 555 0100", vat="US1"
                )
            )
        ).partner_id
        self.assertRecordValues(
            partner,
            [
                {
                    "name": "Ada Lovelace",
                    "email_normalized": "ada@example.com",
                    "phone": "+1 312-555-0100",
                    "street": "12 St James's Square",
                    "city": "Chicago",
                    "zip": "60601",
                    "vat": "US1",
                    "company_id": self.company.id,
                    "is_company": False,
                    "parent_id": False,
                }
            ],
        )
        self.assertEqual((partner.state_id.code, partner.country_id.code), ("IL", "US"))
        binding = self.env["integration.binding.partner"].search([("odoo_id", "=", partner.id)])
        self.assertEqual((binding.backend_id, binding.external_id), (self.backend, "C1"))

    def test_one_customer_for_five_orders_of_a_page(self):
        orders = [make_order(str(number)) for number in range(4)]
        orders.append(self.guest("4", email="Ada@example.com "))
        self.import_orders(*orders)
        partners = self.env["res.partner"].search([("email_normalized", "=", "ada@example.com")])
        self.assertEqual(len(partners), 1)
        self.assertEqual({self.order_of(str(number)).partner_id for number in range(5)}, {partners})

    def test_binding_comes_first(self):
        partner = self.import_order(make_order("1")).partner_id
        other = self.env["res.partner"].create({"name": "Somebody", "email": "new@example.com"})
        document = make_order("2", customer=Customer(external_id="C1", email="new@example.com", name="X"))
        self.assertEqual(self.import_order(document).partner_id, partner)
        self.assertEqual(partner.name, "Ada Lovelace", "nothing is overwritten")
        self.assertNotEqual(partner, other)

    def test_found_by_email_and_bound(self):
        partner = self.env["res.partner"].create({"name": "A. Lovelace", "email": "Ada@Example.com"})
        self.assertEqual(self.import_order(make_order()).partner_id, partner)
        self.assertEqual(
            self.env["integration.binding.partner"]
            .search([])
            .filtered(lambda binding: binding.external_id == "C1" and binding.backend_id == self.backend)
            .odoo_id,
            partner,
        )
        self.assertEqual(self.import_order(self.guest("2", email="ada@example.com")).partner_id, partner)

    def test_customer_before_contact_and_own_company_before_shared(self):
        values = {"name": "Ada", "email": "ada@example.com"}
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        self.env["res.partner"].create({**values, "parent_id": firm.id})
        self.env["res.partner"].create(values)
        own = self.env["res.partner"].create({**values, "company_id": self.company.id})
        self.assertEqual(self.import_order(make_order()).partner_id, own)

    def test_other_company_is_another_customer(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere = self.env["res.partner"].create(
            {"name": "Ada", "email": "ada@example.com", "company_id": company.id}
        )
        self.assertNotEqual(self.import_order(make_order()).partner_id, elsewhere)

    def test_found_by_vat(self):
        partner = self.env["res.partner"].create({"name": "Firm", "vat": "US123"})
        document = make_order(customer=Customer(external_id="9", email="new@example.com", name="F", vat="US 123"))
        self.assertEqual(self.import_order(document).partner_id, partner)

    def test_never_by_name(self):
        namesake = self.env["res.partner"].create({"name": "Ada Lovelace"})
        self.assertNotEqual(self.import_order(make_order()).partner_id, namesake)

    def test_guests_without_email(self):
        """The same name and address is the same guest, on this backend; another address is another one."""
        first = self.import_order(self.guest("1")).partner_id
        self.assertEqual(self.import_order(self.guest("2")).partner_id, first)
        moved = make_address(street="2 Elsewhere")
        other = self.import_order(self.guest("3", billing_address=moved, shipping_address=moved)).partner_id
        self.assertNotEqual(other, first)
        backend = self.env["integration.backend"].create({"name": "Second shop", "platform": PLATFORM})
        self.import_orders(self.guest("1"), backend=backend)
        self.assertNotEqual(self.order_of("1", backend).partner_id, first)

    def test_nobody(self):
        """A sale at a till: no customer, no address."""
        documents = [self.guest(str(number), billing_address=None, shipping_address=None) for number in (1, 2)]
        self.import_orders(*documents)
        partner = self.order_of("1").partner_id
        self.assertEqual(partner.name, "Guest of Test shop")
        self.assertEqual(self.order_of("2").partner_id, partner)

    def test_addresses_once_per_content(self):
        home, work = make_address(), make_address(name="Ada L.", street="5 Work Lane", phone="1")
        first = self.import_order(make_order("1", shipping_address=work))
        self.assertEqual(first.partner_invoice_id, first.partner_id)
        child = first.partner_shipping_id
        self.assertRecordValues(
            child,
            [{"name": "Ada L.", "street": "5 Work Lane", "type": "delivery", "parent_id": first.partner_id.id}],
        )
        self.assertFalse(child.email)
        again = make_order("2", billing_address=replace(work, street="5  work LANE", phone=""), shipping_address=home)
        second = self.import_order(again)
        self.assertEqual(second.partner_invoice_id, child)
        self.assertEqual(second.partner_shipping_id, first.partner_id)
        self.assertEqual(len(first.partner_id.child_ids), 1)

    def test_both_addresses_the_same_but_not_the_customers(self):
        gift = make_address(name="Grace Hopper", street="1 Navy Yard")
        partner = self.env["res.partner"].create({"name": "Ada", "email": "ada@example.com", "street": "Old"})
        order = self.import_order(make_order(billing_address=gift, shipping_address=gift))
        self.assertEqual(order.partner_id, partner)
        self.assertEqual(order.partner_invoice_id, order.partner_shipping_id)
        self.assertEqual(len(partner.child_ids), 1)
        self.assertEqual(partner.street, "Old")

    def test_company_in_the_address(self):
        address = make_address(company="Analytical Engines Ltd")
        order = self.import_order(make_order("1", shipping_address=address))
        self.assertEqual(order.partner_id.name, "Ada Lovelace")
        self.assertEqual(order.partner_shipping_id.name, "Analytical Engines Ltd, Ada Lovelace")
        self.assertEqual(
            self.import_order(make_order("2", shipping_address=address)).partner_shipping_id, order.partner_shipping_id
        )

    def test_firm_as_customer(self):
        address = make_address(name="", company="Analytical Engines Ltd")
        customer = Customer(external_id="F", email="office@example.com", company="Analytical Engines Ltd")
        partner = self.import_order(make_order(customer=customer, billing_address=address)).partner_id
        self.assertRecordValues(partner, [{"name": "Analytical Engines Ltd", "is_company": True}])

    def test_country_and_state_by_name(self):
        address = make_address(
            country_code="", country_name="germany", state_code="", state_name="bayern", city="Munich"
        )
        partner = self.import_order(make_order(billing_address=address)).partner_id
        self.assertEqual(partner.country_id.code, "DE")
        bavaria = self.env["res.country.state"].search([("country_id.code", "=", "DE"), ("name", "=ilike", "bayern")])
        self.assertEqual(partner.state_id, bavaria)
        nowhere = make_address(country_code="XX", state_code="YY")
        partner = self.import_order(self.guest("2", email="n@example.com", billing_address=nowhere)).partner_id
        self.assertFalse(partner.country_id or partner.state_id)

    def test_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        customer = Customer(external_id="F", email="f@example.com", name="F", language="fr-CA")
        self.assertEqual(self.import_order(make_order(customer=customer)).partner_id.lang, "fr_FR")

    def test_fiscal_position_and_terms(self):
        position = self.env["account.fiscal.position"].create(
            {"name": "Illinois", "auto_apply": True, "country_id": self.env.ref("base.us").id}
        )
        orders = self.import_orders(
            make_order("1"),
            self.guest(
                "2", email="b@example.com", billing_address=None, shipping_address=make_address(country_code="DE")
            ),
        )
        self.assertEqual(len(orders.created), 2)
        self.assertEqual(self.order_of("1").fiscal_position_id, position)
        self.assertNotEqual(self.order_of("2").fiscal_position_id, position)
        term = self.env.ref("account.account_payment_term_30days")
        self.order_of("1").partner_id.property_payment_term_id = term
        self.assertEqual(self.import_order(make_order("3")).payment_term_id, term)

    def test_index(self):
        self.env.cr.execute(
            "SELECT 1 FROM pg_indexes WHERE tablename = 'res_partner' AND indexdef LIKE '%(email_normalized)%'"
        )
        self.assertTrue(self.env.cr.fetchone())
