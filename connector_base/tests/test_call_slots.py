"""How many calls an account takes at once."""

import time
from datetime import timedelta

from odoo.tests import TransactionCase, tagged

from ..engine.call_slots import LEASE, PgSlots
from .common import BackendCase
from .forked import run_forked


class TestCallSlots(BackendCase):
    """The logic, inside the test's transaction."""

    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())

    def slots(self, count, account_key="shop.example"):
        return PgSlots(self.env.registry, "fake", account_key, count)

    def test_as_many_as_there_are(self):
        slots = self.slots(2)
        first, second = slots.enter(), slots.enter()
        self.assertTrue(first and second)
        self.assertIsNone(slots.enter())
        slots.leave(first)
        self.assertTrue(slots.enter())
        self.assertIsNone(slots.enter())

    def test_each_account_has_its_own(self):
        self.assertTrue(self.slots(1).enter())
        self.assertTrue(self.slots(1, "other.example").enter())
        self.assertIsNone(self.slots(1).enter())

    def test_more_and_fewer(self):
        self.slots(1).enter()
        slots = self.slots(3)
        taken = [slots.enter(), slots.enter()]
        self.assertTrue(all(taken))
        slots.leave(taken[1])
        self.assertIsNone(self.slots(2).enter(), "the third one is not among the first two")

    def test_a_slot_that_nobody_gives_back(self):
        slots = self.slots(1)
        lost = slots.enter()
        self.env.invalidate_all()
        self.env["integration.call.slot"].search([]).taken_until -= timedelta(seconds=LEASE + 1)
        self.env.flush_all()
        taken = slots.enter()
        self.assertTrue(taken)
        slots.leave(lost)
        self.assertIsNone(slots.enter(), "whoever lapsed gives back nothing of another's")

    def test_a_backend_without_a_bound_has_none(self):
        self.assertEqual(self.backend.calls_at_once, 0)
        self.assertIsNone(self.backend._session().slots)
        self.backend.calls_at_once = 3
        self.backend.account_key = "shop.example"
        slots = self.backend._session().slots
        self.assertEqual((slots.platform, slots.account_key, slots.count), ("fake", "shop.example", 3))


@tagged("-at_install", "post_install")
class TestCallSlotsProcesses(TransactionCase):
    """Six processes, two slots: on the database itself."""

    ACCOUNT = "slots.example"

    def setUp(self):
        super().setUp()
        self.forget()
        self.addCleanup(self.forget)

    def forget(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM integration_call_slot WHERE account_key = %s", [self.ACCOUNT])

    def test_never_more_than_there_are(self):
        def work(registry, index):
            slots, held = PgSlots(registry, "fake", self.ACCOUNT, 2), []
            until = time.monotonic() + 1.0
            while time.monotonic() < until:
                slot = slots.enter()
                if slot:
                    begun = time.monotonic()
                    time.sleep(0.01)
                    held.append((begun, time.monotonic()))
                    slots.leave(slot)
            return held

        periods = [period for held in run_forked(6, self.env.cr.dbname, work) for period in held]
        moments = sorted([(start, 1) for start, _end in periods] + [(end, -1) for _start, end in periods])
        at_once, most = 0, 0
        for _moment, step in moments:
            at_once += step
            most = max(most, at_once)
        self.assertEqual(most, 2)
        self.assertGreater(len(periods), 20)
