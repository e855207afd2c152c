"""Bulk operations: a query over everything, or a mutation for each line of a file, done later in steps.

Up to five queries and five mutations run at once. The result is a file of JSON lines, kept for seven days. A step reads
a page of the outermost connection, or carries out some lines. A stop of the sandbox begins a query again, and goes on
with a mutation after the last line that was noted as done.
"""

import json
from contextlib import contextmanager

from graphql import GraphQLError, execute_sync, get_operation_ast, parse, validate
from graphql.language import ArgumentNode, FieldNode, IntValueNode, NameNode, OperationType, StringValueNode, visit
from graphql.language.visitor import Visitor
from werkzeug.wrappers import Request, Response

from ..framework.clock import iso, parse_iso
from . import paging
from .access import Context
from .bulk_lines import Shape
from .events import announce
from .paging import connection
from .shop import Shop, gid, parse_gid
from .staging import staged_entry
from .user_errors import problem, shown

HOST, FOLDER = "storage.googleapis.com", "shopify-tiers-assets-prod-us-east1/bulk-operation-outputs"
MAX_RUNNING, PAGE, LINES_A_STEP = 5, 250, 20
#: Seconds between two steps, and days a result is kept.
DELAY, KEPT_DAYS = 0.05, 7
RUNNING = ("CREATED", "RUNNING", "CANCELING")


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


# --- running -------------------------------------------------------------------------------------------------------
class _Paged(Visitor):
    """Gives the outermost connection a page of its own: ``first``, ``after`` and ``pageInfo``."""

    def __init__(self, root: FieldNode, after: str | None):
        super().__init__()
        self._root, self._after = root, after

    def enter_field(self, found, *_args):
        if found is not self._root:
            return None
        arguments = [entry for entry in found.arguments or () if entry.name.value not in ("first", "last", "after")]
        arguments.append(ArgumentNode(name=NameNode(value="first"), value=IntValueNode(value=str(PAGE))))
        if self._after:
            arguments.append(ArgumentNode(name=NameNode(value="after"), value=StringValueNode(value=self._after)))
        info = parse("{ pageInfo { hasNextPage endCursor } }").definitions[0].selection_set.selections[0]
        selected = found.selection_set
        more = type(selected)(selections=(*selected.selections, info))
        return FieldNode(
            name=found.name, alias=found.alias, arguments=tuple(arguments), directives=found.directives,
            selection_set=more,
        )  # fmt: skip


class Run:
    """One operation at work. ``begin`` queues its first step; every step queues the next."""

    def __init__(self, context: Context, schema, number: int):
        self._context, self._schema, self._number = context, schema, number
        self._parts: list[bytes] = []
        self._after: str | None = None

    def begin(self):
        self._context.later.do(DELAY, self._step)

    def _entry(self) -> dict | None:
        return self._context.shop.store.get(self._context.shop.domain, "bulk_operation", self._number)

    def _put(self, **changes):
        entry = {**self._entry(), **changes}
        self._context.shop.store.put(self._context.shop.domain, "bulk_operation", self._number, entry)

    def _step(self):
        entry = self._entry()
        if entry is None:
            return
        if entry["status"] == "CANCELING":
            self._finish("CANCELED")
            return
        if entry["status"] == "CREATED":
            self._put(status="RUNNING")
        fault = self._context.faults.take(self._context.shop.domain, ("bulkOperation", entry["type"]), ("bulk_failed",))
        if fault:
            self._finish("FAILED", fault.get("code", "INTERNAL_SERVER_ERROR"))
            return
        step = self._query_step if entry["type"] == "QUERY" else self._mutation_step
        try:
            more = step(entry)
        except Exception:
            self._finish("FAILED", "INTERNAL_SERVER_ERROR")
            raise
        if more:
            self.begin()

    def _query_step(self, entry: dict) -> bool:
        """Read a page of the outermost connection; is there more?"""
        document = parse(entry["query"])
        operation = get_operation_ast(document)
        root = operation.selection_set.selections[0]
        key = root.alias.value if root.alias else root.name.value
        paged = root.name.value in self._schema.query_type.fields and str(
            self._schema.query_type.fields[root.name.value].type
        ).rstrip("!").endswith("Connection")
        sent = visit(document, _Paged(root, self._after)) if paged else document
        with unlimited():
            result = execute_sync(self._schema, sent, context_value=self._own_context(entry))
        if result.errors:
            self._raise_bug(result.errors)
            denied = any((error.extensions or {}).get("code") == "ACCESS_DENIED" for error in result.errors)
            self._finish("FAILED", "ACCESS_DENIED" if denied else "INTERNAL_SERVER_ERROR")
            return False
        info = (result.data[key] or {}).pop("pageInfo", {}) if paged else {}
        lines, roots = Shape(self._schema, document, operation).lines(result.data, grouped=entry["grouped"])
        self._parts.append(_jsonl(lines))
        self._after = info.get("endCursor")
        self._put(objects=self._entry()["objects"] + len(lines), roots=self._entry()["roots"] + roots)
        if info.get("hasNextPage"):
            return True
        self._finish("COMPLETED")
        return False

    def _mutation_step(self, entry: dict) -> bool:
        """Carry out some lines and note how far it is; is there more?"""
        store = self._context.shop.store
        inputs = [line for line in store.blob(entry["input"]).splitlines() if line.strip()]
        document, lines = parse(entry["query"]), []
        for number in range(entry["done"], min(entry["done"] + LINES_A_STEP, len(inputs))):
            values = json.loads(inputs[number])
            result = execute_sync(
                self._schema, document, context_value=self._own_context(entry), variable_values=values
            )
            self._raise_bug(result.errors or ())
            errors = {"errors": [{"message": error.message} for error in result.errors]} if result.errors else {}
            lines.append({**errors, "data": result.data, "__lineNumber": number})
        done = entry["done"] + len(lines)
        with store.transaction():
            content = (store.blob(entry["digest"]) if entry["digest"] else b"") + _jsonl(lines)
            self._put(done=done, objects=done, roots=done, digest=store.put_blob(content) if content else None)
        if done < len(inputs):
            return True
        self._finish("COMPLETED")
        return False

    def _own_context(self, entry: dict) -> Context:
        return Context(
            self._context.shop, frozenset(entry["scopes"]), entry["version"], self._context.deliveries,
            self._context.later, self._context.faults,
        )  # fmt: skip

    @staticmethod
    def _raise_bug(errors):
        """A bug of ours must show."""
        for error in errors:
            if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
                raise error.original_error

    def _finish(self, status: str, error_code: str | None = None):
        shop, entry = self._context.shop, self._entry()
        with shop.store.transaction():
            digest = entry["digest"] if entry["type"] == "MUTATION" else self._kept()
            whole = status == "COMPLETED"
            size = len(shop.store.blob(digest)) if digest and whole else None
            self._put(
                status=status, error_code=error_code, completed_at=iso(shop.clock.now()), size=size,
                digest=digest if whole else None, partial=None if whole else digest,
            )  # fmt: skip
            entry = self._entry()
            body = {
                "admin_graphql_api_id": gid("BulkOperation", entry["id"]), "completed_at": entry["completed_at"],
                "created_at": entry["created_at"], "error_code": (error_code or "").lower() or None,
                "status": status.lower(), "type": entry["type"].lower(),
            }  # fmt: skip
            subject = gid("BulkOperation", entry["id"])
            announce(shop, self._context.deliveries, subject, [("BULK_OPERATIONS_FINISH", body)])
        self._context.deliveries.wake()

    def _kept(self) -> str | None:
        content = b"".join(self._parts)
        return self._context.shop.store.put_blob(content) if content else None


def _jsonl(lines: list[dict]) -> bytes:
    return b"".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for line in lines)


@contextmanager
def unlimited():
    """Connections without ``first`` and ``last`` give everything."""
    token = paging.unlimited.set(True)
    try:
        yield
    finally:
        paging.unlimited.reset(token)


def resume(shop: Shop, services, schema):
    """Go on with what was not done when the sandbox stopped."""
    for entry in shop.store.all(shop.domain, "bulk_operation"):
        if entry["status"] in RUNNING:
            if entry["type"] == "QUERY":
                entry = {**entry, "objects": 0, "roots": 0}  # noqa: PLW2901 - a query begins again
                shop.store.put(shop.domain, "bulk_operation", entry["id"], entry)
            context = Context(
                shop, frozenset(entry["scopes"]), entry["version"], services.deliveries, services.later, services.faults
            )
            Run(context, schema, entry["id"]).begin()


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
