"""Relay connections: cursors that hold position and sort value, ``first`` up to 250, 25,000 objects at most."""

import base64
import bisect
import json
from collections.abc import Callable
from contextvars import ContextVar

from graphql import GraphQLError

MAX_PAGE, MAX_DEPTH = 250, 25_000
#: In bulk operations a connection without ``first`` and ``last`` gives everything, however deep.
unlimited: ContextVar[bool] = ContextVar("unlimited", default=False)


class BadRequest(GraphQLError):
    def __init__(self, message: str):
        super().__init__(message, extensions={"code": "BAD_REQUEST"})


def encode(number, value) -> str:
    text = json.dumps({"last_id": number, "last_value": value}, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


def decode(cursor: str) -> tuple:
    """(sort value, id) of a cursor; raises BadRequest for anything that never was one."""
    try:
        data = json.loads(base64.b64decode(cursor, validate=True))
        return data["last_value"], data["last_id"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadRequest(f"Invalid cursor for current pagination sort: {cursor}.") from error


def page_size(first: int | None, last: int | None) -> int:
    for name, size in (("first", first), ("last", last)):
        if size is not None and size > MAX_PAGE:
            raise BadRequest(
                f"{name} cannot exceed {MAX_PAGE}. To query larger amounts of data with fewer limits, bulk operations "
                "should be used instead."
            )
        if size is not None and size < 0:
            raise BadRequest(f"{name} must be a non-negative integer")
    if first is None and last is None:
        raise BadRequest("you must provide one of first or last")
    if first is not None and last is not None:
        raise BadRequest("providing both first and last is not supported")
    return first if first is not None else last


def connection(rows: list[tuple], show: Callable, *, first=None, last=None, after=None, before=None, reverse=False):
    """A page of ``rows``, each ``(sort value, id, record)`` in ascending order; ``show(record)`` gives a node.

    A cursor means "beyond this value and id", so that a page read after records moved starts where it should.
    """
    if first is None and last is None and unlimited.get():
        first = size = len(rows)
    else:
        size = page_size(first, last)
    low, high = 0, len(rows)
    for cursor, begins in ((after, not reverse), (before, reverse)):
        if not cursor:
            continue
        try:
            if begins:
                low = bisect.bisect_right(rows, decode(cursor), key=_place)
            else:
                high = bisect.bisect_left(rows, decode(cursor), key=_place)
        except TypeError as error:
            raise BadRequest(f"Invalid cursor for current pagination sort: {cursor}.") from error
    high = max(low, high)
    backwards = (first is None) != reverse
    start, stop = (max(low, high - size), high) if backwards else (low, min(low + size, high))
    deepest = len(rows) - start if reverse else stop
    if deepest > MAX_DEPTH and not unlimited.get():
        raise BadRequest(
            f"Pagination is limited to {MAX_DEPTH} objects. Use filters to narrow the search, or bulk operations."
        )
    page = rows[start:stop]
    more_up, more_down = stop < len(rows), start > 0
    if reverse:
        page, more_up, more_down = page[::-1], more_down, more_up
    cursors = [encode(number, value) for value, number, _ in page]
    nodes = [show(record) for _, _, record in page]
    return {
        "nodes": nodes,
        "edges": [{"cursor": cursor, "node": node} for cursor, node in zip(cursors, nodes, strict=True)],
        "pageInfo": {
            "hasNextPage": more_up,
            "hasPreviousPage": more_down,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def _place(row: tuple) -> tuple:
    return row[:2]


def nested(records: list[dict], show: Callable, key: str = "id"):
    """A resolver of a nested connection over records in their own order."""
    rows = [(position, record[key], record) for position, record in enumerate(records)]

    def resolve(_info, **arguments):
        return connection(rows, show, **arguments)

    return resolve
