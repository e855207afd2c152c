from odoo.fields import Command
from odoo.tests import tagged

from .order_common import EngineCase, make_address, make_line, make_order, make_tax


@tagged("post_install", "-at_install")
class TestTaxCountries(EngineCase):
    """Which Odoo tax a platform's tax is: by country, by title; and what fiscal positions do to it."""

    def tax(self, amount, **values):
        return self.env["account.tax"].create(
            {"name": f"Tax {amount} {values}", "amount": amount, "price_include_override": "tax_excluded", **values}
        )

    def position(self, country="base.de", **values):
        values = {"name": country, "country_id": self.env.ref(country).id, "auto_apply": True, **values}
        return self.env["account.fiscal.position"].create(values)

    def abroad(self, amount, country="base.de", **values):
        country = self.env.ref(country)
        group = self.env["account.tax.group"].create({"name": country.code, "country_id": country.id})
        return self.tax(amount, country_id=country.id, tax_group_id=group.id, **values)

    def taxed(self, external_id="1", country="DE", amount="2.00", rate="0.2", title="VAT", **overrides):
        line = make_line(taxes=[make_tax(amount, rate, title)])
        address = make_address(country_code=country, state_code="IL" if country == "US" else "")
        return make_order(external_id, **{"lines": (line,), "shipping_address": address, **overrides})

    def invoice(self, order):
        """Confirm, invoice, post and credit `order`; all show its total."""
        total = order.amount_total
        order.action_confirm()
        self.mug.invoice_policy = "order"
        invoice = order._create_invoices()
        invoice.action_post()
        credit = invoice._reverse_moves()
        credit.action_post()
        self.assertEqual((order.amount_total, invoice.amount_total, credit.amount_total), (total, total, total))
        return invoice

    def test_registered_abroad(self):
        """With a tax number in Germany, German taxes are due there; elsewhere those of the company's country."""
        home, germany, france = self.tax(20), self.abroad(20), self.abroad(20, "base.fr")
        position = self.position(foreign_vat="DE136695976")
        order = self.import_order(self.taxed("1"))
        self.assertEqual((order.order_line.tax_ids, order.fiscal_position_id), (germany, position))
        self.assertEqual(self.invoice(order).line_ids.tax_line_id, germany)
        order = self.import_order(self.taxed("2", "US"))
        self.assertEqual((order.order_line.tax_ids, order.fiscal_position_id.foreign_vat), (home, False))
        self.invoice(order)
        order = self.import_order(self.taxed("3", "FR"))
        self.assertEqual(order.order_line.tax_ids, home, "no tax number in France")
        self.assertNotEqual(order.order_line.tax_ids, france)
        self.invoice(order)

    def test_created_for_the_country(self):
        self.backend.tax_policy = "create"
        self.position(foreign_vat="DE136695976")
        documents = [
            self.taxed("1", "DE", rate="0.37", amount="3.70"),
            self.taxed("2", "US", rate="0.37", amount="3.70"),
            self.taxed("3", "FR", rate="0.37", amount="3.70"),
        ]
        self.import_orders(*documents)
        taxes = [self.order_of(number).order_line.tax_ids for number in "123"]
        self.assertEqual(taxes[0].country_id.code, "DE")
        self.assertEqual((taxes[1].country_id, taxes[1]), (self.company.account_fiscal_country_id, taxes[2]))
        for number in "123":
            self.invoice(self.order_of(number))

    def test_one_stop_shop(self):
        """Taxes of fiscal positions: each for its country only, all of the company's own country."""
        home, german, french = self.tax(20), self.tax(20, name="20% DE"), self.tax(20, name="20% FR")
        for country, tax in (("base.de", german), ("base.fr", french)):
            self.position(country, tax_ids=[Command.link(tax.id)])
            tax.original_tax_ids = home
        for number, country, tax in (("1", "DE", german), ("2", "FR", french), ("3", "US", home), ("4", "AT", home)):
            order = self.import_order(self.taxed(number, country))
            self.assertEqual(order.order_line.tax_ids, tax, country)
            self.assertEqual(self.invoice(order).line_ids.tax_line_id, tax)
        home.active = False
        order = self.import_order(self.taxed("5", "AT"))
        self.assertTrue(order.integration_hold_reason, "a tax of Germany or France is none for Austria")

    def test_mapping_is_for_the_country_of_its_tax(self):
        self.position(foreign_vat="DE136695976")
        home, germany = self.tax(20, name="Home"), self.abroad(20)
        special = self.tax(20, name="Special")
        self.env["integration.mapping"].create(
            {"backend_id": self.backend.id, "kind": "tax", "external_value": "VAT|0.2|excluded", "tax_id": special.id}
        )
        self.assertEqual(self.import_order(self.taxed("1", "US")).order_line.tax_ids, special)
        self.assertEqual(self.import_order(self.taxed("2", "DE")).order_line.tax_ids, germany)
        self.assertTrue(home)

    def test_digital_goods_are_taxed_where_the_bill_goes(self):
        self.position(foreign_vat="DE136695976")
        germany = self.abroad(20)
        document = self.taxed(
            "1", shipping_address=None, billing_address=make_address(country_code="DE", state_code="")
        )
        self.assertEqual(self.import_order(document).order_line.tax_ids, germany)

    def test_fiscal_position_changes_nothing(self):
        """It applies to the order and maps its tax away: what the customer paid stays."""
        home, other = self.tax(20), self.tax(0, name="Mapped")
        position = self.position(tax_ids=[Command.link(other.id)])
        other.original_tax_ids = home
        self.assertEqual(position.map_tax(home), other)
        order = self.import_order(self.taxed(amount="1.98"))
        self.assertEqual((order.fiscal_position_id, order.order_line.tax_ids), (position, home))
        self.assertEqual(order.amount_total, 11.98)
        invoice = self.invoice(order)
        self.assertEqual((order.order_line.tax_ids, invoice.invoice_line_ids.tax_ids), (home, home))
        self.assertEqual((order.amount_total, invoice.amount_total, invoice.amount_tax), (11.98, 11.98, 1.98))

    # === TWO TAXES OF ONE RATE === #

    def twins(self, external_id):
        taxes = [make_tax("0.10", "0.01", "County"), make_tax("0.11", "0.01", "City")]
        return make_order(external_id, lines=(make_line(taxes=taxes),))

    def test_two_taxes_of_one_rate_are_two(self):
        tax = self.tax(1)
        order = self.import_order(self.twins("1"))
        self.assertIn("City", order.integration_hold_reason)
        self.assertIn("County", order.integration_hold_reason)
        self.backend.tax_policy = "create"
        self.import_order(self.twins("1"))
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual(set(order.order_line.tax_ids.mapped("invoice_label")), {"County", "City"})
        self.assertNotIn(tax, order.order_line.tax_ids)
        self.assertEqual((order.amount_tax, order.amount_total), (0.21, 10.21))
        order.order_line.product_uom_qty = 10
        self.assertEqual(order.amount_tax, 2.0)
        self.assertEqual(self.import_order(self.twins("2")).order_line.tax_ids, order.order_line.tax_ids)

    def test_the_one_that_is_named_so_stays(self):
        self.backend.tax_policy = "create"
        city = self.tax(1, name="City")
        order = self.import_order(self.twins("1"))
        self.assertIn(city, order.order_line.tax_ids)
        self.assertEqual((order.order_line.tax_ids - city).invoice_label, "County")

    def test_mapped_to_one(self):
        """Staff may want one tax for both: it has the amounts of both."""
        tax = self.tax(1)
        self.env["integration.mapping"].create(
            [
                {
                    "backend_id": self.backend.id,
                    "kind": "tax",
                    "external_value": f"{title}|0.01|excluded",
                    "tax_id": tax.id,
                }
                for title in ("County", "City")
            ]
        )
        order = self.import_order(self.twins("1"))
        self.assertEqual((order.order_line.tax_ids, order.amount_tax, order.amount_total), (tax, 0.21, 10.21))
