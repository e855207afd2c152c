"""Channel orders of a customer, and bindings of archived records."""

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Customer

from .order_common import PLATFORM, EngineCase, make_order


@tagged("post_install", "-at_install")
class TestPartnerOrders(EngineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Partner = cls.env["res.partner"]
        firm = {"company": "Engines", "company_external_id": "7"}
        cls.import_orders(
            cls,
            *(
                make_order(str(number), customer=Customer(external_id="A", email="ada@x.com", name="Ada", **firm))
                for number in range(2)
            ),
            make_order("3", customer=Customer(external_id="B", email="bob@x.com", name="Bob", **firm)),
        )
        cls.ada = cls.Partner.search([("email", "=", "ada@x.com")])
        cls.bob = cls.Partner.search([("email", "=", "bob@x.com")])

    def test_count_of_people_and_their_company(self):
        self.env["sale.order"].create({"partner_id": self.ada.id})  # not of a channel
        firm = self.ada.parent_id
        self.assertEqual([partner.integration_order_count for partner in self.ada | self.bob | firm], [2, 1, 3])
        self.order_of("3")._action_cancel()
        self.env.invalidate_all()
        self.assertEqual([partner.integration_order_count for partner in self.ada | self.bob | firm], [2, 0, 2])

    def test_search(self):
        family = self.ada | self.bob | self.ada.parent_id
        nobody = self.Partner.create({"name": "Nobody"})

        def found(*leaf):
            return self.Partner.search([("integration_order_count", *leaf), ("id", "in", (family | nobody).ids)])

        self.assertEqual(found("=", 2), self.ada)
        self.assertEqual(found(">", 1), self.ada | self.ada.parent_id)
        self.assertEqual(found("=", 0), nobody)
        self.assertEqual(found("<", 2), self.bob | nobody)
        self.assertEqual(found("!=", 0), family)

    def test_button_opens_what_is_counted(self):
        other = self.env["integration.backend"].create({"name": "Second shop", "platform": PLATFORM})
        self.import_orders(make_order("9", customer=None, email="ada@x.com"), backend=other)
        self.order_of("3")._action_cancel()
        for partner in self.ada | self.bob | self.ada.parent_id:
            action = partner.action_integration_orders()
            orders = self.env["sale.order"].search(action["domain"])
            self.assertEqual(len(orders), partner.integration_order_count)

    def test_salespeople_see_it(self):
        user = self.env["res.users"].create(
            {
                "name": "Sam",
                "login": "sam",
                "group_ids": [(6, 0, self.env.ref("sales_team.group_sale_salesman_all_leads").ids)],
            }
        )
        self.assertEqual(self.ada.with_user(user).integration_order_count, 2)
        view = self.Partner.with_user(user).get_view(self.env.ref("base.view_partner_form").id)
        self.assertIn("integration_order_count", view["arch"])

    def test_bindings_of_archived_records_are_found(self):
        Binding = self.env["integration.binding.partner"]
        self.ada.active = False
        self.assertEqual(Binding.search([("odoo_active", "=", False)]).odoo_id, self.ada)
        self.assertNotIn(self.ada, Binding.search([("odoo_active", "=", True)]).odoo_id)
