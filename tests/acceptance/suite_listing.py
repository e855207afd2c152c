"""Reading orders page by page."""

from datetime import timedelta, timezone
from unittest.mock import patch

from odoo import fields

from odoo.addons.connector_base.models import integration_backend_reconcile, integration_reconciliation

from .suite_base import LONG_AGO, MAX_PAGES, SuiteBase


class ListingTrials(SuiteBase):
    """Listings of orders and of their ids."""

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
                self.account.delete_account()
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
