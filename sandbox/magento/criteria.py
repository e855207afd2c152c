"""``searchCriteria`` and ``fields``: filters, order, pages and projections.

https://developer.adobe.com/commerce/webapi/rest/use-rest/performing-searches/
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .errors import ApiError, invalid, required
from .inputs import WrongType, convert
from .money import ZERO, dec

#: ``webapi/validation``: off unless the shop switches it on. https://developer.adobe.com/commerce/webapi/get-started/api-security/
MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE, MAX_ITEMS = 300, 20, 20

SHAPE = {
    "filter_groups": [{"filters": [{"field": str, "value": object, "condition_type": str}]}],
    "sort_orders": [{"field": str, "direction": str}],
    "page_size": int,
    "current_page": int,
    "request_name": str,
}
Read = Callable[[dict, str], object]


@dataclass
class Criteria:
    groups: list[list[dict]]
    orders: list[dict]
    page_size: int | None
    page: int | None

    def shown(self) -> dict:
        """As the answer repeats it."""
        body: dict = {"filter_groups": [{"filters": group} for group in self.groups]}
        if self.orders:
            body["sort_orders"] = self.orders
        if self.page_size is not None:
            body["page_size"] = self.page_size
        if self.page is not None:
            body["current_page"] = self.page
        return body


def read(query: dict, limited: bool = False) -> Criteria:
    """The criteria of a call; they are compulsory, be they ever so empty."""
    given = query.get("searchCriteria", query.get("search_criteria"))
    if given is None:
        raise required("searchCriteria")
    try:
        given = convert(given if isinstance(given, dict) else {}, SHAPE)
    except WrongType as error:
        raise ApiError(400, str(error)) from error
    groups = [
        [{**entry, "condition_type": entry.get("condition_type") or "eq"} for entry in group.get("filters") or ()]
        for group in given.get("filter_groups") or ()
    ]
    size, page = given.get("page_size"), given.get("current_page")
    if limited:
        if size is not None and size > MAX_PAGE_SIZE:
            raise invalid("Maximum SearchCriteria pageSize is %max", max=MAX_PAGE_SIZE)
        size = size or DEFAULT_PAGE_SIZE
    orders = given.get("sort_orders") or []
    for order in orders:
        order["direction"] = (order.get("direction") or "DESC").upper()
    return Criteria(groups, orders, size, page)


def column(record: dict, field: str):
    """The value of a column of a flat table; an unknown one is a database error that production mode hides."""
    if field not in record:
        raise KeyError(field)
    return record[field]


def select(records: Iterable[dict], criteria: Criteria, read_value: Read) -> list[dict]:
    """The records that meet the criteria, in their order: all pages."""
    tests = [[_test(entry, read_value) for entry in group] for group in criteria.groups if group]
    found = [record for record in records if all(any(test(record) for test in group) for group in tests)]
    for order in reversed(criteria.orders):
        key = _key(read_value, order.get("field") or "entity_id")
        found.sort(key=key, reverse=order["direction"] == "DESC")
    return found


def page_of(found: list, criteria: Criteria) -> list:
    """The page asked for: an offset into what is found now, so that pages shift when records come and go."""
    if not criteria.page_size:
        return found
    start = (max(criteria.page or 1, 1) - 1) * criteria.page_size
    return found[start : start + criteria.page_size]


def answer(records: Iterable[dict], criteria: Criteria, read_value: Read, show: Callable[[dict], dict]) -> dict:
    found = select(records, criteria, read_value)
    items = [show(record) for record in page_of(found, criteria)]
    return {"items": items, "search_criteria": criteria.shown(), "total_count": len(found)}


def _key(read_value: Read, field: str):
    """What records are sorted by: nothing first, numbers by value, texts without regard to case."""

    def key(record: dict) -> tuple:
        value = read_value(record, field)
        if value is None:
            return (0,)
        return (1, value) if isinstance(value, (int, float)) else (2, str(value).casefold())

    return key


class _Wanted:
    """A value to compare with: numbers by value, texts without regard to case, as the database's collation does."""

    def __init__(self, value):
        self.text = _moment(str(value)).casefold()
        try:
            self.number = dec(value)
        except ArithmeticError:
            self.number = ZERO

    def compare(self, value) -> int:
        """-1, 0 or 1: whether a record's value is below, the same or above."""
        if isinstance(value, (int, float)):
            left, right = dec(value), self.number
        else:
            left, right = str(value).casefold(), self.text
        return (left > right) - (left < right)


def _moment(text: str) -> str:
    """A time with ``T`` between day and hour, as the database compares it."""
    return re.sub(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)", r"\1 \2", text)


def _list(value) -> list:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else str(value).split(",")


def _like(pattern: str):
    body = "".join(".*" if char == "%" else "." if char == "_" else re.escape(char) for char in pattern)
    return re.compile(body, re.IGNORECASE | re.DOTALL)


def _values(value) -> list:
    """What an ``eq`` meets: a record's categories and websites are several."""
    return value if isinstance(value, list) else [value]


def _test(entry: dict, read_value: Read) -> Callable[[dict], bool]:
    field, kind, wanted = entry.get("field"), entry["condition_type"].lower(), entry.get("value")
    if not field:
        raise required("field")

    def read_values(record: dict) -> list:
        return _values(read_value(record, field))

    if kind in ("null", "notnull"):
        return lambda record: (read_value(record, field) is None) == (kind == "null")
    if kind in NOT:
        # Nothing compares with NULL: not even "is another value".
        without = _match(NOT[kind], wanted)
        return lambda record: read_value(record, field) is not None and not any(map(without, read_values(record)))
    match = _match(kind, wanted)
    return lambda record: any(value is not None and match(value) for value in read_values(record))


NOT = {"nin": "in", "nlike": "like", "neq": "eq", "nfinset": "finset"}
SIGNS = {
    "eq": (0,), "gt": (1,), "gteq": (0, 1), "moreq": (0, 1), "from": (0, 1), "lt": (-1,), "lteq": (-1, 0),
    "to": (-1, 0),
}  # fmt: skip


def _match(kind: str, wanted) -> Callable[[object], bool]:
    """Whether a value that is there meets a condition; raises ApiError for a condition that there is not."""
    if kind in SIGNS:
        against, signs = _Wanted(wanted), SIGNS[kind]
        return lambda value: against.compare(value) in signs
    if kind == "in":
        listed = [_Wanted(text) for text in _list(wanted)]
        numbers, texts = {entry.number for entry in listed}, {entry.text for entry in listed}
        return lambda value: (
            dec(value) in numbers if isinstance(value, (int, float)) else str(value).casefold() in texts
        )
    if kind == "like":
        pattern = _like(str(wanted))
        return lambda value: pattern.fullmatch(str(value)) is not None
    if kind == "finset":
        return lambda value: str(wanted) in str(value).split(",")
    raise invalid('The "%1" condition type is invalid.', kind)


# --- projection --------------------------------------------------------------------------------------------------
def project(data, fields: str):
    """``fields=items[sku,price],total_count``: only these of an answer; an empty list of objects becomes null."""
    return _project(data, _parse(fields))


def _parse(fields: str) -> dict:
    root: dict = {}
    stack, name = [root], None
    for token in re.findall(r"[\[\],]|[^\[\],]+", fields):
        if token == "[" and name is not None:
            stack.append(stack[-1][name])
        elif token == "]" and len(stack) > 1:
            stack.pop()
        elif token not in "[],":
            name = token.strip()
            stack[-1][name] = {}
    return root


def _project(data, wanted: dict):
    if isinstance(data, list):
        return [_project(entry, wanted) for entry in data] or None
    if not isinstance(data, dict):
        return data
    return {key: _project(data[key], inner) if inner else data[key] for key, inner in wanted.items() if key in data}
