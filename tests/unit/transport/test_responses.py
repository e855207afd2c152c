"""Which error an answer is."""

import email.utils
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from odoo.addons.connector_base.transport import (
    ConfigurationError,
    DataError,
    Page,
    RateLimited,
    Response,
    TransientError,
    iter_pages,
    link_url,
    raise_for_status,
    read_json,
    retry_after,
)


def answer(status=200, body=b"{}", secrets=(), **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(
        status_code=status,
        headers=CaseInsensitiveDict({"Content-Type": "application/json", **headers}),
        content=body,
        url="https://shop.example/x",
        operation="x",
        secrets=frozenset(secrets),
    )


@pytest.mark.parametrize(
    "status, kind",
    [
        (400, DataError),
        (401, ConfigurationError),
        (402, ConfigurationError),
        (403, ConfigurationError),
        (404, ConfigurationError),
        (405, DataError),
        (408, TransientError),
        (409, DataError),
        (410, DataError),
        (413, DataError),
        (422, DataError),
        (423, ConfigurationError),
        (425, TransientError),
        (429, RateLimited),
        (430, RateLimited),
        (500, TransientError),
        (502, TransientError),
        (503, TransientError),
        (504, TransientError),
        (520, TransientError),
        (301, ConfigurationError),
    ],
)
def test_status_to_error(status, kind):
    with pytest.raises(kind) as caught:
        raise_for_status(answer(status, X_Request_Id="req-7"))
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.request_id) == (status, "req-7")
    if kind in (ConfigurationError, TransientError, RateLimited):
        assert error.remedy


@pytest.mark.parametrize("status", [200, 201, 202, 204, 207])
def test_success_raises_nothing(status):
    raise_for_status(answer(status))


def test_the_platforms_words_are_in_the_message():
    def extract(response):
        error = response.json()["error"]
        return error["code"], error["text"]

    body = b'{"error": {"code": 25002, "text": "Quantity is missing. token=abcdef12345"}}'
    with pytest.raises(DataError, match="Quantity is missing") as caught:
        raise_for_status(answer(422, body), extract=extract)
    assert caught.value.code == "25002"
    assert "abcdef12345" not in caught.value.message


def test_a_proxys_page_has_no_words():
    """A 401 stays a 401, even when the body isn't what the platform sends."""
    with pytest.raises(ConfigurationError, match="refused the credentials"):
        raise_for_status(answer(401, b"<html>"), extract=lambda response: response.json()["errors"])


def test_long_words_are_cut():
    with pytest.raises(DataError) as caught:
        raise_for_status(answer(400), extract=lambda response: ("x", "y" * 5000))
    assert len(caught.value.message) < 600


def test_secrets_of_the_request_are_not_repeated():
    with pytest.raises(ConfigurationError) as caught:
        raise_for_status(
            answer(401, secrets=["t0k3n-of-shop"]), extract=lambda response: ("", "Invalid token t0k3n-of-shop")
        )
    assert "t0k3n-of-shop" not in caught.value.message


@pytest.mark.parametrize(
    "body, headers, words",
    [
        (b"", {}, "empty"),
        (b"<!DOCTYPE html><html>Bad gateway</html>", {"Content_Type": "text/html"}, "web page"),
        (b"  <html>", {}, "web page"),
        (b"Service unavailable", {"Content_Type": "text/html; charset=utf-8"}, "web page"),
        (b'{"orders": [{"id": 1}, {"id"', {}, "incomplete or damaged"),
        (b"\xff\xfe\xfa", {}, "incomplete or damaged"),
    ],
)
def test_not_json(body, headers, words):
    with pytest.raises(TransientError, match=words) as caught:
        read_json(answer(200, body, Retry_After="7", **headers))
    assert caught.value.status == 200
    assert caught.value.retry_after == 7


@pytest.mark.parametrize(
    "value, seconds",
    [
        ("2.0", 2.0),
        ("0", 0.0),
        ("-5", 0.0),
        ("120", 120.0),
        ("1e99", 86_400.0),
        ("nan", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_as_a_number(value, seconds):
    assert retry_after({"Retry-After": value}) == seconds


def test_retry_after_as_a_date():
    assert retry_after({"Retry-After": email.utils.formatdate(time.time() + 60, usegmt=True)}) == pytest.approx(
        60, abs=2
    )
    assert retry_after({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0
    assert retry_after({}) is None


@given(st.text(max_size=40))
def test_retry_after_is_sane_whatever_is_sent(value):
    seconds = retry_after({"Retry-After": value})
    assert seconds is None or 0 <= seconds <= 86_400


def test_retry_after_is_on_the_error():
    with pytest.raises(RateLimited) as caught:
        raise_for_status(answer(429, Retry_After="2.0"))
    assert caught.value.retry_after == 2.0


def test_all_pages_are_read():
    pages = {None: Page(documents=(1, 2), next_page="b"), "b": Page(documents=(3,), next_page=None)}
    assert [page.documents for page in iter_pages(pages.get)] == [(1, 2), (3,)]


def test_a_listing_in_a_circle_ends():
    pages = {None: Page(documents=(1,), next_page="b"), "b": Page(documents=(2,), next_page="c")}
    pages["c"] = Page(documents=(3,), next_page="b")
    seen = []
    with pytest.raises(DataError, match="circle"):
        for page in iter_pages(pages.get):
            seen.extend(page.documents)
    assert seen == [1, 2, 3]


def test_link_header():
    links = '<https://shop.example/o?page=1>; rel="previous", <https://shop.example/o?page=3>; rel="next"'
    assert link_url(answer(Link=links)) == "https://shop.example/o?page=3"
    assert link_url(answer(Link=links), rel="previous") == "https://shop.example/o?page=1"
    assert link_url(answer(Link=links), rel="last") is None
    assert link_url(answer()) is None
