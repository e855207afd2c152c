import time
from datetime import timedelta

import psycopg2

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..engine.api_budget import LANE_FLOORS, PgBudget
from ..transport import LANES, RateLimited, take
from .common import BackendCase
from .forked import run_forked


class TestRateLimit(BackendCase):
    """The logic of the bucket, inside the test's transaction."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())
        self.env["integration.rate.limit"].search([]).unlink()

    def budget(self, lane="interactive", account_key="shop.example", **defaults):
        defaults = defaults or {"api": (100, 10)}
        return PgBudget(self.env.registry, "fake", account_key, lane, lambda: defaults)

    def bucket(self, account_key="shop.example"):
        self.env.invalidate_all()
        return self.env["integration.rate.limit"].search([("account_key", "=", account_key)])

    def age(self, seconds):
        """Let `seconds` pass for all buckets."""
        self.env.invalidate_all()
        for bucket in self.env["integration.rate.limit"].search([]):
            bucket.updated -= timedelta(seconds=seconds)
        self.env.flush_all()

    def test_every_lane_has_a_floor(self):
        self.assertEqual(tuple(LANE_FLOORS), LANES)
        self.assertEqual(sorted(LANE_FLOORS.values()), list(LANE_FLOORS.values()))

    def test_a_bucket_starts_full_and_empties(self):
        budget = self.budget()
        self.assertEqual([budget.acquire("api", 40) for _ in range(2)], [0.0, 0.0])
        self.assertAlmostEqual(budget.acquire("api", 40), 2.0, delta=0.2)
        self.assertAlmostEqual(self.bucket().tokens, 20, delta=2)

    def test_a_refusal_takes_nothing(self):
        budget = self.budget()
        budget.acquire("api", 95)
        for _ in range(5):
            self.assertGreater(budget.acquire("api", 50), 0)
        self.assertEqual(budget.acquire("api", 5), 0.0)

    def test_it_refills_up_to_its_size(self):
        budget = self.budget()
        budget.acquire("api", 100)
        self.age(3)
        self.assertEqual(budget.acquire("api", 30), 0.0)
        self.assertGreater(budget.acquire("api", 5), 0.0)
        self.age(3600)
        self.assertEqual(budget.acquire("api", 100), 0.0)
        self.assertGreater(budget.acquire("api", 5), 0.0)

    def test_a_clock_that_went_back_refills_nothing(self):
        budget = self.budget()
        budget.acquire("api", 100)
        self.age(-3600)
        self.assertAlmostEqual(budget.acquire("api", 10), 1.0, delta=0.1)
        self.age(1)
        self.assertEqual(budget.acquire("api", 10), 0.0)

    def test_lanes_leave_their_share(self):
        for lane, left in (("catalogue", 50), ("stock", 35), ("orders", 20), ("webhooks", 10), ("interactive", 0)):
            budget = self.budget(lane, rate=(100, 0.001))
            while not budget.acquire("rate", 1):
                pass
            self.assertAlmostEqual(self.bucket().tokens, left, delta=0.1, msg=lane)

    def test_a_call_dearer_than_the_lane_may_have_waits_for_the_full_bucket(self):
        budget = self.budget("catalogue")
        budget.acquire("api", 1)
        wait = budget.acquire("api", 80)
        self.assertAlmostEqual(wait, 0.1, delta=0.05)
        self.age(1)
        self.assertEqual(budget.acquire("api", 80), 0.0)

    def test_a_call_dearer_than_the_bucket_leaves_a_debt(self):
        budget = self.budget()
        self.assertEqual(budget.acquire("api", 150), 0.0)
        self.assertAlmostEqual(self.bucket().tokens, -50, delta=1)
        self.assertAlmostEqual(budget.acquire("api", 10), 6.0, delta=0.2)

    def test_answers_only_lower_what_is_left(self):
        budget = self.budget()
        budget.acquire("api", 50)
        budget.feed("api", remaining=90)
        self.assertAlmostEqual(self.bucket().tokens, 50, delta=1)
        budget.feed("api", remaining=10)
        self.assertAlmostEqual(self.bucket().tokens, 10, delta=1)

    def test_answers_tell_size_and_rate(self):
        budget = self.budget()
        budget.feed("api", capacity=2000, rate=100, remaining=1900)
        bucket = self.bucket()
        self.assertEqual((bucket.capacity, bucket.rate), (2000, 100))
        self.assertAlmostEqual(bucket.tokens, 1900, delta=1, msg="a bucket of another size is what the answer says")
        budget.feed("api", capacity=2000, rate=100, remaining=1999)
        # it refills by 100 a second meanwhile
        self.assertAlmostEqual(self.bucket().tokens, 1900, delta=50, msg="the same size: only lowered")
        budget.feed("api", capacity=40)
        bucket = self.bucket()
        self.assertEqual((bucket.capacity, bucket.rate), (40, 100))
        self.assertEqual(bucket.tokens, 40)

    def test_an_estimate_is_refunded_but_never_beyond_what_is_left(self):
        budget = self.budget()
        budget.acquire("api", 80)
        budget.feed("api", refund=60)
        self.assertAlmostEqual(self.bucket().tokens, 80, delta=1)
        budget.acquire("api", 50)
        budget.feed("api", refund=40, remaining=35)
        self.assertAlmostEqual(self.bucket().tokens, 35, delta=1)
        budget.feed("api", refund=1000)
        self.assertEqual(self.bucket().tokens, 100)

    def test_a_platform_may_want_silence(self):
        budget = self.budget()
        budget.feed("api", retry_after=30)
        self.assertAlmostEqual(budget.acquire("api", 1), 30.1, delta=0.3)
        budget.feed("api", retry_after=5)
        self.assertGreater(budget.acquire("api", 1), 29)

    def test_accounts_and_apis_are_apart(self):
        budget = self.budget(a=(10, 1), b=(10, 1))
        budget.acquire("a", 10)
        self.assertEqual(budget.acquire("b", 10), 0.0)
        self.assertEqual(self.budget(account_key="other.example", a=(10, 1)).acquire("a", 10), 0.0)
        self.assertEqual(len(self.env["integration.rate.limit"].search([])), 3)

    def test_an_unknown_api_is_a_bug(self):
        with self.assertRaises(KeyError):
            self.budget().acquire("nonsense", 1)
        with self.assertRaises(KeyError):
            self.budget("nonsense")

    def test_a_job_is_told_when(self):
        budget = self.budget()
        budget.acquire("api", 100)
        with self.assertRaises(RateLimited) as caught:
            take(budget, "api", 50, patience=0.0)
        self.assertAlmostEqual(caught.exception.retry_after, 5.0, delta=0.2)

    def test_a_person_waits(self):
        budget = self.budget(api=(10, 50))
        budget.acquire("api", 10)
        started = time.monotonic()
        take(budget, "api", 5, patience=3.0)
        self.assertGreater(time.monotonic() - started, 0.08)

    def test_a_budget_is_seen_by_the_companies_that_use_it(self):
        self.backend.account_key = "shop.example"
        self.budget().acquire("api", 25)
        self.budget(account_key="nobody.example").acquire("api", 1)
        seen = self.env["integration.rate.limit"].with_user(self.user).search([])
        self.assertEqual(seen.account_key, "shop.example")
        self.assertEqual(seen.company_ids, self.company)
        self.assertAlmostEqual(seen.available_percent, 75, delta=2)
        self.assertFalse(self.env["integration.rate.limit"].with_user(self.stranger).search([]))

    def test_the_backend_shows_the_tightest_budget(self):
        self.backend.account_key = "shop.example"
        self.assertEqual(self.backend.budget_left, 100)
        budget = self.budget(a=(100, 0.001), b=(100, 0.001))
        budget.acquire("a", 10)
        budget.acquire("b", 70)
        self.backend.invalidate_recordset()
        self.assertAlmostEqual(self.backend.budget_left, 30, delta=1)

    @mute_logger("odoo.sql_db")
    def test_a_bucket_without_refill_is_refused(self):
        with self.assertRaises(psycopg2.errors.CheckViolation), self.env.cr.savepoint():
            self.budget(api=(10, 0)).acquire("api", 1)


@tagged("-at_install", "post_install")
class TestRateLimitProcesses(TransactionCase):
    """Eight processes, one budget: on the database itself, outside of the test's transaction."""

    ACCOUNT = "processes.example"

    def setUp(self):
        super().setUp()
        self.forget()
        self.addCleanup(self.forget)

    def forget(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM integration_rate_limit WHERE account_key = %s", [self.ACCOUNT])

    def budget(self, registry, lane, capacity, rate):
        return PgBudget(registry, "fake", self.ACCOUNT, lane, lambda: {"api": (capacity, rate)})

    def bucket(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT tokens, updated FROM integration_rate_limit WHERE account_key = %s", [self.ACCOUNT])
            return cr.fetchone()

    def test_not_one_call_too_many(self):
        """800 tries for 500 tokens that don't come back; the bucket is created in the race too."""

        def work(registry, index):
            budget = self.budget(registry, "interactive", 500, 1e-6)
            return sum(budget.acquire("api", 1) == 0.0 for _ in range(100))

        granted = run_forked(8, self.env.cr.dbname, work)
        self.assertEqual(sum(granted), 500)
        self.assertAlmostEqual(self.bucket()[0], 0, delta=0.01)

    def test_the_budget_is_used_and_never_exceeded(self):
        """Greedy processes that wait as long as they are told use at least 95 % of what the time allows.

        The bucket is empty at the start, so what is allowed is exactly what has flown in since.
        """
        capacity, rate, seconds = 50, 100, 3.0
        self.budget(self.registry, "interactive", capacity, rate).acquire("api", capacity)
        started = self.bucket()[1]

        def work(registry, index):
            budget = self.budget(registry, "interactive", capacity, rate)
            granted, until = 0, time.monotonic() + seconds
            while (now := time.monotonic()) < until:
                wait = budget.acquire("api", 1)
                granted += not wait
                time.sleep(min(wait, until - now))
            return granted

        granted = sum(run_forked(8, self.env.cr.dbname, work))
        allowed = rate * (self.bucket()[1] - started).total_seconds()
        self.assertLessEqual(granted, allowed)
        self.assertGreaterEqual(granted, 0.95 * allowed)

    def test_an_urgent_lane_is_served_amid_greedy_ones(self):
        """Seven processes eat all the catalogue lane may have; an interactive call gets what they must leave."""
        capacity, rate = 100, 20

        def work(registry, index):
            lane = "interactive" if index == 0 else "catalogue"
            budget = self.budget(registry, lane, capacity, rate)
            if index == 0:
                time.sleep(0.5)
                return [budget.acquire("api", 1) for _ in range(40)]
            until = time.monotonic() + 1.0
            taken = 0
            while time.monotonic() < until:
                taken += not budget.acquire("api", 1)
            return taken

        results = run_forked(8, self.env.cr.dbname, work)
        self.assertEqual(results[0], [0.0] * 40)
        self.assertGreaterEqual(sum(results[1:]), 10)
