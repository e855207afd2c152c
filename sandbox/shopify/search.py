"""The search syntax of ``query`` arguments: terms, comparators, quotes, AND / OR / NOT, brackets.

https://shopify.dev/docs/api/usage/search-syntax. Two habits of the real one are kept because clients stumble over
them: a time without quotes is cut at its first colon (and its rest becomes a term of an unknown field), and an unknown
field is no error but a warning in ``extensions.search`` - the term then restricts nothing.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from ..framework.clock import iso, parse_iso

_TOKEN = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<word>(?:-)?(?:[\w.]+:)?(?:[<>]=?|=)?(?:"(?:\\.|[^"])*"|'(?:\\.|[^'])*'|[^\s()]+)))"""
)
_TERM = re.compile(r"""(?P<field>[A-Za-z_][\w.]*):(?P<op>[<>]=?|=)?(?P<value>.*)""", re.DOTALL)

Getter = Callable[[dict], object]


class Search:
    """A parsed query. ``matches(record)`` tells; ``warnings`` is what ``extensions.search`` would show.

    ``fields``: name -> (kind, getter), kind one of id, time, text, exact, bool, number; ``text``: getters of what a
    bare word looks in. ``offset``: minutes of the shop's time zone, for times without one.
    """

    def __init__(self, query: str | None, fields: dict[str, tuple[str, Getter]], words: list[Getter], offset: int, now):
        self._fields, self._words, self._offset, self._now = fields, words, offset, now
        self.warnings: list[dict] = []
        self._tokens = self._tokenize(query or "")
        self._position = 0
        self._test = self._disjunction() if self._tokens else None

    def matches(self, record: dict) -> bool:
        return self._test is None or self._test(record)

    @staticmethod
    def _tokenize(query: str) -> list[str]:
        tokens, position = [], 0
        while position < len(query.rstrip()):
            match = _TOKEN.match(query, position)
            if not match:
                break
            tokens.append(match.group().strip())
            position = match.end()
        return tokens

    def _peek(self) -> str | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def _disjunction(self):
        tests = [self._conjunction()]
        while self._peek() == "OR":
            self._position += 1
            tests.append(self._conjunction())
        return tests[0] if len(tests) == 1 else lambda record: any(test(record) for test in tests)

    def _conjunction(self):
        tests = []
        while (token := self._peek()) not in (None, ")", "OR"):
            if token == "AND":
                self._position += 1
                continue
            tests.append(self._negation())
        return tests[0] if len(tests) == 1 else lambda record: all(test(record) for test in tests)

    def _negation(self):
        token = self._peek()
        if token == "NOT":
            self._position += 1
            inner = self._negation() if self._peek() not in (None, ")") else lambda record: False
            return lambda record: not inner(record)
        self._position += 1
        if token == "(":
            inner = self._disjunction()
            if self._peek() == ")":
                self._position += 1
            return inner
        if token.startswith("-") and len(token) > 1:
            inner = self._term(token[1:])
            return lambda record: not inner(record)
        return self._term(token)

    def _term(self, token: str):
        match = _TERM.fullmatch(token)
        if not match:
            word = _unquote(token).lower()
            return lambda record: any(word in str(getter(record) or "").lower() for getter in self._words)
        field, operator, value = match["field"], match["op"] or "", match["value"]
        known = self._fields.get(field)
        if known is None:
            self._warn(field)
            return lambda record: True
        kind, getter = known
        quoted = value[:1] in "'\""
        if kind == "time" and not quoted and ":" in value:
            value, _, rest = value.partition(":")
            self._warn(rest.partition(":")[0])
        return self._comparison(kind, getter, operator, _unquote(value))

    def _warn(self, field: str):
        self.warnings.append(
            {"field": field, "message": "Invalid search field for this query.", "code": "invalid_field"}
        )

    def _comparison(self, kind: str, getter: Getter, operator: str, value: str):
        if value == "*":
            return lambda record: getter(record) not in (None, "", [])
        if kind == "time":
            return _compare(operator, *self._time(value), getter)
        if kind == "number":
            return _number(operator, value, getter)
        if kind == "id":
            return _number(operator, value.rpartition("/")[2], getter)
        if kind == "bool":
            return lambda record: bool(getter(record)) == (value.lower() == "true")
        wanted = [part.strip().lower() for part in value.split(",")]
        prefix = kind == "text"

        def equal(record) -> bool:
            found = getter(record)
            values = [str(v).lower() for v in (found if isinstance(found, list) else [found]) if v is not None]
            return any(_same(v, want, prefix) for v in values for want in wanted)

        return equal

    def _time(self, value: str) -> tuple[str, str]:
        """First and last second of what a time names: a day, an hour or a second."""
        if value.lower() == "now":
            return self._now, self._now
        zone = f"{'-' if self._offset < 0 else '+'}{abs(self._offset) // 60:02d}:{abs(self._offset) % 60:02d}"
        for pattern, text, length in (
            (r"\d{4}", "{}-01-01T00:00:00", timedelta(days=365)),
            (r"\d{4}-\d\d-\d\d", "{}T00:00:00", timedelta(days=1)),
            (r"\d{4}-\d\d-\d\dT\d\d", "{}:00:00", timedelta(hours=1)),
        ):
            if re.fullmatch(pattern, value):
                start = parse_iso(text.format(value) + zone)
                return iso(start), iso(start + length.total_seconds() - 1)
        try:
            has_zone = re.search(r"(Z|[+-]\d\d:?\d\d)$", value)
            moment = iso(parse_iso(value if has_zone else value + zone))
        except ValueError:
            return "9999", "9999"
        return moment, moment


def _compare(operator: str, first: str, last: str, getter: Getter):
    """Compare ISO times; ``first`` and ``last`` bound the period that was named."""
    return {
        ">=": lambda record: (getter(record) or "") >= first,
        ">": lambda record: (getter(record) or "") > last,
        "<=": lambda record: "" < (getter(record) or "") <= last,
        "<": lambda record: "" < (getter(record) or "") < first,
    }.get(operator, lambda record: first <= (getter(record) or "") <= last)


def _number(operator: str, value: str, getter: Getter):
    try:
        wanted = float(value) if "." in value else int(value)
    except ValueError:
        return lambda record: False
    return {
        ">=": lambda record: (getter(record) or 0) >= wanted,
        ">": lambda record: (getter(record) or 0) > wanted,
        "<=": lambda record: (getter(record) or 0) <= wanted,
        "<": lambda record: (getter(record) or 0) < wanted,
    }.get(operator, lambda record: getter(record) == wanted)


def _same(value: str, wanted: str, prefix: bool) -> bool:
    if wanted.endswith("*"):
        return value.startswith(wanted[:-1])
    return wanted in value.split() or value == wanted if prefix else value == wanted


def _unquote(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text
