"""Prices of many products in one call. No Odoo import.

These calls answer with a list of what they refuse, empty when all is well.
https://developer.adobe.com/commerce/webapi/rest/modules/catalog-prices/
"""

from odoo.addons.connector_base.transport import DataError

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
