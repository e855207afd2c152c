"""Listing all orders: page sizes, the end of a listing, tokens."""

from datetime import datetime, timedelta, timezone

import pytest

from odoo.addons.connector_base.transport import DataError, TransientError
from odoo.addons.connector_shopify import const
from odoo.addons.connector_shopify.errors import QueryTooCostly
from odoo.addons.connector_shopify.listing import OrderListing

SINCE = datetime(2026, 11, 1, 12, tzinfo=timezone(timedelta(hours=2)))


class FakeClient:
    """A store whose pages cost too much above `affordable` orders."""

    def __init__(self, pages, affordable=250, error=None):
        self.pages = list(pages)
        self.error = error or QueryTooCostly("too much")
        self.affordable = affordable
        self.asked = []

    def orders(self, query, *, first, after=None, presentment=True):
        self.asked.append((query, first, after, presentment))
        if first > self.affordable:
            raise self.error
        return self.pages.pop(0)


def nodes(*times):
    return [{"updatedAt": time} for time in times]


def test_query():
    assert OrderListing.begin(SINCE).query == "updated_at:>='2026-11-01T10:00:00Z'"
    assert OrderListing.begin(None).query == ""


def test_pages_follow_by_token():
    client = FakeClient([(nodes("2026-11-02T00:00:00Z"), "c1"), (nodes("2026-11-03T00:00:00Z"), None)])
    _found, following = OrderListing.begin(SINCE).read_page(client, presentment=True)
    resumed = OrderListing.resume(following.token)
    assert resumed == following
    _found, end = resumed.read_page(client, presentment=True)
    assert end is None
    query = "updated_at:>='2026-11-01T10:00:00Z'"
    assert client.asked == [(query, const.ORDERS_PAGE, None, True), (query, const.ORDERS_PAGE, "c1", True)]


def test_a_page_that_costs_too_much_gets_smaller_and_stays_so():
    client = FakeClient([(nodes("2026-11-02T00:00:00Z"), "c1")], affordable=13)
    _found, following = OrderListing.begin(SINCE).read_page(client, presentment=False)
    assert [asked[1] for asked in client.asked] == [75, 37, 18, 9]
    assert following.size == 9


def test_a_page_that_takes_too_long_gets_smaller():
    client = FakeClient([([], None)], affordable=60, error=TransientError("slow", code="TIMEOUT"))
    assert OrderListing.begin(SINCE).read_page(client, presentment=True) == ([], None)
    assert [asked[1] for asked in client.asked] == [75, 37]


def test_other_trouble_is_passed_on():
    client = FakeClient([], affordable=60, error=TransientError("broken", code="INTERNAL_SERVER_ERROR"))
    with pytest.raises(TransientError, match="broken"):
        OrderListing.begin(SINCE).read_page(client, presentment=True)
    assert len(client.asked) == 1


def test_one_order_that_costs_too_much_is_an_error():
    with pytest.raises(QueryTooCostly):
        OrderListing.begin(SINCE).read_page(FakeClient([], affordable=0), presentment=True)


def test_a_listing_ends_before_the_platform_ends_it():
    near = OrderListing(since="2026-11-01T10:00:00Z", cursor="c", seen=const.LISTING_LIMIT - 120)
    client = FakeClient([(nodes("2026-11-02T00:00:00Z") * 100, "c2")])
    _found, following = near.read_page(client, presentment=True)
    assert following == OrderListing(since="2026-11-02T00:00:00Z")


def test_a_listing_does_not_start_again_where_it_began():
    near = OrderListing(since="2026-11-01T10:00:00Z", cursor="c", seen=const.LISTING_LIMIT - 120)
    client = FakeClient([(nodes("2026-11-01T10:00:00Z") * 100, "c2")])
    _found, following = near.read_page(client, presentment=True)
    assert (following.cursor, following.seen) == ("c2", const.LISTING_LIMIT - 20)


@pytest.mark.parametrize("token", ["", "x", "[]", '{"page": 3}'])
def test_a_foreign_token_is_refused(token):
    with pytest.raises(DataError):
        OrderListing.resume(token)
