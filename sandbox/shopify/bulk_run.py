"""Bulk operations at work: a page of a query, or some lines of a mutation, at each step.

A stop of the sandbox begins a query again, and goes on with a mutation after the last line that was noted as done.
"""

import json
from contextlib import contextmanager

from graphql import GraphQLError, execute_sync, get_operation_ast, parse
from graphql.language import ArgumentNode, FieldNode, IntValueNode, NameNode, StringValueNode, visit
from graphql.language.visitor import Visitor

from ..framework.clock import iso
from . import paging
from .access import Context
from .bulk_lines import Shape
from .events import announce
from .shop import Shop, gid

PAGE, LINES_A_STEP = 250, 20
#: Seconds between two steps.
DELAY = 0.05
RUNNING = ("CREATED", "RUNNING", "CANCELING")


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
