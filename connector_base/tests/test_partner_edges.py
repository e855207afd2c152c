"""E-mails, numbers, places and people that are not as one would wish."""

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Customer
from odoo.addons.connector_base.engine.geography import find_geography
from odoo.addons.connector_base.engine.partner_keys import first_email, vat_key

from .order_common import EngineCase, make_address, make_order


@tagged("post_install", "-at_install")
class TestPartnerEdges(EngineCase):
    def partner(self, external_id="1", email="", **overrides):
        return self.import_order(make_order(external_id, customer=None, email=email, **overrides)).partner_id

    # === E-MAIL === #

    def test_first_email(self):
        self.assertEqual(first_email("", None), ("", ""))
        self.assertEqual(first_email("nonsense", " ADA@Example.com "), ("ada@example.com", "ADA@Example.com"))
        self.assertEqual(first_email("a@x.com; b@x.com")[0], "a@x.com")
        self.assertEqual(first_email('"Ada" <Ada@x.com>')[0], "ada@x.com")

    def test_several_emails(self):
        partner = self.partner("1", "ada@example.com, bob@example.com")
        self.assertEqual(partner.email, "ada@example.com, bob@example.com")
        self.assertEqual(partner.email_normalized, "ada@example.com")
        self.assertEqual(self.partner("2", "Ada@Example.com"), partner)
        self.assertNotEqual(self.partner("3", "bob@example.com"), partner)

    def test_invalid_email_is_kept_and_no_key(self):
        customer = Customer(external_id="1", email="n/a", name="Eve")
        partner = self.import_order(make_order("1", customer=customer, email="")).partner_id
        self.assertEqual((partner.email, partner.email_normalized), ("n/a", False))
        other = Customer(external_id="2", email="n/a", name="Bob")
        self.assertNotEqual(self.import_order(make_order("2", customer=other, email="")).partner_id, partner)

    def test_plus_addresses_are_different_customers(self):
        self.assertNotEqual(self.partner("1", "ada+one@example.com"), self.partner("2", "ada+two@example.com"))

    def test_same_email_twice_is_always_the_same_choice(self):
        first, _second = self.env["res.partner"].create([{"name": name, "email": "eve@x.com"} for name in "AB"])
        self.assertEqual(self.partner("1", "eve@x.com"), first)
        first.sudo().copy({"email": "eve@x.com"})
        self.assertEqual(self.partner("2", "eve@x.com"), first)

    # === WHOSE PARTNER IT IS === #

    def test_never_another_companys_partner(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.env["res.partner"].create(
            {"name": "Ada", "email": "ada@example.com", "vat": "US123", "company_id": elsewhere.id}
        )
        customer = Customer(external_id="C1", email="ada@example.com", name="Ada", vat="US123")
        partner = self.import_order(make_order(customer=customer)).partner_id
        self.assertNotEqual(partner, theirs)
        self.assertEqual(partner.company_id, self.company)

    def test_a_branch_sells_to_its_parents_customers(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        backend = self.env["integration.backend"].create(
            {"name": "Branch shop", "platform": "test", "company_id": branch.id}
        )
        known = self.env["res.partner"].create(
            {"name": "Ada", "email": "ada@example.com", "company_id": self.company.id}
        )
        self.import_orders(make_order("1"), backend=backend)
        self.assertEqual(self.order_of("1", backend).partner_id, known)

    def test_users_buy_too_and_nothing_of_theirs_changes(self):
        users = self.env["res.users"].with_context(no_reset_password=True)
        groups = {"employee": "base.group_user", "portal": "base.group_portal"}
        for number, (login, group) in enumerate(groups.items()):
            user = users.create(
                {
                    "name": login,
                    "login": login,
                    "email": f"{login}@example.com",
                    "group_ids": [(6, 0, self.env.ref(group).ids)],
                }
            )
            names = ("name", "email", "street", "lang", "vat", "company_id", "type", "active")
            before = user.partner_id.read(names)
            customer = Customer(external_id=login, email=user.email, name="X", vat="US999", language="fr", phone="1")
            order = self.import_order(make_order(str(number), customer=customer))
            self.assertEqual(order.partner_id, user.partner_id)
            after = user.partner_id.read(names)
            if login == "portal":  # a customer like others: what was empty is filled
                before[0]["vat"] = "US999"
            self.assertEqual(after, before)

    def test_our_own_company_buys_and_nothing_of_it_changes(self):
        partner = self.company.partner_id
        partner.write({"email": "we@example.com", "phone": False, "vat": False})
        customer = Customer(external_id="W", email="we@example.com", name="X", vat="US999", phone="1")
        self.assertEqual(self.import_order(make_order(customer=customer)).partner_id, partner)
        self.assertFalse(partner.phone or partner.vat)

    # === WHAT MAY CHANGE === #

    def test_only_what_is_empty_is_filled(self):
        partner = self.env["res.partner"].create({"name": "A. L.", "email": "ada@example.com"})
        values = {"external_id": "C1", "email": "ada@example.com", "name": "Ada Lovelace", "language": "fr"}
        self.import_order(make_order("1", customer=Customer(**values, phone="+1 312 555 0100", vat="US1")))
        self.assertRecordValues(partner, [{"name": "A. L.", "phone": "+1 312-555-0100", "vat": "US1", "street": False}])
        self.import_order(
            make_order("2", customer=Customer(**{**values, "phone": "2", "vat": "US2", "email": "b@x.com"}))
        )
        self.assertRecordValues(
            partner, [{"name": "A. L.", "phone": "+1 312-555-0100", "vat": "US1", "email": "ada@example.com"}]
        )

    # === PHONE === #

    def test_phone_is_made_international_with_the_country(self):
        german = make_address(country_code="DE", state_code="", phone="0221123456")
        partner = self.partner("1", "a@x.com", billing_address=german, shipping_address=german)
        nowhere = make_address(country_code="", state_code="", phone="0221123456")
        unknown = self.partner("2", "b@x.com", billing_address=nowhere, shipping_address=None)
        self.assertEqual(partner.phone, "+49 221 123456")
        self.assertEqual(unknown.phone, "0221123456", "whose number it is, nobody knows")

    def test_phone_that_can_not_be_read_is_kept(self):
        address = make_address(phone="ask for Ada")
        self.assertEqual(self.partner("1", "a@x.com", billing_address=address).phone, "ask for Ada")

    def test_number_in_two_formats_is_one_address(self):
        partner = self.partner("1", "a@x.com", shipping_address=make_address(street="2 Work", phone="+1 312 555 0100"))
        self.partner("2", "a@x.com", shipping_address=make_address(street="2 Work", phone="(312) 555-0100"))
        self.assertEqual(len(partner.child_ids), 1)

    def test_a_known_address_gets_the_phone_it_lacks(self):
        partner = self.partner("1", "a@x.com", shipping_address=make_address(street="2 Work"))
        self.assertFalse(partner.child_ids.phone)
        for external_id, phone in (("2", "(312) 555-0100"), ("3", "+1 312 555 0199")):
            address = make_address(street="2 Work", phone=phone)
            self.partner(external_id, "a@x.com", shipping_address=address)
        self.assertEqual(partner.child_ids.phone, "+1 312-555-0100")

    # === PLACES === #

    def place(self, **address):
        address = make_address(**{"country_code": "", "state_code": "", **address})
        documents = [make_order(billing_address=address, shipping_address=None)]
        place = find_geography(self.env, documents).find(address)
        country = self.env["res.country"].browse(place.country_id or [])
        state = self.env["res.country.state"].browse(place.state_id or [])
        return country.code or "", state.code or "", place.rest

    def test_countries(self):
        for text, code in (
            ("USA", "US"),
            ("United States of America", "US"),
            ("united  states", "US"),
            ("U.S.A.", "US"),
            ("England", "GB"),
            ("UK", "GB"),
            ("Deutschland", "DE"),
            ("España", "ES"),
            ("Espana", "ES"),
            ("日本", "JP"),
            ("Czechia", "CZ"),
            ("Turkey", "TR"),
        ):
            with self.subTest(text):
                self.assertEqual(self.place(country_name=text), (code, "", ""))
                self.assertEqual(self.place(country_code=text), (code, "", ""))
        self.assertEqual(self.place(country_code="us"), ("US", "", ""))
        self.assertEqual(self.place(country_code="XX", country_name="Germany"), ("DE", "", ""))
        self.assertEqual(self.place(country_name="Narnia"), ("", "", "Narnia"))

    def test_country_in_an_installed_language(self):
        self.assertEqual(self.place(country_name="Allemagne")[0], "")
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.ref("base.de").with_context(lang="fr_FR").name = "Allemagne"
        self.assertEqual(self.place(country_name="allemagne")[0], "DE")

    def test_states(self):
        for address, expected in (
            ({"country_code": "US", "state_code": "ca"}, "CA"),
            ({"country_code": "US", "state_code": "US-CA"}, "CA"),
            ({"country_code": "US", "state_name": "california"}, "CA"),
            ({"country_code": "DE", "state_code": "BY"}, "DE-BY"),
            ({"country_code": "DE", "state_name": "Baden Wurttemberg"}, "DE-BW"),
            ({"country_code": "CA", "state_code": "QC", "state_name": "Québec"}, "QC"),
            # the name says more than the code
            ({"country_code": "US", "state_code": "CA", "state_name": "Colorado"}, "CO"),
        ):
            with self.subTest(address):
                self.assertEqual(self.place(**address)[1:], (expected, ""))

    def test_state_without_country_is_not_guessed(self):
        self.assertEqual(self.place(state_name="California"), ("US", "CA", ""))
        self.assertEqual(self.place(state_code="CA"), ("", "", "CA"), "there are many")

    def test_unknown_state_stays_on_the_label(self):
        address = make_address(street2="Unit 4", country_code="DE", state_code="CA", state_name="California")
        partner = self.partner("1", "a@x.com", billing_address=address, shipping_address=address)
        self.assertRecordValues(partner, [{"street2": "Unit 4, California", "state_id": False}])
        self.assertEqual(partner.country_id.code, "DE")
        self.partner("2", "a@x.com", billing_address=address, shipping_address=address)
        self.assertFalse(partner.child_ids)

    def test_england_is_no_state_that_got_lost(self):
        address = make_address(country_code="GB", state_code="ENG", state_name="England")
        self.assertFalse(self.partner("1", "a@x.com", billing_address=address).street2)

    # === VAT === #

    def test_vat_key(self):
        for vat, country, expected in (
            ("BE 0477.472.701", "", "BE0477472701"),
            ("be0477-472-701", "FR", "BE0477472701"),
            ("0477 472 701", "BE", "BE0477472701"),
            ("0477472701", "", "0477472701"),
            ("EL123456789", "GR", "GR123456789"),
            ("123456789", "GR", "GR123456789"),
            ("12-3456789", "US", "US123456789"),
            ("/", "US", ""),
            ("", "US", ""),
        ):
            with self.subTest(vat=vat, country=country):
                self.assertEqual(vat_key(vat, country), expected)

    def test_customer_found_by_vat_in_another_spelling(self):
        values = {"name": "F", "vat": "0477.472.701", "country_id": self.env.ref("base.be").id}
        partner = self.env["res.partner"].create(values)
        customer = Customer(external_id="9", email="new@example.com", name="F", vat="BE0477472701")
        self.assertEqual(self.import_order(make_order(customer=customer)).partner_id, partner)
