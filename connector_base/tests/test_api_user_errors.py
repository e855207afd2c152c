from freezegun import freeze_time

from odoo.exceptions import UserError

from ..transport import ConfigurationError, RateLimited, SignatureError, TransientError
from .common import BackendCase


class TestUserErrors(BackendCase):
    """What a person who pressed a button is told."""

    def message(self, error):
        with self.assertRaises(UserError) as caught, self.backend._user_errors():
            raise error
        return str(caught.exception)

    @freeze_time("2026-11-21 10:00:00")
    def test_the_time_is_told_in_the_users_zone(self):
        self.manager.tz = "Europe/Warsaw"
        self.backend = self.backend.with_user(self.manager)
        message = self.message(RateLimited("spent", retry_after=90))
        self.assertIn("11:01:30", message)
        self.assertIn("Main Shop", message)

    def test_configuration_says_what_to_do(self):
        message = self.message(
            ConfigurationError("The token was refused.", remedy="Enter a new one.", request_id="r-1")
        )
        self.assertEqual(
            message,
            "Main Shop: The token was refused.\n\nEnter a new one.\n\nRequest ID for the platform's support: r-1",
        )

    def test_network(self):
        message = self.message(TransientError("shop.example did not answer within 30 s."))
        self.assertIn("did not answer", message)
        self.assertIn("try again in a few minutes", message)

    def test_other_errors_of_the_tree(self):
        self.assertEqual(self.message(SignatureError("Not signed.")), "Main Shop: Not signed.")

    def test_bugs_stay_bugs(self):
        with self.assertRaises(KeyError), self.backend._user_errors():
            raise KeyError("x")
