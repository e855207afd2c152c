"""Magento's stand-in takes what the official schema says, and no more: what it takes from us, a shop takes."""

import pytest

from sandbox.factory import build
from sandbox.magento.inputs import ANY, ATTRIBUTES
from sandbox.magento.routes import ROUTES
from tests.contract.magento_spec import ATTRIBUTE_VALUE, OLDEST, VERSION, needs_specification, official

pytestmark = needs_specification
KINDS = {int: "integer", float: "number", str: "string", bool: "boolean"}


def routes():
    return sorted((route.name, route) for listed in ROUTES.values() for route in listed)


@pytest.fixture(scope="module", autouse=True)
def _registered(tmp_path_factory):
    """Importing the platform registers its routes."""
    build(tmp_path_factory.mktemp("routes")).close()


def operation(route, version=VERSION):
    return official(version).operation(route.method, "/".join(route.parts))


def differences(kind, schema, place):
    """What of a declared type is not in the schema."""
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = official().definitions.get(name, schema)
    stated = schema.get("type")
    if kind is ANY:
        return []
    if kind is ATTRIBUTES:
        fits = schema.get("items", {}).get("$ref", "").endswith(ATTRIBUTE_VALUE)
        return [] if fits else [f"{place} are no attributes"]
    if isinstance(kind, list):
        if stated != "array":
            return [f"{place} is {stated}, no list"]
        return differences(kind[0], schema["items"], f"{place}[]")
    if isinstance(kind, dict):
        known = schema.get("properties", {})
        unknown = [f"{place}.{key} is unknown" for key in kind if key not in known]
        inner = [text for key in kind if key in known for text in differences(kind[key], known[key], f"{place}.{key}")]
        return unknown + inner
    return [] if KINDS[kind] == stated else [f"{place} is {stated}, not {KINDS[kind]}"]


def test_every_address_is_one_of_magentos():
    assert not [name for name, route in routes() if operation(route) is None]


def test_every_address_was_in_the_oldest_version_too():
    """Its schema is Open Source's, which has no events."""
    assert not [name for name, route in routes() if operation(route, OLDEST) is None and route.parts[0] != "eventing"]


def test_what_is_taken_is_what_the_schema_says():
    problems = []
    for name, route in routes():
        parameters = operation(route).get("parameters", ())
        body = next((entry["schema"] for entry in parameters if entry["in"] == "body"), {})
        known = body.get("properties", {})
        for key, kind in route.declared.items():
            stated = known.get(key.rstrip("?"))
            problems += differences(kind, stated, f"{name}: {key}") if stated else [f"{name}: {key} is unknown"]
        needed, compulsory = {key for key in route.declared if not key.endswith("?")}, set(body.get("required", ()))
        if needed != compulsory:
            problems.append(f"{name}: {sorted(needed)} are compulsory here, {sorted(compulsory)} there")
    assert not problems, "\n".join(problems)
