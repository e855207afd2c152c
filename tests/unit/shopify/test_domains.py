"""A store's address as people enter it."""

import pytest

from odoo.addons.connector_shopify.domains import normalize_domain


@pytest.mark.parametrize(
    "entered",
    [
        "my-store.myshopify.com",
        " My-Store.MyShopify.com ",
        "https://my-store.myshopify.com",
        "https://my-store.myshopify.com/admin/orders?x=1",
        "http://my-store.myshopify.com:443/",
        "my-store.myshopify.com.",
        "https://admin.shopify.com/store/my-store",
        "https://admin.shopify.com/store/my-store/settings/domains",
        "my-store",
    ],
)
def test_what_is_understood(entered):
    assert normalize_domain(entered) == "my-store.myshopify.com"


@pytest.mark.parametrize(
    "entered",
    [
        None,
        "",
        "www.my-store.com",
        "https://my-store.com",
        "my-store.myshopify.com.evil.example",
        "evil.example/my-store.myshopify.com",
        "user@my-store.myshopify.com",
        "my-store.myshopify.com@evil.example",
        "-store.myshopify.com",
        "my_store.myshopify.com",
        "a.b.myshopify.com",
        "my-store.myshopify.com:8080",
        "my-store.myshopify.com\n.evil.example",
        "x" * 61,
        "https://admin.shopify.com/",
    ],
)
def test_what_is_refused(entered):
    with pytest.raises(ValueError, match=r".*"):
        normalize_domain(entered)
