"""What every platform's adapter has to do, tried in Odoo against that platform's sandbox.

A platform gets the suite by a test class with `AdapterSuite` first among its bases and `platform` set; see
`test_shopify.py`. What differs between platforms is in the `Platform` it names.
"""

import os
import tempfile
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import fields
from odoo.exceptions import UserError

from odoo.addons.connector_base.models import integration_backend_reconcile, integration_reconciliation
from odoo.addons.connector_base.tests.common import run_queue_job
from odoo.addons.connector_base.transport import (
    ConfigurationError,
    DataError,
    RateLimited,
    Session,
    SignatureError,
    TransientError,
    WebhookRequest,
)

from .platform import Platform
from .stand_in import Mailbox, StandIn

LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)
MAX_PAGES = 50


class AdapterSuite:
    """The tests. Mix into a TransactionCase."""

    platform = Platform

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.mailbox = self.enterContext(Mailbox())
        self.stand_in = self.enterContext(StandIn(Path(folder), self.mailbox.url))
        variables = {
            "ODOO_INTEGRATION_KEYS": Fernet.generate_key().decode(),
            "ODOO_INTEGRATION_SANDBOX_URL": self.stand_in.url,
        }
        self.enterContext(patch.dict(os.environ, variables))
        self.account = self.platform(self.stand_in)
        self.account.create_account()
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "EUR")])
        currency.active = True
        if currency != self.env.company.currency_id:
            rate = {"currency_id": currency.id, "company_id": self.env.company.id, "name": "2020-01-01", "rate": 0.9}
            self.env["res.currency.rate"].create(rate)

    # === HELPERS === #

    def connect(self, **vals):
        """Connect the account as a user would; return the backend, in a job's context."""
        wizard = self.env["integration.connect"].create(
            {"platform": self.account.name, **self.account.wizard_values(), **vals}
        )
        backend = self.env["integration.backend"].browse(wizard.action_connect()["res_id"])
        backend.write(
            {"tax_policy": "create", "unknown_product": "create", "import_from": LONG_AGO.replace(tzinfo=None)}
        )
        return backend.with_context(integration_in_job=True, integration_lane="orders")

    def pages(self, backend, since=LONG_AGO, between=lambda: None):
        """Return the pages of a listing; `between` is called after each one."""
        found, token = [], None
        for _page in range(MAX_PAGES):
            page = backend._adapter()._fetch_orders(backend, since, token)
            self.assertEqual(page.failed, ())
            found.append(page.documents)
            token = page.next_page
            if token is None:
                return found
            between()
        self.fail("the listing does not end")

    def documents(self, backend, since=LONG_AGO):
        """Return all orders of a listing, the last version of each, by external id."""
        return {document.external_id: document for page in self.pages(backend, since) for document in page}

    def run_jobs(self, backend):
        """Run the waiting jobs of the backend until there are none, as the runner does."""
        for _job in range(MAX_PAGES):
            self.env.invalidate_all()
            job = self.env["sync.job"].search(
                [("backend_id", "=", backend.id), ("state", "=", "pending"), ("queue_job_id", "!=", False)], limit=1
            )
            if not job:
                return
            run_queue_job(job)
        self.fail("the jobs do not end")

    def orders(self, backend):
        """Return {external id: sales order} of what was imported."""
        orders = self.env["sale.order"].search([("integration_backend_id", "=", backend.id)])
        by_id = {order.integration_external_id: order for order in orders}
        self.assertEqual(len(orders), len(by_id), "an order was imported twice")
        return by_id

    def assert_as_booked(self, backend):
        """Every order of the account is in Odoo, and its figures are those of the account's own books."""
        books, orders = self.account.books(), self.orders(backend)
        self.assertEqual(set(orders), set(books))
        for external_id, booked in books.items():
            order = orders[external_id]
            self.assertFalse(order.integration_hold_reason, order.integration_hold_reason)
            found = {
                "currency": order.currency_id.name,
                "total": round(Decimal(str(order.amount_total)), 3),
                "tax": round(Decimal(str(order.amount_tax)), 3),
            }
            self.assertEqual(found, {key: booked[key] for key in found}, external_id)

    @contextmanager
    def hasty(self):
        """In this block calls time out within a second."""
        with patch.dict(Session.__init__.__kwdefaults__, {"timeout": (2, 1)}):
            yield

    def webhook(self, call):
        """Return a received call as the controller would hand it to the adapter."""
        path, headers, body = call
        return WebhookRequest(method="POST", url=path, headers=headers, query={}, body=body)

    # === CONNECTING === #

    def test_connect(self):
        backend = self.connect()
        self.assertEqual(backend.state, "connected")
        report = backend._adapter()._check_connection(backend)
        self.assertTrue(report.account_name and report.account_key and report.currency)
        self.assertEqual(report.missing, ())
        self.assertTrue(all(label and text for label, text in report.facts))
        self.assertTrue(self.env["sync.job"].search([("backend_id", "=", backend.id)]), "the first import waits")

    def test_wrong_credentials(self):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self.connect(**self.account.wrong_secret())
        self.assertIn("\n", str(caught.exception), "what happened, then what to do")
        self.assertFalse(self.env["integration.backend"].search([("platform", "=", self.account.name)]))

    def test_missing_permission(self):
        backend = self.connect()
        word = self.account.forbid_orders()
        self.assertIn(word, " ".join(backend._adapter()._check_connection(backend).missing))
        with self.assertRaises(ConfigurationError) as caught:
            backend._adapter()._fetch_orders(backend, LONG_AGO)
        self.assertIn(word, caught.exception.message)
        self.assertTrue(caught.exception.remedy)

    def test_uninstalled(self):
        backend = self.connect()
        self.account.uninstall()
        with self.assertRaises(ConfigurationError) as caught:
            backend._adapter()._check_connection(backend)
        self.assertTrue(caught.exception.remedy)

    # === LISTING === #

    def test_pages_hold_every_order_once(self):
        backend = self.connect()
        ids = [self.account.place() for _order in range(7)]
        with self.account.small_pages(3):
            pages = self.pages(backend)
        self.assertEqual(sorted(document.external_id for page in pages for document in page), sorted(ids))
        self.assertEqual([len(page) for page in pages], [3, 3, 1])
        self.assertEqual(backend._adapter()._count_orders(backend, LONG_AGO), 7)

    def test_nothing_is_lost_while_orders_change(self):
        backend = self.connect()
        ids = [self.account.place() for _order in range(8)]
        added = []

        def change():
            if len(added) < 3:
                self.account.touch(ids[len(added)])
                self.account.touch(ids[-1 - len(added)])
                added.append(self.account.place())

        with self.account.small_pages(3):
            pages = self.pages(backend, between=change)
        newest = {document.external_id: document for page in pages for document in page}
        self.assertEqual(set(newest), {*ids, *added})
        now = {
            document.external_id: document for document in backend._adapter()._fetch_orders_by_id(backend, [*newest])
        }
        stale = [key for key in newest if newest[key].updated_at != now[key].updated_at]
        self.assertEqual(stale, [], "a change after an order's page was read brings it again")

    def test_equal_update_times_over_the_border_of_pages(self):
        """Orders updated in one second, more than a page holds; some are deleted and some change while it is read."""
        backend = self.connect()
        self.stand_in.control("clock", {"freeze": True})
        ids = [self.account.place() for _order in range(10)]
        pages_read = []

        def change():
            pages_read.append(1)
            if len(pages_read) == 1:
                self.account.delete(ids[0])  # was on the page that was read
                self.account.delete(ids[3])  # would be first on the next one
                self.account.touch(ids[4])
            elif len(pages_read) == 2:
                self.account.touch(ids[1])

        with self.account.small_pages(3):
            pages = self.pages(backend, between=change)
        found = [document for page in pages for document in page]
        self.assertEqual({document.external_id for document in found}, set(ids) - {ids[3]})
        newest = {document.external_id: document.updated_at for document in found}
        now = backend._adapter()._fetch_orders_by_id(backend, ids)
        self.assertEqual({document.external_id: document.updated_at for document in now}, {
            external_id: moment for external_id, moment in newest.items() if external_id != ids[0]
        })  # fmt: skip

    def test_long_listings_begin_anew_without_a_gap(self):
        """Platforms end a listing after so many orders; the next one begins where it stood, also within a second."""
        backend = self.connect()
        self.stand_in.control("clock", {"freeze": True})
        ids = []
        for number in range(14):
            ids.append(self.account.place())
            if number % 4 == 3:
                self.stand_in.control("clock", {"advance": 1})
        with self.account.small_pages(3), self.account.short_listings(9):
            self.assertEqual(set(self.documents(backend)), set(ids))

    def test_time_zones_of_the_account(self):
        """Times are UTC between us and the platform, wherever the shop is."""
        for minutes in (13 * 60 + 45, -11 * 60):
            with self.subTest(offset=minutes):
                self.env["integration.backend"].search([("platform", "=", self.account.name)]).action_archive()
                self.stand_in.control(f"shops/{self.account.domain}", method="DELETE")
                self.account.create_account()
                self.account.set_time_zone(minutes)
                backend = self.connect()
                old, changed = self.account.place(), self.account.place()
                documents = self.documents(backend)
                self.assertLess(abs(documents[old].updated_at - self.account.now()), timedelta(seconds=10))
                placed = documents[old].created_at
                self.stand_in.control("clock", {"advance": 30})
                self.account.touch(changed)
                since = documents[old].updated_at + timedelta(seconds=1)
                self.assertEqual(set(self.documents(backend, since)), {changed})
                auckland = timezone(timedelta(minutes=minutes))
                self.assertEqual(set(self.documents(backend, since.astimezone(auckland))), {changed})
                adapter = backend._adapter()
                after, end = placed + timedelta(seconds=2), placed + timedelta(seconds=20)
                listed = adapter._list_order_ids(backend, placed, end)
                self.assertEqual({stub.external_id for stub in listed.documents}, {old, changed})
                self.assertEqual(adapter._count_order_ids(backend, placed, end), 2)
                self.assertEqual(adapter._list_order_ids(backend, after, end).documents, ())

    def test_order_placed_long_ago_and_changed_now_is_polled(self):
        backend = self.connect(import_from="2020-01-01 00:00:00")
        spec = self.account.plain_order()
        old = self.account.place(**spec, created_at="2024-02-29T23:59:59+13:45")
        self.run_jobs(backend)
        self.assertEqual(set(self.orders(backend)), {old})
        self.stand_in.control("clock", {"advance": 3600})
        self.account.touch(old)
        backend._start_import("orders")
        self.run_jobs(backend)
        self.assertEqual(self.orders(backend)[old].integration_note, "touched")

    # === IDS === #

    def stubs(self, backend, since=LONG_AGO, until=None, between=lambda: None):
        """Return all stubs of a period, in the order of the listing."""
        until = until or self.account.now() + timedelta(seconds=1)
        found, token = [], None
        for _page in range(MAX_PAGES):
            page = backend._adapter()._list_order_ids(backend, since, until, token)
            found += page.documents
            token = page.next_page
            if token is None:
                return found
            between()
        self.fail("the listing does not end")

    def test_ids_of_a_period(self):
        backend = self.connect()
        ids = []
        for _order in range(7):
            ids.append(self.account.place())
            self.stand_in.control("clock", {"advance": 10})
        self.account.touch(ids[1])
        documents = self.documents(backend)
        with self.account.small_pages(3):
            stubs = self.stubs(backend)
        self.assertEqual([stub.external_id for stub in stubs], ids)
        for stub in stubs:
            document = documents[stub.external_id]
            self.assertEqual(
                (stub.name, stub.created_at, stub.updated_at), (document.name, document.created_at, document.updated_at)
            )
        start, end = documents[ids[2]].created_at, documents[ids[5]].created_at
        self.assertEqual([stub.external_id for stub in self.stubs(backend, start, end)], ids[2:5])
        self.assertEqual(backend._adapter()._count_order_ids(backend, start, end), 3)

    def test_ids_while_orders_come_change_and_go(self):
        backend = self.connect()
        self.stand_in.control("clock", {"freeze": True})
        ids = [self.account.place() for _order in range(11)]
        deleted = []

        def change():
            self.account.touch(ids[-1])
            self.account.touch(ids[0])
            self.account.place()
            if len(deleted) < 2:
                deleted.append(ids[len(deleted) + 1])
                self.account.delete(deleted[-1])

        with self.account.small_pages(3), self.account.short_listings(9):
            found = {stub.external_id for stub in self.stubs(backend, between=change)}
        self.assertLessEqual(set(ids) - set(deleted), found)

    def test_reconciliation(self):
        backend = self.connect()
        ids = [self.account.place() for _order in range(7)]
        self.run_jobs(backend)
        orders = self.orders(backend)
        orders[ids[0]]._action_cancel()
        orders[ids[0]].unlink()
        self.account.delete(ids[1])
        with self.account.small_pages(3):
            now = fields.Datetime.now()
            with (
                patch.object(integration_reconciliation, "RECENT_MINUTES", -5),
                patch.object(integration_backend_reconcile, "RECENT_MINUTES", -5),
            ):
                run = backend._reconcile(now - timedelta(days=2), now + timedelta(minutes=1))
                self.run_jobs(backend)
        self.assertEqual(
            (run.missing_count, run.healed_count, run.gone_count, run.store_count, run.odoo_count), (0, 1, 1, 6, 7)
        )
        self.assertEqual(run.line_ids.filtered(lambda line: line.kind == "gone").external_id, ids[1])
        self.assertIn(ids[0], self.orders(backend))

    def test_since(self):
        backend = self.connect()
        old, changed = self.account.place(), self.account.place()
        reached = max(document.updated_at for document in self.documents(backend).values())
        self.stand_in.control("clock", {"advance": 60})
        self.account.touch(changed)
        new = self.account.place()
        found = self.documents(backend, reached + timedelta(seconds=1))
        self.assertEqual(set(found), {changed, new})
        self.assertNotIn(old, found)
        self.assertEqual(backend._adapter()._count_orders(backend, reached + timedelta(seconds=1)), 2)

    def test_empty_account(self):
        backend = self.connect()
        self.assertEqual(self.pages(backend), [()])
        self.assertEqual(backend._adapter()._count_orders(backend, LONG_AGO), 0)

    def test_by_id(self):
        backend = self.connect()
        one, two = self.account.place(), self.account.place()
        adapter = backend._adapter()
        found = adapter._fetch_orders_by_id(backend, [two, "999999", one])
        self.assertEqual({document.external_id for document in found}, {one, two})
        self.assertEqual({document.external_id: document for document in found}, self.documents(backend))
        self.assertEqual(adapter._fetch_orders_by_id(backend, ["999999"]), [])

    def test_long_order_is_whole(self):
        backend = self.connect()
        spec = self.account.long_order()
        external_id = self.account.place(**spec)
        (document,) = backend._adapter()._fetch_orders_by_id(backend, [external_id])
        self.assertEqual(len(document.lines), len(spec["lines"]))
        self.assertEqual(document.difference, 0)
        self.assertEqual(self.documents(backend)[external_id], document)

    def test_links(self):
        backend = self.connect()
        self.assertRegex(backend._adapter()._order_url(backend, "123"), r"^https://.*123")

    # === IMPORTING === #

    def test_import_twice(self):
        for _order in range(5):
            self.account.place()
        backend = self.connect()
        with self.account.small_pages(2):
            self.run_jobs(backend)
        self.assert_as_booked(backend)
        before = self.orders(backend)
        importer = self.env["integration.order.importer"]
        result = importer._import_page(backend, list(self.documents(backend).values()))
        self.assertEqual((sorted(result.unchanged), result.created, result.updated), (sorted(before), [], []))
        self.assertEqual(self.orders(backend), before)

    def test_orders_that_lack_things(self):
        for spec in self.account.odd_orders():
            self.account.place(**spec)
        backend = self.connect()
        self.run_jobs(backend)
        self.assert_as_booked(backend)

    # === AFTER THE IMPORT === #

    def test_cancel_there(self):
        """What Odoo asks for happens on the platform, and comes back to the order here."""
        backend = self.connect()
        if "orders_cancel" not in backend._adapter()._capabilities():
            self.skipTest("the platform can't")
        external_id = self.account.place()
        self.run_jobs(backend)
        order = self.orders(backend)[external_id]
        wizard = self.env["integration.order.cancel"].create({"order_id": order.id, "reason": "inventory"})
        wizard.action_cancel_there()
        self.run_jobs(backend)
        (document,) = backend._adapter()._fetch_orders_by_id(backend, [external_id])
        self.assertTrue(document.cancelled_at)
        self.assertEqual(document.cancel_reason, "inventory")
        self.assertEqual(order.state, "cancel")
        self.assertFalse(order.integration_can_cancel)
        with self.assertRaises(DataError) as caught:
            backend._adapter()._cancel_order(
                backend, external_id, reason="other", restock=True, refund=True, notify=False
            )
        self.assertTrue(caught.exception.remedy)

    # === TROUBLE === #

    def assert_recovers(self, backend):
        """After the trouble the same call works."""
        self.account.no_faults()
        self.assertEqual(len(self.pages(backend)[0]), 1)

    def trouble(self, kind, error=TransientError, **details):
        """One order, one fault: a listing must raise `error`, and work afterwards. Returns what was raised."""
        backend = self.connect()
        self.account.place()
        self.account.fault(kind, match=self.account.orders_operation, **details)
        with self.assertRaises(error) as caught:
            backend._adapter()._fetch_orders(backend, LONG_AGO)
        self.assertIs(type(caught.exception), error)
        self.assertTrue(caught.exception.remedy)
        self.assert_recovers(backend)
        return caught.exception

    def test_throttled(self):
        # What the platform throttles is told to the shared budget; it would keep the second call waiting.
        with patch.object(type(self.env["integration.backend"]), "_lane", lambda backend: "interactive"):
            backend = self.connect()
            self.account.place()
            self.account.fault("throttled", match=self.account.orders_operation, count=1)
            with self.assertRaises(RateLimited) as caught:
                backend._adapter()._fetch_orders(backend, LONG_AGO)
            self.assertGreater(caught.exception.retry_after, 0)
            with self.assertRaises(RateLimited) as caught:
                backend._adapter()._fetch_orders(backend, LONG_AGO)
            self.assertGreater(caught.exception.retry_after, 0, "nothing is sent until then")

    def test_server_errors(self):
        for status in (500, 502, 503, 504):
            with self.subTest(status=status):
                self.account.no_faults()
                self.env["integration.backend"].search([("platform", "=", self.account.name)]).action_archive()
                self.stand_in.control(f"shops/{self.account.domain}", method="DELETE")
                self.account.create_account()
                self.assertEqual(self.trouble("status", status=status).status, status)

    def test_too_many_calls(self):
        error = self.account_error(429, RateLimited)
        self.assertEqual(error.retry_after, 2.0)

    def test_frozen_and_locked_account(self):
        for status in (402, 423):
            with self.subTest(status=status):
                self.assertEqual(self.account_error(status, ConfigurationError).status, status)
                self.account.no_faults()
                self.env["integration.backend"].search([("platform", "=", self.account.name)]).action_archive()

    def account_error(self, status, kind):
        """Return the error that an HTTP status becomes."""
        backend = self.connect()
        self.account.fault("status", match=self.account.orders_operation, status=status)
        with self.assertRaises(kind) as caught:
            backend._adapter()._fetch_orders(backend, LONG_AGO)
        self.assertIs(type(caught.exception), kind)
        self.assertTrue(caught.exception.remedy)
        return caught.exception

    def test_no_answer_in_time(self):
        with self.hasty():
            self.trouble("hang", seconds=3)

    def test_connection_cut(self):
        self.trouble("reset")

    def test_truncated_answer(self):
        self.trouble("truncated")

    def test_web_page_instead_of_data(self):
        self.trouble("html")

    # === WEBHOOKS === #

    def test_webhooks(self):
        backend = self.connect()
        adapter, address = backend._adapter(), backend.sudo().webhook_url
        adapter._remove_webhooks(backend, address)
        created = adapter._ensure_webhooks(backend, address)
        self.assertTrue(created.created)
        self.assertEqual(created.failed, ())
        again = adapter._ensure_webhooks(backend, address)
        self.assertEqual((set(again.registered), again.created), (set(created.created), ()))
        external_id = self.account.place()
        request = self.webhook(self.mailbox.wait_for(1)[0])
        self.assertTrue(address.endswith(request.url))
        adapter._verify_webhook(backend, request)
        envelope = adapter._read_webhook(backend, request)
        self.assertEqual((envelope.resource, envelope.external_id), ("order", external_id))
        self.assertTrue(envelope.event_id and envelope.updated_at)
        document = adapter._parse_event(backend, envelope.topic, request.body)
        if document is not None:
            self.env["integration.order.importer"]._import_page(backend, [document])
            self.assert_as_booked(backend)
        adapter._remove_webhooks(backend, address)
        self.assertTrue(adapter._ensure_webhooks(backend, address).created)

    def test_forged_webhooks(self):
        backend = self.connect()
        adapter = backend._adapter()
        adapter._ensure_webhooks(backend, backend.sudo().webhook_url)
        self.account.fault("webhook_bad_signature")
        self.account.place()
        forged = self.webhook(self.mailbox.wait_for(1)[0])
        with self.assertRaises(SignatureError):
            adapter._verify_webhook(backend, forged)
        self.account.no_faults()
        self.account.place()
        good = self.webhook(self.mailbox.wait_for(2)[1])
        adapter._verify_webhook(backend, good)
        for altered in (good.body + b" ", b"", good.body[:-1]):
            with self.assertRaises(SignatureError):
                adapter._verify_webhook(
                    backend,
                    WebhookRequest(method="POST", url=good.url, headers=good.headers, query={}, body=altered),
                )
