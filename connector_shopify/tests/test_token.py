from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.connector_base.transport import ConfigurationError

from .common import ADMIN_TOKEN, ShopifyCase


@tagged("post_install", "-at_install")
class TestToken(ShopifyCase):
    def credential(self):
        return self.backend.credential_ids.filtered(lambda credential: credential.key == "oauth_token")

    def expire_in(self, **delta):
        self.credential().expires_at = fields.Datetime.now() + timedelta(**delta)
        self.env.flush_all()

    def test_one_token_serves_a_day(self):
        for _call in range(3):
            self.backend._shopify_client().orders_count("")
        self.assertEqual(self.store.count("AccessToken"), 1)
        self.assertAlmostEqual(
            self.credential().expires_at, fields.Datetime.now() + timedelta(hours=24), delta=timedelta(minutes=1)
        )

    def test_renewed_before_it_ends(self):
        first = self.backend._shopify_token()
        self.expire_in(minutes=16)
        self.assertEqual(self.backend._shopify_token(), first)
        self.expire_in(minutes=14)
        second = self.backend._shopify_token()
        self.assertNotEqual(second, first)
        self.assertEqual(self.backend._shopify_token(), second)

    def test_refused_token_is_renewed_once(self):
        first = self.backend._shopify_token()
        self.store.refused.add(first)
        self.assertEqual(self.backend._shopify_client().orders_count(""), 0)
        self.assertEqual(self.store.count("AccessToken"), 2)

    def test_refused_again_is_a_matter_of_configuration(self):
        self.store.refused.update(f"shpca_{number:032}" for number in range(1, 9))
        with self.assertRaises(ConfigurationError) as caught:
            self.backend._shopify_client().orders_count("")
        self.assertEqual(caught.exception.status, 401)
        self.assertIn("credentials", caught.exception.remedy)
        self.assertEqual(self.store.count("AccessToken"), 2)

    def test_a_token_somebody_else_renewed_is_taken(self):
        first = self.backend._shopify_token()
        client = self.backend._shopify_client()
        client.orders_count("")
        second = self.backend._shopify_token(refused=first)
        self.store.refused.add(first)
        self.store.calls.clear()
        client.orders_count("")
        self.assertEqual(self.store.count("AccessToken"), 0)
        self.assertEqual(self.backend._shopify_token(), second)

    def test_changed_secret(self):
        self.store.secret = "shpss_another"
        with self.assertRaises(ConfigurationError) as caught:
            self.backend._shopify_token()
        self.assertIn("The client secret is invalid", caught.exception.message)
        self.backend._set_secret("client_secret", "shpss_another")
        self.assertTrue(self.backend._shopify_token())

    def test_missing_credentials(self):
        backend = self.env["integration.backend"].create(
            {"name": "Bare", "platform": "shopify", "shopify_domain": "bare-shop"}
        )
        for auth, label in (("client_credentials", "Client ID"), ("admin_token", "Admin API access token")):
            backend.shopify_auth = auth
            with self.assertRaises(ConfigurationError) as caught:
                backend._shopify_client().orders_count("")
            self.assertIn(label, caught.exception.message)

    def test_admin_token(self):
        backend = self.new_backend(auth="admin_token")
        self.assertEqual(backend._shopify_client().orders_count(""), 0)
        self.store.refused.add(ADMIN_TOKEN)
        with self.assertRaises(ConfigurationError):
            backend._shopify_client().orders_count("")
        self.assertEqual(self.store.count("AccessToken"), 0)
