from decimal import Decimal

from odoo.tests import tagged

from .order_common import EngineCase, make_line, make_order, make_shipping, make_tax


@tagged("post_install", "-at_install")
class TestTaxResolver(EngineCase):
    def tax(self, amount, **values):
        return self.env["account.tax"].create(
            {"name": f"Tax {amount} {values}", "amount": amount, "price_include_override": "tax_excluded", **values}
        )

    def taxed(self, external_id="1", amount="2.00", rate="0.2", title="VAT", **overrides):
        line = make_line(taxes=[make_tax(amount, rate, title)])
        return make_order(external_id, **{"lines": (line,), **overrides})

    def test_matched_by_rate_and_inclusion(self):
        excluded, included = self.tax(20), self.tax(20, price_include_override="tax_included")
        self.tax(20, type_tax_use="purchase")
        order = self.import_order(self.taxed())
        self.assertEqual(order.order_line.tax_ids, excluded)
        self.assertEqual((order.amount_untaxed, order.amount_tax), (10.0, 2.0))
        order = self.import_order(self.taxed("2", amount="1.67", taxes_included=True))
        self.assertEqual(order.order_line.tax_ids, included)
        self.assertEqual((order.amount_untaxed, order.amount_tax), (8.33, 1.67))

    def test_platform_amount_wins(self):
        self.tax(20)
        order = self.import_order(self.taxed(amount="1.98"))
        self.assertEqual((order.amount_tax, order.amount_total), (1.98, 11.98))
        order.order_line.name = "Something else"
        order.order_line._compute_amount()
        self.assertEqual(order.order_line.price_total, 11.98)

    def test_mapping_comes_first(self):
        self.tax(20)
        special = self.tax(20, name="Special")
        self.env["integration.mapping"].create(
            {"backend_id": self.backend.id, "kind": "tax", "external_value": "VAT|0.2|excluded", "tax_id": special.id}
        )
        self.assertEqual(self.import_order(self.taxed()).order_line.tax_ids, special)

    def test_title_decides_among_equals(self):
        self.tax(1, name="State")
        city = self.tax(1, name="City")
        self.assertEqual(
            self.import_order(self.taxed(amount="0.10", rate="0.01", title="CITY")).order_line.tax_ids, city
        )

    def test_missing_tax_holds_the_order_and_is_noted(self):
        document = self.taxed(rate="0.37", amount="3.70")
        order = self.import_order(document)
        self.assertIn("VAT 37 %", order.integration_hold_reason)
        self.assertFalse(order.order_line.tax_ids)
        mapping = self.env["integration.mapping"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual((mapping.external_value, mapping.is_mapped), ("VAT|0.37|excluded", False))
        mapping.tax_id = self.tax(37)
        self.assertEqual(self.import_orders(document).updated, ["1"])
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual((order.amount_tax, order.amount_total), (3.7, 13.7))

    def test_created(self):
        self.backend.tax_policy = "create"
        self.import_orders(self.taxed("1", rate="0.37", amount="3.70"), self.taxed("2", rate="0.37", amount="3.70"))
        tax = self.order_of("1").order_line.tax_ids
        self.assertEqual(self.order_of("2").order_line.tax_ids, tax)
        self.assertRecordValues(
            tax,
            [
                {
                    "amount": 37.0,
                    "name": "VAT 37%",
                    "price_include": False,
                    "type_tax_use": "sale",
                    "company_id": self.company.id,
                    "country_id": self.company.account_fiscal_country_id.id,
                }
            ],
        )
        self.assertEqual(tax.tax_group_id.name, "VAT 37%", "what the order's totals say")
        default = self.company.account_sale_tax_id.invoice_repartition_line_ids.account_id
        self.assertTrue(default)
        self.assertEqual(tax.invoice_repartition_line_ids.account_id, default, "booked as the default sales tax")
        included = self.import_order(self.taxed("3", rate="0.37", amount="2.70", taxes_included=True))
        self.assertTrue(included.order_line.tax_ids.price_include)
        self.assertEqual(included.order_line.tax_ids.tax_group_id, tax.tax_group_id, "one group per title and rate")

    def test_created_despite_a_taken_name(self):
        self.backend.tax_policy = "create"
        self.tax(1, name="VAT 37%", active=False)
        self.assertEqual(
            self.import_order(self.taxed(rate="0.37", amount="3.70")).order_line.tax_ids.name, "VAT 37% (2)"
        )

    def test_amount_without_rate_is_held(self):
        self.tax(0)
        self.backend.tax_policy = "create"
        order = self.import_order(self.taxed(rate="0", amount="0.80"))
        self.assertTrue(order.integration_hold_reason)

    def test_zero_tax_needs_no_tax(self):
        order = self.import_order(self.taxed(rate="0.37", amount="0"))
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual(order.amount_total, 10.0)
        exempt = self.tax(0, name="Exempt")
        self.company.account_sale_tax_id.search([("amount", "=", 0), ("id", "!=", exempt.id)]).active = False
        self.assertEqual(self.import_order(self.taxed("2", rate="0", amount="0")).order_line.tax_ids, exempt)

    def test_group_of_taxes(self):
        children = self.tax(9, name="CGST", type_tax_use="none") + self.tax(9, name="SGST", type_tax_use="none")
        group = self.tax(0, name="GST", amount_type="group", children_tax_ids=[(6, 0, children.ids)])
        self.env["integration.mapping"].create(
            {"backend_id": self.backend.id, "kind": "tax", "external_value": "GST|0.18|excluded", "tax_id": group.id}
        )
        order = self.import_order(self.taxed(rate="0.18", amount="1.81", title="GST"))
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual((order.amount_tax, order.amount_total), (1.81, 11.81))
        self.assertEqual(order.tax_totals["total_amount_currency"], 11.81)

    def test_compound_tax(self):
        self.tax(5, name="GST", include_base_amount=True, sequence=1)
        self.tax(10, name="PST", sequence=2)
        lines = (make_line(taxes=[make_tax("0.50", "0.05", "GST"), make_tax("1.05", "0.1", "PST")]),)
        order = self.import_order(make_order(lines=lines))
        self.assertEqual((order.amount_untaxed, order.amount_tax), (10.0, 1.55))
        order.order_line.product_uom_qty = 2
        self.assertEqual((order.amount_untaxed, order.amount_tax), (20.0, 3.1), "Odoo goes on as the platform began")

    def test_rounding_line(self):
        """One minor unit per tax line is rounding; more is held."""
        self.tax(20)
        order = self.import_order(self.taxed("1", total=Decimal("12.01")))
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual(order.amount_total, 12.01)
        self.assertEqual(order.order_line.mapped("integration_kind"), ["product", "rounding"])
        self.assertEqual(order.order_line[1].price_total, 0.01)
        order = self.import_order(self.taxed("2", total=Decimal("12.02")))
        self.assertIn("12.02", order.integration_hold_reason)
        self.assertEqual(order.order_line.mapped("integration_kind"), ["product"])

    def test_tax_rounded_over_the_order(self):
        """The platform states a tax total that isn't the sum of its lines: it is spread, no rounding line."""
        self.tax(20)
        lines = (make_line(taxes=[make_tax("2.00")]), make_line("L2", taxes=[make_tax("2.00")]))
        order = self.import_order(make_order(lines=lines, tax_total=Decimal("4.01"), total=Decimal("24.01")))
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual((order.amount_untaxed, order.amount_tax, order.amount_total), (20.0, 4.01, 24.01))
        self.assertEqual(len(order.order_line), 2)

    def test_default_taxes_of_products_stay_out(self):
        self.mug.taxes_id = self.tax(20)
        order = self.import_order(make_order(shipping_lines=(make_shipping(),)))
        self.assertFalse(order.order_line.tax_ids)
        self.assertEqual(order.amount_total, 15.0)
