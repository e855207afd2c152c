"""People without rights on integrations do their daily work on records that sales channels follow."""

from decimal import Decimal

from odoo import Command
from odoo.tests import Form, tagged

from ..canonical import Payment
from .order_common import PLACED, EngineCase, FakeAdapter, add_test_platform, make_line, make_order
from .product_common import picture

# Without the second group of some, Odoo itself refuses to open their own records
GROUPS = {
    "salesman": ("sales_team.group_sale_salesman",),
    "storekeeper": ("stock.group_stock_user", "base.group_partner_manager"),
    "biller": ("account.group_account_invoice",),
    "salesman who bills": ("sales_team.group_sale_salesman", "account.group_account_invoice"),
    "product manager": ("product.group_product_manager", "sales_team.group_sale_salesman"),
}
SWITCHES = (
    *("import_products", "export_products", "export_stock", "import_shipments", "export_shipments"),
    *("import_customers", "import_companies", "export_customers", "export_prices", "import_payouts"),
)


class BusyAdapter(FakeAdapter):
    """A platform that can do everything; nothing is asked of it here."""

    def _capabilities(self):
        return frozenset(
            f"{resource}_{direction}"
            for resource in ("orders", "products", "stock", "shipments", "customers", "companies", "prices", "refunds")
            for direction in ("in", "out")
        ) | {"payouts_in"}

    def _carriers(self, backend):
        return ()


@tagged("post_install", "-at_install")
class TestAccessAtWork(EngineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for patcher in add_test_platform(cls.registry, BusyAdapter()):
            patcher.start()
            cls.addClassCleanup(patcher.stop)
        cls.pricelist = cls.env["product.pricelist"].create({"name": "Shop"})
        cls.backend.write(dict.fromkeys(SWITCHES, True) | {"state": "connected", "pricelist_id": cls.pricelist.id})
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.env["integration.location"].create(
            {
                "backend_id": cls.backend.id,
                "external_id": "P1",
                "name": "Main Street",
                "location_ids": [Command.set(cls.warehouse.lot_stock_id.ids)],
            }
        )
        cls.env["integration.price.list"].create(
            {
                "backend_id": cls.backend.id,
                "external_id": "PL1",
                "name": "World",
                "pricelist_id": cls.pricelist.id,
                "currency_id": cls.company.currency_id.id,
            }
        )
        cls.mug.is_storable = True
        cls.env["stock.quant"]._update_available_quantity(cls.mug, cls.warehouse.lot_stock_id, 1000)
        cls.binding = cls.env["integration.binding.product"].create(
            {"backend_id": cls.backend.id, "external_id": "1", "odoo_id": cls.mug.product_tmpl_id.id}
        )
        cls.env["integration.binding.variant"].create(
            {"backend_id": cls.backend.id, "external_id": "V1", "external_parent_id": "1", "odoo_id": cls.mug.id}
        )
        cls.users = {name: cls.make_user(name, cls.company) for name in GROUPS}
        elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.strangers = {name: cls.make_user(name, elsewhere) for name in ("storekeeper", "product manager")}

    @classmethod
    def make_user(cls, name, company):
        groups = [cls.env.ref(group).id for group in ("base.group_user", *GROUPS[name])]
        return cls.env["res.users"].create(
            {
                "name": name,
                "login": f"{name} of {company.name}",
                "group_ids": [Command.set(groups)],
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
            }
        )

    def having(self, group, users=None):
        """Return the users who have `group`."""
        return [user for user in (users or self.users).values() if user.has_group(group)]

    def commit(self):
        """Do what is done before a commit, and forget what was read with more rights."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()

    def marks(self, kind):
        """Return the ids of the records that were marked since the last time."""
        self.commit()
        found = self.env["integration.change"].search([("backend_id", "=", self.backend.id), ("kind", "=", kind)])
        ids = found.mapped("res_id")
        found.unlink()
        return ids

    def order(self, external_id):
        payment = Payment(
            external_id=f"T{external_id}",
            kind="sale",
            status="success",
            gateway="card",
            amount=Decimal("10"),
            currency="USD",
            processed_at=PLACED,
        )
        return self.import_order(
            make_order(
                external_id,
                lines=(make_line(variant_external_id="V1", product_external_id="1"),),
                payments=(payment,),
                fulfillment_status="unfulfilled",
            )
        )

    def deliver(self, picking):
        picking.move_ids.quantity = 1
        picking.button_validate()
        self.commit()
        return picking

    def test_pages_open(self):
        order = self.order("1001")
        order.user_id = False
        order.action_confirm()
        picking = self.deliver(order.picking_ids)
        invoice = order._create_invoices()
        invoice.action_post()
        template = self.mug.product_tmpl_id
        for group, records in (
            ("base.group_user", order.partner_id),
            ("base.group_user", template),
            ("product.group_product_manager", self.mug),
            ("sales_team.group_sale_salesman", order),
            ("account.group_account_invoice", invoice),
            ("stock.group_stock_user", picking),
        ):
            for user in self.having(group):
                with self.subTest(user=user.name, model=records._name):
                    self.commit()
                    Form(records.with_user(user))

    def change_product(self, user):
        """Do all that can be done to a product; it is marked each time."""
        template = self.mug.product_tmpl_id.with_user(user)
        self.marks("product")
        template.write({"name": f"Mug of {user.name}", "list_price": template.list_price + 1})
        self.assertEqual(self.marks("product"), self.binding.ids)
        template.product_variant_id.write({"weight": user.id, "standard_price": user.id})
        self.assertEqual(self.marks("product"), self.binding.ids)
        image = template.env["integration.product.image"].create(
            {"product_tmpl_id": template.id, "image_1920": picture("red")}
        )
        self.assertEqual(self.marks("product"), self.binding.ids)
        image.name = "Top"
        image.unlink()
        template.product_tag_ids = template.env["product.tag"].create({"name": f"Tag {user.id}"})
        template.product_tag_ids.name = f"Other tag {user.id}"
        template.action_archive()
        template.action_unarchive()
        self.commit()
        copy = template.copy()
        bindings = self.env["integration.binding.product"]
        bindings.create({"backend_id": self.backend.id, "external_id": f"C{user.id}", "odoo_id": copy.id})
        copy.unlink()
        self.commit()
        removals = self.env["sync.job"].search([("operation", "=", "remove_products")])
        self.assertIn([f"C{user.id}"], [job.arguments["external_ids"] for job in removals])

    def test_products(self):
        [user] = self.having("product.group_product_manager")
        self.change_product(user)
        self.marks("price")
        rules = self.env["product.pricelist.item"].with_user(user)
        rule = rules.create({"pricelist_id": self.pricelist.id, "compute_price": "fixed", "fixed_price": 5})
        self.assertTrue(self.marks("product"))
        self.assertTrue(self.marks("price"))
        rule.fixed_price = 6
        rule.unlink()
        self.commit()

    def test_deliveries(self):
        [user] = self.having("stock.group_stock_user")
        order = self.order("2001")
        order.action_confirm()
        self.marks("shipment"), self.marks("stock")
        picking = self.deliver(order.picking_ids.with_user(user))
        self.assertEqual(self.marks("shipment"), picking.ids)
        self.assertTrue(self.marks("stock"))
        picking.sudo().integration_shipment_state = "sent"
        self.commit()
        picking.carrier_tracking_ref = "1Z"
        self.assertEqual(self.marks("shipment"), picking.ids)
        picking.sudo().integration_shipment_state = "sent"
        returned = self.env["stock.return.picking"].with_user(user).create({"picking_id": picking.id})
        returned.product_return_moves.quantity = 1
        self.deliver(self.env["stock.picking"].with_user(user).browse(returned.action_create_returns()["res_id"]))
        self.assertTrue(order.activity_ids, "it has to be refunded on the platform")

    def test_orders(self):
        [user, *_others] = self.having("sales_team.group_sale_salesman")
        self.order("3001").user_id = user
        self.commit()
        order = self.order_of("3001").with_user(user)
        self.marks("stock")
        order.order_line.product_uom_qty = 2
        self.assertTrue(self.marks("stock"))
        for step in (order.action_confirm, order._action_cancel, order.action_draft, order.action_confirm):
            step()
            self.commit()

    def test_invoices(self):
        for number, user in enumerate(self.having("account.group_account_invoice")):
            with self.subTest(user=user.name):
                order = self.order(f"400{number}")
                order.user_id = self.env.user
                order.action_confirm()
                self.deliver(order.picking_ids)
                invoice = order._create_invoices()
                self.commit()
                invoice.with_user(user).action_post()
                self.commit()
                reversals = self.env["account.move.reversal"].with_user(user)
                reversal = reversals.with_context(active_model="account.move", active_ids=invoice.ids).create(
                    {"journal_id": invoice.journal_id.id}
                )
                credit = self.env["account.move"].with_user(user).browse(reversal.refund_moves()["res_id"])
                self.commit()
                credit.action_post()
                self.commit()
                self.assertEqual(credit.state, "posted")

    def test_partners(self):
        partner = self.order("5001").partner_id
        [user] = self.having("base.group_partner_manager")
        self.marks("customer")
        partner.with_user(user).write({"name": "Ada King", "phone": "+1 212 555 0100"})
        self.assertTrue(self.marks("customer"))

    def test_another_company(self):
        [user] = self.having("product.group_product_manager", self.strangers)
        self.change_product(user)
        Form(self.mug.product_tmpl_id.with_user(user))
        [user] = self.having("stock.group_stock_user", self.strangers)
        partner = self.order("6001").partner_id
        partner.company_id = False
        self.marks("customer")
        partner.with_user(user).write({"name": "Ada King", "email": "king@example.com"})
        self.assertTrue(self.marks("customer"))
        Form(partner.with_user(user))
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", user.company_id.id)], limit=1)
        receipt = (
            self.env["stock.picking"]
            .with_user(user)
            .create(
                {
                    "picking_type_id": warehouse.in_type_id.id,
                    "move_ids": [Command.create({"product_id": self.mug.id, "product_uom_qty": 1})],
                }
            )
        )
        receipt.action_confirm()
        self.assertEqual(self.deliver(receipt).state, "done")
