"""Tokens: how they are asked for, sent and renewed."""

from types import SimpleNamespace

import pytest

from odoo.addons.connector_base.transport import ConfigurationError, TransientError
from odoo.addons.connector_shopify import const
from odoo.addons.connector_shopify.auth import RenewableTokenAuth, TokenAuth, request_token

from .fakes import DOMAIN, FakeSession, raw


def signed(auth):
    return auth(SimpleNamespace(headers={})).headers[const.TOKEN_HEADER]


def test_admin_token():
    auth = TokenAuth("shpat_1")
    assert signed(auth) == "shpat_1"
    assert auth.renew() is False


def test_renewable_token():
    given = iter(["one", "two"])
    asked = []

    def tokens(refused=""):
        asked.append(refused)
        return next(given)

    auth = RenewableTokenAuth(tokens)
    assert [signed(auth), signed(auth)] == ["one", "one"]
    assert auth.renew() is True
    assert signed(auth) == "two"
    assert auth.renew() is False
    assert asked == ["", "one"]


def test_grant():
    session = FakeSession(raw('{"access_token": "t", "scope": "read_orders,read_customers", "expires_in": 86399}'))
    assert request_token(session, DOMAIN, "id", "secret") == ("t", 86399, {"read_orders", "read_customers"})
    (call,) = session.calls
    assert (call["method"], call["url"]) == ("POST", f"https://{DOMAIN}/admin/oauth/access_token")
    assert call["data"] == {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refused_grant(status):
    session = FakeSession(raw('{"error": "invalid_client", "error_description": "Wrong secret"}', status=status))
    with pytest.raises(ConfigurationError) as caught:
        request_token(session, DOMAIN, "id", "secret")
    assert "Wrong secret" in caught.value.message
    assert "client secret" in caught.value.remedy
    assert "secret" not in caught.value.message.replace("Wrong secret", "")


def test_unknown_store():
    with pytest.raises(ConfigurationError) as caught:
        request_token(FakeSession(raw('{"errors": "Not Found"}', status=404)), DOMAIN, "id", "secret")
    assert caught.value.remedy == const.REMEDIES[404]


@pytest.mark.parametrize(
    "body", ['{"access_token": "t"}', "[]", '{"access_token": "t", "expires_in": "x", "scope": ""}']
)
def test_grant_without_a_token(body):
    with pytest.raises(TransientError):
        request_token(FakeSession(raw(body)), DOMAIN, "id", "secret")
