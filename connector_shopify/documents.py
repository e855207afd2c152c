"""The GraphQL documents of graphql/*.graphql, each parsed once per process.

A document holds one named operation; fragments it uses are added from fragments.graphql, so what is sent is complete.
"""

from functools import cache
from pathlib import Path

from gql import GraphQLRequest
from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, parse, print_ast, visit
from graphql.language import Visitor

_FOLDER = Path(__file__).parent / "graphql"
_FRAGMENTS = "fragments"


class _Spreads(Visitor):
    def __init__(self):
        super().__init__()
        self.names = []

    def enter_fragment_spread(self, node, *_args):
        self.names.append(node.name.value)


def names():
    """Return the names of all documents, sorted: the files without the one that holds the fragments."""
    return sorted(path.stem for path in _FOLDER.glob("*.graphql") if path.stem != _FRAGMENTS)


@cache
def fragments():
    """Return {name: FragmentDefinitionNode} of fragments.graphql."""
    document = parse((_FOLDER / f"{_FRAGMENTS}.graphql").read_text(encoding="utf-8"))
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


@cache
def document(name):
    """Return the complete DocumentNode of graphql/<name>.graphql."""
    parsed = parse((_FOLDER / f"{name}.graphql").read_text(encoding="utf-8"))
    definitions, used = list(parsed.definitions), {}
    waiting = _spreads(parsed)
    while waiting:
        fragment = waiting.pop()
        if fragment not in used:
            used[fragment] = fragments()[fragment]
            waiting += _spreads(used[fragment])
    return DocumentNode(definitions=(*definitions, *(used[key] for key in sorted(used))))


@cache
def operation(name):
    """Return the name of the operation in the document `name`: what the API log and the budget call it."""
    return next(node.name.value for node in document(name).definitions if isinstance(node, OperationDefinitionNode))


@cache
def text(name):
    """Return the document `name` as it is sent."""
    return print_ast(document(name))


def request(name, variables):
    """Return the gql request of the document `name` with `variables`."""
    return GraphQLRequest(document(name), variable_values=variables, operation_name=operation(name))


@cache
def text_of(operation_name):
    """Return the text of the document whose operation is `operation_name`."""
    return next(text(name) for name in names() if operation(name) == operation_name)


def _spreads(node):
    visitor = _Spreads()
    visit(node, visitor)
    return visitor.names
