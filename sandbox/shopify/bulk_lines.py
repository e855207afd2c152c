"""The lines of a bulk query's result: which connections a query has, and its answer as one object per line.

https://shopify.dev/docs/api/usage/bulk-operations/queries: at most five connections, nested two deep; each line is a
node without its connections; nodes of nested connections name the node they hang on in ``__parentId``.
"""

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLSchema,
    OperationType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)

MAX_CONNECTIONS, MAX_DEPTH = 5, 2


class Shape:
    """A bulk query's operation: its problems, and how its answer is taken apart."""

    def __init__(self, schema: GraphQLSchema, document, operation):
        self._schema = schema
        self._fragments = {node.name.value: node for node in document.definitions if node.kind == "fragment_definition"}
        self._operation = operation
        self._connections = 0
        self._deepest = -1
        self._anonymous: list[str] = []

    def problem(self) -> str | None:
        """Why it cannot be run in bulk."""
        return self._root_problem() or self._connection_problem()

    def _root_problem(self) -> str | None:
        roots = [node for node in self._operation.selection_set.selections if isinstance(node, FieldNode)]
        if self._operation.operation is not OperationType.QUERY:
            return "Bulk queries must be queries."
        if len(roots) != 1 or len(roots) != len(self._operation.selection_set.selections):
            return "Bulk queries must have exactly one top level field."
        if roots[0].name.value in ("node", "nodes"):
            return "Bulk queries cannot contain a top level `node` or `nodes` field."
        return None

    def _connection_problem(self) -> str | None:
        self._walk([self._operation.selection_set], self._schema.query_type, -1, "")
        if not self._connections:
            return "Bulk queries must contain at least one connection."
        if self._connections > MAX_CONNECTIONS:
            return f"Bulk queries cannot contain more than {MAX_CONNECTIONS} connections."
        if self._deepest > MAX_DEPTH:
            return f"Bulk queries cannot contain connections with a nesting depth greater than {MAX_DEPTH}."
        if self._anonymous:
            names = ", ".join(self._anonymous)
            return (
                "The parent 'node' field for a nested connection must select the 'id' field without an alias and must "
                f"be of 'ID' return type. Connection fields without 'id': {names}."
            )
        return None

    def _walk(self, selections, parent, depth: int, owner: str, named: bool = True):
        """Count connections; ``owner`` is the nearest one around, ``named`` whether its node selects its id."""
        for name, (definition, inner) in self._fields(selections, parent, None).items():
            kind = get_named_type(definition.type)
            if not is_composite_type(kind):
                continue
            if not kind.name.endswith("Connection"):
                self._walk(inner, kind, depth, owner, named)
                continue
            self._connections += 1
            self._deepest = max(self._deepest, depth + 1)
            if owner and not named and owner not in self._anonymous:
                self._anonymous.append(owner)
            node, below = self._node(inner, kind)
            has_id = "id" in self._fields(below, node, None) if below else False
            self._walk(below, node, depth + 1, name, has_id)

    def _node(self, selections, kind) -> tuple:
        """(type of a connection's nodes, what is selected of them)."""
        below = []
        fields = self._fields(selections, kind, None)
        if "nodes" in fields:
            below += fields["nodes"][1]
        if "edges" in fields:
            edge = get_named_type(kind.fields["edges"].type)
            below += self._fields(fields["edges"][1], edge, None).get("node", (None, []))[1]
        return get_named_type(kind.fields["nodes"].type), below

    def _fields(self, selections, parent, data) -> dict[str, tuple]:
        """{answer's key: (field, what is selected below)} of a type; with ``data`` only what applies to it."""
        found: dict[str, tuple] = {}
        for selection in selections:
            for node in selection.selections:
                if isinstance(node, FieldNode):
                    definition = getattr(parent, "fields", {}).get(node.name.value)
                    if definition is not None:
                        key = node.alias.value if node.alias else node.name.value
                        below = found.setdefault(key, (definition, []))[1]
                        if node.selection_set:
                            below.append(node.selection_set)
                    continue
                inner = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
                condition = inner.type_condition.name.value if inner.type_condition else parent.name
                if data is not None and not self._applies(condition, data):
                    continue
                for key, (definition, below) in self._fields(
                    [inner.selection_set], self._schema.type_map[condition], data
                ).items():
                    found.setdefault(key, (definition, []))[1].extend(below)
        return found

    def _applies(self, condition: str, data: dict) -> bool:
        """A fragment applies to an object if its type is the object's, as far as the id tells."""
        kind = data.get("__typename") or str(data.get("id") or "").removeprefix("gid://shopify/").partition("/")[0]
        wanted = self._schema.type_map[condition]
        if not kind or kind == condition or kind not in self._schema.type_map:
            return True
        return is_abstract_type(wanted) and self._schema.is_sub_type(wanted, self._schema.type_map[kind])

    # --- an answer -------------------------------------------------------------------------------------------------
    def lines(self, data: dict, *, grouped: bool) -> tuple[list[dict], int]:
        """(lines, how many are of the outermost connection) of an answer's data."""
        roots: list[tuple[dict, list]] = []
        self._strip(data, [self._operation.selection_set], self._schema.query_type, None, roots)
        listed = [line for line, _ in roots]
        if grouped:
            return [line for root in roots for line in _flat(root)], len(listed)
        return listed + [line for _, children in roots for child in children for line in _flat(child)], len(listed)

    def _strip(self, data: dict, selections, kind, owner: str | None, out: list) -> dict:
        """``data`` without its connections; their nodes go into ``out`` as (line, children)."""
        left = dict(data)
        for key, (definition, below) in self._fields(selections, kind, data).items():
            value, inner = data.get(key), get_named_type(definition.type)
            if value is None or not is_composite_type(inner):
                continue
            if inner.name.endswith("Connection"):
                left.pop(key)
                node_kind, node_selections = self._node(below, inner)
                for node in value.get("nodes") or [edge["node"] for edge in value.get("edges") or ()]:
                    children: list = []
                    line = self._strip(node, node_selections, node_kind, node.get("id"), children)
                    out.append((line | ({"__parentId": owner} if owner else {}), children))
            elif isinstance(value, list):
                left[key] = [self._strip(entry, below, inner, owner, out) if entry else entry for entry in value]
            else:
                left[key] = self._strip(value, below, inner, owner, out)
        return left


def _flat(entry: tuple[dict, list]) -> list[dict]:
    line, children = entry
    return [line, *(below for child in children for below in _flat(child))]
