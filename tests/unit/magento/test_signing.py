"""Signatures, reckoned a second time from RFC 5849 without the library."""

import base64
import hashlib
import hmac
from types import SimpleNamespace
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.transport import ConfigurationError, TransientError
from odoo.addons.connector_magento.auth import AdminToken, IntegrationToken, OAuth, request_admin_token
from odoo.addons.connector_magento.client import MagentoClient
from odoo.addons.connector_magento.criteria import search_criteria

from .fakes import BASE, FakeSession, answer, raw, refusal

KEYS = ("dpf43f3p2l4k3l03", "kd94hf93k423kf44", "nnch734d00sl2jdk", "pfkkdhi9sl3r4s00")


def signed(method, url, *, keys=KEYS, **parts):
    """Return a request as it is sent."""
    return requests.Request(method, url, auth=OAuth(*keys), **parts).prepare()


def oauth_parameters(request):
    """Return the parameters of a request's Authorization header, decoded."""
    scheme, _, rest = request.headers["Authorization"].partition(" ")
    assert scheme == "OAuth"
    pairs = (pair.strip().split("=", 1) for pair in rest.split(","))
    return {unquote(name): unquote(value.strip('"')) for name, value in pairs}


def base_string(method, url, parameters):
    """RFC 5849, 3.4.1: method, address without its query, and all parameters, encoded and sorted."""

    def encoded(text):
        return quote(text, safe="~")  # 3.6: all but unreserved characters

    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *parameters.items()]
    normalized = "&".join(f"{name}={value}" for name, value in sorted((encoded(n), encoded(v)) for n, v in pairs))
    address = f"{parts.scheme}://{parts.netloc.lower()}{parts.path}"
    return "&".join((method, encoded(address), encoded(normalized)))


def expected_signature(request, keys=KEYS):
    parameters = oauth_parameters(request)
    parameters.pop("oauth_signature")
    text = base_string(request.method, request.url, parameters)
    key = f"{quote(keys[1], safe='~')}&{quote(keys[3], safe='~')}"
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def test_known_base_string():
    """RFC 5849, 3.4.1.1, its example's own words."""
    parameters = {
        "oauth_consumer_key": "9djdj82h48djs9d2",
        "oauth_token": "kkk9d7dh3k39sjv7",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "137131201",
        "oauth_nonce": "7d8f3e4a",
        "c2": "",
        "a3": "2 q",
    }
    assert base_string("POST", "http://EXAMPLE.COM/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b", parameters) == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D"
        "%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1"
        "%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )


def test_what_is_sent():
    request = signed("GET", f"{BASE}/rest/all/V1/modules")
    parameters = oauth_parameters(request)
    assert parameters["oauth_consumer_key"] == KEYS[0]
    assert parameters["oauth_token"] == KEYS[2]
    assert parameters["oauth_signature_method"] == "HMAC-SHA256"
    assert parameters["oauth_version"] == "1.0"
    assert parameters["oauth_signature"] == expected_signature(request)
    assert KEYS[1] not in request.headers["Authorization"]
    assert KEYS[3] not in request.headers["Authorization"]


def test_brackets_are_signed_as_they_are_sent():
    parameters = {**search_criteria(("updated_at", "gteq", "2026-01-02 03:04:05")), "fields": "items[sku],total_count"}
    request = signed("GET", f"{BASE}/rest/all/V1/products", params=parameters)
    assert "searchCriteria%5Bfilter_groups%5D%5B0%5D" in request.url
    assert oauth_parameters(request)["oauth_signature"] == expected_signature(request)


@given(
    values=st.dictionaries(
        st.text("abc[]_ %&=+é,|", min_size=1, max_size=8), st.text("abc &=+%é~'(),*/?:ß漢", max_size=12), max_size=4
    ),
    sku=st.text("abc/ %+é#?", min_size=1, max_size=8),
)
def test_any_parameters(values, sku):
    request = signed("GET", f"{BASE}/rest/all/V1/products/{quote(sku, safe='')}", params=values)
    assert oauth_parameters(request)["oauth_signature"] == expected_signature(request)


@given(st.tuples(*[st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)] * 4))
def test_any_keys(keys):
    request = signed("GET", f"{BASE}/rest/all/V1/modules", keys=keys)
    assert oauth_parameters(request)["oauth_signature"] == expected_signature(request, keys)


def test_a_body_is_not_signed_nor_changed():
    request = signed("PUT", f"{BASE}/rest/all/V1/products/a", json={"product": {"name": "Tasse & Teller"}})
    assert request.body == b'{"product": {"name": "Tasse & Teller"}}'
    assert request.headers["Content-Type"] == "application/json"
    assert oauth_parameters(request)["oauth_signature"] == expected_signature(request)


def test_each_call_has_a_nonce_of_its_own():
    nonces = {oauth_parameters(signed("GET", BASE))["oauth_nonce"] for _call in range(50)}
    assert len(nonces) == 50


def test_four_keys_are_not_renewed():
    assert OAuth(*KEYS).renew() is False


def test_integration_token():
    request = IntegrationToken("abc")(SimpleNamespace(headers={}))
    assert request.headers == {"Authorization": "Bearer abc"}


def test_admin_token_is_renewed_once():
    given_tokens, asked = iter(["one", "two"]), []

    def tokens(refused=""):
        asked.append(refused)
        return next(given_tokens)

    auth = AdminToken(tokens)
    assert auth(SimpleNamespace(headers={})).headers == {"Authorization": "Bearer one"}
    assert auth.renew() is True
    assert auth(SimpleNamespace(headers={})).headers == {"Authorization": "Bearer two"}
    assert auth.renew() is False
    assert asked == ["", "one"]


def token(claims):
    parts = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in ("{}", claims, "s")]
    return ".".join(parts)


@pytest.mark.parametrize(
    "given_token, seconds",
    [
        (token('{"exp": 4102444800}'), True),
        (token('{"exp": 1}'), False),
        (token('{"uid": 1}'), False),
        (token("no json"), False),
        ("5r8cvmpr11j6gmau8990rcj2qk7unh8i", False),
        ("a.b.c", False),
    ],
)
def test_admin_token_states_its_end_or_not(given_token, seconds):
    session = FakeSession(answer(given_token))
    found, left = request_admin_token(MagentoClient(session, BASE), "admin", "secret")
    assert found == given_token
    assert bool(left) is seconds
    (call,) = session.calls
    assert (call["method"], call["url"]) == ("POST", f"{BASE}/rest/all/V1/integration/admin/token")
    assert call["json"] == {"username": "admin", "password": "secret"}


@pytest.mark.parametrize("status", [400, 401, 403])
def test_admin_is_refused(status):
    session = FakeSession(refusal("The account sign-in was incorrect.", status=status))
    with pytest.raises(ConfigurationError) as caught:
        request_admin_token(MagentoClient(session, BASE), "admin", "geheim")
    assert "sign-in was incorrect" in caught.value.message
    assert "second factor" in caught.value.remedy
    assert "geheim" not in caught.value.message + caught.value.remedy


@pytest.mark.parametrize("content", ['""', "{}", "null", "<html>"])
def test_no_token_in_the_answer(content):
    with pytest.raises(TransientError):
        request_admin_token(MagentoClient(FakeSession(raw(content)), BASE), "admin", "secret")
