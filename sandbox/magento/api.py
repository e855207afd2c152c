"""The web API's entrance: ``/rest/<store code>/V1/...`` with its checks, limits and faults, and the call log."""

import time

from werkzeug.wrappers import Request, Response

from ..framework.faults import API_KINDS, SHOP_KINDS, after, before
from ..framework.web import json_response
from . import bulk, errors, routes
from .criteria import MAX_ITEMS, project
from .errors import ApiError
from .inputs import nested
from .oauth import Guard
from .shop import Shop

KINDS = (API_KINDS | SHOP_KINDS).keys() - {"throttled"}


class RestApi:
    """Answers calls to a shop's ``/rest``."""

    def __init__(self, services):
        self._services, self._guard = services, Guard()

    def call(self, shop: Shop, request: Request, path: str) -> Response:
        """One call; ``path`` is what follows ``/rest/``, still encoded."""
        started = time.monotonic()
        entry = {"at": self._services.clock.iso(), "operation": "?", "status": 0}
        try:
            response = self._answer(shop, request, path, entry)
            entry["status"] = response.status_code
            if response.status_code >= 400:
                entry["error"] = response.status
            return response
        finally:
            entry["ms"] = round((time.monotonic() - started) * 1000, 1)
            self._services.log.add(shop.domain, entry)

    def _answer(self, shop: Shop, request: Request, path: str, entry: dict) -> Response:
        config = shop.config
        found = self._find(shop, request, path)
        entry["operation"] = found[0].name if not isinstance(found, ApiError) else f"{request.method} ?"
        fault = self._services.faults.take(
            shop.domain, (entry["operation"], entry["operation"].partition(" ")[2]), KINDS
        )
        if fault:
            entry["fault"] = fault["kind"]
            before(fault)
            early = _early(fault)
            if early is not None:
                return early
        if config["maintenance"]:
            return errors.maintenance()
        response = self._carry_out(shop, request, found, entry)
        return after(fault, response) if fault else response

    def _find(self, shop: Shop, request: Request, path: str):
        """(route, values of the path, store view, mode of bulk) or the ApiError of an address that is none."""
        parts = [part for part in path.split("/") if part]
        before_version = parts[: parts.index("V1")] if "V1" in parts else None
        if before_version is None:
            return ApiError(404, errors.NO_ROUTE)
        mode = next(
            (name for name in (("async", "bulk"), ("async",)) if tuple(before_version[-len(name) :]) == name), ()
        )
        scope = before_version[: len(before_version) - len(mode)]
        store_id = shop.scope(scope[0] if scope else None) if len(scope) < 2 else None
        if store_id is None:
            return ApiError(404, errors.NO_ROUTE)
        try:
            rest = parts[len(before_version) + 1 :]
            found = bulk.find(request.method, rest) if mode == ("async", "bulk") else routes.find(request.method, rest)
        except ApiError as error:
            return error
        return (*found, store_id, mode)

    def _carry_out(self, shop: Shop, request: Request, found, entry: dict) -> Response:
        developer = shop.config["developer_mode"]
        try:
            if isinstance(found, ApiError):
                raise found
            route, path, store_id, mode = found
            resources = self._guard.resources(shop, request)
            if not route.allowed(resources):
                raise ApiError(401, errors.NOT_AUTHORIZED, {"resources": route.resource})
            sent = _body(request)
            query = nested(request.query_string.decode())
            call = routes.Call(shop, store_id, query, {}, self._services, sent)
            if mode:
                accepted = bulk.accept(call, route, path, request, several=len(mode) > 1)
                entry["change"] = True
                return json_response(accepted, 202)
            if shop.config["input_limits"]:
                _limit(sent)
            with shop.store.transaction():
                result = route.run(call, path)
            entry["change"] = request.method != "GET"
        except ApiError as error:
            return errors.response(error, developer)
        except KeyError as error:
            if error.args and error.args[0] in query_fields(query):
                return errors.internal()
            raise
        if isinstance(query.get("fields"), str) and isinstance(result, (dict, list)):
            result = project(result, query["fields"])
        return json_response(result)


def query_fields(query: dict) -> set[str]:
    """Columns that the criteria name: an unknown one is an error of the database."""
    names: set[str] = set()

    def walk(value):
        for key, entry in value.items():
            if isinstance(entry, dict):
                walk(entry)
            elif key == "field":
                names.add(entry)

    walk(query)
    return names


def _body(request: Request) -> dict:
    raw = request.get_data()
    if not raw.strip():
        return {}
    try:
        data = request.get_json(force=True)
    except Exception:
        raise ApiError(400, "Decoding error: \nSyntax error") from None
    return data if isinstance(data, (dict, list)) else {}


def _limit(value, maximum: int = MAX_ITEMS):
    """``webapi/validation/complex_array_limit``: so many objects of a kind in one list."""
    if isinstance(value, list):
        if len(value) > maximum and isinstance(value[0], dict):
            raise errors.invalid('Maximum items of type "%type" is %max', type="object", max=maximum)
        for entry in value:
            _limit(entry, maximum)
    elif isinstance(value, dict):
        for entry in value.values():
            _limit(entry, maximum)


def _early(fault: dict) -> Response | None:
    """The answer to a call that a fault keeps from being carried out."""
    kind = fault["kind"]
    if kind == "maintenance":
        return errors.maintenance()
    if kind == "token_revoked":
        return errors.response(ApiError(401, "Access token has been revoked"))
    if kind == "html":
        return errors.html(200, "Something went wrong")
    if kind == "status":
        return _status(int(fault["status"]), fault)
    return None


def _status(status: int, fault: dict) -> Response:
    """Errors of the shop are JSON, those of the web server or a CDN before it HTML; `html` decides for a 500."""
    if status == 500 and not fault.get("html"):
        return errors.internal()
    if status == 429:
        return json_response({"message": "Too Many Requests"}, 429, {"Retry-After": str(fault.get("retry_after", 2))})
    if status >= 500:
        return errors.html(
            status, {500: "Internal Server Error", 502: "Bad Gateway", 504: "Gateway Timeout"}.get(status, "Error")
        )
    if status == 401:
        return errors.response(ApiError(401, errors.NOT_AUTHORIZED, {"resources": "Magento_Sales::sales"}))
    return json_response({"message": "Not Found" if status == 404 else "Bad Request"}, status)
