"""`searchCriteria`: what is asked for is what was meant, whatever the values."""

from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_magento import const
from odoo.addons.connector_magento.criteria import listing_fields, search_criteria, time_text

FILTERS = st.tuples(
    st.text("abc_", min_size=1, max_size=8), st.sampled_from(sorted(const.CONDITIONS)), st.text(max_size=20)
)


def read_back(parameters):
    """Read parameters as Magento does: after a journey through an address."""
    url = requests.Request("GET", "https://shop.example.com/", params=parameters).prepare().url
    groups, sort = {}, {}
    for name, value in parse_qsl(url.partition("?")[2], keep_blank_values=True):
        path = name.replace("]", "").split("[")
        if path[1] == "filter_groups":
            groups.setdefault(int(path[2]), {}).setdefault(int(path[4]), {})[path[5]] = value
        elif path[1] == "sortOrders":
            sort.setdefault(int(path[2]), {})[path[3]] = value
    return (
        [
            [tuple(one[key] for key in ("field", "condition_type", "value")) for _, one in sorted(group.items())]
            for _, group in sorted(groups.items())
        ],
        [(one["field"], one["direction"]) for _, one in sorted(sort.items())],
    )


@given(st.lists(st.lists(FILTERS, min_size=1, max_size=3), max_size=3), st.lists(st.sampled_from(["a", "b", "c"])))
def test_says_what_was_meant(groups, sort):
    assert read_back(search_criteria(*groups, sort=sort)) == (groups, [(field, "ASC") for field in sort])


def test_a_filter_is_a_group():
    parameters = search_criteria(("sku", "eq", "24-MB01"), [("a", "gt", 1), ("b", "lt", 2)])
    assert read_back(parameters)[0] == [[("sku", "eq", "24-MB01")], [("a", "gt", "1"), ("b", "lt", "2")]]


def test_pages():
    parameters = search_criteria(page_size=7, page=3)
    assert parameters == {"searchCriteria[pageSize]": "7", "searchCriteria[currentPage]": "3"}


@pytest.mark.parametrize(
    "value, text", [([1, 2], "1,2"), (("a", "b"), "a,b"), (True, "1"), (False, "0"), (5, "5"), ("x y", "x y")]
)
def test_values(value, text):
    assert search_criteria(("f", "in", value))["searchCriteria[filter_groups][0][filters][0][value]"] == text


def test_a_list_takes_no_commas():
    with pytest.raises(ValueError, match="comma"):
        search_criteria(("sku", "in", ["a,b", "c"]))


def test_unknown_condition():
    with pytest.raises(ValueError, match="between"):
        search_criteria(("sku", "between", "a"))


def test_times_are_utc():
    moment = datetime(2026, 3, 4, 1, 30, 15, 999999, tzinfo=timezone(timedelta(hours=2)))
    assert time_text(moment) == "2026-03-03 23:30:15"


def test_fields():
    assert listing_fields(("sku", "updated_at")) == {"fields": "items[sku,updated_at],total_count"}
    assert listing_fields(()) == {}
