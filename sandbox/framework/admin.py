"""The first page and the admin page: state, clock, faults, deliveries, API log."""

from werkzeug.wrappers import Request, Response


def index(sandbox, request: Request) -> Response:
    return Response("sandbox", content_type="text/plain")


def page(sandbox, request: Request, parts: list[str]) -> Response:
    return Response("admin", content_type="text/plain")
