"""Unit tests run without a database: `pytest tests/unit`, and in `./run test` beside the others.

In the first case no Odoo runs: `pure_imports` provides the addons' packages. In the second pytest-odoo has configured
Odoo (ODOO_RC is set by `./run test`) and the addons are imported in full, so nothing is replaced.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests import pure_imports

UNDER_ODOO = "ODOO_RC" in os.environ

# How fast a machine makes up inputs says nothing of what is tried: the first ones of a fresh clone take seconds.
settings.register_profile("unit", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unit")

if not UNDER_ODOO:
    pure_imports.install()

    # pytest-odoo's fixtures of these names open a database for every test; here there is none.
    @pytest.fixture(scope="session", autouse=True)
    def load_registry():
        """Replace pytest-odoo's fixture: no registry."""

    @pytest.fixture(scope="session", autouse=True)
    def load_http():
        """Replace pytest-odoo's fixture: no server."""

    @pytest.fixture(scope="module", autouse=True)
    def enable_odoo_test_flag():
        """Replace pytest-odoo's fixture: no configuration."""
