from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.queue_job.exception import RetryableJobError

from .stock_common import StockCase

STEPS = ("receive", "sell", "import", "push", "killed", "throttled", "lost", "told", "edited", "later", "check")


class Killed(Exception):
    """The worker died: its transaction is gone, what the platform did is not."""


@tagged("post_install", "-at_install")
class TestStockConverges(StockCase):
    """Whatever happens in between, in the end the platform offers what Odoo has and nobody has bought."""

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.sampled_from(STEPS), st.booleans()), min_size=3, max_size=9))
    def test_converges(self, steps):
        savepoint = self.env.cr.savepoint()
        try:
            self.start()
            for step, second in steps:
                self.place = self.second if second else self.main
                getattr(self, f"step_{step}")()
            self.finish()
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def start(self):
        self.open_shop()
        self.sold = []
        for location in (self.shelf, self.harbour):
            self.put(self.mug, 20, location)
        self.push()

    def finish(self):
        """The disturbances end: orders come in, waits are over, the daily check runs."""
        self.step_import()
        for _round in range(2):
            self.step_check()
            self.step_later()
            self.step_push()
        offered = self.env["integration.stock.quantities"]._offered(
            self.backend, self.mug_binding, self.main | self.second
        )
        for place in self.main | self.second:
            self.assertEqual(self.shop.stock["I10", place.external_id], offered[self.mug_binding.id, place.id])
            self.assertEqual(self.level(place=place).drift, 0)
        self.assertFalse(self.marked())
        self.shop.pushed.clear()
        self.backend._note_all_stock()
        self.push()
        self.assertEqual([level for call in self.shop.pushed for level in call if level.item_external_id == "I10"], [])

    def step_receive(self):
        self.put(self.mug, 3, self.shelf if self.place == self.main else self.harbour)

    def step_sell(self):
        """A customer buys on the platform, from the place that the warehouse's orders are sent from."""
        if self.shop.stock["I10", "P1"] > 0:
            self.shop.stock["I10", "P1"] -= 1
            self.sold.append(1)

    def step_import(self):
        for quantity in self.sold:
            self.add_order(self.mug, quantity)
        self.sold.clear()

    def step_push(self):
        self.push()

    def step_killed(self):
        self.env.cr.flush()
        try:
            with self.env.cr.savepoint():
                self.push()
                raise Killed
        except Killed:
            self.env.invalidate_all()

    def attempt(self):
        """Run one push that the platform disturbs, as the runner does: what it raises rolls it back."""
        self.env.cr.flush()
        job = self.backend._enqueue("push_stock", identity_key=f"push_stock:{self.backend.id}")
        self.env.flush_all()
        try:
            with self.env.cr.savepoint():
                job._as_worker()._execute()
        except RetryableJobError:
            self.env.invalidate_all()

    def step_throttled(self):
        self.shop.throttle_after = len(self.shop.pushed)
        self.attempt()
        self.shop.throttle_after = None

    def step_lost(self):
        self.shop.lose_answer = True
        self.attempt()
        self.shop.lose_answer = False

    def step_told(self):
        quantity = self.shop.stock["I10", self.place.external_id]
        self.tell(f"I10:{self.place.external_id}:{quantity}")

    def step_edited(self):
        """Somebody changes the quantity on the platform."""
        self.shop.stock["I10", self.place.external_id] += 5

    def step_later(self):
        self.env["integration.stock.level"].search([("wait_until", "!=", False)]).wait_until = "2020-01-01"
        self.env["integration.change"]._cron_sweep()

    def step_check(self):
        self.perform_chain(self.backend._enqueue("check_stock"))
