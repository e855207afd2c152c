"""Prices of many products in one call: of all customers, and of groups of them. No Odoo import.

These calls answer with a list of what they refuse, empty when all is well.
https://developer.adobe.com/commerce/webapi/rest/modules/catalog-prices/
"""

from dataclasses import dataclass
from decimal import Decimal

from odoo.addons.connector_base.canonical import ListedPriceResult
from odoo.addons.connector_base.transport import DataError, send_in_halves

from . import const
from .errors import fill

ALL_STORES_ID = 0


def send_base_prices(client, prices):
    """Set the prices of products, [(SKU, price)], in all stores.

    :raise DataError: some are refused
    """
    for start in range(0, len(prices), const.INPUT_LIMIT):
        batch = [
            {"price": float(price), "store_id": ALL_STORES_ID, "sku": sku}
            for sku, price in prices[start : start + const.INPUT_LIMIT]
        ]
        refused = client.call("POST", "products/base-prices", json={"prices": batch})
        if refused:
            raise refusal(refused)


def refusal(refused):
    """Return the DataError that a list of refusals stands for."""
    texts = [fill(str(entry.get("message")), entry.get("parameters")) for entry in refused]
    return DataError(
        f"Magento refused a price: {' '.join(dict.fromkeys(texts))}",
        remedy="Correct in Magento or in Odoo what the message names, then send the prices again.",
    )


@dataclass(frozen=True, slots=True)
class Customers:
    """Whom a price list is for: a group of customers (its code), on a website (0: on all)."""

    group: str
    website: int

    def fits(self, entry):
        """Whether a tier price is for them, from the first unit on."""
        return (
            str(entry.get("customer_group", "")).casefold() == self.group.casefold()
            and int(entry.get("website_id") or 0) == self.website
            and Decimal(str(entry.get("quantity") or 0)) == 1
        )

    def tier_price(self, sku, amount):
        return {
            "price": float(amount),
            "price_type": "fixed",
            "website_id": self.website,
            "sku": sku,
            "customer_group": self.group,
            "quantity": 1,
        }


def push_tier_prices(client, customers, prices, skus, failed):
    """Set prices of some customers; yield a `ListedPriceResult` for each.

    :param list prices: of `ListedPrice`
    :param dict skus: {variant's external id: SKU}
    :param dict failed: {variant's external id: DataError} of those whose SKU is not to be known
    """
    known = [price for price in prices if price.variant_external_id in skus]
    for price in prices:
        if price.variant_external_id not in skus:
            yield ListedPriceResult(price=price, error=failed.get(price.variant_external_id) or _no_product(price))
    for price, error in send_in_halves(known, lambda some: _push(client, customers, some, skus), const.INPUT_LIMIT):
        yield ListedPriceResult(price=price, error=error)


def _push(client, customers, prices, skus):
    _set(client, customers, prices, skus)
    _clear(client, customers, [skus[price.variant_external_id] for price in prices if price.amount is None])


def _set(client, customers, prices, skus):
    entries = [
        customers.tier_price(skus[price.variant_external_id], price.amount)
        for price in prices
        if price.amount is not None
    ]
    if entries and (refused := client.call("POST", "products/tier-prices", json={"prices": entries})):
        raise refusal(refused)


def _clear(client, customers, skus):
    """Take prices away: Magento wants to be told what they are."""
    if not skus:
        return
    there = client.call("POST", "products/tier-prices-information", json={"skus": skus})
    entries = [entry for entry in there if customers.fits(entry)]
    if entries and (refused := client.call("POST", "products/tier-prices-delete", json={"prices": entries})):
        raise refusal(refused)


def _no_product(price):
    return DataError(
        f"Magento has no product {price.variant_external_id} any more.",
        status=404,
        remedy="Import the product from Magento, or unlink it from the shop.",
    )
