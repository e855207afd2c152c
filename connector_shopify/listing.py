"""Reading orders and products page by page, in an order that loses none while they change. No Odoo import."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone

from odoo.addons.connector_base.transport import DataError, TransientError

from . import const
from .errors import QueryTooCostly


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """Where a listing by a time, oldest first, stands.

    A listing ends at 25,000 records: before that a new one starts at the time reached.

    :param since: ISO 8601 text, empty for all
    :param cursor: the platform's cursor of the next page, None for the first one
    :param seen: records read since this listing began
    """

    since: str = ""
    cursor: str | None = None
    seen: int = 0

    @classmethod
    def resume(cls, token):
        """Return the listing that `token` continues.

        :raise DataError: it is no token of ours
        """
        try:
            return cls(**json.loads(token))
        except (TypeError, ValueError):
            raise DataError(f"Not a page of a Shopify listing: {token}", remedy="Start the import again.") from None

    @property
    def token(self):
        """The text that `resume` continues from."""
        return json.dumps(asdict(self), separators=(",", ":"))

    def _following(self, nodes, cursor, *, key, size):
        """Return the listing of what follows a page of `nodes`, None when nothing does.

        :param str key: what the nodes are listed by
        """
        if not cursor:
            return None
        seen = self.seen + len(nodes)
        reached = nodes[-1].get(key) if nodes else ""
        if seen + size > const.LISTING_LIMIT and reached and _later(reached, self.since):
            return replace(self, since=reached, cursor=None, seen=0)
        return replace(self, cursor=cursor, seen=seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class _UpdatedListing(_Listing):
    """A listing by `updated_at`. What changes meanwhile moves to the end: read again, never missed.

    :param size: records per page; gets smaller when a page costs more, or takes longer, than a query may
    """

    size: int

    @classmethod
    def begin(cls, since):
        """Return the listing of what was updated at or after `since` (aware datetime, None for all)."""
        return cls(since=_text(since))

    @property
    def query(self):
        """The search for what this listing lists. https://shopify.dev/docs/api/usage/search-syntax"""
        return f"updated_at:>='{self.since}'" if self.since else ""

    def _read(self, fetch, **options):
        """Read the next page with `fetch`; return (nodes, the listing of what follows or None)."""
        listing = self
        while True:
            try:
                nodes, cursor = fetch(listing.query, first=listing.size, after=listing.cursor, **options)
            except (QueryTooCostly, TransientError) as error:
                if listing.size == 1 or not (isinstance(error, QueryTooCostly) or error.code == const.CODE_TIMEOUT):
                    raise
                listing = replace(listing, size=listing.size // 2)
            else:
                return nodes, listing._following(nodes, cursor, key="updatedAt", size=listing.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderListing(_UpdatedListing):
    """A listing of orders."""

    size: int = const.ORDERS_PAGE

    def read_page(self, client, **wanted):
        """Read the next page; return (orders as GraphQL states them, the listing of what follows or None).

        :param wanted: what `client.orders` is to state of each: `presentment` ...
        """
        return self._read(client.orders, **wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductListing(_UpdatedListing):
    """A listing of products."""

    size: int = const.PRODUCTS_PAGE

    def read_page(self, client):
        """Read the next page; return (products as GraphQL states them, the listing of what follows or None)."""
        return self._read(client.products)


@dataclass(frozen=True, slots=True, kw_only=True)
class StubListing(_Listing):
    """A listing of order stubs by `created_at`.

    :param until: ISO 8601 text; orders created before it are listed
    """

    until: str = ""

    @classmethod
    def begin(cls, since, until):
        """Return the listing of the orders created from `since` (None: ever) on and before `until`."""
        return cls(since=_text(since), until=_text(until))

    @property
    def query(self):
        """The search for what this listing lists. https://shopify.dev/docs/api/usage/search-syntax"""
        terms = [f"created_at:>='{self.since}'"] if self.since else []
        return " AND ".join([*terms, f"created_at:<'{self.until}'"])

    def read_page(self, client):
        """Read the next page; return (stubs as GraphQL states them, the listing of what follows or None)."""
        nodes, cursor = client.order_ids(self.query, first=const.STUBS_PAGE, after=self.cursor)
        return nodes, self._following(nodes, cursor, key="createdAt", size=const.STUBS_PAGE)


def _text(moment):
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def _later(reached, since):
    return not since or datetime.fromisoformat(reached.replace("Z", "+00:00")) > datetime.fromisoformat(
        since.replace("Z", "+00:00")
    )
