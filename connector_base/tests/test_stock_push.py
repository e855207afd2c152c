from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.queue_job.exception import RetryableJobError

from .stock_common import StockCase, StockShop


@tagged("post_install", "-at_install")
class TestStockPush(StockCase):
    """What differs is sent, once, in full batches, and only over what the platform is known to have."""

    def test_one_change_is_one_call_and_then_none(self):
        self.sync()
        self.put(self.mug, 7)
        self.assertEqual(self.marked(), self.mug_binding)
        self.push()
        [levels] = self.shop.pushed
        self.assertEqual(
            [(level.item_external_id, level.location_external_id, level.quantity, level.expected) for level in levels],
            [("I10", "P1", 7, 0)],
        )
        self.assertEqual(self.shop.stock["I10", "P1"], 7)
        level = self.level()
        self.assertEqual((level.quantity, level.remote_quantity, level.known, level.drift), (7, 7, True, 0))
        self.assertTrue(level.pushed_at)
        self.shop.pushed.clear()
        self.backend._note_all_stock()
        self.push()
        self.assertEqual((self.shop.pushed, self.shop.calls), ([], []))

    def test_the_first_time(self):
        """What the platform has is read before anything is sent: what is equal is left alone."""
        self.put(self.mug, 7)
        self.shop.stock = {("I10", "P1"): 7, ("I10", "P2"): 4, ("I20", "P1"): 1}
        self.backend._note_all_stock()
        self.push()
        sent = [(level.item_external_id, level.location_external_id) for call in self.shop.pushed for level in call]
        self.assertEqual(sent, [("I10", "P2")])
        self.assertEqual(self.shop.stock, {("I10", "P1"): 7, ("I10", "P2"): 0, ("I20", "P1"): 1})
        level = self.level(self.cup_binding, self.second)
        self.assertEqual((level.known, bool(level.known_at), level.drift), (False, True, 0))
        self.shop.calls.clear()
        self.sync()
        self.assertEqual((self.shop.pushed, self.shop.calls), ([], []))

    def test_what_was_never_counted_here_is_not_taken_away_there(self):
        """A product made on the platform, with its first stock there: Odoo has none only because nobody counted it."""
        self.shop.stock = {("I20", "P1"): 5}
        self.backend._note_all_stock()
        job = self.push()
        self.assertEqual(self.shop.stock["I20", "P1"], 5)
        level = self.level(self.cup_binding)
        self.assertIn("never counted", level.last_error)
        self.assertIn("Take over", level.remedy)
        [failed] = job.child_ids
        self.assertEqual(failed.record_id, self.cup.id)
        self.backend._note_all_stock()
        self.push()
        self.assertEqual(self.shop.stock["I20", "P1"], 5, "nor the next time")
        self.put(self.cup, 3)
        self.push()
        self.assertEqual((self.shop.stock["I20", "P1"], self.level(self.cup_binding).last_error), (3, False))
        self.assertEqual(failed.state, "done")
        self.put(self.cup, -3)
        self.push()
        self.assertEqual(self.shop.stock["I20", "P1"], 0, "what Odoo has counted and sold out is sold out there")

    def test_whoever_asks_for_it_has_the_platform_offer_none(self):
        self.shop.stock = {("I20", "P1"): 5}
        self.backend._note_all_stock()
        [failed] = self.push().child_ids
        failed.action_retry()
        self.perform(failed)
        self.assertEqual((self.shop.stock["I20", "P1"], failed.state), (0, "done"))

    def test_batches_are_full(self):
        """Calls = ceil(levels / batch)."""
        products = self.env["product.product"].create(
            [{"name": f"A{number}", "type": "consu", "is_storable": True} for number in range(30)]
        )
        for number, product in enumerate(products):
            self.bind(product, f"3{number:02}")
        self.backend._note_all_stock()
        job = self.push()
        levels = 32 * 2
        self.assertEqual(len(self.shop.pushed), -(-levels // self.shop.batch))
        self.assertEqual(sum(map(len, self.shop.pushed)), levels)
        self.assertEqual((job.items_total, job.items_done, job.progress), (32, 32, 100.0))
        self.assertEqual(job.outcome_counts["sent"], levels)
        self.assertFalse(self.env["integration.change"].search_count([("backend_id", "=", self.backend.id)]))

    def test_throttled_in_the_middle(self):
        """What was sent stays sent, the rest is sent later: nothing is repeated or lost."""
        products = self.env["product.product"].create(
            [{"name": f"A{number}", "type": "consu", "is_storable": True} for number in range(6)]
        )
        for number, product in enumerate(products):
            self.bind(product, f"3{number:02}")
        self.backend._note_all_stock()
        self.shop.throttle_after = 2
        self.env.cr.flush()
        job = self.backend._enqueue("push_stock", identity_key=f"push_stock:{self.backend.id}")
        self.perform(job)
        self.assertEqual((job.state, len(self.shop.pushed)), ("pending", 2))
        self.assertTrue(job.eta, "it goes on when the platform said")
        self.assertEqual(len(self.marked()), 4)
        self.shop.throttle_after = None
        self.perform_chain(job)
        sent = [(level.item_external_id, level.location_external_id) for call in self.shop.pushed for level in call]
        self.assertEqual((len(sent), len(set(sent))), (16, 16))
        self.assertEqual((job.state, job.items_done, job.items_total), ("done", 8, 8))

    def test_throttled_after_one_with_another_quantity_than_expected(self):
        """It is looked at again when the rest is sent."""
        pot = self.env["product.product"].create({"name": "Pot", "type": "consu", "is_storable": True})
        pot_binding = self.bind(pot, "30")
        self.sync()
        self.shop.stock["I20", "P1"] = 50
        for product in (self.mug, self.cup, pot):
            self.put(product, 1)
        self.shop.throttle_after = 2
        self.env.cr.flush()
        with patch.object(self.shop, "batch", 1):
            job = self.backend._enqueue("push_stock", identity_key=f"push_stock:{self.backend.id}")
            self.perform(job)
            self.assertEqual(self.marked(), self.cup_binding | pot_binding)
            self.shop.throttle_after = None
            self.perform_chain(job)
        self.assertEqual([self.shop.stock[item, "P1"] for item in ("I10", "I20", "I30")], [1, 1, 1])

    def test_throttled_at_once(self):
        """Nothing was sent: the job is postponed as a whole, and its marks are there again after the rollback."""
        self.put(self.mug, 3)
        self.env.cr.flush()
        self.shop.throttle_after = 0
        job = self.backend._enqueue("push_stock")
        with self.assertRaises(RetryableJobError):
            job._as_worker()._execute()

    def test_killed_after_the_platform_answered(self):
        """The same attempt again has the same key, so the platform does it once."""
        self.sync()
        self.put(self.mug, 5)
        self.env.cr.flush()
        with self.assertRaises(RuntimeError), self.env.cr.savepoint():
            self.push()
            raise RuntimeError("killed")
        self.env.invalidate_all()
        self.shop.stock["I10", "P1"] = 4  # sold meanwhile: a second set to 5 would sell it twice
        self.push()
        self.assertEqual(len(self.shop.answers), 2, "one at the start, one for the change")
        self.assertEqual(self.shop.stock["I10", "P1"], 4)

    def test_a_later_equal_change_has_another_key(self):
        self.sync()
        for quantity in (5, -5, 5):
            self.put(self.mug, quantity)
            self.push()
        self.assertEqual(self.shop.stock["I10", "P1"], 5)

    def test_lost_answer(self):
        """The connection breaks after the platform has done it: found out by comparison."""
        self.sync()
        self.put(self.mug, 5)
        self.env.cr.flush()
        self.shop.lose_answer = True
        with self.assertRaises(RetryableJobError):
            self.backend._enqueue("push_stock")._as_worker()._execute()
        self.shop.lose_answer = False
        self.put(self.cup, 2)  # other levels than before: another key
        self.push()
        self.assertEqual((self.shop.stock["I10", "P1"], self.shop.stock["I20", "P1"]), (5, 2))
        self.assertEqual(self.level().remote_quantity, 5)

    def test_refused(self):
        """One article fails alone, with what to do; the next push that works ends the failure."""
        self.shop.refused = {"I10"}
        self.put(self.mug, 1)
        self.put(self.cup, 1)
        job = self.push()
        self.assertEqual(self.shop.stock, {("I20", "P1"): 1, ("I20", "P2"): 0})
        [failed] = job.child_ids
        self.assertEqual(
            (failed.external_id, failed.remedy, failed.operation), ("10", "Track it there.", "push_stock_items")
        )
        self.assertEqual((failed.res_model, failed.record_id), ("product.product", self.mug.id))
        self.assertEqual(self.level().last_error, "Not tracked")
        self.shop.refused = set()
        failed.action_retry()
        self.perform(failed)
        self.assertEqual((failed.state, self.shop.stock["I10", "P1"]), ("done", 1))
        self.assertFalse(self.level().last_error)

    def test_refused_then_changed(self):
        self.shop.refused = {"I10"}
        self.put(self.mug, 1)
        [failed] = self.push().child_ids
        self.shop.refused = set()
        self.put(self.mug, 1)
        self.push()
        self.assertEqual((failed.state, self.shop.stock["I10", "P1"]), ("done", 2))

    def test_a_bug_of_the_adapter_fails_the_articles(self):
        self.put(self.mug, 1)
        with (
            patch.object(StockShop, "_set", side_effect=KeyError("x")),
            self.assertLogs("odoo.addons.connector_base.engine.stock_exporter", "ERROR"),
        ):
            job = self.push()
        self.assertEqual((job.state, job.child_ids.error_type), ("done", "bug"))
        self.assertIn("KeyError", job.child_ids.traceback)

    def test_off(self):
        """Not wanted, not connected, or without a place: nothing is sent, and nothing piles up."""
        self.put(self.mug, 1)
        self.env.cr.flush()
        self.backend.export_stock = False
        self.push()
        self.assertEqual((self.shop.pushed, len(self.marked())), ([], 0))
        self.put(self.mug, 1)
        self.assertFalse(self.marked())
        with self.assertRaisesRegex(UserError, "not sent"):
            self.backend.action_check_stock()
        self.backend.export_stock = True
        self.assertEqual(self.marked(), self.mug_binding | self.cup_binding)
        (self.main | self.second).push = False
        self.push()
        self.assertFalse(self.shop.pushed)

    def test_one_at_a_time(self):
        self.put(self.mug, 1)
        self.env.cr.flush()
        with self.registry.cursor() as other:
            self.assertTrue(self.backend.with_env(self.env(cr=other))._try_lock_stock())
            with self.assertRaises(RetryableJobError):
                self.backend._enqueue("push_stock")._as_worker()._execute()
        self.assertFalse(self.shop.pushed)


@tagged("post_install", "-at_install")
class TestStockConflict(StockCase):
    """The platform has another quantity than Odoo believes."""

    def setUp(self):
        super().setUp()
        self.put(self.mug, 10)
        self.sync()

    def later(self):
        """Let the waiting time pass."""
        self.level().wait_until = "2020-01-01"
        self.env["integration.change"]._cron_sweep()

    def test_sold_and_imported(self):
        """It sold one, and the order is here: both agree, nothing is overwritten."""
        self.shop.stock["I10", "P1"] = 9
        self.add_order(self.mug, 1)
        self.push()
        self.assertEqual(self.shop.stock["I10", "P1"], 9)
        self.assertEqual((self.level().remote_quantity, self.level().drift), (9, 0))

    def test_sold_and_not_imported_yet(self):
        self.shop.stock["I10", "P1"] = 7
        self.put(self.mug, 1)
        self.push()
        self.assertEqual((self.shop.stock["I10", "P1"], self.level().drift), (7, -4))
        self.assertTrue(self.level().wait_until)
        self.push()
        self.assertEqual(self.shop.stock["I10", "P1"], 7, "it still waits")
        self.add_order(self.mug, 3)
        self.later()
        self.push()
        self.assertEqual(self.shop.stock["I10", "P1"], 8, "the new one is added, the three stay sold")

    def test_the_order_is_looked_for_where_nobody_tells_of_it(self):
        cursor = self.backend._cursor("orders")
        self.shop.stock["I10", "P1"] = 7
        self.put(self.mug, 1)
        self.push()
        self.assertEqual((cursor.sync_job_id.operation, cursor.sync_job_id.state), ("import_orders", "pending"))
        job = cursor.sync_job_id
        self.push()
        self.assertEqual(cursor.sync_job_id, job, "it is under way")

    def test_an_order_that_is_told_of_is_not_looked_for(self):
        self.env["ir.config_parameter"].set_param("connector_base.public_url", "https://odoo.example.com")
        self.shop.stock["I10", "P1"] = 7
        self.put(self.mug, 1)
        self.push()
        self.assertTrue(self.level().wait_until)
        self.assertFalse(self.backend._cursor("orders").sync_job_id)

    def test_sold_elsewhere_too(self):
        """What Odoo has less of than the platform, it has sold elsewhere: that never waits for an order."""
        self.shop.stock["I10", "P1"] = 7
        self.put(self.mug, -8)
        self.push()
        self.assertEqual(self.shop.stock["I10", "P1"], 2)
        self.shop.stock["I10", "P1"] = 1
        self.put(self.mug, 3)
        self.push()
        self.assertTrue(self.level().wait_until)
        self.put(self.mug, -5)
        self.push()
        self.assertEqual(self.shop.stock["I10", "P1"], 0, "nor while another difference waits")

    def test_no_order_comes(self):
        self.shop.stock["I10", "P1"] = 2
        self.put(self.mug, 1)
        self.push()
        self.later()
        self.assertEqual(self.marked(), self.mug_binding)
        self.push()
        self.assertEqual(self.shop.stock["I10", "P1"], 11)

    def test_more_than_expected(self):
        """Nobody sells by adding: Odoo's quantity counts at once."""
        self.shop.stock["I10", "P1"] = 50
        self.put(self.mug, 1)
        self.push()
        self.assertEqual(self.shop.stock["I10", "P1"], 11)
        self.assertEqual(self.level().drift, 0)

    def test_told_of_our_own(self):
        self.put(self.mug, 1)
        self.push()
        self.shop.pushed.clear()
        version = self.level().version
        self.tell("I10:P1:11")
        self.push()
        self.assertEqual((self.shop.pushed, self.level().version), ([], version))

    def test_told_of_a_sale(self):
        """The order and the notification come in together: no call at all."""
        self.shop.stock["I10", "P1"] = 9
        self.tell("I10:P1:9")
        self.assertEqual((self.level().remote_quantity, self.level().drift), (9, -1))
        self.assertFalse(self.marked())
        self.add_order(self.mug, 1)
        self.push()
        self.assertEqual((self.shop.pushed, self.shop.calls), ([], []))
        self.assertEqual((self.level().drift, self.level().wait_until), (0, False))

    def test_told_of_more(self):
        self.shop.stock["I10", "P1"] = 20
        self.tell("I10:P1:20")
        self.assertEqual(self.marked(), self.mug_binding)
        self.push()
        self.assertEqual(self.shop.stock["I10", "P1"], 10)

    def test_told_what_nobody_needs(self):
        self.tell("I10:P9:1", "I99:P1:1", "I10:P2:")
        events = self.env["integration.webhook.event"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual(sorted(events.mapped("state")), ["done", "ignored", "ignored"])
        self.assertFalse(self.level(place=self.second).known, "not stocked there")
        self.assertFalse(self.marked())

    def test_told_while_a_push_is_at_work(self):
        with patch.object(type(self.backend), "_try_lock_stock", lambda backend: False):
            self.tell("I10:P1:3")
        event = self.env["integration.webhook.event"].search([("backend_id", "=", self.backend.id)])
        self.assertEqual((event.state, self.level().remote_quantity), ("new", 10))
        self.assertTrue(self.env["sync.job"]._waiting(f"drain_webhooks:{self.backend.id}"))

    def test_new_on_the_platform(self):
        """What Odoo has never sent is noted, not overwritten."""
        with self.subTest("bound by an import"):
            product = self.env["product.product"].create({"name": "New", "type": "consu", "is_storable": True})
            context = {"integration_from_backend": self.backend.id}
            self.env["integration.binding.variant"].with_context(**context).create(
                {"backend_id": self.backend.id, "external_id": "30", "odoo_id": product.id}
            )
            self.env.cr.flush()
            self.tell("30:P1:5")
            self.assertFalse(self.marked())

    def test_drift_is_found_and_repaired(self):
        self.shop.stock["I10", "P1"] = 14
        self.shop.stock["I20", "P2"] = 3
        job = self.backend._enqueue("check_stock")
        self.perform_chain(job)
        self.assertIn("differing and looked at again: 2", self.backend.stock_check_result)
        self.assertEqual((job.items_done, job.progress), (2, 100.0))
        self.assertEqual(self.backend.stock_drift_count, 2)
        self.push()
        self.assertEqual((self.shop.stock["I10", "P1"], self.shop.stock["I20", "P2"]), (10, 0))
        self.assertEqual(self.backend.stock_drift_count, 0)

    def test_check_of_what_agrees(self):
        self.perform_chain(self.backend._enqueue("check_stock"))
        self.assertFalse(self.marked())
        self.assertEqual(self.shop.calls, [("fetch_stock",)])

    def test_check_waits_for_orders(self):
        self.shop.stock["I10", "P1"] = 8
        self.perform_chain(self.backend._enqueue("check_stock"))
        self.assertFalse(self.marked())
        self.assertTrue(self.level().wait_until)

    def test_events_whose_content_was_forgotten(self):
        self.tell("I1:P1:5")
        events = self.env["integration.webhook.event"].search([("backend_id", "=", self.backend.id)])
        self.env.cr.execute("UPDATE integration_webhook_event SET body = NULL WHERE id = ANY(%s)", [events.ids])
        events.invalidate_recordset()
        events._settle("new")
        self.env.flush_all()
        self.perform(self.backend._enqueue("drain_webhooks"))
        self.assertEqual(set(events.mapped("state")), {"ignored"})
        self.assertTrue(self.env["sync.job"]._waiting(f"check_stock:{self.backend.id}"))
