from datetime import date

import pytest

from odoo.addons.connector_shopify import const
from odoo.addons.connector_shopify.versions import end_of_support, newest_supported

from .fakes import answer, client


@pytest.mark.parametrize(
    ("handle", "end"),
    [("2026-10", date(2027, 10, 1)), ("2026-01", date(2027, 1, 1)), ("unstable", None), ("", None)],
)
def test_end_of_support(handle, end):
    assert end_of_support(handle) == end


def test_our_version_is_a_dated_one():
    assert end_of_support(const.API_VERSION)


def test_newest_supported():
    versions = [
        {"handle": "2026-07", "supported": True},
        {"handle": "2026-10", "supported": True},
        {"handle": "2027-01", "supported": False},
        {"handle": "unstable", "supported": False},
    ]
    assert newest_supported(versions) == "2026-10"
    assert newest_supported([]) == ""


def test_call():
    shop, _session = client(answer({"publicApiVersions": [{"handle": "2026-10", "supported": True}]}))
    assert shop.api_versions() == [{"handle": "2026-10", "supported": True}]
