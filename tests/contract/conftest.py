"""Contract tests need no database: see tests/unit/conftest.py."""

from tests.unit.conftest import *  # noqa: F403
