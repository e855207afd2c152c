"""The executable schema: the .graphql files beside this module, with resolvers put in for the roots."""

from functools import cache
from pathlib import Path

from graphql import GraphQLSchema, build_schema

from . import (
    bulk,
    catalogue_queries,
    collection_mutations,
    companies,
    customers,
    file_mutations,
    fulfillment_mutations,
    graph_fulfillment,
    graph_stock,
    mutations,
    order_mutations,
    payments,
    price_lists,
    product_mutations,
    product_set,
    refunds,
    resolvers,
    returns,
    stock_mutations,
    subscriptions,
    tags,
    translations,
    variant_mutations,
)

#: Every module with ``QUERY`` or ``MUTATION``: resolvers of the roots' fields.
MODULES = (
    bulk,
    catalogue_queries,
    collection_mutations,
    companies,
    customers,
    file_mutations,
    fulfillment_mutations,
    graph_fulfillment,
    graph_stock,
    mutations,
    order_mutations,
    payments,
    price_lists,
    product_mutations,
    product_set,
    refunds,
    resolvers,
    returns,
    stock_mutations,
    subscriptions,
    tags,
    translations,
    variant_mutations,
)

FOLDER = Path(__file__).parent / "schema"


def source() -> str:
    """The schema definition language of all files."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.graphql")))


@cache
def schema() -> GraphQLSchema:
    built = build_schema(source())
    for root, kind in ((built.query_type, "QUERY"), (built.mutation_type, "MUTATION")):
        functions = {name: f for module in MODULES for name, f in getattr(module, kind, {}).items()}
        missing = set(root.fields) ^ set(functions)
        if missing:
            raise RuntimeError(f"{root.name}: resolvers and fields differ: {', '.join(sorted(missing))}")
        for name, function in functions.items():
            root.fields[name].resolve = function
    return built
