from odoo.tests import freeze_time, tagged

from odoo.addons.connector_shopify import const

from .common import ShopifyCase


@tagged("post_install", "-at_install")
class TestVersion(ShopifyCase):
    def setUp(self):
        super().setUp()
        self.versions = {"2026-07": True, const.API_VERSION: True, "2027-01": False, "unstable": False}
        self.store._ApiVersions = lambda: {
            "publicApiVersions": [{"handle": handle, "supported": known} for handle, known in self.versions.items()]
        }

    def test_in_order(self):
        with freeze_time("2026-11-21"):
            self.assertEqual(self.adapter._check_version(self.backend), ())

    def test_near_its_end(self):
        with freeze_time("2027-07-03"):
            (warning,) = self.adapter._check_version(self.backend)
        self.assertIn("until 10/01/2027", warning)

    def test_not_supported_any_more(self):
        self.versions = {"2027-10": True, const.API_VERSION: False}
        (warning,) = self.adapter._check_version(self.backend)
        self.assertIn(f"does not support version {const.API_VERSION}", warning)
        self.assertIn("newest version is 2027-10", warning)

    def test_another_one_answers(self):
        self.store.version = "2027-01"
        (warning,) = self.adapter._check_version(self.backend)
        self.assertIn("answers with 2027-01", warning)
