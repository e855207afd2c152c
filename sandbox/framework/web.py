"""Small helpers around werkzeug's requests and responses."""

import json

from werkzeug.wrappers import Request, Response


def json_response(data, status: int = 200, headers: dict | None = None) -> Response:
    body = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return Response(body, status=status, headers=headers, content_type="application/json; charset=utf-8")


def json_body(request: Request) -> dict:
    """The JSON object of a request, ``{}`` for an empty body; raises ValueError for anything else."""
    raw = request.get_data()
    if not raw.strip():
        return {}
    data = json.loads(raw)
    if not isinstance(data, dict):
        raise ValueError("the body must be a JSON object")
    return data
