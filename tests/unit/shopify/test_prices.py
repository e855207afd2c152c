"""Price lists: what is sent, in as few calls as possible."""

from decimal import Decimal

import pytest

from odoo.addons.connector_base.canonical import ListedPrice
from odoo.addons.connector_base.transport import DataError
from odoo.addons.connector_shopify.renderer_price import price_input

from .fakes import answer, client


def test_a_price():
    price = ListedPrice(variant_external_id="7", amount=Decimal("8.50"), compare_at_amount=Decimal("10"))
    assert price_input(price, "EUR") == {
        "variantId": "gid://shopify/ProductVariant/7",
        "price": {"amount": "8.50", "currencyCode": "EUR"},
        "compareAtPrice": {"amount": "10", "currencyCode": "EUR"},
    }
    assert price_input(ListedPrice(variant_external_id="7", amount=Decimal(1)), "EUR")["compareAtPrice"] is None


def test_all_lists_are_read():
    def page(number, cursor=None):
        node = {"id": f"gid://shopify/PriceList/{number}", "name": "Europe", "currency": "EUR"}
        info = {"hasNextPage": bool(cursor), "endCursor": cursor}
        return answer(data={"priceLists": {"nodes": [node], "pageInfo": info}})

    shop, session = client(page(1, "next"), page(2))
    assert [node["id"][-1] for node in shop.price_lists()] == ["1", "2"]
    assert session.variables[1]["after"] == "next"


def test_a_refusal_is_a_data_error_with_its_code():
    errors = [{"code": "VARIANT_NOT_FOUND", "field": ["pricesToAdd", "0"], "message": "Variant not found."}]
    shop, _session = client(answer(data={"priceListFixedPricesUpdate": {"userErrors": errors}}))
    with pytest.raises(DataError) as caught:
        shop.price_list_set("gid://shopify/PriceList/1", [], [])
    assert caught.value.code == "VARIANT_NOT_FOUND"
