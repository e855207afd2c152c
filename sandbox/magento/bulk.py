"""Asynchronous calls: ``/async/V1/...`` for one, ``/async/bulk/V1/...`` for many, and how they went.

https://developer.adobe.com/commerce/webapi/rest/use-rest/asynchronous-web-endpoints/
https://developer.adobe.com/commerce/webapi/rest/use-rest/bulk-endpoints/
"""

import hashlib
import json
import re
import uuid

from werkzeug.wrappers import Request

from ..framework.faults import LATER_KINDS
from . import criteria
from .errors import NO_ROUTE, ApiError, invalid, missing
from .routes import ROUTES, Call, Route, route
from .shop import Shop

COMPLETE, RETRIABLY_FAILED, NOT_RETRIABLY_FAILED, OPEN, REJECTED = 1, 2, 3, 4, 5
#: Objects of one call where the shop limits its input.
MAX_ITEMS = 5000
#: Seconds until the consumer ``async.operations.all`` has taken an operation from the queue.
DELAY = 0.2
LOGGED = "Magento_Logging::system_magento_logging_bulk_operations"


def by_name(part: str) -> str:
    """``{sku}`` of a path is ``bySku`` in the address of a bulk."""
    name = part[1:-1].partition(":")[0]
    return f"by{name[:1].upper()}{name[1:]}"


def find(method: str, parts: list[str]) -> tuple[Route, dict]:
    """The route of a bulk address, whose values of the path are in each object of the body."""
    if method != "GET":
        for candidate in ROUTES.get((method, len(parts)), ()):
            if all(
                given == (by_name(own) if own.startswith("{") else own)
                for own, given in zip(candidate.parts, parts, strict=True)
            ):
                kinds = {"int": int, "float": float}
                names = [part[1:-1].partition(":") for part in candidate.parts if part.startswith("{")]
                return candidate, {name: (None, kinds.get(kind, str)) for name, _, kind in names}
    raise ApiError(404, NO_ROUTE)


def accept(call: Call, found: Route, path: dict, request: Request, *, several: bool) -> dict:
    """Queue one operation, or one for each object of the body: HTTP 202 with what was taken."""
    sent = call.sent
    if request.method == "GET":
        raise ApiError(404, NO_ROUTE)
    bodies = list(sent) if several else [sent]
    if several and not isinstance(sent, list):
        raise invalid("Body of the request must be an array of objects.")
    if call.shop.config["input_limits"] and len(bodies) > MAX_ITEMS:
        raise invalid('Maximum items of type "%type" is %max', type="object", max=MAX_ITEMS)
    shop, number = call.shop, str(uuid.uuid4())
    operations, items = [], []
    for index, body in enumerate(bodies):
        good = isinstance(body, dict)
        values = {name: _value(body, name, text) if good else "" for name, (text, _) in path.items()}
        data = json.dumps(body)
        items.append(
            {
                "id": index,
                "data_hash": hashlib.md5(data.encode()).hexdigest(),
                "status": "accepted" if good else "rejected",
            }
        )
        operations.append(
            {
                "id": index, "bulk_uuid": number, "topic_name": _topic(found),
                "serialized_data": json.dumps({"meta_information": data}), "result_serialized_data": None,
                "status": OPEN if good else REJECTED, "result_message": None if good else "Invalid data",
                "error_code": None if good else 0, "body": body, "path": values,
            }
        )  # fmt: skip
    record = {
        "bulk_id": number, "description": f"Topic {_topic(found)}", "start_time": shop.now(), "user_type": 1,
        "user_id": 1, "operation_count": len(operations), "operations": operations,
        "route": [found.method, list(found.parts)], "store_id": call.store_id,
    }  # fmt: skip
    shop.put("bulk", number, record)
    work(shop, call.services, number)
    errors = any(item["status"] == "rejected" for item in items)
    return {"bulk_uuid": number, "request_items": items, "errors": errors}


def _value(body: dict, name: str, text: str | None) -> str:
    """A value of the path: sent in the address of a single call, in the object of a bulk."""
    if text is not None:
        return text
    own = body.get(name)
    if own is None:
        own = next((entry[name] for entry in body.values() if isinstance(entry, dict) and name in entry), "")
    return str(own)


def _topic(found: Route) -> str:
    words = [
        by_name(part).lower() if part.startswith("{") else re.sub(r"[^a-z]", "", part.lower()) for part in found.parts
    ]
    return f"async.magento.{'.'.join(words)}.{found.method.lower()}"


def work(shop: Shop, services, number: str):
    """Have the consumer take the operations, if the shop runs it."""
    if shop.config["consumers"]:
        services.later.do(DELAY, lambda: _consume(shop, services, number))


def resume(shop: Shop, services):
    """Take up what a stop of the sandbox, or of the consumers, left open."""
    for record in shop.all("bulk"):
        if any(entry["status"] == OPEN for entry in record["operations"]):
            work(shop, services, record["bulk_id"])


def _consume(shop: Shop, services, number: str):
    if not shop.exists or not shop.config["consumers"]:
        return
    record = shop.get("bulk", number)
    method, parts = record["route"]
    found = next(entry for entry in ROUTES[method, len(parts)] if list(entry.parts) == parts)
    operations = [
        _done(shop, services, record, found, entry) if entry["status"] == OPEN else entry
        for entry in record["operations"]
    ]
    shop.put("bulk", number, {**record, "operations": operations})


def _done(shop: Shop, services, record: dict, found: Route, operation: dict) -> dict:
    call = Call(shop, record["store_id"], {}, {}, services, operation["body"])
    names = [part[1:-1].partition(":") for part in found.parts if part.startswith("{")]
    path = {name: (operation["path"][name], {"int": int, "float": float}.get(kind, str)) for name, _, kind in names}
    fault = services.faults.take(shop.domain, (found.name, found.name.partition(" ")[2]), LATER_KINDS.keys())
    if fault:
        text = fault.get("code") or "Lock wait timeout exceeded; try restarting transaction"
        return {**operation, "status": RETRIABLY_FAILED, "result_message": text, "error_code": 1205}
    try:
        with shop.store.transaction():
            result = found.run(call, path)
    except ApiError as error:
        return {**operation, "status": NOT_RETRIABLY_FAILED, "result_message": error.text, "error_code": 0}
    text = f"Service execution success {found.name}"
    return {
        **operation, "status": COMPLETE, "result_message": text, "error_code": None,
        "result_serialized_data": json.dumps(result),
    }  # fmt: skip


# --- how it went -------------------------------------------------------------------------------------------------
SHORT = ("id", "status", "result_message", "error_code")
DETAILED = (
    "id",
    "bulk_uuid",
    "topic_name",
    "serialized_data",
    "result_serialized_data",
    "status",
    "result_message",
    "error_code",
)
BULK = ("user_type", "bulk_id", "description", "start_time", "user_id", "operation_count")


def _record(call: Call, number: str) -> dict:
    record = call.shop.get("bulk", number)
    if record is None:
        raise missing('The bulk UUID "%bulkUuid" doesn\'t exist.', bulkUuid=number)
    return record


def _status(record: dict, names: tuple[str, ...]) -> dict:
    listed = [{name: entry[name] for name in names} for entry in record["operations"]]
    return {"operations_list": listed, **{name: record[name] for name in BULK}}


@route("GET", "bulk/{bulkUuid}/status", LOGGED)
def status(call: Call, number: str):
    return _status(_record(call, number), SHORT)


@route("GET", "bulk/{bulkUuid}/detailed-status", LOGGED)
def detailed(call: Call, number: str):
    return _status(_record(call, number), DETAILED)


@route("GET", "bulk/{bulkUuid}/operation-status/{status:int}", LOGGED)
def counted(call: Call, number: str, wanted: int):
    return sum(entry["status"] == wanted for entry in _record(call, number)["operations"])


@route("GET", "bulk", LOGGED)
def operations(call: Call):
    asked = criteria.read(call.query, call.shop.config["input_limits"])
    entries = [
        {**entry, "start_time": record["start_time"]}
        for record in call.shop.all("bulk")
        for entry in record["operations"]
    ]

    def shown(entry: dict) -> dict:
        return {"extension_attributes": {"start_time": entry["start_time"]}, **{name: entry[name] for name in DETAILED}}

    return criteria.answer(entries, asked, criteria.column, shown)
