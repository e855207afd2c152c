"""Adobe Commerce: changes are told by events, and orders are paid by gift cards, store credit and points."""

from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.connector_magento import const

from sandbox.magento import errors, eventing
from sandbox.magento.errors import ApiError

from .magento import Commerce
from .suite import NewsSuite
from .suite_base import news

CREDIT_MEMOS = "observer.sales_order_creditmemo_save_commit_after"
SUBSCRIBE, UNSUBSCRIBE = f"{eventing.MODULE}::event_subscribe", f"{eventing.MODULE}::event_unsubscribe"


@tagged("post_install", "-at_install")
class TestCommerce(NewsSuite, TransactionCase):
    platform = Commerce

    def connected(self):
        """Return a connected backend as a user has it, whose jobs are done."""
        backend = self.connect(import_products=False).with_context(integration_in_job=False)
        self.run_jobs(backend)
        self.account.calls()
        return backend

    def subscribed(self):
        return {entry["name"] for entry in self.account.shop.all(eventing.SUBSCRIPTION)}

    # === SUBSCRIPTIONS === #

    def test_connected(self):
        backend = self.connected()
        self.assertEqual((backend.webhook_state, backend.connection_report["missing"]), ("registered", []))
        self.assertIn("Enterprise", str(backend.connection_report["facts"]))
        self.assertLessEqual(set(const.EVENTS["orders_in"]), self.subscribed())
        self.assertNotIn("observer.customer_save_commit_after", self.subscribed(), "no customers are imported")

    def test_disconnecting_takes_away_what_was_made(self):
        others = {"name": CREDIT_MEMOS, "fields": [{"name": "*"}]}
        self.account.shop.put(eventing.SUBSCRIPTION, CREDIT_MEMOS, eventing._described(others))
        backend = self.connected()
        self.assertGreater(len(self.subscribed()), 1)
        backend.action_disconnect()
        self.assertEqual(self.subscribed(), {CREDIT_MEMOS})

    def test_disconnecting_without_the_right_to_take_away(self):
        backend = self.connected()
        before = self.subscribed()
        self.account.permit_all_but(UNSUBSCRIBE)
        self.assertIn(UNSUBSCRIBE, " ".join(backend._adapter()._check_connection(backend).missing))
        backend.action_disconnect()
        self.assertEqual((backend.state, self.subscribed()), ("disconnected", before))
        self.assertIn("event_unsubscribe", str(backend.message_ids.mapped("body")))
        self.account.permit()
        backend.action_connect()
        backend.action_disconnect()
        self.assertEqual(self.subscribed(), set())

    def test_an_event_that_the_shop_has_not(self):
        with patch.object(eventing, "NAMES", eventing.NAMES - {CREDIT_MEMOS}):
            backend = self.connected()
        self.assertEqual(backend.webhook_state, "partial")
        self.assertIn(f"Import Orders, {CREDIT_MEMOS}", backend.webhook_message)
        self.assertEqual(set(const.EVENTS["orders_in"]) - self.subscribed(), {CREDIT_MEMOS})
        self.assert_no_failures(backend)

    def test_a_module_that_is_too_old(self):
        with patch.object(eventing, "_check", side_effect=ApiError(404, errors.NO_ROUTE)):
            backend = self.connected()
        self.assertEqual(backend.webhook_state, "partial")
        self.assertIn("older than 1.11", backend.webhook_message)
        self.assert_no_failures(backend)
        self.assert_polled(backend)

    def test_without_the_right_to_subscribe(self):
        self.account.permit_all_but(SUBSCRIBE)
        backend = self.connected()
        self.assertEqual(backend.webhook_state, "partial")
        self.assertIn(SUBSCRIBE, backend.webhook_message)
        self.assertIn(SUBSCRIBE, " ".join(backend._adapter()._check_connection(backend).missing))
        self.assert_no_failures(backend)
        self.assert_polled(backend)
        self.assertTrue(backend._cursor("orders")._is_adaptive(), "nothing was told: it is asked often")

    # === EVENTS === #

    def assert_polled(self, backend):
        """An order that nobody tells of comes in when the shop is asked."""
        external_id = self.account.place()
        self.run_jobs(backend)
        self.assertNotIn(external_id, self.orders(backend))
        backend._cursor("orders")._start()
        self.run_jobs(backend)
        self.assertIn(external_id, self.orders(backend))

    @news
    def test_what_an_order_costs(self):
        """However often the shop tells of an order, it is read once."""
        backend = self.connected()
        external_id = self.account.place()
        self.account.touch(external_id)
        received = self.arrived(backend, "order")
        self.assertGreater(len(received), 1)
        self.account.calls()
        self.store(backend, received)
        self.run_jobs(backend)
        self.assertIn(external_id, self.orders(backend))
        self.assertEqual(self.account.calls(), ["GET orders"])

    @news
    def test_events_that_are_lost(self):
        """Polling is slower where events come, not off: it finds what they did not tell."""
        backend = self.connected()
        first = self.account.place()
        self.hear(backend, "order")
        self.assertIn(first, self.orders(backend))
        cursor = backend._cursor("orders")
        self.assertEqual((cursor._is_adaptive(), cursor._minutes()), (False, cursor.interval_minutes))
        self.account.fault("webhook_drop")
        self.assert_polled(backend)

    # === OTHER MEANS === #

    @news
    def test_orders_paid_by_other_means(self):
        """Whatever was paid by gift card, store credit and points is part of what the order is worth."""
        backend = self.connected()
        for means in ({"gift_card": "5"}, {"store_credit": "7.50"}, {"reward_points": "3"}):
            self.account.place(**self.account.plain_order(), **means)
        self.hear(backend, "order")
        self.assert_as_booked(backend)
        self.assert_no_failures(backend)
