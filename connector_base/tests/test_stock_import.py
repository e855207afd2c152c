from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..canonical import Location
from .stock_common import StockCase


@tagged("post_install", "-at_install")
class TestStockImport(StockCase):
    """The first inventory: Odoo has what the platform has, and then there is nothing to send."""

    def setUp(self):
        super().setUp()
        self.shop.stock = {("I10", "P1"): 5, ("I20", "P1"): 8, ("I20", "P2"): 2, ("I99", "P1"): 1}

    def run_import(self, **arguments):
        places = self.main | self.second
        job = self.backend._enqueue("import_stock", arguments={"place_ids": places.ids, **arguments})
        self.perform_chain(job)
        return job

    def lying(self, product, location=None):
        location = location or self.warehouse.lot_stock_id
        return product.with_context(location=location.id).qty_available

    def test_taken_over(self):
        job = self.run_import()
        self.assertEqual((self.lying(self.mug), self.lying(self.cup), self.lying(self.cup, self.harbour)), (5, 8, 2))
        self.assertEqual((job.items_done, job.outcome_counts["adjusted"], job.outcome_counts["unknown"]), (4, 3, 1))
        self.assertFalse(self.marked(), "nothing to send")
        self.backend._note_all_stock()
        self.shop.calls.clear()
        self.push()
        self.assertEqual(self.shop.pushed, [], "also not a 0 where the platform has nothing")
        self.assertNotIn(("I10", "P2"), self.shop.stock)
        self.put(self.mug, 1, self.harbour)
        self.push()
        self.assertEqual(self.shop.stock["I10", "P2"], 1)

    def test_what_orders_hold_is_added(self):
        """The platform has taken it off what can be sold, but it lies here still."""
        self.add_order(self.mug, 2)
        self.run_import()
        self.assertEqual(self.lying(self.mug), 7)
        self.assertEqual((self.level().quantity, self.level().drift), (5, 0))

    def test_counted_before(self):
        self.put(self.mug, 50)
        self.run_import()
        self.assertEqual(self.lying(self.mug), 50)
        self.run_import(overwrite=True)
        self.assertEqual(self.lying(self.mug), 5)
        moves = self.env["stock.move"].search([("product_id", "=", self.mug.id)])
        self.assertEqual((len(moves), moves.state, moves.is_inventory), (1, "done", True))

    def test_not_to_be_counted(self):
        self.mug.tracking = "serial"
        self.cup.is_storable = False
        counts = self.run_import().outcome_counts
        self.assertEqual((counts["lots"], counts["untracked"], counts.get("adjusted", 0)), (1, 2, 0))

    def test_twice(self):
        self.run_import()
        self.assertEqual(self.run_import(overwrite=True).outcome_counts["equal"], 3)
        self.assertEqual(self.lying(self.cup), 8)

    def test_preview(self):
        wizard = self.env["integration.stock.import"].browse(self.backend.action_import_stock()["res_id"])
        self.assertEqual(wizard.place_ids, self.main | self.second)
        wizard.action_preview()
        self.assertEqual(
            [(line.product_id, line.place_id, line.here, line.there) for line in wizard.line_ids],
            [(self.mug, self.main, 0, 5), (self.cup, self.main, 0, 8), (self.cup, self.second, 0, 2)],
        )
        self.assertIn("only the platform's first page", wizard.summary)
        self.assertFalse(self.lying(self.mug), "nothing is written")
        wizard.action_start()
        job = self.env["sync.job"].search([("operation", "=", "import_stock")], limit=1)
        self.perform_chain(job)
        self.assertEqual(self.lying(self.mug), 5)
        wizard.place_ids = False
        with self.assertRaisesRegex(UserError, "No place is chosen"):
            wizard.action_start()


@tagged("post_install", "-at_install")
class TestPlaces(StockCase):
    """The platform's places, and who may see what."""

    def read_places(self):
        self.perform(self.backend._enqueue("import_locations"))
        return self.backend.with_context(active_test=False).location_ids

    def test_read(self):
        self.shop.places = [
            Location(external_id="P1", name="Main Street", country_code="FR"),
            Location(external_id="P3", name="Old Town", active=False),
        ]
        places = {place.external_id: place for place in self.read_places()}
        self.assertEqual((places["P1"].name, places["P1"].country_code), ("Main Street", "FR"))
        self.assertEqual(places["P1"].location_ids, self.warehouse.lot_stock_id, "people's choice stays")
        self.assertFalse(places["P2"].active or places["P3"].active, "gone, and not in use")
        self.shop.places = [Location(external_id="P2", name="Harbour")]
        self.read_places()
        self.assertTrue(self.second.active)

    def test_one_of_each(self):
        backend = self.env["integration.backend"].create({"name": "New shop", "platform": "fake"})
        backend.write({"state": "connected", "warehouse_id": self.warehouse.id})
        self.shop.places = [Location(external_id="P1", name="Main Street")]
        backend.export_stock = True
        self.perform(self.env["sync.job"]._waiting(f"import_locations:{backend.id}"))
        self.assertEqual(backend.location_ids.location_ids, self.warehouse.lot_stock_id)
        self.assertEqual(backend.location_ids.warehouse_id, self.warehouse)

    def test_changed_on_the_platform(self):
        self.env.cr.execute(
            "INSERT INTO integration_webhook_event (backend_id, event_id, topic, resource, external_id, body,"
            " received_at, state, attempts) VALUES (%s, 'x', 'locations', 'location', 'P1', '', now(), 'new', 0)",
            [self.backend.id],
        )
        self.perform(self.backend._enqueue("drain_webhooks"))
        self.assertTrue(self.env["sync.job"]._waiting(f"import_locations:{self.backend.id}"))

    def test_daily_check(self):
        self.env["integration.backend"]._cron_check_stock()
        self.assertTrue(self.env["sync.job"]._waiting(f"check_stock:{self.backend.id}"))

    def test_access(self):
        def user(name, group, company):
            return self.env["res.users"].create(
                {
                    "name": name,
                    "login": f"stock_{name}",
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                    "group_ids": [Command.set([self.env.ref("base.group_user").id, self.env.ref(group).id])],
                }
            )

        self.put(self.mug, 1)
        self.push()
        level = self.level()
        other = self.env["res.company"].create({"name": "Other"})
        salesman = user("salesman", "sales_team.group_sale_salesman", self.company)
        member = user("member", "connector_base.group_integration_user", self.company)
        stranger = user("stranger", "connector_base.group_integration_manager", other)
        for reader in (salesman, member):
            self.assertEqual(level.with_user(reader).read(["quantity", "external_url"])[0]["quantity"], 1)
            self.assertFalse(level.with_user(reader).has_access("write"))
        self.assertFalse(level.with_user(stranger).search_count([("id", "=", level.id)]))
        level.with_user(member).action_send()
        self.backend.with_user(member).action_send_stock()
        self.backend.with_user(member).action_check_stock()
        with self.assertRaises(AccessError):
            self.backend.with_user(member).action_import_stock()
        with self.assertRaises(AccessError):
            level.with_user(stranger).action_send()
        action = self.mug.product_tmpl_id.with_user(salesman).action_open_integration_stock()
        found = self.env["integration.stock.level"].with_user(salesman).search(action["domain"])
        self.assertIn(level, found)
        self.assertEqual(self.mug.action_open_integration_stock()["domain"], [("product_id", "in", self.mug.ids)])
