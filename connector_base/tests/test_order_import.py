from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.connector_base.canonical import UNSET, Discount
from odoo.addons.connector_base.transport import DataError

from ..engine import page_locks
from .order_common import PLACED, PLATFORM, EngineCase, make_address, make_line, make_order, make_shipping, make_tax


@tagged("post_install", "-at_install")
class TestOrderImport(EngineCase):
    def test_plain_order(self):
        order = self.import_order(
            make_order(
                financial_status="paid",
                fulfillment_status="unfulfilled",
                tags=("vip", "gift"),
                gateways=("card",),
                source="web",
                risk="low",
                note="Ring twice",
                attributes=(("Gift", "yes"),),
                discounts=(Discount(title="Spring", code="SPRING"),),
            )
        )
        self.assertRecordValues(
            order,
            [
                {
                    "amount_total": 10.0,
                    "client_order_ref": "#1001",
                    "date_order": datetime(2026, 3, 1, 9, 30),
                    "state": "draft",
                    "integration_backend_id": self.backend.id,
                    "integration_platform": "test",
                    "integration_external_id": "1001",
                    "integration_url": "https://platform.example/orders/1001",
                    "integration_financial_status": "paid",
                    "integration_fulfillment_status": "unfulfilled",
                    "integration_tags": "vip, gift",
                    "integration_gateway": "card",
                    "integration_source": "web",
                    "integration_risk": "low",
                    "integration_note": "Ring twice",
                    "integration_attributes": "Gift: yes",
                    "integration_discounts": "SPRING",
                    "integration_hold_reason": False,
                    "integration_held": False,
                    "invoice_status": "no",
                }
            ],
        )
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "product_id": self.mug.id,
                    "name": "Blue mug",
                    "product_uom_qty": 1.0,
                    "price_unit": 10.0,
                    "price_total": 10.0,
                    "integration_external_id": "L1",
                    "integration_kind": "product",
                    "integration_unknown_product": False,
                    "qty_delivered_method": "stock_move",
                    "warehouse_id": order.warehouse_id.id,
                    "state": "draft",
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertTrue(order.warehouse_id)
        self.assertNotIn(order.name, ("New", False))
        self.assertFalse(order.message_ids, "an import sends and logs nothing")
        self.assertFalse(order.message_follower_ids)

    def test_page_in_few_queries(self):
        """The number of queries doesn't depend on the number of orders."""
        orders = [
            make_order(str(number), email=f"c{number}@example.com", customer=None, lines=(make_line(), make_line("L2")))
            for number in range(40)
        ]
        self.import_orders(*(replace(order, external_id=f"warm{order.external_id}") for order in orders[:2]))
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        few = self.import_orders(*orders[:4])
        between = self.env.cr.sql_log_count
        self.env.invalidate_all()
        many = self.import_orders(*orders[4:])
        after = self.env.cr.sql_log_count
        self.assertEqual((len(few.created), len(many.created)), (4, 36))
        self.assertLess(after - between, between - before + 12, "36 orders take what 4 take")
        self.assertLess((after - between) / 36, 3)

    def test_same_again(self):
        document = make_order()
        self.import_order(document)
        result = self.import_orders(document)
        self.assertEqual(result.unchanged, ["1001"])
        self.assertEqual(result.summary, "1 unchanged")
        self.assertEqual(self.env["sale.order"].search_count([("client_order_ref", "=", "#1001")]), 1)

    def test_twice_on_a_page(self):
        newer = make_order(updated_at=PLACED + timedelta(hours=1), financial_status="paid")
        result = self.import_orders(make_order(financial_status="pending"), newer)
        self.assertEqual(result.created, ["1001"])
        self.assertEqual(result.skipped[0][0], "1001")
        self.assertEqual(self.order_of("1001").integration_financial_status, "paid")
        result = self.import_orders(replace(newer, external_id="2"), make_order("2", financial_status="pending"))
        self.assertEqual(self.order_of("2").integration_financial_status, "paid", "whatever their sequence")

    def test_older_is_skipped(self):
        self.import_order(make_order(updated_at=PLACED + timedelta(hours=1), financial_status="paid"))
        result = self.import_orders(make_order(financial_status="pending"))
        self.assertEqual(result.skipped, [("1001", "older than what was imported")])
        self.assertEqual(self.order_of("1001").integration_financial_status, "paid")

    def test_test_orders_and_start_of_import(self):
        self.backend.import_from = datetime(2026, 3, 1)
        result = self.import_orders(
            make_order("1", test=True), make_order("2", created_at=PLACED - timedelta(days=1)), make_order("3")
        )
        self.assertEqual([external_id for external_id, _reason in result.skipped], ["1", "2"])
        self.assertEqual(result.created, ["3"])
        self.backend.skip_test_orders = False
        self.assertEqual(self.import_orders(make_order("1", test=True)).created, ["1"])

    def test_cancelled_before_import(self):
        order = self.import_order(make_order(cancelled_at=PLACED))
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.order_line.state, "cancel")

    def test_shipping_tips_and_fees(self):
        order = self.import_order(
            make_order(
                lines=(
                    make_line(),
                    make_line("T", price="2.00", kind="tip", title="Tip", sku=""),
                    make_line("D", price="3.00", kind="duty", title="Duty", sku=""),
                    make_line("F", price="4.00", kind="fee", title="Cash on delivery", sku=""),
                ),
                shipping_lines=(make_shipping(),),
            )
        )
        self.assertEqual(order.amount_total, 24.0)
        self.assertEqual(
            order.order_line.mapped("product_id.default_code"),
            ["MUG-BLUE", "CHANNEL-TIP", "CHANNEL-DUTY", "CHANNEL-FEE", "CHANNEL-SHIPPING"],
        )
        self.assertEqual(order.order_line.mapped("is_delivery"), [False, False, False, False, True])

    def test_line_properties(self):
        order = self.import_order(make_order(lines=(make_line(properties=(("Engraving", "Ada"),)),)))
        self.assertEqual(order.order_line.name, "Blue mug\nEngraving: Ada")

    def test_backend_settings(self):
        team = self.env["crm.team"].create({"name": "Web"})
        user = self.env.ref("base.user_admin")
        self.backend.write({"team_id": team.id, "salesperson_id": user.id})
        order = self.import_order(make_order())
        self.assertEqual((order.team_id, order.user_id), (team, user))
        self.assertEqual(order.order_line.salesman_id, user)

    # === POISON === #

    def test_bad_document_fails_alone(self):
        """The database refuses one order: the others of the page are imported, the reason is readable."""
        drafter = type(self.env["integration.order.drafter"])
        original = drafter._head_values

        def broken(drafter, backend, adapter, document):
            values = original(drafter, backend, adapter, document)
            return {**values, "state": "nonsense"} if document.external_id == "2" else values

        with patch.object(drafter, "_head_values", broken), self.assertLogs("odoo.addons.connector_base", "ERROR"):
            result = self.import_orders(*(make_order(str(number)) for number in range(1, 5)))
        self.assertEqual(sorted(result.created), ["1", "3", "4"])
        [(external_id, name, error)] = result.failed
        self.assertEqual((external_id, name, error.error_type), ("2", "#2", "bug"))
        self.assertIn("nonsense", error.message)
        self.assertIn("Traceback", error.traceback)

    def test_what_users_forbid_is_a_data_error(self):
        order_class = type(self.env["sale.order"])
        original = order_class.create

        def create(model, vals_list):
            if any(vals.get("client_order_ref") == "#2" for vals in vals_list):
                raise UserError(model.env._("Orders of this customer are blocked."))
            return original(model, vals_list)

        with patch.object(order_class, "create", create):
            result = self.import_orders(make_order("1"), make_order("2"))
        self.assertEqual(result.created, ["1"])
        error = result.failed[0][2]
        self.assertIsInstance(error, DataError)
        self.assertEqual(error.message, "Orders of this customer are blocked.")
        self.assertTrue(error.remedy)

    def test_lost_races_go_to_the_caller(self):
        importer = type(self.env["integration.order.importer"])
        for error in (psycopg2.errors.SerializationFailure, psycopg2.errors.DeadlockDetected):
            with patch.object(importer, "_bind", side_effect=error), self.assertRaises(error):
                self.import_orders(make_order("1"), make_order("2"))

    def test_failures_are_told_to_the_job(self):
        job = self.backend._enqueue("import_orders")
        self.backend.unknown_product = "fail"
        unknown = make_order("2", lines=(make_line(sku="NOBODY"),))
        importer = self.env["integration.order.importer"]
        result = importer._import_page(self.backend, [make_order("1"), unknown], job=job)
        self.assertEqual((result.created, len(result.failed)), (["1"], 1))
        failed = job.child_ids
        self.assertEqual((failed.external_id, failed.state, failed.error_type), ("2", "failed", "data"))
        self.assertIn("NOBODY", failed.last_error)
        self.env["product.product"].create({"name": "Somebody", "default_code": "NOBODY"})
        importer._import_page(self.backend, [unknown], job=job)
        self.assertEqual(failed.state, "done")

    # === LOCKS === #

    def test_busy_documents_are_left(self):
        """Another transaction imports the order, or creates the same new customer: come back later."""
        with self.env.registry.cursor() as other:
            page_locks.try_lock(other, [f"order:{self.backend.id}:1"])
            page_locks.try_lock(other, [f"email:{self.company.id}:eve@example.com"])
            eve = {"customer": None, "email": "Eve@Example.com"}
            result = self.import_orders(make_order("1"), make_order("2", **eve), make_order("3"))
        self.assertEqual(result.busy, ["1", "2"])
        self.assertEqual(result.created, ["3"])
        self.assertFalse(self.env["res.partner"].search([("email_normalized", "=", "eve@example.com")]))

    def test_what_appeared_after_the_snapshot_is_left(self):
        """A customer that another transaction has committed, invisible here, is not created a second time."""
        with patch("odoo.addons.connector_base.engine.order_importer.appeared_meanwhile") as appeared:
            appeared.side_effect = lambda env, query: (
                {"email:eve@example.com"} if "res_partner" in query.code else set()
            )
            result = self.import_orders(make_order("1"), make_order("2", customer=None, email="eve@example.com"))
        self.assertEqual((result.created, result.busy), (["1"], ["2"]))

    # === HOLD === #

    def test_inconsistent_total_is_held(self):
        order = self.import_order(make_order(total=Decimal("11.00")))
        self.assertTrue(order.integration_held)
        self.assertIn("11.00", order.integration_hold_reason)
        self.assertIn("1.00", order.integration_hold_reason)
        with self.assertRaisesRegex(UserError, "11.00"):
            order.action_confirm()
        self.assertIn(order, self.env["sale.order"].search([("integration_held", "=", True)]))
        order.action_integration_release()
        self.assertNotIn(order, self.env["sale.order"].search([("integration_held", "=", True)]))
        self.assertIn("11.00", order.message_ids[0].body)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_missing_rate_is_held_until_it_is_there(self):
        document = make_order(currency="SEK")
        order = self.import_order(document)
        self.assertEqual(order.currency_id.name, "SEK")
        self.assertIn("SEK", order.integration_hold_reason)
        currency = order.currency_id
        self.assertTrue(currency.active)
        self.env["res.currency.rate"].create({"currency_id": currency.id, "name": "2026-01-01", "rate": 10.5})
        result = self.import_orders(document)
        self.assertEqual(result.updated, ["1001"], "a held order is looked at again")
        self.assertFalse(order.integration_hold_reason)
        self.assertEqual(order.currency_rate, 10.5)
        self.assertEqual(len(order.order_line), 1)

    def test_unknown_currency_fails(self):
        result = self.import_orders(make_order(currency="DOGE"))
        self.assertIn("DOGE", result.failed[0][2].message)

    def test_one_pricelist_per_currency(self):
        self.import_orders(make_order("1", currency="SEK"), make_order("2", currency="SEK"))
        self.import_orders(make_order("3", currency="SEK"))
        pricelists = self.env["product.pricelist"].search([("currency_id.name", "=", "SEK")])
        self.assertEqual(len(pricelists), 1)
        self.assertEqual(self.order_of("3").pricelist_id, pricelists)

    # === AFTERWARDS === #

    def test_confirmed_order_keeps_its_date(self):
        imported = self.import_order(make_order())
        own = self.env["sale.order"].create({"partner_id": imported.partner_id.id, "date_order": "2026-03-01 09:30:00"})
        (imported + own).action_confirm()
        self.assertEqual(imported.date_order, datetime(2026, 3, 1, 9, 30))
        self.assertGreater(own.date_order, datetime(2026, 3, 2))

    def test_confirmation_mails_are_the_channels_decision(self):
        quiet = self.import_order(make_order("1"))
        loud_backend = self.env["integration.backend"].create(
            {"name": "Loud shop", "platform": PLATFORM, "send_order_mails": True}
        )
        self.import_orders(make_order("2"), backend=loud_backend)
        loud = self.order_of("2", loud_backend)
        mailed = []

        def send(orders):
            mailed.append(orders)

        with patch.object(type(quiet), "_send_order_confirmation_mail", send):
            (quiet + loud).with_context(send_email=True).action_confirm()
        self.assertEqual(mailed, [loud])
        self.assertEqual((quiet + loud).mapped("state"), ["sale", "sale"])

    def test_searches(self):
        order = self.import_order(make_order(total=Decimal("10.00")))
        Order = self.env["sale.order"]
        domain = [("id", "=", order.id)]
        self.assertEqual(Order.search([*domain, ("integration_min_total", "=", 10)]), order)
        self.assertFalse(Order.search([*domain, ("integration_min_total", "=", 10.01)]))
        self.assertFalse(Order.search([*domain, ("integration_unknown_products", "=", True)]))
        self.assertEqual(Order.search([*domain, ("integration_unknown_products", "=", False)]), order)
        self.assertEqual(Order.search([*domain, ("integration_held", "=", False)]), order)

    def test_unset_overwrites_nothing(self):
        self.import_order(make_order(note="Ring twice", tags=("vip",), shipping_address=make_address(city="Peoria")))
        order = self.import_order(
            make_order(
                updated_at=PLACED + timedelta(minutes=1),
                tags=(),
                note=UNSET,
                billing_address=UNSET,
                shipping_address=UNSET,
            )
        )
        self.assertEqual(order.integration_note, "Ring twice")
        self.assertFalse(order.integration_tags)
        self.assertEqual(order.partner_shipping_id.city, "Peoria")


@tagged("post_install", "-at_install")
class TestFastCreation(EngineCase):
    """Giving values to the creates is an optimisation: it must not show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend.tax_policy = "create"
        cls.documents = [
            make_order(
                str(number),
                lines=(
                    make_line(price="9.99", quantity="3", discount=Decimal("1.01"), taxes=[make_tax("5.79")]),
                    make_line("L2", price="4.37", quantity="2", discount=Decimal("0.33"), sku="NOBODY"),
                ),
                shipping_lines=(make_shipping(taxes=[make_tax("1.00")]),),
            )
            for number in range(3)
        ]

    def values(self, documents):
        """Return all stored values of the orders of `documents` and their lines that aren't theirs alone."""
        own = {"id", "name", "order_id", "order_line", "create_date", "write_date", "access_token", "display_name"}
        own |= {"integration_external_id", "integration_url", "client_order_ref", "integration_lines_digest"}
        orders = self.env["sale.order"].union(*(self.order_of(document.external_id) for document in documents))
        self.env.flush_all()
        self.env.invalidate_all()
        result = []
        for records in (orders, orders.order_line):
            names = [name for name, field in records._fields.items() if field.store and name not in own]
            result.append([{**values, "id": 0} for values in records.read(names, load=False)])
        for values in result[1]:
            data = values["extra_tax_data"] or {}
            self.assertTrue(data.pop("computation_key", "").startswith("line,") or not data, "the order's own")
        return result

    def test_same_values_as_odoo_computes(self):
        importer = self.env["integration.order.writer"]
        self.assertTrue(importer._is_fast(), "no addon installed here computes amounts")
        with patch("odoo.addons.connector_base.engine.order_writer.SAMPLE", 1):
            self.import_orders(*self.documents)
        self.assertTrue(importer._is_fast(), "the sample was equal")
        self.env["ir.config_parameter"].set_param("connector_base.fast_order_creation", "False")
        again = [replace(document, external_id=f"slow{document.external_id}") for document in self.documents]
        self.import_orders(*again)
        self.assertEqual(self.values(self.documents), self.values(again))

    def test_switched_off_by_a_different_sample(self):
        line_class = type(self.env["sale.order.line"])
        original = line_class._compute_amount

        def compute(lines):
            original(lines)
            for line in lines:
                line.price_subtotal += 1

        compute._depends = original._depends
        # patched in place, it still counts as the module's own method: only the sample can tell
        with (
            patch("odoo.addons.sale.models.sale_order_line.SaleOrderLine._compute_amount", compute),
            patch("odoo.addons.connector_base.engine.order_writer.SAMPLE", 1),
            self.assertLogs("odoo.addons.connector_base.engine.order_writer", "WARNING") as logs,
        ):
            self.import_orders(*self.documents)
        self.assertIn("switched off", logs.output[0])
        self.assertFalse(self.env["integration.order.writer"]._is_fast())
        order = self.order_of("0")
        self.assertEqual(order.order_line[0].price_subtotal, 29.96, "Odoo's own values are kept")
        self.assertIn("Odoo computes", order.integration_hold_reason)

    def test_left_to_other_addons(self):
        """A compute method defined by a module the import doesn't know is never skipped."""
        writer = self.env["integration.order.writer"]
        with patch.object(type(self.env["sale.order.line"]), "_compute_amount", lambda lines: None, create=True):
            modules = writer._defining_modules("sale.order.line", "_compute_amount")
        self.assertIn("sale", modules)
        with patch.object(type(writer), "_defining_modules", lambda self, model, method: {"sale", "sale_margin"}):
            self.assertFalse(writer._is_fast())
            self.assertFalse(writer._trusted("sale.order.line", ("qty_invoiced",)))
