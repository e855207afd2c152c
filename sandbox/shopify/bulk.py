"""Bulk operations: a query over everything, or a mutation for each line of a file, done later in steps.

Up to five queries and five mutations run at once. The result is a file of JSON lines, kept for seven days.
"""

import json

from graphql import GraphQLError, OperationType, get_operation_ast, parse, validate
from werkzeug.wrappers import Request, Response

from ..framework.clock import parse_iso
from .access import Context
from .bulk_lines import Shape
from .bulk_run import RUNNING, Run
from .paging import connection
from .shop import Shop, gid, parse_gid
from .staging import staged_entry
from .user_errors import problem, shown

HOST, FOLDER = "storage.googleapis.com", "shopify-tiers-assets-prod-us-east1/bulk-operation-outputs"
MAX_RUNNING, KEPT_DAYS = 5, 7


# --- starting, asking, stopping ------------------------------------------------------------------------------------
def run_query(_root, info, *, query, groupObjects=False):
    context, enum = info.context, "BulkOperationUserErrorCode"

    def refused(message: str, code: str) -> dict:
        return {"bulkOperation": None, "userErrors": shown(info, [problem(message, code, "query")], enum)}

    wrong = _query_problem(info.schema, query)
    if wrong:
        return refused(f"Bulk query is invalid: {wrong}", "INVALID")
    if _running(context.shop, "QUERY") >= MAX_RUNNING:
        return refused(f"You have reached the limit of {MAX_RUNNING} bulk queries running at once.", "LIMIT_REACHED")
    entry = _start(context, info.schema, {"type": "QUERY", "query": query, "grouped": bool(groupObjects)})
    return {"bulkOperation": node(context.shop, entry), "userErrors": []}


def run_mutation(_root, info, *, mutation, stagedUploadPath, clientIdentifier=None, groupObjects=None):
    context, shop = info.context, info.context.shop

    def refused(message: str, code: str, field: str) -> dict:
        errors = shown(info, [problem(message, code, field)], "BulkMutationErrorCode")
        return {"bulkOperation": None, "userErrors": errors}

    wrong = _mutation_problem(info.schema, mutation)
    if wrong:
        return refused(f"Bulk mutation is invalid: {wrong}", "INVALID_MUTATION", "mutation")
    upload = staged_entry(shop, stagedUploadPath)
    if upload is None or upload["resource"] != "BULK_MUTATION_VARIABLES" or not upload["digest"]:
        return refused("The JSONL file could not be found. Try uploading the file again, and check that you've entered "
                       "the URL correctly for the stagedUploadPath mutation argument.", "NO_SUCH_FILE",
                       "stagedUploadPath")  # fmt: skip
    if not _is_jsonl(shop.store.blob(upload["digest"])):
        return refused("The JSONL file could not be successfully validated. Please check that the file is valid.",
                       "INVALID_STAGED_UPLOAD_FILE", "stagedUploadPath")  # fmt: skip
    if _running(shop, "MUTATION") >= MAX_RUNNING:
        text = f"You have reached the limit of {MAX_RUNNING} bulk mutations running at once."
        return refused(text, "LIMIT_REACHED", "mutation")
    wanted = {"type": "MUTATION", "query": mutation, "grouped": False, "input": upload["digest"],
              "client_identifier": clientIdentifier}  # fmt: skip
    return {"bulkOperation": node(shop, _start(context, info.schema, wanted)), "userErrors": []}


def _query_problem(schema, text: str) -> str | None:
    try:
        document = parse(text)
    except GraphQLError as error:
        return error.message
    operation = get_operation_ast(document)
    if operation is None:
        return "exactly one operation is needed."
    problems = validate(schema, document)
    return problems[0].message if problems else Shape(schema, document, operation).problem()


def _mutation_problem(schema, text: str) -> str | None:
    try:
        document = parse(text)
    except GraphQLError as error:
        return error.message
    operation = get_operation_ast(document)
    if operation is None or operation.operation is not OperationType.MUTATION:
        return "exactly one mutation is needed."
    if len(operation.selection_set.selections) != 1:
        return "only one mutation is allowed."
    name = operation.selection_set.selections[0].name.value
    if name.startswith("bulkOperation"):
        return f"{name} cannot be run in bulk."
    problems = validate(schema, document)
    return problems[0].message if problems else None


def _is_jsonl(content: bytes) -> bool:
    try:
        return all(isinstance(json.loads(line), dict) for line in content.splitlines() if line.strip())
    except ValueError:
        return False


def _running(shop: Shop, kind: str) -> int:
    every = shop.store.all(shop.domain, "bulk_operation")
    return sum(entry["type"] == kind and entry["status"] in RUNNING for entry in every)


def _start(context: Context, schema, wanted: dict) -> dict:
    shop = context.shop
    entry = {
        "id": shop.id("BulkOperation"), "status": "CREATED", "error_code": None, "objects": 0, "roots": 0,
        "created_at": shop.clock.iso(), "completed_at": None, "digest": None, "partial": None, "size": None,
        "input": None, "done": 0, "client_identifier": None, "scopes": sorted(context.scopes),
        "version": context.version, **wanted,
    }  # fmt: skip
    shop.store.put(shop.domain, "bulk_operation", entry["id"], entry)
    Run(context, schema, entry["id"]).begin()
    return entry


def node(shop: Shop, entry: dict) -> dict:
    expired = entry["completed_at"] and shop.clock.now() > parse_iso(entry["completed_at"]) + KEPT_DAYS * 86400
    status = "EXPIRED" if expired and entry["status"] == "COMPLETED" else entry["status"]
    return {
        "__typename": "BulkOperation", "id": gid("BulkOperation", entry["id"]), "status": status,
        "type": entry["type"], "query": entry["query"], "errorCode": entry["error_code"],
        "objectCount": str(entry["objects"]), "rootObjectCount": str(entry["roots"]),
        "fileSize": str(entry["size"]) if entry["size"] else None, "createdAt": entry["created_at"],
        "completedAt": entry["completed_at"], "url": None if expired else _url(entry, entry["digest"]),
        "partialDataUrl": None if expired else _url(entry, entry["partial"]),
    }  # fmt: skip


def _url(entry: dict, digest: str | None) -> str | None:
    name = f"bulk-{entry['id']}.jsonl"
    query = f"GoogleAccessId=sandbox&Signature={digest}&response-content-disposition=attachment;filename={name}"
    return f"https://{HOST}/{FOLDER}/{digest}/{name}?{query}" if digest else None


def _find(shop: Shop, text: str) -> dict | None:
    found = parse_gid(text, "BulkOperation")
    return shop.store.get(shop.domain, "bulk_operation", found[1]) if found else None


def single(_root, info, *, id):
    entry = _find(info.context.shop, id)
    return node(info.context.shop, entry) if entry else None


def listing(_root, info, *, query=None, sortKey=None, **page):
    shop = info.context.shop
    key = "completed_at" if sortKey == "COMPLETED_AT" else "created_at"
    words = dict(part.split(":", 1) for part in (query or "").lower().split() if ":" in part)
    found = [
        entry
        for entry in shop.store.all(shop.domain, "bulk_operation")
        if words.get("status", entry["status"].lower()) == entry["status"].lower()
        and words.get("operation_type", entry["type"].lower()) == entry["type"].lower()
    ]
    rows = sorted((entry[key] or "", entry["id"]) for entry in found)
    by_id = {entry["id"]: entry for entry in found}
    return connection([(*row, by_id[row[1]]) for row in rows], lambda entry: node(shop, entry), **page)


def cancel(_root, info, *, id):
    shop = info.context.shop
    with shop.store.transaction():
        entry = _find(shop, id)
        if entry is None:
            errors = [problem("Bulk operation does not exist", "NOT_FOUND", "id")]
            return {"bulkOperation": None, "userErrors": shown(info, errors)}
        if entry["status"] not in RUNNING:
            text = f"A bulk operation cannot be canceled when it is {entry['status'].lower()}"
            return {"bulkOperation": node(shop, entry), "userErrors": shown(info, [problem(text, "INVALID", "id")])}
        entry = {**entry, "status": "CANCELING"}
        shop.store.put(shop.domain, "bulk_operation", entry["id"], entry)
    return {"bulkOperation": node(shop, entry), "userErrors": []}


# --- files ---------------------------------------------------------------------------------------------------------
def result_file(store, clock, request: Request, path: str) -> Response:
    """A result, whole or the range of bytes asked for; what is too old or was never there is 404, as XML."""
    parts = path.removeprefix(FOLDER + "/").split("/")
    for domain in store.shops():
        for entry in store.all(domain, "bulk_operation"):
            known = parts[0] in (entry["digest"], entry["partial"]) and f"bulk-{entry['id']}.jsonl" == parts[-1]
            if known and clock.now() <= parse_iso(entry["completed_at"]) + KEPT_DAYS * 86400:
                content = store.blob(parts[0])
                response = Response(content, content_type="application/jsonl")
                response.set_etag(parts[0])
                return response.make_conditional(request.environ, accept_ranges=True, complete_length=len(content))
    body = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>NoSuchKey</Code></Error>"
    return Response(body, 404, content_type="application/xml; charset=UTF-8")


QUERY = {"bulkOperation": single, "bulkOperations": listing}
MUTATION = {
    "bulkOperationRunQuery": run_query,
    "bulkOperationRunMutation": run_mutation,
    "bulkOperationCancel": cancel,
}
