from unittest.mock import patch

from odoo.tests import tagged

from .common import BackendCase, run_queue_job

WARNING = "Version 1 ends soon: update the connector."


@tagged("post_install", "-at_install")
class TestApiVersion(BackendCase):
    def setUp(self):
        super().setUp()
        self.backend.write({"state": "connected", "user_id": self.manager.id})
        self.adapter = type(self.env["integration.adapter.fake"])

    def check(self, *sentences):
        """Run the daily check with a platform that says so."""
        capabilities = frozenset({"orders_in", "api_version"})
        with (
            patch.object(self.adapter, "_capabilities", lambda _self: capabilities),
            patch.object(self.adapter, "_check_version", lambda _self, _backend: sentences, create=True),
        ):
            self.env["integration.backend"]._cron_check_versions()
            jobs = self.env["sync.job"].search(
                [("backend_id", "=", self.backend.id), ("operation", "=", "check_version"), ("state", "=", "pending")]
            )
            for job in jobs:
                run_queue_job(job)
        return jobs

    def test_a_warning_is_told_once_and_closed(self):
        self.assertIn(WARNING, self.check(WARNING).result)
        self.assertEqual(self.backend.version_warning, WARNING)
        activity = self.backend.activity_ids
        self.assertEqual((activity.user_id, len(activity)), (self.manager, 1))
        self.assertIn(WARNING, activity.note)
        self.check(WARNING)
        self.assertEqual(self.backend.activity_ids, activity)
        self.check("Version 1 has ended: update the connector.")
        self.assertEqual(self.backend.activity_ids, activity)
        self.assertIn("has ended", activity.note)
        self.assertIn("in order", self.check().result)
        self.assertFalse(self.backend.version_warning)
        self.assertFalse(self.backend.activity_ids)

    def test_platforms_without_versions_are_not_asked(self):
        self.env["integration.backend"]._cron_check_versions()
        self.assertFalse(self.env["sync.job"].search([("operation", "=", "check_version")]))
