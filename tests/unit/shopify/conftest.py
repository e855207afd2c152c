import pytest

from odoo.addons.connector_shopify import product_pusher


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    """No store is known to have the definitions that pushes need."""
    monkeypatch.setattr(product_pusher, "_prepared", set())
