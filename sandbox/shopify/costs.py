"""What a query costs, before and after it ran.

The documented rules: scalars and enums 0, an object 1, interfaces and unions the dearest selection, a mutation 10, a
connection by its ``first`` or ``last``; one query may ask for at most 1,000 points
(https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits). How a connection grows is not documented; costs
that were published for real calls (250 orders 13, with 250 lines each 156; 250 variants of a product with their
inventory item 25; 250 products with 250 variants and their options 167) are met exactly by
``2 + floor(2 ln n) * cost of one node``, where money, attributes and the like cost nothing. The actual cost is the
same sum over what was returned.
"""

import math

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)
from graphql.execution.values import get_argument_values

MAX_QUERY_COST = 1000
MUTATION_COST = 10
CONNECTION_COST = 2
#: What ``productSet`` costs besides, as its input's fields say: per variant, file, variant's file, metafield.
SET_COSTS = {"variants": 0.2, "files": 1.9, "file": 0.6, "metafields": 0.4}
#: Value objects: no record behind them, and nothing in them but values.
FREE = frozenset((
    "Attribute", "CashRoundingAdjustment", "Count", "MoneyBag", "MoneyV2", "PageInfo", "PricingPercentageValue",
    "UserError", "Weight",
))  # fmt: skip


def grown(count: int) -> int:
    """How many nodes' cost a connection of ``count`` nodes is charged."""
    return 0 if count <= 0 else max(1, math.floor(2 * math.log(count)))


class Cost:
    """Walks one operation. ``requested`` needs the document only, ``actual`` also the answer's data."""

    def __init__(self, schema, document, operation, variables):
        self._schema, self._operation, self._variables = schema, operation, variables
        self._fragments = {node.name.value: node for node in document.definitions if node.kind == "fragment_definition"}
        self._mutation = operation.operation is OperationType.MUTATION
        self._root = schema.mutation_type if self._mutation else schema.query_type

    def requested(self) -> int:
        return self._selection(self._operation.selection_set, self._root, None, top=True)

    def actual(self, data) -> int:
        return 0 if data is None else self._selection(self._operation.selection_set, self._root, data, top=True)

    def _selection(self, selection_set, parent, data, top=False) -> int:
        """Cost of a selection on ``parent``; ``data`` None = as requested."""
        total, branches, seen = 0, [], set()
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                if key not in seen:
                    seen.add(key)
                    total += self._field(node, key, parent, data, top)
                continue
            fragment = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            condition = fragment.type_condition
            inner = self._schema.type_map[condition.name.value] if condition else parent
            if data is not None and not self._applies(inner, data):
                continue
            cost = self._selection(fragment.selection_set, inner, data, top)
            if is_abstract_type(parent) and isinstance(node, InlineFragmentNode) and inner is not parent:
                branches.append(cost)
            else:
                total += cost
        return total + max(branches, default=0)

    def _applies(self, inner, data) -> bool:
        name = data.get("__typename") if isinstance(data, dict) else None
        if name is None or inner.name == name:
            return True
        return is_abstract_type(inner) and self._schema.is_sub_type(inner, self._schema.type_map[name])

    def _field(self, node, key, parent, data, top) -> int:
        name = node.name.value
        definition = parent.fields.get(name) if name != "__typename" and hasattr(parent, "fields") else None
        if definition is None:
            return 0
        base = MUTATION_COST if top and self._mutation else 0
        if base and name == "productSet":
            base += self._set_cost(definition, node)
        kind = get_named_type(definition.type)
        if not is_composite_type(kind) or kind.name in FREE:
            return base
        value = data.get(key) if data is not None else None
        if base or (data is not None and not value):
            return base
        return self._composite(node, definition, kind, value)

    def _set_cost(self, definition, node) -> int:
        wanted = get_argument_values(definition, node, self._variables)["input"]
        variants = wanted.get("variants") or ()
        total = sum(SET_COSTS[key] * len(wanted.get(key) or ()) for key in ("variants", "files", "metafields"))
        total += sum(SET_COSTS["metafields"] * len(entry.get("metafields") or ()) for entry in variants)
        return math.ceil(round(total + sum(SET_COSTS["file"] for entry in variants if entry.get("file")), 6))

    def _composite(self, node, definition, kind, value) -> int:
        """Cost of an object, a list of objects or a connection."""
        if kind.name.endswith("Connection"):
            arguments = get_argument_values(definition, node, self._variables)
            return self._connection(node, kind, arguments.get("first") or arguments.get("last") or 0, value)
        if isinstance(value, list):
            costs = [1 + self._selection(node.selection_set, kind, entry) for entry in value if entry]
            return max(costs, default=0)
        return 1 + self._selection(node.selection_set, kind, value)

    def _connection(self, node, kind: GraphQLObjectType, size: int, value) -> int:
        """2 + what its nodes cost; the dearer of ``nodes`` and ``edges { node }`` counts."""
        dearest, count = 0.0, size
        for field in self._fields(node.selection_set):
            name = field.name.value
            if name not in ("nodes", "edges"):
                continue
            kind_of = get_named_type(kind.fields[name].type)
            if value is None:
                unit = self._entry(field, kind_of, name, None)
            else:
                entries = value.get(field.alias.value if field.alias else name) or []
                count = len(entries)
                unit = sum(self._entry(field, kind_of, name, entry) for entry in entries) / count if count else 0
            dearest = max(dearest, unit)
        return CONNECTION_COST + math.ceil(grown(count) * dearest)

    def _entry(self, field, kind, name, entry) -> int:
        """Cost of one node, whether listed as node or inside an edge."""
        if name == "nodes":
            return 1 + self._selection(field.selection_set, kind, entry)
        node_type = get_named_type(kind.fields["node"].type)
        for inner in self._fields(field.selection_set):
            if inner.name.value == "node":
                key = inner.alias.value if inner.alias else "node"
                return 1 + self._selection(inner.selection_set, node_type, entry[key] if entry else None)
        return 0

    def _fields(self, selection_set):
        """Field nodes of a selection with fragments opened."""
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set)
            else:
                yield from self._fields(self._fragments[node.name.value].selection_set)
