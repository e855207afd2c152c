from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .order_common import PLACED, EngineCase, make_line, make_order, make_tax

UNMAPPED = make_tax("1.23", rate="0.123", title="Odd tax")
HELD = {"lines": (make_line(taxes=[UNMAPPED]),)}
UNKNOWN = {"lines": (make_line(sku="NOWHERE"),)}


@tagged("post_install", "-at_install")
class TestOrderHold(EngineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "channel_seller", groups="sales_team.group_sale_salesman_all_leads")

    def activities(self, orders):
        return self.env["mail.activity"].search([("res_model", "=", "sale.order"), ("res_id", "in", orders.ids)])

    def test_status(self):
        self.import_orders(
            make_order("1"),
            make_order("2", **UNKNOWN),
            make_order("3", **HELD),
            make_order("4", cancelled_at=PLACED, **HELD),
        )
        orders = [self.order_of(str(number)) for number in range(1, 5)]
        states = [order.integration_state for order in orders]
        self.assertEqual(states, ["ok", "attention", "held", "ok"])
        for order in orders:
            self.env.add_to_compute(order._fields["integration_state"], order)
        self.assertEqual([order.integration_state for order in orders], states, "given is what Odoo computes")
        own = self.env["sale.order"].create({"partner_id": self.env.user.partner_id.id})
        self.assertFalse(own.integration_state)
        self.assertEqual(self.backend.orders_attention_count, 2)
        self.assertFalse(orders[0].integration_exception)
        self.assertIn("Blue mug (SKU NOWHERE)", orders[1].integration_exception)
        self.assertEqual(orders[2].integration_exception, orders[2].integration_hold_reason)
        action = self.backend.action_open_orders_to_look_at()
        self.assertEqual(self.env["sale.order"].search(action["domain"]), orders[1] + orders[2])

    def test_a_chosen_product_ends_the_attention(self):
        order = self.import_order(make_order(**UNKNOWN))
        with Form(order) as form, form.order_line.edit(0) as line:
            line.product_id = self.mug
        self.assertEqual(order.integration_state, "ok")

    def test_check_again_finds_products(self):
        document = make_order(**UNKNOWN)
        order = self.import_order(document)
        product = self.env["product.product"].create({"name": "There now", "default_code": "NOWHERE"})
        importer = self.env["integration.order.importer"]
        self.assertEqual(importer._import_page(self.backend, [document], source="poll").unchanged, ["1001"])
        self.assertEqual(importer._import_page(self.backend, [document], source="single").updated, ["1001"])
        self.assertEqual((order.order_line.product_id, order.integration_state), (product, "ok"))

    def test_one_activity_for_each_held_order_of_a_page(self):
        self.backend.salesperson_id = self.seller
        documents = [make_order(str(number), **HELD) for number in range(4)]
        queries = []
        for page in (documents[:1], documents[1:]):
            before = self.env.cr.sql_log_count
            self.import_orders(*page)
            queries.append(self.env.cr.sql_log_count - before)
        orders = self.env["sale.order"].search([("integration_backend_id", "=", self.backend.id)])
        activities = self.activities(orders)
        self.assertEqual(sorted(activities.mapped("res_id")), sorted(orders.ids))
        self.assertEqual(activities.user_id, self.seller)
        self.assertEqual(activities.mapped("summary"), orders.mapped("integration_hold_reason"))
        self.assertIn("Choose the tax", activities[0].note)
        self.assertLessEqual(queries[1], queries[0], "no query for each held order")

    def test_check_again_ends_hold_and_activity(self):
        document = make_order(**HELD)
        order = self.import_order(document)
        activity = self.activities(order)
        self.import_orders(document)
        self.assertEqual(self.activities(order), activity, "still held for the same reason")
        self.env["account.tax"].create({"name": "Odd", "amount": 12.3, "type_tax_use": "sale"})
        self.import_orders(document)
        self.assertEqual(order.integration_state, "ok")
        self.assertFalse(self.activities(order))
        self.assertIn("held no more", " ".join(order.message_ids.mapped("body")))

    def test_further_reasons_go_to_the_same_activity(self):
        order = self.import_order(make_order())
        order._integration_hold("First.", "Do this.")
        order._integration_hold("Second.", "Do that.")
        order._integration_hold("Second.", "Do that.")
        self.assertEqual(order.integration_hold_reason, "First.\nSecond.")
        activity = self.activities(order)
        self.assertEqual(activity.summary, "First.")
        for text in ("Second.", "Do this.", "Do that."):
            self.assertEqual(activity.note.count(text), 1)

    def test_release_of_many(self):
        self.import_orders(make_order("1", **HELD), make_order("2", **HELD), make_order("3"))
        orders = self.env["sale.order"].search([("integration_backend_id", "=", self.backend.id)])
        orders.with_user(self.seller).action_integration_release()
        self.assertEqual(set(orders.mapped("integration_state")), {"ok"})
        self.assertFalse(self.activities(orders))
        for external_id, count in (("1", 1), ("2", 1), ("3", 0)):
            released = self.order_of(external_id).message_ids.filtered(lambda message: "Released" in message.body)
            self.assertEqual(len(released), count)
            self.assertEqual(released.author_id, self.seller.partner_id if count else released.author_id)

    def test_check_again_of_many(self):
        self.import_orders(make_order("1", **HELD), make_order("2", **HELD))
        orders = self.env["sale.order"].search([("integration_backend_id", "=", self.backend.id)])
        with trap_jobs() as trap:
            orders.with_user(self.seller).action_integration_check_again()
        trap.assert_jobs_count(1)
        job = self.env["sync.job"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual(sorted(job.arguments["external_ids"]), ["1", "2"])

    def test_cancelling_ends_the_hold(self):
        order = self.import_order(make_order(**HELD))
        order._action_cancel()
        self.assertEqual((order.integration_state, order.integration_hold_reason), ("ok", False))
        self.assertFalse(self.activities(order))


@tagged("post_install", "-at_install")
class TestOrderRisk(EngineCase):
    def test_policies(self):
        cases = (("hold", "ignore", "held", "ok"), ("ignore", "hold", "ok", "held"), ("ignore", "ignore", "ok", "ok"))
        for number, (high, medium, *expected) in enumerate(cases):
            self.backend.write({"high_risk_policy": high, "medium_risk_policy": medium})
            orders = [self.import_order(make_order(f"{number}-{risk}", risk=risk)) for risk in ("high", "medium")]
            self.assertEqual([order.integration_state for order in orders], expected)
        self.assertEqual(self.import_order(make_order("low", risk="low")).integration_state, "ok")

    def test_held_until_released(self):
        document = make_order(risk="high")
        order = self.import_order(document)
        self.assertIn("risk of fraud", order.integration_hold_reason)
        with self.assertRaisesRegex(UserError, "risk of fraud"):
            order.action_confirm()
        order.action_integration_release()
        edited = replace(
            document,
            updated_at=PLACED + timedelta(hours=1),
            lines=(make_line(quantity="2"),),
            total=Decimal(20),
        )
        self.import_orders(edited)
        self.assertEqual((order.amount_total, order.integration_state), (20.0, "ok"), "released once")

    def test_a_risk_that_is_found_later_holds(self):
        document = make_order(risk="low")
        order = self.import_order(document)
        confirmed = self.import_order(replace(document, external_id="1002", name="#1002"))
        confirmed.action_confirm()
        later = replace(document, risk="high", updated_at=PLACED + timedelta(minutes=1))
        self.import_orders(later, replace(later, external_id="1002", name="#1002"))
        self.assertEqual([order.integration_state, confirmed.integration_state], ["held", "held"])
        self.import_orders(replace(later, risk="low", updated_at=PLACED + timedelta(minutes=2)))
        self.assertEqual(order.integration_state, "ok", "the platform took it back")
