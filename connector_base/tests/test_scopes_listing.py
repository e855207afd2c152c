"""Channels that are for some parts of an account: the orders of the others are told by their listing, not read."""

from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..canonical import Scope
from ..engine.clock import naive
from .complete_common import START, CompleteCase

SCOPES = (
    Scope(external_id="website:1", name="Europe", kind="website"),
    Scope(external_id="store_view:1", name="French", kind="store_view", parent_external_id="website:1"),
    Scope(external_id="website:2", name="America", kind="website"),
    Scope(external_id="store_view:2", name="US", kind="store_view", parent_external_id="website:2"),
)


@tagged("post_install", "-at_install")
class TestScopesListing(CompleteCase):
    def setUp(self):
        super().setUp()
        self.scopes = SCOPES
        self.adapter._fetch_scopes = lambda backend: self.scopes
        self.adapter._capabilities = lambda: frozenset({"orders_in", "scopes"})
        self.backend._read_scopes()
        self.backend.only_scopes = True
        self.backend.scope_ids.filtered(lambda scope: scope.external_id == "website:1").chosen = True

    def place_all(self):
        """Put three orders of ours, five of another part, one of no part and one of an unknown part on the platform."""
        for number in range(3):
            self.place(f"ours{number}", number, scope_external_id="store_view:1")
        for number in range(5):
            self.place(f"theirs{number}", number, scope_external_id="store_view:2")
        self.place("nobodys", 9, scope_external_id="")
        self.place("new", 9, scope_external_id="store_view:3")

    def reads(self):
        """Return the ids that the platform was asked for, one by one or together."""
        return [external_id for name, *ids in self.adapter.calls if name == "read" for external_id in ids]

    def reconcile(self):
        now = fields.Datetime.now()
        run = self.backend._reconcile(naive(START), now)
        self.run_all()
        run.invalidate_recordset()
        self.assertEqual(run.sync_job_state, "done", run.sync_job_id.last_error)
        return run

    def imported(self):
        bindings = self.env["integration.binding.order"].search([("backend_id", "=", self.backend.id)])
        return set(bindings.mapped("external_id"))

    # === RECONCILIATION === #

    def test_a_comparison_reads_none_of_other_parts(self):
        self.place_all()
        run = self.reconcile()
        # once to learn why they are missing, once to import them
        self.assertEqual(sorted(self.reads()), sorted(["ours0", "ours1", "ours2"] * 2))
        self.assertEqual(self.imported(), {"ours0", "ours1", "ours2"})
        self.assertEqual(set(run.line_ids.mapped("external_id")), {"ours0", "ours1", "ours2"})
        self.assertEqual((run.platform_count, run.store_count, run.odoo_count), (3, 3, 3))
        self.assertEqual((run.missing_count, run.skipped_count, run.elsewhere_count), (0, 0, 7))
        self.assertEqual(run.summary, "Store 3 = Odoo 3; healed: 3; of other parts: 7")
        self.assertTrue(run.balanced)
        self.assertEqual(run.sync_job_id.progress, 100)

    def test_nothing_is_read_when_nothing_differs(self):
        self.place_all()
        self.reconcile()
        self.adapter.calls.clear()
        self.assertEqual(self.reconcile().summary, "Store 3 = Odoo 3; of other parts: 7")
        self.assertEqual(self.reads(), [])

    def test_what_is_in_odoo_is_followed_though_its_part_is_not_chosen(self):
        self.backend.only_scopes = False
        self.place_all()
        self.reconcile()
        self.backend.only_scopes = True
        self.place("theirs0", 0, updated=60, scope_external_id="store_view:2", note="Ring twice")
        del self.adapter.orders["theirs1"]
        run = self.reconcile()
        self.assertEqual(self.order_of("theirs0").integration_note, "Ring twice")
        self.assertEqual((run.gone_count, run.line_ids.filtered("healed").mapped("external_id")), (1, ["theirs0"]))
        self.assertEqual((run.store_count, run.odoo_count, run.elsewhere_count), (9, 10, 0))

    def test_a_listing_that_names_no_parts(self):
        self.adapter.lists_scopes = False
        self.place_all()
        run = self.reconcile()
        self.assertEqual((run.store_count, run.odoo_count, run.skipped_count, run.elsewhere_count), (3, 3, 7, 0))
        self.assertEqual((run.missing_count, run.balanced), (0, True))
        self.assertEqual(self.imported(), {"ours0", "ours1", "ours2"})

    def test_unreadable_ones_of_a_listing_that_names_no_parts(self):
        self.adapter.lists_scopes = False
        self.place_all()
        self.adapter.unreadable = {"theirs0"}
        run = self.reconcile()
        self.assertEqual((run.missing_count, run.skipped_count, run.balanced), (0, 7, True))

    def test_a_channel_for_all_parts(self):
        self.backend.only_scopes = False
        self.place_all()
        self.assertEqual(self.reconcile().summary, "Store 10 = Odoo 10; healed: 10")

    def test_the_number_of_parts_costs_no_queries(self):
        self.place_all()
        stubs = self.adapter._list_order_ids(self.backend, None, fields.Datetime.now().astimezone()).documents * 50
        comparer = self.env["integration.order.comparer"]
        comparer._compare(self.backend, stubs)
        with self.assertQueryCount(1):  # the bindings
            compared = comparer._compare(self.backend, stubs)
        self.assertEqual(len(compared.elsewhere) + len(compared.unknown), len(stubs))

    # === IMPORT OF A PERIOD === #

    def test_an_import_of_a_period_reads_none_of_other_parts(self):
        self.place_all()
        job = self.backend._start_history(naive(START))
        self.run_all()
        self.assertEqual(sorted(self.reads()), ["ours0", "ours1", "ours2"])
        self.assertEqual((job.items_done, job.items_total, job.items_failed), (10, 10, 0))
        self.assertTrue(job.result.startswith("3 created, 7 skipped. Skipped because: "), job.result)
        self.assertIn("it is of “America / US”, which the channel is not for (5)", job.result)

    def test_unreadable_orders_of_other_parts_are_nobodys_trouble(self):
        self.place_all()
        self.adapter.unreadable = {"theirs0", "theirs3"}
        job = self.backend._start_history(naive(START))
        run = self.reconcile()
        self.assertEqual((job.items_failed, run.missing_count), (0, 0))
        self.assertFalse(self.env["sync.job"].search([("backend_id", "=", self.backend.id), ("state", "=", "failed")]))

    def test_so_they_are_where_no_listing_tells(self):
        self.place_all()
        self.adapter.unreadable = {"ours1", "theirs0", "theirs3"}
        self.backend._start_import("orders", since=START)
        self.run_all()
        cursor = self.backend._cursor("orders")
        self.assertEqual(cursor.last_result, "Orders read: 9, failed: 1")
        job = self.backend._enqueue("import_order_ids", arguments={"external_ids": ["theirs0", "theirs1"]})
        self.run_all()
        self.assertEqual((job.state, job.items_done, job.items_failed), ("done", 2, 0))
        self.assertIn("2 skipped. Skipped because: it is of “America / US”", job.result)
        failed = self.env["sync.job"].search([("backend_id", "=", self.backend.id), ("state", "=", "failed")])
        self.assertEqual(failed.mapped("external_id"), ["ours1"])

    def test_unreadable_ones_that_odoo_has_are_said(self):
        self.backend.only_scopes = False
        self.place_all()
        self.reconcile()
        self.backend.only_scopes = True
        self.adapter.unreadable = {"theirs0"}
        self.backend._enqueue("import_order_ids", arguments={"external_ids": ["theirs0"]})
        self.run_all()
        failed = self.env["sync.job"].search([("backend_id", "=", self.backend.id), ("state", "=", "failed")])
        self.assertEqual(failed.mapped("external_id"), ["theirs0"])

    def test_events_about_them(self):
        self.place_all()
        self.adapter.unreadable = {"theirs0"}
        events = self.env["integration.webhook.event"].create(
            [
                {
                    "backend_id": self.backend.id,
                    "event_id": external_id,
                    "topic": "orders",
                    "resource": "order",
                    "external_id": external_id,
                }
                for external_id in ("theirs0", "theirs1")
            ]
        )
        job = self.backend._enqueue("drain_webhooks")
        found = job._fetch_thin({event.external_id: event for event in events}, ["theirs0", "theirs1"])
        self.assertEqual((list(found), events[0].state), (["theirs1"], "ignored"))
        self.assertIn("America", events[0].reason)

    def test_a_part_that_was_unknown_is_read(self):
        self.place_all()
        self.scopes = (
            *SCOPES,
            Scope(external_id="store_view:3", name="German", kind="store_view", parent_external_id="website:1"),
        )
        self.reconcile()
        self.assertTrue(self.backend.scope_ids.filtered(lambda scope: scope.external_id == "store_view:3"))
        self.assertIn("new", self.imported(), "what was placed before the part was known comes after all")

    # === WHAT WOULD AN IMPORT DO? === #

    def rehearse(self):
        self.registry_enter_test_mode()
        run = self.env["integration.dry.run"].create(
            {"backend_id": self.backend.id, "date_from": naive(START), "date_to": fields.Datetime.now()}
        )
        self.env.flush_all()  # for the connection of its own
        run.action_run()
        return run

    def test_a_dry_run_looks_at_ours(self):
        for number in range(4):
            self.place(f"theirs{number}", number, scope_external_id="store_view:2")
        self.place("ours", 9, scope_external_id="store_view:1")
        run = self.rehearse()
        self.assertEqual(run.line_ids.mapped("external_id"), ["ours"])
        self.assertEqual(self.reads(), ["ours"])
        self.assertFalse(run.note)

    def test_a_dry_run_ends(self):
        self.place_all()
        with patch("odoo.addons.connector_base.wizards.integration_dry_run.LIMIT", 2):
            run = self.rehearse()
        self.assertEqual(run.line_ids.mapped("external_id"), ["ours0", "ours1"])
        self.assertIn("first 2", run.note)
