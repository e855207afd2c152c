from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.connector_base.canonical import Customer

from .order_common import PLACED, EngineCase, make_address, make_line, make_order, make_shipping


@tagged("post_install", "-at_install")
class TestOrderScore(EngineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Factor = cls.env["integration.score.factor"]
        cls.env["delivery.carrier"].search([]).active = False
        cls.backend.use_score = True

    def only(self, code, points=-10, **values):
        """Let one factor count and no other."""
        self.Factor.search([]).active = False
        return self.Factor.create({"name": code, "code": code, "points": points, **values})

    def assertScored(self, order, score, *factors):
        self.assertEqual(order.integration_score_factors.splitlines()[1:], list(factors))
        self.assertEqual(order.integration_delivery_score, score)

    def customer(self, number):
        return {
            "customer": Customer(external_id=f"C{number}", email=f"c{number}@example.com", name=f"C {number}"),
            "email": f"c{number}@example.com",
        }

    # === SCORE === #

    def test_default_factors(self):
        home = make_address(phone="+1 312 555 0100")
        order = self.import_order(make_order(shipping_address=home, billing_address=home))
        self.assertScored(order, 90, "-10  First purchase")
        self.assertEqual(order.integration_delivery_probability, 96.6)
        bad = self.import_order(
            make_order(
                "2",
                risk="high",
                gateways=("Cash on Delivery (COD)",),
                financial_status="pending",
                shipping_address=make_address(street="Long Lane", zip=""),
                **self.customer(2),
            )
        )
        self.assertScored(
            bad,
            0,
            "-30  The address is incomplete: missing: Zip",
            "-10  The address has no house number: Long Lane",
            "-5  No phone number for the carrier",
            "-10  First purchase",
            "-20  Payment on delivery: Cash on Delivery (COD)",
            "-10  Not paid yet: Pending",
            "-50  High fraud risk",
        )
        self.assertEqual(bad.integration_delivery_probability, 6.5)

    def test_off(self):
        self.backend.use_score = False
        order = self.import_order(make_order())
        self.assertFalse(order.integration_scored_on or order.integration_score_factors)
        order.action_integration_score()
        self.assertTrue(order.integration_score_factors)

    def test_history(self):
        self.only("returning_customer", 5, amount=2)
        for code in ("cancelled_before", "refunded_before", "first_purchase"):
            self.Factor.create({"name": code, "code": code, "points": -10})
        values = [{}, {"financial_status": "refunded"}, {"cancelled_at": PLACED}, {}, {}]
        orders = []
        for number, changes in enumerate(values):
            moment = PLACED + timedelta(days=number)
            orders.append(self.import_order(make_order(str(number), created_at=moment, updated_at=moment, **changes)))
            if number < 2:
                orders[-1].action_confirm()
        self.assertEqual([order.integration_purchase_count for order in orders], [0, 1, 2, 2, 2])
        self.assertScored(orders[0], 90, "-10  first_purchase")
        self.assertScored(orders[1], 100)
        self.assertScored(
            orders[4], 85, "+5  returning_customer: 2", "-10  cancelled_before: 1", "-10  refunded_before: 1"
        )
        stranger = self.import_order(make_order("s", created_at=PLACED + timedelta(days=9), **self.customer(9)))
        self.assertEqual(stranger.integration_purchase_count, 0)

    def test_country_and_amount(self):
        self.only("country", -25, country_ids=[(6, 0, self.env.ref("base.us").ids)])
        self.assertScored(self.import_order(make_order("1")), 75, "-25  country: United States")
        abroad = make_address(state_code="", country_code="FR")
        self.assertScored(self.import_order(make_order("2", shipping_address=abroad)), 100)
        self.only("other_country")
        order = self.import_order(make_order("3", shipping_address=abroad))
        self.assertScored(order, 90, "-10  other_country: United States, France")
        self.only("amount", amount=50)
        self.assertScored(self.import_order(make_order("4", lines=(make_line(price="49.99"),))), 100)
        order = self.import_order(make_order("5", lines=(make_line(price="50.00"),)))
        self.assertEqual(order.integration_delivery_score, 90)
        self.assertIn("50.00", order.integration_score_factors)

    def test_words_of_gateways_are_whole_words(self):
        self.only("payment_on_delivery", words="cod")
        self.assertScored(self.import_order(make_order("1", gateways=("barcode pay",))), 100)
        self.assertScored(
            self.import_order(make_order("2", gateways=("acme_COD",))), 90, "-10  payment_on_delivery: acme_COD"
        )

    def test_an_update_scores_again(self):
        self.only("unpaid")
        self.import_orders(make_order(financial_status="pending"))
        self.import_orders(make_order(financial_status="paid", updated_at=PLACED + timedelta(hours=1)))
        self.assertScored(self.order_of("1001"), 100)

    def test_points_are_bounded(self):
        with self.assertRaises(ValidationError):
            self.only("unpaid", points=-101)

    def test_salespeople_score_and_managers_edit(self):
        order = self.import_order(make_order())
        seller = new_test_user(self.env, "score_seller", groups="sales_team.group_sale_salesman_all_leads")
        self.only("no_phone", -7)
        order.with_user(seller).action_integration_score()
        self.assertScored(order, 93, "-7  no_phone")
        factor = self.Factor.search([])
        user = new_test_user(self.env, "score_user", groups="connector_base.group_integration_user")
        with self.assertRaises(AccessError):
            factor.with_user(user).points = 1
        manager = new_test_user(self.env, "score_manager", groups="connector_base.group_integration_manager")
        factor.with_user(manager).points = -8
        self.assertEqual(factor.points, -8)

    # === CARRIER === #

    def carrier(self, name, *countries, sequence=10):
        product = self.env["product.product"].create({"name": name, "type": "service"})
        ids = [self.env.ref(f"base.{code}").id for code in countries]
        return self.env["delivery.carrier"].create(
            {"name": name, "product_id": product.id, "country_ids": [(6, 0, ids)], "sequence": sequence}
        )

    def test_recommended_carrier(self):
        document = make_order("1", shipping_lines=(make_shipping(title="Express"),))
        order = self.import_order(document)
        self.assertFalse(order.integration_recommended_carrier_id)
        self.assertIn("No carrier", order.integration_carrier_reason)
        mapping = self.env["integration.mapping"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual((mapping.kind, mapping.external_value, mapping.auto), ("carrier", "Express", True))
        everywhere, french, american = (
            self.carrier("Everywhere", sequence=1),
            self.carrier("French", "fr", sequence=2),
            self.carrier("American", "us", sequence=3),
        )
        order.action_integration_score()
        self.assertEqual(order.integration_recommended_carrier_id, american)
        self.assertEqual(order.integration_carrier_reason, "It delivers to United States.")
        mapping.carrier_id = everywhere
        order.action_integration_score()
        self.assertEqual(order.integration_recommended_carrier_id, everywhere)
        self.assertIn("“Express”", order.integration_carrier_reason)
        mapping.carrier_id = french
        order.action_integration_score()
        self.assertEqual(order.integration_recommended_carrier_id, american)
        self.assertIn("French doesn't deliver there.", order.integration_carrier_reason)
        american.active = False
        order.action_integration_score()
        self.assertEqual(order.integration_recommended_carrier_id, everywhere)

    def test_services_need_no_carrier(self):
        self.mug.type = "service"
        self.carrier("Everywhere")
        order = self.import_order(make_order(shipping_address=make_address(street="", zip="", city="")))
        self.assertFalse(order.integration_recommended_carrier_id)
        self.assertScored(order, 90, "-10  First purchase")

    def test_unknown_products_are_shipped(self):
        self.only("no_phone", -5)
        order = self.import_order(make_order(lines=(make_line(sku="NOWHERE"),)))
        self.assertScored(order, 95, "-5  no_phone")

    # === SPEED === #

    def test_queries_do_not_grow(self):
        self.carrier("Everywhere")
        counts = []
        for page, size in enumerate((2, 12)):
            documents = [
                make_order(f"{page}-{number}", shipping_lines=(make_shipping(),), **self.customer(f"{page}{number}"))
                for number in range(size)
            ]
            self.backend.use_score = False
            self.import_orders(*documents)
            orders = self.env["sale.order"].union(*(self.order_of(document.external_id) for document in documents))
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders.action_integration_score()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
