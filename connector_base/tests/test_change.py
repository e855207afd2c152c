from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .common import BackendCase


@tagged("post_install", "-at_install")
class TestChange(BackendCase):
    """Marks of what a sales channel has to hear of."""

    def note(self, *ids, kind="product"):
        self.changes._note(kind, SQL("SELECT %s, v FROM unnest(%s::int[]) v", self.backend.id, list(ids)))

    def setUp(self):
        super().setUp()
        self.changes = self.env["integration.change"]
        self.backend.state = "connected"
        self.env.cr.postcommit.clear()

    def waiting(self):
        return self.env["sync.job"].search([("backend_id", "=", self.backend.id), ("state", "=", "pending")])

    def test_several_marks_of_a_record_are_taken_once_those_marked_first_first(self):
        self.note(3)
        self.note(1, 3)
        self.note(2)
        self.note(3, kind="stock")
        self.assertEqual(self.changes._count(self.backend, "product"), 3)
        self.assertEqual(self.changes._take(self.backend, "product", 2), [3, 1])
        self.assertEqual(self.changes._take(self.backend, "product", 2), [2])
        self.assertEqual(self.changes._take(self.backend, "product", 2), [])
        self.assertEqual(self.changes._take(self.backend, "stock", 2), [3])

    def test_nothing_to_note_wakes_nobody(self):
        self.note()
        self.assertFalse(self.env.cr.postcommit.data)

    def test_marks_of_other_channels_stay(self):
        other = self.backend.copy({"name": "Other"})
        self.changes._note("product", SQL("SELECT %s, 5", other.id))
        self.note(5)
        self.changes._take(self.backend, "product", 10)
        self.assertEqual(self.changes._count(other, "product"), 1)

    def test_a_committed_mark_wakes_one_push_per_kind(self):
        woken = []
        self.patch(
            type(self.backend), "_ensure_waiting", lambda backend, operation, eta=None: woken.append((operation, eta))
        )
        self.registry_enter_test_mode()
        self.note(1)
        self.note(2)
        self.note(2, kind="stock")
        self.env.flush_all()
        self.env.cr.postcommit.run()
        self.assertEqual(woken, [("push_products", 5), ("push_stock", 3)])

    def test_disconnected_channels_are_not_woken(self):
        woken = []
        self.patch(type(self.backend), "_ensure_waiting", lambda *arguments, **options: woken.append(arguments))
        self.backend.state = "disconnected"
        self.changes._wake({(self.backend.id, "product")})
        self.assertFalse(woken)

    def test_the_sweep_wakes_what_lies_longer_than_a_minute(self):
        woken = []
        self.patch(type(self.backend), "_ensure_waiting", lambda backend, operation, eta=None: woken.append(operation))
        self.note(1)
        self.changes._cron_sweep()
        self.assertFalse(woken, "the wake-up after the commit is still to come")
        self.changes.search([]).noted_at = fields.Datetime.now() - timedelta(minutes=2)
        self.changes._cron_sweep()
        self.assertEqual(woken, ["push_products"])
