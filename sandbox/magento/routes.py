"""The addresses of the API: which function answers, what it needs, which resource it takes.

A function takes the ``Call`` and the values of its path, and returns what becomes JSON.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

from .errors import NO_ROUTE, ApiError
from .inputs import parameters, path_value
from .shop import ALL_RESOURCES, Shop

#: Resources that everybody has: a stranger may call.
ANONYMOUS = "anonymous"
#: A part of every integration's resources.
ADMIN = "Magento_Backend::admin"


@dataclass
class Call:
    """One call: the shop, the store view it is about (0 = all), what was sent, and the services of the sandbox."""

    shop: Shop
    store_id: int
    query: dict
    body: dict
    services: object
    sent: dict = field(default_factory=dict)

    @property
    def view_id(self) -> int:
        """A store view that things can happen in: the default one if the call is about all."""
        return self.store_id or self.shop.config["default_store_id"]


@dataclass(frozen=True)
class Route:
    method: str
    parts: tuple[str, ...]
    answer: Callable
    resource: str
    declared: dict
    entity: str | None

    @property
    def name(self) -> str:
        return f"{self.method} {'/'.join(self.parts)}"

    def match(self, parts: list[str]) -> dict | None:
        values = {}
        for own, given in zip(self.parts, parts, strict=True):
            if own.startswith("{"):
                name, _, kind = own[1:-1].partition(":")
                values[name] = (given, {"int": int, "float": float}.get(kind, str))
            elif own != given:
                return None
        return values

    def allowed(self, resources: frozenset[str]) -> bool:
        if self.resource == ANONYMOUS:
            return True
        return bool(resources) and (self.resource == ADMIN or bool({self.resource, ALL_RESOURCES} & resources))

    def run(self, call: Call, path: dict):
        values = {name: path_value(unquote(text), kind) for name, (text, kind) in path.items()}
        sent = dict(call.sent)
        if self.entity:
            # The value of the path wins over the same one in the body: a SKU cannot be changed by PUT.
            name, _, key = self.entity.partition(".")
            if isinstance(sent.get(name), dict):
                sent[name] = {**sent[name], key: next(iter(values.values()))}
        call.body = parameters(sent, self.declared)
        return self.answer(call, *values.values())


ROUTES: dict[tuple[str, int], list[Route]] = {}


def route(method: str, path: str, resource: str, *, entity: str | None = None, body: dict | None = None, **declared):
    """Register a function for an address below ``/V1/``.

    ``declared`` are the parameters of its body, with ``__`` at the end if they need not be there; ``body`` those whose
    names are taken here; ``entity`` is the property of the body that is also the first value of the path
    (``product.sku``).
    """

    def register(answer: Callable) -> Callable:
        parts = tuple(path.split("/"))
        names = {**{name.replace("__", "?"): kind for name, kind in declared.items()}, **(body or {})}
        known = ROUTES.setdefault((method, len(parts)), [])
        known.append(Route(method, parts, answer, resource, names, entity))
        # What is written out wins over what may be anything.
        known.sort(key=lambda entry: [part.startswith("{") for part in entry.parts])
        return answer

    return register


def find(method: str, parts: list[str]) -> tuple[Route, dict]:
    """(route, values of its path); raises ApiError if there is none."""
    for candidate in ROUTES.get((method, len(parts)), ()):
        values = candidate.match(parts)
        if values is not None:
            return candidate, values
    raise ApiError(404, NO_ROUTE)
