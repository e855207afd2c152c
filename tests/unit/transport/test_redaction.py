"""A secret never appears in what is shown, whatever the text around it."""

import json
import time
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.transport import redact, redact_url
from odoo.addons.connector_base.transport.redaction import MASK, is_sensitive, sensitive_values

# What platforms hand out, and what people choose.
tokens = st.text("ABCDEFabcdef0123456789_-", min_size=8, max_size=40)
passwords = st.text(min_size=4, max_size=30)
names = st.sampled_from(
    ["access_token", "client_secret", "accessToken", "password", "X-Api-Key", "refresh_token", "api_key", "hmac"]
)


@given(st.text(max_size=200), st.lists(passwords, min_size=1, max_size=4), st.integers(0, 200))
def test_a_known_secret_is_gone(text, secrets, at):
    shown = redact(text[:at] + secrets[0] + text[at:] + secrets[-1], secrets)
    for secret in secrets:
        assert secret not in shown


@given(st.lists(passwords, min_size=1, max_size=3), st.data())
def test_a_known_secret_is_gone_in_every_spelling(secrets, data):
    secret = data.draw(st.sampled_from(secrets))
    forms = [quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]]
    text = " ".join(forms)
    shown = redact(text, secrets)
    for form in forms:
        assert form not in shown


@given(names, tokens)
def test_a_secret_is_found_by_its_name(name, secret):
    texts = [
        json.dumps({"a": 1, name: secret, "b": [secret[:0]]}),
        json.dumps({"a": {"b": {name: secret}}}, indent=2),
        json.dumps({"body": json.dumps({name: secret})}),
        json.dumps({name: secret})[:-2],
        f"https://shop.example/x?a=1&{name}={secret}&b=2",
        f"grant_type=x&{name}={secret}",
        f"Authorization: Bearer {secret}",
        f"failed: {name}={secret}",
    ]
    for text in texts:
        assert secret not in redact(text), text


@given(names, st.text(min_size=4, max_size=40))
def test_a_secret_in_json_may_hold_anything(name, secret):
    for ascii_only in (True, False):
        text = json.dumps({name: secret, "z": 1}, ensure_ascii=ascii_only)
        shown = redact(text)
        assert json.loads(shown) == {name: MASK, "z": 1}


def test_what_is_not_secret_stays():
    body = '{"order": {"id": 1, "name": "#1001", "email": "a@b.example", "total": "10.50", "code": "THROTTLED"}}'
    assert redact(body, ["unrelated-secret"]) == body
    assert redact_url("https://shop.example/orders.json?limit=50&since=2026-01-01T00:00:00") == (
        "https://shop.example/orders.json?limit=50&since=2026-01-01T00:00:00"
    )


def test_json_stays_json():
    text = '{"token": "abc", "password": null, "expires": 5, "secret": 12345, "session": {"user": "u"}}'
    assert json.loads(redact(text.replace("12345", '"12345"'))) == {
        "token": MASK,
        "password": None,
        "expires": 5,
        "secret": MASK,
        "session": {"user": "u"},
    }


@given(tokens, names)
def test_url(secret, name):
    url = f"https://user:{secret}@shop.example/x?{urlencode({name: secret, 'page': 2})}#{secret}"
    shown = redact_url(url)
    assert secret not in shown
    assert shown.startswith("https://shop.example/x?")
    assert "page=2" in shown


def test_the_secrets_a_request_carries_are_known():
    values = sensitive_values({"Authorization": b"Basic dXNlcjpwYXNz", "X-Api-Key": "key-1", "Accept": "json"})
    assert values == {"Basic dXNlcjpwYXNz", "dXNlcjpwYXNz", "key-1"}


@pytest.mark.parametrize("name", ["X-Request-Id", "Content-Type", "code", "first", "key", "cursor", "currency"])
def test_ordinary_names(name):
    assert not is_sensitive(name)


def test_a_secret_the_mask_spells_leaves_nothing():
    assert redact("before redacted after", ["redacted"]) == ""


def test_large_bodies_are_redacted_quickly():
    """No pattern may go quadratic on what a platform (or an attacker) sends."""
    started = time.process_time()
    for text in (
        "token" * 60_000,
        '"token' * 50_000,
        "a" * 300_000,
        '"' * 300_000,
        "\\" * 100_000,
        '\\"token' * 40_000,
    ):
        redact(text, ["some-secret"])
    assert time.process_time() - started < 5
