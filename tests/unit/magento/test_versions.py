"""Which versions are warned of."""

import pytest

from odoo.addons.connector_magento.versions import untried


@pytest.mark.parametrize(
    "product, version",
    [
        ("Magento", "2.4"),
        ("Magento", "2.4.4"),
        ("Magento", "2.4.6-p11"),
        ("Magento", "2.4.9"),
        ("Mage-OS", "1.3"),
        ("Mage-OS", "2.0.1"),
        ("Some Distribution", "2.4"),
        ("Magento", ""),
        ("", ""),
    ],
)
def test_fine(product, version):
    assert untried(product, version) == ""


@pytest.mark.parametrize(
    "product, version, tried",
    [
        ("Magento", "2.3", "Magento 2.4.4 to 2.4.9"),
        ("Magento", "2.4.3", "Magento 2.4.4 to 2.4.9"),
        ("Magento", "2.4.10", "Magento 2.4.4 to 2.4.9"),
        ("Magento", "2.5", "Magento 2.4.4 to 2.4.9"),
        ("Magento", "3", "Magento 2.4.4 to 2.4.9"),
        ("Mage-OS", "3.0", "Mage-OS 1 and 2"),
        ("mage-os", "0.9", "Mage-OS 1 and 2"),
    ],
)
def test_untried(product, version, tried):
    assert untried(product, version) == tried
