"""What a Magento shop says of itself, at the HTTP seam: what leaves Odoo for the shop is answered here."""

import base64
import json
import os
import time
from io import BytesIO
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import requests
from cryptography.fernet import Fernet

from odoo.tests import TransactionCase

HOST = "shop.example.com"
KEYS = {
    "consumer_key": "ck-0123456789abcdef",
    "consumer_secret": "cs-0123456789abcdef",
    "access_token": "at-0123456789abcdef",
    "access_token_secret": "as-0123456789abcdef",
}
ADMIN = {"username": "odoo", "password": "a password 123"}


def web_token(seconds):
    """Return a JSON Web Token that is valid so long."""
    claims = json.dumps({"exp": int(time.time()) + seconds}).encode()
    return f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.c2ln{time.monotonic_ns()}"


class FakeShop:
    """`denied` are paths that the credentials have no access to; `calls` what was asked, as (method, path)."""

    def __init__(self):
        self.version = "Magento/2.4 (Community)"
        self.denied, self.calls, self.tokens, self.headers = set(), [], [], []
        self.refuse_all = self.two_factor = False
        self.status = None
        self.answers = {
            "directory/currency": {"base_currency_code": "EUR"},
            "modules": ["Magento_Store", "Magento_Sales", "Magento_InventoryApi"],
            "store/websites": [
                {"id": 0, "code": "admin", "name": "Admin", "default_group_id": 0},
                {"id": 1, "code": "base", "name": "Main Website", "default_group_id": 1},
            ],
            "store/storeGroups": [
                {"id": 0, "website_id": 0, "name": "Default", "code": "default"},
                {"id": 1, "website_id": 1, "name": "Main Store", "code": "main"},
            ],
            "store/storeViews": [
                {"id": 0, "code": "admin", "name": "Admin", "website_id": 0, "store_group_id": 0, "is_active": 1},
                {"id": 1, "code": "en", "name": "English", "website_id": 1, "store_group_id": 1, "is_active": 1},
                {"id": 2, "code": "fr", "name": "French", "website_id": 1, "store_group_id": 1, "is_active": 1},
            ],
            "store/storeConfigs": [
                {
                    "id": number,
                    "code": code,
                    "website_id": 1,
                    "locale": locale,
                    "base_currency_code": "EUR",
                    "default_display_currency_code": "EUR",
                    "secure_base_link_url": f"https://{HOST}/",
                }
                for number, code, locale in ((1, "en", "en_US"), (2, "fr", "fr_FR"))
            ],
        }

    def send(self, request):
        """Return (status, headers, answer: bytes, or what JSON says) for a prepared request."""
        parts = urlsplit(request.url)
        if parts.path.endswith("/magento_version"):
            return 200, {}, self.version.encode()
        if self.status:
            return self.status, {"Retry-After": "60"}, b"<html>Be right back</html>"
        path = unquote(parts.path.partition("/rest/all/V1/")[2])
        self.calls.append((request.method, path))
        header = request.headers.get("Authorization", "")
        self.headers.append(header)
        if path == "integration/admin/token":
            return self._token(json.loads(request.body))
        if self.refuse_all or path in self.denied or not self._knows(header):
            resource = f"Magento::{path}"
            return (
                401,
                {},
                {
                    "message": "The consumer isn't authorized to access %resources.",
                    "parameters": {"resources": resource},
                },
            )
        if request.method != "GET":
            return 404, {}, {"message": "No such entity."}
        return 200, {}, self.answers.get(path, {"items": [], "total_count": 0})

    def _knows(self, header):
        if header.startswith("OAuth "):
            return KEYS["consumer_key"] in header and KEYS["access_token"] in header and "HMAC-SHA256" in header
        return header.removeprefix("Bearer ") in (KEYS["access_token"], *self.tokens)

    def _token(self, body):
        if self.two_factor:
            return 401, {}, {"message": "Please use the 2fa provider-specific endpoints to obtain a token."}
        if body != ADMIN:
            return 401, {}, {"message": "The account sign-in was incorrect or your account is disabled temporarily."}
        self.tokens.append(web_token(3600))
        return 200, {}, self.tokens[-1]


class MagentoConnectCase(TransactionCase):
    """A shop that answers, an encryption key; cursors that code opens are parts of the test's transaction."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(patch.dict(os.environ, {"ODOO_INTEGRATION_KEYS": Fernet.generate_key().decode()}))
        os.environ.pop("ODOO_INTEGRATION_SANDBOX_URL", None)
        cls.shop = FakeShop()

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        """Override of `odoo` to answer for the shop."""
        if urlsplit(r.url).hostname != HOST:
            return super()._request_handler(s, r, **kw)
        cls.verify = kw.get("verify")
        status, headers, answer = cls.shop.send(r)
        response = requests.Response()
        response.status_code = status
        response.headers.update({"Content-Type": "application/json", **headers})
        response._content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        response.raw = BytesIO(response._content)
        response.request, response.url = r, r.url
        return response

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.shop.__init__()

    def capable(self, *flows):
        """Let the adapter have these capabilities, and no others."""
        adapter = self.registry["integration.adapter.magento"]
        self.enterContext(patch.object(adapter, "_capabilities", lambda self: frozenset(flows)))

    def wizard(self, **vals):
        return self.env["integration.connect"].create(
            {
                "platform": "magento",
                "magento_base_url": f"https://{HOST}/store/rest/all/V1/products",
                **{f"magento_{key}": value for key, value in KEYS.items()},
                **vals,
            }
        )

    def connected(self, **vals):
        action = self.wizard(**vals).action_connect()
        return self.env["integration.backend"].browse(action["res_id"])
