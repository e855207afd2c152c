import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..engine.clock import naive
from ..transport import DataError
from ..wizards import integration_dry_run
from .complete_common import START, CompleteCase
from .order_common import make_address, make_line


@tagged("post_install", "-at_install")
class TestDryRun(CompleteCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def import_all(self):
        documents = list(self.adapter.orders.values())
        self.env["integration.order.importer"]._import_page(self.backend, documents)
        self.env.flush_all()

    def dry_run(self, *external_ids, **values):
        """Return the finished dry run of these orders; without any, of a period."""
        values = {"backend_id": self.backend.id, **values}
        if external_ids:
            values.update(mode="ids", external_ids="\n".join(external_ids))
        else:
            values.setdefault("date_from", naive(START))
        run = self.env["integration.dry.run"].create(values)
        self.env.flush_all()  # for the connection of its own
        run.action_run()
        return run

    def outcomes(self, run):
        return {line.external_id: line.outcome for line in run.line_ids}

    def counts(self):
        """Return how many records there are of what an import makes."""
        models = ("sale.order", "sale.order.line", "res.partner", "integration.binding.order", "integration.mapping",
                  "mail.message", "mail.mail", "mail.activity", "sync.job", "queue.job", "product.product")  # fmt: skip
        return {model: self.env[model].with_context(active_test=False).search_count([]) for model in models}

    def test_nothing_is_left_behind(self):
        self.place("1")
        self.place("2", 1, lines=(make_line(sku="NEW", title="New mug"),))
        self.backend.unknown_product = "create"
        self.env["ir.sequence"].search([("code", "=", "sale.order")]).flush_recordset()
        before, number = self.counts(), self.env["ir.sequence"].next_by_code("sale.order")
        run = self.dry_run("1", "2")
        self.assertEqual(self.outcomes(run), {"1": "created", "2": "created"})
        self.assertEqual(self.counts(), before)
        digits = [
            int("".join(filter(str.isdigit, name)))
            for name in (number, self.env["ir.sequence"].next_by_code("sale.order"))
        ]
        self.assertEqual(digits[1], digits[0] + 1, "no order number was used up")
        self.assertFalse(self.order_of("1"))

    def test_new_order_is_shown(self):
        self.place("1", note="Ring twice", lines=(make_line(quantity="3", title="Red mug"),))
        line = self.dry_run("1").line_ids
        self.assertIn("Ring twice", line.changes)
        self.assertIn("3 x Red mug", line.changes)
        self.assertIn("Ada Lovelace", line.changes)
        self.assertFalse(line.order_id)

    def test_changes_before_and_after(self):
        self.place("1", note="before the change")
        self.place("same", 1)
        self.import_all()
        self.place(
            "1",
            updated=60,
            note="after the change",
            lines=(make_line(quantity="2"),),
            shipping_address=make_address(street="9 Elsewhere Road"),
        )
        run = self.dry_run("1", "same")
        self.assertEqual(self.outcomes(run), {"1": "updated", "same": "unchanged"})
        line = run.line_ids.filtered(lambda line: line.external_id == "1")
        for text in ("before the change", "after the change", "1 x Blue mug", "2 x Blue mug", "9 Elsewhere Road"):
            self.assertIn(text, line.changes)
        self.assertEqual(line.order_id, self.order_of("1"))
        self.assertEqual(self.order_of("1").integration_note, "before the change")
        self.assertFalse(run.line_ids.filtered(lambda line: line.external_id == "same").changes)

    def test_held_skipped_failed_absent(self):
        self.place("held", total=Decimal("99.99"))
        self.place("test", test=True)
        self.place("fails", lines=(make_line(sku="NOWHERE"),))
        self.place("unreadable")
        self.adapter.unreadable = {"unreadable"}
        self.backend.unknown_product = "fail"
        self.env["product.product"].create({"name": "Mug", "default_code": "MUG-BLUE"})
        run = self.dry_run("held", "test", "fails", "unreadable", "nowhere")
        self.assertEqual(
            self.outcomes(run),
            {"held": "held", "test": "skipped", "fails": "failed", "unreadable": "failed", "nowhere": "absent"},
        )
        reasons = {line.external_id: line.reason for line in run.line_ids}
        self.assertIn("99.99", reasons["held"])
        self.assertIn("test order", reasons["test"])
        self.assertIn("NOWHERE", reasons["fails"])
        self.assertIn("Unreadable", reasons["unreadable"])

    def test_period_is_limited_and_says_so(self):
        for number in range(4):
            self.place(str(number), number)
        with patch.object(integration_dry_run, "LIMIT", 2):
            run = self.dry_run()
        self.assertEqual(self.outcomes(run), {"0": "created", "1": "created"})
        self.assertIn("first 2", run.note)
        self.assertFalse(self.dry_run("1").note)
        with self.assertRaises(UserError):
            self.dry_run(date_from=naive(START + timedelta(days=2)))

    def test_orders_by_their_names(self):
        self.place("1")
        self.import_all()
        order = self.order_of("1")
        self.assertEqual(self.outcomes(self.dry_run(order.name)), {"1": "unchanged"})
        self.assertEqual(self.outcomes(self.dry_run(order.client_order_ref)), {"1": "unchanged"})

    def test_from_the_order(self):
        self.place("1")
        self.import_all()
        self.place("1", updated=5, note="new")
        action = self.order_of("1").action_integration_what_would_change()
        run = self.env["integration.dry.run"].browse(action["res_id"])
        self.assertEqual(self.outcomes(run), {"1": "updated"})

    def test_apply_reads_the_newest_state(self):
        self.place("1")
        self.place("2", test=True)
        run = self.dry_run("1", "2")
        self.place("1", updated=5, note="newer still")
        self.assertTrue(run.can_apply)
        run.action_apply()
        self.run_all()
        self.assertEqual(self.order_of("1").integration_note, "newer still")
        self.assertFalse(self.order_of("2"))
        again = self.dry_run("1")
        self.assertFalse(again.can_apply)
        with self.assertRaises(UserError):
            again.action_apply()

    def test_replay_overwrites_what_was_done_in_odoo(self):
        self.place("1")
        self.import_all()
        order = self.order_of("1")
        total = order.amount_total
        order.order_line.filtered("integration_kind").price_unit = 77
        self.env.flush_all()
        self.assertEqual(self.outcomes(self.dry_run("1")), {"1": "unchanged"})
        run = self.dry_run("1", replay=True)
        self.assertEqual(self.outcomes(run), {"1": "updated"})
        self.assertIn("77", run.line_ids.changes)
        self.assertNotEqual(order.amount_total, total)
        run.action_apply()
        self.run_all()
        self.assertEqual(order.amount_total, total)

    def test_replay_leaves_confirmed_orders_alone(self):
        self.place("1")
        self.import_all()
        order = self.order_of("1")
        order.action_confirm()
        order.order_line[:1].name = "Mine"
        self.env.flush_all()
        self.assertEqual(self.outcomes(self.dry_run("1", replay=True)), {"1": "unchanged"})
        self.assertFalse(order.integration_hold_reason)

    # === EVENTS === #

    def event(self, external_id="1", **values):
        """Return a stored event that states the order wholly, as `_parse_event` below reads it."""
        document = self.adapter.orders[external_id]
        event = self.env["integration.webhook.event"].create(
            {
                "backend_id": self.backend.id,
                "event_id": "delivery",
                "topic": "orders/updated",
                "resource": "order",
                "external_id": external_id,
                "updated_at": naive(document.updated_at),
                "state": "done",
                **values,
            }
        )
        body = json.dumps({"id": external_id}).encode()
        self.env.cr.execute("UPDATE integration_webhook_event SET body = %s WHERE id = %s", [body, event.id])
        event.invalidate_recordset()
        patcher = patch.object(self.adapter, "_parse_event", lambda *_a: replace(document, note="says the event"))
        patcher.start()
        self.addCleanup(patcher.stop)
        return event

    def test_event_is_replayed_from_the_platform(self):
        self.place("1")
        event = self.event()
        self.place("1", updated=9, note="says the platform")
        run = self.env["integration.dry.run"].browse(event.action_replay()["res_id"])
        self.assertIn("says the platform", run.line_ids.changes)
        run.source = "event"
        run.action_run()
        self.assertIn("says the event", run.line_ids.changes)
        run.source = "platform"
        run.action_run()
        run.action_apply()
        self.run_all()
        self.assertEqual(self.order_of("1").integration_note, "says the platform")

    def test_event_older_than_what_was_applied(self):
        self.place("1")
        event = self.event()
        self.place("1", updated=9)
        self.import_all()
        run = self.env["integration.dry.run"].create(
            {"backend_id": self.backend.id, "mode": "event", "event_id": event.id, "source": "event"}
        )
        run.action_run()
        self.assertEqual(self.outcomes(run), {"1": "skipped"})
        self.assertIn("older than what was imported", run.line_ids.reason)
        self.assertFalse(run.can_apply)

    def test_event_as_it_stands(self):
        self.place("1")
        event = self.event()
        run = self.env["integration.dry.run"].create(
            {"backend_id": self.backend.id, "mode": "event", "event_id": event.id, "source": "event"}
        )
        run.action_run()
        run.action_apply()
        self.assertEqual(event.state, "new")
        self.run_all()
        self.assertEqual(self.order_of("1").integration_note, "says the event")

    def test_event_that_can_not_be_replayed(self):
        self.place("1")
        with self.assertRaises(UserError):
            self.event(resource="account").action_replay()
        event = self.event(event_id="other")
        run = self.env["integration.dry.run"].create(
            {"backend_id": self.backend.id, "mode": "event", "event_id": event.id, "source": "event"}
        )
        with patch.object(self.adapter, "_parse_event", lambda *_a: None), self.assertRaises(UserError):
            run.action_run()

        def fail(*_arguments):
            raise DataError("no order")

        with patch.object(self.adapter, "_parse_event", fail), self.assertRaises(UserError) as caught:
            run.action_run()
        self.assertIn("no order", str(caught.exception))

    # === RIGHTS === #

    def test_rights(self):
        self.place("1")
        event = self.event()
        user = new_test_user(self.env, "rehearser", "connector_base.group_integration_user")
        clerk = new_test_user(self.env, "sales", "sales_team.group_sale_salesman")
        manager = new_test_user(self.env, "replayer", "connector_base.group_integration_manager")
        run = self.dry_run("1").with_user(user)
        run.invalidate_recordset()
        self.assertFalse(run.can_apply)
        for forbidden in (run.action_apply, event.with_user(user).action_replay):
            with self.assertRaises(AccessError):
                forbidden()
        self.import_all()
        with self.assertRaises(AccessError):
            self.order_of("1").with_user(clerk).action_integration_what_would_change()
        self.place("1", updated=8, note="new")
        for of_user in (user, manager):
            own = self.env["integration.dry.run"].with_user(of_user)
            action = own.create({"backend_id": self.backend.id, "mode": "ids", "external_ids": "1"}).action_run()
            self.assertEqual(own.browse(action["res_id"]).line_ids.outcome, "updated")
        own.browse(action["res_id"]).action_apply()
        self.run_all()
        self.assertEqual(self.order_of("1").integration_note, "new")

    def test_not_connected(self):
        self.place("1")
        self.backend.state = "draft"
        with self.assertRaises(UserError):
            self.dry_run("1")
