"""The address of a shop, as people paste it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_magento.addresses import NotSecure, account_key, normalize_base_url


@pytest.mark.parametrize(
    "entered, address",
    [
        ("https://shop.example.com", "https://shop.example.com"),
        ("shop.example.com", "https://shop.example.com"),
        (" HTTPS://Shop.Example.com/ ", "https://shop.example.com"),
        ("https://example.com/shop/", "https://example.com/shop"),
        ("https://example.com/shop/rest/V1/orders?x=1", "https://example.com/shop"),
        ("https://example.com/rest", "https://example.com"),
        ("https://example.com/soap/default?wsdl", "https://example.com"),
        ("https://example.com:8443/a/b", "https://example.com:8443/a/b"),
        ("https://example.com:443/", "https://example.com"),
        ("https://192.168.1.5", "https://192.168.1.5"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://my_shop.example.com/#top", "https://my_shop.example.com"),
    ],
)
def test_good(entered, address):
    assert normalize_base_url(entered) == address
    assert normalize_base_url(address) == address


@pytest.mark.parametrize(
    "entered",
    [
        *("", None, " ", "https://", "ftp://example.com", "https://user:secret@example.com", "https://exa mple.com"),
        *("https://example.com:port", "https://example.com:99999", "https://-a.example", "https://a..b", "a/b c"),
    ],
)
def test_bad(entered):
    with pytest.raises(ValueError):
        normalize_base_url(entered)


@pytest.mark.parametrize("entered", ["http://shop.example.com", "HTTP://shop.example.com/rest"])
def test_not_encrypted(entered):
    with pytest.raises(NotSecure):
        normalize_base_url(entered)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_not(text):
    try:
        address = normalize_base_url(text)
    except ValueError:
        return
    assert address.startswith("https://")
    assert normalize_base_url(address) == address


def test_account():
    assert account_key("https://example.com/shop") == "example.com/shop"
