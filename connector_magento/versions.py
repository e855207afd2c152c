"""Which versions of Magento the connector is made for. No Odoo import."""

import re

# What this was tried with, in words, the first and the last of it.
# https://experienceleague.adobe.com/en/docs/commerce-operations/release/versions, https://mage-os.org/releases/
_TRIED = {
    "magento": ("Magento 2.4.4 to 2.4.9", (2, 4, 4), (2, 4, 9)),
    "mage-os": ("Mage-OS 1 and 2", (1,), (2,)),
}


def untried(product, version):
    """Return the versions of `product` that the connector was tried with if `version` is none of them, else "".

    Shops state two places of Magento's three, or nothing: what can't be told is taken for one of them.

    :param str product: as the shop calls itself; other names than Magento's and Mage-OS's are distributions of Magento
    """
    numbers = tuple(int(number) for number in re.findall(r"\d+", version))
    if not numbers:
        return ""
    tried, first, last = _TRIED.get(product.strip().lower(), _TRIED["magento"])
    known = len(numbers)
    return "" if first[:known] <= numbers and numbers[: len(last)] <= last[:known] else tried
