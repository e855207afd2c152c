"""The control API under ``/_control``: JSON in, JSON out. README.md lists it."""

from werkzeug.wrappers import Request, Response

from .faults import API_KINDS, SHOP_KINDS, WEBHOOK_KINDS
from .web import json_body, json_response


def answer(sandbox, request: Request, parts: list[str]) -> Response:
    """One control call; a ValueError or KeyError anywhere below is a 400 with its text."""
    try:
        return _route(sandbox, request, parts)
    except ValueError as error:
        return json_response({"error": str(error)}, 400)
    except KeyError as error:
        return json_response({"error": f"unknown or missing: {error.args[0]}"}, 404)


def _route(sandbox, request: Request, parts: list[str]) -> Response:
    section = parts[0] if parts else ""
    if section == "health":
        return json_response({"ok": True, "platforms": [platform.name for platform in sandbox.platforms]})
    if section == "clock":
        return _clock(sandbox, request)
    if section == "faults":
        return _faults(sandbox, request, parts[1:])
    if section == "deliveries":
        return _deliveries(sandbox, request)
    if section == "shops":
        return _shops(sandbox, request, parts[1:])
    return json_response({"error": f"no control call {request.path}"}, 404)


def _shops(sandbox, request: Request, parts: list[str]) -> Response:
    if parts:
        platform = sandbox.platform_of(parts[0])
        if platform is None:
            raise KeyError(parts[0])
        return platform.control(request, parts)
    if request.method == "POST":
        domain = json_body(request).get("domain", "")
        platform = sandbox.platform_of(domain)
        if platform is None:
            raise ValueError(f"no platform answers for the domain {domain!r}")
        return platform.control(request, [])
    return json_response({"shops": [shop for platform in sandbox.platforms for shop in platform.shops()]})


def _clock(sandbox, request: Request) -> Response:
    clock = sandbox.services.clock
    if request.method != "POST":
        return json_response(clock.state())
    wanted = json_body(request)
    unknown = set(wanted) - {"at", "advance", "freeze", "retry_scale"}
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    state = clock.change(**wanted)
    sandbox.services.deliveries.wake()
    return json_response(state)


def _faults(sandbox, request: Request, parts: list[str]) -> Response:
    faults = sandbox.services.faults
    if request.method == "POST" and parts == ["clear"]:
        return json_response({"removed": faults.clear()})
    if request.method == "POST":
        wanted = json_body(request)
        return json_response(faults.add(wanted.pop("kind", ""), **wanted), 201)
    if request.method == "DELETE":
        return json_response({"removed": faults.clear(int(parts[0]) if parts else None)})
    return json_response({"faults": faults.list(), "kinds": {**API_KINDS, **SHOP_KINDS, **WEBHOOK_KINDS}})


def _deliveries(sandbox, request: Request) -> Response:
    deliveries = sandbox.services.deliveries
    if request.method == "POST":
        wanted = json_body(request)
        if "deliver_to" in wanted:
            deliveries.set_target(wanted["deliver_to"])
        if "release" in wanted:
            deliveries.release(wanted["release"])
    return json_response({"deliver_to": deliveries.deliver_to, "pending": deliveries.pending()})
