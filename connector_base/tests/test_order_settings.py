from dataclasses import replace
from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.connector_base.canonical import Campaign, Customer

from .order_common import PLACED, EngineCase, make_line, make_order, make_tax

SPRING = Campaign(source="Newsletter X", medium="EMAIL", campaign="Spring 100%")


@tagged("post_install", "-at_install")
class TestOrderSettings(EngineCase):
    # === UTM === #

    def test_campaigns_are_found_or_created(self):
        email = self.env["utm.medium"].search([("name", "=ilike", "email")])
        self.import_orders(
            make_order("1", utm=SPRING, landing_url="/?utm_source=x", referrer_url="https://mail.example"),
            make_order("2", utm=replace(SPRING, source=" newsletter  x ", campaign="spring 100%")),
            make_order("3", utm=Campaign(source="Other")),
        )
        first, second, third = (self.order_of(str(number)) for number in (1, 2, 3))
        self.assertEqual((first.source_id.name, first.campaign_id.title), ("Newsletter X", "Spring 100%"))
        self.assertEqual(first.medium_id, email)
        self.assertTrue(first.campaign_id.is_auto_campaign)
        self.assertEqual((second.source_id, second.campaign_id), (first.source_id, first.campaign_id))
        self.assertEqual((third.source_id.name, third.medium_id.id, third.campaign_id.id), ("Other", False, False))
        self.assertEqual(first.integration_landing_url, "/?utm_source=x")
        self.assertEqual(first.integration_referrer_url, "https://mail.example")
        again = self.import_order(make_order("4", utm=SPRING))
        self.assertEqual(again.source_id, first.source_id)

    def test_defaults_and_switch(self):
        source = self.env["utm.source"].create({"name": "Main shop"})
        medium = self.env["utm.medium"].create({"name": "Web shop"})
        self.backend.write({"utm_source_id": source.id, "utm_medium_id": medium.id})
        self.import_orders(make_order("1"), make_order("2", utm=SPRING))
        self.assertEqual((self.order_of("1").source_id, self.order_of("1").medium_id), (source, medium))
        self.assertEqual(self.order_of("2").source_id.name, "Newsletter X")
        self.backend.import_utm = False
        self.assertFalse(self.import_order(make_order("3", utm=SPRING)).source_id)

    # === NUMBERS === #

    def test_numbers_of_the_platform(self):
        self.backend.write({"order_naming": "platform", "order_prefix": "WEB-"})
        self.import_orders(make_order("1"), make_order("2", name="#1"), make_order("3"))
        self.assertEqual([self.order_of(str(number)).name for number in (1, 2, 3)], ["WEB-#1", "WEB-#1 (2)", "WEB-#3"])
        self.assertEqual(self.import_order(make_order("4", name="#1")).name, "WEB-#1 (3)")
        order = self.order_of("1")
        self.import_orders(make_order("1", updated_at=PLACED + timedelta(hours=1), lines=(make_line(quantity="2"),)))
        self.assertEqual((order.name, order.amount_total, order.client_order_ref), ("WEB-#1", 20.0, "#1"))

    def test_numbers_of_odoo(self):
        self.import_orders(make_order("1"), make_order("2"))
        names = [self.order_of(str(number)).name for number in (1, 2)]
        self.assertEqual(len(set(names)), 2)
        self.assertFalse(any("#" in name for name in names))

    # === ACCOUNTING === #

    def test_fiscal_position_never_alters_taxes(self):
        tax, other = self.env["account.tax"].create(
            [{"name": name, "amount": amount, "type_tax_use": "sale"} for name, amount in (("A", 20), ("B", 7))]
        )
        position = self.env["account.fiscal.position"].create({"name": "Export"})
        other.write({"fiscal_position_ids": [(4, position.id)], "original_tax_ids": [(4, tax.id)]})
        term = self.env["account.payment.term"].create({"name": "Paid on the platform"})
        self.backend.write({"fiscal_position_id": position.id, "payment_term_id": term.id})
        order = self.import_order(make_order(lines=(make_line(taxes=[make_tax("2.00")]),)))
        self.assertEqual((order.fiscal_position_id, order.payment_term_id), (position, term))
        self.assertEqual((order.amount_tax, order.integration_state), (2.0, "ok"))
        order.action_confirm()
        invoice = order._create_invoices()
        self.assertEqual((invoice.fiscal_position_id, invoice.amount_tax), (position, 2.0))

    def test_analytic_distribution(self):
        plan = self.env["account.analytic.plan"].create({"name": "Channels"})
        account = self.env["account.analytic.account"].create({"name": "Web", "plan_id": plan.id})
        self.backend.analytic_distribution = {str(account.id): 100}
        order = self.import_order(make_order())
        self.assertEqual(order.order_line.analytic_distribution, {str(account.id): 100})

    # === TAGS AND NOTES === #

    def test_tags_of_orders_and_customers(self):
        customer = Customer(external_id="C1", email="ada@example.com", name="Ada", tags=("VIP", "b2b"))
        document = make_order("1", tags=("Gift", "rush"), customer=customer)
        order = self.import_order(document)
        self.assertFalse(order.tag_ids or order.partner_id.category_id, "off by default")
        self.backend.write({"import_order_tags": True, "import_customer_tags": True})
        own = self.env["res.partner.category"].create({"name": "vip"})
        kept = self.env["res.partner.category"].create({"name": "Kept"})
        order.partner_id.category_id = kept
        second = self.import_order(replace(document, external_id="2", name="#2"))
        self.assertEqual(sorted(second.tag_ids.mapped("name")), ["Gift", "rush"])
        self.assertEqual(second.partner_id, order.partner_id)
        self.assertEqual(sorted(second.partner_id.category_id.mapped("name")), ["Kept", "b2b", "vip"])
        self.assertIn(own, second.partner_id.category_id)

    def test_note_goes_to_delivery_and_invoice(self):
        self.mug.is_storable = True
        document = make_order("1", note="Ring <twice>")
        plain = self.import_order(document)
        plain.action_confirm()
        self.assertFalse(plain.picking_ids.note)
        self.backend.write({"note_on_delivery": True, "note_on_invoice": True})
        order = self.import_order(replace(document, external_id="2", name="#2"))
        order.action_confirm()
        self.assertIn("Ring &lt;twice&gt;", order.picking_ids.note)
        self.assertIn("Ring &lt;twice&gt;", order._create_invoices().narration)

    # === SPEED === #

    def test_one_query_a_kind(self):
        self.backend.write({"import_order_tags": True, "import_customer_tags": True, "order_naming": "platform"})
        counts = []
        for page in range(2):
            documents = [
                make_order(f"{page}-{number}", utm=SPRING, tags=("a", "b")) for number in range(3 if page == 0 else 9)
            ]
            before = self.env.cr.sql_log_count
            self.import_orders(*documents)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
