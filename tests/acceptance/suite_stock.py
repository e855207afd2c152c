"""Quantities that go out, and the first ones that come in."""

from odoo import Command

from .suite_base import SuiteBase, news


class StockTrials(SuiteBase):
    """The platform offers what Odoo has, place by place."""

    # === HELPERS === #

    def connect_stock(self, count=3, places=1):
        """Connect with `count` articles A0, A1 ... of which Odoo has as many as the platform: 10 at each place.

        As a user does it: places are read and mapped, the first inventory is taken, then stock is sent.

        :return: the backend, its places, and the products
        """
        skus = [f"A{number}" for number in range(count)]
        for sku in skus:
            self.account.place_product(title=f"Article {sku}", sku=sku, price="10.00")
        for _place in range(places - 1):
            self.account.open_location()
        backend = self.connect_with("products_in", "stock_in", "stock_out", import_products=True, stock_later=True)
        backend.action_read_locations()
        self.run_jobs(backend)
        found = backend.location_ids.sorted("external_id")
        self.assertEqual(len(found), places)
        for sku in skus:
            for place in found:
                self.account.set_stock(sku, place.external_id, 10)
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", backend.company_id.id)], limit=1)
        shelves = self.env["stock.location"].create(
            [{"name": f"Shelf {place.id}", "location_id": warehouse.lot_stock_id.id} for place in found]
        )
        for place, shelf in zip(found, shelves, strict=True):
            place.location_ids = [Command.set(shelf.ids)]
        wizard = self.env["integration.stock.import"].browse(backend.action_import_stock()["res_id"])
        wizard.scope = "all"
        wizard.action_start()
        self.run_jobs(backend)
        backend.export_stock = True
        self.run_jobs(backend)
        self.account.calls()
        products = self.env["product.product"].search([("default_code", "in", skus)], order="default_code")
        self.assertEqual(len(products), count)
        return backend, found, products

    def move(self, product, place, difference):
        """Let so many units come to a place in Odoo, or leave it."""
        self.env["stock.quant"]._update_available_quantity(product, place.location_ids, difference)

    def sent(self):
        """Return how many calls since the last time set quantities."""
        return self.account.calls().count(self.account.stock_operation)

    # === TRIALS === #

    def test_stock_comes_in_and_is_not_pushed_back(self):
        backend, places, products = self.connect_stock(places=2)
        for product in products:
            for place in places:
                self.assertEqual(product.with_context(location=place.location_ids.id).qty_available, 10)
        backend._note_all_stock()
        self.run_jobs(backend)
        self.assertEqual(self.account.writes(self.account.calls()), [])

    def test_stock_goes_out_in_full_batches(self):
        backend, places, products = self.connect_stock(count=5, places=2)
        for product in products:
            for place in places:
                self.move(product, place, 3)
        with self.account.stock_batches(4):
            self.run_jobs(backend)
        self.assertEqual(self.sent(), 3, "10 quantities, 4 per call")
        self.assertEqual(set(self.account.stock().values()), {13})
        self.move(products[0], places[1], -5)
        self.run_jobs(backend)
        self.assertEqual(self.account.calls(), [*self.account.stock_reads, self.account.stock_operation])
        self.assertEqual(self.account.stock()["A0", places[1].external_id], 8)
        self.move(products[0], places[1], -1)
        self.move(products[0], places[1], 1)
        self.run_jobs(backend)
        self.assertEqual(self.account.calls(), [], "nothing differs")

    def test_quantity_that_somebody_raised_there(self):
        """It is not what was expected: it is looked at, and Odoo's is set, for no order explains it."""
        backend, places, products = self.connect_stock(count=1)
        self.account.set_stock("A0", places.external_id, 50)
        self.move(products, places, -2)
        self.run_jobs(backend)
        self.assertEqual(self.account.stock()["A0", places.external_id], 8)

    def test_order_that_odoo_does_not_know_yet(self):
        """What was sold there meanwhile is not offered again: nothing is oversold."""
        backend, places, products = self.connect_stock(count=1)
        order = self.account.place_of({"A0": 4})
        self.assertEqual(self.account.stock()["A0", places.external_id], 6)
        self.move(products, places, 5)
        self.run_jobs(backend)
        # it waits for the order, where what can be sold is what is told
        self.assertEqual(self.account.stock()["A0", places.external_id], 11 if self.account.reserves else 6)
        backend._enqueue("import_order_ids", arguments={"external_ids": [order]})
        self.run_jobs(backend)
        backend._note_all_stock()
        self.env["integration.stock.level"].search([]).wait_until = False
        self.run_jobs(backend)
        self.assertEqual(self.account.stock()["A0", places.external_id], 11, "15 less the 4 of the order")

    def test_article_not_stocked_there_yet(self):
        backend, _places, products = self.connect_stock(count=1)
        opened = self.account.open_location()
        backend._read_locations_soon()
        self.run_jobs(backend)
        place = backend.location_ids.filtered(lambda place: place.external_id == opened)
        place.location_ids = self.env["stock.warehouse"].search([], limit=1).lot_stock_id.copy({"name": "Shop"})
        self.move(products, place, 7)
        self.run_jobs(backend)
        self.assertEqual(self.account.stock()["A0", opened], 7)
        self.assertFalse(self.failures(backend))

    def test_stock_of_unknown_outcome(self):
        backend, places, products = self.connect_stock()
        for product in products:
            self.move(product, places, 1)
        self.account.fault("reset", after=True, match=self.account.stock_operation, count=1)
        self.run_until_stopped(backend)
        self.assertEqual(set(self.account.stock().values()), {11}, "it was done")
        self.run_jobs(backend)
        self.assertEqual(set(self.account.stock().values()), {11})
        self.assertFalse(self.failures(backend))
        self.account.calls()
        self.move(products[0], places, 1)
        self.run_jobs(backend)
        self.assertEqual(self.account.calls(), [*self.account.stock_reads, self.account.stock_operation])

    def test_stock_killed_and_throttled_in_the_middle(self):
        backend, places, products = self.connect_stock(count=6)
        for product in products:
            self.move(product, places, 5)
        with self.account.stock_batches(2):
            self.run_until_killed(backend, self.account.stock_operation, 2)
            self.assertEqual(sorted(self.account.stock().values()), [10, 10, 15, 15, 15, 15])
            self.move(products[0], places, -1)  # goes on while nobody knows what was done
            self.account.throttle(match=self.account.stock_operation, count=1)
            self.run_until_stopped(backend)
            self.wait_for_budget()
            self.run_jobs(backend)
        levels = self.account.stock()
        self.assertEqual({sku: quantity for (sku, _place), quantity in levels.items()}, {
            "A0": 14, **{f"A{number}": 15 for number in range(1, 6)}
        })  # fmt: skip
        self.assertFalse(self.failures(backend))

    def test_drift_is_found_and_repaired(self):
        backend, places, _products = self.connect_stock(count=2)
        self.account.set_stock("A1", places.external_id, 99)
        backend.action_check_stock()
        self.run_jobs(backend)
        self.assertEqual(self.account.stock()["A1", places.external_id], 10)
        self.assertIn("1", backend.stock_check_result)

    @news
    def test_stock_webhooks_again_and_out_of_order(self):
        """Our own quantity coming back is no news; what fell twice is known as it is now."""
        self.needs("webhooks")
        backend, places, products = self.connect_stock(count=1)
        self.move(products, places, 10)
        self.run_jobs(backend)
        own = self.arrived(backend, "stock_level")
        self.store(backend, own)
        self.run_jobs(backend)
        self.account.calls()
        self.stand_in.control("clock", {"advance": 1})
        self.account.set_stock("A0", places.external_id, 19)
        self.stand_in.control("clock", {"advance": 1})
        self.account.set_stock("A0", places.external_id, 18)
        received = self.arrived(backend, "stock_level")
        self.assertEqual(len(received), 2)
        self.store(backend, received[::-1] * 2)
        self.run_jobs(backend)
        self.store(backend, received)
        self.run_jobs(backend)
        level = self.env["integration.stock.level"].search([("backend_id", "=", backend.id)])
        self.assertEqual((level.quantity, level.remote_quantity), (20, 18))
        calls = self.account.calls()
        self.assertEqual(self.account.writes(calls), [], "an order may explain it: it waits")
        self.assertLessEqual(len(calls), self.account.reads_of_stock_news)
        level.wait_until = False
        backend._note_all_stock()
        self.run_jobs(backend)
        self.assertEqual(self.account.stock()["A0", places.external_id], 20)

    def test_permission_of_stock_missing(self):
        backend, places, products = self.connect_stock(count=1)
        word = self.account.forbid("stock_out")
        self.move(products, places, 1)
        self.run_until_stopped(backend)
        [job] = self.failures(backend)
        self.assertEqual(job.error_type, "configuration")
        self.assertIn(word, job.last_error + job.remedy)
        external_id = self.account.place()
        backend._enqueue("import_order_ids", arguments={"external_ids": [external_id]})
        backend._start_import("products")
        self.run_jobs(backend)
        self.assertIn(external_id, self.orders(backend))
        self.assertEqual(self.failures(backend), job)
