"""Connecting, importing orders, and what becomes of them."""

from odoo.exceptions import UserError

from odoo.addons.connector_base.transport import ConfigurationError, DataError

from .suite_base import LONG_AGO, SuiteBase


class OrderTrials(SuiteBase):
    """Orders through the jobs that import them."""

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
        self.needs("orders_cancel")
        backend = self.connect()
        external_id = self.account.place()
        self.run_jobs(backend)
        order = self.orders(backend)[external_id]
        wizard = self.env["integration.order.cancel"].create({"order_id": order.id, "reason": "inventory"})
        wizard.action_cancel_there()
        self.run_jobs(backend)
        (document,) = backend._adapter()._fetch_orders_by_id(backend, [external_id])
        self.assertTrue(document.cancelled_at)
        if self.account.keeps_cancel_reason:
            self.assertEqual(document.cancel_reason, "inventory")
        self.assertEqual(order.state, "cancel")
        self.assertFalse(order.integration_can_cancel)
        # once more: it is refused with what to do, or there is nothing left to do
        self.account.calls()
        try:
            backend._adapter()._cancel_order(
                backend, external_id, reason="other", restock=True, refund=True, notify=False
            )
        except DataError as error:
            self.assertTrue(error.remedy)
        else:
            self.assertEqual(self.account.writes(self.account.calls()), [])
