from dataclasses import replace
from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.connector_base.canonical import UNSET
from odoo.addons.connector_base.transport import TransientError

from .common import run_queue_job
from .order_common import EngineCase, FakeAdapter, add_test_platform, make_order


class ChangingAdapter(FakeAdapter):
    def __init__(self):
        self.changes, self.error, self.owns_note = [], None, True

    def _capabilities(self):
        return frozenset({"orders_in", "orders_update", "order_tags_out"})

    def _update_order(self, backend, change):
        self.changes.append(change)
        if self.error:
            raise self.error
        return self.owns_note


@tagged("post_install", "-at_install")
class TestOrderChange(EngineCase):
    """Tags and notes of staff go to the platform, and don't come back as news."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adapter = ChangingAdapter()
        for patcher in add_test_platform(cls.registry, cls.adapter):
            patcher.start()
            cls.addClassCleanup(patcher.stop)
        cls.backend.write({"state": "connected", "import_order_tags": True, "export_order_tags": True})

    def setUp(self):
        super().setUp()
        self.adapter.__init__()
        self.document = make_order(tags=("vip", "gift"))
        self.order = self.import_order(self.document)

    def tag(self, name):
        tags = self.env["crm.tag"]
        return tags.search([("name", "=", name)]) or tags.create({"name": name})

    def jobs(self):
        return self.env["sync.job"].search([("operation", "=", "update_order")])

    def run_jobs(self):
        for job in self.jobs().filtered(lambda job: job.state == "pending"):
            run_queue_job(job)

    def test_import_sends_nothing(self):
        self.import_order(
            replace(self.document, tags=("vip", "new"), updated_at=self.document.updated_at + timedelta(minutes=1))
        )
        self.assertFalse(self.jobs())

    def test_tags_are_sent(self):
        self.order.tag_ids = [Command.link(self.tag("call first").id), Command.unlink(self.tag("gift").id)]
        self.order.tag_ids = [Command.link(self.tag("fragile").id)]
        self.assertEqual(len(self.jobs()), 1)
        self.run_jobs()
        [change] = self.adapter.changes
        self.assertEqual((change.order_external_id, change.note), ("1001", UNSET))
        self.assertEqual((change.tags_added, change.tags_removed), (("call first", "fragile"), ("gift",)))
        self.assertEqual(self.order.integration_tags, "vip, call first, fragile")
        later = self.document.updated_at + timedelta(minutes=1)
        self.import_order(replace(self.document, tags=("vip", "call first", "fragile"), updated_at=later))
        self.assertFalse(self.jobs().filtered(lambda job: job.state == "pending"), "no echo")
        self.order.tag_ids = [Command.unlink(self.tag("fragile").id)]
        self.run_jobs()
        self.assertEqual(self.adapter.changes[1].tags_removed, ("fragile",))

    def test_taken_back_before_it_is_sent(self):
        self.order.tag_ids = [Command.link(self.tag("oops").id)]
        self.order.tag_ids = [Command.unlink(self.tag("oops").id)]
        self.run_jobs()
        self.assertFalse(self.adapter.changes)

    def test_same_tag_in_other_letters(self):
        self.order.tag_ids = [Command.link(self.tag("VIP").id)]
        self.assertFalse(self.jobs())

    def test_switched_off(self):
        self.backend.export_order_tags = False
        self.order.tag_ids = [Command.clear()]
        self.assertFalse(self.jobs())

    def test_note(self):
        with self.assertRaises(UserError):
            self.order.action_integration_send_note()
        self.order.integration_note_to_send = "Leave it at the back door."
        self.assertFalse(self.jobs(), "a note is sent by its button")
        self.order.action_integration_send_note()
        self.adapter.error = TransientError("The connection broke.")
        with self.assertRaises(TransientError), self.env.cr.savepoint():
            self.jobs()._run_update_order(["1001"])
        self.adapter.error = None
        self.run_jobs()
        self.assertEqual([change.note for change in self.adapter.changes], ["Leave it at the back door."] * 2)
        self.assertEqual(self.order.integration_note, "Leave it at the back door.")
        self.assertFalse(self.order.integration_note_to_send)

    def test_a_note_that_is_a_remark_there_is_not_the_customers(self):
        self.adapter.owns_note = False
        self.addCleanup(setattr, self.adapter, "owns_note", True)
        before = self.order.integration_note
        self.order.integration_note_to_send = "Leave it at the back door."
        self.order.action_integration_send_note()
        self.run_jobs()
        self.assertEqual(self.order.integration_note, before)
        self.assertFalse(self.order.integration_note_to_send)

    def test_only_where_the_platform_can(self):
        self.assertTrue(self.order.integration_can_change)
        self.backend.state = "disconnected"
        self.order.invalidate_recordset(["integration_can_change"])
        self.assertFalse(self.order.integration_can_change)
        with self.assertRaises(UserError):
            self.order.action_integration_send_note()
