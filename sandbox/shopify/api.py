"""The Admin API's endpoint: one GraphQL call over HTTP, with tokens, versions, costs, limits and faults."""

import time
import uuid
from collections.abc import Callable

from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSyntaxError,
    OperationType,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values
from werkzeug.wrappers import Request, Response

from ..framework.faults import API_KINDS, after, before
from ..framework.server import Hangup
from ..framework.web import json_response
from . import oauth
from .access import Context
from .costs import MAX_QUERY_COST, Cost
from .errors import shown
from .resolvers import CANDIDATE, VERSIONS
from .schema import schema
from .shop import Shop
from .throttle import Buckets

STATUS_TEXT = {
    402: "Unavailable Shop",
    403: "[API] This action requires merchant approval for an access scope.",
    404: "Not Found",
    423: "Locked",
    429: "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.",
    430: "Shopify Security Rejection",
}
LIMITS = "https://shopify.dev/api/usage/rate-limits"


class Refused(Exception):
    """A call that is not carried out: syntax, validation or variables."""

    def __init__(self, errors: list[dict]):
        super().__init__("refused")
        self.errors = errors


class AdminApi:
    """Answers GraphQL calls; keeps parsed documents, buckets, and writes the call log."""

    def __init__(self, services):
        self._services = services
        self.buckets = Buckets()
        self._parsed: dict[str, tuple] = {}

    def call(self, shop: Shop, version: str, request: Request) -> Response:
        """One POST to ``/admin/api/<version>/graphql.json``."""
        started = time.monotonic()
        entry = {"at": self._services.clock.iso(), "operation": "?", "status": 200}
        try:
            response = self._answer(shop, version, request, entry)
            entry["status"] = response.status_code
            return response
        except Hangup:
            entry["status"] = 0
            raise
        finally:
            entry["ms"] = round((time.monotonic() - started) * 1000, 1)
            self._services.log.add(shop.domain, entry)

    def _answer(self, shop: Shop, version: str, request: Request, entry: dict) -> Response:
        served = serve_version(version)
        headers = {"X-Request-Id": str(uuid.uuid4())}
        if served is None:
            return json_response({"errors": "Not Found"}, 404, headers)
        headers["X-Shopify-API-Version"] = served
        if not oauth.allowed(shop, request.headers.get("X-Shopify-Access-Token", "")):
            text = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return json_response({"errors": text}, 401, headers)
        try:
            data = request.get_json(force=True)
            query, variables = data["query"], data.get("variables") or {}
            if not isinstance(query, str) or not isinstance(variables, dict):
                raise TypeError("query must be a text and variables an object")
        except Exception:
            # Whatever is wrong with the body, the platform says the same.
            return json_response({"errors": {"query": "Required parameter missing or invalid"}}, 400, headers)
        name = data.get("operationName")
        names = self._names(query, name)
        entry["operation"] = names[0]
        fault = self._services.faults.take(shop.domain, names, API_KINDS)
        if fault:
            entry["fault"] = fault["kind"]
            early = self._before(shop, fault, headers)
            if early is not None:
                return early
        body = self.execute(shop, served, query, variables=variables, name=name, entry=entry)
        response = json_response(body, 200, headers)
        return after(fault, response) if fault else response

    def guarded(self, name: str, work: Callable[[], Response]) -> Response:
        """An answer that is no GraphQL: faults for every shop (``*``) that match ``name`` hit it too."""
        fault = self._services.faults.take("*", (name,), API_KINDS.keys() - {"throttled"})
        early = self._before(None, fault, {}) if fault else None
        if early is not None:
            return early
        return after(fault, work()) if fault else work()

    # --- faults ----------------------------------------------------------------------------------------------------
    def _before(self, shop: Shop | None, fault: dict, headers: dict) -> Response | None:
        """What a fault does before the call is carried out; None = carry on."""
        before(fault)
        kind = fault["kind"]
        if kind == "status":
            return _status_answer(int(fault["status"]), fault, headers)
        elif kind == "html":
            page = "<!DOCTYPE html><html><head><title>Something went wrong</title></head><body>Sorry</body></html>"
            return Response(page, 200, headers, content_type="text/html; charset=utf-8")
        elif kind == "throttled":
            self.buckets.empty(shop)
            return json_response(self._throttled(shop, int(fault.get("cost", 50))), 200, headers)
        return None

    # --- execution -------------------------------------------------------------------------------------------------
    def _names(self, query: str, name: str | None) -> tuple[str, ...]:
        """Names a fault may match: the operation's own, and its root fields."""
        try:
            operation = get_operation_ast(self._parse(query)[0], name)
        except GraphQLError:
            return ("?",)
        if operation is None:
            return ("?",)
        roots = [node.name.value for node in operation.selection_set.selections if hasattr(node, "name")]
        own = [operation.name.value] if operation.name else []
        return tuple(own + roots) or ("?",)

    def _parse(self, query: str) -> tuple:
        """(document, validation errors), remembered: clients send the same few documents again and again."""
        known = self._parsed.get(query)
        if known is None:
            document = parse(query)
            known = (document, validate(schema(), document))
            if len(self._parsed) > 500:
                self._parsed.clear()
            self._parsed[query] = known
        return known

    def _prepare(self, query: str, variables: dict, name: str | None):
        """(document, cost calculator) of a valid call; raises Refused."""
        try:
            document, problems = self._parse(query)
        except GraphQLSyntaxError as error:
            raise Refused([shown(error)]) from error
        operation = get_operation_ast(document, name)
        if operation is None:
            raise Refused([{"message": "An operation name is required", "extensions": {"code": "missingOperation"}}])
        if problems:
            raise Refused([shown(problem, operation) for problem in problems])
        values = get_variable_values(schema(), operation.variable_definitions or (), variables)
        if isinstance(values, list):
            raise Refused([shown(problem, operation, variables) for problem in values])
        return document, Cost(schema(), document, operation, values)

    def execute(self, shop: Shop, version: str, query: str, *, variables: dict, name=None, entry: dict) -> dict:
        """The JSON answer of one call; what it cost and how it failed is written into ``entry``."""
        try:
            document, cost = self._prepare(query, variables, name)
        except Refused as refused:
            entry["error"] = "invalid"
            return {"errors": refused.errors}
        entry["requested_cost"] = requested = cost.requested()
        if requested > MAX_QUERY_COST:
            entry["error"] = "MAX_COST_EXCEEDED"
            return {"errors": [_too_dear(requested)]}
        if not self.buckets.take(shop, requested):
            entry["error"] = "THROTTLED"
            return self._throttled(shop, requested)
        entry["change"] = get_operation_ast(document, name).operation is OperationType.MUTATION
        services = self._services
        context = Context(
            shop, frozenset(shop.config["scopes"]), version, services.deliveries, services.later, services.faults
        )
        result = execute_sync(schema(), document, context_value=context, variable_values=variables, operation_name=name)
        entry["actual_cost"] = actual = min(cost.actual(result.data), requested)
        self.buckets.give_back(shop, requested - actual)
        body: dict = {}
        if result.errors:
            body["errors"] = _errors(result)
            entry["error"] = body["errors"][0].get("extensions", {}).get("code", "error")
        body["data"] = result.data
        body["extensions"] = {"cost": self._cost(shop, requested, actual)}
        if context.searches:
            body["extensions"]["search"] = context.searches
        return body

    def _cost(self, shop: Shop, requested: int, actual: int | None) -> dict:
        status = self.buckets.status(shop)
        return {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}

    def _throttled(self, shop: Shop, requested: int) -> dict:
        error = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": LIMITS}}
        return {"errors": [error], "extensions": {"cost": self._cost(shop, requested, None)}}


def _errors(result: ExecutionResult) -> list[dict]:
    """Errors to show; a bug of ours is raised instead."""
    for error in result.errors:
        if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
            raise error.original_error
    return [shown(error) for error in result.errors]


def _too_dear(cost: int) -> dict:
    return {
        "message": f"Query cost is {cost}, which exceeds the single query max cost limit ({MAX_QUERY_COST}). Ask for "
        "fewer objects, or use a bulk operation.",
        "extensions": {
            "code": "MAX_COST_EXCEEDED",
            "cost": cost,
            "maxCost": MAX_QUERY_COST,
            "documentation": LIMITS,
        },
    }


def _status_answer(status: int, fault: dict, headers: dict) -> Response:
    """An error answer as the platform gives it: JSON with a text in ``errors``, HTML from 500 up."""
    if status == 429:
        headers = {**headers, "Retry-After": str(float(fault.get("retry_after", 2)))}
    if status >= 500:
        page = f"<!DOCTYPE html><html><head><title>{status}</title></head><body>Something went wrong</body></html>"
        return Response(page, status, headers, content_type="text/html; charset=utf-8")
    if status == 401:
        text = "[API] Invalid API key or access token (unrecognized login or wrong password)"
    else:
        text = STATUS_TEXT.get(status, "Bad Request")
    return json_response({"errors": text}, status, headers)


def serve_version(asked: str) -> str | None:
    """The version that answers: unsupported old ones fall forward to the oldest supported; None = no such version."""
    if asked in VERSIONS or asked in (CANDIDATE, "unstable"):
        return asked
    year, _, month = asked.partition("-")
    if year.isdigit() and len(year) == 4 and month in ("01", "04", "07", "10") and asked < VERSIONS[0]:
        return VERSIONS[0]
    return None
