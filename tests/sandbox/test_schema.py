"""The stand-in's schema is a part of the official one: same types, same nullability, same arguments."""

import gzip
import json
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_client_schema,
    build_schema,
    is_required_argument,
    is_required_input_field,
    is_specified_scalar_type,
    validate_schema,
)

from sandbox.shopify import schema as ours

SPEC = Path("shared/specs/shopify/admin_2026-10.json.gz")


@pytest.fixture(scope="module")
def official():
    found = next((folder / SPEC for folder in Path(__file__).parents if (folder / SPEC).exists()), None)
    if found is None:
        pytest.skip(f"the official schema ({SPEC}) is in no folder above this repository")
    with gzip.open(found) as file:
        return build_client_schema(json.load(file)["data"], assume_valid=True)


def differences(part, whole) -> list[str]:
    """Everything in ``part`` that ``whole`` does not have, or has otherwise."""
    found = []
    for name, mine in part.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(mine):
            continue
        theirs = whole.type_map.get(name)
        if type(theirs) is not type(mine):
            found.append(f"{name}: {type(mine).__name__} is {type(theirs).__name__}")
        elif isinstance(mine, GraphQLObjectType | GraphQLInterfaceType):
            found += _field_differences(name, mine, theirs)
            extra = {i.name for i in mine.interfaces} - {i.name for i in theirs.interfaces}
            found += [f"{name} implements {interface}" for interface in extra]
        elif isinstance(mine, GraphQLInputObjectType):
            found += _input_differences(name, mine, theirs)
        elif isinstance(mine, GraphQLEnumType):
            found += [f"{name}.{value}" for value in set(mine.values) - set(theirs.values)]
        elif isinstance(mine, GraphQLUnionType):
            found += [f"{name} | {t}" for t in {t.name for t in mine.types} - {t.name for t in theirs.types}]
    return found


def _field_differences(name, mine, theirs) -> list[str]:
    found = []
    for key, field in mine.fields.items():
        other = theirs.fields.get(key)
        if other is None or str(other.type) != str(field.type):
            found.append(f"{name}.{key}: {field.type} is {other and other.type}")
            continue
        for argument, value in field.args.items():
            wanted = other.args.get(argument)
            if wanted is None or str(wanted.type) != str(value.type) or wanted.default_value != value.default_value:
                found.append(f"{name}.{key}({argument}: {value.type})")
        missing = {a for a, value in other.args.items() if is_required_argument(value)} - set(field.args)
        found += [f"{name}.{key}: required argument {argument} is missing" for argument in missing]
    return found


def _input_differences(name, mine, theirs) -> list[str]:
    found = [
        f"{name}.{key}: {field.type}"
        for key, field in mine.fields.items()
        if key not in theirs.fields or str(theirs.fields[key].type) != str(field.type)
    ]
    missing = {k for k, field in theirs.fields.items() if is_required_input_field(field)} - set(mine.fields)
    return found + [f"{name}: required field {key} is missing" for key in missing]


def test_subset_of_the_official_schema(official):
    assert differences(ours.schema(), official) == []


def test_a_changed_schema_is_noticed(official):
    source = ours.source()
    for before, after in (
        ("taxesIncluded: Boolean!", "taxesIncluded: Boolean"),
        ("order(id: ID!): Order", "order(id: String!): Order"),
        ("scalar HTML", "scalar HTML\nscalar Invented"),
        ("enum CountPrecision {\n  AT_LEAST", "enum CountPrecision {\n  ABOUT AT_LEAST"),
    ):
        assert before in source
        assert len(differences(build_schema(source.replace(before, after, 1)), official)) == 1, after


def test_schema_is_valid_and_wholly_resolved():
    assert validate_schema(ours.schema()) == []
    roots = (ours.schema().query_type, ours.schema().mutation_type)
    assert all(field.resolve for root in roots for field in root.fields.values())
