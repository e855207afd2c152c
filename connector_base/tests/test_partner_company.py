"""Companies: who buys for one is a contact of it."""

from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Customer

from .order_common import PLACED, EngineCase, make_address, make_order

COMPANY = "Analytical Engines Ltd"


@tagged("post_install", "-at_install")
class TestPartnerCompany(EngineCase):
    def buyer(self, name="Ada Lovelace", email="ada@example.com", external_id="C1", **overrides):
        values = {"company": COMPANY, "company_external_id": "77", "vat": "BE 0477.472.701", **overrides}
        return Customer(external_id=external_id, email=email, name=name, **values)

    def order(self, external_id="1", customer=None, company=COMPANY, **overrides):
        address = make_address(company=company, country_code="BE", state_code="", city="Brussels", zip="1000")
        values = {"billing_address": address, "shipping_address": address, **overrides}
        return make_order(external_id, customer=customer or self.buyer(), email="", **values)

    def partners(self, domain=()):
        return self.env["res.partner"].search([("create_date", ">=", self.env.cr.now()), *domain])

    def test_new_company(self):
        order = self.import_order(self.order())
        firm, person = order.partner_id.commercial_partner_id, order.partner_id
        self.assertRecordValues(
            firm | person,
            [
                {
                    "name": COMPANY,
                    "is_company": True,
                    "vat": "BE0477.472.701",
                    "email": False,
                    "parent_id": False,
                    "type": "contact",
                    "city": "Brussels",
                },
                {
                    "name": "Ada Lovelace",
                    "is_company": False,
                    "vat": "BE0477.472.701",
                    "email": "ada@example.com",
                    "parent_id": firm.id,
                    "type": "contact",
                    "city": "Brussels",
                },
            ],
        )
        self.assertEqual(order.partner_invoice_id, firm, "the bill goes to the company")
        self.assertEqual(order.partner_shipping_id, person, "the parcel to the person, at the company's address")
        self.assertEqual(firm.child_ids, person)
        bindings = self.env["integration.binding.partner"].search([("odoo_id", "in", (firm | person).ids)])
        self.assertEqual(
            {binding.external_id: binding.odoo_id for binding in bindings},
            {"company:77": firm, "contact:C1|company:77": person},
        )
        again = self.import_order(self.order("2"))
        self.assertEqual((again.partner_id, again.partner_invoice_id), (person, firm))
        self.assertEqual(firm.child_ids, person)

    def test_second_contact_by_vat_or_by_company_id(self):
        firm = self.import_order(self.order()).partner_id.parent_id
        by_vat = self.buyer("Grace Hopper", "grace@example.com", "C2", vat="be0477472701", company_external_id="")
        by_bare_vat = self.buyer("Mary S.", "mary@example.com", "C3", vat="0477 472 701", company_external_id="")
        by_id = self.buyer("Alan Turing", "alan@example.com", "C4", vat="", company="A. E. Ltd")
        orders = [self.import_order(self.order(str(n), one)) for n, one in enumerate((by_vat, by_bare_vat, by_id), 2)]
        self.assertEqual([order.partner_id.name for order in orders], ["Grace Hopper", "Mary S.", "Alan Turing"])
        for order in orders:
            self.assertEqual(order.partner_id.parent_id, firm)
            self.assertEqual(order.partner_id.commercial_partner_id, firm)
        self.assertEqual(firm.name, COMPANY)
        self.assertEqual(len(firm.child_ids), 4)

    def test_page_of_contacts_makes_one_company(self):
        orders = [self.order(str(n), self.buyer(f"Person {n}", f"p{n % 3}@example.com", f"C{n % 3}")) for n in range(6)]
        result = self.import_orders(*orders)
        self.assertEqual(len(result.created), 6)
        firms = self.partners([("is_company", "=", True)])
        self.assertEqual(len(firms), 1)
        self.assertEqual(len(firms.child_ids.filtered(lambda child: child.type == "contact")), 3)

    def test_known_company_keeps_what_it_has(self):
        term = self.env.ref("account.account_payment_term_30days")
        firm = self.env["res.partner"].create(
            {
                "name": "Engines",
                "is_company": True,
                "vat": "BE0477472701",
                "street": "1 Our Street",
                "city": "Ghent",
                "property_payment_term_id": term.id,
            }
        )
        order = self.import_order(self.order())
        person = order.partner_id
        self.assertEqual((person.parent_id, person.city), (firm, "Ghent"))
        self.assertEqual((firm.name, firm.street, firm.vat), ("Engines", "1 Our Street", "BE0477472701"))
        self.assertEqual(order.payment_term_id, term, "terms are those of the company")
        self.assertRecordValues(
            order.partner_invoice_id, [{"parent_id": firm.id, "type": "invoice", "city": "Brussels"}]
        )
        self.assertEqual(order.partner_invoice_id.commercial_partner_id, firm)
        self.assertEqual(self.import_order(self.order("2")).partner_invoice_id, order.partner_invoice_id)

    def test_contact_that_is_known(self):
        firm = self.env["res.partner"].create({"name": "Engines", "is_company": True, "vat": "BE0477472701"})
        person = self.env["res.partner"].create(
            {"name": "A. L.", "parent_id": firm.id, "email": "Ada@example.com", "function": "Analyst"}
        )
        self.assertEqual(self.import_order(self.order()).partner_id, person)
        self.assertEqual(person.name, "A. L.")

    def test_company_without_vat_known_by_its_contact(self):
        firm = self.env["res.partner"].create({"name": "Engines", "is_company": True})
        person = self.env["res.partner"].create({"name": "A. L.", "parent_id": firm.id, "email": "ada@example.com"})
        order = self.import_order(self.order())
        self.assertEqual(order.partner_id, person)
        self.assertEqual(firm.vat, "BE0477.472.701", "an empty VAT is filled")

    def test_who_buys_for_two_companies(self):
        first = self.import_order(self.order("1", self.buyer(vat="")))
        other = self.buyer(company="Difference Engines", company_external_id="78", vat="")
        second = self.import_order(self.order("2", other, company="Difference Engines"))
        self.assertEqual(first.partner_id.parent_id.name, COMPANY)
        self.assertEqual(second.partner_id.parent_id.name, "Difference Engines")
        self.assertNotEqual(first.partner_id, second.partner_id)

    def test_private_orders_are_none_of_the_company(self):
        """Whichever comes first, there are two: their bills go to different accounts."""
        private = Customer(external_id="C1", email="ada@example.com", name="Ada Lovelace")
        for number, customers in enumerate([(self.buyer(), private), (private, self.buyer())]):
            with self.subTest(number), self.env.cr.savepoint() as savepoint:
                orders = [self.import_order(self.order(str(n), one)) for n, one in enumerate(customers)]
                self.assertEqual(len(orders[0].partner_id | orders[1].partner_id), 2)
                self.assertEqual(len((orders[0].partner_id | orders[1].partner_id).parent_id), 1)
                again = [self.import_order(self.order(f"{n}again", one)) for n, one in enumerate(customers)]
                self.assertEqual([order.partner_id for order in again], [order.partner_id for order in orders])
                savepoint.rollback()

    def test_contact_whom_a_user_entered_may_buy_privately(self):
        """Without the platform saying more, staff's contact is who has the e-mail."""
        firm = self.env["res.partner"].create({"name": "Engines", "is_company": True})
        person = self.env["res.partner"].create({"name": "Ada", "parent_id": firm.id, "email": "ada@example.com"})
        self.assertEqual(self.import_order(make_order()).partner_id, person)

    def test_company_itself_buys(self):
        order = self.import_order(self.order("1", self.buyer(name="", email="office@example.com")))
        self.assertRecordValues(
            order.partner_id, [{"name": COMPANY, "is_company": True, "email": "office@example.com", "parent_id": False}]
        )
        self.assertFalse(order.partner_id.child_ids.filtered(lambda child: child.type == "contact"))
        person = self.import_order(self.order("2", self.buyer(external_id="C2"))).partner_id
        self.assertEqual(person.parent_id, order.partner_id)

    def test_name_of_a_company_alone_is_text(self):
        namesake = self.env["res.partner"].create({"name": COMPANY, "is_company": True})
        order = self.import_order(self.order("1", self.buyer(vat="", company_external_id="")))
        self.assertRecordValues(order.partner_id, [{"parent_id": False, "company_name": COMPANY}])
        self.assertNotEqual(order.partner_id.commercial_partner_id, namesake)

    def test_other_delivery_address_is_below_the_company(self):
        site = make_address(
            name="Charles Babbage", company=COMPANY, street="5 Mill Lane", country_code="BE", state_code=""
        )
        order = self.import_order(self.order(shipping_address=site))
        firm = order.partner_id.parent_id
        self.assertRecordValues(
            order.partner_shipping_id,
            [{"name": "Charles Babbage", "parent_id": firm.id, "type": "delivery", "street": "5 Mill Lane"}],
        )
        self.assertEqual(
            self.import_order(self.order("2", shipping_address=site)).partner_shipping_id, order.partner_shipping_id
        )

    def test_same_number_in_another_country_is_another_company(self):
        firm = self.import_order(self.order()).partner_id.parent_id
        customer = self.buyer("Eva", "eva@example.com", "C9", vat="PT 0477472701", company_external_id="")
        self.assertNotEqual(self.import_order(self.order("2", customer)).partner_id.parent_id, firm)
        bare = self.buyer("Ewa", "ewa@example.com", "C8", vat="0477472701", company_external_id="")
        address = make_address(country_code="CZ", state_code="")
        order = self.import_order(self.order("3", bare, billing_address=address, shipping_address=address))
        self.assertNotEqual(order.partner_id.parent_id, firm)

    def test_links(self):
        order = self.import_order(self.order())
        bindings = self.env["integration.binding.partner"].search(
            [("odoo_id", "in", (order.partner_id | order.partner_id.parent_id).ids)], order="external_id"
        )
        self.assertEqual(
            bindings.mapped("external_url"),
            ["https://platform.example/companys/77", "https://platform.example/partners/C1"],
        )

    def test_company_gets_nothing_of_its_people(self):
        itself = self.buyer(name="", email="n/a", phone="+32 2 555 0100")
        person = self.buyer(external_id="C2", phone="+32 9 555 0100")
        later = PLACED + timedelta(hours=1)
        self.import_orders(self.order("1", itself), self.order("2", person, updated_at=later))
        firm = self.order_of("1").partner_id
        self.assertEqual(self.order_of("2").partner_id.parent_id, firm)
        self.assertEqual((firm.email, firm.phone), ("n/a", "+32 2 555 01 00"))
